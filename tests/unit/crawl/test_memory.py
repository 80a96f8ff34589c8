"""What the crawl remembers: nights, answers, documents; a file that is another's or broken."""

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.crawl.ledger import Ledger
from pipelines.crawl.memory import Answer, Known, Memory, opened
from pipelines.domain import OgiError, Sighting
from tests.unit.crawl.nights import FIRST, START, DictVault, at

HOUR = dt.timedelta(hours=1)
KNOWN = Known(
    "made", at("a.html"), "ab" * 32, 200, FIRST, 1, "new", START, at("b.html"), False, "标题",
    dt.date(2024, 1, 2), False,
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "memory.sqlite"


def test_a_night_that_was_not_ended_goes_on_within_its_hours(file: Path) -> None:
    with opened(file) as memory:
        assert (memory.begin(FIRST), memory.night) == (False, 1)
        memory.settle([], {"made": {"reports": 3}})
    with opened(file) as memory:
        assert (memory.begin(FIRST + 19 * HOUR), memory.night) == (True, 1)
        assert memory.began_at == FIRST
        assert memory.finished() == {"made": {"reports": 3}}
    with opened(file) as memory:
        assert (memory.begin(FIRST + 21 * HOUR), memory.night) == (False, 2)
        assert memory.finished() == {}
        memory.end(FIRST + 22 * HOUR)
        assert (memory.begin(FIRST + 23 * HOUR), memory.night) == (False, 3)


def test_documents_and_answers_come_back_as_they_were(file: Path) -> None:
    answer = Answer(1, FIRST, START, 200, {"ETag": ['"1"']}, "cd" * 32)
    with opened(file) as memory:
        memory.begin(FIRST)
        memory.settle([KNOWN, replace(KNOWN, source="other")], {})
        memory.keep(b"key", answer)
    with opened(file) as memory:
        assert memory.documents_of("made") == {KNOWN.address: KNOWN}
        assert memory.answer(b"key") == answer
        assert memory.answer(b"other") is None


def test_what_is_gone_for_one_source_is_asked_for_by_all_others(file: Path) -> None:
    with opened(file) as memory:
        memory.begin(FIRST)
        memory.settle([KNOWN, replace(KNOWN, source="other")], {})
        memory.settle([replace(KNOWN, sha256=None)], {})
        assert not memory.documents_of("other")[KNOWN.address].is_standing


def test_rows_that_cannot_be_written_are_an_error_and_none_of_them_is_kept(file: Path) -> None:
    with opened(file) as memory:
        memory.begin(FIRST)
        memory.connection.execute(
            "create trigger full before insert on finished begin select raise(abort, 'full'); end"
        )
        with pytest.raises(OgiError, match="cannot be written: full"):
            memory.settle([KNOWN], {"made": {}})
        assert memory.documents_of("made") == {}


def _other_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma user_version = 99")


def _another_database(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("create table nights (x)")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_other_version, "of another version; take it away"),
        (_another_database, "cannot be read (table nights already exists); take it away"),
        (lambda file: file.write_bytes(b"SQLite format 3\0" + b"x" * 5000), "cannot be read"),
        (lambda file: file.write_text("notes" * 500), "cannot be read (file is not a database)"),
        (lambda file: file.mkdir(), "cannot be opened"),
    ],
)
def test_a_file_that_is_no_memory_is_told(file: Path, make: object, says: str) -> None:
    file.parent.mkdir()
    assert callable(make)
    make(file)
    with pytest.raises(OgiError) as told, opened(file):
        pass
    assert str(told.value).startswith(f"{file}: ")
    assert says in str(told.value)


def test_only_one_crawl_has_a_memory(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda name, timeout: whole(name, timeout=0.1))
    with opened(file) as memory:
        memory.begin(FIRST)
        with pytest.raises(OgiError, match="another crawl has it open"), opened(file):
            pass
    with opened(file):
        pass


# The ledger: to the archive first.


def _sighting(n: int) -> Sighting:
    return Sighting(at(f"{n}.html"), FIRST, "made", "ab" * 32)


def test_memory_knows_nothing_that_the_archive_does_not_have(file: Path) -> None:
    with opened(file) as memory:
        memory.begin(FIRST)
        vault = DictVault()
        vault.after_record = lambda: _raise_unless_empty(memory)
        ledger = Ledger(vault, memory)
        ledger.take(KNOWN, None, _sighting(1))
        ledger.finish("made", {})
        ledger.flush()
        assert len(vault.sightings) == len(memory.documents_of("made")) == 1
        assert memory.finished() == {"made": {}}


def _raise_unless_empty(memory: Memory) -> None:
    assert memory.documents_of("made") == {}
    assert memory.finished() == {}


def test_an_archive_that_fails_leaves_memory_as_it_was_and_the_rows_at_hand(file: Path) -> None:
    def fail() -> None:
        raise OSError(28, "full")

    with opened(file) as memory:
        memory.begin(FIRST)
        vault = DictVault(after_record=fail)
        ledger = Ledger(vault, memory)
        ledger.take(KNOWN, None, _sighting(1))
        with pytest.raises(OSError, match="full"):
            ledger.flush()
        assert memory.documents_of("made") == {}
        vault.after_record = lambda: None
        ledger.flush()
        assert list(memory.documents_of("made")) == [KNOWN.address]


def test_many_rows_are_kept_without_being_told_to(file: Path) -> None:
    with opened(file) as memory:
        memory.begin(FIRST)
        ledger = Ledger(DictVault(), memory)
        for n in range(1001):
            ledger.take(replace(KNOWN, address=at(f"{n}.html")))
        assert len(memory.documents_of("made")) == 1000
