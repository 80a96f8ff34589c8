"""A listing cut into pages."""

from tests.replica.plan import Article, Site


def page_count(site: Site) -> int:
    return max(1, -(-len(site.listed) // site.page_entries))


def page_of(site: Site, number: int) -> tuple[Article, ...]:
    """The lines of a page, counted from 0."""
    return site.listed[number * site.page_entries : (number + 1) * site.page_entries]
