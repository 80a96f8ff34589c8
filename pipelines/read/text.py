"""Plain text and Markdown: tab- and pipe-separated lines are grids, all other lines paragraphs.

A table with one cell a line stays a run of paragraphs: only its labels tell it from prose, and
labels are recognition's.
"""

import re
from collections.abc import Iterator

from pipelines.domain import Cell, Document, Grid, Paragraph, Place, Reading
from pipelines.read.media_type import decoded_text

NAME = "text/1"

_RULE = re.compile(r"(?=[\s|:+=]*-)[\s|:+=-]+")


def read_text(document: Document) -> Reading:
    """Lines, numbered from 1. Grids are not exact: copies lose cells and pad rows."""
    blocks: list[Paragraph | Grid] = []
    rows: list[list[Cell]] = []

    def close_grid() -> None:
        if rows:
            blocks.append(Grid(tuple(c for row in rows for c in row), exact=False))
            rows.clear()

    for number, line in enumerate(decoded_text(document.content).splitlines(), start=1):
        texts = _cells(line, within=bool(rows))
        if texts is None:
            if line.strip():
                close_grid()
                blocks.append(Paragraph(line.strip(), Place(line=number)))
        elif texts:
            place = Place(line=number)
            rows.append([Cell(t, len(rows), column, place) for column, t in enumerate(texts)])
    close_grid()
    return Reading(tuple(blocks), NAME)


def _cells(line: str, *, within: bool) -> list[str] | None:
    """The cells of a table line; an empty list for a rule between rows; None for prose. One bar
    makes a row only `within` a table."""
    if "\t" in line:
        return list(_stripped(line.split("\t")))
    if line.lstrip().startswith("|") or line.count("|") >= (1 if within else 2):
        if _RULE.fullmatch(line):
            return []
        inner = line.strip()
        inner = inner.removeprefix("|").removesuffix("|")
        return list(_stripped(inner.split("|")))
    return None


def _stripped(texts: list[str]) -> Iterator[str]:
    """Without the plain spaces around; other white space is the author's and kept."""
    for text in texts:
        yield text.strip(" \r\n")
