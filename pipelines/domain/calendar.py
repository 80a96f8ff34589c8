"""Report years by the calendar of China: which there can be, and which are closed.

Nothing here reads the clock but `today_in_china`. It is called where a run or a command begins, and
the date is passed on: what is parsed of a document never depends on it.
"""

import datetime as dt
from typing import NamedTuple

from pipelines.domain.integers import Int16

CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")

# The Regulation came into force in May 2008.
FIRST_REPORT_YEAR = 2008
# No report on a year is written before this month of it.
FIRST_MONTH_OF_WRITING = 10
_LAST_DAY_DUE = (3, 31)


class Calendar(NamedTuple):
    """The report years of one day. `newest_year` is the newest that a report can be on;
    `last_closed_year` the newest of which all reports are due."""

    first_year: Int16
    last_closed_year: Int16
    newest_year: Int16


def date_in_china(moment: dt.datetime) -> dt.date:
    """The date in China at a moment (with its zone)."""
    return moment.astimezone(CHINA).date()


def today_in_china() -> dt.date:
    """The date in China now, whatever the zone of this machine."""
    return date_in_china(dt.datetime.now(dt.UTC))


def calendar_of(today: dt.date) -> Calendar:
    """The report years of a day in China. Governments, the last, report by 31 March of the next
    year; a few agencies write before their year ends."""
    closed = today.year - (1 if (today.month, today.day) > _LAST_DAY_DUE else 2)
    newest = today.year - (0 if today.month >= FIRST_MONTH_OF_WRITING else 1)
    return Calendar(FIRST_REPORT_YEAR, closed, newest)
