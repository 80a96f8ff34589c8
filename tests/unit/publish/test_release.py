"""A release is made whole or not at all, and only from a warehouse that may go out."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipelines.publish import NewerRelease, Release, changes, current_release, publish, wal_of
from pipelines.warehouse.census import read_census
from pipelines.warehouse.gate import Gate, ReleaseBlocked, Thresholds

LAX = Thresholds(rates_from_documents=100, max_failed_rate=0.2, max_refused_table_rate=0.2)
STRICT = Thresholds(rates_from_documents=1, max_failed_rate=0.2, max_refused_table_rate=0.2)


def build(file: Path, outcomes: dict[str, str], tables: int = 3) -> Path:
    """A warehouse by hand, as far as a release looks at it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as con:
        con.execute("create schema raw; create schema audits; create schema marts")
        con.execute("create table audits.private as select 1 as a")
        con.execute("create table raw.form_tables as select 't' || i as t from range(3) r(i)")
        con.execute(
            "create table raw.documents (document_sha256 varchar, outcome varchar,"
            ' tables struct("table" varchar, vintage varchar)[])'
        )
        con.execute(
            "create table raw.facts (document_sha256 varchar, parser_version varchar,"
            ' "table" varchar, "row" varchar, "column" varchar, vintage varchar, state varchar,'
            " value decimal(28,8), unit varchar, value_yuan decimal(28,8), raw varchar, page int,"
            " box double[], path varchar, table_no int, row_no int, cell_no int, line int,"
            " confidence double)"
        )
        con.execute(
            "create table marts.dim_document (document_sha256 varchar not null, outcome varchar,"
            " first_address varchar, reason varchar)"
        )
        con.execute("comment on table marts.dim_document is '文档 / Documents, it''s one a row'")
        con.execute("comment on column marts.dim_document.outcome is '结果 / outcome'")
        con.execute(
            "create table marts.fct_findings (document_sha256 varchar, rule varchar,"
            ' "table" varchar, "row" varchar, "column" varchar, reading varchar)'
        )
        con.execute(
            "create view marts.reports as select * from marts.dim_document where outcome = 'report'"
        )
        con.execute("comment on view marts.reports is '报告 / Reports'")
        con.execute("comment on column marts.reports.outcome is '同上 / the same'")
        # Names sort before their views' names, and a view may stand on a view.
        con.execute("create view marts.a_view_of_it as from marts.reports")
        found = [{"table": f"t{i}", "vintage": "2021"} for i in range(tables)]
        for sha256, outcome in outcomes.items():
            reason = None if outcome == "report" else f"/in/{sha256}: {outcome}, no table"
            con.execute(
                "insert into marts.dim_document values (?, ?, ?, ?)",
                [sha256, outcome, f"/in/{sha256}", reason],
            )
            con.execute("insert into raw.documents values (?, ?, ?)", [sha256, outcome, found])
            con.execute(
                "insert into raw.facts values (?, 'p1', 'requests', 'received', 'total', '2021',"
                " 'reported', 12, null, null, '12', 3, [1, 2, 3, 4], null, 1, 2, 3, null, null)",
                [sha256],
            )
    return file


def gate_for(
    *archived: str,
    failed_checks: tuple[str, ...] = (),
    thresholds: Thresholds = LAX,
    accepted: frozenset[str] = frozenset(),
) -> Gate:
    documents = pa.table({"document_sha256": pa.array(archived, pa.string())})
    return Gate(documents, failed_checks, thresholds, accepted)


def release(
    warehouse: Path,
    published: Path,
    gate: Gate,
    fingerprint: str = "f1",
    *,
    replace_newer: bool = False,
) -> Release:
    return publish(
        warehouse,
        published,
        gate=gate,
        run_id="run",
        parser_version="p1",
        fingerprint=fingerprint,
        suites=[{"name": "a_rule", "passed": False}],
        replace_newer=replace_newer,
    )


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return build(tmp_path / "warehouse" / "building.duckdb", {"a": "report", "b": "failed"})


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "published" / "ogi.duckdb"


def ask(file: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as con:
        con.execute(f"attach '{file}' as ogi (read_only); use ogi")
        return con.execute(sql).fetchall()


def documents(file: Path) -> list[object]:
    return [
        row[0] for row in ask(file, "select document_sha256 from marts.dim_document order by 1")
    ]


def test_only_the_marts_go_out_with_all_their_comments(warehouse: Path, published: Path) -> None:
    release(warehouse, published, gate_for("a", "b"))

    schemas = "select distinct schema_name from duckdb_tables() where database_name = 'ogi'"
    assert ask(published, schemas) == [("marts",)]
    assert documents(published) == ["a", "b"]
    assert ask(published, "select outcome from marts.a_view_of_it") == [("report",)]
    comments = ask(
        published,
        "select table_name, comment from duckdb_tables() union all"
        " select view_name, comment from duckdb_views() where schema_name = 'marts' union all"
        " select table_name || '.' || column_name, comment from duckdb_columns()"
        " where schema_name = 'marts' order by 1",
    )
    assert {name: comment for name, comment in comments if comment is not None} == {
        "dim_document": "文档 / Documents, it's one a row",
        "dim_document.outcome": "结果 / outcome",
        "reports": "报告 / Reports",
        "reports.outcome": "同上 / the same",
    }
    nulls = "select is_nullable from duckdb_columns() where column_name = 'document_sha256'"
    assert (False,) in ask(published, nulls)


def test_the_evidence_leads_from_a_cell_to_its_place(warehouse: Path, published: Path) -> None:
    release(warehouse, published, gate_for("a", "b"))
    evidence = published.parent / "evidence.parquet"
    rows = duckdb.sql(
        f"""select document_sha256, page, box, table_no, row_no, cell_no, line, raw
        from '{evidence}' where "table" = 'requests' and "row" = 'received'"""
    ).fetchall()
    assert rows[0] == ("a", 3, [1, 2, 3, 4], 1, 2, 3, None, "12")
    assert len(rows) == 2


def test_what_is_to_be_known_of_a_release_lies_beside_it(warehouse: Path, published: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(
            "insert into marts.fct_findings values"
            " ('a', 'sum', 'requests', 'received', null, 'strict'),"
            " ('a', 'sum', 'requests', 'received', null, 'blank_as_zero'),"
            " ('a', 'sum', 'requests', 'granted', null, 'blank_as_zero'),"
            " ('a', 'unknown_label', 'requests', null, null, null)"
        )
    made = release(warehouse, published, gate_for("a", "b"))

    assert current_release(published) == made
    assert made.counts.documents == 2
    assert made.counts.reports == made.counts.failed == 1
    assert read_census(warehouse).findings == made.counts.findings == {"sum": 2, "unknown_label": 1}
    quality = json.loads((published.parent / "quality.json").read_text(encoding="utf-8"))
    assert quality["rates"] == {"failed_documents": 0.5, "refused_tables": 0.0}
    assert quality["findings"] == {"sum": 2, "unknown_label": 1}
    assert quality["suites"] == [{"name": "a_rule", "passed": False}]


@pytest.mark.parametrize(
    ("gate", "reason"),
    [
        (gate_for("a", "b", failed_checks=("readers agree: 1 row",)), "readers agree: 1 row"),
        (gate_for("a", "b", "c"), "1 of 3 archived documents have no outcome, c is the first"),
        (
            gate_for("a", "b", thresholds=STRICT),
            "rate of failed documents 50.0%, at most 20.0% allowed",
        ),
    ],
)
def test_a_blocked_release_leaves_the_old_one(
    warehouse: Path, published: Path, gate: Gate, reason: str
) -> None:
    old = release(warehouse, published, gate_for("a", "b"))
    build(warehouse, {"a": "report", "b": "failed"})
    before = {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in published.parent.iterdir()}

    with pytest.raises(ReleaseBlocked) as blocked:
        release(warehouse, published, gate, fingerprint="f2")

    assert blocked.value.reasons == (reason,)
    assert current_release(published) == old
    after = {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in published.parent.iterdir()}
    assert after == before


def test_release_without_a_report_is_blocked_with_the_commonest_refusals(
    warehouse: Path, published: Path
) -> None:
    old = release(warehouse, published, gate_for("a", "b"))
    build(warehouse, {"a": "not_a_report", "b": "not_a_report", "c": "failed"})
    with pytest.raises(ReleaseBlocked) as blocked:
        release(warehouse, published, gate_for("a", "b", "c"))
    assert blocked.value.reasons == (
        "no document is a report: 3 documents were read, 1 of them failed; the commonest reasons: "
        "not_a_report, no table (2); failed, no table (1)",
    )
    assert current_release(published) == old


def test_release_of_an_empty_archive_is_blocked(warehouse: Path, published: Path) -> None:
    build(warehouse, {})
    with pytest.raises(ReleaseBlocked, match="the archive holds no document"):
        release(warehouse, published, gate_for())
    assert not published.parent.exists()


def test_too_many_refused_tables_block(warehouse: Path, published: Path) -> None:
    build(warehouse, {"a": "report", "b": "report"}, tables=2)
    with pytest.raises(ReleaseBlocked, match=r"rate of refused tables 33\.3%, at most 20\.0%"):
        release(warehouse, published, gate_for("a", "b", thresholds=STRICT))


def test_rates_do_not_count_below_their_number_of_documents(
    warehouse: Path, published: Path
) -> None:
    just_enough = Thresholds(2, max_failed_rate=0.2, max_refused_table_rate=1)
    too_few = Thresholds(3, max_failed_rate=0.2, max_refused_table_rate=1)
    assert release(warehouse, published, gate_for("a", "b", thresholds=too_few))
    with pytest.raises(ReleaseBlocked):
        release(warehouse, published, gate_for("a", "b", thresholds=just_enough))


def test_accepted_failures_count_in_no_rate(tmp_path: Path, published: Path) -> None:
    outcomes = {"a": "report", "b": "report", "c": "failed", "d": "failed"}
    warehouse = build(tmp_path / "building.duckdb", outcomes)

    def gate(*accepted: str) -> Gate:
        return gate_for(*outcomes, thresholds=STRICT, accepted=frozenset(accepted))

    for accepted, rate in (((), "50.0%"), (("c", "nosuch"), "33.3%")):
        with pytest.raises(ReleaseBlocked, match=f"rate of failed documents {rate}"):
            release(warehouse, published, gate(*accepted))
    assert release(warehouse, published, gate("c", "d")).counts.failed == 2
    assert documents(published) == ["a", "b", "c", "d"]


def test_a_document_without_an_outcome_is_lost(warehouse: Path, published: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update marts.dim_document set outcome = null where document_sha256 = 'b'")
    with pytest.raises(ReleaseBlocked, match="1 of 2 archived documents have no outcome"):
        release(warehouse, published, gate_for("a", "b"))


def test_an_open_reader_goes_on_with_the_release_it_began_with(
    warehouse: Path, published: Path
) -> None:
    release(warehouse, published, gate_for("a", "b"))
    count = "select count(*) from marts.dim_document"
    with duckdb.connect() as reader:
        reader.execute(f"attach '{published}' as ogi (read_only); use ogi")
        assert reader.execute(count).fetchone() == (2,)
        build(warehouse, dict.fromkeys("abcde", "report"))
        release(warehouse, published, gate_for(*"abcde"))
        assert reader.execute(count).fetchone() == (2,)
        assert documents(published) == list("abcde")


@pytest.fixture
def version(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code is of version 0.9.0 and release format 3."""
    for module in ("release", "versions"):
        monkeypatch.setattr(f"pipelines.publish.{module}.__version__", "0.9.0")
        monkeypatch.setattr(f"pipelines.publish.{module}.RELEASE_FORMAT", 3)


def made_by(published: Path, **recorded: object) -> None:
    """Record in release.json that another version made the release."""
    file = published.parent / "release.json"
    raw = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**raw, **recorded}), encoding="utf-8")


@pytest.mark.parametrize(
    ("recorded", "named"),
    [
        ({"version": "0.10.0"}, "version 0.10.0 (release format 3)"),
        ({"release_format": 4}, "version 0.9.0 (release format 4)"),
        # Of a format that this version cannot read.
        ({"version": "1.0.0", "unknown": {}, "counts": []}, "version 1.0.0 (release format 3)"),
    ],
)
@pytest.mark.usefixtures("version")
def test_release_of_a_newer_version_is_replaced_only_on_request(
    warehouse: Path, published: Path, recorded: dict[str, object], named: str
) -> None:
    release(warehouse, published, gate_for("a", "b"))
    made_by(published, **recorded)
    before = published.stat().st_ino
    with pytest.raises(NewerRelease) as refused:
        release(warehouse, published, gate_for("a", "b"))
    (line,) = str(refused.value).splitlines()
    assert named in line
    assert "the older version 0.9.0 (release format 3)" in line
    assert published.stat().st_ino == before
    made = release(warehouse, published, gate_for("a", "b"), replace_newer=True)
    assert current_release(published) == made
    assert (made.version, made.release_format) == ("0.9.0", 3)


@pytest.mark.parametrize("recorded", [{"version": "0.8.10"}, {"release_format": 2}])
@pytest.mark.usefixtures("version")
def test_release_of_an_older_version_is_replaced(
    warehouse: Path, published: Path, recorded: dict[str, object]
) -> None:
    release(warehouse, published, gate_for("a", "b"))
    made_by(published, **recorded)
    assert release(warehouse, published, gate_for("a", "b")).version == "0.9.0"


WRITING = """
import os, signal, sys
import duckdb

with duckdb.connect(sys.argv[1]) as con:
    con.execute("insert into marts.dim_document values ('foreign', 'report', null, null)")
    print("written", flush=True)
    if sys.stdin.read() == "die":
        os.kill(os.getpid(), signal.SIGKILL)
"""


@contextmanager
def writer(file: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has added a row to the DuckDB file and keeps it open."""
    command = [sys.executable, "-c", WRITING, str(file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        yield process


def killed_writer(file: Path) -> Path:
    """Add a row in a process that is killed before DuckDB writes it into the file; its WAL."""
    with writer(file) as process:
        process.communicate("die")
    assert process.returncode == -signal.SIGKILL
    return file.with_name(f"{file.name}.wal")


def is_open_to_writers(file: Path) -> bool:
    code = "import duckdb, sys; duckdb.connect(sys.argv[1]).close()"
    command = [sys.executable, "-c", code, str(file)]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def test_wal_of_the_last_release_is_not_replayed_into_the_next(
    warehouse: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(warehouse, published, gate_for("a", "b"))
    assert killed_writer(published).is_file()
    build(warehouse, dict.fromkeys("abc", "report"))
    moved = []
    move = Path.replace

    def watched(file: Path, target: Path) -> Path:
        if target == published:
            moved.append((wal_of(published).exists(), is_open_to_writers(published)))
        return move(file, target)

    monkeypatch.setattr(Path, "replace", watched)
    made = release(warehouse, published, gate_for(*"abc"), "f2")

    # Neither does a WAL lie there when the file is replaced, nor can one be made.
    assert moved == [(False, False)]
    assert not wal_of(published).exists()
    assert documents(published) == list("abc")
    assert changes(published, made.files) == ()


def test_release_that_is_open_for_writing_is_not_replaced(warehouse: Path, published: Path) -> None:
    release(warehouse, published, gate_for("a", "b"))
    with writer(published) as process:
        with pytest.raises(ReleaseBlocked) as blocked:
            release(warehouse, published, gate_for("a", "b", "c"), "f2")
        process.communicate("close")
    lost, is_open = blocked.value.reasons
    assert lost.startswith("1 of 3 archived documents have no outcome")
    assert is_open == (
        f"{published}: another program has the release open for writing; close it and run again"
    )
    release(warehouse, published, gate_for("a", "b"), "f2")
    assert documents(published) == ["a", "b"]


@pytest.mark.parametrize("quick", [True, False])
def test_changes_to_published_files_are_found(
    warehouse: Path, published: Path, quick: bool
) -> None:
    made = release(warehouse, published, gate_for("a", "b"))
    folder = published.parent

    def found() -> tuple[str, ...]:
        return changes(published, made.files, quick=quick)

    assert set(made.files) == {"ogi.duckdb", "evidence.parquet", "quality.json"}
    assert found() == ()
    os.utime(published, ns=(0, 0))
    assert found() == ()

    wal = killed_writer(published)
    assert found() == ("ogi.duckdb.wal holds changes that another program made to the release",)
    duckdb.connect(str(published)).close()
    assert not wal.exists()
    (folder / "evidence.parquet").unlink()
    assert found() == (
        "evidence.parquet is missing",
        "ogi.duckdb was changed after publishing: its SHA-256 differs",
    )


def test_only_a_thorough_check_finds_a_change_that_keeps_size_and_time(
    warehouse: Path, published: Path
) -> None:
    made = release(warehouse, published, gate_for("a", "b"))
    file = published.parent / "quality.json"
    status = file.stat()
    file.write_bytes(b" " * status.st_size)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert changes(published, made.files, quick=True) == ()
    assert len(changes(published, made.files)) == 1


DYING = """
import os, signal, sys
from pathlib import Path
from pipelines.publish import release
from tests_of_release import gate_for, release as publish

real = getattr(release, sys.argv[3])

def die(*arguments, **more):
    real(*arguments, **more)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(release, sys.argv[3], die)
publish(Path(sys.argv[1]), Path(sys.argv[2]), gate_for("a", "b", "c"), "f2")
"""


@pytest.mark.parametrize("step", ["copy_marts", "write_evidence", "_write_json"])
def test_a_process_that_dies_leaves_the_old_release(
    warehouse: Path, published: Path, tmp_path: Path, step: str
) -> None:
    old = release(warehouse, published, gate_for("a", "b"))
    build(warehouse, dict.fromkeys("abc", "report"))
    (tmp_path / "tests_of_release.py").symlink_to(__file__)
    died = subprocess.run(
        [sys.executable, "-c", DYING, warehouse, published, step],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert documents(published) == ["a", "b"]
    assert current_release(published) == old

    release(warehouse, published, gate_for("a", "b", "c"), "f2")
    assert documents(published) == ["a", "b", "c"]
    assert sorted(p.name for p in published.parent.iterdir()) == [
        "evidence.parquet",
        "ogi.duckdb",
        "quality.json",
        "release.json",
    ]


def test_release_made_before_format_1_is_read(warehouse: Path, published: Path) -> None:
    made = release(warehouse, published, gate_for("a", "b"))
    file = published.parent / "release.json"
    raw = json.loads(file.read_text(encoding="utf-8"))
    for name in ("version", "release_format", "files"):
        del raw[name]
    file.write_text(json.dumps(raw), encoding="utf-8")
    old = current_release(published)
    assert old == replace(made, version="unknown", release_format=0, files={})
    assert old is not None and not old.is_of_this_version
    wal_of(published).write_bytes(b"")
    assert len(changes(published, old.files)) == 1


def test_an_unfinished_release_is_none(warehouse: Path, published: Path) -> None:
    assert current_release(published) is None
    release(warehouse, published, gate_for("a", "b"))
    for name in ("release.json", "evidence.parquet"):
        text = (published.parent / name).read_bytes()
        (published.parent / name).unlink()
        assert current_release(published) is None
        (published.parent / name).write_bytes(text)
    (published.parent / "release.json").write_text("{", encoding="utf-8")
    assert current_release(published) is None
