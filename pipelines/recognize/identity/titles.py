"""Titles of reports in a document: in lines, in tables above, told in sentences, in metadata."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pipelines.domain import Grid, Paragraph, Reading
from pipelines.recognize.identity.agencies import is_bare, may_be_agency
from pipelines.recognize.identity.title_parts import (
    EDGES,
    Title,
    known_parts,
    may_have_subject,
    parse_title,
    plain_name,
)
from pipelines.text import fold, narrow, simplify
from pipelines.text.fold import unnumbered
from pipelines.text.lexicon import Lexicon
from pipelines.text.years import Times, times_in

__all__ = ["Title", "parse_title", "titles_in"]

# A title that names agency and year.
_BOTH = 2
# A title may be broken over so many lines, each of so many characters.
_MAX_LINES = 4
_MAX_LINE = 40
# Where no section heading tells where the report begins, its head is so many paragraphs.
_MAX_HEAD = 15
_MAX_SEARCHED = 40
_HEAD_GRIDS = 2
_QUOTED = re.compile(r"([《〈“\"「]?)([^。;?!,，、《》〈〉“”\"「」]+)")


def titles_in(reading: Reading, paragraphs: Sequence[Paragraph], lexicon: Lexicon) -> list[Title]:
    """Every title of the report, the surer first: in the lines above its first section, in tables
    above, told in a sentence, in the metadata. Where none of these says anything, in the first
    lines: a page's menu can look like a section's heading, but titles far below are of others."""
    texts = [p.text for p in paragraphs]
    head = texts[: _first_section(texts, lexicon)]
    printed = list(_in_lines(head, lexicon))
    if not printed:
        # A spaced line can look like a row of a table that has its figures in it.
        whole = [b.text for b in reading.blocks if isinstance(b, Paragraph)]
        printed = list(_in_lines(whole[:_MAX_HEAD], lexicon))
    # The name of a page's column can look like a title that leaves the year out.
    printed = [t for t in printed if known_parts(t) == _BOTH] or printed
    titles = [*printed, *_in_grids(reading, lexicon)]
    if not (titles and titles[0].refused):
        titles += _told(head if len(head) < len(texts) else texts[:_MAX_HEAD], lexicon)
    for name, joined in (("articletitle", False), ("title", True)):
        title = parse_title(reading.metadata.get(name, ""), lexicon, joined=joined)
        titles += [title] if title is not None else []
    if not any(known_parts(t) or t.refused for t in titles):
        titles += _in_lines(texts[:_MAX_SEARCHED], lexicon)
    return titles


def _first_section(texts: Sequence[str], lexicon: Lexicon) -> int:
    """The number of the first paragraph that is a section's heading; of the last + 1 if none is."""
    labels = {fold(label) for section in lexicon.sections for label in section.labels}
    for number, text in enumerate(texts):
        if len(text) <= _MAX_LINE * 2 and fold(unnumbered(text, lexicon.numerals)) in labels:
            return number
    return len(texts)


def _in_lines(texts: Sequence[str], lexicon: Lexicon) -> Iterator[Title]:
    """Titles in lines, or broken over some."""
    after = 0
    for number, text in enumerate(texts):
        if number < after:
            continue
        title, count = parse_title(text, lexicon), 1
        while title is None and count < _MAX_LINES and _goes_on(texts, number, count, lexicon):
            count += 1
            title = parse_title("".join(texts[number : number + count]), lexicon)
        if title is None:
            continue
        above = list(reversed(texts[max(0, number - _MAX_LINES) : number]))
        below = texts[number + count : number + count + 1]
        after = number + count
        yield _completed(title, above, below, lexicon)


def _goes_on(texts: Sequence[str], number: int, count: int, lexicon: Lexicon) -> bool:
    """Whether the lines from that number on may be the head of a title that goes on in one more
    line, which is none alone."""
    following = texts[number + count : number + count + 1]
    if not following or not all(_is_piece(t) for t in (texts[number], *following)):
        return False
    begun = any(subject[0] in simplify(texts[number]) for subject in lexicon.title.subject)
    return begun and parse_title(following[0], lexicon) is None


def _is_piece(text: str) -> bool:
    plain = simplify(text)
    return 0 < len(plain) <= _MAX_LINE and not re.search(r"[。;?!:,>|]", plain)


def _completed(title: Title, above: Sequence[str], below: Sequence[str], lexicon: Lexicon) -> Title:
    """The title with what the lines above it and below say: an agency, a year, nothing else."""
    lines = [title.text]
    agency, year = title.agency, title.year
    if agency is not None and above and _may_lack(agency, above[0], lexicon):
        return Title(title.text, None, year, title.refused)
    for text in below:
        if agency is None and _is_piece(text) and may_be_agency(narrow(text), lexicon):
            agency = narrow(text)
        elif year is None and (year := _only_year(text, lexicon)) is not None:
            lines.append(narrow(text))
    for text in above:
        if agency is not None and year is not None:
            break
        plain = simplify(text)
        times = times_in(plain, lexicon)
        said = None if year is not None else times.year
        name = _name_in(text, times, lexicon) if agency is None and _is_piece(text) else ""
        if may_be_agency(name, lexicon):
            agency = name
        elif _only_year(text, lexicon) is None or said is None:
            break
        year = year if year is not None else said
        lines.insert(0, narrow(text).strip(EDGES))
    return Title("".join(lines), agency, year, title.refused)


def _only_year(text: str, lexicon: Lexicon) -> int | None:
    """The year that is all there is in a line."""
    plain = simplify(text).strip(EDGES)
    times = times_in(plain, lexicon)
    return times.year if times.spans == ((0, len(plain)),) else None


def _name_in(line: str, times: Times, lexicon: Lexicon) -> str:
    """What a line says beside its times; nothing where these cannot be placed in it as printed."""
    text, places = narrow(line), times.places
    if len(text) != len(simplify(line)):
        return ""
    name = plain_name("".join(c for i, c in enumerate(text) if i not in places), lexicon)
    for word in lexicon.title.notice:
        name = name.removesuffix(word)
    return name


def _may_lack(name: str, above: str, lexicon: Lexicon) -> bool:
    """Whether the name has no place, and the line above may be its first half."""
    plain = simplify(above)
    return (
        is_bare(name, lexicon)
        and _is_piece(above)
        and all(c.isalpha() for c in plain)
        and len(plain) > 1
        and not plain.endswith(simplify(name))
        and not may_have_subject(above, lexicon)
        and any(ending in plain for ending in lexicon.agency_endings)
    )


def _in_grids(reading: Reading, lexicon: Lexicon) -> Iterator[Title]:
    """Titles in the cells of the first tables: what a website says of its document."""
    grids = (b for b in reading.blocks if isinstance(b, Grid))
    for grid in islice(grids, _HEAD_GRIDS):
        if grid.width > 1:
            parsed = (parse_title(cell.text, lexicon) for cell in grid.cells)
            yield from (t for t in parsed if t is not None and not t.refused)


def _told(texts: Sequence[str], lexicon: Lexicon) -> Iterator[Title]:
    """Titles that a sentence quotes, or names behind one of the words of such sentences."""
    words = "|".join(sorted(lexicon.title.prose, key=len, reverse=True))
    for text in texts:
        if not may_have_subject(text, lexicon):
            continue
        for quote, clause in _QUOTED.findall(simplify(text)):
            pieces = re.split(words, clause)
            for number, piece in enumerate(pieces):
                if (quote or number) and not any(w in piece for w in lexicon.title.notice):
                    title = parse_title(piece, lexicon)
                    if title is not None and not title.refused:
                        yield title
