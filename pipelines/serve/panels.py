"""The panel that analysts start from, as a DataFrame."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipelines.serve.database import QueryError, connect

_INTEGERS = (pa.int8(), pa.int16(), pa.int32(), pa.int64())


def panel(published_file: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """`marts.agency_years`, one row an agency and year, in the order of its key.

    Whole numbers are Int64, texts string, truths boolean, floats Float64; decimals stay exact
    (decimal.Decimal in object columns, None where NULL). What a report leaves blank is NA, not 0.
    `columns` chooses some of the columns; the key, agency_id and report_year, always comes first.

    Raises:
        QueryError: there is no release, or it has no such column; the message names it.
    """
    con = connect(published_file)
    try:
        known = [str(row[0]) for row in con.execute("DESCRIBE marts.agency_years").fetchall()]
        key = ["agency_id", "report_year"]
        for name in columns or ():
            if name not in known:
                raise QueryError(f"agency_years has no column {name}; it has {', '.join(known)}")
        wanted = key + [c for c in (known if columns is None else columns) if c not in key]
        names = ", ".join(f'"{name}"' for name in wanted)
        answer = con.execute(f"SELECT {names} FROM marts.agency_years ORDER BY {', '.join(key)}")
        frame: pd.DataFrame = answer.to_arrow_table().to_pandas(types_mapper=_nullable)
        return frame
    finally:
        con.close()


def _nullable(kind: pa.DataType) -> pd.api.extensions.ExtensionDtype | None:
    if kind in _INTEGERS:
        return pd.Int64Dtype()
    if pa.types.is_string(kind):
        return pd.StringDtype()
    if pa.types.is_boolean(kind):
        return pd.BooleanDtype()
    if pa.types.is_floating(kind):
        return pd.Float64Dtype()
    return None
