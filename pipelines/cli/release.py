"""`ogi query`, `evidence` and `coverage`: what is asked of the release."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from pipelines.cli.terminal import console_of, settings_of_process
from pipelines.domain import OgiError
from pipelines.whole_file import written_whole

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_ROWS_DRAWN = 200


class CoverageFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class QueryFormat(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT statement.")],
    output: Annotated[
        QueryFormat | None,
        typer.Option("--format", help="table; with --output, what the file's name ends in."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write there, not to stdout.")
    ] = None,
) -> None:
    """Ask the release in SQL; read-only.

    The tables are in schema marts: `ogi query "SHOW TABLES"`, `ogi query "DESCRIBE agency_years"`.
    """
    from pipelines.serve.database import query as ask

    chosen = output or _format_of(file)
    if chosen is QueryFormat.PARQUET and file is None and sys.stdout.isatty():
        raise OgiError("parquet is not for a terminal: name a file with --output")
    answer = ask(settings_of_process().published_file, sql)
    if file is None:
        _write_answer(answer, chosen, sys.stdout)
        return
    with written_whole(file) as partial, partial.open("w", encoding="utf-8", newline="") as out:
        _write_answer(answer, chosen, out)


def evidence(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="SHA-256 of the document.")],
    table: Annotated[str, typer.Argument(metavar="TABLE")],
    row: Annotated[str, typer.Argument(metavar="ROW")],
    column: Annotated[str, typer.Argument(metavar="COLUMN")],
) -> None:
    """Show where one figure is printed: document, page and box or element, and the raw token."""
    from pipelines.serve.origin import evidence as origin_of

    origin = origin_of(settings_of_process().published_file, document, table, row, column)
    typer.echo(json.dumps(origin, ensure_ascii=False, indent=2, default=str))


def coverage(
    region: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Of this region and all below it, such as 640323."),
    ] = None,
    year: Annotated[int | None, typer.Option(metavar="YEAR", help="Of one report year.")] = None,
    output: Annotated[
        CoverageFormat, typer.Option("--format", help="csv: one line an agency and year.")
    ] = CoverageFormat.TABLE,
) -> None:
    """Show which reports should exist, by year, and which of them are missing."""
    from pipelines.serve import coverage as served

    found = served.coverage(settings_of_process().published_file, region=region, year=year)
    if output is CoverageFormat.JSON:
        served.write_coverage_json(found, sys.stdout)
    elif output is CoverageFormat.CSV:
        served.write_coverage_csv(found, sys.stdout)
    else:
        served.draw_coverage(found, console_of())


def _format_of(file: Path | None) -> QueryFormat:
    ending = file.suffix.removeprefix(".").lower() if file else ""
    return QueryFormat(ending) if ending in set(QueryFormat) else QueryFormat.TABLE


def _write_answer(answer: "pa.Table", output: QueryFormat, out: TextIO) -> None:
    from pipelines.serve.answers import drawn, write_csv, write_json

    if output is QueryFormat.PARQUET:
        _write_parquet(answer, out)
    elif output is QueryFormat.CSV:
        write_csv(answer, out)
    elif output is QueryFormat.JSON:
        write_json(answer, out)
    else:
        console = console_of(out)
        console.print(drawn(answer, console, _MOST_ROWS_DRAWN))
        if answer.num_rows > _MOST_ROWS_DRAWN:
            console.print(
                f"{_MOST_ROWS_DRAWN} of {answer.num_rows:,} rows; all of them with --format csv"
            )


def _write_parquet(answer: "pa.Table", out: TextIO) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Arrow gets no Python file, which it could release when the interpreter is ending, and no name:
    # it takes `s3:a.parquet` for an address.
    sink = pa.BufferOutputStream()
    pq.write_table(answer, sink)
    out.buffer.write(sink.getvalue())
