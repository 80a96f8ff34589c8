"""Manifest and sightings of the archive → raw.manifest and the one log, raw.sightings."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipelines.archive import MANIFEST_SCHEMA, SIGHTINGS_SCHEMA
from pipelines.domain import Calendar, Provenance, Sighting
from pipelines.forms import load_forms
from pipelines.reference.regions import Regions
from pipelines.warehouse.arrow_tables import RESOLUTION
from pipelines.warehouse.loader import digest_of_inputs, load

URL, FILE = "https://a.gov.cn/1.html", "/in/1.html"
CHINA = dt.timezone(dt.timedelta(hours=8))


def day(number: int) -> dt.datetime:
    return dt.datetime(2024, 1, number, tzinfo=dt.UTC)


def came(document: str, address: str, at: dt.datetime, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"source": "file", **more}
    return asdict(Provenance(document, address, "1.html", 1, archived_at=at, **told))


def saw(document: str | None, address: str, at: dt.datetime, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"source": "s", **more}
    return asdict(Sighting(address, at, document_sha256=document, **told))


def loaded(lake: Path, manifest: pa.Table, sightings: pa.Table) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("set timezone = 'Asia/Shanghai'")
    load(
        con,
        lake_dir=lake,
        manifest=manifest,
        sightings=sightings,
        parser_version="v1",
        forms=load_forms(),
        agencies=[],
        regions=Regions((), ()),
        calendar=Calendar(2008, 2022, 2023),
        resolution=RESOLUTION.empty_table(),
    )
    return con


def log(
    lake: Path,
    manifest: Sequence[dict[str, Any]],
    sightings: Sequence[dict[str, Any]],
    columns: str = "address, seen_at, source, document_sha256",
) -> list[Any]:
    con = loaded(
        lake,
        pa.Table.from_pylist(list(manifest), schema=MANIFEST_SCHEMA),
        pa.Table.from_pylist(list(sightings), schema=SIGHTINGS_SCHEMA),
    )
    return con.execute(f"select {columns} from raw.sightings order by address, seen_at").fetchall()


def test_the_manifest_has_what_the_archive_has(tmp_path: Path) -> None:
    row = came(
        "d",
        URL,
        dt.datetime(2024, 1, 1, 8, tzinfo=CHINA),
        source="s",
        answered_from=URL + "x",
        listing="l",
        page="p",
        status=200,
        headers={"etag": "1"},
    )
    con = loaded(
        tmp_path,
        pa.Table.from_pylist([row], schema=MANIFEST_SCHEMA),
        SIGHTINGS_SCHEMA.empty_table(),
    )
    (found,) = con.execute("from raw.manifest").to_arrow_table().to_pylist()
    assert found == {
        **row,
        "archived_at": dt.datetime(2024, 1, 1),
        "headers": [("etag", "1")],
    }


def test_columns_may_stand_in_any_order_and_others_beside_them(tmp_path: Path) -> None:
    manifest = pa.Table.from_pylist([came("d", URL, day(1))], schema=MANIFEST_SCHEMA)
    sightings = pa.Table.from_pylist([saw("d", URL, day(1), status=200)], schema=SIGHTINGS_SCHEMA)
    shuffled = (
        table.select(table.column_names[::-1]).append_column("more", pa.array([1]))
        for table in (manifest, sightings)
    )
    con = loaded(tmp_path, *shuffled)
    assert con.execute("select document_sha256, address from raw.manifest").fetchall() == [
        ("d", URL)
    ]
    assert con.execute("select address, status from raw.sightings").fetchall() == [(URL, 200)]
    with pytest.raises(KeyError, match="source"):
        loaded(tmp_path, manifest.drop_columns(["source"]), sightings)


def test_what_no_crawl_saw_was_seen_when_it_was_archived(tmp_path: Path) -> None:
    found = log(
        tmp_path,
        [came("d", FILE, day(1)), came("e", FILE, day(2)), came("c", URL, day(3), source="s")],
        [saw("c", URL, day(3), title="t", listed_on=dt.date(2024, 1, 2))],
        "address, seen_at, document_sha256, is_listed, title, listed_on",
    )
    naive = [day(n).replace(tzinfo=None) for n in (1, 2, 3)]
    assert found == [
        (FILE, naive[0], "d", None, None, None),
        (FILE, naive[1], "e", None, None, None),
        (URL, naive[2], "c", True, "t", dt.date(2024, 1, 2)),
    ]


def test_a_sighting_that_was_written_twice_is_one(tmp_path: Path) -> None:
    twice = [saw("c", URL, day(3)), saw("c", URL, day(3)), saw(None, URL, day(4), status=404)] * 2
    found = log(tmp_path, [came("c", URL, day(3), source="s")], twice)
    assert [row[3] for row in found] == ["c", None]


def test_a_document_that_came_back_is_seen_again(tmp_path: Path) -> None:
    """The manifest has each document of an address once."""
    manifest = [came("a", URL, day(1), source="s"), came("b", URL, day(2), source="s")]
    seen = [saw(d, URL, day(n)) for n, d in enumerate("aba", 1)]
    assert [row[3] for row in log(tmp_path, manifest, seen)] == ["a", "b", "a"]


@pytest.mark.parametrize(("imported", "documents"), [(1, ["w", "c"]), (9, ["c"])])
def test_an_import_before_and_after_the_last_word_of_a_crawl(
    tmp_path: Path, imported: int, documents: list[str]
) -> None:
    manifest = [came("c", URL, day(5), source="s"), came("w", URL, day(imported), source="warc")]
    found = log(tmp_path, manifest, [saw("c", URL, day(5))])
    assert [row[3] for row in found] == documents


def test_digest_of_the_inputs_is_that_of_what_was_loaded(tmp_path: Path) -> None:
    manifest = [came("d", URL, day(1)), came("e", FILE, day(2))]
    sightings = [saw("d", URL, day(1)), saw(None, URL, day(3))]

    def digest(manifest: list[dict[str, Any]], sightings: list[dict[str, Any]]) -> str:
        return digest_of_inputs(
            pa.Table.from_pylist(manifest, schema=MANIFEST_SCHEMA),
            pa.Table.from_pylist(sightings, schema=SIGHTINGS_SCHEMA),
        )

    base = digest(manifest, sightings)
    con = loaded(
        tmp_path,
        pa.Table.from_pylist(manifest, schema=MANIFEST_SCHEMA),
        pa.Table.from_pylist(sightings, schema=SIGHTINGS_SCHEMA),
    )
    assert con.execute("select digest from raw.inputs").fetchall() == [(base,)]
    assert digest(manifest[::-1], sightings[::-1]) == base
    others = [
        digest(manifest[:1], sightings),
        digest([came("d", FILE, day(1)), manifest[1]], sightings),
        digest(manifest, sightings[:1]),
        digest(manifest, [sightings[0], saw(None, URL, day(4))]),
        digest(manifest, [sightings[0], saw("d", URL, day(3))]),
        digest(manifest, [sightings[0], saw(None, URL, day(3), source="other")]),
        digest([], []),
    ]
    assert len({base, *others}) == len(others) + 1
