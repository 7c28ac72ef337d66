"""Flags come out of dates and money alone, each says which, and a later rule takes no medal away."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules import flags
from server.rules.flags import FIRST, RULES, Facts, Finding, Money
from server.rules.projects import MILESTONES, Half, Milestone

TODAY = date(2026, 7, 15)
DAYS = st.dates(date(2025, 6, 1), date(2027, 1, 1))
AMOUNTS = st.decimals(0, 1000, places=2)
FACTS = st.builds(
    Facts,
    st.lists(
        st.builds(Milestone, st.sampled_from(MILESTONES), st.none() | DAYS, st.none() | DAYS),
        unique_by=lambda each: each.stage,
    ).map(tuple),
    st.lists(
        st.builds(
            Money,
            st.sampled_from([Half(2025, 2), Half(2026, 1), Half(2026, 2)]),
            st.none() | AMOUNTS,
            st.none() | AMOUNTS,
        ),
        unique_by=lambda each: each.half,
    ).map(tuple),
    needs_land=st.booleans(),
)
THRESHOLDS = st.fixed_dictionaries({rule.name: st.integers(rule.least, rule.most) for rule in RULES.values()})


def found(
    *milestones: Milestone, money: tuple[Money, ...] = (), on: date = TODAY, **values: int
) -> list[Finding]:
    """What is found by these facts."""
    return flags.judge(Facts(milestones, money), FIRST | values, on)


@given(FACTS, THRESHOLDS, DAYS)
def test_each_rule_is_met_once_at_most_and_says_by_which_numbers(
    facts: Facts, thresholds: dict[str, int], on: date
) -> None:
    made = flags.judge(facts, thresholds, on)
    assert len({each.rule for each in made}) == len(made)
    for each in made:
        zh, en = flags.why(each, thresholds[each.rule], "万元")
        assert str(thresholds[each.rule]) in zh
        assert str(thresholds[each.rule]) in en
        if each.stage is not None:
            assert each.days is not None
            assert (each.days > 0) == (each.colour != "yellow")
        else:
            assert each.planned
            assert each.done is not None
            ahead = each.done * 100 >= each.planned * thresholds[each.rule]
            assert ahead == (each.colour == "red")


@given(FACTS, THRESHOLDS, DAYS)
def test_what_is_known_only_later_changes_no_flag_of_a_day(
    facts: Facts, thresholds: dict[str, int], on: date
) -> None:
    known = tuple(
        Milestone(
            each.stage, each.planned_on, each.actual_on if each.actual_on and each.actual_on <= on else None
        )
        for each in facts.milestones
    )
    assert flags.judge(facts, thresholds, on) == flags.judge(
        Facts(known, facts.money, facts.needs_land), thresholds, on
    )


@given(FACTS, THRESHOLDS, DAYS)
def test_nobody_is_clearly_ahead_with_a_milestone_overdue_and_a_stopped_project_has_no_flag(
    facts: Facts, thresholds: dict[str, int], on: date
) -> None:
    rules = {each.rule for each in flags.judge(facts, thresholds | {"stage_behind": 1}, on)}
    assert not {"stage_ahead", "stage_behind"} <= rules
    assert flags.judge(Facts(facts.milestones, facts.money, stopped=True), thresholds, on) == []


@given(FACTS, DAYS, st.integers(1, 100), st.integers(1, 100))
def test_a_stricter_rule_gives_no_more_flags(facts: Facts, on: date, one: int, other: int) -> None:
    loose, strict = sorted((one, other))
    for rule in ("finished_early", "stage_ahead", "stage_behind"):
        many, few = (
            {each.rule for each in flags.judge(facts, FIRST | {rule: value}, on)} for value in (loose, strict)
        )
        assert (rule in few) <= (rule in many)


@pytest.mark.parametrize(
    ("late", "colours"), [(0, []), (1, ["yellow"]), (200, ["yellow"]), (-1, []), (-40, [])]
)
def test_a_milestone_is_behind_from_the_day_after_its_plan(late: int, colours: list[str]) -> None:
    made = found(Milestone("started", TODAY - timedelta(days=late)))
    assert [each.colour for each in made] == colours


@pytest.mark.parametrize(("early", "rules"), [(0, []), (14, []), (15, ["stage_ahead"]), (-3, [])])
def test_a_red_flag_is_for_fifteen_days_ahead(early: int, rules: list[str]) -> None:
    made = found(Milestone("started", date(2026, 7, 1), date(2026, 7, 1) - timedelta(days=early)))
    assert [each.rule for each in made] == rules


def test_the_end_reached_early_is_a_medal_and_no_red_flag() -> None:
    [medal] = found(
        Milestone("started", date(2026, 3, 1), date(2026, 1, 1)),
        Milestone("completed", date(2026, 7, 1), date(2026, 6, 1)),
    )
    assert (medal.colour, medal.stage, medal.days) == ("medal", "completed", 30)


def test_land_that_is_not_needed_is_not_waited_for() -> None:
    late = (Milestone("land", date(2026, 5, 1)),)
    assert [each.rule for each in flags.judge(Facts(late), FIRST, TODAY)] == ["stage_behind"]
    assert flags.judge(Facts(late, needs_land=False), FIRST, TODAY) == []


@pytest.mark.parametrize(
    ("planned", "done", "on", "rules"),
    [
        ("100", "79.99", date(2026, 7, 11), ["money_behind"]),
        ("100", "79.99", date(2026, 7, 10), []),
        ("100", "80", date(2026, 7, 11), []),
        ("100", None, date(2026, 7, 11), ["money_behind"]),
        ("0", None, date(2026, 7, 11), []),
        (None, "50", date(2026, 7, 11), []),
        ("100", "120", date(2026, 6, 1), ["money_ahead"]),
        ("100", "119.9999", date(2026, 6, 1), []),
    ],
)
def test_money_is_judged_by_its_share_of_the_plan(
    planned: str | None, done: str | None, on: date, rules: list[str]
) -> None:
    money = Money(Half(2026, 1), planned and Decimal(planned), done and Decimal(done))  # type: ignore[arg-type]  # texts or None
    assert [each.rule for each in found(money=(money,), on=on)] == rules


def test_a_medal_stays_by_the_rule_it_was_earned_by_and_the_rest_goes_by_todays() -> None:
    today = FIRST | {"finished_early": 60, "stage_ahead": 60}
    given_before = [("medal", "finished_early", 1), ("red", "stage_ahead", 15)]
    assert flags.as_given(today, given_before) == today | {"finished_early": 1}


def test_a_rule_is_told_of_one_day_and_of_many() -> None:
    overdue = RULES["stage_behind"]
    assert overdue.words(1) == ("有节点逾期至少 1 天", "a milestone at least 1 day overdue")
    assert overdue.words(9) == ("有节点逾期至少 9 天", "a milestone at least 9 days overdue")
