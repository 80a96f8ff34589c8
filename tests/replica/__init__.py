"""A replica of real life: a server of our own on loopback that plays every family of websites, with
their paging, their encodings and their troubles, for tests, benches and demonstrations."""

from tests.replica.families import PLAYERS
from tests.replica.faults import KINDS
from tests.replica.nights import plan_of
from tests.replica.plan import Article, Change, Fault, File, Plan, Site
from tests.replica.records import source_records, write_sources
from tests.replica.running import Running, running
from tests.replica.settings import FAMILY_NAMES, Settings
from tests.replica.truth import Known, SiteTruth, Truth, truth

__all__ = [
    "FAMILY_NAMES",
    "KINDS",
    "PLAYERS",
    "Article",
    "Change",
    "Fault",
    "File",
    "Known",
    "Plan",
    "Running",
    "Settings",
    "Site",
    "SiteTruth",
    "Truth",
    "plan_of",
    "running",
    "source_records",
    "truth",
    "write_sources",
]
