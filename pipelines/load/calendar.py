"""Which report years there are: from the first that the Regulation asks for to the last closed."""

import datetime as dt

import pyarrow as pa

# The Regulation came into force in May 2008.
FIRST_REPORT_YEAR = 2008
_LAST_DAY_DUE = (3, 31)

CALENDAR = pa.schema({"first_year": pa.int16(), "last_closed_year": pa.int16()})


def last_closed_year(today: dt.date) -> int:
    """The newest report year all of whose reports are due: governments, the last, report by
    31 March of the next year."""
    return today.year - (1 if (today.month, today.day) > _LAST_DAY_DUE else 2)


def calendar_table(last_closed: int) -> pa.Table:
    """One row: the first and the last closed report year."""
    rows = [{"first_year": FIRST_REPORT_YEAR, "last_closed_year": last_closed}]
    return pa.Table.from_pylist(rows, schema=CALENDAR)
