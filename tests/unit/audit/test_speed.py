"""`ogi check` judges one document in memory; it must not be felt."""

import time

from pipelines.domain import Fact, Outcome, OutcomeKind, State
from pipelines.forms import load_forms
from pipelines.warehouse.rules import audit


def test_one_document_is_judged_in_no_time() -> None:
    forms = load_forms()
    facts = tuple(
        Fact(name, row, column, "2021", State.BLANK, None, None, None, "", None)
        for name, table in forms.vintages["2021"].tables.items()
        for row, column in table.cells()
    )
    outcome = Outcome("a" * 64, "/in/a", "text/html", 1, OutcomeKind.REPORT, facts=facts)
    audit(outcome, forms)  # reads sql/ once
    fastest = min(_seconds(outcome) for _ in range(3))
    assert fastest < 1, "50 ms on two quiet cores; a second leaves room for busy ones"


def _seconds(outcome: Outcome) -> float:
    start = time.perf_counter()
    assert audit(outcome, load_forms()) == ()
    return time.perf_counter() - start
