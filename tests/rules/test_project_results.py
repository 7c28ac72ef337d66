"""Results of projects: milestones by the plan the month began with, exact amounts, in whatever order they are told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.rules import project_results
from server.rules.project_results import Result, Told

A, B = 11, 12
MAY = date(2026, 5, 1)
BEGINS = datetime(2026, 4, 30, 16, tzinfo=UTC)
ENDS = datetime(2026, 5, 31, 16, tzinfo=UTC)


def told(*events: dict[str, Any], project_id: int = 7) -> list[Told]:
    """Events of a project of unit A, each `{"day": n, "kind": …}` days from the first of May."""
    return [
        Told(
            project_id * 100 + n,
            BEGINS + timedelta(days=each.pop("day"), hours=3),
            f"project.{each.pop('kind')}",
            project_id,
            each.pop("unit_id", A),
            **each,
        )
        for n, each in enumerate(dict(event) for event in events)
    ]


def created(day: int = -100, amount: str = "1.5", unit: str = "亿元") -> dict[str, Any]:
    return {"day": day, "kind": "created", "amount": (Decimal(amount), unit)}


def planned(day: int = -50, **days: date | None) -> dict[str, Any]:
    return {"day": day, "kind": "planned", "days": days}


def reached(day: int, stage: str, on: date) -> dict[str, Any]:
    return {"day": day, "kind": "advanced", "stage": stage, "on": on}


def in_may(events: list[Told], *, over: bool = True, today: date = date(2026, 5, 31)) -> list[Result]:
    """What they come to in May."""
    until = ENDS if over else BEGINS + timedelta(days=(today - MAY).days, hours=12)
    return project_results.in_month(events, first=MAY, begins_at=BEGINS, until=until, today=today, over=over)


def of(measure: str, events: list[Told], **how: Any) -> list[tuple[Any, Any]]:
    """So much of so much of one measure: two fractions for each result."""
    return [(each.got, each.of) for each in in_may(events, **how) if each.measure == measure]


def test_a_milestone_is_met_on_its_day_and_not_the_day_after() -> None:
    for on, kept in ((date(2026, 5, 20), 1), (date(2026, 5, 21), 0), (date(2026, 4, 2), 1)):
        events = told(created(), planned(signed=date(2026, 5, 20)), reached(24, "signed", on))
        assert of("milestones", events) == [(kept, 1)]


def test_what_was_never_reached_is_late_once_its_day_is_over() -> None:
    events = told(created(), planned(started=date(2026, 5, 20)))
    assert of("milestones", events, over=False, today=date(2026, 5, 20)) == []
    assert of("milestones", events, over=False, today=date(2026, 5, 21)) == [(0, 1)]
    last = told(created(), planned(started=date(2026, 5, 31)))
    assert of("milestones", last) == [(0, 1)]


def test_who_moves_the_mark_in_the_month_moves_nothing() -> None:
    moved = told(created(), planned(signed=date(2026, 5, 20)), planned(10, signed=date(2026, 9, 1)))
    assert of("milestones", moved) == [(0, 1)]
    promised_late = told(created(), planned(10, signed=date(2026, 5, 12)))
    assert of("milestones", promised_late) == []


def test_a_stage_taken_back_was_not_reached() -> None:
    events = told(
        created(),
        planned(signed=date(2026, 5, 20)),
        reached(18, "signed", date(2026, 5, 18)),
        {"day": 25, "kind": "retracted", "stage": "signed"},
    )
    assert of("milestones", events) == [(0, 1)]
    assert of("signed", events) == []


def test_amounts_are_added_up_in_wan_and_another_currency_counts_for_nothing() -> None:
    events = told(created(), reached(5, "signed", date(2026, 5, 5)), reached(9, "started", date(2026, 5, 9)))
    assert of("signed", events) == [(15000, 0)]
    assert of("landed", events) == [(15000, 0)]
    dollars = told(created(unit="USD"), reached(5, "signed", date(2026, 5, 5)))
    [result] = [each for each in in_may(dollars) if each.measure == "signed"]
    assert result.got == 0
    assert result.amount == "1.5 USD"
    last_year = told(created(), reached(5, "signed", date(2025, 12, 31)))
    assert of("signed", last_year) == []


def test_what_was_signed_since_last_year_and_never_started_keeps_the_rate_down() -> None:
    signed = reached(-90, "signed", date(2025, 3, 3))
    assert of("landing_rate", told(created(), signed)) == [(0, 1)]
    assert of("landing_rate", told(created(), signed, reached(2, "started", date(2026, 5, 2)))) == [(1, 1)]
    assert of("landing_rate", told(created(), reached(-90, "signed", date(2024, 12, 31)))) == []


def test_the_present_half_year_is_due_by_its_months() -> None:
    money = {"day": -90, "kind": "planned", "money": {"2026H1": Decimal("0.6"), "2026H2": Decimal(1)}}
    invested = {"day": 9, "kind": "invested", "half": "2026H1", "done": Decimal("0.25")}
    assert of("progress", told(created(), money, invested)) == [(2500, 5000)]
    stopped = {"day": 10, "kind": "stopped"}
    assert of("progress", told(created(), money, invested, stopped)) == []


def test_a_project_handed_over_counts_for_its_new_unit_but_its_milestone_for_who_had_promised_it() -> None:
    events = told(
        created(),
        planned(signed=date(2026, 5, 20)),
        {"day": 3, "kind": "edited", "unit_id": B},
        {**reached(9, "signed", date(2026, 5, 9)), "unit_id": B},
    )
    assert {(each.measure, each.unit_id) for each in in_may(events)} == {
        ("milestones", A),
        ("signed", B),
        ("landing_rate", B),
    }


def test_a_target_is_due_by_twelfths() -> None:
    assert project_results.target(Decimal(100000), 5) == Fraction(500000, 12)


stages = st.sampled_from(["signed", "land", "started", "completed"])
days_of_may = st.integers(1, 31).map(lambda day: date(2026, 5, day))
steps = st.one_of(
    st.builds(lambda day, stage, on: planned(day, **{stage: on}), st.integers(-40, 30), stages, days_of_may),
    st.builds(reached, st.integers(-40, 30), stages, days_of_may),
    st.builds(lambda day: {"day": day, "kind": "stopped"}, st.integers(-40, 30)),
)
lives = st.lists(steps, max_size=8).map(
    lambda life: told(created(), *sorted(life, key=lambda each: each["day"]))
)


@given(lives, st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_told_changes_nothing(life: list[Told], chance: Random) -> None:
    mixed = list(life)
    chance.shuffle(mixed)
    assert in_may(life) == in_may(mixed)


@given(lives)
def test_what_happens_after_the_month_changes_nothing_in_it(life: list[Told]) -> None:
    later = [
        *life,
        *told({"day": 40, "kind": "edited", "unit_id": B, "amount": (Decimal(9), "元")}, project_id=7),
    ]
    later[-1] = Told(999, later[-1].at, later[-1].kind, 7, B, later[-1].amount)
    assert in_may(life) == in_may(later)
