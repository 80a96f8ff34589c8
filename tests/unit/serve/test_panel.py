"""The panel keeps what is unknown unknown, and what is exact exact."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from pipelines.serve import QueryError, panel


def test_dtypes_hold_unknown_values(release: Path) -> None:
    frame = panel(release)
    assert [str(d) for d in frame[["report_year", "received", "is_consistent"]].dtypes] == [
        "Int64",
        "Int64",
        "boolean",
    ]
    assert str(frame["received_growth"].dtype) == "Float64"
    assert isinstance(frame["agency_name"].dtype, pd.StringDtype)
    assert frame["received"].isna().tolist() == [False, True]
    assert frame["fee_yuan"].tolist() == [Decimal("12.5"), Decimal("12.5")]


def test_columns_are_chosen_after_the_key(release: Path) -> None:
    frame = panel(release, ["received", "agency_id"])
    assert list(frame.columns) == ["agency_id", "report_year", "received"]


def test_an_unknown_column_is_named(release: Path) -> None:
    with pytest.raises(QueryError, match="no column nosuch"):
        panel(release, ["nosuch"])
