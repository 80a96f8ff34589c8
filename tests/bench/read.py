"""How fast documents are read and in how much memory, beside peers and floors.

    python -m tests.bench.read [--documents N] [--repetitions N] [--formats A,B]

Every way reads the same documents in turn in one process, so that a busy machine slows all of
them: what counts are the ratios. Each answer is checked before it is timed. It ends 1 where a
reader of ours did not give every cell.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from tests.bench import results as found_by
from tests.bench.documents import samples
from tests.bench.formats import FORMATS, Format
from tests.bench.measuring import measured
from tests.bench.printing import NotInstalledError
from tests.bench.results import FormatResult, Results
from tests.bench.showing import draw, print_results, write_json

OUTPUT = Path("build/bench")
_WIDTH = 140


def bench(formats: Sequence[Format], console: Console, *, memory: bool = True) -> Results:
    """Measure the formats, one after the other; what cannot be made here is skipped."""
    return Results(
        schema=found_by.SCHEMA,
        machine=found_by.machine(),
        formats=[_measured(format, console, memory) for format in formats],
    )


def _measured(format: Format, console: Console, memory: bool) -> FormatResult:
    console.print(f"{format.name}: {format.documents} × {format.repetitions} …")
    try:
        made = samples(format.maker, format.documents)
    except NotInstalledError as error:
        return found_by.skipped(format, str(error))
    found = measured(format.ways, made, format.repetitions, together=format.together, memory=memory)
    return found_by.result(format, made, found)


def _chosen(names: str, documents: int | None, repetitions: int | None) -> list[Format]:
    unknown = set(names.split(",")) - FORMATS.keys() if names else set()
    if unknown:
        raise SystemExit(f"unknown formats {sorted(unknown)}; there are {', '.join(FORMATS)}")
    return [
        replace(
            format,
            documents=documents or format.documents,
            repetitions=repetitions or format.repetitions,
        )
        for format in FORMATS.values()
        if not names or format.name in names.split(",")
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 where a reader of ours did not give every cell."""
    parser = argparse.ArgumentParser(description="How fast documents are read, beside others.")
    parser.add_argument("--documents", type=int, help="of each format; else each format's own")
    parser.add_argument("--repetitions", type=int, help="of each format; else each format's own")
    parser.add_argument("--formats", default="", help=f"of {', '.join(FORMATS)}")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder of the results")
    given = parser.parse_args(arguments)
    chosen = _chosen(given.formats, given.documents, given.repetitions)
    results = bench(chosen, Console(stderr=True))
    given.output.mkdir(parents=True, exist_ok=True)
    write_json(results, given.output / "read.json")
    draw(results, given.output / "read.svg")
    console = Console()
    print_results(results, console if console.is_terminal else Console(width=_WIDTH))
    console.print(f"{given.output / 'read.json'}, {given.output / 'read.svg'}")
    return 1 if found_by.wrong_of_ours(results) else 0


if __name__ == "__main__":
    sys.exit(main())
