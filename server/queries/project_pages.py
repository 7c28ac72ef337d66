"""One project in full, as its page shows it: its stages with days and evidence, money, commitments, progress, links."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from server import clock
from server.db import db
from server.models.checkins import Checkin, CheckinDetail, Visit
from server.models.matters import Matter
from server.models.people import Person
from server.models.projects import (
    Project,
    ProjectCheckin,
    ProjectCommitment,
    ProjectEntry,
    ProjectEvidence,
    ProjectInvestment,
    ProjectMatter,
    ProjectMember,
    ProjectStep,
    ProjectUnit,
)
from server.models.units import Unit
from server.queries import evidence_files, flags, matters, scopes
from server.queries import projects as reads
from server.queries.projects import named
from server.rules import access, amounts, projects
from server.rules.access import Actor
from server.rules.projects import Half

_Maker, _Settler = aliased(Person), aliased(Person)

LATEST = 200
"""So many entries and steps are told with a project, the latest first."""


def document(actor: Actor, project: Project) -> dict[str, Any]:
    """A project with all that became of it, and what the actor may do with it now. For who may read it."""
    days = reads.milestones([project.id]).get(project.id, [])
    return reads.summary(project.id) | {
        "content": project.content,
        "introducer": project.introducer,
        "stopped_because": project.stopped_because,
        "created_at": project.created_at,
        "units": _units(project.id),
        "members": _members(project.id),
        "next_stages": projects.next_stages(project.stage, needs_land=project.needs_land),
        "intervals": [
            {
                "source": each.source,
                "target": each.target,
                "planned_days": each.planned_days,
                "actual_days": each.actual_days,
            }
            for each in projects.intervals(days)
        ],
        "investments": _investments(project.id),
        "commitments": _commitments(project.id),
        "entries": _entries(project.id),
        "evidence": _evidence(actor, project),
        "steps": _steps(project.id),
        "visits": _visits(actor, project.id),
        "matters": _matters(actor, project.id),
        "flag_history": flags.of_project(project.id),
        "may": reads.allowed(actor, MAY, project),
    }


MAY = (*reads.ACTS, "evidence.send", "flag.answer", "flag.decide")


def _units(project_id: int) -> list[dict[str, Any]]:
    """The units that carry a project, in the order of their parts."""
    statement = (
        sa.select(ProjectUnit, Unit.name)
        .join(Unit, Unit.id == ProjectUnit.unit_id)
        .where(ProjectUnit.project_id == project_id)
    )
    rows = sorted(
        db.session.execute(statement), key=lambda row: (projects.PARTS.index(row.ProjectUnit.part), row.name)
    )
    return [{"unit": named(row.ProjectUnit.unit_id, row.name), "part": row.ProjectUnit.part} for row in rows]


def _members(project_id: int) -> list[dict[str, Any]]:
    """The service team, by name."""
    statement = (
        sa.select(Person.id, Person.name, Person.post, Unit.name.label("unit"))
        .join(ProjectMember, ProjectMember.person_id == Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(ProjectMember.project_id == project_id)
        .order_by(Person.name, Person.id)
    )
    return [dict(row._mapping) for row in db.session.execute(statement)]


def _investments(project_id: int) -> list[dict[str, Any]]:
    """The money by half-year, oldest first."""
    return [_investment(row) for row in reads.investments([project_id]).get(project_id, [])]


def _investment(row: ProjectInvestment) -> dict[str, Any]:
    """The money of one half-year: planned, done, and the percent done."""
    half = Half(row.year, row.half)
    done = row.done or amounts.NOTHING
    return {
        "half": half.name,
        "year": row.year,
        "number": row.half,
        "ends_on": half.ends_on,
        "planned": row.planned,
        "done": row.done,
        "done_on": row.done_on,
        "share": amounts.share(done, row.planned or amounts.NOTHING),
    }


def _commitments(project_id: int) -> list[dict[str, Any]]:
    """The commitments, those due first before the others."""
    statement = (
        sa.select(
            ProjectCommitment,
            Unit.name.label("unit"),
            _Maker.name.label("maker"),
            _Settler.name.label("settler"),
        )
        .join(Unit, Unit.id == ProjectCommitment.unit_id)
        .join(_Maker, _Maker.id == ProjectCommitment.made_by)
        .outerjoin(_Settler, _Settler.id == ProjectCommitment.settled_by)
        .where(ProjectCommitment.project_id == project_id)
        .order_by(ProjectCommitment.due_on, ProjectCommitment.id)
    )
    return [_commitment(row) for row in db.session.execute(statement)]


def _commitment(row: Any) -> dict[str, Any]:
    """One commitment, and how it stands: `open`, `overdue`, `kept`, `kept_late` or `broken`."""
    made: ProjectCommitment = row.ProjectCommitment
    return {
        "id": made.id,
        "unit": named(made.unit_id, row.unit),
        "text": made.text,
        "standard": made.standard,
        "due_on": made.due_on,
        "made_at": made.made_at,
        "by": named(made.made_by, row.maker),
        "standing": projects.standing(made.due_on, made.settled_on, made.kept, clock.day_of(clock.now())),
        "settled_on": made.settled_on,
        "settled_by": named(made.settled_by, row.settler),
        "proof": made.proof,
    }


def _entries(project_id: int) -> list[dict[str, Any]]:
    """What was told of its progress, the latest first."""
    statement = (
        sa.select(ProjectEntry, Person.name.label("by"), Unit.name.label("unit"))
        .join(Person, Person.id == ProjectEntry.by_id)
        .join(Unit, Unit.id == ProjectEntry.unit_id)
        .where(ProjectEntry.project_id == project_id)
        .order_by(ProjectEntry.on.desc(), ProjectEntry.id.desc())
        .limit(LATEST)
    )
    return [_entry(row) for row in db.session.execute(statement)]


def _entry(row: Any) -> dict[str, Any]:
    """One entry."""
    entry: ProjectEntry = row.ProjectEntry
    return {
        "id": entry.id,
        "on": entry.on,
        "stage": entry.stage,
        "text": entry.text,
        "trouble": entry.trouble,
        "next_step": entry.next_step,
        "by": named(entry.by_id, row.by),
        "unit": named(entry.unit_id, row.unit),
        "at": entry.at,
    }


def _evidence(actor: Actor, project: Project) -> list[dict[str, Any]]:
    """What shows the stages, in their order, with its files."""
    files = evidence_files.of_project(actor, project)
    statement = (
        sa.select(ProjectEvidence, Person.name)
        .join(Person, Person.id == ProjectEvidence.by_id)
        .where(ProjectEvidence.project_id == project.id)
        .order_by(ProjectEvidence.id)
    )
    found = [
        _shown(row) | {"files": files.get(row.ProjectEvidence.id, [])}
        for row in db.session.execute(statement)
    ]
    return sorted(found, key=lambda each: projects.STAGES.index(each["stage"]))


def _shown(row: Any) -> dict[str, Any]:
    """One piece of evidence."""
    shown: ProjectEvidence = row.ProjectEvidence
    return {
        "id": shown.id,
        "stage": shown.stage,
        "title": shown.title,
        "number": shown.number,
        "dated_on": shown.dated_on,
        "checkin_id": shown.checkin_id,
        "by": named(shown.by_id, row.name),
        "at": shown.at,
    }


def _steps(project_id: int) -> list[dict[str, Any]]:
    """What was changed of what it is measured by, the latest first."""
    statement = (
        sa.select(ProjectStep, Person.name)
        .join(Person, Person.id == ProjectStep.by_id)
        .where(ProjectStep.project_id == project_id)
        .order_by(ProjectStep.id.desc())
        .limit(LATEST)
    )
    return [_step(row) for row in db.session.execute(statement)]


def _step(row: Any) -> dict[str, Any]:
    """One such change."""
    step: ProjectStep = row.ProjectStep
    half = None if step.year is None or step.half is None else Half(step.year, step.half).name
    return {
        "id": step.id,
        "step": step.step,
        "stage": step.stage,
        "half": half,
        "was": step.was,
        "now": step.now,
        "note": step.note,
        "by": named(step.by_id, row.name),
        "at": step.at,
    }


def _visits(actor: Actor, project_id: int) -> dict[str, Any]:
    """The linked check-ins that the reader may see, without their places; and how many more there are."""
    linked = sa.select(ProjectCheckin.checkin_id).where(ProjectCheckin.project_id == project_id)
    scope = access.scope(actor, "checkin.read")
    mine = Checkin.person_id == actor.person_id
    seen = scopes.visible(scope, unit_id=Checkin.unit_id.expression, mine=mine)
    statement = (
        sa.select(Checkin, Visit, CheckinDetail.note, Person.name, Unit.name.label("unit"))
        .join(CheckinDetail, CheckinDetail.checkin_id == Checkin.id)
        .join(Person, Person.id == Checkin.person_id)
        .join(Unit, Unit.id == Checkin.unit_id)
        .outerjoin(Visit, Visit.checkin_id == Checkin.id)
        .where(Checkin.id.in_(linked), seen)
        .order_by(Checkin.happened_at.desc(), Checkin.id)
    )
    items = [_visit(row) for row in db.session.execute(statement)]
    return {"items": items, "hidden": _count(linked) - len(items)}


def _visit(row: Any) -> dict[str, Any]:
    """One linked check-in."""
    checkin: Checkin = row.Checkin
    visit: Visit | None = row.Visit
    return {
        "id": checkin.id,
        "happened_at": checkin.happened_at,
        "kind": visit.kind if visit else checkin.kind,
        "person": named(checkin.person_id, row.name),
        "unit": named(checkin.unit_id, row.unit),
        "trip_id": checkin.trip_id,
        "enterprise": visit.enterprise if visit else "",
        "outcome": visit.outcome if visit else "",
        "note": row.note,
    }


def _matters(actor: Actor, project_id: int) -> dict[str, Any]:
    """The linked matters that the reader may see, the latest first; and how many more there are."""
    linked = sa.select(ProjectMatter.matter_id).where(ProjectMatter.project_id == project_id)
    statement = sa.select(Matter).where(Matter.id.in_(linked), matters.readable(actor))
    found: Sequence[Matter] = db.session.scalars(statement.order_by(Matter.id.desc())).all()
    items = [
        {
            "id": each.id,
            "kind": each.kind,
            "text": each.text[:200],
            "state": each.state,
            "due_at": each.due_at,
            "overdue": matters.is_overdue(each),
        }
        for each in found
    ]
    return {"items": items, "hidden": _count(linked) - len(items)}


def _count(which: sa.Select[Any]) -> int:
    """How many rows there are."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(which.subquery())) or 0
