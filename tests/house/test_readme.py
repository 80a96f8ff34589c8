"""What the documents promise exists, and what exists is documented."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from pipelines.cli.commands import app

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = (*READMES, "CONTRIBUTING.md")
COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined] # a group has commands


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _code(name: str) -> str:
    """What stands in code: blocks and spans."""
    text = _text(name)
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.M))
    return "\n".join([*blocks, *spans])


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", _text("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_command_exists(name: str) -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", _code(name)))
    assert named <= _targets()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_ogi_command_exists(name: str) -> None:
    named = set(re.findall(r"\bogi ([a-z][a-z-]*)", _code(name)))
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("name", READMES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(name: str, command: str) -> None:
    assert f"ogi {command}" in _code(name)


@pytest.mark.parametrize("name", READMES)
def test_the_two_commands_are_the_first(name: str) -> None:
    first = re.findall(r"^make [a-z-]+", _code(name), re.MULTILINE)[:2]
    assert first == ["make run", "make test"]


def test_ci_runs_what_the_readme_calls_the_test_command() -> None:
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "make test"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_linked_file_exists(name: str) -> None:
    linked = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", _text(name))
    assert [file for file in linked if not (ROOT / file).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_named_path_exists(name: str) -> None:
    made = (
        "data/archive",
        "data/crawl",
        "data/lake",
        "data/warehouse",
        "data/published",
        "data/inbox",
    )
    named = re.findall(
        r"(?<![\w/.])((?:pipelines|assets|expectations|sql|data|tests)/[\w./-]*[\w/])", _code(name)
    )
    missing = {p for p in named if not p.startswith(made) and not (ROOT / p).exists()}
    assert not missing


def test_both_readmes_have_the_same_parts() -> None:
    english, chinese = (re.findall(r"^(#+) ", _text(n), re.MULTILINE) for n in READMES)
    assert english == chinese


def test_the_makefile_lists_every_command_it_has() -> None:
    listed = set(re.findall(r"^([a-z-]+):.*## ", _text("Makefile"), re.MULTILINE))
    assert _targets() - listed <= {"packages-for-reading", "packages-for-tests"}
