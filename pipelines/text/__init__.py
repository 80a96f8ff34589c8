"""What every parser of text needs: folding, decoding, and strict YAML files."""

from pipelines.text.decoding import Decoded, decode
from pipelines.text.fold import fold, narrow, one_line, placed, simplify, unnumbered

__all__ = [
    "Decoded",
    "decode",
    "fold",
    "narrow",
    "one_line",
    "placed",
    "simplify",
    "unnumbered",
]
