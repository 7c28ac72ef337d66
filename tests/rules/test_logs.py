from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import clock
from server.errors import LogRefused, NotFound
from server.rules import logs
from server.rules.logs import Journey, Period

DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001
LENGTHS = st.timedeltas(timedelta(), timedelta(days=70))


def shanghai(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=clock.SHANGHAI)


LAST = shanghai(30, 12)


def away(period: str, *journeys: Journey, now: datetime = LAST) -> int:
    return logs.days_away(journeys, logs.named(period), now=now)


# ── days, weeks, months ─────────────────────────────────────────────────────────────────────────────────


@given(DAYS, st.sampled_from(logs.KINDS))
def test_a_period_is_found_again_by_its_name_and_holds_the_day_it_was_asked_for(day: date, kind: str) -> None:
    period = logs.around(kind, day)
    assert logs.named(period.name) == period
    assert period.first <= day <= period.last


@given(DAYS, st.sampled_from(logs.KINDS))
def test_periods_follow_each_other_without_a_gap(day: date, kind: str) -> None:
    period = logs.around(kind, day)
    assert (period.next.first, period.previous.last) == (
        period.last + timedelta(days=1),
        period.first - timedelta(days=1),
    )
    assert period.next.previous == period == period.previous.next
    assert period.ends_at == period.next.begins_at


def test_a_week_begins_on_monday_and_is_of_the_year_that_iso_says() -> None:
    assert logs.named("2026-W48") == Period("week", "2026-W48", date(2026, 11, 23), date(2026, 11, 29))
    assert logs.around("week", date(2027, 1, 1)).name == "2026-W53"


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    assert logs.named("2026-11-25").begins_at == datetime(2026, 11, 24, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "2026",
        "2026-13",
        "2026-W00",
        "2025-W53",
        "2026-02-30",
        "1999-12-31",
        "2026-1-1",
        "２０２６-11",
        "2026-11-25x",
    ],
)
def test_what_is_no_day_week_or_month_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        logs.named(name)


# ── days away ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_journey_over_midnight_is_two_days_and_one_within_a_day_is_one() -> None:
    assert away("2026-11", Journey(shanghai(5, 23, 50), shanghai(6, 0, 10))) == 2
    assert away("2026-11", Journey(shanghai(5, 8), shanghai(5, 19))) == 1
    assert away("2026-11", Journey(shanghai(5, 8), shanghai(5, 8))) == 1


def test_who_is_back_at_midnight_sharp_was_not_away_on_the_day_that_begins() -> None:
    assert away("2026-11", Journey(shanghai(5, 8), shanghai(6, 0))) == 1
    assert away("2026-11", Journey(shanghai(6, 0), shanghai(6, 1))) == 1


def test_a_journey_over_the_end_of_a_month_counts_in_each_month_for_itself() -> None:
    over = Journey(shanghai(30, 9, month=10), shanghai(3, 18))
    assert (away("2026-10", over), away("2026-11", over), away("2026-12", over)) == (2, 3, 0)


def test_a_journey_under_way_counts_up_to_now() -> None:
    under_way = Journey(shanghai(23, 9), None)
    assert away("2026-11", under_way, now=shanghai(25, 10)) == 3
    assert away("2026-12", under_way, now=shanghai(25, 10)) == 0


def test_a_day_on_two_journeys_is_one_day_away() -> None:
    assert (
        away("2026-11", Journey(shanghai(5, 8), shanghai(6, 9)), Journey(shanghai(6, 13), shanghai(7, 9)))
        == 3
    )


def test_a_trip_that_the_system_ended_counts_until_its_planned_last_day() -> None:
    forgotten = logs.journey(
        shanghai(5, 8), shanghai(7, 12), ends_on=date(2026, 11, 6), lapsed_at=shanghai(7, 12)
    )
    assert away("2026-11", forgotten) == 2
    late = logs.journey(shanghai(8, 8), shanghai(9, 12), ends_on=date(2026, 11, 6), lapsed_at=shanghai(9, 12))
    assert away("2026-11", late) == 1


@given(st.lists(st.tuples(INSTANTS, LENGTHS), max_size=4), st.sampled_from(logs.KINDS))
def test_days_away_add_up_over_periods_and_are_never_more_than_a_period_has(
    told: list[tuple[datetime, timedelta]], kind: str
) -> None:
    journeys = [Journey(at, at + length) for at, length in told]
    whole = Period("all", "", date(2025, 12, 1), date(2027, 6, 30))
    now = shanghai(30, 12)
    total, period = 0, logs.around(kind, whole.first)
    while period.first <= whole.last:
        counted = logs.days_away(journeys, period, now=now)
        assert 0 <= counted <= (period.last - period.first).days + 1
        total, period = total + counted, period.next
    assert total == logs.days_away(journeys, whole, now=now)


@given(INSTANTS, LENGTHS)
def test_days_away_are_those_whose_instants_the_journey_has(at: datetime, length: timedelta) -> None:
    whole = Period("all", "", date(2025, 12, 1), date(2027, 6, 30))
    hourly = {clock.day_of(at + timedelta(hours=n)) for n in range(int(length / timedelta(hours=1)) + 1)}
    if length:
        hourly.add(clock.day_of(at + length - timedelta(microseconds=1)))
        hourly -= (
            {clock.day_of(at + length)}
            if clock.day_starts_at(clock.day_of(at + length)) == at + length
            else set()
        )
    assert logs.days_away([Journey(at, at + length)], whole, now=at) == len(hourly)


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_days_log_is_open_from_its_first_instant_until_so_many_days_are_over() -> None:
    day = date(2026, 11, 5)
    logs.ensure_open(day, shanghai(5, 0), 15)
    logs.ensure_open(day, shanghai(20, 23, 59), 15)
    with pytest.raises(LogRefused, match="15 days"):
        logs.ensure_open(day, shanghai(21, 0), 15)
    with pytest.raises(LogRefused, match="not come"):
        logs.ensure_open(day, shanghai(4, 23, 59), 15)


def test_what_was_told_and_what_was_added_read_as_one_and_nothing_twice() -> None:
    assert logs.both("已签约", "首期 2 亿元") == "已签约；首期 2 亿元"
    assert logs.both("", "已签约") == "已签约"
    assert logs.both("已签约，首期 2 亿元", "已签约") == "已签约，首期 2 亿元"
    assert logs.both("已签约", "") == "已签约"
