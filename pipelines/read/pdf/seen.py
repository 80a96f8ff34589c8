"""Whether what a PDF says is what people see in it: text that can be understood, that is drawn and
not struck out. Where it is not, no reader of the text can be right, only one of the picture."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from pipelines.domain import Document, UnreadableDocument
from pipelines.read.pdf import calls as pdfium
from pipelines.read.pdf.page import Box, Page, Run
from pipelines.read.pdf.rules import Rule, rules_of

MAX_PAGES = 500
_MAX_CHARACTERS = 2_000_000
# A page number or a stamp on a scan is no text layer.
_MIN_CHARACTERS = 40
# Of the characters beside ASCII more than this share are common Chinese ones.
_CHINESE_SHARE = 0.7
# A rule this near the middle of a text, in shares of its height, strikes it out.
_STRIKES = 0.22
_MIN_STRUCK = 1.0


def pages_of(document: pdfium.Handle, max_pages: int = MAX_PAGES) -> Iterator[Page]:
    """The pages one after the other, to be closed by who asks for them.

    Raises:
        UnreadableDocument: there are far too many for a report, or too much on them; or pdfium
            cannot load one.
    """
    count = pdfium.count_pages(document)
    if count > max_pages:
        raise UnreadableDocument(f"the PDF has {count} pages, more than {max_pages}")
    characters = 0
    for index in range(count):
        page = Page.load(document, index)
        characters += len(page.text)
        yield page
        if characters > _MAX_CHARACTERS:
            raise UnreadableDocument(f"the PDF has over {_MAX_CHARACTERS} characters")


def why_unusable(texts: Iterable[str]) -> str | None:
    """Why these pages' text says nothing, None where it says something."""
    text = "".join("".join(texts).split())
    if len(text) < _MIN_CHARACTERS:
        return f"no text layer ({len(text)} characters): a scan?"
    # What is no plain ASCII is Chinese, or pdfium did not know what it is.
    others = re.sub("[!-~]", "", text)
    chinese = re.sub(r"[\x00-\xff]", "", others).encode("gbk", "ignore").decode("gbk")
    if len(chinese) <= _CHINESE_SHARE * len(others):
        return f"a font without Unicode: its {len(text)} characters are no Chinese text"
    return None


def check_seen(page: Page, runs: Sequence[Run], across: Sequence[Rule]) -> None:
    """Refuse figures that are not drawn (as in the hidden text of a scan), that are as white as
    the paper, or that a rule across strikes out.

    Raises:
        UnreadableDocument: there are some.
    """
    figures = [run for run in runs if is_figure(run.text)]
    if not page.are_drawn([run.at for run in figures]):
        raise UnreadableDocument(f"page {page.number} has figures that are not to be seen")
    if are_struck([(run.x0, run.top, run.x1, run.bottom) for run in figures], across):
        raise UnreadableDocument(f"page {page.number} has figures that are struck out")


def is_figure(text: str) -> bool:
    """Digits and no letter."""
    return any(map(str.isdigit, text)) and not any(map(str.isalpha, text))


def are_struck(boxes: Iterable[Box], across: Iterable[Rule]) -> bool:
    """Whether a rule goes through the middle of one of these boxes."""
    rules = sorted(across)
    for x0, top, x1, bottom in boxes:
        middle, reach = (top + bottom) / 2, _STRIKES * (bottom - top)
        first = bisect_left(rules, (middle - reach,))
        for _, start, end in rules[first : bisect_right(rules, (middle + reach,))]:
            if min(end, x1) - max(start, x0) > _MIN_STRUCK:
                return True
    return False


def check_text(document: Document, max_pages: int = MAX_PAGES) -> None:
    """Refuse a PDF whose text is not what is seen, for readers that cannot tell.

    Raises:
        UnreadableDocument: it opens only with a password, is too long, has no usable text, or
            figures that are hidden or struck out.
    """
    try:
        with pdfium.opened(document.content) as handle:
            texts = []
            for page in pages_of(handle, max_pages):
                with closing(page):
                    texts.append(page.text)
                    check_seen(page, page.runs(), rules_of(page).across)
    except pdfium.NotOpenedError as error:
        raise UnreadableDocument(str(error)) from error
    reason = why_unusable(texts)
    if reason is not None:
        raise UnreadableDocument(f"the PDF has {reason}")
