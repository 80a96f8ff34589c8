"""Families of websites: one module each, asked in this order which of them a page is of."""

from collections.abc import Mapping

from pipelines.crawl.families import (
    api_affair,
    gkmlpt,
    hanweb_annual,
    hanweb_jpage,
    openness_anhui,
    plain,
    trs_static,
)
from pipelines.crawl.families.family import Family
from pipelines.crawl.model import Page

__all__ = ["FAMILIES", "Family", "family_of"]

# The order is that of certainty; `plain` is any page.
FAMILIES: Mapping[str, Family] = {
    "gkmlpt": gkmlpt,
    "api_affair": api_affair,
    "hanweb_annual": hanweb_annual,
    "hanweb_jpage": hanweb_jpage,
    "openness_anhui": openness_anhui,
    "trs_static": trs_static,
    "plain": plain,
}


def family_of(page: Page) -> str | None:
    """The name of the family that a page is of; None where it is no page of a website."""
    return next((name for name, family in FAMILIES.items() if family.recognizes(page)), None)
