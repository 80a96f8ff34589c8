"""XLSX, XLS and ET: every cell as it is shown, merged cells resolved.

XLSX is streamed with expat, since a sheet can have a million formatted rows with nothing in them;
XLS and ET (which is XLS under another name) are read by xlrd.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

import xlrd
from lxml import etree

from pipelines.domain import Document, Grid, Paragraph, Reading, UnreadableDocument
from pipelines.read.containers import open_ole, whole_stream
from pipelines.read.limits import LIMITS, Limits
from pipelines.read.office.number_format import BUILT_IN, GENERAL, printed
from pipelines.read.office.sheet import Merge, Sheet
from pipelines.read.package import Package, relationship_of

NAME = "xlsx/1"
NAME_XLS = f"xlrd/{xlrd.__version__}"

_MAIN = "xl/workbook.xml"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_MAX_DIGITS = 10
_MAX_LETTERS = 3
_MAX_ROW, _MAX_COLUMN = 1_048_576, 16_384


def read_xlsx(document: Document, limits: Limits = LIMITS) -> Reading:
    """Sheet by sheet its grids; places are sheet, row and column, as the workbook counts them.

    Raises:
        UnreadableDocument: the file is damaged, encrypted, a bomb, or has no text.
    """
    package = Package(document.content, "the XLSX", limits)
    main = package.main_part(_MAIN)
    workbook = package.part(main)
    related = package.related(main)
    parts = dict(related.values())
    texts = _shared_texts(package, parts.get("sharedStrings"))
    styles = _Styles.of(package, parts.get("styles"))
    blocks: list[Paragraph | Grid] = []
    for number, name in enumerate(_sheets(workbook, related), 1):
        sheet = Sheet(number, limits)
        rows = _SheetParser(sheet, texts, styles, _counts_from_1904(workbook))
        package.stream(name, rows.feed, rows.close)
        blocks.extend(sheet.blocks())
    return _reading(blocks, NAME, package.properties())


def read_xls(document: Document, limits: Limits = LIMITS) -> Reading:
    """As `read_xlsx`.

    Raises:
        UnreadableDocument: the file is damaged, encrypted, too large, or has no text.
    """
    if len(document.content) > limits.max_workbook_bytes:
        raise UnreadableDocument(f"the XLS is larger than {limits.max_workbook_bytes} bytes")
    content = _workbook_stream(document.content)
    blocks: list[Paragraph | Grid] = []
    try:
        with xlrd.open_workbook(
            file_contents=content,
            formatting_info=True,
            ragged_rows=True,
            logfile=io.StringIO(),
        ) as book:
            for number, source in enumerate(book.sheets(), 1):
                sheet = Sheet(number, limits)
                for row in range(source.nrows):
                    sheet.add_row(row, _xls_row(book, source, row))
                for top, bottom, left, right in source.merged_cells:
                    sheet.add_merge(Merge(top, left, bottom, right))
                blocks.extend(sheet.blocks())
    except UnreadableDocument:
        raise
    except Exception as error:  # xlrd raises whatever its parser meets
        cause = " ".join(str(error).split()) or type(error).__name__
        if "encrypted" in cause.lower():
            raise UnreadableDocument("the XLS is encrypted: it asks for a password") from error
        raise UnreadableDocument(f"the XLS is damaged: {cause}") from error
    return _reading(blocks, NAME_XLS, {})


def _workbook_stream(content: bytes) -> bytes:
    """The workbook without the OLE file around it, in which xlrd would follow a circle for ever."""
    with open_ole(content, "the XLS") as ole:
        name = next((n for n in ("Workbook", "Book") if ole.exists(n)), None)
        if name is None:
            raise UnreadableDocument("the XLS has no workbook")
        return whole_stream(ole, name, len(content))


def _reading(blocks: list[Paragraph | Grid], name: str, metadata: dict[str, str]) -> Reading:
    if not blocks:
        raise UnreadableDocument("the workbook has no text")
    return Reading(tuple(blocks), name, metadata)


# -- XLS --------------------------------------------------------------------------------------


def _xls_row(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int) -> Iterator[tuple[int, str]]:
    for column in range(sheet.row_len(row)):
        format_ = book.xf_list[sheet.cell_xf_index(row, column)]
        text = _xls_text(book, sheet.cell(row, column), format_.format_key)
        if text or _has_border(format_):
            yield column, text


def _has_border(format_: xlrd.formatting.XF) -> bool:
    sides = ("left", "right", "top", "bottom")
    return any(getattr(format_.border, f"{side}_line_style") for side in sides)


def _xls_text(book: xlrd.Book, cell: xlrd.sheet.Cell, format_key: int) -> str:
    value = cell.value
    if isinstance(value, str):
        return _clean(value)
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        known = book.format_map.get(format_key)
        code = known.format_str if known is not None else f"format {format_key}"
        return printed(value, code, from_1904=book.datemode == 1)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(int(value), "#ERROR")
    return ""


def _clean(text: str) -> str:
    """Lines without plain spaces around; a cell of blanks keeps them, as its author made it."""
    lines = [line.strip(" ") for line in text.replace("\r", "\n").split("\n")]
    return "\n".join(line for line in lines if line)


# -- XLSX -------------------------------------------------------------------------------------


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _sheets(workbook: etree._Element, related: dict[str, tuple[str, str]]) -> Iterator[str]:
    for element in workbook.iter():
        if _local(element) == "sheet":
            kind, name = related.get(relationship_of(element) or "", ("", ""))
            if kind == "worksheet":
                yield name


def _counts_from_1904(workbook: etree._Element) -> bool:
    return any(
        _local(e) == "workbookPr" and e.get("date1904") in ("1", "true") for e in workbook.iter()
    )


def _shared_texts(package: Package, name: str | None) -> list[str]:
    if name is None or not package.has(name):
        return []
    return [_rich_text(item) for item in package.part(name) if _local(item) == "si"]


def _rich_text(item: etree._Element) -> str:
    """The text of a string in pieces; how it is pronounced stands there too and is not printed."""
    parts: list[str] = []
    for child in item:
        name = _local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [t.text or "" for t in child if _local(t) == "t"]
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Styles:
    """For each style of a cell its number format, and whether it has borders."""

    codes: tuple[str, ...] = ()
    bordered: tuple[bool, ...] = ()

    @classmethod
    def of(cls, package: Package, name: str | None) -> "_Styles":
        if name is None or not package.has(name):
            return cls()
        sections = {_local(section): section for section in package.part(name)}
        custom = {
            _count(e.get("numFmtId")): e.get("formatCode", GENERAL)
            for e in sections.get("numFmts", ())
        }
        borders = [
            any(side.get("style", "none") != "none" for side in b)
            for b in sections.get("borders", ())
        ]
        codes: list[str] = []
        bordered: list[bool] = []
        for style in sections.get("cellXfs", ()):
            number = _count(style.get("numFmtId"))
            codes.append(custom.get(number) or BUILT_IN.get(number, f"format {number}"))
            border = _count(style.get("borderId"))
            bordered.append(border < len(borders) and borders[border])
        return cls(tuple(codes), tuple(bordered))

    def code(self, style: int) -> str:
        return self.codes[style] if 0 <= style < len(self.codes) else GENERAL

    def has_border(self, style: int) -> bool:
        return 0 <= style < len(self.bordered) and self.bordered[style]


@dataclass
class _SheetParser:
    """Takes a sheet's XML piece by piece and gives its rows to the sheet; nothing else is kept."""

    sheet: Sheet
    texts: list[str]
    styles: _Styles
    from_1904: bool
    row: int = -1
    column: int = -1
    cells: list[tuple[int, str]] = field(default_factory=list)
    cell: dict[str, str] = field(default_factory=dict)
    value: str | None = None
    formula: str | None = None
    inline: list[str] = field(default_factory=list)
    gathered: list[str] | None = None
    skipping: int = 0
    _parser: expat.XMLParserType = field(init=False)

    def __post_init__(self) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._parser = parser

    def feed(self, piece: bytes) -> None:
        """The next piece of the part.

        Raises:
            UnreadableDocument: there is a document type, or too much of something.
            expat.ExpatError: the XML is damaged.
        """
        self._parser.Parse(piece, False)

    def close(self) -> None:
        """The part is at its end.

        Raises:
            expat.ExpatError: its XML is not.
        """
        self._parser.Parse(b"", True)

    def _doctype(self, *_: object) -> None:
        raise UnreadableDocument("a sheet of the XLSX has a document type, as entity bombs do")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if self.skipping or name == "rPh":
            self.skipping += 1
        elif name == "c":
            self.cell = attributes
            self.value = self.formula = None
        elif name == "row":
            self.row = _at(attributes.get("r"), self.row + 1, _MAX_ROW)
            self.column = -1
            self.cells = []
        elif name in ("v", "f", "t"):
            self.gathered = []
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _text(self, text: str) -> None:
        if self.gathered is not None and not self.skipping:
            self.gathered.append(text)

    def _end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        name = tag.rpartition(" ")[2]
        if name in ("v", "f", "t") and self.gathered is not None:
            text = "".join(self.gathered)
            self.gathered = None
            if name == "v":
                self.value = text
            elif name == "f":
                self.formula = text
            else:
                self.inline.append(text)
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self.sheet.add_row(self.row, self.cells)

    def _end_cell(self) -> None:
        letters = self.cell.get("r", "").rstrip("0123456789")
        self.column = _column(letters) if letters else self.column + 1
        style = _count(self.cell.get("s"))
        empty = self.value is None and self.formula is None and not self.inline
        text = "" if empty else _clean(self._shown(self.cell.get("t", "n"), style))
        if self.inline:
            self.inline = []
        if text or self.styles.has_border(style):
            self.cells.append((self.column, text))

    def _shown(self, kind: str, style: int) -> str:
        """What the cell shows; a formula whose value the file does not have shows itself."""
        if kind == "inlineStr":
            return "".join(self.inline)
        value = self.value or ""
        if not value:
            return "" if self.formula is None or kind == "str" else f"={self.formula}"
        if kind == "n":
            return self._number(value, style)
        if kind == "s":
            place = _count(value, otherwise=-1)
            return self.texts[place] if 0 <= place < len(self.texts) else f"#{value}"
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        return value

    def _number(self, value: str, style: int) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        code = self.styles.code(style)
        return printed(number, code, from_1904=self.from_1904)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        corners = [_REFERENCE.fullmatch(corner) for corner in (first, last or first)]
        if None in corners:
            return
        (left, top), (right, bottom) = (
            (_column(c.group(1)), int(c.group(2)) - 1) for c in corners if c is not None
        )
        self.sheet.add_merge(Merge(top, left, bottom + 1, right + 1))


def _count(text: str | None, otherwise: int = 0) -> int:
    """A number as files write it, short and without a sign."""
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < _MAX_DIGITS
    return int(text) if text is not None and is_number else otherwise


def _at(number: str | None, otherwise: int, most: int) -> int:
    """The place that the file numbers from 1, or that behind the last; from 0."""
    at = _count(number, otherwise + 1) - 1
    if not 0 <= at < most:
        raise UnreadableDocument(f"a sheet of the XLSX has a row beyond {most}")
    return at


@lru_cache(maxsize=2 * _MAX_COLUMN)
def _column(letters: str) -> int:
    """The column that the letters name, from 0."""
    if not (letters.isascii() and letters.isupper()) or len(letters) > _MAX_LETTERS:
        raise UnreadableDocument("a sheet of the XLSX has a cell without a place")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    if column > _MAX_COLUMN:
        raise UnreadableDocument(f"a sheet of the XLSX has a column beyond {_MAX_COLUMN}")
    return column - 1
