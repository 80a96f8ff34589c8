"""Every `python -m MODULE` of ours prints its usage, and does nothing when called wrongly."""

import io
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    str(file.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__main__")
    for folder in ("pipelines", "assets", "tests/bench", "tests/replica", "tests/simulate")
    for file in (ROOT / folder).rglob("*.py")
    if '__name__ == "__main__"' in file.read_text(encoding="utf-8")
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, which is also OGI_HOME."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OGI_HOME", str(tmp_path))
    return tmp_path


def call(module: str, argument: str, monkeypatch: pytest.MonkeyPatch) -> object:
    """The exit status of `python -m module argument` with nothing on stdin."""
    monkeypatch.setattr(sys, "argv", [module, argument])
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(module, run_name="__main__")
    return ended.value.code


def test_there_are_entry_points() -> None:
    assert {"tests.simulate", "pipelines.runs.crawl_process", "tests.bench.read"} <= set(MODULES)


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize("module", MODULES)
def test_help_prints_the_usage_and_does_nothing(
    module: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(module, "--help", monkeypatch) == 0
    assert capsys.readouterr().out.startswith("usage: ")
    assert list(folder.iterdir()) == []


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize("module", MODULES)
def test_unknown_option_ends_with_the_usage_and_does_nothing(
    module: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(module, "--no-such-option", monkeypatch) == 2
    assert capsys.readouterr().err.startswith("usage: ")
    assert list(folder.iterdir()) == []
