"""Report years are those of China's calendar, on a machine of any zone."""

import datetime as dt
import time
from collections.abc import Iterator

import pytest

from pipelines.domain.calendar import calendar_of, date_in_china, today_in_china


@pytest.fixture(params=["America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
def _machine_zone(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_machine_zone")
@pytest.mark.parametrize(
    ("moment", "date", "closed", "newest"),
    [
        ("2023-12-31T15:59:59Z", "2023-12-31", 2022, 2023),
        ("2023-12-31T16:00:00Z", "2024-01-01", 2022, 2023),
        ("2024-03-31T15:59:59Z", "2024-03-31", 2022, 2023),
        ("2024-03-31T16:00:00Z", "2024-04-01", 2023, 2023),
        ("2024-09-30T15:59:59Z", "2024-09-30", 2023, 2023),
        ("2024-09-30T16:00:00Z", "2024-10-01", 2023, 2024),
    ],
)
def test_years_turn_with_the_date_in_china(
    moment: str, date: str, closed: int, newest: int
) -> None:
    today = date_in_china(dt.datetime.fromisoformat(moment))
    assert today == dt.date.fromisoformat(date)
    assert calendar_of(today)[1:] == (closed, newest)


@pytest.mark.usefixtures("_machine_zone")
def test_today_is_the_date_in_china() -> None:
    before, today, after = dt.datetime.now(dt.UTC), today_in_china(), dt.datetime.now(dt.UTC)
    assert date_in_china(before) <= today <= date_in_china(after)
