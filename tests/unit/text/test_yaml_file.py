"""A YAML file is read as written, or refused in one line with file, line and key."""

from pathlib import Path

import pytest
from pydantic import Field

from pipelines.domain import FormError, OgiError, ReferenceDataError
from pipelines.text.yaml_file import Strict, load_yaml, read_yaml


class Inner(Strict):
    count: int


class Record(Strict):
    name: str
    inner: tuple[Inner, ...] = ()
    named: dict[str, Inner] = Field(default_factory=dict)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "record.yaml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\nname: a\n", "line 2: name: the key appears twice"),
        ("a:\n  - b: 1\n    c: 2\n    b: 3\n", "line 4: b: the key appears twice"),
        ("{16: a, 0x10: b}", "line 1: 0x10: the key appears twice"),
        ("a: &a {b: 1}\nc:\n  <<: *a\n  <<: *a\n", "line 4: <<: the key appears twice"),
        ("name: [a\n", "line 2: while parsing a flow sequence: did not find expected"),
        ("a: 1\n--- {}\n", "line 2: expected a single document in the stream: but found another"),
        ("[a]: 1\n", "line 1: while constructing a mapping: found unhashable key"),
        ("a: !!python/object:os.system {}\n", "line 1: could not determine a constructor"),
        ("on: 2020-02-30\n", "day is out of range for month"),
        ("a: \0", "control characters are not allowed"),
        ("a: " + "[" * 200_000, "nested more than 100 deep"),
    ],
)
def test_yaml_that_cannot_be_read_is_refused_in_one_line(
    file: Path, text: str, message: str
) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FormError) as refused:
        read_yaml(file, FormError)
    assert str(refused.value).startswith(f"{file}: ")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the file: "),
        ("name: a\nnmae: b\n", "line 2: nmae: Extra inputs are not permitted"),
        ("name: a\ninner:\n- count: 1\n- count: x\n", "line 4: inner.1.count: "),
        ("name: a\nnamed:\n  b:\n    count: x\n", "line 4: named.b.count: "),
        ("inner: []\n", "line 1: name: Field required"),
    ],
)
def test_value_that_breaks_the_model_is_refused_with_its_line(
    file: Path, text: str, message: str
) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ReferenceDataError) as refused:
        load_yaml(file, Record, ReferenceDataError)
    assert str(refused.value).startswith(f"{file}: {message}")
    assert "\n" not in str(refused.value)


def test_missing_file_and_other_encoding_are_refused(file: Path) -> None:
    with pytest.raises(OgiError, match="No such file"):
        read_yaml(file, OgiError)
    file.write_bytes("name: 名".encode("gb18030"))
    with pytest.raises(OgiError, match="can't decode"):
        read_yaml(file, OgiError)


def test_merged_mapping_may_override_a_key(file: Path) -> None:
    file.write_text("a: &a {x: 1, y: 1}\nb: &b {<<: *a, x: 2}\nc: {<<: *b, x: 3}\n1: d\n'1': e\n")
    assert read_yaml(file, OgiError).value == {
        "a": {"x": 1, "y": 1},
        "b": {"x": 2, "y": 1},
        "c": {"x": 3, "y": 1},
        1: "d",
        "1": "e",
    }
