"""Stages follow each other, days between them add up, and nothing skips what is measured."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import ProjectRefused, ProjectStepNotAllowed
from server.rules import projects
from server.rules.projects import MILESTONES, STAGES, Half, Milestone

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
MILESTONE_LISTS = st.lists(
    st.builds(Milestone, st.sampled_from(STAGES), st.none() | DAYS, st.none() | DAYS),
    unique_by=lambda each: each.stage,
)


@given(st.booleans(), st.lists(st.sampled_from(STAGES), max_size=30))
def test_whatever_is_tried_no_measured_stage_is_passed_over(needs_land: bool, tries: list[str]) -> None:
    stage, went = "lead", ["lead"]
    for target in tries:
        try:
            stage = projects.reach(stage, target, needs_land=needs_land)
        except ProjectStepNotAllowed:
            continue
        went.append(stage)
    needed = [each for each in MILESTONES if needs_land or each != "land"]
    reached = [each for each in went if each in MILESTONES]
    assert reached == needed[: len(reached)]
    assert went == sorted(went, key=STAGES.index)


@given(st.booleans(), st.integers(0, 6))
def test_going_on_to_the_end_and_back_leads_to_the_lead(needs_land: bool, steps: int) -> None:
    went = ["lead"]
    for _ in range(steps):
        after = projects.next_stages(went[-1], needs_land=needs_land)
        went += [projects.reach(went[-1], after[0], needs_land=needs_land)] if after else []
    stage = went[-1]
    for before in reversed(went[:-1]):
        assert projects.retract(stage, went) == before
        stage = before
    with pytest.raises(ProjectStepNotAllowed, match="lead"):
        projects.retract(stage, went)


def test_a_stage_that_is_passed_over_is_named() -> None:
    with pytest.raises(ProjectStepNotAllowed) as refused:
        projects.reach("signed", "started", needs_land=True)
    assert refused.value.sentence_zh == "项目当前为“签约”，不能进入“开工”。下一步是“供地”。"
    with pytest.raises(ProjectStepNotAllowed, match=r"The next stage is in talks or signed\."):
        projects.reach("lead", "started", needs_land=False)
    with pytest.raises(ProjectStepNotAllowed) as refused:
        projects.reach("producing", "signed", needs_land=True)
    assert refused.value.sentence_zh.endswith("不能进入“签约”。")


def test_nothing_goes_on_while_a_project_is_stopped() -> None:
    with pytest.raises(ProjectStepNotAllowed, match="stopped"):
        projects.reach("lead", "talks", needs_land=True, stopped=True)
    with pytest.raises(ProjectStepNotAllowed, match="stopped"):
        projects.retract("signed", ["lead", "signed"], stopped=True)


@given(MILESTONE_LISTS)
def test_the_days_between_add_up_to_the_days_from_first_to_last(found: list[Milestone]) -> None:
    whole = [each for each in projects.in_order(found) if each.actual_on and each.planned_on]
    between = projects.intervals(whole)
    if len(whole) > 1:
        first, last = whole[0], whole[-1]
        assert sum(each.actual_days or 0 for each in between) == _apart(first.actual_on, last.actual_on)
        assert sum(each.planned_days or 0 for each in between) == _apart(first.planned_on, last.planned_on)


def _apart(one: date | None, other: date | None) -> int:
    assert one is not None
    assert other is not None
    return (other - one).days


@given(MILESTONE_LISTS)
def test_plans_pass_that_follow_the_stages_and_no_others(found: list[Milestone]) -> None:
    days = [each.planned_on for each in projects.in_order(found) if each.planned_on is not None]
    if all(one <= other for one, other in pairwise(days)):
        projects.check_planned(found)
    else:
        with pytest.raises(ProjectRefused, match="before the one"):
            projects.check_planned(found)


@given(DAYS)
def test_every_day_lies_in_its_half_year_and_the_day_before_it_in_the_one_before(day: date) -> None:
    half = Half.of(day)
    assert half.starts_on <= day <= half.ends_on
    assert Half.of(half.starts_on - timedelta(days=1)) == half.before < half
    assert Half.named(half.name) == half


@given(DAYS, st.integers(-50, 50), st.none() | st.booleans())
def test_a_commitment_stands_as_its_days_say(due_on: date, late: int, kept: bool | None) -> None:
    settled = None if kept is None else due_on + timedelta(days=late)
    today = due_on + timedelta(days=late)
    found = projects.standing(due_on, settled, kept, today)
    expected = {
        None: "overdue" if late > 0 else "open",
        True: "kept_late" if late > 0 else "kept",
        False: "broken",
    }
    assert found == expected[kept]
