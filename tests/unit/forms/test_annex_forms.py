"""The annexes of 2014 and before as data: complete, and refused where they make no sense."""

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


def coded(section: str) -> set[str]:
    """The codes that the facts name; one that begins with a dot or a bare part goes on from the
    one before it."""
    codes: set[str] = set()
    for line in section.splitlines():
        first = ""
        for code in re.findall(r"`([a-z_.]+)`", line.split("|")[1] if "|" in line else ""):
            whole = code
            if code.startswith("."):
                whole = first.split(".", maxsplit=1)[0] + code
            else:
                first = code
            codes.add(whole)
    return codes


@pytest.mark.skipif(not FACTS.exists(), reason="the shared facts are not here")
def test_every_code_of_the_facts_is_an_indicator_and_no_other() -> None:
    text = FACTS.read_text(encoding="utf-8")
    section = text[text.index("## 2014 and before") : text.index("## Accounting identities")]
    written = coded(section) - {"indicators"}
    # These stand in brackets behind their row, or under "the same".
    written |= {f"{t}.{o}" for t in ("reconsiderations", "litigations")
                for o in ("upheld", "corrected", "other")}  # fmt: skip
    known = {code for code, row in load_forms().indicators.items() if row.coded}
    assert known == written


@pytest.mark.skipif(not FACTS.exists(), reason="the shared facts are not here")
def test_labels_of_the_facts_stand_for_their_code() -> None:
    text = FACTS.read_text(encoding="utf-8")
    labels = {
        "disclosed_items": ["主动公开政府信息数", "主动公开文件数", "主动公开信息数"],
        "requests_received": ["收到申请数", "受理依申请公开信息总数", "受理政府信息依申请公开总数"],
        "replies_total": ["申请答复数", "对申请的答复数", "对申请的答复总数"],
        "replies.refused": ["不同意公开", "不予公开", "否决公开答复数"],
        "complaints": ["举报投诉数", "行政申诉数"],
    }
    forms = load_forms()
    for code, named in labels.items():
        rows = [r for f in forms.annexes.values() for r in f.annex.rows if r.code == code]
        known = {label.split("（")[0] for row in rows for label in row.labels}
        for label in named:
            assert label in text
            assert label in known or f"{label}答复数" in known, label


def test_the_year_decides_what_is_wanted() -> None:
    forms = load_forms()
    assert [y for y in range(2005, 2026) if forms.wants_annex(y)] == list(range(2008, 2019))
    assert {form.vintage for form in forms.annexes.values()} == {"2014"}
    assert list(forms.vintages) == ["2019", "2021"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("2014/indicators.yaml", "parent: requests_received", "parent: requests", "unknown parent"),
        ("2014/indicators.yaml", "code: requests.fax", "code: requests.web", "stands twice"),
        ("2014/indicators.yaml", "label: 传真申请数", "label: 当面申请数", "stands for both"),
        ("2014/indicators.yaml", "right: [staff]", "right: [staff, budget]", "wants one total"),
        ("2014/indicators.yaml", "right: [staff]", "right: [people]", "names the unknown people"),
        ("2014/indicators.yaml", "right: [staff]", "right: [主动公开情况]", "names the unknown"),
        ("2014/indicators.yaml", "kind: amount", "kind: money", "Input should be"),
        ("2014/indicators.yaml", "id: indicator_parts_sum_to_total", "id: parts_sum", "no rule"),
        ("2014-fujian/form.yaml", 'facts_as: "2014"', 'facts_as: "2013"', "names the unknown 2013"),
        ("2014/form.yaml", 'vintage: "2014"', 'vintage: "2013"', "another vintage's folder"),
        ("lexicon.yaml", "of_which: [其中]", "of_whom: [其中]", "lexicon.yaml"),
    ],
)
def test_an_annex_that_makes_no_sense_is_refused(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    change(folder / file, old, new)
    with pytest.raises(FormError) as refusal:
        load_forms(folder)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
