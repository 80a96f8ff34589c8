"""data/reference/functions.yaml: a name stands for one function, and the kept file is sound."""

from pathlib import Path

import pytest
import yaml

from pipelines.domain import OgiError, ReferenceDataError
from pipelines.reference.functions import REFERENCE_DIR, load_functions
from pipelines.text.yaml_file import read_yaml

TAILS = load_functions().tails


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("国土资源局", "natural_resources"),
        ("规划和自然资源局", "natural_resources"),
        ("自然资源和规划局", "natural_resources"),
        ("卫生和计划生育局", "health"),
        ("卫健委", "health"),
        ("市监局", "market_regulation"),
        ("工商行政管理局", "industry_commerce"),
        ("文化广电体育旅游局", "culture_tourism"),
        ("安全生产监督管理局", "emergency_management"),
        ("农业局", "agriculture"),
        ("农业农村和水利局", "agriculture"),
        ("教育和体育局", "education"),
        ("教体局", "education"),
        ("环境保护局", "ecology_environment"),
        ("人社局", "human_resources"),
        ("住建局", "housing_construction"),
        ("水务局", "water"),
        ("政数局", "government_services"),
        ("退役军人局", "veterans_affairs"),
        ("发展和改革局", "development_reform"),
        ("城管局", "urban_management"),
        ("综合行政执法局", "comprehensive_enforcement"),
        ("扶贫开发领导小组办公室", "rural_revitalization"),
        ("供销社", "supply_marketing"),
    ],
)
def test_names_of_organs(name: str, code: str) -> None:
    assert TAILS[name].function == code


def test_there_are_enough_and_all_are_labelled() -> None:
    functions = load_functions().by_code
    assert len(functions) >= 60
    assert all(f.label_zh and f.label_en for f in functions.values())
    assert all(code == code.lower() and " " not in code for code in functions)


def test_the_reforms_are_told() -> None:
    by_code = load_functions().by_code
    told = {c: (f.successor.code, f.successor.year) for c, f in by_code.items() if f.successor}
    assert told["industry_commerce"] == ("market_regulation", 2019)
    assert told["quality_supervision"] == ("market_regulation", 2019)
    assert told["food_drug"] == ("market_regulation", 2019)
    assert told["tourism"] == ("culture_tourism", 2019)
    assert told["family_planning"] == ("health", 2014)
    assert load_functions().last_years["国土资源局"] == 2018


def changed(tmp_path: Path, change: str) -> Path:
    written = read_yaml(REFERENCE_DIR / "functions.yaml", OgiError).value
    first, second = written["functions"][:2]
    if change == "a name of two":
        second["names"] = [*second.get("names", ()), "发改委"]
    elif change == "a code twice":
        second["code"] = first["code"]
    elif change == "no successor":
        first["successor"] = {"code": "alchemy", "year": 2019}
    else:
        first["colour"] = "red"
    text = yaml.safe_dump(written, allow_unicode=True)
    (tmp_path / "functions.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("a name of two", "发改委 stands for development_reform and education"),
        ("a code twice", "a code stands twice"),
        ("no successor", "no alchemy"),
        ("an unknown key", "colour"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, change: str, said: str) -> None:
    with pytest.raises(ReferenceDataError, match=said) as refused:
        load_functions(changed(tmp_path, change))
    assert "\n" not in str(refused.value)


def test_key_that_appears_twice_is_refused(tmp_path: Path) -> None:
    lines = (REFERENCE_DIR / "functions.yaml").read_text(encoding="utf-8").splitlines()
    first = next(n for n, line in enumerate(lines, 1) if line.startswith("own_words:"))
    (tmp_path / "functions.yaml").write_text("\n".join([*lines, "own_words: []"]), encoding="utf-8")
    assert first < len(lines)
    message = f"line {len(lines) + 1}: own_words: the key appears twice"
    with pytest.raises(ReferenceDataError, match=message):
        load_functions(tmp_path)
