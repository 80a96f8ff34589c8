"""The contract of DESIGN.md: names, keys, columns, types and comments of schema marts."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import Check, all_checks
from pipelines.domain import Claim, Outcome, OutcomeKind, Place, State
from pipelines.forms import finding, load_forms
from pipelines.reference.regions import Region, Regions
from pipelines.warehouse.sql_models import (
    load_marts,
    load_model_columns,
    load_sql_models,
    quoted,
)

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]

APPLICANTS = [
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_welfare_organization",
    "legal_service_organization",
    "other_organization",
    "total",
]
OUTCOMES = ["upheld", "corrected", "other_result", "pending", "total"]
CODES = ["label_zh", "label_en", "parent", "order", "vintages"]
# DESIGN.md, "The warehouse's contract", word for word: key, then what stands beyond it.
CONTRACT = {
    "dim_agency": (
        ["agency_id"],
        [
            "agency_name",
            "aliases",
            "region_code",
            "province",
            "city",
            "county",
            "admin_level",
            "function",
            "is_government",
            "parent_agency_id",
            "first_year",
            "last_year",
            "successor_agency_id",
        ],
    ),
    "dim_document": (
        ["document_sha256"],
        [
            "first_address",
            "media_type",
            "bytes",
            "outcome",
            "reason",
            "read_by",
            "agency_id",
            "report_year",
            "is_winner",
            "parser_version",
        ],
    ),
    "dim_report": (
        ["agency_id", "report_year"],
        [
            "title",
            "published_on",
            "source_url",
            "document_sha256",
            "media_type",
            "read_by",
            "proactive_disclosure_vintage",
            "requests_vintage",
            "reviews_vintage",
            "revision",
            "sections",
            "findings_error",
            "findings_warning",
            "findings_hint",
        ],
    ),
    "dim_disposition": (["disposition"], CODES),
    "dim_item": (["item"], CODES),
    "dim_indicator": (["indicator"], [*CODES, "kind", "unit", "is_coded", "labels"]),
    "dim_rule": (["rule"], CODES),
    "dim_region": (
        ["region_code", "first_year"],
        [*CODES, "last_year", "province", "city", "county", "successor_code", "successor_codes"],
    ),
    "coverage": (
        ["agency_id", "report_year"],
        [
            "status",
            "expected_by",
            "due_on",
            "published_on",
            "days_late",
            "is_moved",
            "is_gone",
            "document_sha256",
            "region_code",
            "province",
            "city",
            "county",
        ],
    ),
    "report_documents": (
        ["agency_id", "report_year", "place"],
        ["document_sha256", "role", "replaced_by", "differing_cells", "addresses"],
    ),
    "report_history": (
        ["agency_id", "report_year", "event_no"],
        [
            "event",
            "seen_at",
            "address",
            "moved_to",
            "document_sha256",
            "previous_document_sha256",
            "differing_cells",
            "revision",
            "status",
            "source",
            "listing",
            "page",
            "title",
            "listed_on",
        ],
    ),
    "fct_proactive_disclosure": (
        ["agency_id", "report_year", "item", "measure"],
        ["value", "unit", "value_yuan", "state", "raw", "vintage"],
    ),
    "fct_requests": (
        ["agency_id", "report_year", "disposition"],
        [*APPLICANTS, *(f"{a}_state" for a in APPLICANTS)],
    ),
    "fct_reviews": (
        ["agency_id", "report_year", "channel"],
        [*OUTCOMES, *(f"{o}_state" for o in OUTCOMES)],
    ),
    "fct_indicators": (
        ["agency_id", "report_year", "indicator"],
        ["current", "cumulative", "unit", "state", "raw"],
    ),
    "fct_text_claims": (
        ["agency_id", "report_year", "claim"],
        ["value", "place", "table", "row", "column"],
    ),
    "fct_findings": (
        ["document_sha256", "rule", "table", "row", "column", "reading"],
        [
            "agency_id",
            "report_year",
            "kind",
            "severity",
            "left",
            "right",
            "difference",
            "likely_cause",
            "message_zh",
            "message_en",
            "waiver",
        ],
    ),
    "agency_years": (
        ["agency_id", "report_year"],
        [
            "agency_name",
            "title",
            "published_on",
            "source_url",
            "requests_received",
            "requests_refused",
            "requests_total_processed",
            "grant_rate",
            "regulations_issued",
            "licensing_decisions",
            "fee_amount_yuan",
            "findings_error",
        ],
    ),
    "requests_long": (["agency_id", "report_year", "disposition", "applicant"], ["value"]),
    "comparable_years": (["agency_id", "report_year", "measure"], ["value", "comparable"]),
}
VIEWS = {"requests_long", "comparable_years"}
EMPTY_FOR_NOW = {"fct_indicators"}


@pytest.fixture
def warehouse(build: Build, make_report: Make) -> duckdb.DuckDBPyConnection:
    """Both vintages, several years, two documents of one agency-year, broken rules in both
    readings, blanks, findings that repeat, and documents that are no reports."""
    forms = load_forms()
    doubled = [
        finding(forms, "unknown_label", table="requests", detail=detail) for detail in ("甲", "乙")
    ]
    broken = {
        ("requests", "granted", "total"): 3,
        ("requests", "received", "natural_person"): State.BLANK,
        ("reviews", "reconsideration", "total"): 2,
        ("proactive_disclosure", "regulations", "issued"): "1.5",
    }
    claim = Claim("disclosed_items", Decimal(12), "条", "主动公开信息12条", Place(line=3))
    again = {("reviews", "reconsideration", "total"): 9}
    here = Region(
        "350000", "福建省", "福建", "province", "division", None, 2008, None, False, False
    )
    return build(
        [
            make_report("one", cells=broken, findings=[*doubled, doubled[0]], claims=[claim]),
            make_report("one again", cells=again, claims=[claim]),
            make_report("older", year=2020, vintage="2019"),
            make_report(
                "other",
                agency="b",
                year=2020,
                vintage="2019",
                cells={
                    ("proactive_disclosure", "administrative_licensing", "change"): -3,
                    ("requests", "otherwise_processed", "natural_person"): 4,
                },
            ),
            make_report("nobody", agency=None, cells=broken),
            make_report("no year", year=None),
            make_report(
                "listing", agency=None, year=None, tables=(), kind=OutcomeKind.NOT_A_REPORT
            ),
        ],
        regions=Regions([here], ()),
    )


def test_every_mart_of_the_contract_stands_and_none_beside(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute(
        "select table_name, table_type from information_schema.tables where table_schema = 'marts'"
    ).fetchall()
    assert dict(rows) == {name: "VIEW" if name in VIEWS else "BASE TABLE" for name in CONTRACT}


@pytest.mark.parametrize("name", CONTRACT)
def test_keys_and_columns(warehouse: duckdb.DuckDBPyConnection, name: str) -> None:
    key, columns = CONTRACT[name]
    made = [row[0] for row in warehouse.execute(f"describe marts.{name}").fetchall()]
    assert set(key) | set(columns) <= set(made)
    assert load_marts()[name].key == tuple(key)
    assert made == list(load_marts()[name].columns)


def test_types(warehouse: duckdb.DuckDBPyConnection) -> None:
    def types(name: str) -> dict[str, str]:
        return {row[0]: row[1] for row in warehouse.execute(f"describe marts.{name}").fetchall()}

    for name, mart in load_marts().items():
        assert types(name) == {column: spec.type for column, spec in mart.columns.items()}
    assert {types("fct_requests")[a] for a in APPLICANTS} == {"BIGINT"}
    assert {types("fct_reviews")[o] for o in OUTCOMES} == {"BIGINT"}
    assert types("fct_proactive_disclosure")["value"] == "DECIMAL(28,8)"
    assert types("fct_proactive_disclosure")["value_yuan"] == "DECIMAL(28,8)"


def test_every_table_and_column_has_a_comment_in_both_languages(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    comments = warehouse.execute(
        """
        select table_name, comment from duckdb_tables() where schema_name = 'marts'
        union all
        select view_name, comment from duckdb_views() where schema_name = 'marts'
        union all
        select table_name || '.' || column_name, comment
        from duckdb_columns() where schema_name = 'marts'
        """
    ).fetchall()
    assert len(comments) == len(CONTRACT) + sum(len(m.columns) for m in load_marts().values())
    for name, comment in comments:
        assert comment, name
        chinese, _, english = comment.partition(" / ")
        assert any("一" <= c <= "鿿" for c in chinese), name
        assert any(c.isascii() and c.isalpha() for c in english), name


def test_unit_and_source_stand_in_the_comment(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = warehouse.execute(
        "select comment from duckdb_columns() where table_name = 'agency_years'"
        " and column_name = 'requests_received'"
    ).fetchone()
    assert row is not None
    assert row[0].endswith("; 件 requests; 表三 requests")
    assert "the sum of the reported applicant cells" in row[0]


def test_marts_without_a_source_are_empty_and_the_others_are_not(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    for name in CONTRACT:
        row = warehouse.execute(f"select count(*) from marts.{name}").fetchone()
        assert row is not None
        assert (row[0] == 0) == (name in EMPTY_FOR_NOW), name


def test_the_grain_of_every_select_is_true(warehouse: duckdb.DuckDBPyConnection) -> None:
    for select in load_sql_models():
        grain = ", ".join(quoted(column) for column in select.grain)
        doubled = warehouse.execute(
            f"select {grain} from {select.full_name} group by {grain} having count(*) > 1"
        ).fetchall()
        assert doubled == [], select.full_name


def test_a_mart_has_the_grain_of_its_key() -> None:
    marts = load_marts()
    for select in load_sql_models():
        if select.schema == "marts":
            assert select.grain == marts[select.name].key, select.name


def test_marts_carry_no_constraints(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute("select * from duckdb_constraints()").fetchall() == []


KEYS = [check for check in all_checks() if check.name.endswith("_key")]


def failing(con: duckdb.DuckDBPyConnection, check: Check) -> list[tuple[Any, ...]]:
    batch = f"(from {check.relation})"
    return con.execute(check.failing_rows.replace("{batch}", batch)).fetchall()


def test_whole_keys_are_not_broken(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert {check.name: failing(warehouse, check) for check in KEYS} == {
        check.name: [] for check in KEYS
    }


def test_accepted_values_and_rules_know_the_columns_of_their_relations(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    for check in all_checks():
        failing(warehouse, check)
        warehouse.execute(check.evaluated)
        warehouse.execute(check.should_evaluate or "select 1")


@pytest.mark.parametrize("table", sorted(load_model_columns()))
def test_grain_of_staging_and_intermediate_is_their_key(
    warehouse: duckdb.DuckDBPyConnection, table: str
) -> None:
    grain = next(model.grain for model in load_sql_models() if model.full_name == table)
    columns = ", ".join(quoted(column) for column in grain)
    assert (
        warehouse.execute(
            f"select {columns} from {table} group by all having count(*) > 1"
        ).fetchall()
        == []
    )


SHORT_ITEMS = {
    "administrative_licensing": "licensing",
    "other_public_services": "other_services",
    "administrative_penalties": "penalties",
    "administrative_coercion": "coercion",
    "administrative_fees": "fees",
}
OWN_NAMES = {
    "fee_amount": "fee_amount_yuan",
    "procurement_items": "procurement_items",
    "procurement_amount": "procurement_amount_yuan",
}


NAMES_OF_DISCLOSURE = (
    "regulations_",
    "normative_documents_",
    "licensing_",
    "other_services_",
    "penalties_",
    "coercion_",
    "fee",
    "procurement_",
)


def panel_column(table: str, row: str, column: str) -> str:
    """The column of agency_years that a cell of the form stands in."""
    if table == "requests":
        return f"requests_{row.replace('.', '_')}"
    if table == "reviews":
        return f"reviews_{row}_{column}"
    return OWN_NAMES.get(column, f"{SHORT_ITEMS.get(row, row)}_{column}")


@pytest.mark.parametrize("vintage", sorted(load_forms().vintages))
def test_every_cell_reaches_its_own_columns(build: Build, make_report: Make, vintage: str) -> None:
    """Every cell of the form holds another figure, so that no two columns can be swapped."""
    facts = make_report(vintage=vintage).facts
    figures = {(f.table, f.row, f.column): n for n, f in enumerate(facts, start=1)}
    con = build([make_report(vintage=vintage, cells=figures)])
    panel = con.execute("from marts.agency_years").fetch_arrow_table().to_pylist()[0]
    for (table, row, column), figure in figures.items():
        if table != "requests" or column == "total":
            name = panel_column(table, row, column)
            assert panel[name] == figure * (10000 if name.endswith("_yuan") else 1), name
    for code in ("refused", "unable", "not_processed", "otherwise_processed"):
        rows = [r for t, r, c in figures if (t, c) == ("requests", "total") and r.startswith(code)]
        assert panel[f"requests_{code}"] == sum(figures["requests", r, "total"] for r in rows)

    long = con.execute("select disposition, applicant, value from marts.requests_long").fetchall()
    assert {(r, c): n for r, c, n in long} == {
        (r, c): n for (t, r, c), n in figures.items() if t == "requests"
    }
    wide = con.execute("from marts.fct_reviews").fetch_arrow_table().to_pylist()
    assert {(r["channel"], o): r[o] for r in wide for o in OUTCOMES} == {
        (r, c): n for (t, r, c), n in figures.items() if t == "reviews"
    }
    disclosed = "select item, measure, value from marts.fct_proactive_disclosure"
    assert {(r, c): n for r, c, n in con.execute(disclosed).fetchall()} == {
        (r, c): n for (t, r, c), n in figures.items() if t == "proactive_disclosure"
    }
    compared = con.execute("select measure, value from marts.comparable_years").fetchall()
    assert dict(compared) == {
        name: panel[name]
        for name in panel
        if name.startswith(("requests_", "reviews_", *NAMES_OF_DISCLOSURE))
        and not name.endswith(("_basis", "_vintage"))
        and panel[name] is not None
    }


def test_comparable_is_what_every_vintage_asks_for(warehouse: duckdb.DuckDBPyConnection) -> None:
    marks = dict(
        warehouse.execute(
            "select distinct measure, comparable from marts.comparable_years"
        ).fetchall()
    )
    vintages = load_forms().vintages.values()
    for code in {r.code for form in vintages for r in form.rectangular("requests").rows}:
        everywhere = all(
            code in {x for r in form.rectangular("requests").rows for x in (r.code, r.group)}
            for form in vintages
        )
        assert marks[f"requests_{code.replace('.', '_')}"] is everywhere, code
    expected = {
        "requests_refused": True,
        "requests_otherwise_processed": True,
        "reviews_reconsideration_total": True,
        "licensing_decisions": True,
        "regulations_made": False,
        "normative_documents_issued": False,
        "normative_documents_in_force": False,
        "normative_documents_disclosed_total": False,
        "fees_change": False,
        "fee_amount_yuan": False,
    }
    assert {measure: marks[measure] for measure in expected} == expected


def test_the_marts_survive_a_copy_of_their_database(
    build: Build, make_report: Make, tmp_path: Path
) -> None:
    """Views name no catalog, so a release of any name answers them."""
    con = build([make_report()])
    target = tmp_path / "copy.duckdb"
    con.execute(f"attach '{target}' as target")
    con.execute("copy from database memory to target")
    con.execute("detach target")
    with duckdb.connect(target, read_only=True) as copy:
        row = copy.execute("select count(*) from marts.requests_long").fetchone()
        assert row == (25 * 7,)
        assert copy.execute("select comparable from marts.comparable_years limit 1").fetchone()
        comments = copy.execute(
            "select count(*) from duckdb_columns() where schema_name = 'marts' and comment is null"
        ).fetchone()
        assert comments == (0,)


def test_source_url_is_a_url_only(build: Build, make_report: Make) -> None:
    con = build(
        [make_report("web"), make_report("file", year=2023)],
        addresses={"web": "https://www.example.gov.cn/report.html"},
        archived={"web": dt.datetime(2024, 5, 1, tzinfo=dt.UTC)},
    )
    assert con.execute(
        "select source_url from marts.dim_report order by report_year"
    ).fetchall() == [
        ("https://www.example.gov.cn/report.html",),
        (None,),
    ]
    assert con.execute(
        "select first_address, archived_at from marts.dim_document order by report_year"
    ).fetchall() == [
        ("https://www.example.gov.cn/report.html", dt.datetime(2024, 5, 1)),
        ("/in/file", dt.datetime(2024, 1, 1)),
    ]
