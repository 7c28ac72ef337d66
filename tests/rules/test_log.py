from datetime import date

import pytest

from server.rules import log


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("today", date(2026, 3, 1), date(2026, 3, 1)),
        ("week", date(2026, 2, 23), date(2026, 3, 1)),
        ("month", date(2026, 3, 1), date(2026, 3, 1)),
        ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_a_period_is_counted_from_the_day_it_is_asked_on(period: str, first: date, last: date) -> None:
    assert log.days(period, date(2026, 3, 1)) == (first, last)


def test_every_period_has_its_days() -> None:
    for period in log.PERIODS:
        first, last = log.days(period, date(2026, 1, 15))
        assert first <= last <= date(2026, 1, 15)


def test_there_is_no_order_by_person() -> None:
    assert not [word for word in log.SORTS if "person" in word or "unit" in word]
