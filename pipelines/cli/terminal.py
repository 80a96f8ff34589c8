"""What all commands share: how they speak to whoever runs them."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.settings import Settings

# Up to this many, a bar is not worth a look.
_FEW = 4
# Where nobody watches, tables are as wide as they need to be: nothing is cut.
_UNWATCHED_WIDTH = 200


def settings_of_process() -> "Settings":
    from pipelines.settings import get_settings

    return get_settings()


def console_of(out: TextIO | None = None) -> "Console":
    from rich.console import Console

    file = out or sys.stdout
    watched = file.isatty() or "COLUMNS" in os.environ
    return Console(file=file, width=None if watched else _UNWATCHED_WIDTH, highlight=False)


def print_pairs(rows: Sequence[tuple[str, str]], console: "Console") -> None:
    from rich.markup import escape

    # Never wrapped: paths are there to be copied.
    for name, value in rows:
        console.print(f"[bold]{name:<18}[/bold] {escape(value)}", soft_wrap=True)


def from_here(path: Path) -> str:
    """As short as it can be written in the folder where the user stands."""
    absolute = path.absolute()
    here = Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)


@contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """A bar on stderr where somebody watches it and it is worth a look."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

    bar = Progress(
        *Progress.get_default_columns()[:2],
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=total <= _FEW or not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)


@contextmanager
def steps(*, quiet: bool = False) -> "Iterator[Callable[[str, int, int | None], None]]":
    """A line on stderr for each step of a run, with a bar where its length is known;
    nothing where nobody watches, or `quiet`."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description:<24}"),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        console=Console(file=sys.stderr),  # not that of a run, which is quiet
        transient=True,
        disable=quiet or not sys.stderr.isatty(),
    )
    tasks: dict[str, TaskID] = {}

    def tell(step: str, done: int, total: int | None) -> None:
        if step not in tasks:
            for task in tasks.values():
                bar.update(task, total=1, completed=1)
            tasks[step] = bar.add_task(step, total=total, told="")
        told = f"{done:,}" if total is None else f"{done:,} of {total:,}"
        bar.update(tasks[step], completed=done, total=total, told=told if done or total else "")

    with bar:
        yield tell


def complain(message: str) -> None:
    typer.echo(" ".join(message.split()), err=True)
