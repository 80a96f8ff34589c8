"""Source → listings → documents: what to ask a website for, and what its answers are.

Everything here is pure: bytes and an address go in, values come out. Whoever asks the websites
calls these functions.
"""

from pipelines.crawl.choice import Choice, Chosen, Ignored, NoReports, choose, columns_in
from pipelines.crawl.families import FAMILIES, Family, family_of
from pipelines.crawl.model import DocumentPage, Entry, Listing, Page, Part, Request
from pipelines.crawl.safety import Limits, file_name, refused_address, refused_host
from pipelines.crawl.source import Pace, Source
from pipelines.crawl.sources import load_source, load_sources
from pipelines.crawl.titles import Reason
from pipelines.crawl.trouble import (
    Trouble,
    Troubled,
    TroubleKind,
    incomplete,
    too_many_pages,
    trouble_of,
)
from pipelines.crawl.words import Words, load_words
from pipelines.web.links import is_file

__all__ = [
    "FAMILIES",
    "Choice",
    "Chosen",
    "DocumentPage",
    "Entry",
    "Family",
    "Ignored",
    "Limits",
    "Listing",
    "NoReports",
    "Pace",
    "Page",
    "Part",
    "Reason",
    "Request",
    "Source",
    "Trouble",
    "TroubleKind",
    "Troubled",
    "Words",
    "choose",
    "columns_in",
    "family_of",
    "file_name",
    "incomplete",
    "is_file",
    "load_source",
    "load_sources",
    "load_words",
    "refused_address",
    "refused_host",
    "too_many_pages",
    "trouble_of",
]
