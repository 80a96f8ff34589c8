"""The crawling process with a hook: the first line of stdin says what to patch, the second is the
task as pipelines.runs.crawl_process takes it, or `{"fetch": {source: [[method, address, body]]},
...}`, which asks for these and tells what came of each."""

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twisted.internet.abstract import isIPAddress
from twisted.internet.base import ThreadedResolver
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import DNSLookupError

from pipelines.archive import open_archive
from pipelines.crawl.engine import spider
from pipelines.crawl.engine.night import _run
from pipelines.crawl.families import plain
from pipelines.crawl.fetched import Fetcher
from pipelines.crawl.job import CrawlJob
from pipelines.crawl.ledger import Ledger
from pipelines.crawl.memory import Memory, opened
from pipelines.crawl.model import Listing, Page, Request
from pipelines.crawl.report import SourceReport
from pipelines.crawl.source import Source
from pipelines.crawl.terms import Terms
from pipelines.crawl.trouble import Trouble, Troubled, TroubleKind
from pipelines.crawl.walk import failed
from pipelines.crawl.words import Words
from pipelines.domain import OgiError
from pipelines.runs import crawl_process


def resolve(names: Mapping[str, str]) -> None:
    """No name is ever looked up."""

    def getHostByName(self: object, name: str, timeout: object = ()) -> "Deferred[str]":  # noqa: N802
        if name in names or isIPAddress(name):
            return succeed(names.get(name, name))
        raise DNSLookupError(name)

    ThreadedResolver.getHostByName = getHostByName  # type: ignore[method-assign]


def break_family(source_id: str, error: str) -> None:
    """A family that stumbles over one source."""
    whole = plain.listing

    def listing(page: Page, source: Source, words: Words) -> Listing:
        if source.id == source_id:
            if error == "troubled":
                raise Troubled(Trouble(TroubleKind.UNREADABLE_ANSWER, page.address, "made"))
            raise ZeroDivisionError("made")
        return whole(page, source, words)

    plain.listing = listing


def break_document(source_id: str) -> None:
    """A family that cannot read the articles of one source."""
    whole = plain.document

    def document(page: Page, source: Source, lexicon: Any) -> Any:
        if source.id == source_id:
            raise Troubled(Trouble(TroubleKind.UNREADABLE_ANSWER, page.address, "made"))
        return whole(page, source, lexicon)

    plain.document = document


def fill_disk(after: int) -> None:
    """An archive that takes so many objects and no more."""
    whole = crawl_process.ArchiveVault.put
    kept: list[int] = []

    def put(self: crawl_process.ArchiveVault, content: bytes) -> str:
        if len(kept) >= after:
            raise OSError(28, "No space left on device", "archive")
        kept.append(1)
        return whole(self, content)

    crawl_process.ArchiveVault.put = put  # type: ignore[method-assign]


def fill_memory(after: int) -> None:
    whole = Memory.keep
    kept: list[int] = []

    def keep(self: Memory, key: bytes, answer: Any) -> None:
        if len(kept) >= after:
            raise OgiError("what the crawl remembers cannot be written: full")
        kept.append(1)
        whole(self, key, answer)

    Memory.keep = keep  # type: ignore[method-assign]


def fail_manifest() -> None:
    """An archive that fails once to keep rows, and rows are kept with every source."""
    whole = crawl_process.ArchiveVault.record
    failed: list[int] = []

    def record(self: crawl_process.ArchiveVault, *rows: Any) -> None:
        if not failed:
            failed.append(1)
            raise OSError(5, "Input/output error", "manifest")
        whole(self, *rows)

    crawl_process.ArchiveVault.record = record  # type: ignore[method-assign, assignment]
    spider._FLUSH_EVERY_S = 0


def die_after_record() -> None:
    """Killed when the archive has its rows and memory does not know of them."""

    def settle(self: Memory, *rows: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    Memory.settle = settle  # type: ignore[method-assign, assignment]


def fetch(task: Mapping[str, Any]) -> None:
    wanted = task["fetch"]
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in wanted}

    async def walking(
        source: Source, fetcher: Fetcher, terms: Terms, ledger: Ledger
    ) -> SourceReport:
        for method, address, body in wanted[source.id]:
            before = fetcher.traffic()
            try:
                headers = (("content-type", "text/plain"),) if body else ()
                request = Request(address, method, body.encode(), headers)
                found = await fetcher.fetch(request, terms.limits.document_bytes)
            except Troubled as error:
                came = {"kind": str(error.trouble.kind), "detail": error.trouble.detail}
                came["status"] = str(error.trouble.status)
            else:
                came = {"kind": "", "sha256": found.sha256, "address": found.page.address}
                came["text"] = found.page.content[:200].decode("utf-8", "replace")
                came["bytes"] = str(len(found.page.content))
                came["redirects"] = " ".join(found.redirects)
            traffic = fetcher.traffic()
            came["requests"] = str(traffic.requests - before.requests)
            came["not_modified"] = str(traffic.not_modified - before.not_modified)
            told[source.id].append(came)
        nothing = Trouble(TroubleKind.OWN_FAULT, source.start[0], "")
        return failed(source, nothing, fetcher.traffic())

    job = CrawlJob.model_validate(task["crawl"])
    vault = crawl_process.ArchiveVault(open_archive(task["archive"]))
    with opened(Path(task["memory"])) as memory:
        import datetime as dt

        memory.begin(dt.datetime.now(dt.UTC))
        _run(job, Ledger(vault, memory), walking, lambda _: None)
        memory.end(dt.datetime.now(dt.UTC))
    print(json.dumps({"fetched": told}))


if __name__ == "__main__":
    hooks = json.loads(sys.stdin.readline())
    resolve(hooks.get("names", {}))
    for name, arguments in hooks.items():
        if name != "names":
            globals()[name](*arguments)
    given = json.loads(sys.stdin.readline())
    if "fetch" in given:
        fetch(given)
    else:
        crawl_process.main(given, sys.stdout)
