"""The reports of data/samples/, with the truth of each, written anew from one seed."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.domain import Agency, State
from pipelines.forms import Forms, load_forms
from tests.simulate.agencies import load_agencies
from tests.simulate.generate import generate_series
from tests.simulate.habits import NO_BREAK_SPACE, Habits
from tests.simulate.render import Format, render
from tests.simulate.report import DISCLOSURE, REQUESTS, REVIEWS, CellKey, SimulatedReport
from tests.simulate.rules import BrokenRule, break_rule, broken_rules, lose_cell

SEED = 20260101
SCHEMA = "ogi.samples/1"
REPORTS = "reports"
EXPECTED = "expected.json"
_ATTEMPTS = 500

_SUFFIX = {"html": ".html", "pdf": ".pdf", "text": ".txt"}
_OLD_FORM_OF_REQUESTS = {DISCLOSURE: "2021", REQUESTS: "2019", REVIEWS: "2021"}


_CAREFUL = Habits()


@dataclass(frozen=True, slots=True)
class _Sample:
    """One year of a series: how it is written and what is wrong with it. `note` is told in
    expected.json."""

    formats: tuple[Format, ...]
    habits: Habits = _CAREFUL
    vintage: str | Mapping[str, str] | None = None
    breaks: str | None = None
    only_blank_as_zero: bool = False
    loses: CellKey | None = None
    note: str = ""
    busy: bool = False  # a year with requests is wanted; for a lost cell, a row with figures


_HTML: tuple[Format, ...] = ("html",)
_PDF: tuple[Format, ...] = ("pdf",)
_TEXT: tuple[Format, ...] = ("text",)
_GB = Habits(encoding="gb18030", declared_encoding="gb2312")

_SERIES: dict[str, dict[int, _Sample]] = {
    "990000-government": {
        2021: _Sample(_HTML, Habits(info_table=True)),
        2022: _Sample(_HTML, Habits(info_table=True, prose_before_table=True)),
        2023: _Sample(_PDF, Habits(title="year_mark_twice", repeat_header=True)),
    },
    "990000-natural-resources": {
        2019: _Sample(_PDF, Habits(changes="signed", amounts="wan", title="year_first")),
        2020: _Sample(_HTML, Habits(changes="signed", amounts="yuan", markup="word")),
    },
    "990000-human-resources": {
        2022: _Sample(
            _HTML,
            replace(_GB, thousands=True),
            breaks="requests_in_equal_requests_out",
            note="one figure of the row of carried, new or processed requests is wrong",
        ),
    },
    "990100-government": {
        2019: _Sample(_HTML, Habits(header_off_columns=True, amounts="yuan", changes="plain")),
        2020: _Sample(_PDF, Habits(changes="words", amounts="wan", repeat_group_labels=True)),
        2021: _Sample(_PDF, Habits(vertical="spaced", page_number=1)),
    },
    "990100-finance": {
        2022: _Sample(_HTML, replace(_GB, zeros="blank", blank=NO_BREAK_SPACE, totals_only=True)),
        2023: _Sample(
            _HTML,
            replace(_GB, zeros="blank", blank=NO_BREAK_SPACE),
            breaks="applicants_sum_to_total",
            only_blank_as_zero=True,
            note="zeros are left blank, so that only the reading of blanks as zero finds the error",
            busy=True,
        ),
    },
    "990100-market-regulation": {
        2020: _Sample(_HTML, Habits(changes="ratio", amounts="wan_bracketed", info_table=True)),
        2021: _Sample(_HTML, Habits(label_variants=0.4, markup="word", broken_headers=True)),
    },
    "990102-government": {
        2022: _Sample(
            _PDF,
            Habits(prose_before_table=True, repeat_group_labels=True),
            breaks="outcomes_sum_to_total",
            note="the total of one channel is not the sum of its outcomes",
            busy=True,
        ),
    },
    "990102-education": {
        2020: _Sample(
            _TEXT,
            Habits(text_layout="pipe", spans="padded", zeros="blank", changes="signed"),
            note="blanks for zeros",
        ),
        2021: _Sample(_TEXT, Habits(text_layout="pipe", spans="repeated", brackets="half")),
    },
    "990102-market-regulation": {
        2023: _Sample(
            _HTML,
            Habits(reviews_under_problems=True),
            breaks="dispositions_sum_to_total",
            note="table 4 stands under heading 5",
            busy=True,
        ),
    },
    "990121-government": {
        2020: _Sample(_HTML, replace(_GB, changes="short_words", amounts="yuan")),
        2021: _Sample(_HTML, _GB, vintage="2019", note="a report of 2021 on the form of 2019"),
        2022: _Sample(_PDF, Habits(title="two_lines")),
    },
    "990121-natural-resources": {
        2020: _Sample(
            _TEXT,
            Habits(title="two_lines_spaced", changes="signed", brackets="half"),
        ),
        2021: _Sample(
            _TEXT,
            Habits(page_cut="refused.internal_affairs", brackets="half", filler_columns=1),
            note="a page break within table 3, its number between the halves",
        ),
        2022: _Sample(_TEXT, Habits(spans="padded", shifted_labels=True, brackets="half")),
    },
    "990121-education": {
        2022: _Sample(_HTML, Habits(zeros="mark", mark="/", title="no_work")),
    },
    "990121-civil-affairs": {
        2023: _Sample(
            _HTML,
            Habits(title="no_agency"),
            breaks="counts_are_whole",
            note="the title does not name the agency; the page's metadata and the prose do",
        ),
    },
    "990121101-government": {
        2022: _Sample(_TEXT, Habits(text_layout="lines")),
        2023: _Sample(_TEXT, Habits(text_layout="lines", title="chinese_year")),
    },
    "990121202-government": {
        2022: _Sample(_PDF, Habits(zeros="mark", mark="-", closing_rule=False)),
    },
    "990200-government": {
        2022: _Sample(("html", "pdf"), note="one report in two formats"),
    },
    "990200-health": {
        2021: _Sample(_HTML, Habits(full_width_digits=True)),
        2022: _Sample(_HTML, Habits(padding=" ")),
    },
    "990221-government": {
        2022: _Sample(
            _PDF,
            Habits(brackets="full"),
            vintage=_OLD_FORM_OF_REQUESTS,
            note="the form of 2021 in table 2, that of 2019 in table 3",
            busy=True,
        ),
    },
    "990221-agriculture": {
        2022: _Sample(
            _TEXT,
            Habits(brackets="half"),
            loses=(REQUESTS, "otherwise_processed.fee_overdue", "legal_service_organization"),
            note="one figure of a row of zeros was lost in copying: the row has six",
        ),
    },
    "990221-finance": {
        2023: _Sample(
            _TEXT,
            Habits(text_layout="pipe"),
            loses=(REQUESTS, "total_processed", "other_organization"),
            note="one figure of a row with requests was lost in copying: the row has six",
            busy=True,
        ),
    },
}


def write_samples(folder: Path, *, seed: int = SEED) -> list[Path]:
    """Write every sample below folder/reports and the truth of all in folder/expected.json.

    Files there that are no samples are left alone. The same seed gives the same bytes.
    Returns the documents written.
    """
    forms, agencies = load_forms(), load_agencies()
    reports = folder / REPORTS
    reports.mkdir(parents=True, exist_ok=True)
    expected: dict[str, Any] = {}
    written = []
    for agency_id, samples in _SERIES.items():
        for report, sample in _reports(seed, agencies[agency_id], samples):
            for wanted in sample.formats:
                file = reports / _name(report, wanted)
                file.write_bytes(render(report, wanted))
                written.append(file)
                expected[f"{REPORTS}/{file.name}"] = _truth(report, sample, wanted, forms)
    text = json.dumps(
        {"schema": SCHEMA, "seed": seed, "reports": expected}, ensure_ascii=False, indent=1
    )
    (folder / EXPECTED).write_text(text + "\n", encoding="utf-8")
    return written


def _reports(
    seed: int, agency: Agency, samples: Mapping[int, _Sample]
) -> list[tuple[SimulatedReport, _Sample]]:
    """The series of one agency, drawn again until every year is as its sample wants it."""
    for attempt in range(_ATTEMPTS):
        rng = random.Random(f"{seed} {agency.agency_id} {attempt}")
        series = generate_series(
            rng,
            agency=agency,
            years=sorted(samples),
            vintages={y: s.vintage for y, s in samples.items() if s.vintage is not None},
            habits={year: sample.habits for year, sample in samples.items()},
        )
        if not all(_is_wanted(r, samples[r.report_year]) for r in series):
            continue
        try:
            spoilt = [_spoilt(report, samples[report.report_year], rng) for report in series]
        except ValueError:  # no place to break the rule: other figures may have one
            continue
        return [(report, samples[report.report_year]) for report in spoilt]
    raise ValueError(f"{agency.agency_id}: no such series in {_ATTEMPTS} attempts")


def _is_wanted(report: SimulatedReport, sample: _Sample) -> bool:
    if sample.busy and report.figures[REQUESTS, "received", "total"] < 2:
        return False
    if sample.loses is None:
        return True
    table, row, _ = sample.loses
    figures = [f for (t, r, _), f in report.figures.items() if (t, r) == (table, row)]
    return any(figures) == sample.busy


def _spoilt(report: SimulatedReport, sample: _Sample, rng: random.Random) -> SimulatedReport:
    if sample.breaks is not None:
        report, _ = break_rule(
            report, sample.breaks, rng, blank_as_zero_only=sample.only_blank_as_zero
        )
    return report if sample.loses is None else lose_cell(report, sample.loses)


def _truth(
    report: SimulatedReport, sample: _Sample, format: Format, forms: Forms
) -> dict[str, Any]:
    """What a reader should find in the document, as the generator knows it."""
    truth = report.truth
    # The labels of the reviews are those of every vintage: where the other tables stand on
    # different forms nothing tells which it is.
    mixed = len({v for vintages in report.vintages.values() for v in vintages}) > 1
    units = {
        f"{row}/{column}": cell.unit
        for (_, row, column), cell in truth.items()
        if cell.unit is not None
    }
    cells: dict[str, dict[str, dict[str, str]]] = {}
    for (table, row, column), cell in truth.items():
        shown = str(cell.state) if cell.value is None else f"{cell.value:f}"
        cells.setdefault(table, {}).setdefault(row, {})[column] = shown
    return {
        "agency_id": report.agency_id,
        "agency_name": report.agency_name,
        "report_year": report.report_year,
        "title": report.title,
        "published_on": report.published_on.isoformat() if format == "html" else None,
        "format": format,
        "encoding": None if format == "pdf" else report.habits.encoding,
        "note": sample.note,
        "vintages": {
            table: list(vintages)
            for table, vintages in report.vintages.items()
            if not (mixed and table == REVIEWS)
        },
        "broken": [_broken(b) for b in broken_rules(report, forms)],
        "lost": [list(key) for key, cell in truth.items() if cell.state is State.ABSENT],
        "totals": _totals(report),
        "units": units,
        "cells": cells,
    }


def _broken(broken: BrokenRule) -> dict[str, str | None]:
    def shown(figure: Decimal | None) -> str | None:
        return None if figure is None else f"{figure:f}"

    return {
        "rule": broken.rule,
        "table": broken.table,
        "row": broken.row,
        "column": broken.column,
        "reading": broken.verdict,
        "left": shown(broken.left),
        "right": shown(broken.right),
    }


def _totals(report: SimulatedReport) -> dict[str, str | None]:
    """A few figures that people look at first; None where the cell has no value."""
    keys = [
        (REQUESTS, row, "total")
        for row in ("received", "brought_forward", "total_processed", "carried_forward")
    ]
    keys.append((REVIEWS, "reconsideration", "total"))
    keys.append((DISCLOSURE, "administrative_licensing", "decisions"))
    values = {key: report.truth[key].value for key in keys}
    return {"/".join(key): None if v is None else f"{v:f}" for key, v in values.items()}


def _name(report: SimulatedReport, format: Format) -> str:
    return f"{report.agency_id}-{report.report_year}{_SUFFIX[format]}"
