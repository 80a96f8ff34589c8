"""`ogi history`: what happened to one report."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from pipelines.cli.terminal import console_of, settings_of_process


class HistoryFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def history(
    agency: Annotated[
        str, typer.Argument(metavar="AGENCY", help="Its id, its name, or another name of it.")
    ],
    year: Annotated[int, typer.Argument(metavar="YEAR", help="The year reported on.")],
    output: Annotated[
        HistoryFormat,
        typer.Option("--format", help="json: one object, times in UTC; csv: one line an event."),
    ] = HistoryFormat.TABLE,
) -> None:
    """Tell what happened to a report: found, replaced, moved, gone, returned, no longer listed.

    Which document speaks for it now, and where a report is missing, when it was due.
    """
    from pipelines.serve import history as served

    found = served.history(settings_of_process().published_file, agency, year)
    if output is HistoryFormat.JSON:
        served.write_history_json(found, sys.stdout)
    elif output is HistoryFormat.CSV:
        served.write_history_csv(found, sys.stdout)
    else:
        served.draw_history(found, console_of())
