"""`ogi agencies`: the agencies that reports named and nobody reviewed."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.terminal import console_of, settings_of_process

if TYPE_CHECKING:
    from pipelines.reference import Registry

app = typer.Typer(
    no_args_is_help=True,
    help="The agencies that reports named: review those that are not in the registry, accept them.",
)

RegistryOption = Annotated[
    Path | None,
    typer.Option(
        "--registry", metavar="FOLDER", help="Where agencies.csv is, if not in data/reference."
    ),
]


class ReviewFormat(StrEnum):
    TABLE = "table"
    JSON = "json"


@app.command()
def review(
    output: Annotated[
        ReviewFormat, typer.Option("--format", help="json: a list of objects.")
    ] = ReviewFormat.TABLE,
    registry: RegistryOption = None,
) -> None:
    """List the agencies of the release that are provisional or told by rule, with candidates."""
    from pipelines.serve.unreviewed import unreviewed, unreviewed_table

    rows = list(unreviewed(settings_of_process().published_file, _registry(registry)))
    if output is ReviewFormat.JSON:
        typer.echo(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2))
    elif rows:
        console = console_of()
        console.print(unreviewed_table(rows, console))
    else:
        typer.echo("Every agency of the release is reviewed.")


@app.command()
def accept(
    name_or_id: Annotated[
        str, typer.Argument(metavar="NAME_OR_ID", help="As `ogi agencies review` lists it.")
    ],
    agency_id: Annotated[
        str | None,
        typer.Option("--as", metavar="AGENCY_ID", help="Which agency it is: a known one or a new."),
    ] = None,
    registry: RegistryOption = None,
) -> None:
    """Write a reviewed record into the registry, for the next run to find.

    Without --as the agency is the one that place and function tell. With it the name becomes
    another name of the agency of that id or, where there is none, a new record: a region's code
    and a function, `640323-natural-resources`. A name that would still mean others is refused.
    """
    from pipelines.reference import accept_name, write_registry
    from pipelines.serve.unreviewed import names_of

    known = _registry(registry)
    names, year = names_of(settings_of_process().published_file, name_or_id)
    told = agency_id
    for name in names:
        accepted = accept_name(known, name, agency_id=told, year=year)
        known, told = accepted.registry, accepted.agency.agency_id
        typer.echo(f"{name}: {'new' if accepted.is_new else 'a name of'} {told}")
    write_registry(known, registry)


def _registry(folder: Path | None) -> "Registry":
    from pipelines.reference import load_registry

    return load_registry(folder) if folder is not None else load_registry()
