"""What the crawl remembers from night to night: answers to ask for conditionally, documents that
need not be asked for, and how far the night has come. A cache: whoever loses it only asks more.

Each step is kept when its call returns, so that a crawl that is killed goes on where it was.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.domain import OgiError

_LAYOUT = 3
# A night that was broken off longer ago than this is over: the next begins anew.
_SAME_NIGHT = dt.timedelta(hours=20)
_TABLES = """
create table nights (night integer primary key, began_at text not null, ended_at text);
create table finished (
    night integer not null, source text not null, report text not null,
    primary key (night, source)
);
create table answers (
    key blob primary key, night integer not null, answered_at text not null,
    url text not null, status integer not null, headers text not null, sha256 text not null
) without rowid;
create table documents (
    source text not null, address text not null, page text, sha256 text, status integer,
    answered_from text, is_listed integer not null, title text, listed_on text,
    checked_at text not null, night integer not null, outcome text not null,
    is_whole integer not null,
    primary key (source, address)
) without rowid;
create index documents_by_address on documents (address);
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a website answered to one request: the bytes are in the archive."""

    night: int
    answered_at: dt.datetime
    url: str
    status: int
    headers: Mapping[str, list[str]]
    sha256: str


@dataclass(frozen=True, slots=True)
class Known:
    """A document as it was last seen. `sha256` is None where nothing was there any more;
    `checked_at` and `night` are when its address was last asked for, `outcome` what came of it;
    `is_whole` is false where something that belongs to it is still to be looked at."""

    source: str
    address: str
    sha256: str | None
    status: int | None
    checked_at: dt.datetime
    night: int
    outcome: str
    page: str | None = None
    answered_from: str | None = None
    is_listed: bool = True
    title: str | None = None
    listed_on: dt.date | None = None
    is_whole: bool = True

    @property
    def is_standing(self) -> bool:
        return self.sha256 is not None


@dataclass(eq=False)
class Memory:
    """The open file. For one process at a time."""

    connection: sqlite3.Connection
    night: int = 0
    began_at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    @contextmanager
    def _written(self) -> Iterator[None]:
        """All of it or nothing."""
        try:
            with self.connection:
                yield
        except sqlite3.Error as error:
            raise OgiError(f"what the crawl remembers cannot be written: {error}") from error

    def begin(self, now: dt.datetime) -> bool:
        """Begin a night, or go on with the one that was broken off; whether it is the latter."""
        row = self.connection.execute(
            "select night, began_at, ended_at from nights order by night desc limit 1"
        ).fetchone()
        if row is not None and row[2] is None:
            began_at = dt.datetime.fromisoformat(row[1])
            if now - began_at < _SAME_NIGHT:
                self.night, self.began_at = row[0], began_at
                return True
        self.night, self.began_at = (row[0] if row else 0) + 1, now
        with self._written():
            self.connection.execute(
                "insert into nights values (?, ?, null)", [self.night, now.isoformat()]
            )
            self.connection.execute("delete from finished where night < ?", [self.night])
        return False

    def end(self, now: dt.datetime) -> None:
        """The night is done: the next one asks everything again."""
        with self._written():
            self.connection.execute(
                "update nights set ended_at = ? where night = ?", [now.isoformat(), self.night]
            )

    def answer(self, key: bytes) -> Answer | None:
        """The last answer to the request of this fingerprint."""
        row = self.connection.execute(
            "select night, answered_at, url, status, headers, sha256 from answers where key = ?",
            [key],
        ).fetchone()
        if row is None:
            return None
        night, answered_at, url, status, headers, sha256 = row
        return Answer(
            night, dt.datetime.fromisoformat(answered_at), url, status, json.loads(headers), sha256
        )

    def keep(self, key: bytes, answer: Answer) -> None:
        """Remember an answer in the place of the one before."""
        with self._written():
            self.connection.execute(
                "insert or replace into answers values (?, ?, ?, ?, ?, ?, ?)",
                [
                    key,
                    answer.night,
                    answer.answered_at.isoformat(),
                    answer.url,
                    answer.status,
                    json.dumps(answer.headers),
                    answer.sha256,
                ],
            )

    def documents_of(self, source: str) -> dict[str, Known]:
        """Every document that a source's listings ever led to, by address."""
        rows = self.connection.execute(
            "select source, address, sha256, status, checked_at, night, outcome, page,"
            " answered_from, is_listed, title, listed_on, is_whole from documents where source = ?",
            [source],
        )
        return {row[1]: _known(row) for row in rows}

    def finished(self) -> dict[str, Any]:
        """The reports of the sources that this night is done with."""
        rows = self.connection.execute(
            "select source, report from finished where night = ?", [self.night]
        )
        return {source: json.loads(report) for source, report in rows}

    def settle(self, documents: Iterable[Known], reports: Mapping[str, Any]) -> None:
        """Documents that are in the archive now, and sources that are done: all or nothing.

        What is gone for one source is to be asked for again by all others that list it: the
        archive has one log of an address.
        """
        kept = list(documents)
        with self._written():
            self.connection.executemany(
                "insert or replace into documents values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                map(_row, kept),
            )
            self.connection.executemany(
                "update documents set sha256 = null where address = ? and source <> ?",
                [(known.address, known.source) for known in kept if not known.is_standing],
            )
            self.connection.executemany(
                "insert or replace into finished values (?, ?, ?)",
                [
                    (self.night, source, json.dumps(report, ensure_ascii=False))
                    for source, report in reports.items()
                ],
            )


@contextmanager
def opened(file: Path) -> Iterator[Memory]:
    """The memory in `file`, made where there is none.

    Raises:
        OgiError: the file is none of ours, or another crawl has it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        connecting = sqlite3.connect(file, timeout=5)
    except sqlite3.Error as error:
        raise OgiError(f"{file}: cannot be opened ({error})") from error
    with closing(connecting) as connection:
        try:
            connection.execute("pragma locking_mode = exclusive")
            connection.execute("pragma journal_mode = wal")
            # A machine that loses power may forget the last answers, and asks for them again.
            connection.execute("pragma synchronous = normal")
            layout = connection.execute("pragma user_version").fetchone()[0]
            if layout == 0:
                connection.executescript(f"begin; {_TABLES} pragma user_version = {_LAYOUT}; end;")
            elif layout != _LAYOUT:
                raise OgiError(f"{file}: of another version; take it away, the crawl asks anew")
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise OgiError(f"{file}: another crawl has it open ({error})") from error
            raise OgiError(f"{file}: cannot be read ({error}); take it away") from error
        yield Memory(connection)


def _known(row: tuple[Any, ...]) -> Known:
    (
        source,
        address,
        sha256,
        status,
        checked_at,
        night,
        outcome,
        page,
        origin,
        listed,
        title,
        day,
        whole,
    ) = row
    return Known(
        source=source,
        address=address,
        sha256=sha256,
        status=status,
        checked_at=dt.datetime.fromisoformat(checked_at),
        night=night,
        outcome=outcome,
        page=page,
        answered_from=origin,
        is_listed=bool(listed),
        title=title,
        listed_on=dt.date.fromisoformat(day) if day else None,
        is_whole=bool(whole),
    )


def _row(known: Known) -> tuple[Any, ...]:
    return (
        known.source,
        known.address,
        known.page,
        known.sha256,
        known.status,
        known.answered_from,
        known.is_listed,
        known.title,
        known.listed_on.isoformat() if known.listed_on else None,
        known.checked_at.isoformat(),
        known.night,
        known.outcome,
        known.is_whole,
    )
