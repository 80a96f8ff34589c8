"""The forms as data: complete, and refused where they make no sense."""

import re
import shutil
from pathlib import Path

import pytest

from pipelines.domain import FormError
from pipelines.forms import FORMS_DIR, load_forms

FACTS = Path(__file__).parents[4] / "shared" / "facts" / "statutory-forms.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FORMS_DIR, tmp_path / "forms"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is no longer in {file.name}: the test tests nothing"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_requests_have_the_rows_of_each_vintage() -> None:
    forms = load_forms()
    rows_2019 = [r.code for r in forms.vintages["2019"].rectangular("requests").rows]
    rows_2021 = [r.code for r in forms.vintages["2021"].rectangular("requests").rows]
    assert (len(rows_2019), len(rows_2021)) == (23, 25)
    assert set(rows_2019) - set(rows_2021) == {"otherwise_processed"}
    assert {c.removeprefix("otherwise_processed.") for c in set(rows_2021) - set(rows_2019)} == {
        "correction_overdue",
        "fee_overdue",
        "other",
    }


def test_disclosure_has_the_measures_of_each_vintage() -> None:
    forms = load_forms()
    cells_2019 = set(forms.vintages["2019"].proactive_disclosure.cells())
    cells_2021 = set(forms.vintages["2021"].proactive_disclosure.cells())
    assert len(cells_2019) == 22
    assert cells_2021 == {
        ("regulations", "issued"),
        ("regulations", "repealed"),
        ("regulations", "in_force"),
        ("normative_documents", "issued"),
        ("normative_documents", "repealed"),
        ("normative_documents", "in_force"),
        ("administrative_licensing", "decisions"),
        ("administrative_penalties", "decisions"),
        ("administrative_coercion", "decisions"),
        ("administrative_fees", "fee_amount"),
    }


def test_reviews_have_fifteen_cells() -> None:
    for form in load_forms().vintages.values():
        assert len(list(form.tables["reviews"].cells())) == 15


@pytest.mark.skipif(not FACTS.exists(), reason="the shared facts are not here")
def test_every_code_of_the_facts_stands_in_the_forms() -> None:
    text = FACTS.read_text(encoding="utf-8")
    tables = text[text.index("## 表二") : text.index("## 2014 and before")]
    named = set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)*)`", tables))
    forms = load_forms()
    known = {"proactive_disclosure", "requests", "reviews", "value", "unit", "value_yuan"}
    for form in forms.vintages.values():
        for table in form.tables.values():
            known |= {code for cell in table.cells() for code in cell}
    assert named - known == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("2021/requests.yaml", "label: 自然人,", "label: 自然人, colour: red,", "Extra inputs"),
        ("2021/requests.yaml", "label: 科研机构", "label: 商业企业", "stands for both"),
        ("2021/requests.yaml", "variants: [商业机构]", "variants: [商业 企业]", "adds nothing"),
        ("2021/requests.yaml", "label: 2.重复申请", "label: 1、信访举报投诉类申请。", "both"),
        ("2021/requests.yaml", "left: [received, brought_forward]", "left: []", "at least 1 item"),
        (
            "2021/requests.yaml",
            "left: [received, brought_forward]",
            "left: [received, brought_back]",
            "names the unknown brought_back",
        ),
        (
            "2019/requests.yaml",
            "right: [total_processed, carried_forward]",
            "right: [received, carried_forward]",
            "on both sides",
        ),
        ("2021/reviews.yaml", "code: corrected,", "code: upheld,", "stands twice"),
        ("2021/requests.yaml", "group: unable\n", "group: unwilling\n", "unknown group unwilling"),
        ("2021/form.yaml", 'vintage: "2021"', 'vintage: "2022"', "another vintage's folder"),
        ("2021/reviews.yaml", "id: outcomes_sum_to_total", "id: outcomes_agree", "no rule"),
        ("rules.yaml", "  - id: row_missing", "  - id: row_short", "stands twice"),
        ("2021/form.yaml", "first_year: 2021", "first_year: 2021\nfirst_year: 2020", "twice"),
        ("lexicon.yaml", "year_mark: 年", "year_mark: [年", "lexicon.yaml"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    change(folder / file, old, new)
    with pytest.raises(FormError) as refusal:
        load_forms(folder)
    assert file.rsplit("/", maxsplit=1)[-1] in str(refusal.value), "the message names the file"
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_table_is_named(folder: Path) -> None:
    (folder / "2019" / "reviews.yaml").unlink()
    with pytest.raises(FormError, match=r"reviews\.yaml"):
        load_forms(folder)


def test_the_identities_cover_every_row_and_column_once() -> None:
    for form in load_forms().vintages.values():
        requests = form.rectangular("requests")
        identities = {i.id: i for i in requests.identities}
        parts = identities["dispositions_sum_to_total"].left
        outside = {"received", "brought_forward", "total_processed", "carried_forward"}
        assert sorted(parts) == sorted({r.code for r in requests.rows} - outside)
        applicants = identities["applicants_sum_to_total"].left
        assert sorted(applicants) == sorted({c.code for c in requests.columns} - {"total"})
