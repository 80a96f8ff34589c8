"""Who published a document, as its page says beside it: in metadata, in a table, on a line."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice

from pipelines.domain import Grid, Paragraph, Reading
from pipelines.recognize.identity.agencies import may_be_agency
from pipelines.text import narrow, simplify
from pipelines.text.lexicon import Lexicon

_EDGES = " :,。.;、()[]【】-—_|*#"
_MAX_LINE = 160
_HEAD_GRIDS = 2


def publishers_in(
    reading: Reading, paragraphs: Sequence[Paragraph], lexicon: Lexicon
) -> Iterator[str]:
    """The agencies that are named as the document's publisher or source, the surer first."""
    first, *others = lexicon.publisher_names
    candidates = [
        reading.metadata.get(first, ""),
        *_in_grids(reading, lexicon),
        *_on_lines(paragraphs, lexicon),
        *(reading.metadata.get(name, "") for name in others),
    ]
    for text in candidates:
        name = re.split(r":", narrow(text))[-1].strip(_EDGES)
        if may_be_agency(name, lexicon):
            yield name


def _in_grids(reading: Reading, lexicon: Lexicon) -> Iterator[str]:
    """What stands to the right of a publisher's label, or behind it in its cell."""
    grids = (b for b in reading.blocks if isinstance(b, Grid))
    for grid in islice(grids, _HEAD_GRIDS):
        for row in grid.rows():
            for number, cell in enumerate(row):
                label, _, value = simplify(cell.text).partition(":")
                if label.strip(_EDGES) not in lexicon.publisher_words:
                    continue
                if value:
                    yield narrow(cell.text).partition(":")[2]
                elif number + 1 < len(row):
                    yield row[number + 1].text


def _on_lines(paragraphs: Sequence[Paragraph], lexicon: Lexicon) -> Iterator[str]:
    words = "|".join(r"\s*".join(w) for w in sorted(lexicon.publisher_words, key=len, reverse=True))
    labelled = re.compile(rf"(?:^|[\s|【\[(;,])(?:{words})\s*[:\s]\s*([^\s|】\])]+)")
    for paragraph in paragraphs:
        if len(paragraph.text) <= _MAX_LINE:
            text = unicodedata.normalize("NFKC", paragraph.text)
            yield from labelled.findall(text)
