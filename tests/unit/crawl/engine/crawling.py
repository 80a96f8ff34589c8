"""Nights in processes of their own: see child.py."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.crawl.job import CrawlJob
from pipelines.crawl.report import CrawlReport, SourceReport
from pipelines.crawl.safety import Limits
from pipelines.crawl.source import Source
from pipelines.settings import PROJECT_ROOT

CONTACT = "crawler@linyi.example"
_CHILD = Path(__file__).with_name("child.py")
_LONGEST_S = 60
# Nobody listens there: whoever used it would reach nothing.
_PROXY = "http://127.0.0.1:9"

Came = dict[str, str]
Wanted = Sequence[str | tuple[str, str, str]]


@dataclass(eq=False)
class Home:
    """An archive and a memory, and nights that use them."""

    folder: Path
    limits: Limits = field(default_factory=Limits)
    hooks: dict[str, Any] = field(default_factory=dict)
    retries: int = 2
    recheck_days: float = 30

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def memory(self) -> Path:
        return self.folder / "memory.sqlite"

    def start(self, sources: Sequence[Source], **more: Any) -> subprocess.Popen[str]:
        """The process, at work."""
        job = CrawlJob(
            sources=tuple(sources),
            until_year=2024,
            contact=CONTACT,
            hosts=200,
            retries=self.retries,
            recheck_days=self.recheck_days,
            limits=self.limits,
        )
        task = {
            "crawl": job.model_dump(mode="json"),
            "archive": str(self.archive),
            "memory": str(self.memory),
            **more,
        }
        environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
        process = subprocess.Popen(
            [sys.executable, str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT_ROOT,
            env={
                **environment,
                "PYTHONPATH": str(PROJECT_ROOT),
                "http_proxy": _PROXY,
                "HTTP_PROXY": _PROXY,
            },
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(self.hooks) + "\n" + json.dumps(task) + "\n")
        process.stdin.flush()
        return process

    def lines(self, sources: Sequence[Source], **more: Any) -> list[tuple[str, Any]]:
        """What the process tells: names and values."""
        return told_by(self.start(sources, **more))

    def night(self, *sources: Source) -> CrawlReport:
        (value,) = [value for name, value in self.lines(sources) if name == "report"]
        return CrawlReport.model_validate(value)

    def error(self, *sources: Source) -> str:
        """The line that a night which could not be done ends with."""
        name, value = self.lines(sources)[-1]
        assert name == "error"
        return str(value)

    def fetched(self, wanted: Mapping[Source, Wanted]) -> dict[str, list[Came]]:
        """What came of the requests of each source: addresses, or method, address and body."""
        told = {
            source.id: [("GET", w, "") if isinstance(w, str) else w for w in requests]
            for source, requests in wanted.items()
        }
        ((name, value),) = self.lines(list(wanted), fetch=told)
        assert name == "fetched"
        found: dict[str, list[Came]] = value
        return found


def told_by(process: subprocess.Popen[str]) -> list[tuple[str, Any]]:
    try:
        out, err = process.communicate(timeout=_LONGEST_S)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"no end after {_LONGEST_S} s: {out[-2000:]} {err[-4000:]}") from None
    told = [next(iter(json.loads(line).items())) for line in out.splitlines()]
    assert told or process.returncode, err[-4000:]
    if not told and process.returncode > 0:
        raise AssertionError(err[-4000:])
    return told


def of(report: CrawlReport, name: str) -> SourceReport:
    return next(source for source in report.sources if source.source == name)
