"""What plays a family of websites: one module each."""

from typing import Any, Protocol

from tests.replica.asked import Asked, Shown, Spot
from tests.replica.plan import Article, Site
from tests.replica.settings import Settings


class Player(Protocol):
    """All functions are pure. `origin` is scheme, host and port of the site."""

    # Whether a page of a listing also shows the links of the menu.
    SHOWS_MENU: bool
    # Whether its listings hold anything beside reports.
    LISTS_OTHERS: bool

    def page_target(self, site: Site, spot: Spot) -> str:
        """Where the page of an article lies."""

    def file_target(self, site: Site, spot: Spot, ending: str, nth: int) -> str:
        """Where a file of an article lies."""

    def start(self, site: Site) -> tuple[str, ...]:
        """The start pages."""

    def record(self, site: Site, origin: str) -> dict[str, Any]:
        """What the source's record must tell beside what all records do."""

    def requests(self, site: Site) -> tuple[Asked, ...]:
        """All that a right crawl asks for to see the whole listing."""

    def listing(self, site: Site, origin: str, asked: Asked) -> Shown | None:
        """A page of the listing; None where the request is for none."""

    def page(self, settings: Settings, site: Site, article: Article) -> Shown:
        """The page of an article."""
