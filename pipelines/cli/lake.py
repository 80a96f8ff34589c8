"""`ogi lake`: what parsers have read."""

import typer

from pipelines.cli.terminal import console_of, print_pairs, settings_of_process, steps

app = typer.Typer(no_args_is_help=True, help="Remove what older parsers have read.")


@app.callback()
def lake() -> None:
    """Keeps typer from taking the only command for the group."""


@app.command()
def prune() -> None:
    """Remove the lakes of older parsers, and print the bytes of each.

    The lake of the current parser is kept. The archive has every document, so that an older version
    of this project can read them again.
    """
    from pipelines.runs.context import lock_home
    from pipelines.runs.process import parser_version
    from pipelines.warehouse.lake import lakes, remove_lake

    settings = settings_of_process()
    with steps() as progress, lock_home(settings, progress):
        removed = {
            version: remove_lake(settings.lake_dir, version)
            for version in lakes(settings.lake_dir)
            if version != parser_version()
        }
    rows = [(version, f"removed, {size:,} bytes") for version, size in removed.items()]
    kept = [(parser_version(), "current, kept")]
    print_pairs(rows + kept, console_of())
