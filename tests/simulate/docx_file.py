"""DOCX as word processors leave it: merged cells, split runs, content controls, tracked changes."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from pipelines.forms import load_forms
from pipelines.text import narrow, unnumbered
from tests.simulate.habits import Habits
from tests.simulate.layout import LaidCell, LaidLine, LaidTable, columns_of, lay_out, rng_of
from tests.simulate.office_package import (
    OFFICE,
    content_types,
    core_properties,
    pack,
    package_relationships,
    relationships,
)
from tests.simulate.report import SimulatedReport

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT_WORD = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_TEXT_WIDTH = 9000
_SIZES = {"title": 36, "heading": 32, "subheading": 30, "paragraph": 28, "page_number": 18}


@dataclass(frozen=True, slots=True)
class WordHabits:
    """What the word processor adds; none of it is seen on the page."""

    strict: bool = False  # the namespaces of ISO 29500 Strict
    split_runs: bool = False  # text in several runs, with marks of the spelling checker between
    content_controls: bool = False  # tables, cells and paragraphs in content controls
    tracked_changes: bool = False  # deleted text beside inserted text
    hidden_text: bool = False
    title_in_text_box: bool = False  # in two versions, for new programs and for old ones
    counted_numbers: bool = False  # 1. of labels is counted by the word processor, and no text
    empty_paragraphs: bool = True

    @classmethod
    def draw(cls, rng: random.Random) -> "WordHabits":
        """Habits at random."""
        return cls(
            strict=rng.random() < 0.15,
            split_runs=rng.random() < 0.4,
            content_controls=rng.random() < 0.25,
            tracked_changes=rng.random() < 0.25,
            hidden_text=rng.random() < 0.2,
            title_in_text_box=rng.random() < 0.15,
            counted_numbers=rng.random() < 0.2,
            empty_paragraphs=rng.random() < 0.6,
        )


def render_docx(
    report: SimulatedReport, habits: Habits | None = None, word: WordHabits | None = None
) -> bytes:
    """The report as DOCX: the same report and habits give the same bytes. A lost cell is missing
    from its row. `word` is drawn for the report unless it is given."""
    habits = habits or report.habits
    rng = rng_of(report, "docx")
    writer = _Writer(word or WordHabits.draw(rng), rng)
    body = "".join(writer.body(report, habits))
    main = _STRICT_WORD if writer.word.strict else _WORD
    office = _STRICT_OFFICE if writer.word.strict else OFFICE
    namespaces = (
        f'xmlns:w="{main}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    page = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440"'
        ' w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>'
    )
    return pack(
        {
            "[Content_Types].xml": content_types(
                {
                    "/word/document.xml": "wordprocessingml.document.main",
                    "/word/styles.xml": "wordprocessingml.styles",
                }
            ),
            "_rels/.rels": package_relationships("word/document.xml", office),
            "word/document.xml": f"<w:document {namespaces}><w:body>{body}{page}</w:body>"
            "</w:document>",
            "word/styles.xml": f'<w:styles xmlns:w="{main}"><w:style w:type="character"'
            ' w:styleId="Unseen"><w:name w:val="Unseen"/><w:rPr><w:vanish/></w:rPr></w:style>'
            "</w:styles>",
            "word/_rels/document.xml.rels": relationships([("styles", "styles.xml")], office),
            "docProps/core.xml": core_properties(report),
        }
    )


class _Writer:
    """Writes paragraphs and tables with the marks of the word processor in them."""

    def __init__(self, word: WordHabits, rng: random.Random) -> None:
        self.word = word
        self._rng = rng
        self._numerals = load_forms().lexicon.numerals

    def body(self, report: SimulatedReport, habits: Habits) -> Iterator[str]:
        parts = lay_out(report, habits)
        titles = [p for p in parts if isinstance(p, LaidLine) and p.kind == "title"]
        if self.word.title_in_text_box:
            yield self._text_box("".join(self._line(title) for title in titles))
        for before, part in zip([None, *parts], parts, strict=False):
            if isinstance(part, LaidTable):
                # Two tables with nothing between them are one to a word processor.
                yield "<w:p/>" if isinstance(before, LaidTable) else ""
                yield self._controlled(self._table(part))
            elif part.kind != "title" or not self.word.title_in_text_box:
                yield self._controlled(self._line(part), 0.3)
            if self.word.empty_paragraphs and self._rng.random() < 0.3:
                yield "<w:p/>"

    def _controlled(self, xml: str, share: float = 1.0) -> str:
        if not self.word.content_controls or self._rng.random() > share:
            return xml
        return (
            f"<w:sdt><w:sdtPr><w:id w:val='7'/></w:sdtPr><w:sdtContent>{xml}</w:sdtContent></w:sdt>"
        )

    def _text_box(self, content: str) -> str:
        box = f"<w:txbxContent>{content}</w:txbxContent>"
        new = f"<w:drawing><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></w:drawing>"
        old = f"<w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict>"
        return (
            '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps">'
            f"{new}</mc:Choice><mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        )

    def _line(self, part: LaidLine) -> str:
        align = "center" if part.kind in ("title", "page_number") else "both"
        size = _SIZES[part.kind]
        return f'<w:p><w:pPr><w:jc w:val="{align}"/></w:pPr>{self._runs(part.text, size)}</w:p>'

    def _table(self, table: LaidTable) -> str:
        widths = [round(share * _TEXT_WIDTH) for share in table.widths]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        rows = "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in self._rows(table, widths))
        borders = "".join(
            f'<w:{side} w:val="single" w:sz="4"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        return (
            f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
            f"<w:tblBorders>{borders}</w:tblBorders></w:tblPr>"
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )

    def _rows(self, table: LaidTable, widths: Sequence[int]) -> Iterator[list[str]]:
        """Row by row its cells; below one that goes on downwards stands a cell that says so."""
        going_on: dict[int, tuple[LaidCell, int]] = {}
        for row, columns in zip(table.rows, columns_of(table.rows), strict=True):
            here: dict[int, str] = {}
            below: dict[int, tuple[LaidCell, int]] = {}
            for column, (cell, left) in going_on.items():
                here[column] = self._cell(cell, column, widths, "continue")
                if left > 1:
                    below[column] = (cell, left - 1)
            for column, cell in zip(columns, row, strict=True):
                if cell.text is None:
                    continue
                merge = "restart" if cell.row_span > 1 else None
                here[column] = self._cell(cell, column, widths, merge)
                if cell.row_span > 1:
                    below[column] = (cell, cell.row_span - 1)
            going_on = below
            yield [xml for _, xml in sorted(here.items())]

    def _cell(self, cell: LaidCell, column: int, widths: Sequence[int], merge: str | None) -> str:
        width = sum(widths[column : column + cell.column_span])
        properties = f'<w:tcW w:w="{width}" w:type="dxa"/>'
        if cell.column_span > 1:
            properties += f'<w:gridSpan w:val="{cell.column_span}"/>'
        if merge == "restart":
            properties += '<w:vMerge w:val="restart"/>'
        elif merge == "continue":
            properties += "<w:vMerge/>"
        content = "<w:p/>" if merge == "continue" else self._cell_content(cell)
        xml = f"<w:tc><w:tcPr>{properties}</w:tcPr>{self._controlled(content, 0.2)}</w:tc>"
        return self._controlled(xml, 0.1)

    def _cell_content(self, cell: LaidCell) -> str:
        text = self._without_number(cell) if self.word.counted_numbers else cell.text or ""
        lines = text.split("\n")
        if self._rng.random() < 0.5:
            return "".join(f"<w:p>{self._runs(line)}</w:p>" for line in lines)
        return f"<w:p>{'<w:r><w:br/></w:r>'.join(map(self._runs, lines))}</w:p>"

    def _without_number(self, cell: LaidCell) -> str:
        text = cell.text or ""
        number = len(narrow(text)) - len(unnumbered(text, self._numerals))
        return text[number:] if cell.role == "label" and text[:1].isdigit() else text

    def _runs(self, text: str, size: int = 21) -> str:
        properties = f'<w:rPr><w:sz w:val="{size}"/></w:rPr>'
        pieces = [text]
        if self.word.split_runs and len(text) > 1 and self._rng.random() < 0.5:
            at = self._rng.randrange(1, len(text))
            pieces = [text[:at], text[at:]]
        between = '<w:proofErr w:type="spellStart"/>'
        xml = between.join(f"<w:r>{properties}{_text(piece)}</w:r>" for piece in pieces if piece)
        if self.word.tracked_changes and self._rng.random() < 0.15:
            who = f'w:id="{self._rng.randrange(1000)}" w:author="a" w:date="2020-01-01T00:00:00Z"'
            deleted = f"<w:r>{properties}<w:delText>{self._rng.randrange(100)}</w:delText></w:r>"
            xml = f"<w:del {who}>{deleted}</w:del><w:ins {who}>{xml}</w:ins>"
        if self.word.hidden_text and self._rng.random() < 0.1:
            how = self._rng.choice(["<w:vanish/>", '<w:rStyle w:val="Unseen"/>'])
            xml += f"<w:r><w:rPr>{how}</w:rPr><w:t>{self._rng.randrange(100)}</w:t></w:r>"
        return xml


def _text(text: str) -> str:
    """Text of a run; what is two spaces or one at an end must be kept as it is."""
    keep = ' xml:space="preserve"' if re.search(r"^\s|\s$|\s\s", text) else ""
    return f"<w:t{keep}>{escape(text, quote=False)}</w:t>"
