"""The clock of a matter by its steps: holds, returns and reworks reckoned by hand, and what must hold for all."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import clock
from server.rules import matters
from server.rules.matters import Taken
from server.rules.working_calendar import Span, Term, WorkingCalendar

CHINA = WorkingCalendar()


def local(text: str) -> datetime:
    """An instant by the Shanghai clock: `2025-01-26 17:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI).astimezone(UTC)


def taken(*told: str) -> list[Taken]:
    """Steps, each `accept 2025-01-24 16:00`, and a hold with its last day after it."""
    return [_taken(*each.split()) for each in told]


def _taken(step: str, day: str, time: str, until: str = "") -> Taken:
    over = clock.day_ends_at(datetime.fromisoformat(until).date()) if until else None
    return Taken(step, local(f"{day} {time}"), over)


FEEDBACK, ORDINARY, COMPLEX, ENTERPRISE = (
    Term(3, "days"),
    Term(7, "days"),
    Term(1, "months"),
    Term(48, "hours"),
)


@pytest.mark.parametrize(
    ("term", "reported", "steps", "due"),
    [
        # Spring Festival 2025: 28 January to 4 February off, Sunday 26 January and Saturday 8 February worked
        (FEEDBACK, "2025-01-25 10:00", [], "2025-02-05 18:00"),  # the 28th is off, and so on
        (ORDINARY, "2025-01-23 10:00", ["accept 2025-01-24 09:00"], "2025-02-05 18:00"),
        (
            ORDINARY,
            "2025-01-23 10:00",
            ["accept 2025-01-24 09:00", "assign 2025-01-24 10:00", "hold 2025-01-26 09:00 2025-02-06"],
            "2025-02-12 18:00",  # the 25th is the first; then from 7 February to the 12th six more
        ),
        (COMPLEX, "2025-01-06 10:00", ["accept 2025-01-08 09:00"], "2025-02-08 18:00"),  # a Saturday worked
        (
            ENTERPRISE,
            "2025-01-27 16:00",
            ["accept 2025-01-27 17:00"],
            "2025-01-29 17:00",
        ),  # hours know no holidays
        # Spring Festival 2026: 15 to 23 February off, Saturdays 14 and 28 February worked
        (FEEDBACK, "2026-02-12 17:00", [], "2026-02-24 18:00"),
        (
            ORDINARY,
            "2026-02-09 09:00",
            [
                "accept 2026-02-10 09:00",
                "assign 2026-02-10 10:00",
                "handle 2026-02-13 15:00",
                "rework 2026-02-25 09:00",
            ],
            "2026-03-02 18:00",
        ),  # 11 and 12 counted, 13 to 24 waited to be verified; 25 is the third, 1 March the seventh, a Sunday
        (
            ENTERPRISE,
            "2026-02-13 09:00",
            ["accept 2026-02-13 10:00", "hold 2026-02-13 12:00 2026-02-23"],
            "2026-02-25 22:00",
        ),  # two hours had run, 46 more from the 24th
        # National Day 2025: 1 to 8 October off, Sunday 28 September and Saturday 11 October worked
        (FEEDBACK, "2025-09-28 09:00", [], "2025-10-09 18:00"),
        (
            ORDINARY,
            "2025-09-22 09:00",
            [
                "accept 2025-09-23 09:00",
                "assign 2025-09-23 10:00",
                "return 2025-09-26 10:00",
                "assign 2025-09-28 09:00",
            ],
            "2025-09-30 18:00",
        ),  # a return gives no time back
        (
            ORDINARY,
            "2025-09-22 09:00",
            ["accept 2025-09-23 09:00", "transfer 2025-09-25 10:00", "accept 2025-09-26 16:00"],
            "2025-10-09 18:00",
        ),  # another unit has the term anew
        # National Day 2026: 1 to 7 October off, Sunday 20 September and Saturday 10 October worked
        (
            ORDINARY,
            "2026-09-24 09:00",
            [
                "accept 2026-09-24 10:00",
                "hold 2026-09-28 09:00 2026-09-29",
                "hold 2026-10-08 09:00 2026-10-09",
                "resume 2026-10-09 09:00",
            ],
            "2026-10-09 18:00",
        ),  # 25 to 27, 30, 1 to 3 October make seven; off until the 8th, whose close is held
        (
            COMPLEX,
            "2026-09-01 09:00",
            [
                "accept 2026-09-01 10:00",
                "hold 2026-09-10 09:00 2026-09-14",
                "handle 2026-09-20 09:00",
                "rework 2026-09-22 09:00",
            ],
            "2026-10-08 18:00",
        ),
    ],
)
def test_a_matters_term_ends_when_a_person_with_the_notice_in_hand_says(
    term: Term, reported: str, steps: list[str], due: str
) -> None:
    assert matters.due(term, taken(*steps), reported_at=local(reported), calendar=CHINA) == local(due)


def test_a_hold_that_ran_out_by_itself_still_counts_once_something_else_stops_the_clock() -> None:
    held = taken("accept 2026-11-23 09:00", "hold 2026-11-24 09:00 2026-11-25", "handle 2026-11-27 09:00")
    again = [*held, *taken("rework 2026-11-28 09:00", "hold 2026-11-30 09:00 2026-12-01")]
    assert matters.pauses(again) == [
        Span(local("2026-11-24 09:00"), local("2026-11-26 00:00")),
        Span(local("2026-11-27 09:00"), local("2026-11-28 09:00")),
        Span(local("2026-11-30 09:00"), local("2026-12-02 00:00")),
    ]


def test_what_is_reopened_runs_anew_and_its_wait_to_be_verified_is_over() -> None:
    steps = taken(
        "accept 2026-11-02 09:00",
        "handle 2026-11-04 09:00",
        "close 2026-11-05 09:00",
        "reopen 2026-11-23 09:00",
        "hold 2026-11-24 09:00 2026-11-24",
    )
    due = matters.due(Term(3, "working_days"), steps, reported_at=local("2026-11-01 09:00"), calendar=CHINA)
    assert due == local("2026-11-27 18:00")


@pytest.mark.parametrize(
    ("zone", "time"), [("+00:00", "00:30"), ("-08:00", "00:30"), ("+05:45", "00:30"), ("+14:00", "23:30")]
)
def test_where_an_instant_was_told_from_moves_no_deadline(zone: str, time: str) -> None:
    told = local(f"2026-09-30 {time}")
    elsewhere = told.astimezone(datetime.fromisoformat(f"2026-01-01T00:00:00{zone}").tzinfo)
    assert elsewhere.date() != told.astimezone(clock.SHANGHAI).date()
    ends = [
        matters.due(FEEDBACK, [Taken("accept", at)], reported_at=at, calendar=CHINA)
        for at in (told, elsewhere)
    ]
    assert ends == [local("2026-10-08 18:00")] * 2


NEXT = {name: step for name, step in matters.STEPS.items() if name not in {"merge", "refuse"}}


@st.composite
def lives(draw: st.DrawFn) -> list[Taken]:
    """Steps as they may follow each other, hours or days apart, holds ended or run out."""
    state, at, held, steps = "reported", local("2025-01-02 09:00"), None, []
    for _ in range(draw(st.integers(1, 12))):
        at += timedelta(minutes=draw(st.integers(1, 20_000)))
        open_ = [name for name in matters.allowed(state, held=held is not None and held > at) if name in NEXT]
        if not open_:
            break
        name = draw(st.sampled_from(open_))
        until = None
        if name == "hold":
            until = held = clock.day_ends_at(clock.day_of(at) + timedelta(days=draw(st.integers(1, 30))))
        elif name in {"resume", "escalate", "transfer", "return"}:
            held = None
        state = NEXT[name].target or state
        steps.append(Taken(name, at, until))
    return steps


TERMS = st.sampled_from(
    [FEEDBACK, ORDINARY, COMPLEX, ENTERPRISE, Term(16, "working_hours"), Term(5, "working_days")]
)


@given(term=TERMS, steps=lives())
def test_no_order_in_which_steps_are_told_moves_a_deadline_and_none_is_before_its_beginning(
    term: Term, steps: list[Taken]
) -> None:
    reported = local("2025-01-01 09:00")
    due = matters.due(term, steps, reported_at=reported, calendar=CHINA)
    shuffled = Random(len(steps)).sample(steps, len(steps))
    assert matters.due(term, shuffled, reported_at=reported, calendar=CHINA) == due
    assert due > matters.runs_since(steps, reported_at=reported)
    assert all(span.begins <= span.ends for span in matters.pauses(steps))


@pytest.mark.parametrize(("first", "second"), [("2025-01-20", "2025-01-15"), ("2025-01-15", "2025-01-20")])
def test_of_two_holds_one_within_the_other_the_later_day_counts(first: str, second: str) -> None:
    accepted = local("2025-01-06 09:00")
    begins, within = local("2025-01-07 09:00"), local("2025-01-10 09:00")
    lasts = [clock.day_ends_at(date.fromisoformat(day)) for day in (first, second)]
    both = [Taken("accept", accepted), Taken("hold", begins, lasts[0]), Taken("hold", within, lasts[1])]
    one = [Taken("accept", accepted), Taken("hold", begins, max(lasts))]
    ends = [matters.due(ORDINARY, each, reported_at=accepted, calendar=CHINA) for each in (both, one)]
    assert ends[0] == ends[1] > matters.due(ORDINARY, one[:1], reported_at=accepted, calendar=CHINA)


@given(term=TERMS, steps=lives(), at=st.integers(0, 400_000), lasts=st.integers(1, 20))
def test_one_more_hold_never_shortens_a_term(term: Term, steps: list[Taken], at: int, lasts: int) -> None:
    reported = local("2025-01-01 09:00")
    begins = reported + timedelta(minutes=at)
    running = [each for each in steps if each.at < begins]
    hold = Taken("hold", begins, clock.day_ends_at(clock.day_of(begins) + timedelta(days=lasts)))
    plain = matters.due(term, running, reported_at=reported, calendar=CHINA)
    assert matters.due(term, [*running, hold], reported_at=reported, calendar=CHINA) >= plain
