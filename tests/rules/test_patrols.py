"""Patrols as rules: which plans hold, on which days they are walked, whose turn it is, what a walk came to."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import PatrolRefused
from server.rules import patrols
from server.rules.patrols import DAYS_OFF, Checkpoint, Plan, Sighting
from server.rules.working_calendar import WorkingCalendar

CHINA = WorkingCalendar()
NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
HOLDS = Plan(
    title="日常巡查",
    who="person",
    walker_ids=[1],
    rule="FREQ=WEEKLY;BYDAY=MO,WE",
    starts_on=date(2026, 9, 1),
    opens=time(8),
    closes=time(18),
    area_id=1,
)
RULES = (
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA",
    "FREQ=MONTHLY;BYMONTHDAY=1,15,-1",
    "FREQ=MONTHLY;BYDAY=1MO,-1FR",
)


@pytest.mark.parametrize(
    "changed",
    [
        {"purpose": "safety"},
        {"purpose": "emergency", "basis": "  "},
        {"photos_required": True},
        {"closes": time(8)},
        {"until_on": date(2026, 8, 31)},
        {"walker_ids": ()},
        {"walker_ids": [1, 2]},
        {"who": "rota", "walker_ids": [1, 2, 1]},
        {"who": "unit"},
        {"area_id": None},
        {"in_order": True},
        {"in_order": True, "checkpoints": [Checkpoint("一", area_id=1)]},
    ],
)
def test_a_plan_that_does_not_hold_together_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(PatrolRefused):
        patrols.check_plan(replace(HOLDS, **changed))  # type: ignore[arg-type]  # each is a field of a plan


def test_a_safety_patrol_with_its_basis_may_ask_for_photos() -> None:
    patrols.check_plan(HOLDS)
    patrols.check_plan(replace(HOLDS, purpose="safety", basis="防汛Ⅲ级响应", photos_required=True))
    patrols.check_plan(replace(HOLDS, opens=time(20), closes=time(6), window_days=2))


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_comes_round_is_taken(rule: str) -> None:
    patrols.check_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "daily",
        "FREQ=HOURLY",
        "FREQ=SECONDLY",
        "FREQ=DAILY;COUNT=3",
        "FREQ=DAILY;UNTIL=20270101",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",  # begun on a Tuesday it never comes round
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
        "FREQ=WEEKLY;BYDAY=XX",
        "RRULE:FREQ=DAILY\nEXDATE:20260901",
        "FREQ=DAILY\n",
    ],
)
def test_a_rule_that_may_never_come_round_or_say_more_is_refused(rule: str) -> None:
    with pytest.raises(PatrolRefused):
        patrols.check_rule(rule)


def walked(rule: str, days_off: str, first: str, last: str, starts_on: str = "2026-09-01") -> list[str]:
    found = patrols.days(
        rule,
        starts_on=date.fromisoformat(starts_on),
        until_on=None,
        days_off=days_off,
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        calendar=CHINA,
    )
    return [f"{day:%m-%d}" for day in found]


def test_a_patrol_on_a_day_off_is_walked_left_out_or_put_off() -> None:
    # National Day 2026: off from 1 to 7 October; Saturday 10 October is worked instead
    rule = "FREQ=WEEKLY;BYDAY=MO,TH,SA"
    assert walked(rule, "walk", "2026-09-28", "2026-10-10") == [
        *("09-28", "10-01", "10-03", "10-05", "10-08", "10-10"),
    ]
    assert walked(rule, "skip", "2026-09-28", "2026-10-10") == ["09-28", "10-08", "10-10"]
    assert walked(rule, "next", "2026-09-28", "2026-10-10") == ["09-28", "10-08", "10-10"]
    assert walked("FREQ=MONTHLY;BYMONTHDAY=3", "next", "2026-10-08", "2026-10-08") == ["10-08"]


def test_every_second_week_counts_from_the_week_a_plan_begins() -> None:
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
    assert walked(rule, "walk", "2026-09-01", "2026-10-01") == ["09-01", "09-15", "09-29"]
    assert walked(rule, "walk", "2026-09-10", "2026-10-01") == ["09-15", "09-29"]


@given(
    rule=st.sampled_from(RULES),
    days_off=st.sampled_from(DAYS_OFF),
    begins=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    skipped=st.integers(0, 200),
    cuts=st.lists(st.integers(1, 30), min_size=1, max_size=6),
)
def test_the_days_are_the_same_however_the_time_is_cut_up(
    rule: str, days_off: str, begins: date, skipped: int, cuts: list[int]
) -> None:
    def days(first: date, last: date) -> list[date]:
        return patrols.days(
            rule,
            starts_on=begins,
            until_on=None,
            days_off=days_off,
            first=first,
            last=last,
            calendar=CHINA,
        )

    first = begins + timedelta(days=skipped)
    edges = [first]
    for cut in cuts:
        edges.append(edges[-1] + timedelta(days=cut))
    whole = days(first, edges[-1] - timedelta(days=1))
    pieces = [day for a, b in itertools.pairwise(edges) for day in days(a, b - timedelta(days=1))]
    assert pieces == whole == sorted(set(whole))
    if days_off != "walk":
        assert all(CHINA.works(day) for day in whole)


def test_a_window_is_by_the_shanghai_clock_and_may_last_for_days() -> None:
    opens_at, closes_at = patrols.window(date(2026, 9, 1), opens=time(20), closes=time(6), window_days=2)
    assert (opens_at, closes_at) == (
        datetime(2026, 9, 1, 12, tzinfo=UTC),
        datetime(2026, 9, 1, 22, tzinfo=UTC),
    )


def test_a_rota_goes_round() -> None:
    assert [patrols.whose_turn([7, 3, 5], turn) for turn in range(5)] == [7, 3, 5, 7, 3]


def seen(checkpoint: int, minute: int, outcome: str = "inside", by: str = "checkin") -> Sighting:
    return Sighting(checkpoint, NOON + timedelta(minutes=minute), outcome, by)


def states(*sightings: Sighting, in_order: bool = False) -> list[str]:
    return [each.state for each in patrols.reached([1, 2, 3], sightings, in_order=in_order)]


def test_a_checkpoint_is_reached_by_what_speaks_for_it_and_by_nothing_else() -> None:
    assert states(seen(1, 1), seen(2, 2, "uncertain"), seen(3, 3, "outside")) == [
        "reached",
        "told",
        "outside",
    ]
    assert states(seen(1, 1, "not_judged"), seen(2, 2, by="track")) == ["told", "reached", "open"]


def test_in_order_what_was_passed_too_early_does_not_count() -> None:
    early = (seen(2, 1), seen(1, 2), seen(3, 3))
    assert states(*early) == ["reached", "reached", "reached"]
    assert states(*early, in_order=True) == ["reached", "out_of_order", "reached"]
    assert states(*early, seen(2, 2), in_order=True) == ["reached", "reached", "reached"]


def test_in_order_what_is_passed_before_the_first_is_said_to_be_out_of_order_at_once() -> None:
    assert states(seen(2, 1), in_order=True) == ["open", "out_of_order", "open"]
    assert states(seen(1, 1, "outside"), seen(2, 2), in_order=True) == ["outside", "out_of_order", "open"]
    assert states(seen(2, 1), seen(1, 2), in_order=True) == ["reached", "out_of_order", "open"]
    assert states(seen(2, 1), seen(1, 2), seen(2, 3), in_order=True) == ["reached", "reached", "open"]


def test_who_walked_has_not_missed_it() -> None:
    all_of_it = patrols.reached([1], [seen(1, 1)], in_order=False)
    none_of_it = patrols.reached([1], [], in_order=False)
    assert [patrols.came_to(all_of_it), patrols.came_to(none_of_it)] == ["done", "partly_done"]


SIGHTINGS = st.lists(
    st.builds(
        seen,
        st.integers(1, 3),
        st.integers(0, 9),
        st.sampled_from(["inside", "uncertain", "not_judged", "outside"]),
        st.sampled_from(["checkin", "track"]),
    ),
    max_size=8,
)


@given(sightings=SIGHTINGS, in_order=st.booleans(), chance=st.randoms(use_true_random=False), more=SIGHTINGS)
def test_the_order_of_news_is_of_no_matter_and_more_of_it_takes_nothing_away(
    sightings: list[Sighting], in_order: bool, chance: object, more: list[Sighting]
) -> None:
    shuffled = list(sightings)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # it is a random.Random
    found = patrols.reached([1, 2, 3], sightings, in_order=in_order)
    assert patrols.reached([1, 2, 3], shuffled, in_order=in_order) == found
    if not in_order:
        after = patrols.reached([1, 2, 3], [*sightings, *more], in_order=False)
        assert all(b.counts for a, b in zip(found, after, strict=True) if a.counts)
    counted = [each.at for each in found if each.counts and each.at is not None]
    assert not in_order or counted == sorted(counted)
