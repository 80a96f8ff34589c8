"""HTML through selectolax, for markup that a parser reads in time proportional to its length."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from pipelines.domain import UnreadableDocument
from pipelines.text import one_line


@dataclass(frozen=True, slots=True)
class MarkupLimits:
    """The defaults are far above what pages of reports need."""

    max_characters: int = 64_000_000
    max_depth: int = 20_000
    max_cells: int = 400_000  # of a page


LIMITS = MarkupLimits()
_OPTIONS = int(LexborDocumentOptions.WO_EVENTS)

# Fewer tags than these cost little, however they are nested.
_FEW_TAGS = 2_500
_REST = r"(?:[\s/][^<>]*)?>"
_TAG = re.compile(rf"<(/?)([A-Za-z][A-Za-z0-9]*){_REST}")
# Never closed, or not by a tag of their own: they make nothing deep.
_FLAT = frozenset(
    re.findall(
        r"\w+",
        "area base br col embed hr img input link meta param source track wbr html head body p li"
        " dt dd option optgroup tr td th thead tbody tfoot colgroup rb rt rp a nobr",
    )
)
# What a parser opens again in every block behind the one in which it was left open.
_FORMATTING = re.compile(
    rf"<(/?)(?=[bcefistu])(?!span|td|tr)(?:b|big|code|em|font|i|s|small|strike|strong|tt|u){_REST}",
    re.IGNORECASE,
)
_NO_TAGS = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_MAX_OPEN = 300
_CELLS = frozenset({"td", "th"})
# A parser looks up the whole stack of open elements at many tags.
_MAX_LOOKED_UP = 500_000_000
_LONG = 100_000
_LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{_LONG},}}")
_MAX_ATTRIBUTES = 5_000


def parse_html(text: str, limits: MarkupLimits = LIMITS) -> LexborHTMLParser:
    """The tree of a page.

    Raises:
        UnreadableDocument: as `check_markup`.
    """
    check_markup(text, limits)
    return LexborHTMLParser(text, options=_OPTIONS)


def attribute(node: LexborNode | None, name: str) -> str:
    """The value of an attribute, "" where there is none."""
    return "" if node is None else (node.attributes.get(name) or "")


def text_in(node: LexborNode | None) -> str:
    """The text of an element on one line."""
    return "" if node is None else one_line(node.text(separator=" "))


def check_markup(text: str, limits: MarkupLimits = LIMITS) -> None:
    """Let through what a parser reads in time proportional to its length.

    Raises:
        UnreadableDocument: the page is longer than the limit, nested deeper, or made to keep a
            parser busy.
    """
    if len(text) > limits.max_characters:
        raise UnreadableDocument(
            f"the page has {len(text):,} characters; up to {limits.max_characters:,} are read"
        )
    if len(text) > _LONG and max(map(len, text.split("<"))) > _LONG:
        _check_attributes(text)
    if text.count("<") <= _FEW_TAGS:
        return
    try:
        _check_tags(text, limits)
    except UnreadableDocument:
        # Scripts and comments hold tags that are none: taken out only where it matters.
        _check_tags(_NO_TAGS.sub("", text), limits)


def _check_tags(text: str, limits: MarkupLimits) -> None:
    left_open = 0
    for closing in _FORMATTING.findall(text):
        left_open = max(0, left_open + (-1 if closing else 1))
        if left_open > _MAX_OPEN:
            raise UnreadableDocument(f"the page leaves more than {_MAX_OPEN} formatting tags open")
    if text.count("<") > limits.max_depth:
        _check_depth(text, limits)


def _check_depth(text: str, limits: MarkupLimits) -> None:
    cells = depth = looked_up = 0
    for closing, name in _TAG.findall(text):
        tag = name.lower()
        looked_up += depth
        if tag not in _FLAT:
            depth = max(0, depth - 1) if closing else depth + 1
        elif tag in _CELLS and not closing:
            cells += 1
        if depth > limits.max_depth or looked_up > _MAX_LOOKED_UP:
            raise UnreadableDocument(
                f"the page is nested more than {limits.max_depth:,} deep or too deep for its length"
            )
        if cells > limits.max_cells:
            raise UnreadableDocument(f"the page has more than {limits.max_cells:,} cells of tables")


def _check_attributes(text: str) -> None:
    for match in _LONG_TAG.finditer(text):
        if len(match.group().split(None, _MAX_ATTRIBUTES)) > _MAX_ATTRIBUTES:
            raise UnreadableDocument(f"a tag has more than {_MAX_ATTRIBUTES:,} attributes")
