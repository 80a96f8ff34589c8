"""The application `ogi`: every command and group of commands, each from its own module."""

from typing import Annotated

import typer
from typer.exceptions import TyperException

from pipelines.cli import (
    agencies,
    archive,
    crawl,
    documents,
    failures,
    history,
    lake,
    release,
    runs,
    settings,
    sources,
    status,
)
from pipelines.cli.exit_status import COULD_NOT

app = typer.Typer(
    name="ogi",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.command()(runs.run)
app.command()(runs.ingest)
app.command()(crawl.crawl)
app.command()(documents.read)
app.command()(documents.check)
# SQL may begin with a comment, whose dashes are no option.
app.command(context_settings={"ignore_unknown_options": True})(release.query)
app.command()(release.evidence)
app.command()(release.coverage)
app.command()(history.history)
app.command()(status.status)
app.command()(failures.failed)
app.command()(settings.settings)
app.add_typer(agencies.app, name="agencies")
app.add_typer(sources.app, name="sources")
app.add_typer(archive.app, name="archive")
app.add_typer(lake.app, name="lake")


def call() -> int:
    """Run the command that the arguments of the process name; its exit status."""
    # Not in typer's standalone mode, which ends 1 for a broken pipe.
    try:
        return app(standalone_mode=False) or 0
    except TyperException as error:
        from typer.rich_utils import rich_format_error

        rich_format_error(error)  # type: ignore[arg-type] # its class is private
        return COULD_NOT


@app.callback(invoke_without_command=True)
def ogi(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """A warehouse of China's annual reports on open government information.

    Archive, lake, warehouse and release live under data/ of the project, or in the folder that
    the environment variable OGI_HOME names.
    """
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"ogi {version_of('ogi-warehouse')}")
        raise typer.Exit
