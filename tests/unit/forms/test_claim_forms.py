"""data/forms/claims.yaml: complete, and refused where it makes no sense."""

import shutil
from pathlib import Path

import pytest

from pipelines.domain import FormError
from pipelines.forms import FORMS_DIR, load_forms
from pipelines.recognize.claims.quantities import quantities_in
from pipelines.text.numerals import is_rounded, parse_number

FORMS = load_forms()


def test_every_figure_that_the_facts_name_can_be_claimed() -> None:
    """statutory-forms.md: the figures over which prose is held against the table."""
    codes = FORMS.claims.by_code
    rows = [r.code for r in FORMS.vintages["2021"].rectangular("requests").rows]
    assert {"received", "brought_forward", "total_processed", "carried_forward"} <= set(rows)
    for row in ("received", "brought_forward", "total_processed", "carried_forward"):
        kind = codes[row]
        assert (kind.table, kind.rows, kind.columns) == ("requests", (row,), ("total",))
    for channel in ("reconsideration", "litigation_direct", "litigation_after_reconsideration"):
        kind = codes[f"{channel}.total"]
        assert (kind.table, kind.rows, kind.columns) == ("reviews", (channel,), ("total",))
    restated = {
        row for k in FORMS.claims.claims if k.table == "proactive_disclosure" for row in k.rows
    }
    items = {i.code for b in FORMS.vintages["2021"].proactive_disclosure.blocks for i in b.items}
    assert restated == items


def test_every_claim_can_be_told() -> None:
    said = {code for saying in FORMS.claims.sayings for code in saying.claims}
    for kind in FORMS.claims.claims:
        wider = {k.wider for k in FORMS.claims.claims}
        assert kind.code in said or kind.told_by or kind.code in wider, kind.code


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("enumerator: 是", "enumerator: 是\nnosuch: 1", "nosuch"),
        ("enumerator: 是", "enumerator: 是\nenumerator: 是", "twice"),
        ("rows: [granted], columns", "rows: [nosuch], columns", "claim granted "),
        ("rows: [refused], columns: [total]", "rows: [refused], columns: [x]", "claim refused "),
        ("rows: [brought_forward], columns: [total]}", "rows: [brought_forward]}", "go together"),
        ("- {code: handled,", "- {code: received,", "twice"),
        ("units: money}", "units: nosuch}", "nosuch"),
        ("{newly}{requests}{is?}{n}{settled?}", "{nosuch}{n}", "nosuch"),
        ("{newly}{requests}{is?}{n}{settled?}", "{newly}{requests{n}", "brace"),
        ("{newly}{requests}{is?}{n}{settled?}", "{newly}{requests}", "figure"),
        ("needs: [requests]", "needs: [nosuch]", "nosuch"),
        ("after: [received]", "after: [nosuch]", "nosuch"),
        ("wider_by: brought_forward", "wider_by: nosuch", "nosuch"),
        ("  of: [的]", '  of: ["{done}"]\n  loop: ["{loop}"]', "itself"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = Path(shutil.copytree(FORMS_DIR, tmp_path / "forms"))
    file = folder / "claims.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is no longer in the file: the test tests nothing"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FormError, match=says) as refused:
        load_forms(folder)
    assert "claims.yaml" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "number", "unit", "value"),
    [
        ("收到12件", "12", "件", "12"),
        ("收到1,113条", "1,113", "条", "1113"),
        ("收到一百二十八份", "一百二十八", "份", "128"),
        ("收到十二件", "十二", "件", "12"),
        ("收到两千零五条", "两千零五", "条", "2005"),
        ("收到零件", "零", "件", "0"),
        ("收到1.2万条", "1.2万", "条", "12000"),
        ("收到3.5万元", "3.5", "万元", "3.5"),
        ("收到0元", "0", "元", "0"),
        ("收到30人次", "30", "人次", "30"),
    ],
)
def test_quantities(text: str, number: str, unit: str, value: str) -> None:
    (quantity,) = quantities_in(text, FORMS)
    assert (quantity.number, quantity.unit) == (number, unit)
    assert str(parse_number(number, FORMS.lexicon)) == value
    assert text[quantity.start : quantity.end] == number + unit
    assert is_rounded(number, FORMS.lexicon) is (number == "1.2万")


@pytest.mark.parametrize("text", ["1,13件", "012件", "二〇二件", "一百二件", "9999999999999件"])
def test_a_number_that_cannot_be_told_has_none(text: str) -> None:
    assert [q.number for q in quantities_in(text, FORMS)] == [None]


@pytest.mark.parametrize("text", ["2022年12月31日", "收到12", "占20%", "第二十条", "12号"])
def test_what_is_no_quantity(text: str) -> None:
    assert [q for q in quantities_in(text, FORMS) if q.unit != "条"] == []
