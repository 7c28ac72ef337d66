"""Flags of the projects that a reader may see: those of a day, those that wait for a decision, one with its rows."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.flags import Flag, FlagWord
from server.models.people import Person
from server.models.projects import Project, ProjectStep
from server.models.units import Unit
from server.queries import flags, projects
from server.queries.projects import named
from server.rules import projects as rules
from server.rules.access import Actor
from server.rules.projects import Half

MOST = 1_000
"""So many flags are told at once: a county has fewer."""

_BY_STAGE = ("plan", "reach", "retract")
_BY_HALF = ("budget", "invest")


def listed(
    actor: Actor, *, on: date | None = None, colour: str | None = None, answered: bool = False
) -> dict[str, Any]:
    """The flags that stood on a day (today), or those that wait for a decision: `{items}`, by project."""
    statement = _rows().where(projects.readable(actor), *_which(on, answered=answered))
    if colour:
        statement = statement.where(Flag.colour == colour)
    rows = db.session.execute(statement.order_by(Project.name, Flag.id).limit(MOST)).all()
    said = flags.words_of_all([row.Flag.id for row in rows])
    return {"items": [_document(row, said.get(row.Flag.id, [])) for row in rows]}


def one(actor: Actor, flag_id: int) -> dict[str, Any]:
    """One flag, the rows that made it, and what the actor may do now; `NotFound` for what they may not see."""
    row = db.session.execute(_rows().where(Flag.id == flag_id, projects.readable(actor))).one_or_none()
    if row is None:
        raise NotFound
    return _document(row, flags.words_of(flag_id)) | {
        "made_by": _made_by(row.Flag),
        "may": projects.allowed(actor, ("flag.answer", "flag.decide"), row.Project),
    }


def _which(on: date | None, *, answered: bool) -> Sequence[ColumnElement[bool]]:
    """Those of a day, or those whose last word is an answer."""
    if not answered:
        return flags.stood(on or clock.day_of(clock.now()), clock.now())
    last = sa.select(sa.func.max(FlagWord.id)).group_by(FlagWord.flag_id)
    waiting = sa.select(FlagWord.flag_id).where(FlagWord.id.in_(last), FlagWord.upheld.is_(None))
    return (Flag.id.in_(waiting),)


def _rows() -> sa.Select[*tuple[Any, ...]]:
    """Flags with their projects."""
    return (
        sa.select(Flag, Project, Unit.name.label("unit"))
        .join(Project, Project.id == Flag.project_id)
        .join(Unit, Unit.id == Project.unit_id)
    )


def _document(row: Any, words: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A flag beside its project."""
    return flags.document(row.Flag, words) | {
        "project": named(row.Project.id, row.Project.name),
        "project_unit": named(row.Project.unit_id, row.unit),
    }


def _made_by(flag: Flag) -> list[dict[str, Any]]:
    """The changes of the project that the flag was judged by, in order."""
    which = (
        (ProjectStep.stage == flag.stage, ProjectStep.step.in_(_BY_STAGE))
        if flag.stage is not None
        else (ProjectStep.year == flag.year, ProjectStep.half == flag.half, ProjectStep.step.in_(_BY_HALF))
    )
    statement = (
        sa.select(ProjectStep, Person.name)
        .join(Person, Person.id == ProjectStep.by_id)
        .where(ProjectStep.project_id == flag.project_id, ProjectStep.at <= flag.given_at, *which)
        .order_by(ProjectStep.id)
    )
    return [_step(row, flag.amount_unit) for row in db.session.execute(statement)]


def _step(row: Any, amount_unit: str) -> dict[str, Any]:
    """One such change, in words."""
    step: ProjectStep = row.ProjectStep
    half = None if step.year is None or step.half is None else Half(step.year, step.half)
    zh, en = rules.step_words(step.step, step.stage, half, step.was, step.now, amount_unit)
    return {
        "kind": step.step,
        "id": step.id,
        "zh": zh,
        "en": en,
        "note": step.note,
        "by": named(step.by_id, row.name),
        "at": step.at,
    }
