"""`make crawl-demo`: websites of our own on loopback, crawled on two nights, all the way to a
warehouse that is asked what happened.

    python -m tests.bench.crawl_demo [FOLDER]
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.replica import Change, Running, Settings, Truth, running, truth

ROOT = Path(__file__).parents[2]
OGI = Path(sys.executable).with_name("ogi")
FOLDER = ROOT / "build" / "crawl-demo"
# Real reports of agencies that the registry has; a few sites are in trouble of their own.
REPLICA = Settings(
    sites=14,
    reports=12,
    documents="reports",
    crawl_delay=0,
    changed=0.04,
    last_year=2025,
    faults=("challenge", "empty_listing", "not_found", "too_many_requests", "robots_all"),
)


def main(folder: Path) -> int:
    """0 when both nights were crawled and published."""
    began = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "home"
    environment = {
        **os.environ,
        "OGI_HOME": str(home),
        "OGI_SOURCES": str(folder / "sources"),
        "OGI_CRAWL_CONTACT": "demo@example.org",
    }
    with running(REPLICA) as replica:
        replica.write_sources(folder / "sources")
        print(f"{len(replica.plan().sites)} websites of our own listen on 127.1.0.0/16")
        for night in (1, 2):
            told = truth(replica.night(night), replica.port)
            print(f"\n== Night {night}: {_changes(told)}")
            if (ended := _ogi(environment, "crawl")) != 0:
                return ended
            _say_what_servers_say(replica, told)
            replica.reset()
        for change in _one_of_each(told):
            if (report := _report_of(told, change)) is not None:
                print(f"\n== {change.kind}: {change.before or change.after}")
                _ogi(environment, "history", *report)
        print("\n== The archive")
        _ogi(environment, "archive", "verify")
        _ogi(environment, "coverage")
    print(f"Took {time.monotonic() - began:.0f} s. Everything is in {folder}; ask it with")
    print(f"  OGI_HOME={shlex.quote(str(home))} {OGI} query 'FROM report_history'")
    return 0


def _ogi(environment: Mapping[str, str], *arguments: str) -> int:
    print(f"\n$ ogi {shlex.join(arguments)}", flush=True)
    return subprocess.run([str(OGI), *arguments], env=environment, check=False, cwd=ROOT).returncode


def _changes(told: Truth) -> str:
    kinds = [change.kind for change in told.changes]
    return ", ".join(f"{kinds.count(k)} {k}" for k in dict.fromkeys(kinds)) or "everything is new"


def _say_what_servers_say(replica: Running, told: Truth) -> None:
    counts = replica.counts().values()
    requests = sum(sum(one["requests"].values()) for one in counts)
    listings = sum(len(site.listings) for site in told.sites.values())
    print(
        f"\nThe servers counted {requests:,} requests over {listings:,} listing pages and"
        f" {len(told.documents):,} documents, {sum(one['not_modified'] for one in counts):,}"
        f" answered `not modified`, at most {max(one['most_at_once'] for one in counts)} at once"
        f" on a host, {sum(sum(one['disallowed'].values()) for one in counts)} that robots.txt"
        " forbids."
    )


def _one_of_each(told: Truth) -> list[Change]:
    return list({change.kind: change for change in told.changes}.values())


def _report_of(told: Truth, change: Change) -> tuple[str, str] | None:
    """Agency and year of the report that changed, where it still stands somewhere."""
    for known in told.documents.values():
        if known.listed in (change.after, change.before) and known.report_year is not None:
            return known.agency_id, str(known.report_year)
    return None


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tests.bench.crawl_demo")
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=FOLDER,
        metavar="FOLDER",
        help="removed and made anew",
    )
    sys.exit(main(parser.parse_args().folder.absolute()))
