"""The crawling process: `python -m pipelines.runs.crawl_process` reads one task from stdin and
writes its results to stdout, one line of JSON each. Scrapy's reactor needs a process of its own."""

import argparse
import json
import os
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from pipelines.archive import Archive, known_pairs, open_archive, put, read_object, record
from pipelines.crawl.job import CrawlJob, LookJob
from pipelines.crawl.memory import opened
from pipelines.crawl.report import SourceReport
from pipelines.domain import OgiError, Provenance, Sighting

_ABANDONED = 3


@dataclass(eq=False)
class ArchiveVault:
    """The archive as the crawl needs it. What it holds is looked up once, not at every call."""

    archive: Archive
    _known: set[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self._known = known_pairs(self.archive)

    def put(self, content: bytes) -> str:
        return put(self.archive, content)

    def get(self, sha256: str) -> bytes:
        return read_object(self.archive, sha256)

    def record(self, provenance: Sequence[Provenance], sightings: Sequence[Sighting]) -> None:
        record(self.archive, provenance, sightings, known=self._known)


def main(task: Mapping[str, Any], out: TextIO) -> None:
    """Do a task: {"crawl": CrawlJob, "archive": address, "memory": file}; or {"check": CrawlJob} or
    {"look": LookJob}, of which nothing is kept.

    Lines: {"source": SourceReport} as each is done, {"report": ...} at the end, {"error": text}
    where it could not be done.
    """

    def tell(name: str, value: Any) -> None:
        out.write(json.dumps({name: value}, ensure_ascii=False) + "\n")
        out.flush()

    def tell_source(report: SourceReport) -> None:
        tell("source", report.model_dump(mode="json"))

    # Half a second to import.
    from pipelines.crawl.engine import crawl, look  # noqa: PLC0415

    try:
        with tempfile.TemporaryDirectory(prefix="ogi-look-") as folder:
            vault = ArchiveVault(open_archive(task.get("archive", Path(folder, "archive"))))
            with opened(Path(task.get("memory", Path(folder, "memory.sqlite")))) as memory:
                if "look" in task:
                    looked = look(LookJob.model_validate(task["look"]), vault, memory)
                    tell("report", looked.model_dump(mode="json"))
                    return
                job = CrawlJob.model_validate(task.get("crawl") or task.get("check"))
                report = crawl(job, vault, memory, tell_source)
                tell("report", report.model_dump(mode="json"))
    except (OgiError, OSError) as error:
        tell("error", str(error))


def _end_with(parent: TextIO) -> None:
    """End when nobody listens any more: a crawl goes on where it was."""
    parent.read()
    os._exit(_ABANDONED)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        "python -m pipelines.runs.crawl_process",
        description="Do the task on stdin: one line of JSON.",
    )
    parser.parse_args()
    if not (line := sys.stdin.readline()):
        parser.error("there is no task on stdin")
    given = json.loads(line)
    threading.Thread(target=_end_with, args=(sys.stdin,), daemon=True).start()
    main(given, sys.stdout)
