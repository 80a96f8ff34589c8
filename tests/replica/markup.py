"""Pieces of HTML that all families write: head, menu, lines of a listing."""

from collections.abc import Iterable
from html import escape

from tests.replica.asked import Shown
from tests.replica.plan import Article, Site
from tests.simulate.words import load_words

_SHORTEST_CUT = 18


def encoded(site: Site, text: str) -> bytes:
    """In the encoding of the site; what that lacks as a reference."""
    return text.encode(site.encoding, "xmlcharrefreplace")


def shown(site: Site, lines: Iterable[str]) -> Shown:
    """A page of these lines."""
    return Shown(encoded(site, "\n".join(lines) + "\n"), media_type(site))


def media_type(site: Site) -> str:
    """What the header says of a page."""
    charset = f"; charset={site.header_charset}" if site.header_charset else ""
    return f"text/html{charset}"


def site_name(site: Site) -> str:
    return load_words().page.site.format(government=site.place)


def column_title(site: Site) -> str:
    """The title of a listing's page."""
    template = load_words().websites.column_page
    return template.format(column=site.column, site=site_name(site))


def head(site: Site, title: str, metas: Iterable[tuple[str, str]] = ()) -> list[str]:
    """The head, with the charset that the site declares."""
    lines = ["<!DOCTYPE html>", "<html><head>"]
    if site.charset:
        content = f"text/html; charset={site.charset}"
        lines.append(f'<meta http-equiv="Content-Type" content="{content}">')
    lines += [f'<meta name="{n}" content="{escape(c, quote=True)}">' for n, c in metas]
    return [*lines, f"<title>{escape(title)}</title></head>"]


def menu(site: Site, column_target: str | None) -> str:
    """The site's menu, with the column of reports in it where there is a page of it."""
    entries = [(entry.path, entry.title) for entry in load_words().websites.menu]
    if column_target is not None:
        entries.insert(3, (column_target, site.column))
    links = "".join(f'<a href="{escape(path)}">{escape(title)}</a>' for path, title in entries)
    return f'<div class="nav">{links}</div>'


def date_text(site: Site, article: Article) -> str:
    """The date beside a line, in the manner of the site."""
    day = article.listed_on
    styles = ("{:%Y-%m-%d}", "[{:%Y-%m-%d}]", "{:%Y/%m/%d}", "{:%Y.%m.%d}")
    return styles[site.variant % len(styles)].format(day)


def link(article: Article, href: str, *, cut: bool) -> str:
    """The link of a line, its text cut short where the title is told in full beside it."""
    title = escape(article.title, quote=True)
    if cut and len(article.title) > _SHORTEST_CUT:
        text = escape(article.title[:_SHORTEST_CUT])
        return f'<a href="{escape(href)}" title="{title}" target="_blank">{text}...</a>'
    return f'<a href="{escape(href)}" target="_blank">{title}</a>'


def hrefs(article: Article) -> tuple[str, ...]:
    """What the listing links to: the page, and its second edition behind it."""
    return (article.target,) if article.twin is None else (article.target, article.twin)


def lines(site: Site, articles: Iterable[Article], folder: str | None = None) -> list[str]:
    """The lines of a listing, as a list or as a table; links below `folder` are relative to it."""
    cut = site.variant % 2 == 0
    found = []
    for article in articles:
        for target in hrefs(article):
            is_below = folder is not None and target.startswith(folder)
            href = f"./{target.removeprefix(folder or '')}" if is_below else target
            anchor, day = link(article, href, cut=cut), date_text(site, article)
            if site.variant % 4 == 3:
                found.append(f"<tr><td>{anchor}</td><td>{day}</td></tr>")
            else:
                found.append(f"<li>{anchor}<span>{day}</span></li>")
    if site.variant % 4 == 3:
        return ['<table class="list">', *found, "</table>"]
    return ['<ul class="list">', *found, "</ul>"]
