"""Projects as their readers may see them: one, a list, and the short document of each.

A project is read by who leads or serves it, and by the roles over the unit that answers for it or one that carries it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.areas import Area
from server.models.people import Person
from server.models.projects import (
    Project,
    ProjectInvestment,
    ProjectMember,
    ProjectMilestone,
    ProjectUnit,
)
from server.models.units import Unit
from server.queries import flags, pages, scopes
from server.rules import access, amounts, projects
from server.rules.access import Actor
from server.rules.projects import Half, Milestone

_Lead = aliased(Person)

ACTS = (
    "project.edit",
    "project.plan",
    "project.advance",
    "project.retract",
    "project.progress",
    "project.commit",
    "project.settle",
    "project.stop",
)
"""What may be done with a project that is there."""

CARRIED = frozenset(
    {"project.read", "project.advance", "project.progress", "project.commit", "evidence.send", "flag.answer"}
)
"""What a unit that carries a project may do as well as the one that answers for it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which projects: by stage, by a unit that answers or carries, by chain, by flag in force, by words; or one's own.

    `stopped` None leaves out the stopped ones, True shows them alone.
    """

    stage: str | None = None
    unit_id: int | None = None
    chain: str = ""
    colour: str | None = None
    mine: bool = False
    stopped: bool = False
    q: str = ""


def get(actor: Actor, project_id: int, *, to_change: bool = False) -> Project:
    """A project the actor may read; `NotFound` otherwise. `to_change` locks its row until the verb is over."""
    statement = sa.select(Project).where(Project.id == project_id, readable(actor))
    if to_change:
        statement = statement.with_for_update(of=Project).execution_options(populate_existing=True)
    found = db.session.scalars(statement).first()
    if found is None:
        raise NotFound
    return found


def readable(actor: Actor) -> ColumnElement[bool]:
    """The projects the actor may read."""
    within = scopes.units_within(access.scope(actor, "project.read").paths)
    carried = sa.select(ProjectUnit.project_id).where(ProjectUnit.unit_id.in_(within))
    return sa.or_(Project.unit_id.in_(within), Project.id.in_(carried), _own(actor))


def _own(actor: Actor) -> ColumnElement[bool]:
    """The projects the actor leads or serves."""
    serving = sa.select(ProjectMember.project_id).where(ProjectMember.person_id == actor.person_id)
    return sa.or_(Project.lead_id == actor.person_id, Project.id.in_(serving))


def is_own(actor: Actor, project: Project) -> bool:
    """Whether the actor leads or serves the project."""
    return (
        project.lead_id == actor.person_id
        or db.session.get(ProjectMember, (project.id, actor.person_id)) is not None
    )


def allows(actor: Actor, permission: str, project: Project) -> bool:
    """Whether the actor has a permission over a project: by the unit that answers, for some by one that carries."""
    return permission in allowed(actor, [permission], project)


def allowed(actor: Actor, permissions: Iterable[str], project: Project) -> list[str]:
    """Those of the permissions that the actor has over a project."""
    paths, own = paths_of(project), is_own(actor, project)
    return [
        permission
        for permission in permissions
        if any(
            access.allows(actor, permission, path=path, own=own)
            for path in (paths if permission in CARRIED else paths[:1])
        )
    ]


def paths_of(project: Project) -> list[str]:
    """The path of the unit that answers for a project, then of those that carry it."""
    first = sa.select(Unit.path).where(Unit.id == project.unit_id)
    others = sa.select(Unit.path).join(ProjectUnit, ProjectUnit.unit_id == Unit.id)
    others = others.where(ProjectUnit.project_id == project.id).order_by(Unit.path)
    return [*db.session.scalars(first), *db.session.scalars(others)]


def listed(actor: Actor, asked: Asked, *, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """The projects the actor may read, newest first: `{items, next}`."""
    statement = _rows().where(*_where(actor, asked)).order_by(Project.id.desc())
    if cursor:
        statement = statement.where(Project.id < pages.keys_of(cursor, pages.row_id)[0])
    rows = db.session.execute(statement.limit(limit + 1)).all()
    after = pages.cursor_of(rows[limit - 1].Project.id) if len(rows) > limit else None
    return {"items": summaries(rows[:limit]), "next": after}


def summary(project_id: int) -> dict[str, Any]:
    """The short document of a project. For who may read it."""
    return summaries([db.session.execute(_rows().where(Project.id == project_id)).one()])[0]


def counted(actor: Actor) -> dict[str, Any]:
    """How many projects the actor may read, by stage and by flag, and the money of those signed."""
    running = sa.and_(readable(actor), Project.stopped_on.is_(None))
    stages = sa.select(Project.stage, sa.func.count().label("many")).where(running).group_by(Project.stage)
    by_stage = {row.stage: row.many for row in db.session.execute(stages)}
    money = sa.select(Project.amount, Project.amount_unit).where(
        running, Project.stage.in_(projects.MILESTONES)
    )
    chains = sa.select(Project.chain).where(running, Project.chain != "").distinct().order_by(Project.chain)
    return {
        "stages": [{"stage": stage, "count": by_stage.get(stage, 0)} for stage in projects.STAGES],
        "flags": flags.counted(running),
        "signed": money_told(
            amounts.totals((row.amount, row.amount_unit) for row in db.session.execute(money))
        ),
        "chains": list(db.session.scalars(chains)),
    }


def money_told(totals: dict[str, Any]) -> list[dict[str, Any]]:
    """Totals as they are told, in the order of their units."""
    return [{"amount": totals[unit], "unit": unit} for unit in amounts.UNITS if unit in totals]


def by_name(actor: Actor, name: str, unit_id: int | None) -> Project | None:
    """The project of that name that the actor may read, locked; of several the one of a unit. For taking a sheet in.

    `ProjectRefused` where there are several and no unit, or none of it, is told.
    """
    statement = sa.select(Project).where(Project.name == name, readable(actor)).order_by(Project.id)
    locked = statement.with_for_update(of=Project).execution_options(populate_existing=True)
    found = db.session.scalars(locked).all()
    if len(found) > 1:
        found = [each for each in found if each.unit_id == unit_id]
        if not found:
            projects.refuse(
                "有多个单位的项目同名，请写明责任单位", "several units have one of this name; name its unit"
            )
    return found[0] if found else None


def milestones(project_ids: Sequence[int]) -> dict[int, list[Milestone]]:
    """The milestones of projects, each in the order of the stages."""
    statement = sa.select(ProjectMilestone).where(ProjectMilestone.project_id.in_(project_ids))
    found: dict[int, list[Milestone]] = {}
    for row in db.session.scalars(statement):
        found.setdefault(row.project_id, []).append(Milestone(row.stage, row.planned_on, row.actual_on))
    return {project_id: projects.in_order(rows) for project_id, rows in found.items()}


def investments(project_ids: Sequence[int]) -> dict[int, list[ProjectInvestment]]:
    """The money of projects by half-year, oldest first."""
    statement = sa.select(ProjectInvestment).where(ProjectInvestment.project_id.in_(project_ids))
    found: dict[int, list[ProjectInvestment]] = {}
    for row in db.session.scalars(statement.order_by(ProjectInvestment.year, ProjectInvestment.half)):
        found.setdefault(row.project_id, []).append(row)
    return found


# ── which, and how they are told ────────────────────────────────────────────────────────────────────────


def _where(actor: Actor, asked: Asked) -> Iterable[ColumnElement[bool]]:
    """The conditions of a list."""
    yield _own(actor) if asked.mine else readable(actor)
    yield Project.stopped_on.is_not(None) if asked.stopped else Project.stopped_on.is_(None)
    if asked.stage:
        yield Project.stage == asked.stage
    if asked.unit_id is not None:
        below = scopes.units_below(asked.unit_id)
        carried = sa.select(ProjectUnit.project_id).where(ProjectUnit.unit_id.in_(below))
        yield sa.or_(Project.unit_id.in_(below), Project.id.in_(carried))
    if asked.chain:
        yield Project.chain == asked.chain
    if asked.colour:
        yield Project.id.in_(flags.flagged(asked.colour))
    if asked.q:
        yield sa.or_(*_says(asked.q))


def _says(q: str) -> Iterator[ColumnElement[bool]]:
    """Whether a word is somewhere in a project."""
    for column in (Project.name, Project.investor, Project.site, Project.introducer):
        yield column.contains(q, autoescape=True)


def _rows() -> sa.Select[*tuple[Any, ...]]:
    """Every project with the names around it."""
    return (
        sa.select(Project, Unit.name.label("unit"), _Lead.name.label("lead"), Area.name.label("area"))
        .join(Unit, Unit.id == Project.unit_id)
        .outerjoin(_Lead, _Lead.id == Project.lead_id)
        .outerjoin(Area, Area.id == Project.area_id)
    )


def summaries(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Projects with their milestones, this year's money and the flags they have now."""
    ids = [row.Project.id for row in rows]
    days, money, given = milestones(ids), investments(ids), flags.now_of(ids)
    return [
        _summary(row, days.get(row.Project.id, []))
        | {
            "this_year": this_year(money.get(row.Project.id, [])),
            "flags": given.get(row.Project.id, []),
        }
        for row in rows
    ]


def _summary(row: Any, days: Sequence[Milestone]) -> dict[str, Any]:
    """One project without its money and flags."""
    project: Project = row.Project
    return {
        "id": project.id,
        "name": project.name,
        "investor": project.investor,
        "chain": project.chain,
        "amount": project.amount,
        "amount_unit": project.amount_unit,
        "unit": {"id": project.unit_id, "name": row.unit},
        "lead": named(project.lead_id, row.lead),
        "area": named(project.area_id, row.area),
        "site": project.site,
        "needs_land": project.needs_land,
        "stage": project.stage,
        "stopped_on": project.stopped_on,
        "revision": project.revision,
        "milestones": [_milestone(each) for each in days],
    }


def named(id_: int | None, name: str | None) -> dict[str, Any] | None:
    """An id with its name."""
    return None if id_ is None else {"id": id_, "name": name}


def _milestone(each: Milestone) -> dict[str, Any]:
    """A milestone, and the days it was or is behind its plan."""
    today = clock.day_of(clock.now())
    return {
        "stage": each.stage,
        "planned_on": each.planned_on,
        "actual_on": each.actual_on,
        "days_late": projects.days_late(each, today),
    }


def this_year(money: Iterable[ProjectInvestment]) -> dict[str, Any]:
    """What is planned for this year and what is done of it: `{planned, done, share}`; the share in percent or None."""
    year = Half.of(clock.day_of(clock.now())).year
    rows = [each for each in money if each.year == year]
    planned = amounts.plain(sum((each.planned or amounts.NOTHING for each in rows), amounts.NOTHING))
    done = amounts.plain(sum((each.done or amounts.NOTHING for each in rows), amounts.NOTHING))
    return {"planned": planned, "done": done, "share": amounts.share(done, planned)}
