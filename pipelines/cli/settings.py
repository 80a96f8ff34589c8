"""`ogi settings`: every setting, its value and where the value comes from."""

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from pipelines.cli.terminal import console_of, settings_of_process


class SettingsFormat(StrEnum):
    TABLE = "table"
    JSON = "json"


def settings(
    output: Annotated[
        SettingsFormat, typer.Option("--format", help="json: one array of objects.")
    ] = SettingsFormat.TABLE,
) -> None:
    """List every setting with its value, the source of the value and its meaning.

    A setting is set by the environment variable of its name, or in the table `tool.ogi` of
    pyproject.toml. The environment wins.
    """
    rows = _rows()
    if output is SettingsFormat.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    from rich.table import Table
    from rich.text import Text

    from pipelines.serve.table_layout import fit_table

    console = console_of()
    table = Table(show_lines=True)
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("source", no_wrap=True)
    table.add_column("meaning")
    for row in rows:
        meaning = f"{row['meaning_en']}\n{row['meaning_zh']}"
        value = "" if row["value"] is None else str(row["value"])
        table.add_row(*map(Text, (row["setting"], value, row["source"], meaning)))
    console.print(fit_table(table, console))


def _rows() -> list[dict[str, Any]]:
    """One object a setting; `value` is null where it is not set and has no default."""
    from pipelines.domain import SettingsError
    from pipelines.settings import MEANINGS_FILE, VARIABLES, value_sources
    from pipelines.text.yaml_file import read_yaml

    values = settings_of_process().model_dump(mode="json")
    meanings = read_yaml(MEANINGS_FILE, SettingsError).value
    source_of = value_sources()
    return [
        {
            "setting": variable,
            "value": values[name],
            "source": source_of[name],
            "meaning_en": meanings[name]["en"],
            "meaning_zh": meanings[name]["zh"],
        }
        for variable, name in VARIABLES.items()
    ]
