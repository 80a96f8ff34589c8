"""A tiny crawl in one's head: the listings of a replica's site, followed by calling its answers."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.crawl import (
    FAMILIES,
    Entry,
    Page,
    Request,
    Source,
    columns_in,
    family_of,
    load_words,
)
from tests.replica import Plan, Site
from tests.replica.asked import Asked
from tests.replica.records import source_records
from tests.replica.website import Website

PORT = 8123


@dataclass(frozen=True)
class Followed:
    """All entries with the requests that led to them."""

    entries: tuple[Entry, ...]
    asked: tuple[Asked, ...]
    pages: tuple[Page, ...]


def sources(plan: Plan) -> dict[str, Source]:
    return {record["id"]: Source(**record) for record in source_records(plan, PORT)}


def website(plan: Plan, site: Site) -> Website:
    return Website(plan.settings, site, PORT)


def page_at(site: Website, request: Request) -> Page:
    """The page that stands there, redirects not followed."""
    parts = urlsplit(request.address)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    answer = site.answer(Asked(target, request.method, request.body))
    headers = {name.lower(): value for name, value in answer.headers}
    return Page(
        request.address, answer.content, answer.status, headers, request.body, request.column
    )


def asked_of(request: Request) -> Asked:
    parts = urlsplit(request.address)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return Asked(target, request.method, request.body)


def follow(plan: Plan, site: Site) -> Followed:
    """Every page of the site's listing, as the family's module asks for them."""
    source, answers, words = sources(plan)[site.id], website(plan, site), load_words()
    waiting = [Request(address) for address in source.start_addresses(site.last_year)]
    entries: list[Entry] = []
    asked: dict[Asked, None] = {}
    pages = []
    while waiting:
        request = waiting.pop(0)
        if asked_of(request) in asked:
            continue
        asked[asked_of(request)] = None
        page = page_at(answers, request)
        assert page.status == 200, f"{request} is answered with {page.status}"
        assert family_of(page) == site.family, page
        pages.append(page)
        listed = FAMILIES[site.family].listing(page, source, words)
        entries += listed.entries
        waiting += listed.requests
        if page.column is None:
            columns = columns_in(listed.entries, source, words)
            waiting += [Request(entry.address, column=entry.title) for entry in columns]
    return Followed(tuple(entries), tuple(asked), tuple(pages))
