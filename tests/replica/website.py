"""A site's answers: its listing, its documents, what else it has."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from tests.replica.answers import (
    Answer,
    Conditions,
    Mark,
    etag_of,
    is_unchanged,
    marks_of,
    of_shown,
    of_status,
)
from tests.replica.article_page import VIEWER
from tests.replica.asked import Asked, Shown
from tests.replica.documents import MEDIA_TYPES, file_bytes
from tests.replica.families import PLAYERS
from tests.replica.markup import head, shown
from tests.replica.plan import Article, File, Site
from tests.replica.settings import Settings
from tests.simulate.words import load_words

ROBOTS = "/robots.txt"
# The first night.
_EPOCH = dt.datetime(2025, 6, 1, 1, 0, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """What lies at an address of a document: the article's page, a file of it, a page or an answer
    that sends on to its page, or what stands where it was before it moved."""

    article: Article
    file: File | None = None
    is_way: bool = False
    left_with: int | None = None


def places(site: Site) -> dict[str, Place]:
    """All addresses of documents, and those that lead to one."""
    return {target: place for article in site.articles for target, place in _of(article)}


def _of(article: Article) -> Iterator[tuple[str, Place]]:
    if article.left is not None:
        target, status = article.left
        yield target, Place(article, left_with=status)
    if not article.is_served:
        return
    for file in article.files:
        yield file.target, Place(article, file)
    if article.page is not None:
        yield article.page, Place(article)
        if article.page != article.target:
            yield article.target, Place(article, is_way=True)
    if article.twin is not None:
        yield article.twin, Place(article)


class Website:
    """Answers for one site in one night. Pages of the listing are kept once they were made."""

    def __init__(self, settings: Settings, site: Site, port: int) -> None:
        self.site = site
        self.origin = f"http://{site.host}:{port}"
        self._settings = settings
        self._player = PLAYERS[site.family]
        self._places = places(site)
        self._listings: dict[Asked, tuple[Shown, Mark] | None] = {}
        self._menu = {entry.path: entry.title for entry in load_words().websites.menu}

    def answer(self, asked: Asked, conditions: Conditions = Conditions()) -> Answer:  # noqa: B008
        """What a sound site says."""
        place = self._places.get(asked.target)
        if place is not None:
            return self._document(place, conditions)
        listed = self._listed(asked)
        if listed is not None:
            page, mark = listed
            if is_unchanged(mark, self.site.validators, conditions):
                return Answer(304, marks_of(mark, self.site.validators))
            return of_shown(page, mark, self.site.validators)
        return self._other(asked)

    def document(self, target: str) -> Shown | None:
        """A page or a file of an article; None where there is none."""
        place = self._places.get(target)
        if place is None or place.is_way or place.left_with is not None:
            return None
        return self._shown(place)

    def _listed(self, asked: Asked) -> tuple[Shown, Mark] | None:
        if asked not in self._listings:
            page = self._player.listing(self.site, self.origin, asked)
            modified = _EPOCH + dt.timedelta(days=self.site.changed_night - 1)
            made = None if page is None else (page, Mark(etag_of(page.content), modified))
            if made is None:
                # Addresses that nobody was told are not kept: there is no end to them.
                return None
            self._listings[asked] = made
        return self._listings[asked]

    def _document(self, place: Place, conditions: Conditions) -> Answer:
        article, validators = place.article, self.site.validators
        if place.left_with is not None:
            headers = (("Location", article.target),) if place.left_with < 400 else ()
            return of_status(place.left_with, headers)
        if place.is_way:
            return self._way(article)
        mark = _mark(place)
        if is_unchanged(mark, validators, conditions):
            return Answer(304, marks_of(mark, validators))
        return of_shown(self._shown(place), mark, validators)

    def _shown(self, place: Place) -> Shown:
        if place.file is None:
            return self._player.page(self._settings, self.site, place.article)
        content = file_bytes(self._settings, self.site, place.article, place.file)
        return Shown(content, MEDIA_TYPES[place.file.format])

    def _way(self, article: Article) -> Answer:
        page = article.page or "/"
        if article.way == "redirect":
            return of_status(302, (("Location", page),))
        *first, last = head(self.site, "")
        if article.way == "refresh":
            refresh = f'<meta http-equiv="refresh" content="0; URL={page}">'
            moved = [*first, last.replace("</head>", f"{refresh}</head>"), "<body></body></html>"]
        else:
            script = f'<script>window.location.href = "{page}";</script>'
            moved = [*first, last, f"<body>{script}</body></html>"]
        return of_shown(shown(self.site, moved), _mark(Place(article)), "none")

    def _other(self, asked: Asked) -> Answer:
        if asked.target == ROBOTS:
            return self._robots()
        if asked.target.partition("?")[0] == VIEWER or asked.target in self._menu:
            title = self._menu.get(asked.target, "PDF.js viewer")
            page = [*head(self.site, title), f"<body><p>{title}</p></body></html>"]
            return of_shown(shown(self.site, page), Mark('"menu"', _EPOCH), "none")
        return of_status(404)

    def _robots(self) -> Answer:
        if self.site.fault == "robots_error":
            return of_status(500)
        if not self.site.disallowed and self.site.crawl_delay is None:
            return of_status(404)
        lines = ["User-agent: *", *(f"Disallow: {folder}" for folder in self.site.disallowed)]
        if self.site.crawl_delay is not None:
            lines.append(f"Crawl-delay: {self.site.crawl_delay}")
        text = Shown("\n".join([*lines, ""]).encode(), "text/plain")
        return of_shown(text, Mark(etag_of(text.content), _EPOCH), "none")


def _mark(place: Place) -> Mark:
    article = place.article
    nth = 0 if place.file is None else 1 + article.files.index(place.file)
    modified = dt.datetime.combine(article.listed_on, dt.time(1, 30), dt.UTC)
    if article.revised_night > 1:
        modified = _EPOCH + dt.timedelta(days=article.revised_night - 1)
    return Mark(f'"{article.number}-{article.revision}-{nth}"', modified)
