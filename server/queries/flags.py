"""Flags as their readers may see them: those of projects now or on a day, one with what made it, thresholds."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.flags import Flag, FlagThreshold, FlagWord
from server.models.people import Person
from server.models.projects import Project, ProjectInvestment, ProjectMilestone
from server.models.units import Unit
from server.rules import flags
from server.rules.flags import COLOURS, RULES, Facts, Money
from server.rules.projects import STAGES, Half, Milestone


def thresholds(on: date) -> dict[str, tuple[int, int | None]]:
    """Each rule's threshold on a day with the id of its row; its first value, without a row, before any."""
    found: dict[str, tuple[int, int | None]] = {name: (rule.first, None) for name, rule in RULES.items()}
    statement = sa.select(FlagThreshold).where(FlagThreshold.valid_from <= on)
    for row in db.session.scalars(statement.order_by(FlagThreshold.valid_from)):
        found[row.rule] = (row.value, row.id)
    return found


def rules(on: date) -> dict[str, Any]:
    """Every rule with its threshold on a day and all that were ever set: `{items}`."""
    values, rows = thresholds(on), _set()
    return {
        "items": [
            {
                "rule": rule.name,
                "colour": rule.colour,
                "unit": rule.unit,
                "least": rule.least,
                "most": rule.most,
                "value": values[rule.name][0],
                **dict(zip(("zh", "en"), rule.words(values[rule.name][0]), strict=True)),
                "history": [_threshold(row) for row in rows if row.FlagThreshold.rule == rule.name],
            }
            for rule in RULES.values()
        ]
    }


def _set() -> Sequence[Any]:
    """All thresholds that were set, the latest first, with who set them."""
    statement = sa.select(FlagThreshold, Person.name).join(Person, Person.id == FlagThreshold.made_by)
    return db.session.execute(statement.order_by(FlagThreshold.valid_from.desc(), FlagThreshold.id)).all()


def _threshold(row: Any) -> dict[str, Any]:
    """A threshold that was set."""
    told: FlagThreshold = row.FlagThreshold
    return {
        "value": told.value,
        "valid_from": told.valid_from,
        "reason": told.reason,
        "made_at": told.made_at,
        "by": {"id": told.made_by, "name": row.name},
    }


def facts_of(project: Project) -> Facts:
    """What a project's flags are judged by."""
    days = sa.select(ProjectMilestone).where(ProjectMilestone.project_id == project.id)
    money = sa.select(ProjectInvestment).where(ProjectInvestment.project_id == project.id)
    return Facts(
        tuple(Milestone(row.stage, row.planned_on, row.actual_on) for row in db.session.scalars(days)),
        tuple(Money(Half(row.year, row.half), row.planned, row.done) for row in db.session.scalars(money)),
        needs_land=project.needs_land,
        stopped=project.stopped_on is not None,
    )


def open_of(project_id: int) -> list[Flag]:
    """The flags of a project that have not ended, lifted ones too. Unscoped, for judging them anew."""
    statement = sa.select(Flag).where(Flag.project_id == project_id, Flag.until.is_(None)).order_by(Flag.id)
    return list(db.session.scalars(statement))


def to_judge() -> list[int]:
    """The projects that may gain or lose a flag without anybody's doing. Unscoped, for the sweep."""
    flagged = sa.select(Flag.project_id).where(Flag.until.is_(None))
    running = sa.and_(Project.stopped_on.is_(None), Project.stage != STAGES[-1])
    statement = sa.select(Project.id).where(sa.or_(running, Project.id.in_(flagged)))
    return list(db.session.scalars(statement.order_by(Project.id)))


def in_force(
    on: date, *, project_ids: Sequence[int] | None = None, known_at: datetime | None = None
) -> list[Flag]:
    """The flags that projects had on a day, without those that a supervisor had lifted by `known_at` (now).

    Unscoped, for boards and for what is scoped already. Rules set later, and what became known later, change nothing.
    """
    statement = sa.select(Flag).where(*stood(on, known_at or clock.now()))
    if project_ids is not None:
        statement = statement.where(Flag.project_id.in_(project_ids))
    return list(db.session.scalars(statement.order_by(Flag.project_id, Flag.id)))


def stood(on: date, known_at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whether a flag stood on a day."""
    return (
        Flag.since <= on,
        sa.or_(Flag.until.is_(None), Flag.until > on),
        sa.or_(Flag.lifted_at.is_(None), Flag.lifted_at > known_at),
    )


def _now() -> tuple[ColumnElement[bool], ...]:
    """Whether a flag stands now."""
    return stood(clock.day_of(clock.now()), clock.now())


def flagged(colour: str) -> sa.Select[int]:
    """The ids of the projects that have a flag of a colour now."""
    return sa.select(Flag.project_id).where(Flag.colour == colour, *_now())


def counted(which: ColumnElement[bool]) -> list[dict[str, Any]]:
    """How many projects, of those that meet a condition, have each colour now."""
    statement = (
        sa.select(Flag.colour, sa.func.count(Flag.project_id.distinct()).label("many"))
        .join(Project, Project.id == Flag.project_id)
        .where(which, *_now())
        .group_by(Flag.colour)
    )
    found = {row.colour: row.many for row in db.session.execute(statement)}
    return [{"colour": colour, "count": found.get(colour, 0)} for colour in COLOURS]


def now_of(project_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The flags that projects have now, in short."""
    found: dict[int, list[dict[str, Any]]] = {}
    for flag in in_force(clock.day_of(clock.now()), project_ids=project_ids):
        found.setdefault(flag.project_id, []).append(
            {"id": flag.id, "colour": flag.colour, "rule": flag.rule, **told(flag)}
        )
    return found


def told(flag: Flag) -> dict[str, str]:
    """Why a flag was given, in both languages."""
    zh, en = flags.why(
        flags.Finding(
            flag.rule,
            flag.stage,
            half_of(flag),
            flag.planned_on,
            flag.actual_on,
            flag.days,
            flag.planned,
            flag.done,
            flag.share,
        ),
        flag.threshold,
        flag.amount_unit,
    )
    return {"zh": zh, "en": en}


def half_of(flag: Flag) -> Half | None:
    """The half-year that made a flag."""
    return None if flag.year is None or flag.half is None else Half(flag.year, flag.half)


def get(flag_id: int, *, to_change: bool = False) -> Flag:
    """A flag; `NotFound` where there is none. Unscoped: its caller reads its project first. `to_change` locks it."""
    statement = sa.select(Flag).where(Flag.id == flag_id)
    if to_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(statement).first()
    if found is None:
        raise NotFound
    return found


def of_project(project_id: int) -> list[dict[str, Any]]:
    """All flags that a project ever had, the latest first, with what was said of each."""
    statement = sa.select(Flag).where(Flag.project_id == project_id).order_by(Flag.id.desc())
    found = list(db.session.scalars(statement))
    words = words_of_all([flag.id for flag in found])
    return [document(flag, words.get(flag.id, [])) for flag in found]


def document(flag: Flag, words: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A flag as it is told: the numbers that made it, how it stands, and what was said of it."""
    rule = RULES[flag.rule]
    return {
        "id": flag.id,
        "project_id": flag.project_id,
        "colour": flag.colour,
        "rule": flag.rule,
        **dict(zip(("rule_zh", "rule_en"), rule.words(flag.threshold), strict=True)),
        "threshold": flag.threshold,
        "unit": rule.unit,
        "stage": flag.stage,
        "half": (half := half_of(flag)) and half.name,
        "planned_on": flag.planned_on,
        "actual_on": flag.actual_on,
        "days": flag.days,
        "planned": flag.planned,
        "done": flag.done,
        "share": flag.share,
        "amount_unit": flag.amount_unit,
        "since": flag.since,
        "until": flag.until,
        "given_at": flag.given_at,
        "lifted_at": flag.lifted_at,
        "standing": standing(flag, words),
        "revision": flag.revision,
        "words": list(words),
        **told(flag),
    }


def standing(flag: Flag, words: Sequence[dict[str, Any]]) -> str:
    """How a flag stands: `lifted`, `ended`, `answered` (a decision is due), `upheld` or `given`."""
    if flag.lifted_at is not None:
        return "lifted"
    if words and words[-1]["upheld"] is None:
        return "answered"
    if flag.until is not None:
        return "ended"
    return "upheld" if words else "given"


def words_of(flag_id: int) -> list[dict[str, Any]]:
    """What was said of a flag, in order."""
    return words_of_all([flag_id]).get(flag_id, [])


def words_of_all(flag_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """What was said of flags, in order."""
    statement = (
        sa.select(FlagWord, Person.name, Unit.name.label("unit"))
        .join(Person, Person.id == FlagWord.by_id)
        .join(Unit, Unit.id == FlagWord.unit_id)
        .where(FlagWord.flag_id.in_(flag_ids))
        .order_by(FlagWord.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in db.session.execute(statement):
        said: FlagWord = row.FlagWord
        found.setdefault(said.flag_id, []).append(
            {
                "id": said.id,
                "text": said.text,
                "upheld": said.upheld,
                "by": {"id": said.by_id, "name": row.name},
                "unit": {"id": said.unit_id, "name": row.unit},
                "at": said.at,
            }
        )
    return found


def last_answered_by(flag_id: int) -> int | None:
    """Who answered a flag last."""
    statement = sa.select(FlagWord.by_id).where(FlagWord.flag_id == flag_id, FlagWord.upheld.is_(None))
    return db.session.scalar(statement.order_by(FlagWord.id.desc()).limit(1))
