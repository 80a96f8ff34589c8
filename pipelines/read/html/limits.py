"""How much of a page is read."""

from dataclasses import dataclass

from pipelines.web.markup import MarkupLimits


@dataclass(frozen=True, slots=True)
class HtmlLimits(MarkupLimits):
    """The defaults are far above what pages of reports need."""

    max_columns: int = 2_000
    max_text: int = 4_000_000  # characters of prose
    max_links: int = 1_000
    max_pictures: int = 50
    max_picture_bytes: int = 20_000_000
    max_pictures_bytes: int = 60_000_000  # all of them


LIMITS = HtmlLimits()
