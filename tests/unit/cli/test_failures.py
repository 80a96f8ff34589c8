"""`ogi failed`, and which failures `ogi run --accept-failures` accepts."""

import json
from pathlib import Path

import duckdb
import pytest

from pipelines.cli import failures
from pipelines.cli.failures import FailedFormat, chosen_failures, failed
from pipelines.domain import OgiError
from pipelines.settings import Settings

FOLDER = Path(__file__).parent
SHAS = ("1a" * 32, "1b" * 32, "2c" * 32)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home whose warehouse has two failed documents, and one that is a report."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    settings.warehouse_file.parent.mkdir()
    with duckdb.connect(str(settings.warehouse_file)) as con:
        con.execute("create schema marts")
        con.execute(
            "create table marts.dim_document as from (values"
            f" ('{SHAS[0]}', 'failed', '{FOLDER}/b.pdf', '{FOLDER}/b.pdf: it is encrypted'),"
            f" ('{SHAS[1]}', 'failed', '{FOLDER}/a.pdf', 'took longer than the limit'),"
            f" ('{SHAS[2]}', 'report', '{FOLDER}/c.pdf', null))"
            " as t(document_sha256, outcome, first_address, reason)"
        )
    return settings


def test_failed_documents_are_listed_with_their_reasons(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(failures, "settings_of_process", lambda: settings)
    failed()
    assert capsys.readouterr().out.splitlines() == [
        f"1b1b1b1b1b1b  {FOLDER}/a.pdf: took longer than the limit",
        f"1a1a1a1a1a1a  {FOLDER}/b.pdf: it is encrypted",
        "2 failed documents",
    ]
    failed(FailedFormat.JSON)
    assert json.loads(capsys.readouterr().out)[1] == {
        "document_sha256": SHAS[0],
        "address": f"{FOLDER}/b.pdf",
        "reason": f"{FOLDER}/b.pdf: it is encrypted",
    }


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["1a"], SHAS[:1]),
        ([SHAS[1], f"{FOLDER}/a.pdf"], SHAS[1:2]),
        (["b.pdf"], SHAS[:1]),
        (["all"], SHAS[:2]),
    ],
)
def test_failures_are_chosen_by_checksum_address_or_path(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, names: list[str], chosen: tuple[str, ...]
) -> None:
    monkeypatch.chdir(FOLDER)
    assert chosen_failures(names, settings) == chosen


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("1", "1: 2 failed documents; write more of the SHA-256"),
        ("2c", "2c: no failed document; `ogi failed` lists them"),
        (f"{FOLDER}/c.pdf", f"{FOLDER}/c.pdf: no failed document; `ogi failed` lists them"),
    ],
)
def test_name_of_none_or_several_is_refused(settings: Settings, name: str, message: str) -> None:
    with pytest.raises(OgiError) as caught:
        chosen_failures([name], settings)
    assert str(caught.value) == message


def test_home_without_a_warehouse_is_named(tmp_path: Path) -> None:
    with pytest.raises(OgiError, match=r"no warehouse yet; `ogi run` makes one$"):
        chosen_failures(["all"], Settings(home=tmp_path))
    half = Settings(home=tmp_path)
    half.warehouse_file.parent.mkdir()
    duckdb.connect(str(half.warehouse_file)).close()
    with pytest.raises(OgiError, match=r"has not finished it$"):
        chosen_failures(["all"], half)
