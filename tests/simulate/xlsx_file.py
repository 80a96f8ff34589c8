"""XLSX as offices fill them in: merged cells, numbers with formats, sums by formula."""

import random
import re
from dataclasses import dataclass, field, replace
from html import escape

from tests.simulate.habits import Habits
from tests.simulate.layout import LaidCell, LaidTable, columns_of, lay_out, rng_of
from tests.simulate.office_package import (
    OFFICE,
    content_types,
    core_properties,
    pack,
    package_relationships,
    relationships,
)
from tests.simulate.report import SimulatedReport

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|0|[1-9][0-9]*)(?P<part>\.[0-9]+)?"
    r"(?P<suffix>[^0-9.,/+ -]*)"
)
_WIDTH = 15  # columns that titles and prose are merged over
_MAX_DIGITS = 15  # a number in a workbook has no more


@dataclass(frozen=True, slots=True)
class SheetHabits:
    """How the workbook is made; none of it is seen on the page."""

    numbers: bool = True  # figures as numbers with a format, else as text
    formulas: bool = False  # figures in total columns are formulas
    borders: bool = True  # tables have borders, so that blank cells are cells of the file
    shared_texts: bool = True  # texts in a part of their own
    gaps: bool = True  # an empty row around tables
    sheets: bool = False  # each table on a sheet of its own

    @classmethod
    def draw(cls, rng: random.Random) -> "SheetHabits":
        """Habits at random."""
        return cls(
            numbers=rng.random() < 0.8,
            formulas=rng.random() < 0.3,
            borders=rng.random() < 0.8,
            shared_texts=rng.random() < 0.7,
            gaps=rng.random() < 0.7,
            sheets=rng.random() < 0.3,
        )


def render_xlsx(
    report: SimulatedReport, habits: Habits | None = None, sheet: SheetHabits | None = None
) -> bytes:
    """The report as XLSX: the same report and habits give the same bytes. `sheet` is drawn for the
    report unless it is given; tables that can have a row of blanks have borders all the same.

    Raises:
        ValueError: the report has a lost cell, which a sheet cannot have.
    """
    lost = [key for key, cell in report.truth.items() if cell.token is None]
    if lost:
        raise ValueError(f"a sheet cannot lose a cell: {lost[0]}")
    rng = rng_of(report, "xlsx")
    habits = habits or report.habits
    sheet = sheet or SheetHabits.draw(rng)
    some_in_each_row = habits.totals_only and not habits.item_totals_blank
    if habits.zeros == "blank" and not some_in_each_row:
        # Without borders a row of blanks, or the width of a table of blanks, is not in the file.
        sheet = replace(sheet, borders=True)
    book = _Book(sheet, rng)
    book.fill(report, habits)
    names = [f"xl/worksheets/sheet{n}.xml" for n in range(1, len(book.sheets) + 1)]
    parts = {f"/{name}": "spreadsheetml.worksheet" for name in names}
    targets = [("worksheet", name.removeprefix("xl/")) for name in names]
    targets += [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    entries = "".join(
        f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, len(names) + 1)
    )
    return pack(
        {
            "[Content_Types].xml": content_types(
                {
                    "/xl/workbook.xml": "spreadsheetml.sheet.main",
                    **parts,
                    "/xl/styles.xml": "spreadsheetml.styles",
                    "/xl/sharedStrings.xml": "spreadsheetml.sharedStrings",
                }
            ),
            "_rels/.rels": package_relationships("xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{OFFICE}">'
            f"<sheets>{entries}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relationships(targets),
            **{name: s.xml() for name, s in zip(names, book.sheets, strict=True)},
            "xl/styles.xml": book.styles.xml(),
            "xl/sharedStrings.xml": book.texts_xml(),
            "docProps/core.xml": core_properties(report),
        }
    )


@dataclass
class _Styles:
    """The number formats that are used, each without and with borders."""

    codes: list[str] = field(default_factory=lambda: ["General"])

    def of(self, code: str, *, border: bool) -> int:
        if code not in self.codes:
            self.codes.append(code)
        return 2 * self.codes.index(code) + border

    def xml(self) -> str:
        formats = "".join(
            f'<numFmt numFmtId="{164 + i}" formatCode="{escape(code)}"/>'
            for i, code in enumerate(self.codes[1:])
        )
        numbers = [0, *range(164, 163 + len(self.codes))]
        styles = "".join(
            f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="{border}" xfId="0"/>'
            for number in numbers
            for border in (0, 1)
        )
        sides = "".join(f'<{s} style="thin"/>' for s in ("left", "right", "top", "bottom"))
        return (
            f'<styleSheet xmlns="{_MAIN}">'
            f'<numFmts count="{len(self.codes) - 1}">{formats}</numFmts>'
            '<fonts count="1"><font><sz val="11"/></font></fonts>'
            '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
            f'<borders count="2"><border/><border>{sides}</border></borders>'
            '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
            f'<cellXfs count="{2 * len(self.codes)}">{styles}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
            "</styleSheet>"
        ).replace('<numFmts count="0"></numFmts>', "")


@dataclass
class _Sheet:
    rows: list[list[str]] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)

    def merge(self, row: int, column: int, high: int, wide: int) -> None:
        if high > 1 or wide > 1:
            last = _reference(row + high - 1, column + wide - 1)
            self.merges.append(f'<mergeCell ref="{_reference(row, column)}:{last}"/>')

    def xml(self) -> str:
        rows = "".join(
            f'<row r="{number}">{"".join(cells)}</row>'
            for number, cells in enumerate(self.rows, 1)
            if cells
        )
        merges = f"<mergeCells>{''.join(self.merges)}</mergeCells>" if self.merges else ""
        return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{merges}</worksheet>'


class _Book:
    """Sheets, the texts that they share, and the styles of their cells."""

    def __init__(self, habits: SheetHabits, rng: random.Random) -> None:
        self.sheets = [_Sheet()]
        self.styles = _Styles()
        self._habits = habits
        self._rng = rng
        self._texts: dict[str, int] = {}

    def fill(self, report: SimulatedReport, habits: Habits) -> None:
        for part in lay_out(report, habits):
            sheet = self.sheets[-1]
            if isinstance(part, LaidTable):
                if self._habits.gaps:
                    sheet.rows.append([])
                self._table(sheet, part)
                if self._habits.sheets:
                    self.sheets.append(_Sheet())
                elif self._habits.gaps:
                    sheet.rows.append([])
            else:
                row = len(sheet.rows)
                sheet.merge(row, 0, 1, _WIDTH)
                sheet.rows.append([self._text(row, 0, part.text, 0)])

    def _table(self, sheet: _Sheet, table: LaidTable) -> None:
        top = len(sheet.rows)
        written: dict[tuple[int, int], str] = {}
        for r, (columns, cells) in enumerate(
            zip(columns_of(table.rows), table.rows, strict=True), top
        ):
            for column, cell in zip(columns, cells, strict=True):
                written |= self._cell(r, column, cell)
                sheet.merge(r, column, cell.row_span, cell.column_span)
        for r in range(top, top + len(table.rows)):
            places = sorted(place for place in written if place[0] == r)
            sheet.rows.append([written[place] for place in places])

    def _cell(self, row: int, column: int, cell: LaidCell) -> dict[tuple[int, int], str]:
        """The cell and those that its merged range covers, which have its borders."""
        border = self._habits.borders
        xml: dict[tuple[int, int], str] = {}
        if border:
            style = self.styles.of("General", border=True)
            xml = {
                (r, c): f'<c r="{_reference(r, c)}" s="{style}"/>'
                for r in range(row, row + cell.row_span)
                for c in range(column, column + cell.column_span)
            }
        if not cell.text:
            return xml
        number = self._number(row, column, cell) if cell.role == "figure" else None
        style = self.styles.of("General", border=border)
        xml[row, column] = number or self._text(row, column, cell.text, style)
        return xml

    def _number(self, row: int, column: int, cell: LaidCell) -> str | None:
        """A figure as a number whose format shows it as printed."""
        match = _NUMBER.fullmatch(cell.text or "") if self._habits.numbers else None
        if match is None:
            return None
        digits = match["whole"].replace(",", "") + (match["part"] or "")
        if len(digits) > _MAX_DIGITS:
            return None
        code = _code(match)
        formula = ""
        if self._habits.formulas and cell.key is not None and cell.key[2] == "total":
            formula = f"<f>SUM({_reference(row, 3)}:{_reference(row, 8)})</f>"
        value = ("-" if match["sign"] == "-" else "") + digits
        style = self.styles.of(code, border=self._habits.borders)
        # Workbooks keep binary numbers, and print all their digits.
        stored = repr(float(value)) if self._rng.random() < 0.5 else value
        return f'<c r="{_reference(row, column)}" s="{style}">{formula}<v>{stored}</v></c>'

    def _text(self, row: int, column: int, text: str, style: int) -> str:
        keep = f'<t xml:space="preserve">{escape(text, quote=False)}</t>'
        place = f'<c r="{_reference(row, column)}" s="{style}"'
        if self._habits.shared_texts:
            index = self._texts.setdefault(keep, len(self._texts))
            return f'{place} t="s"><v>{index}</v></c>'
        return f'{place} t="inlineStr"><is>{keep}</is></c>'

    def texts_xml(self) -> str:
        items = "".join(f"<si>{text}</si>" for text in self._texts)
        return f'<sst xmlns="{_MAIN}">{items}</sst>'


def _code(match: re.Match[str]) -> str:
    """The number format that shows the number as it is printed."""
    digits = "#,##0" if "," in match["whole"] else "0"
    if match["part"]:
        digits += "." + "0" * (len(match["part"]) - 1)
    if match["suffix"]:
        digits += f'"{match["suffix"]}"'
    if match["sign"] == "+":
        return f"+{digits};-{digits}"
    plain = digits == "0" or (match["part"] and match["part"][-1] != "0" and digits[0] == "0")
    return "General" if plain and not match["suffix"] else digits


def _reference(row: int, column: int) -> str:
    letters = ""
    rest = column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"
