"""Results as tables to read, as JSON, and as a chart."""

import json
from collections.abc import Iterator
from pathlib import Path

from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from tests.bench.results import FormatResult, RatioResult, Results, WayResult

_MEGA = 1e6
_COLOURS = {"ours": "#1b6ca8", "peer": "#c9772b", "floor": "#9aa5b1"}
_BAR = 0.26  # inches


def print_results(results: Results, console: Console) -> None:
    """Two tables: every way, and the ratios with their targets; then what was skipped or wrong."""
    console.print(_ways(results), _ratios(results))
    for of in results["formats"]:
        if of["skipped"]:
            console.print(f"{of['format']}: skipped: {of['skipped']}", style="yellow")
        for way in of["ways"]:
            for fault in way["faults"][:1]:
                style = "bold red" if way["role"] == "ours" else "dim"
                told = (
                    f"{of['format']}: {way['name']}: {len(way['faults'])} not right, first: {fault}"
                )
                console.print(told, style=style, markup=False, highlight=False)


def _ways(results: Results) -> Table:
    table = Table(title="Reading: processor time and memory", title_justify="left")
    table.add_column("format")
    table.add_column("way")
    for name in ("right", "ms", "a second", "peak MB"):
        table.add_column(name, justify="right")
    table.add_column("read by")
    for of in results["formats"]:
        for number, way in enumerate(of["ways"]):
            table.add_row(
                _heading(of) if number == 0 else "",
                f"{way['name']} ({way['role']})",
                _right(of, way),
                _short(1000 * way["seconds"]),
                _short(way["per_second"]),
                f"{way['peak_bytes'] / _MEGA:.0f}",
                ", ".join(f"{who} {count}" for who, count in sorted(way["read_by"].items())),
                end_section=number == len(of["ways"]) - 1,
            )
    return table


def _heading(of: FormatResult) -> str:
    of_what = "" if of["unit"] == "document" else f", a {of['unit']}"
    return f"{of['format']}{of_what}\n{of['documents']} of {of['median_bytes'] / 1000:.0f} KB"


def _right(of: FormatResult, way: WayResult) -> str:
    return "" if way["right"] is None else f"{way['right']}/{of['documents']}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _ratios(results: Results) -> Table:
    table = Table(title="Ratios in this run", title_justify="left")
    for name in ("format", "measure"):
        table.add_column(name)
    for name in ("value", "target"):
        table.add_column(name, justify="right")
    table.add_column("")
    marks = {True: "met", False: "[bold red]missed[/]", None: ""}
    for of in results["formats"]:
        for told in of["ratios"]:
            what = f"{told['of']}, seconds a {of['unit']}"
            if told["to"] is not None:
                what = f"{told['of']} / {told['to']}"
            value, target = _figure(told["value"], told["to"]), _target(told)
            table.add_row(of["format"], what, value, target, marks[told["met"]])
    return table


def _figure(value: float, to: str | None) -> str:
    return f"{_short(value)} s" if to is None else f"{_short(value)} ×"


def _target(told: RatioResult) -> str:
    if told["at_least"] is not None:
        return f"≥ {_figure(told['at_least'], told['to'])}"
    return "" if told["at_most"] is None else f"≤ {_figure(told['at_most'], told['to'])}"


def write_json(results: Results, file: Path) -> None:
    """The results as they are."""
    text = json.dumps(results, ensure_ascii=False, indent=1)
    file.write_text(f"{text}\n", encoding="utf-8")


# -- the chart --------------------------------------------------------------------------------


def draw(results: Results, file: Path) -> None:
    """Milliseconds and megabytes of every way as bars on a logarithmic scale, in the format that
    the file's ending names."""
    bars = list(_bars(results))
    figure = Figure(figsize=(11, 1.2 + _BAR * len(bars)), layout="constrained")
    times, memory = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    for at, (_, role, milliseconds, megabytes) in enumerate(bars):
        for axes, value in ((times, milliseconds), (memory, megabytes)):
            axes.barh(at, value, color=_COLOURS.get(role, "none"))
            if role:
                axes.text(value, at, f" {_short(value)}", va="center", fontsize=7)
    times.set_yticks(range(len(bars)), [name for name, *_ in bars], fontsize=8)
    for label, (_, role, *_) in zip(times.get_yticklabels(), bars, strict=True):
        label.set_fontweight("normal" if role else "bold")
    times.set_ylim(len(bars) - 0.4, -0.6)
    for axes, title in ((times, "ms of processor time"), (memory, "MB that reading adds")):
        axes.set_xscale("log")
        axes.set_title(title, fontsize=9)
        axes.margins(x=0.12)
        axes.spines[["top", "right"]].set_visible(False)
    for role, colour in _COLOURS.items():
        memory.barh(0, 0, color=colour, label=role)
    memory.legend(loc="upper right", fontsize=8, frameon=False)
    figure.savefig(file)


def _bars(results: Results) -> Iterator[tuple[str, str, float, float]]:
    """Name, role, milliseconds, megabytes; the name of a format has a line of its own."""
    least = 0.01  # a logarithm has no zero
    for of in results["formats"]:
        if of["ways"]:
            yield f"{of['format']} (a {of['unit']})", "", least, least
        for way in of["ways"]:
            milliseconds, megabytes = 1000 * way["seconds"], way["peak_bytes"] / _MEGA
            name = f"{way['name']}, {_right(of, way)} right" if way["faults"] else way["name"]
            yield name, way["role"], max(milliseconds, least), max(megabytes, least)
