"""The real cases of ../shared: their tables rendered anew, and what they print."""

import html
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.bench import printing

FOLDER = Path(__file__).parents[3] / "shared" / "cases"

_ITEMS = {
    "regulations": "regulations",
    "normative": "normative_documents",
    "license": "administrative_licensing",
    "other_service": "other_public_services",
    "punish": "administrative_penalties",
    "coerce": "administrative_coercion",
    "fee": "administrative_fees",
    "procurement": "centralized_procurement",
}
_ROWS = {
    "new": "received",
    "carry": "brought_forward",
    "r1": "granted",
    "r2": "partly_granted",
    "r6": "otherwise_processed",
    "r7": "total_processed",
    "r8": "carried_forward",
}
_OF_GROUP = {
    "r3": (
        "refused",
        "state_secret prohibited_by_law security_and_stability third_party_rights internal_affairs"
        " process_information enforcement_file administrative_query",
    ),
    "r4": ("unable", "not_held needs_creation still_unclear"),
    "r5": ("not_processed", "petition repeated published_material excessive confirm_or_reissue"),
    "r6": ("otherwise_processed", "correction_overdue fee_overdue other"),
}
_HEADINGS = {
    "二": "二、主动公开政府信息情况",
    "三": "三、收到和处理政府信息公开申请情况",
    "四": "四、政府信息公开行政复议、行政诉讼情况",
}

Printed = Mapping[tuple[str, str | None], Sequence[str]]
"""The tokens of each row, in the order of the columns, by table and row; those of all channels of
the reviews table under row None."""


def _rows() -> dict[str, str]:
    of_groups = {
        f"{key}_{number}": f"{group}.{code}"
        for key, (group, codes) in _OF_GROUP.items()
        for number, code in enumerate(codes.split(), start=1)
    }
    return {**_ROWS, **of_groups}


@dataclass(frozen=True)
class Case:
    """One real report's tables, as data."""

    name: str
    content: Mapping[str, Any]

    @property
    def vintage(self) -> str:
        return str(self.content["template"])

    @cached_property
    def printed(self) -> Printed:
        truth = self.content["truth"]
        tokens: dict[tuple[str, str | None], Sequence[str]] = {}
        for key, values in (truth.get("t2") or {}).items():
            listed = values if isinstance(values, list) else [values]
            tokens["proactive_disclosure", _ITEMS[key]] = listed
        rows = _rows()
        for key, values in (truth.get("t3") or {}).items():
            tokens["requests", rows[key]] = values
        if truth.get("t4"):
            tokens["reviews", None] = truth["t4"]
        return tokens

    @property
    def title(self) -> str:
        return f"{self.content['agency']}{self.content['year']}年政府信息公开工作年度报告"

    def tables(self) -> Iterator[tuple[str, list[list[tuple[str, int, int]]]]]:
        """Heading and rows of each table; of a cell its text, column span and row span."""
        for table in self.content["tables"]:
            rows = [[_cell(cell) for cell in row] for row in table["grid"]]
            yield _HEADINGS.get(table["section"], ""), rows


def _cell(cell: str | Mapping[str, Any]) -> tuple[str, int, int]:
    if isinstance(cell, str):
        return cell, 1, 1
    return cell["t"], cell.get("cs", 1), cell.get("rs", 1)


def load_cases() -> list[Case]:
    """The cases that print tables of 2019 on, by name; none where ../shared is missing."""
    files = sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []
    cases = [Case(f.stem, json.loads(f.read_text(encoding="utf-8"))) for f in files]
    return [case for case in cases if case.vintage[:4].isdecimal() and case.vintage >= "2019"]


# -- renderings -------------------------------------------------------------------------------


def _page(case: Case) -> bytes:
    parts = [f"<html><meta charset='utf-8'><body><h1>{case.title}</h1><p>一、总体情况</p>"]
    for heading, rows in case.tables():
        parts.append(f"<p>{heading}</p><table border='1' style='border-collapse:collapse'>")
        for row in rows:
            cells = (
                f"<td colspan='{wide}' rowspan='{high}'>"
                + html.escape(text).replace("\n", "<br>")
                + "</td>"
                for text, wide, high in row
            )
            parts.append(f"<tr>{''.join(cells)}</tr>")
        parts.append("</table>")
    return "\n".join(parts).encode()


def _text(case: Case, row_of: Callable[[list[tuple[str, int, int]]], str], between: str) -> bytes:
    parts = [case.title, "", "一、总体情况"]
    for heading, rows in case.tables():
        parts += ["", heading, "", between.join(row_of(row) for row in rows)]
    return "\n".join(parts).encode()


def _tabs(row: list[tuple[str, int, int]], *, padded: bool) -> str:
    cells = [
        t for text, wide, _ in row for t in (text.replace("\n", " "), *[""] * ((wide - 1) * padded))
    ]
    return "\t".join(cells)


def _glued(row: list[tuple[str, int, int]]) -> str:
    line = ""
    for text, _, _ in row:
        token = "".join(text.split())
        line += f" {token}" if line[-1:].isdigit() and token[:1].isdigit() else token
    return line


def _words(row: list[tuple[str, int, int]]) -> str:
    return " ".join(word for text, _, _ in row for word in text.split())


_ONE_BY_ONE: dict[str, Callable[[Case], bytes]] = {
    "html": _page,
    "text, tabs": lambda case: _text(case, lambda row: _tabs(row, padded=False), "\n"),
    "text, padded": lambda case: _text(case, lambda row: _tabs(row, padded=True), "\n"),
    "text, pipes": lambda case: _text(
        case, lambda row: f"|{_tabs(row, padded=True)}|".replace("\t", "|"), "\n"
    ),
    "text, a cell a line": lambda case: _text(
        case, lambda row: "\n".join(text.replace("\n", " ") for text, _, _ in row), "\n"
    ),
    "text, glued": lambda case: _text(case, _glued, "\n"),
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
    """Each case as a document of that format, in order.

    Raises:
        NotInstalledError: LibreOffice or Chromium is needed and missing.
    """
    if format in _ONE_BY_ONE:
        return [_ONE_BY_ONE[format](case) for case in cases]
    return _TOGETHER[format]([_page(case) for case in cases])
