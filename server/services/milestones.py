"""Milestones of projects: days and money planned, stages reached and taken back.

Each verb has a twin that takes a project locked already and tells nothing (`lay_plan`, `reach`), for taking a sheet in.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.projects import Project, ProjectInvestment, ProjectMilestone
from server.rules import amounts, projects
from server.rules.access import Actor
from server.rules.projects import Half, Milestone
from server.services.projects import append, done, tell, to_change
from server.transaction import verb


@verb
def plan(
    actor: Actor,
    project_id: int,
    *,
    days: Mapping[str, date | None],
    money: Mapping[Half, Decimal | None],
    note: str = "",
    revision: int | None = None,
) -> dict[str, Any]:
    """Set the days stages are planned for and the money of half-years; another value than before asks why.

    `ProjectRefused` for a stage that was reached or a half-year that is over: nobody moves the mark after the shot.
    """
    project = to_change(actor, project_id, "project.plan", revision)
    lay_plan(actor, project, days, money, note)
    return tell(actor, project)


@verb
def advance(
    actor: Actor, project_id: int, *, stage: str, on: date, note: str = "", revision: int | None = None
) -> dict[str, Any]:
    """Say that a project reached its next stage on a day.

    `ProjectStepNotAllowed` for a stage that does not follow, `ProjectRefused` for a day that cannot be.
    """
    project = to_change(actor, project_id, "project.advance", revision)
    reach(actor, project, stage, on, note)
    return tell(actor, project)


@verb
def retract(actor: Actor, project_id: int, *, note: str, revision: int | None = None) -> dict[str, Any]:
    """Take back the stage a project is said to have reached; that it was said stays to be read."""
    project = to_change(actor, project_id, "project.retract", revision)
    rows = _milestones(project.id)
    reached = [stage for stage, row in rows.items() if row.actual_on is not None]
    before = projects.retract(project.stage, reached, stopped=project.stopped_on is not None)
    stage, was = project.stage, rows[project.stage].actual_on
    rows[stage].actual_on, project.stage = None, before
    append(actor, project, "retract", stage=stage, was=was, note=note)
    done(actor, project, "project.retracted", stage=stage)
    return tell(actor, project)


def lay_plan(
    actor: Actor,
    project: Project,
    days: Mapping[str, date | None],
    money: Mapping[Half, Decimal | None],
    note: str,
) -> bool:
    """Plan a project that is locked already; whether anything changed. Within a verb."""
    stages = _plan_days(actor, project, days, note)
    halves = _plan_money(actor, project, money, note)
    if stages or halves:
        told = {"stages": stages, "halves": halves, **_facts(days, money, stages, halves)}
        done(actor, project, "project.planned", **told)
    return bool(stages or halves)


def _facts(
    days: Mapping[str, date | None],
    money: Mapping[Half, Decimal | None],
    stages: Sequence[str],
    halves: Sequence[str],
) -> dict[str, dict[str, str | None]]:
    """What an event says of a plan: the days and the money that changed, as text; boards are reckoned from events."""
    by_name = {half.name: amount for half, amount in money.items()}
    told_days = {stage: days[stage] for stage in stages}
    told_money = {name: by_name[name] for name in halves}
    return {
        "days": {stage: None if on is None else on.isoformat() for stage, on in told_days.items()},
        "money": {name: None if amount is None else f"{amount:f}" for name, amount in told_money.items()},
    }


def reach(actor: Actor, project: Project, stage: str, on: date, note: str) -> None:
    """Let a project that is locked already reach its next stage. Within a verb."""
    rows, stopped = _milestones(project.id), project.stopped_on is not None
    stage = projects.reach(project.stage, stage, needs_land=project.needs_land, stopped=stopped)
    known = [Milestone(row.stage, actual_on=row.actual_on) for row in rows.values()]
    projects.check_actual(known, stage, on, today=clock.day_of(clock.now()))
    row = rows.get(stage) or _add_milestone(project, stage, rows)
    row.actual_on, project.stage = on, stage
    append(actor, project, "reach", stage=stage, now=on, note=note)
    done(actor, project, "project.advanced", stage=stage, on=on.isoformat())


def add_investment(project: Project, half: Half) -> ProjectInvestment:
    """A row for the money of a half-year."""
    row = ProjectInvestment(project_id=project.id, year=half.year, half=half.half)
    db.session.add(row)
    return row


def _milestones(project_id: int) -> dict[str, ProjectMilestone]:
    """The milestones of a project as rows, by stage."""
    statement = sa.select(ProjectMilestone).where(ProjectMilestone.project_id == project_id)
    found = db.session.scalars(statement.execution_options(populate_existing=True))
    return {row.stage: row for row in found}


def _investments(project_id: int) -> Sequence[ProjectInvestment]:
    """The money of a project by half-year, as rows."""
    statement = sa.select(ProjectInvestment).where(ProjectInvestment.project_id == project_id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def _plan_days(actor: Actor, project: Project, days: Mapping[str, date | None], note: str) -> list[str]:
    """Set the days of stages; which of them changed."""
    rows = _milestones(project.id)
    now = {stage: row.planned_on for stage, row in rows.items()}
    changed = {stage: on for stage, on in days.items() if on != now.get(stage)}
    for stage, on in changed.items():
        _check_replanned(rows.get(stage), stage, note)
        row = rows.get(stage) or _add_milestone(project, stage, rows)
        append(actor, project, "plan", stage=stage, was=row.planned_on, now=on, note=note)
        row.planned_on = on
    projects.check_planned(Milestone(row.stage, row.planned_on) for row in rows.values())
    return sorted(changed, key=projects.STAGES.index)


def _plan_money(actor: Actor, project: Project, money: Mapping[Half, Decimal | None], note: str) -> list[str]:
    """Set the money of half-years; which of them changed."""
    rows = {Half(row.year, row.half): row for row in _investments(project.id)}
    now = {half: row.planned for half, row in rows.items()}
    changed = {half: amount for half, amount in money.items() if amount != now.get(half)}
    for half, amount in changed.items():
        row = rows.get(half) or add_investment(project, half)
        _check_budget(row, half, note)
        append(actor, project, "budget", half=half, was=row.planned, now=amount, note=note)
        row.planned = amount if amount is None else amounts.plain(amount)
    return sorted(half.name for half in changed)


def _add_milestone(project: Project, stage: str, rows: dict[str, ProjectMilestone]) -> ProjectMilestone:
    """A row for a stage of which nothing is known yet."""
    rows[stage] = ProjectMilestone(project_id=project.id, stage=stage)
    db.session.add(rows[stage])
    return rows[stage]


def _check_replanned(row: ProjectMilestone | None, stage: str, note: str) -> None:
    """`ProjectRefused` for a stage that was reached, or a change that says not why."""
    if row is None:
        return
    zh, en = projects.STAGE_WORDS[stage]
    if row.actual_on is not None:
        projects.refuse(f"“{zh}”已经进入，计划日期不能再改", f"its stage {en} was reached; the plan stays")
    if row.planned_on is not None and not note:
        projects.refuse(f"修改“{zh}”的计划日期须说明原因", f"say why the day planned for {en} changes")


def _check_budget(row: ProjectInvestment, half: Half, note: str) -> None:
    """The same for the plan of a half-year."""
    if row.planned is None:
        return
    if half.ends_on < clock.day_of(clock.now()):
        projects.refuse(f"{half.name} 已结束，投资计划不能再改", f"{half.name} is over; its plan stays")
    if not note:
        projects.refuse("修改投资计划须说明原因", "say why the planned investment changes")
