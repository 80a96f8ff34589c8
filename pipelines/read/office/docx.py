"""DOCX through zip and lxml: the text as it is displayed, tables with their merged cells resolved.

Deleted and hidden text is left out, inserted text taken. The numbers that the word processor
counts itself are no text, so that labels may come without them. Macros are never looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeGuard

from lxml import etree

from pipelines.domain import Cell, Document, Grid, Paragraph, Place, Reading, UnreadableDocument
from pipelines.read.limits import LIMITS, Limits
from pipelines.read.package import Package

NAME = "docx/1"

_MAIN = "word/document.xml"
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_MATH = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"

# Around other content, and nothing themselves.
_WRAPPERS = {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "dir", "bdo"}
_INLINE_WRAPPERS = _WRAPPERS | {"hyperlink", "fldSimple"}
_DELETED = {"del", "moveFrom"}
_PLAIN = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# A picture, a shape or an object can hold a text box.
_HOLDS_BOXES = {"drawing", "pict", "object"}
# Marks set smaller, or struck out, are no part of the figure that they stand at.
_APART = ("vertAlign", "strike", "dstrike")
_OFF = ("0", "false", "off", "baseline")
_VANISH = "vanish"
_UNSURE = "\ufffd"
_SYMBOLS = "0123456789.,:/()+-%"

_Properties = dict[str, etree._Element]

_WHITE = re.compile(r"[ \t\r\n\f]+")
_MAX_SPAN = 1000
_MAX_DIGITS = 12
# A cell with so much prose in it is layout, not a table's cell.
_LAYOUT_TEXT = 400
_LAYOUT_PARAGRAPHS = 3


def _tags(namespaces: tuple[str, ...], *names: str) -> dict[str, str]:
    return {f"{{{namespace}}}{name}": name for namespace in namespaces for name in names}


_KINDS = {
    **_tags(
        _WORD, "p", "tbl", "tr", "tc", "r", "t", "sym", "ruby", "rubyBase", "txbxContent",
        *_INLINE_WRAPPERS, *_DELETED, *_PLAIN, *_HOLDS_BOXES,
    ),
    **_tags(_MATH, "oMath", "oMathPara"),
    **_tags((_COMPATIBILITY,), "AlternateContent", "Choice", "Fallback"),
}  # fmt: skip
_PROPERTIES = _tags(
    _WORD, "body", "pPr", "pStyle", "rPr", "rStyle", "basedOn", "vanish", *_APART,
    "trPr", "gridBefore", "del", "tcPr", "gridSpan", "vMerge", "hMerge", "cellDel",
)  # fmt: skip
_TABLES = tuple(tag for tag, name in _KINDS.items() if name == "tbl")
_BOXES = tuple(tag for tag, name in _KINDS.items() if name == "txbxContent")
_VALUE, _STYLE, _CHARACTER, _FONT = (
    tuple(_tags(_WORD, name)) for name in ("val", "styleId", "char", "font")
)
_MATH_TEXT = tuple(_tags(_MATH, "t"))
_MATH_RUNS = set(_tags(_MATH, "oMath", "oMathPara", "r", "rPr", "t", "sty", "oMathParaPr", "jc"))


def read_docx(document: Document, limits: Limits = LIMITS) -> Reading:
    """Paragraphs and exact grids; places are table, row and cell, or the paragraph's number.

    Raises:
        UnreadableDocument: the file is damaged, encrypted, a bomb, or has no text.
    """
    package = Package(document.content, "the DOCX", limits)
    main = package.main_part(_MAIN)
    content = package.content(main)
    body = _child(package.parsed(main, content), "body")
    if body is None:
        raise UnreadableDocument("the DOCX has no body")
    named = _hidden_styles(package, main)
    hidden = frozenset(style for style in named if _names(content, style))
    said = any(_names(content, word) for word in (_VANISH, *_APART))
    walk = _Walk(hidden, bool(hidden) or said, limits)
    try:
        walk.flow(body, None)
    except RecursionError as error:
        raise UnreadableDocument("the DOCX is nested too deep") from error
    if not walk.blocks:
        raise UnreadableDocument("the DOCX has no text (pictures only?)")
    return Reading(tuple(walk.blocks), NAME, package.properties())


def _names(content: bytes, word: str) -> bool:
    """Whether the word stands in an XML part, in whichever encoding; most parts lack most words."""
    return any(word.encode(encoding) in content for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def _child(element: etree._Element, name: str) -> etree._Element | None:
    """What stands before the content."""
    for child in element:
        tag = child.tag
        if _PROPERTIES.get(tag) == name:
            return child
        if tag in _KINDS:
            break
    return None


def _properties(element: etree._Element, name: str) -> _Properties:
    """What the properties of that name say, as far as it matters here."""
    holder = _child(element, name)
    return {} if holder is None else _said(holder)


def _said(holder: etree._Element) -> _Properties:
    return {kind: p for p in holder if (kind := _PROPERTIES.get(p.tag)) is not None}


def _value(element: etree._Element | None, names: tuple[str, ...] = _VALUE) -> str | None:
    """An attribute, by its name in either namespace."""
    if element is not None:
        for name in names:
            value = element.get(name)
            if value is not None:
                return value
    return None


def _is_on(element: etree._Element | None) -> TypeGuard[etree._Element]:
    """Whether a property stands there and is not switched off."""
    return element is not None and _value(element) not in _OFF


def _number(element: etree._Element | None, otherwise: int) -> int:
    text = _value(element)
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > _MAX_DIGITS:
        return otherwise
    return min(int(text), _MAX_SPAN)


def _hidden_styles(package: Package, main: str) -> frozenset[str]:
    """The styles whose text is not displayed."""
    name = next((n for kind, n in package.related(main).values() if kind == "styles"), None)
    if name is None or not package.has(name):
        return frozenset()
    content = package.content(name)
    if not _names(content, _VANISH):
        return frozenset()
    hidden: dict[str, bool | None] = {}
    based: dict[str, str | None] = {}
    for style in package.parsed(name, content):
        identifier = _value(style, _STYLE)
        if identifier is not None:
            vanish = _properties(style, "rPr").get("vanish")
            hidden[identifier] = None if vanish is None else _is_on(vanish)
            based[identifier] = _value(_child(style, "basedOn"))
    return frozenset(s for s in hidden if _is_hidden(s, hidden, based))


def _is_hidden(style: str, hidden: dict[str, bool | None], based: dict[str, str | None]) -> bool:
    above: str | None = style
    for _ in range(len(based)):
        if above is None or hidden.get(above) is not None:
            break
        above = based.get(above)
    return bool(above is not None and hidden.get(above))


def _content(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The children that count, each with its kind; of alternatives the one that is understood."""
    for child in element:
        kind = _KINDS.get(child.tag)
        if kind is None or kind in _DELETED:
            continue
        if kind == "AlternateContent":
            yield from _alternative(child)
        else:
            yield kind, child


def _alternative(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    for alternative in element:
        found = list(_content(alternative))
        if found:
            yield from found
            return


def _flat(element: etree._Element, kind: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, through what may be wrapped around them."""
    for found, child in _content(element):
        if found == kind:
            yield child
        elif found in _WRAPPERS:
            yield from _flat(child, kind)


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row with their properties; it may begin some columns to the right."""

    begins_at: int
    cells: list[tuple[etree._Element, _Properties]]


@dataclass
class _Merged:
    """A cell while the rows below may still add to it."""

    text: str
    row: int
    column: int
    span: int
    place: Place
    is_prose: bool
    height: int = 1


@dataclass
class _Walk:
    """The blocks found so far; tables and paragraphs are counted from 1. `runs_differ`: a run may
    be hidden, or set apart from the text beside it."""

    hidden_styles: frozenset[str]
    runs_differ: bool
    limits: Limits
    blocks: list[Paragraph | Grid] = field(default_factory=list)
    tables: int = 0
    paragraphs: int = 0
    cells: int = 0

    def flow(self, element: etree._Element, place: Place | None) -> None:
        """Paragraphs and tables one below the other; `place` is that of the cell around them."""
        for kind, child in _content(element):
            if kind == "p":
                self.paragraphs += 1
                boxes: list[etree._Element] = []
                here = place or Place(line=self.paragraphs)
                for line in self._text(child, boxes).split("\n"):
                    folded = _WHITE.sub(" ", line).strip(" \xa0\u3000")
                    if folded:
                        self.blocks.append(Paragraph(folded, here))
                for box in boxes:
                    self.flow(box, place)
            elif kind == "tbl":
                self._table(child)
            elif kind in _WRAPPERS:
                self.flow(child, place)

    def _table(self, table: etree._Element) -> None:
        self.tables += 1
        number = self.tables
        rows = [row for tr in _flat(table, "tr") if (row := _row(tr)) is not None]
        self.cells += sum(len(row.cells) for row in rows)
        if self.cells > self.limits.max_cells:
            raise UnreadableDocument(f"the DOCX has more than {self.limits.max_cells} cells")
        counted = self.paragraphs
        merged = [] if _holds_tables(table) else self._resolved(rows, number)
        if not merged or any(m.is_prose for m in merged):
            # It only arranges the page.
            self.paragraphs = counted
            for r, row in enumerate(rows, 1):
                for c, (cell, _) in enumerate(row.cells, 1):
                    self.flow(cell, Place(table=number, row=r, cell=c))
            return
        cells = (Cell(m.text, m.row, m.column, m.place, m.height, m.span) for m in merged)
        self.blocks.append(Grid(tuple(cells), exact=True))

    def _resolved(self, rows: list[_Row], table: int) -> list[_Merged]:
        """Cells in their slots; one that goes on downwards or to the right is one."""
        found: list[_Merged] = []
        above: dict[int, _Merged] = {}
        for r, row in enumerate(rows):
            open_here: dict[int, _Merged] = {}
            left: _Merged | None = None
            column = row.begins_at
            for c, (cell, properties) in enumerate(row.cells, 1):
                span = max(_number(properties.get("gridSpan"), 1), 1)
                down = _merge(properties, "vMerge")
                if left is not None and _merge(properties, "hMerge") == "continue":
                    left.span += span
                elif down == "continue" and _goes_on(above.get(column), span):
                    left = above[column]
                    left.height += 1
                    open_here[column] = left
                else:
                    place = Place(table=table, row=r + 1, cell=c)
                    text, is_prose = self._cell_text(cell)
                    left = _Merged(text, r, column, span, place, is_prose)
                    found.append(left)
                    if down is not None:
                        open_here[column] = left
                column += span
            above = open_here
        return found

    # -- text ------------------------------------------------------------------------------

    def _cell_text(self, cell: etree._Element) -> tuple[str, bool]:
        """The cell's text, and whether there is so much of it that it is no table's cell."""
        paragraphs: list[str] = []
        self._lines(cell, paragraphs)
        text = paragraphs[0].strip(" ") if len(paragraphs) == 1 else "\n".join(paragraphs)
        if "\n" in text:
            lines = (line.strip(" ") for line in text.split("\n"))
            text = "\n".join(line for line in lines if line)
        return text, len(paragraphs) > _LAYOUT_PARAGRAPHS and len(text) > _LAYOUT_TEXT

    def _lines(self, element: etree._Element, paragraphs: list[str]) -> None:
        """The paragraphs below one another, those of text boxes too."""
        for kind, child in _content(element):
            if kind == "p":
                self.paragraphs += 1
                boxes: list[etree._Element] = []
                paragraphs.append(self._text(child, boxes))
                for box in boxes:
                    self._lines(box, paragraphs)
            elif kind in _WRAPPERS:
                self._lines(child, paragraphs)

    def _text(self, paragraph: etree._Element, boxes: list[etree._Element]) -> str:
        """The paragraph as displayed; the text boxes in it are put aside."""
        hidden = False
        if self.hidden_styles:
            style = _properties(paragraph, "pPr").get("pStyle")
            hidden = _value(style) in self.hidden_styles
        parts: list[str] = []
        self._gather(paragraph, parts, boxes, hidden)
        return "".join(parts)

    def _gather(
        self,
        element: etree._Element,
        parts: list[str],
        boxes: list[etree._Element],
        hidden: bool,
    ) -> None:
        for child in element:
            kind = _KINDS.get(child.tag)
            if kind == "r":
                self._run(child, parts, boxes, hidden)
            elif kind is not None and kind not in _DELETED:
                self._inline(kind, child, parts, boxes, hidden)

    def _inline(
        self,
        kind: str,
        child: etree._Element,
        parts: list[str],
        boxes: list[etree._Element],
        hidden: bool,
    ) -> None:
        """What stands in a paragraph beside runs, or around them."""
        if kind == "r":
            self._run(child, parts, boxes, hidden)
        elif kind in _INLINE_WRAPPERS or kind == "rubyBase":
            self._gather(child, parts, boxes, hidden)
        elif kind == "AlternateContent":
            for inner_kind, inner in _alternative(child):
                self._inline(inner_kind, inner, parts, boxes, hidden)
        elif kind in ("oMath", "oMathPara"):
            parts.append(_formula(child))

    def _run(
        self,
        run: etree._Element,
        parts: list[str],
        boxes: list[etree._Element],
        hidden: bool,
    ) -> None:
        pieces: list[str] = []
        apart = False
        for child in run:
            tag = child.tag
            kind = _KINDS.get(tag)
            if kind == "t":
                pieces.append(child.text or "")
            elif kind == "AlternateContent":
                for inner_kind, inner in _alternative(child):
                    self._piece(inner_kind, inner, pieces, boxes)
            elif kind is not None:
                self._piece(kind, child, pieces, boxes)
            elif self.runs_differ and _PROPERTIES.get(tag) == "rPr":
                said = _said(child)
                if self._is_hidden(said, hidden):
                    return
                hidden = False
                apart = any(_is_on(said.get(name)) for name in _APART) if said else False
        if hidden:
            return
        text = "".join(pieces)
        parts.append(f" {text} " if apart and text else text)

    def _is_hidden(self, said: _Properties, otherwise: bool) -> bool:
        """Whether a run is hidden, by what it says itself or else by the style that it names."""
        if not said:
            return otherwise
        if "vanish" in said:
            return _is_on(said["vanish"])
        return otherwise or _value(said.get("rStyle")) in self.hidden_styles

    def _piece(
        self, kind: str, child: etree._Element, pieces: list[str], boxes: list[etree._Element]
    ) -> None:
        """What stands in a run beside plain text."""
        if kind == "t":
            pieces.append(child.text or "")
        elif kind in _PLAIN:
            pieces.append(_PLAIN[kind])
        elif kind == "sym":
            pieces.append(_symbol(child))
        elif kind == "ruby":
            self._gather(child, pieces, boxes, False)  # its other part is how it is spoken
        elif kind in _HOLDS_BOXES:
            boxes.extend(_outermost(child))


def _row(row: etree._Element) -> _Row | None:
    """The row, if it is not deleted; nor are its cells."""
    properties = _properties(row, "trPr")
    if "del" in properties:
        return None
    cells = [(cell, _properties(cell, "tcPr")) for cell in _flat(row, "tc")]
    begins_at = _number(properties.get("gridBefore"), 0)
    return _Row(begins_at, [(cell, said) for cell, said in cells if "cellDel" not in said])


def _merge(properties: _Properties, name: str) -> str | None:
    """`restart`, `continue`, or None for a cell that stands alone."""
    merge = properties.get(name)
    if merge is None:
        return None
    return "restart" if _value(merge) == "restart" else "continue"


def _goes_on(above: _Merged | None, span: int) -> bool:
    return above is not None and above.span == span


def _holds_tables(table: etree._Element) -> bool:
    return any(inner is not table for inner in table.iter(*_TABLES))


def _outermost(element: etree._Element) -> Iterator[etree._Element]:
    """The text boxes in a shape; a shape in two versions (one for old programs) gives one."""
    for child in element:
        if child.tag in _BOXES:
            yield child
        elif _KINDS.get(child.tag) == "AlternateContent":
            for alternative in child:
                found = list(_outermost(alternative))
                if found:
                    yield from found
                    break
        else:
            yield from _outermost(child)


def _symbol(element: etree._Element) -> str:
    """A character of a symbol font. The font Symbol has digits and signs where ASCII has them;
    those of other fonts are not known."""
    try:
        code = int(_value(element, _CHARACTER) or "", 16)
    except ValueError:
        return _UNSURE
    low = code & 0xFF
    if 0xF000 <= code <= 0xF0FF:
        known = (_value(element, _FONT) or "").lower() == "symbol" and chr(low) in _SYMBOLS
        return chr(low) if known else _UNSURE
    return chr(code) if 0x20 <= code < 0xD800 else _UNSURE


def _formula(element: etree._Element) -> str:
    """A formula's text; a fraction or a power is not to be taken for its digits in a row."""
    text = "".join(t.text or "" for t in element.iter(*_MATH_TEXT))
    structured = any(
        e.tag.startswith(tuple(f"{{{m}}}" for m in _MATH)) and e.tag not in _MATH_RUNS
        for e in element.iter()
        if isinstance(e.tag, str)
    )
    return f"{text}{_UNSURE}" if structured else text
