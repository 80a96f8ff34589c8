"""What every parser needs: folding, decoding, printed numbers, tokens and years, the lexicon, and
strict YAML files."""

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
