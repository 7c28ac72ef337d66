"""Projects: registered, changed, planned, taken from stage to stage, stopped and resumed.

Whatever a project is measured by is changed in the open: each such change is a step that stays, with who and why.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import ProjectChanged, ProjectRefused
from server.models.areas import Area
from server.models.people import Person
from server.models.projects import (
    Project,
    ProjectMember,
    ProjectMilestone,
    ProjectStep,
    ProjectUnit,
)
from server.models.units import Unit
from server.queries import project_pages as pages
from server.queries import projects as reads
from server.rules import access, amounts, projects, units
from server.rules.access import Actor
from server.rules.projects import Half
from server.services import events, flags
from server.transaction import unique_or, verb


@dataclass(frozen=True, slots=True)
class Carrier:
    """A unit that carries a project beside the one that answers, and as what."""

    unit_id: int
    part: str


@dataclass(frozen=True, slots=True)
class ProjectTold:
    """A project as it is told. `known_on` is since when it is a lead, `note` why its amount changes."""

    name: str
    amount: Decimal
    amount_unit: str
    unit_id: int
    investor: str = ""
    chain: str = ""
    content: str = ""
    area_id: int | None = None
    site: str = ""
    introducer: str = ""
    lead_id: int | None = None
    needs_land: bool = True
    units: Sequence[Carrier] = ()
    member_ids: Sequence[int] = ()
    known_on: date | None = None
    note: str = ""
    revision: int | None = None


@verb
def register(actor: Actor, told: ProjectTold) -> dict[str, Any]:
    """Make a project, a lead so far. `ProjectRefused` where it does not hold together."""
    return tell(actor, make(actor, told))


@verb
def edit(actor: Actor, project_id: int, told: ProjectTold) -> dict[str, Any]:
    """Replace what is told of a project; another amount is a step of its own, and asks why."""
    project = to_change(actor, project_id, "project.edit", told.revision)
    change(actor, project, told)
    return tell(actor, project)


@verb
def stop(actor: Actor, project_id: int, *, note: str, revision: int | None = None) -> dict[str, Any]:
    """Stop a project; its flags end. `ProjectStepNotAllowed` for one that is stopped, or produces."""
    project = to_change(actor, project_id, "project.stop", revision)
    if project.stopped_on is not None or project.stage == projects.STAGES[-1]:
        projects.not_allowed(project.stage, "终止", "stop", stopped=project.stopped_on is not None)
    project.stopped_on, project.stopped_because = clock.day_of(clock.now()), note
    append(actor, project, "stop", now=project.stopped_on, note=note)
    done(actor, project, "project.stopped")
    return tell(actor, project)


@verb
def resume(actor: Actor, project_id: int, *, note: str, revision: int | None = None) -> dict[str, Any]:
    """Go on with a stopped project. `ProjectStepNotAllowed` for one that is not."""
    project = to_change(actor, project_id, "project.stop", revision)
    if project.stopped_on is None:
        projects.not_allowed(project.stage, "恢复", "resume", stopped=False)
    append(actor, project, "resume", was=project.stopped_on, note=note)
    project.stopped_on, project.stopped_because = None, ""
    done(actor, project, "project.resumed")
    return tell(actor, project)


def leave_to_unit(person_id: int) -> None:
    """Let nobody who left lead or serve a project. Within a verb."""
    db.session.execute(sa.update(Project).where(Project.lead_id == person_id).values(lead_id=None))
    db.session.execute(sa.delete(ProjectMember).where(ProjectMember.person_id == person_id))


def ensure_none_with(unit_id: int) -> None:
    """`UnitRefused` while a unit answers for a project or carries one that is not stopped."""
    carried = sa.select(ProjectUnit.project_id).where(ProjectUnit.unit_id == unit_id)
    theirs = sa.or_(Project.unit_id == unit_id, Project.id.in_(carried))
    statement = sa.select(Project.id).where(theirs, Project.stopped_on.is_(None)).limit(1)
    if db.session.scalar(statement) is not None:
        units.refuse("还有负责的项目，请先移交", "it answers for projects; hand them on first")


# ── what the verbs of projects share ────────────────────────────────────────────────────────────────────


def make(actor: Actor, told: ProjectTold) -> Project:
    """Make a project. Within a verb."""
    access.ensure(actor, "project.create", path=_open_unit(told.unit_id).path)
    today = clock.day_of(clock.now())
    known_on = told.known_on or today
    if known_on > today:
        projects.refuse("线索日期在今天之后", "it is known since a day that has not come yet")
    project = Project(stage="lead", revision=1, created_at=clock.now(), created_by=actor.person_id)
    _lay_out(project, told)
    _lay_out_people(project, told)
    db.session.add(ProjectMilestone(project_id=project.id, stage="lead", actual_on=known_on))
    append(actor, project, "register", now=f"{told.amount:f} {told.amount_unit}")
    done(actor, project, "project.created", **facts(project))
    return project


def change(actor: Actor, project: Project, told: ProjectTold) -> None:
    """Replace what is told of a project that is locked already. Within a verb."""
    if told.unit_id != project.unit_id:
        access.ensure(actor, "project.edit", path=_open_unit(told.unit_id).path)
    if (told.amount, told.amount_unit) != (project.amount, project.amount_unit):
        _change_amount(actor, project, told)
    _lay_out(project, told)
    _lay_out_people(project, told)
    done(actor, project, "project.edited", **facts(project))


def ensure_may(actor: Actor, project: Project, permission: str) -> None:
    """`Forbidden` unless the actor has the permission over the project."""
    if not reads.allows(actor, permission, project):
        raise access.forbidden(permission)


def to_change(actor: Actor, project_id: int, permission: str, revision: int | None) -> Project:
    """A project the actor may do this to, locked; `ProjectChanged` where somebody was faster."""
    project = reads.get(actor, project_id, to_change=True)
    ensure_may(actor, project, permission)
    if revision not in {None, project.revision}:
        raise ProjectChanged
    return project


def append(
    actor: Actor,
    project: Project,
    step: str,
    *,
    stage: str | None = None,
    half: Half | None = None,
    was: date | Decimal | str | None = None,
    now: date | Decimal | str | None = None,
    note: str = "",
) -> None:
    """Append a step to what became of a project."""
    db.session.add(
        ProjectStep(
            project_id=project.id,
            step=step,
            stage=stage,
            year=half and half.year,
            half=half and half.half,
            was=_said(was),
            now=_said(now),
            note=note,
            by_id=actor.person_id,
            at=clock.now(),
        )
    )


def done(actor: Actor, project: Project, event: str, **data: Any) -> None:
    """Count the change, and record it."""
    project.revision += 1
    db.session.flush()
    events.record(event, actor_id=actor.person_id, unit_id=project.unit_id, subject=project.id, **data)


def facts(project: Project) -> dict[str, str]:
    """What an event says of a project's amount: boards are reckoned from events."""
    return {"amount": f"{project.amount:f}", "amount_unit": project.amount_unit}


def tell(actor: Actor, project: Project) -> dict[str, Any]:
    """Judge the flags by all that was changed, and tell the project."""
    flags.judge_now(project)
    return pages.document(actor, project)


def _said(value: date | Decimal | str | None) -> str:
    """A day or an amount as text."""
    if value is None:
        return ""
    return f"{amounts.plain(value):f}" if isinstance(value, Decimal) else str(value)


def _taken() -> ProjectRefused:
    """The refusal of a name that is taken in the unit: of others' projects it tells nothing."""
    return ProjectRefused(why_zh="该单位已有同名项目", why_en="the unit has a project of this name")


def _change_amount(actor: Actor, project: Project, told: ProjectTold) -> None:
    """`ProjectRefused` without a reason, or for another unit once there is money by half-year in this one."""
    if not told.note:
        projects.refuse("调整总投资须说明原因", "say why the amount changes")
    if told.amount_unit != project.amount_unit and reads.investments([project.id]):
        projects.refuse(
            "已有按半年的投资数据，金额单位不能再改",
            "there is money by half-year in this unit; the unit of the amount stays",
        )
    was, now = f"{project.amount:f} {project.amount_unit}", f"{told.amount:f} {told.amount_unit}"
    append(actor, project, "amount", was=was, now=now, note=told.note)


def _lay_out(project: Project, told: ProjectTold) -> None:
    """Write what is told into the row."""
    if told.amount <= 0:
        projects.refuse("总投资应大于零", "its amount is above nothing")
    same = sa.select(Project.id).where(Project.name == told.name, Project.unit_id == told.unit_id)
    if db.session.scalar(same) not in {None, project.id}:
        raise _taken()
    if not told.needs_land and project.stage == "land":
        projects.refuse("项目已供地，不能改为无需供地", "land was granted for it already")
    _check_references(told)
    with unique_or(_taken()):
        for name in PLAIN:
            setattr(project, name, getattr(told, name))
        project.amount = amounts.plain(told.amount)
        db.session.add(project)


PLAIN = (
    "name",
    "amount",
    "amount_unit",
    "unit_id",
    "investor",
    "chain",
    "content",
    "area_id",
    "site",
    "introducer",
    "lead_id",
    "needs_land",
)


def _check_references(told: ProjectTold) -> None:
    """`ProjectRefused` unless units, people and the area are there."""
    for unit_id in (told.unit_id, *(each.unit_id for each in told.units)):
        _open_unit(unit_id)
    _ensure_here([*([told.lead_id] if told.lead_id is not None else []), *told.member_ids])
    if told.area_id is not None:
        area = db.session.get(Area, told.area_id)
        if area is None or area.retired_from is not None:
            projects.refuse("建设区域不存在", "there is no such area")


def _ensure_here(person_ids: Collection[int]) -> None:
    """`ProjectRefused` unless all of these people are there and have not left."""
    wanted = set(person_ids)
    here = sa.select(Person.id).where(Person.id.in_(wanted), Person.left_at.is_(None))
    if set(db.session.scalars(here)) != wanted:
        projects.refuse("包联领导或专班成员不在岗", "its lead or somebody of its team is not there")


def _lay_out_people(project: Project, told: ProjectTold) -> None:
    """Replace the units that carry it and its team."""
    _replace(ProjectUnit, project, ({"unit_id": each.unit_id, "part": each.part} for each in _carriers(told)))
    _replace(ProjectMember, project, ({"person_id": each} for each in dict.fromkeys(told.member_ids)))


def _carriers(told: ProjectTold) -> list[Carrier]:
    """The units that carry it, each once; `ProjectRefused` for the one that answers for it anyway."""
    if any(each.unit_id == told.unit_id for each in told.units):
        projects.refuse("主责单位不必重复列入", "the unit that answers for it is not named again")
    return list({each.unit_id: each for each in told.units}.values())


def _replace(
    table: type[ProjectUnit | ProjectMember], project: Project, rows: Iterable[dict[str, Any]]
) -> None:
    """Put other rows in the place of a project's own."""
    db.session.execute(sa.delete(table).where(table.project_id == project.id))
    told = [{"project_id": project.id, **row} for row in rows]
    if told:
        db.session.execute(sa.insert(table), told)


def _open_unit(unit_id: int) -> Unit:
    """A unit that is not retired; `ProjectRefused` otherwise."""
    found = db.session.get(Unit, unit_id)
    if found is None or found.retired_at is not None:
        projects.refuse("单位不存在", "there is no such unit")
    return found
