"""A replica of real life: a server of our own on loopback that plays every family of websites, with
their paging, their encodings and their troubles, for tests, benches and demonstrations."""

from pipelines.simulate.replica.families import PLAYERS
from pipelines.simulate.replica.faults import KINDS
from pipelines.simulate.replica.nights import plan_of
from pipelines.simulate.replica.plan import Article, Change, Fault, File, Plan, Site
from pipelines.simulate.replica.records import source_records, write_sources
from pipelines.simulate.replica.running import Running, running
from pipelines.simulate.replica.settings import FAMILY_NAMES, Settings
from pipelines.simulate.replica.truth import Known, SiteTruth, Truth, truth

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
