"""Terms on China's working days: cases reckoned by hand, and what must hold for all."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import clock
from server.rules.working_calendar import (
    MOST,
    UNITS,
    Span,
    Term,
    WorkingCalendar,
    between,
    closes_at,
    due_at,
    holiday,
    is_announced,
)

CHINA = WorkingCalendar()


def local(text: str) -> datetime:
    """An instant by the Shanghai clock: `2025-01-26 17:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-01-26", True),  # a Sunday worked before Spring Festival
        ("2025-01-28", False),  # New Year's Eve
        ("2025-02-04", False),
        ("2025-02-05", True),
        ("2025-02-08", True),  # a Saturday worked after it
        ("2025-09-28", True),  # a Sunday worked before National Day
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-02-14", True),
        ("2026-02-16", False),
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2026-09-20", True),
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-11-28", False),
    ],
)
def test_holidays_and_make_up_days_are_those_of_the_notice(day: str, works: bool) -> None:
    assert CHINA.works(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("term", "begins", "due"),
    [
        # Friday before Spring Festival 2025; Sunday the 26th is worked, the 27th too, then off until 5 February
        (Term(3, "working_days"), "2025-01-24 16:00", "2025-02-05 18:00"),
        (
            Term(7, "days"),
            "2025-01-24 16:00",
            "2025-02-05 18:00",
        ),  # the 31st is off: on to the next working day
        (Term(48, "hours"), "2025-01-24 16:00", "2025-01-26 16:00"),  # hours know no holidays
        (Term(1, "months"), "2025-01-31 09:00", "2025-02-28 18:00"),  # no 31st: the last of the month
        (
            Term(8, "working_hours"),
            "2025-01-27 17:00",
            "2025-02-05 18:00",
        ),  # 1 h, then 7 h on 5 February
        # National Day 2025: 1–8 October off; Sunday 28 September and Saturday 11 October are worked
        (Term(1, "working_days"), "2025-09-26 10:00", "2025-09-28 18:00"),
        (Term(3, "working_days"), "2025-09-30 10:00", "2025-10-11 18:00"),
        (Term(3, "days"), "2025-09-30 10:00", "2025-10-09 18:00"),
        (Term(48, "hours"), "2025-10-01 09:00", "2025-10-03 09:00"),
        (Term(1, "months"), "2025-09-05 09:00", "2025-10-09 18:00"),
        # National Day 2026: 1–7 October off, the 8th worked
        (Term(1, "working_days"), "2026-09-30 17:59", "2026-10-08 18:00"),
        (Term(3, "days"), "2026-09-30 08:00", "2026-10-08 18:00"),
        (Term(10, "days"), "2026-09-30 08:00", "2026-10-10 18:00"),  # a Saturday that is worked
        (Term(2, "working_hours"), "2026-09-30 17:00", "2026-10-08 09:30"),
        # Spring Festival 2026: 15–23 February off but the 14th and the 28th worked
        (Term(2, "working_days"), "2026-02-13 10:00", "2026-02-24 18:00"),
        (Term(1, "months"), "2026-01-15 10:00", "2026-02-24 18:00"),
        # what begins by night or on a day off begins to count with the office
        (Term(1, "working_hours"), "2026-10-03 22:00", "2026-10-08 09:30"),
        (Term(4, "working_hours"), "2026-11-25 11:00", "2026-11-25 17:30"),  # over noon
        (Term(1, "working_days"), "2026-11-24 23:59", "2026-11-25 18:00"),
    ],
)
def test_terms_end_when_a_person_with_the_notice_in_hand_says(term: Term, begins: str, due: str) -> None:
    assert due_at(term, begins_at=local(begins), calendar=CHINA) == local(due)


def test_a_days_hold_moves_a_term_in_working_days_by_the_days_held() -> None:
    begins, held = local("2026-11-23 10:00"), Span(local("2026-11-24 09:00"), local("2026-11-26 18:00"))
    assert due_at(Term(3, "working_days"), begins_at=begins, calendar=CHINA) == local("2026-11-26 18:00")
    moved = due_at(Term(3, "working_days"), begins_at=begins, calendar=CHINA, pauses=[held])
    assert moved == local(
        "2026-11-30 18:00"
    )  # the 24th and 25th do not count; the hold is over when the 26th closes


def test_a_hold_before_spring_festival_moves_a_term_to_after_it() -> None:
    begins, held = local("2026-02-12 10:00"), Span(local("2026-02-13 09:00"), local("2026-02-14 23:59"))
    assert due_at(Term(3, "working_days"), begins_at=begins, calendar=CHINA) == local("2026-02-24 18:00")
    moved = due_at(Term(3, "working_days"), begins_at=begins, calendar=CHINA, pauses=[held])
    assert moved == local(
        "2026-02-26 18:00"
    )  # the 13th and the worked Saturday do not count; the 24th to 26th do


def test_the_countys_own_word_on_a_day_goes_before_the_notice() -> None:
    storm = WorkingCalendar({date(2026, 11, 26): False, date(2026, 11, 28): True})
    assert due_at(Term(2, "working_days"), begins_at=local("2026-11-25 09:00"), calendar=storm) == local(
        "2026-11-28 18:00"
    )


def test_days_off_have_the_notices_name_and_days_in_exchange_say_so() -> None:
    assert holiday(date(2026, 2, 17)) == ("春节", "Chinese New Year")
    assert holiday(date(2026, 4, 6)) == ("清明节", "Tomb-Sweeping Day")
    assert holiday(date(2026, 2, 20)) == ("调休", "day off in exchange")
    assert holiday(date(2026, 2, 24)) == ("", "")


def test_a_year_without_a_notice_says_so_and_knows_the_statutory_days() -> None:
    assert is_announced(2026)
    assert not is_announced(2031)
    assert not CHINA.works(date(2031, 10, 1))


@pytest.mark.parametrize(
    ("unit", "now", "due", "left"),
    [
        ("working_days", "2026-11-26 10:00", "2026-11-30 18:00", Term(2, "working_days")),
        ("working_days", "2026-11-30 17:59", "2026-11-30 18:00", Term(0, "working_days")),  # due today
        (
            "working_days",
            "2026-09-30 09:00",
            "2026-10-10 18:00",
            Term(3, "working_days"),
        ),  # 8, 9 and Saturday the 10th
        ("days", "2025-01-24 16:00", "2025-02-05 18:00", Term(12, "days")),
        ("months", "2026-11-26 23:30", "2026-12-28 18:00", Term(32, "days")),
        ("hours", "2026-02-14 09:00", "2026-02-16 08:59", Term(47, "hours")),
        ("working_hours", "2026-09-30 17:00", "2026-10-08 09:30", Term(2, "working_hours")),
        ("working_hours", "2026-10-01 12:00", "2026-10-01 15:00", Term(0, "working_hours")),
        ("days", "2026-11-27 10:00", "2026-11-26 18:00", Term(0, "days")),  # never less than none
    ],
)
def test_what_is_left_is_told_in_the_terms_own_unit(unit: str, now: str, due: str, left: Term) -> None:
    assert between(unit, local(now), local(due), CHINA) == left


instants = st.floats(0, 24 * 660).map(lambda hours: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
terms = st.sampled_from(UNITS).flatmap(
    lambda unit: st.builds(Term, st.integers(1, min(40, MOST[unit])), st.just(unit))
)
spans = st.builds(
    lambda begins, hours: Span(begins, begins + timedelta(hours=hours)), instants, st.floats(0, 24 * 20)
)


@given(term=terms, begins=instants, pauses=st.lists(spans, max_size=4))
def test_a_pause_never_shortens_a_term_and_the_order_of_pauses_is_nothing(
    term: Term, begins: datetime, pauses: list[Span]
) -> None:
    plain = due_at(term, begins_at=begins, calendar=CHINA)
    paused = due_at(term, begins_at=begins, calendar=CHINA, pauses=pauses)
    assert begins < plain <= paused
    shuffled = Random(len(pauses)).sample(pauses, len(pauses))
    assert due_at(term, begins_at=begins, calendar=CHINA, pauses=shuffled * 2) == paused


@given(term=terms, begins=instants, later=st.floats(0, 24 * 30))
def test_what_begins_later_is_never_due_sooner(term: Term, begins: datetime, later: float) -> None:
    after = begins + timedelta(hours=later)
    assert due_at(term, begins_at=begins, calendar=CHINA) <= due_at(term, begins_at=after, calendar=CHINA)


@given(term=terms, begins=instants, passed=st.floats(0, 24 * 60))
def test_what_is_left_is_never_negative_and_only_grows_less(
    term: Term, begins: datetime, passed: float
) -> None:
    due, later = due_at(term, begins_at=begins, calendar=CHINA), begins + timedelta(hours=passed)
    first, then = between(term.unit, begins, due, CHINA), between(term.unit, later, due, CHINA)
    assert 0 <= then.amount <= first.amount
    assert term.unit == "months" or first.amount >= term.amount


@given(term=terms.filter(lambda term: "days" in term.unit or term.unit == "months"), begins=instants)
def test_terms_in_days_end_with_the_office_on_a_working_day(term: Term, begins: datetime) -> None:
    day = clock.day_of(due := due_at(term, begins_at=begins, calendar=CHINA))
    assert CHINA.works(day)
    assert due == closes_at(day)


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (Term(1, "working_days"), ("1 个工作日", "1 working day")),
        (Term(1, "months"), ("1 个月", "1 month")),
        (Term(7, "days"), ("7 天", "7 days")),
    ],
)
def test_a_term_is_told_of_one_and_of_many(term: Term, words: tuple[str, str]) -> None:
    assert term.words == words
