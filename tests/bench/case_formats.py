"""Real cases rendered to documents: the format closest to their own, and every other."""

import html
from collections.abc import Callable, Iterator, Sequence

from tests.bench import printing
from tests.bench.cases import Case, LaidRow

FILE = "the document itself"
# Copies that leave no trace of a blank cell: nobody can tell where one was.
DROP_BLANKS = ("text, glued", "text, one line")
# Formats in which the cells are elements of their own.
ELEMENTS = ("html", "docx", "doc")

_OWN = {
    "html": "html",
    "pdf": "pdf, LibreOffice",
    "docx": "docx",
    "pipe-text": "text, pipes",
    # The only such case has its whole table on one line, parted by spaces.
    "tab-text": "text, one line",
    "line-text": "text, a cell a line",
    "file": FILE,
}

_OVERVIEW = "一、总体情况"
_WITH_TABLES = (
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
)
_AFTER_TABLES = ("五、存在的主要问题及改进情况", "六、其他需要报告的事项")
_NOTHING_ELSE = "无。"
# What stands for each of the three tables in reports that have none: the texts of their pictures.
_PICTURES: dict[str, tuple[tuple[str, ...], ...]] = {
    "neg_futian_housing_2023": (("",), ("",), ("",)),
    "neg_lixin_meteo_2019": (("捕获2.PNG",), ("捕获3.PNG", "捕获4.PNG"), ("捕获5.PNG",)),
    "neg_longhua_market_2023_prose": ((), (), ()),
}
_NO_PICTURES: tuple[tuple[str, ...], ...] = ((), (), ())
_PICTURE = (
    "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="  # one white point
)

Part = str | list[LaidRow] | tuple[str, ...]
"""A paragraph, the rows of a table, or the texts of pictures."""


def own_format(case: Case) -> str:
    """The document itself where it is there, else the format closest to how it was found."""
    return FILE if case.file is not None else _OWN[case.content["source_format"]]


def _parts(case: Case) -> Iterator[Part]:
    """All but the title. A case that was found in part ends where its tables end."""
    yield _OVERVIEW
    if case.told:
        yield f"{case.told}。"
    tables: list[tuple[str, Part]] = list(case.tables())
    if not tables:
        pictures = _PICTURES.get(case.name, _NO_PICTURES)
        tables = list(zip(_WITH_TABLES, pictures, strict=True))
    for heading, table in tables:
        yield heading
        yield table
    if tables[-1][0] == _WITH_TABLES[-1]:
        for heading in _AFTER_TABLES:
            yield heading
            yield _NOTHING_ELSE


def _page(case: Case) -> bytes:
    lines = [f"<html><meta charset='utf-8'><body><h1>{case.title}</h1>"]
    for part in _parts(case):
        if isinstance(part, str):
            lines.append(f"<p>{part}</p>")
        elif isinstance(part, tuple):
            lines += [f"<p><img src='{_PICTURE}' alt='{alt}'></p>" for alt in part]
        else:
            lines.append("<table border='1' style='border-collapse:collapse'>")
            lines += [f"<tr>{''.join(map(_element, row))}</tr>" for row in part]
            lines.append("</table>")
    return "\n".join(lines).encode()


def _element(cell: tuple[str, int, int]) -> str:
    text, wide, high = cell
    shown = html.escape(text).replace("\n", "<br>")
    return f"<td colspan='{wide}' rowspan='{high}'>{shown}</td>"


def _text(case: Case, row_of: Callable[[LaidRow], str], between: str = "\n") -> bytes:
    lines = [case.title]
    for part in _parts(case):
        if isinstance(part, str):
            lines.append(part)
        elif isinstance(part, tuple):
            lines += filter(None, part)
        else:
            lines.append(between.join(row_of(row) for row in part))
    return "\n\n".join(lines).encode()


def _tabs(row: LaidRow, *, padded: bool) -> str:
    cells = [
        t for text, wide, _ in row for t in (text.replace("\n", " "), *[""] * ((wide - 1) * padded))
    ]
    return "\t".join(cells)


def _pipes(row: LaidRow) -> str:
    return f"|{_tabs(row, padded=True)}|".replace("\t", "|")


def _lines(row: LaidRow) -> str:
    return "\n".join(text.replace("\n", " ") for text, _, _ in row)


def _glued(row: LaidRow) -> str:
    line = ""
    for text, _, _ in row:
        token = "".join(text.split())
        line += f" {token}" if line[-1:].isdigit() and token[:1].isdigit() else token
    return line


def _words(row: LaidRow) -> str:
    return " ".join(word for text, _, _ in row for word in text.split())


_ONE_BY_ONE: dict[str, Callable[[Case], bytes]] = {
    "html": _page,
    "text, tabs": lambda case: _text(case, lambda row: _tabs(row, padded=False)),
    "text, padded": lambda case: _text(case, lambda row: _tabs(row, padded=True)),
    "text, pipes": lambda case: _text(case, _pipes),
    "text, a cell a line": lambda case: _text(case, _lines),
    "text, glued": lambda case: _text(case, _glued),
    "text, one line": lambda case: _text(case, _words, " "),
}
_TOGETHER: dict[str, Callable[[Sequence[bytes]], list[bytes]]] = {
    "docx": lambda pages: printing.converted(pages, printing.FROM_HTML, "docx:MS Word 2007 XML"),
    "doc": lambda pages: printing.converted(pages, printing.FROM_HTML, printing.TO_DOC),
    "pdf, LibreOffice": lambda pages: printing.converted(
        pages, printing.FROM_HTML, printing.TO_PDF
    ),
    "pdf, Chromium": printing.browsed,
}
FORMATS = (*_ONE_BY_ONE, *_TOGETHER)


def rendered(cases: Sequence[Case], format: str) -> list[bytes]:
    """Each case as a document of that format, in order; `FILE` is the document itself.

    Raises:
        NotInstalledError: LibreOffice or Chromium is needed and missing.
    """
    if format == FILE:
        return [case.file.read_bytes() for case in cases if case.file is not None]
    if format in _ONE_BY_ONE:
        return [_ONE_BY_ONE[format](case) for case in cases]
    return _TOGETHER[format]([_page(case) for case in cases])
