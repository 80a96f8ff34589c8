"""The real cases of ../shared: what they print, as their own truth has it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

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
# Labels of the annexes before 2019, without their enumerators.
_INDICATORS = {
    "主动公开文件数": "disclosed_items",
    "主动公开信息数": "disclosed_items",
    "政府网站公开数": "disclosed.website",
    "网站公开": "disclosed.website",
    "政府公报公开数": "disclosed.gazette",
    "政府公报公开": "disclosed.gazette",
    "受理依申请公开信息总数": "requests_received",
    "当面申请数": "requests.in_person",
    "传真申请数": "requests.fax",
    "电子邮件申请数": "requests.email",
    "网上申请数": "requests.web",
    "信函申请数": "requests.letter",
    "信函、传真申请数": "requests.letter_or_fax",
    "其它形式申请数": "requests.other",
    "对申请的答复总数": "replies_total",
    "对申请的答复数": "replies_total",
    "同意公开答复数": "replies.granted",
    "同意部分公开答复数": "replies.partly_granted",
    "不予公开答复数": "replies.refused",
    "否决公开答复数": "replies.refused",
    "其他类型答复数": "replies.other",
    "政府信息公开收费减免金额": "fees_waived",
    "接受行政诉讼、举报数": "litigations_and_complaints",
    "行政复议数": "reconsiderations",
    "行政诉讼数": "litigations",
    "行政申诉数": "complaints",
}
_HEADINGS = {
    "二": "二、主动公开政府信息情况",
    "三": "三、收到和处理政府信息公开申请情况",
    "四": "四、政府信息公开行政复议、行政诉讼情况",
}

Printed = Mapping[tuple[str, str | None], Sequence[str | None]]
"""The tokens of each row, in the order of the columns, by table and row; those of all channels of
the reviews table under row None. A token is None where the document itself has lost the cell."""

LaidRow = list[tuple[str, int, int]]
"""Of each cell its text, column span and row span."""


def _rows() -> dict[str, str]:
    of_groups = {
        f"{key}_{number}": f"{group}.{code}"
        for key, (group, codes) in _OF_GROUP.items()
        for number, code in enumerate(codes.split(), start=1)
    }
    return {**_ROWS, **of_groups}


@dataclass(frozen=True)
class Case:
    """One real report's tables, as data; `file` is the real document, where there is one."""

    name: str
    content: Mapping[str, Any]
    file: Path | None = None

    @property
    def vintage(self) -> str:
        return str(self.content["template"])

    @property
    def is_refusal(self) -> bool:
        """Whether no table of it can be read: then the right answer is a finding, and no facts."""
        return not self.printed

    @cached_property
    def printed(self) -> Printed:
        truth = self.content["truth"]
        tokens: dict[tuple[str, str | None], Sequence[str | None]] = {}
        for key, values in (truth.get("t2") or {}).items():
            listed = values if isinstance(values, list) else [values]
            tokens["proactive_disclosure", _ITEMS[key]] = listed
        rows = _rows()
        for key, values in (truth.get("t3") or {}).items():
            tokens["requests", rows[key]] = values
        if truth.get("t4"):
            tokens["reviews", None] = truth["t4"]
        for label, values in (truth.get("annex") or {}).items():
            tokens["indicators", _INDICATORS[_bare(label)]] = values
        return tokens

    @property
    def title(self) -> str:
        return f"{self.content['agency']}{self.content['year']}年政府信息公开工作年度报告"

    @property
    def told(self) -> str:
        """What its prose restates, word for word; empty where it restates nothing."""
        contexts = [claim["context"] for claim in self.content.get("narrative_claims", ())]
        return "，".join(dict.fromkeys(contexts))

    def tables(self) -> Iterator[tuple[str, list[LaidRow]]]:
        """Heading and rows of each table."""
        for table in self.content["tables"]:
            rows = [[_cell(cell) for cell in row] for row in table["grid"]]
            yield self._heading(table["section"]), rows

    def _heading(self, section: str) -> str:
        if section in _HEADINGS:
            return _HEADINGS[section]
        quirks = (str(quirk) for quirk in self.content["quirks"])
        return next((q.partition(" ")[2] for q in quirks if q.startswith("heading ")), "")


def _bare(label: str) -> str:
    return label.removeprefix("其中：").lstrip("0123456789.、")


def _cell(cell: str | Mapping[str, Any]) -> tuple[str, int, int]:
    if isinstance(cell, str):
        return cell, 1, 1
    return cell["t"], cell.get("cs", 1), cell.get("rs", 1)


def load_cases() -> list[Case]:
    """All cases by name; none where ../shared is missing."""
    files = sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []
    return [
        Case(file.stem, json.loads(file.read_text(encoding="utf-8")), _real(file.stem))
        for file in files
    ]


def _real(name: str) -> Path | None:
    file = FOLDER / "files" / f"{name}.pdf"
    return file if file.exists() else None
