"""Commitments 军令状: what a unit has bound itself to for a project, by which standard, until when; kept or not."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from server import clock
from server.db import db
from server.errors import Forbidden, NotFound
from server.models.projects import Project, ProjectCommitment, ProjectUnit
from server.rules import projects
from server.rules.access import Actor
from server.services.projects import done, tell, to_change
from server.transaction import verb


@dataclass(frozen=True, slots=True)
class CommitmentTold:
    """What a unit commits to; `revision` is that of the project as it was last read."""

    unit_id: int
    text: str
    standard: str
    due_on: date
    revision: int | None = None


@verb
def commit(actor: Actor, project_id: int, told: CommitmentTold) -> dict[str, Any]:
    """Commit a unit that answers for or carries a project. `ProjectRefused` for another, or a day that is over."""
    project = to_change(actor, project_id, "project.commit", told.revision)
    if told.unit_id != project.unit_id and db.session.get(ProjectUnit, (project.id, told.unit_id)) is None:
        projects.refuse("只有项目的责任单位可以立军令状", "only a unit of the project commits itself")
    if told.due_on < clock.day_of(clock.now()):
        projects.refuse("完成日期已过", "that day is over")
    made = ProjectCommitment(
        project_id=project.id,
        unit_id=told.unit_id,
        text=told.text,
        standard=told.standard,
        due_on=told.due_on,
        made_at=clock.now(),
        made_by=actor.person_id,
    )
    db.session.add(made)
    db.session.flush()
    done(actor, project, "project.committed", commitment=made.id, due_on=told.due_on.isoformat())
    return tell(actor, project)


@verb
def settle(
    actor: Actor,
    project_id: int,
    commitment_id: int,
    *,
    kept: bool,
    on: date,
    proof: str,
    revision: int | None = None,
) -> dict[str, Any]:
    """Say whether a commitment was kept, and on which day; once, and by another than who made it."""
    project = to_change(actor, project_id, "project.settle", revision)
    row = _open(project, commitment_id)
    if row.made_by == actor.person_id:
        raise Forbidden(
            permission_zh="核定本人所立的军令状", permission_en="settle a commitment they made themselves"
        )
    today = clock.day_of(clock.now())
    if on > today:
        projects.refuse("核定日期在今天之后", "that day has not come yet")
    if not kept and row.due_on >= today:
        projects.refuse("期限未到，不能核定为未兑现", "its time is not over; it cannot be called broken")
    row.kept, row.settled_on, row.proof = kept, on, proof
    row.settled_at, row.settled_by = clock.now(), actor.person_id
    done(actor, project, "project.settled", commitment=row.id, kept=kept, on=on.isoformat())
    return tell(actor, project)


def _open(project: Project, commitment_id: int) -> ProjectCommitment:
    """A commitment of the project that nobody has settled; `NotFound` or `ProjectRefused` otherwise."""
    row = db.session.get(ProjectCommitment, commitment_id, populate_existing=True)
    if row is None or row.project_id != project.id:
        raise NotFound
    if row.kept is not None:
        projects.refuse("这份军令状已核定", "this commitment was settled already")
    return row
