"""What a run records of documents that a new parser has read again."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from pipelines.domain import Fact, Outcome, OutcomeKind, State
from pipelines.runs import documents
from pipelines.runs.context import RunContext
from pipelines.runs.history import RunRecord
from pipelines.settings import Settings
from pipelines.warehouse.lake import write_shard


@dataclass
class LastRelease:
    parser_version: str


def outcome(name: str, value: int) -> Outcome:
    fact = Fact(
        "requests", "granted", "total", "2021", State.REPORTED, Decimal(value), None, None, "", None
    )
    return Outcome(name * 64, f"/in/{name}", "text/html", 7, OutcomeKind.REPORT, facts=(fact,))


@pytest.fixture
def run(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> RunContext:
    """A run of parser v2, which has read a (changed), b (the same) and c (new) into its lake; the
    last release is of v1."""
    settings = Settings.model_validate({"home": tmp_path})
    monkeypatch.setattr(documents, "parser_version", lambda: "v2")
    monkeypatch.setattr(documents, "current_release", lambda _: LastRelease("v1"))
    write_shard(settings.lake_dir, [outcome("a", 1), outcome("b", 2)], "v1")
    write_shard(settings.lake_dir, [outcome(*r) for r in (("a", 7), ("b", 2), ("c", 3))], "v2")
    return RunContext(settings, lambda *_: None, RunRecord("test"))


def read_again(run: RunContext) -> tuple[int, int | None]:
    documents._compare_with_last_parser(run, {"a" * 64, "b" * 64, "c" * 64})
    return run.record.read_again, run.record.changed_cells


def test_documents_of_the_last_parser_are_compared(run: RunContext) -> None:
    assert read_again(run) == (2, 1)


@pytest.mark.parametrize("release", [None, LastRelease("v2"), LastRelease("v0")])
def test_nothing_is_read_again_where_no_older_parser_has_a_lake(
    run: RunContext, monkeypatch: pytest.MonkeyPatch, release: LastRelease | None
) -> None:
    monkeypatch.setattr(documents, "current_release", lambda _: release)
    assert read_again(run) == (0, None)
