"""`python -m tests.replica --sites 10 --sources FOLDER` plays websites until it is
stopped; one line of JSON tells where."""

import argparse
import asyncio
import contextlib
import json
import os
import sys
from dataclasses import fields
from pathlib import Path

from pydantic import TypeAdapter

from tests.replica.nights import plan_of
from tests.replica.records import write_sources
from tests.replica.server import CONTROL_HOST, Replica
from tests.replica.settings import Settings

_STDIN = 0


def main(arguments: list[str]) -> int:
    """0 when it was stopped, 2 when it could not listen."""
    told = _parser().parse_args(arguments)
    try:
        asyncio.run(_play(_settings(told), told))
    except (OSError, ValueError) as error:
        print(f"tests.replica: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


async def _play(settings: Settings, told: argparse.Namespace) -> None:
    replica = Replica(settings, told.port)
    await replica.start()
    line = {"port": replica.port, "control": f"http://{CONTROL_HOST}:{replica.port}"}
    if told.sources is not None:
        files = write_sources(plan_of(settings), replica.port, told.sources)
        line |= {"sources": str(told.sources), "sites": len(files)}
    print(json.dumps(line), flush=True)
    if told.until_stdin_closes:
        asyncio.get_running_loop().add_reader(_STDIN, _at_end, replica)
    with contextlib.suppress(asyncio.CancelledError):
        await replica.serve(told.seconds)


def _at_end(replica: Replica) -> None:
    """Stop when the other end of the pipe is gone, and whoever held it with it."""
    if not os.read(_STDIN, 4096):
        replica.stop()


def _settings(told: argparse.Namespace) -> Settings:
    if told.settings is not None:
        return Settings.from_json(told.settings)
    given = {f.name: getattr(told, f.name) for f in fields(Settings) if hasattr(told, f.name)}
    return TypeAdapter(Settings).validate_python(given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.replica")
    default = Settings()
    for name in ("sites", "reports", "seed", "page_entries", "crawl_delay"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(default, name))
    for name in ("passing", "changed", "latency_seconds", "delay_seconds"):
        flag = f"--{name.replace('_', '-')}"
        parser.add_argument(flag, type=float, default=getattr(default, name))
    parser.add_argument("--documents", choices=["stubs", "reports"], default=default.documents)
    parser.add_argument("--shapes", choices=["mixed", "pages"], default=default.shapes)
    parser.add_argument("--families", nargs="+", default=default.families)
    parser.add_argument("--faults", nargs="*", default=default.faults)
    parser.add_argument("--settings", help="all of them, as JSON")
    parser.add_argument("--sources", type=Path, help="write the sources' records there")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=1800.0, help="stop then at the latest")
    parser.add_argument("--until-stdin-closes", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
