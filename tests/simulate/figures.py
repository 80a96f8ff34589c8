"""Figures that make sense: sizes by level of administration, sums that hold, years that join."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipelines.domain import Agency
from pipelines.forms import Block, Forms, RectangularTable
from tests.simulate.report import (
    DISCLOSURE,
    REQUESTS,
    REVIEWS,
    CellKey,
    FormChoice,
    chosen_blocks,
)
from tests.simulate.words import Activity

Figures = dict[CellKey, Decimal]


@dataclass(frozen=True, slots=True)
class _Size:
    """The usual year of an agency of its level: requests, documents, licences, items, fees
    (ten thousand yuan); `quiet` is the share of years without a single request."""

    requests: int
    documents: int
    licences: int
    items: int
    fees: int
    quiet: float


_SIZES = {
    ("central", True): _Size(9000, 90, 90000, 900, 900000, 0.0),
    ("central", False): _Size(900, 60, 9000, 60, 90000, 0.0),
    ("province", True): _Size(3800, 120, 420000, 700, 480000, 0.0),
    ("province", False): _Size(170, 14, 2600, 45, 9000, 0.0),
    ("city", True): _Size(700, 55, 90000, 480, 42000, 0.0),
    ("city", False): _Size(40, 7, 900, 30, 1200, 0.05),
    ("county", True): _Size(95, 20, 9000, 260, 7000, 0.0),
    ("county", False): _Size(8, 2, 130, 18, 60, 0.25),
    ("township", True): _Size(3, 1, 14, 6, 0, 0.35),
    ("township", False): _Size(1, 0, 4, 2, 0, 0.6),
}

_APPLICANTS = {
    "natural_person": 0.88,
    "commercial_enterprise": 0.07,
    "research_institution": 0.005,
    "public_welfare_organization": 0.005,
    "legal_service_organization": 0.02,
    "other_organization": 0.02,
}

_DISPOSITIONS = {
    "granted": 0.33,
    "partly_granted": 0.08,
    "refused.internal_affairs": 0.02,
    "refused.process_information": 0.03,
    "refused.enforcement_file": 0.02,
    "refused.administrative_query": 0.03,
    "unable.not_held": 0.22,
    "unable.needs_creation": 0.04,
    "unable.still_unclear": 0.04,
    "not_processed.petition": 0.06,
    "not_processed.repeated": 0.03,
    "otherwise_processed": 0.04,
    "otherwise_processed.correction_overdue": 0.03,
    "otherwise_processed.other": 0.02,
}
_OTHER_DISPOSITION = 0.01

_OUTCOMES = {"upheld": 0.6, "corrected": 0.1, "other_result": 0.2, "pending": 0.1}
_CHANNELS = {
    "reconsideration": 0.04,
    "litigation_direct": 0.012,
    "litigation_after_reconsideration": 0.014,
}


def draw_figures(
    rng: random.Random,
    *,
    forms: Forms,
    choice: FormChoice,
    agency: Agency,
    activity: Activity,
    previous: Mapping[CellKey, Decimal] | None,
) -> Figures:
    """Every figure that the agency means to report, in the order of the forms.

    `previous` are those of the year before: what was carried forward is brought forward, and
    stocks roll on where both years stand on the same form.
    """
    size = _SIZES[(agency.admin_level or "county", agency.is_government)]
    drawer = _Disclosure(rng, agency, size, activity)
    figures = drawer.draw(chosen_blocks(forms, choice), previous or {})
    requests = forms.vintages[choice[REQUESTS]].rectangular(REQUESTS)
    figures |= _requests(rng, requests, size, activity, previous)
    processed = int(figures[REQUESTS, "total_processed", "total"])
    reviews = forms.vintages[choice[REVIEWS]].rectangular(REVIEWS)
    return figures | _reviews(rng, reviews, processed)


def makes_regulations(agency: Agency) -> bool:
    """Governments of provinces and of cities with districts do; their departments do not."""
    return agency.is_government and agency.admin_level in ("province", "city")


def split(rng: random.Random, count: int, weights: Sequence[float]) -> list[int]:
    """`count` things dealt out by weight."""
    whole = sum(weights)
    sure = [int(0.8 * count * w / whole) if count > 50 else 0 for w in weights]
    for index in rng.choices(range(len(weights)), weights=weights, k=count - sum(sure)):
        sure[index] += 1
    return sure


def spread(rng: random.Random, usual: float) -> int:
    """A count about the usual one: between two fifths and twice as much."""
    draw = rng.random()
    return int(usual * (0.4 + 1.6 * draw * draw) + 0.5)


def _near(rng: random.Random, previous: Decimal | None, usual: float) -> int:
    """About as many as the year before, else about the usual count."""
    if previous:
        return int(float(previous) * (0.8 + 0.45 * rng.random()) + 0.5)
    return spread(rng, usual)


def _requests(
    rng: random.Random,
    form: RectangularTable,
    size: _Size,
    activity: Activity,
    previous: Mapping[CellKey, Decimal] | None,
) -> Figures:
    applicants = [c.code for c in form.columns if c.code != "total"]
    dispositions = next(i.left for i in form.identities if i.id == "dispositions_sum_to_total")
    usual = size.requests * activity.requests
    quiet = rng.random() < size.quiet
    received = split(rng, 0 if quiet else spread(rng, usual), [_APPLICANTS[a] for a in applicants])
    columns: dict[str, dict[str, int]] = {}
    for applicant, new in zip(applicants, received, strict=True):
        if previous is None:
            brought = spread(rng, 0.05 * new)
        else:
            brought = int(previous[REQUESTS, "carried_forward", applicant])
        carried = min(new, spread(rng, 0.06 * (new + brought)))
        processed = new + brought - carried
        weights = [_DISPOSITIONS.get(d, _OTHER_DISPOSITION) for d in dispositions]
        columns[applicant] = {
            "received": new,
            "brought_forward": brought,
            **dict(zip(dispositions, split(rng, processed, weights), strict=True)),
            "total_processed": processed,
            "carried_forward": carried,
        }
    columns["total"] = {row.code: sum(c[row.code] for c in columns.values()) for row in form.rows}
    return {(REQUESTS, row, column): Decimal(columns[column][row]) for row, column in form.cells()}


def _reviews(rng: random.Random, form: RectangularTable, processed: int) -> Figures:
    figures: Figures = {}
    for row in form.rows:
        outcomes = [c.code for c in form.columns if c.code != "total"]
        expected = _CHANNELS[row.code] * processed
        cases = spread(rng, expected) if expected >= 1 else int(rng.random() < expected)
        counts = dict(
            zip(outcomes, split(rng, cases, [_OUTCOMES[o] for o in outcomes]), strict=True)
        )
        counts["total"] = cases
        figures |= {(REVIEWS, row.code, c.code): Decimal(counts[c.code]) for c in form.columns}
    return figures


@dataclass(frozen=True, slots=True)
class _Disclosure:
    """Draws the figures of the disclosure table of one agency."""

    rng: random.Random
    agency: Agency
    size: _Size
    activity: Activity

    def draw(self, blocks: list[tuple[str, Block]], previous: Mapping[CellKey, Decimal]) -> Figures:
        figures: Figures = {}
        for _, block in blocks:
            for item in block.items:
                last = {
                    m.code: previous.get((DISCLOSURE, item.code, m.code)) for m in block.measures
                }
                counts = self._item(item.code, last)
                figures |= {(DISCLOSURE, item.code, m): counts[m] for m in last}
        return figures

    def _item(self, item: str, last: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
        """The measures of one item, of the form that `last` has the measures of."""
        if item == "regulations":
            return self._documents(4.0 if makes_regulations(self.agency) else 0.0, last)
        if item == "normative_documents":
            return self._documents(self.size.documents * self.activity.documents, last)
        if item == "centralized_procurement":
            return self._procurement()
        if "fee_amount" in last:
            return {"fee_amount": self._fee(self.size.fees * self.activity.fees)}
        return self._items_and_decisions(item, last)

    def _procurement(self) -> dict[str, Decimal]:
        bought = spread(self.rng, 0.3 * self.size.items)
        amount = Decimal(bought * self.rng.randint(20_000, 600_000))
        cents = Decimal(self.rng.randrange(100)).scaleb(-2)
        return {
            "procurement_items": Decimal(bought),
            "procurement_amount": amount + cents if bought else Decimal(0),
        }

    def _fee(self, usual: float) -> Decimal:
        """Ten thousands of yuan, with none to six decimals."""
        whole = spread(self.rng, usual)
        digits = self.rng.choice([0, 2, 2, 4, 4, 6])
        if whole == 0 or digits == 0:
            return Decimal(whole)
        return Decimal(whole) + Decimal(self.rng.randrange(10**digits)).scaleb(-digits)

    def _documents(self, usual: float, last: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
        rng = self.rng
        new = spread(rng, usual)
        if "in_force" in last:
            stock = last["in_force"]
            before = spread(rng, 6 * usual) if stock is None else int(stock)
            repealed = min(before, spread(rng, 0.5 * usual))
            counts = {"issued": new, "repealed": repealed, "in_force": before + new - repealed}
        else:
            stock = last["disclosed_total"]
            before = spread(rng, 8 * usual) if stock is None else int(stock)
            shown = new if rng.random() < 0.7 else min(new, spread(rng, 0.5 * new))
            counts = {"made": new, "newly_disclosed": shown, "disclosed_total": before + new}
        return {measure: Decimal(count) for measure, count in counts.items()}

    def _items_and_decisions(
        self, item: str, last: Mapping[str, Decimal | None]
    ) -> dict[str, Decimal]:
        rng, activity = self.rng, self.activity
        share = {
            "administrative_licensing": activity.licensing,
            "other_public_services": 0.4 * activity.services,
            "administrative_penalties": 0.5 * activity.penalties,
            "administrative_coercion": 0.02 * activity.coercion,
            "administrative_fees": 0.05 * activity.fees,
        }[item]
        decisions = _near(rng, last.get("decisions"), self.size.licences * share)
        counts = {"decisions": decisions}
        if "prior_year_items" in last:
            prior, change = last["prior_year_items"], last["change"]
            if prior is None or change is None:
                items = spread(rng, self.size.items * min(share, 1.0))
            else:
                items = int(prior + change)
            reach = 2 + items // 20
            moved = rng.choice([0, rng.randint(-reach, reach), rng.randint(0, reach)])
            change_now = max(-items, moved) if items else 0
            if decisions and decisions == items + change_now:  # would look like a misread column
                decisions += 1
            counts = {"prior_year_items": items, "change": change_now, "decisions": decisions}
        return {measure: Decimal(count) for measure, count in counts.items()}
