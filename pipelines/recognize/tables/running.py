"""Lines that a printed document repeats on its pages: headers and footers."""

import re
from collections import defaultdict
from collections.abc import Iterator

from pipelines.domain import Grid, Paragraph, Reading
from pipelines.text import narrow

# A shorter line can be a label that the table repeats; fewer pages can repeat anything.
_MIN_LENGTH = 8
_MIN_PAGES = 3


def without_running_lines(reading: Reading) -> Iterator[Paragraph | Grid]:
    """The blocks of the reading; of a line that stands on many pages, but for its numbers, only the
    first: it may be the title."""
    pages: dict[str, set[int]] = defaultdict(set)
    for block in reading.blocks:
        if isinstance(block, Paragraph) and block.place.page is not None:
            pages[_key(block)].add(block.place.page)
    running = {
        key for key, on in pages.items() if len(on) >= _MIN_PAGES and len(key) >= _MIN_LENGTH
    }
    seen: set[str] = set()
    for block in reading.blocks:
        key = _key(block) if isinstance(block, Paragraph) else ""
        if key not in running or key not in seen:
            yield block
        seen.add(key)


def _key(paragraph: Paragraph) -> str:
    return re.sub(r"[\d\s]", "", narrow(paragraph.text))
