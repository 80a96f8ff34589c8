"""The house keeps its own rules."""

import ast
import hashlib
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from pipelines.domain import SettingsError
from pipelines.forms import load_forms
from pipelines.publish.versions import RELEASE_FORMAT
from pipelines.settings import MEANINGS_FILE, Settings
from pipelines.text.yaml_file import read_yaml
from pipelines.warehouse.sql_models import load_marts

ROOT = Path(__file__).parents[2]
CODE = ("pipelines", "assets", "expectations")
CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
TEXT_ENDINGS = {
    ".py",
    ".sql",
    ".yml",
    ".yaml",
    ".toml",
    ".md",
    ".csv",
    ".json",
    ".lock",
    ".html",
    ".j2",
}
MARTS = ROOT / "sql" / "marts"


def _kept() -> list[Path]:
    """Every file that git keeps, or would keep: tracked, and new but not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    # An unpacked archive has no git: what is made there is what .gitignore names.
    patterns = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    made = [".git", *(pattern.rstrip("/") for pattern in patterns)]
    files = (file for file in ROOT.rglob("*") if file.is_file())
    return [file for file in files if not _is_made(file.relative_to(ROOT), made)]


def _is_made(file: Path, made: list[str]) -> bool:
    places = [file, *file.parents]
    return any(fnmatch(str(p), name) or fnmatch(p.name, name) for p in places for name in made)


KEPT = _kept()


def _python(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _relative(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _strings(source: str) -> Iterator[tuple[int, str]]:
    """String literals with their lines; docstrings and comments may speak Chinese."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            yield node.lineno, node.value


@pytest.mark.parametrize("file", _python(*CODE), ids=_relative)
def test_no_chinese_label_stands_in_python(file: Path) -> None:
    found = [
        f"line {line}: {text!r}"
        for line, text in _strings(file.read_text(encoding="utf-8"))
        if CJK.search(text)
    ]
    assert not found, f"{_relative(file)}: labels belong to data/forms: {found}"


def test_the_search_for_chinese_finds_it() -> None:
    source = '"""总计"""\nA = "总计"\n# 总计\nB = f"{A}局"\n'
    assert [line for line, text in _strings(source) if CJK.search(text)] == [2, 4]


@pytest.mark.parametrize("file", sorted(MARTS.glob("*.sql")), ids=_relative)
def test_every_mart_has_its_yml(file: Path) -> None:
    assert file.with_suffix(".yml").is_file()


def test_every_yml_has_its_mart() -> None:
    assert MARTS.is_dir()
    alone = [f.name for f in MARTS.glob("*.yml") if not f.with_suffix(".sql").is_file()]
    assert not alone


def test_every_setting_has_its_meaning_in_both_languages() -> None:
    meanings = read_yaml(MEANINGS_FILE, SettingsError).value
    assert list(meanings) == list(Settings.model_fields)
    for name, meaning in meanings.items():
        assert set(meaning) == {"zh", "en"}, name
        assert CJK.search(meaning["zh"]), name
        assert not CJK.search(meaning["en"]), name


def test_the_forms_load() -> None:
    assert {"2019", "2021"} <= set(load_forms().vintages)


def test_every_package_stands_in_the_contracts() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {c["id"]: c for c in config["tool"]["importlinter"]["contracts"]}
    layers = [re.findall(r"[\w.]+", layer) for layer in contracts["layers"]["layers"]]
    packages = {
        f"pipelines.{entry.stem}"
        for entry in (ROOT / "pipelines").iterdir()
        if (entry.is_dir() and (entry / "__init__.py").is_file()) or entry.suffix == ".py"
    } - {"pipelines.__init__"}
    assert packages | {"assets", "expectations"} == {name for layer in layers for name in layer}
    assert set(contracts["frameworks"]["source_modules"]) == packages - {"pipelines.cli"}
    # The layers forbid settings to what is below them.
    (beside,) = (n for n, layer in enumerate(layers) if "pipelines.settings" in layer)
    above = {name for layer in layers[:beside] for name in layer if name in packages}
    passed_in = set(contracts["settings"]["source_modules"])
    assert passed_in == above - {"pipelines.cli", "pipelines.runs"}


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _texts() -> Iterator[Path]:
    named = {"Makefile", "LICENSE", "run", ".gitignore"}
    for file in KEPT:
        if (file.suffix in TEXT_ENDINGS or file.name in named) and file != Path(__file__):
            yield file


def test_the_lock_names_no_host() -> None:
    lock = _text(ROOT / "requirements.lock")
    assert "://" not in lock
    assert "--hash=sha256:" in lock
    assert not re.findall(r"^\s*--(?:index-url|extra-index-url|find-links)", lock, re.MULTILINE)


def test_no_registry_and_no_path_of_a_machine_is_kept() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "tsinghua" + ".edu", "aliyun" + ".com")
    paths = ("/" + "root/", "/" + "home/", "/" + "Users/", "/" + "work/")
    found = [
        f"{_relative(file)}: {word}"
        for file in _texts()
        for word in (*hosts, *paths)
        if re.search(rf"(?<![\w.}}$]){re.escape(word)}", _text(file))
    ]
    assert not found


def test_nothing_is_left_undone() -> None:
    word = re.compile(r"\b(?:" + "TO" + "DO|" + "FIX" + "ME|" + "X" + r"XX)\b")
    found = [_relative(file) for file in _texts() if word.search(_text(file))]
    assert not found


def test_no_file_is_over_a_megabyte() -> None:
    big = [_relative(file) for file in KEPT if file.stat().st_size > 1_000_000]
    assert not big


def test_the_top_level_is_the_design() -> None:
    folders = {file.relative_to(ROOT).parts[0] for file in KEPT if file.parent != ROOT}
    allowed = {".ci", "assets", "data", "expectations", "pipelines", "sql", "tests"}
    assert folders <= allowed


def test_release_format_is_raised_when_the_marts_change() -> None:
    columns = {
        name: {column: spec.type for column, spec in mart.columns.items()}
        for name, mart in load_marts().items()
    }
    checksum = hashlib.sha256(json.dumps(columns, sort_keys=True).encode()).hexdigest()
    recorded = (ROOT / "tests" / "house" / "release_format.txt").read_text(encoding="utf-8")
    assert recorded.split() == [str(RELEASE_FORMAT), checksum], (
        "the marts' columns changed: raise RELEASE_FORMAT and write it and the new checksum "
        "into release_format.txt"
    )


def test_only_the_generator_and_the_replica_are_packages_of_tests() -> None:
    packages = {
        f.relative_to(ROOT / "tests").parts[0] for f in _python("tests") if f.stem == "__init__"
    }
    assert packages == {"replica", "simulate"}
