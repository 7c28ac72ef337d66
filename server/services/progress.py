"""Progress of projects: what was told, money invested, evidence of stages, links. Appended, hardly ever changed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db, upsert
from server.errors import NotFound, ProjectRefused
from server.models.projects import (
    Project,
    ProjectCheckin,
    ProjectEntry,
    ProjectEvidence,
    ProjectInvestment,
    ProjectMatter,
)
from server.queries import checkins, matters
from server.rules import amounts, projects
from server.rules.access import Actor
from server.rules.matters import CONFIDENTIAL
from server.rules.projects import Half
from server.services import events
from server.services.milestones import add_investment
from server.services.projects import append, done, tell, to_change
from server.transaction import unique_or, verb


@dataclass(frozen=True, slots=True)
class EntryTold:
    """What is told of a project's progress on a day; `told_as` is the id its page gave it, so that it is told once."""

    on: date
    text: str
    trouble: str = ""
    next_step: str = ""
    told_as: UUID | None = None


@dataclass(frozen=True, slots=True)
class EvidenceTold:
    """What shows that a stage was reached: a paper with its number and day, or a check-in."""

    stage: str
    title: str
    number: str = ""
    dated_on: date | None = None
    checkin_id: UUID | None = None


@verb
def report(actor: Actor, project_id: int, told: EntryTold) -> dict[str, Any]:
    """Tell of a project's progress; told again with the same id it changes nothing.

    `ProjectRefused` for a day to come, or an id that was given to something else.
    """
    project = to_change(actor, project_id, "project.progress", None)
    if _told_before(actor, project, told):
        return tell(actor, project)
    if told.on > clock.day_of(clock.now()):
        projects.refuse("进展日期在今天之后", "that day has not come yet")
    entry = ProjectEntry(
        project_id=project.id,
        told_as=told.told_as,
        on=told.on,
        stage=project.stage,
        text=told.text,
        trouble=told.trouble,
        next_step=told.next_step,
        by_id=actor.person_id,
        unit_id=actor.unit_id,
        at=clock.now(),
    )
    with unique_or(_taken()):
        db.session.add(entry)
    _record(actor, project, "project.progressed", entry=entry.id)
    return tell(actor, project)


@verb
def invest(
    actor: Actor, project_id: int, *, half: Half, amount: Decimal, on: date, revision: int | None = None
) -> dict[str, Any]:
    """Say how much of a half-year's investment is done by a day of it; what was said before stays as a step.

    `ProjectRefused` for a day to come or of another half-year, or one before the day that was last told.
    """
    project = to_change(actor, project_id, "project.progress", revision)
    keep_invested(actor, project, half, amount, on)
    return tell(actor, project)


@verb
def show(actor: Actor, project_id: int, told: EvidenceTold, *, revision: int | None = None) -> dict[str, Any]:
    """Show that a project reached a stage; `ProjectRefused` for one that it has not reached."""
    project = to_change(actor, project_id, "project.progress", revision)
    if projects.STAGES.index(told.stage) > projects.STAGES.index(project.stage):
        projects.refuse("项目还没有进入这个阶段", "it has not reached that stage yet")
    if told.checkin_id is not None:
        _ensure_checkin(actor, told.checkin_id)
    shown = ProjectEvidence(
        project_id=project.id,
        stage=told.stage,
        title=told.title,
        number=told.number,
        dated_on=told.dated_on,
        checkin_id=told.checkin_id,
        by_id=actor.person_id,
        at=clock.now(),
    )
    db.session.add(shown)
    db.session.flush()
    done(actor, project, "project.shown", stage=told.stage, evidence=shown.id)
    return tell(actor, project)


@verb
def link(
    actor: Actor, project_id: int, *, checkin_id: UUID | None = None, matter_id: int | None = None
) -> dict[str, Any]:
    """Link a check-in or a matter that the actor may read; linked already, nothing changes.

    `ProjectRefused` for one that is not there for them, or a complaint.
    """
    project = to_change(actor, project_id, "project.progress", None)
    if checkin_id is not None:
        _ensure_checkin(actor, checkin_id)
        return _linked(actor, project, ProjectCheckin, {"checkin_id": checkin_id})
    _ensure_matter(actor, matter_id or 0)
    return _linked(actor, project, ProjectMatter, {"matter_id": matter_id})


@verb
def unlink(
    actor: Actor, project_id: int, *, checkin_id: UUID | None = None, matter_id: int | None = None
) -> dict[str, Any]:
    """Take a link away, by whoever may link; `NotFound` where there is none."""
    project = to_change(actor, project_id, "project.progress", None)
    link = (
        db.session.get(ProjectCheckin, (project.id, checkin_id))
        if checkin_id is not None
        else db.session.get(ProjectMatter, (project.id, matter_id))
    )
    if link is None:
        raise NotFound
    db.session.delete(link)
    db.session.flush()
    _record(actor, project, "project.unlinked", checkin=checkin_id and str(checkin_id), matter=matter_id)
    return tell(actor, project)


def keep_invested(actor: Actor, project: Project, half: Half, amount: Decimal, on: date) -> None:
    """Keep what is done of a half-year's investment of a project that is locked already. Within a verb."""
    row = _investment(project, half)
    _check_day(row, half, on)
    append(actor, project, "invest", half=half, was=row.done, now=amount)
    row.done, row.done_on = amounts.plain(amount), on
    done(actor, project, "project.invested", half=half.name, done=f"{amount:f}", unit=project.amount_unit)


def _linked(
    actor: Actor, project: Project, table: type[ProjectCheckin | ProjectMatter], what: dict[str, Any]
) -> dict[str, Any]:
    """Keep a link once, and record it where it is new."""
    row = {"project_id": project.id, **what, "by_id": actor.person_id, "at": clock.now()}
    statement = upsert(table).values(row).on_conflict_do_nothing()
    if db.session.scalar(statement.returning(sa.literal(1))) is not None:
        [(name, value)] = what.items()
        _record(actor, project, "project.linked", **{name.removesuffix("_id"): str(value)})
    return tell(actor, project)


def _told_before(actor: Actor, project: Project, told: EntryTold) -> bool:
    """Whether the same was told before; `ProjectRefused` where its id says something else."""
    if told.told_as is None:
        return False
    found = db.session.scalars(sa.select(ProjectEntry).where(ProjectEntry.told_as == told.told_as)).first()
    if found is None:
        return False
    if (found.by_id, found.project_id, found.text) != (actor.person_id, project.id, told.text):
        raise _taken()
    return True


def _taken() -> ProjectRefused:
    """The refusal of an id that says something else."""
    return ProjectRefused(why_zh="编号已被另一条进展使用", why_en="its id belongs to another entry")


def _investment(project: Project, half: Half) -> ProjectInvestment:
    """The row of a half-year's money, made where there is none."""
    key = (project.id, half.year, half.half)
    return db.session.get(ProjectInvestment, key, populate_existing=True) or add_investment(project, half)


def _check_day(row: ProjectInvestment, half: Half, on: date) -> None:
    """`ProjectRefused` for a day that the money cannot be told for."""
    if on > clock.day_of(clock.now()):
        projects.refuse("统计日期在今天之后", "that day has not come yet")
    if not half.starts_on <= on <= half.ends_on:
        projects.refuse(f"统计日期应在 {half.name} 之内", f"the day lies within {half.name}")
    if row.done_on is not None and on < row.done_on:
        projects.refuse(f"已有 {row.done_on} 的数据，不能报更早的", f"it was told for {row.done_on} already")


def _ensure_checkin(actor: Actor, checkin_id: UUID) -> None:
    """`ProjectRefused` unless the actor may read the check-in."""
    try:
        checkins.ensure_readable(actor, checkin_id)
    except NotFound:
        projects.refuse("签到不存在", "there is no such check-in")


def _ensure_matter(actor: Actor, matter_id: int) -> None:
    """`ProjectRefused` unless the actor may read the matter, and it is no complaint."""
    try:
        matter = matters.get(actor, matter_id)
    except NotFound:
        projects.refuse("事项不存在", "there is no such matter")
    if matter.kind in CONFIDENTIAL:
        projects.refuse("投诉建议不能关联到项目", "a complaint or suggestion is not linked")


def _record(actor: Actor, project: Project, event: str, **data: Any) -> None:
    """The event of what was told beside the measures."""
    told = {name: value for name, value in data.items() if value is not None}
    events.record(event, actor_id=actor.person_id, unit_id=project.unit_id, subject=project.id, **told)
