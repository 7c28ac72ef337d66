"""Taking a sheet of projects in: each row is done by the verbs that keep projects, all of them in one transaction.

A dry run does the very same and undoes it, so that what it says of a row is what would happen. What is blank in a row
stays as it is; a day that says otherwise than what is kept is refused, not overwritten.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import Problem, ProjectRefused
from server.ingest.projects import Line, Sheet
from server.models.people import Person
from server.models.projects import Project, ProjectMember, ProjectUnit
from server.models.units import Unit
from server.queries import projects as reads
from server.rules import access, projects, sheets
from server.rules.access import Actor
from server.rules.projects import PARTS, STAGES, Half
from server.services import flags, milestones, progress
from server.services import projects as kept
from server.services.projects import Carrier, ProjectTold
from server.services.unit_names import UnitNames
from server.transaction import transaction

WHY: Final = "按项目表导入"
_PLAIN: Final = {"investor": 120, "chain": 60, "content": 4000, "site": 120, "introducer": 120}
"""What is taken as it stands, with the most of it."""


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a row, and why: a sentence in both languages."""

    line: Line
    outcome: str
    zh: str
    en: str


class _Undone(Exception):
    """Thrown so that nothing of a dry run, or of a sheet with a refused row, is kept."""


def take(actor: Actor, sheet: Sheet, *, dry: bool) -> dict[str, Any]:
    """Make and change the projects of a sheet, all rows or none; with `dry` only say what would become of each.

    A project that is there, by its name, is brought to what its row says: the same sheet twice changes nothing.
    """
    access.ensure_holds(actor, "project.import")
    told: list[Became] = []
    try:
        with transaction():
            told = _each(actor, sheet.lines)
            if dry or any(each.outcome == "refused" for each in told):
                raise _Undone
    except _Undone:
        return _told(told, sheet, done=False)
    return _told(told, sheet, done=True)


def _told(told: Sequence[Became], sheet: Sheet, *, done: bool) -> dict[str, Any]:
    """The answer to a sheet."""
    return {
        "done": done,
        "counts": {word: sum(each.outcome == word for each in told) for word in sheets.OUTCOMES},
        "rows": [_document(each) for each in told],
        "unread": sheet.unread,
    }


def _document(each: Became) -> dict[str, Any]:
    """One row as it goes out."""
    name = each.line.told.get("name", "")
    return {"row": each.line.number, "name": name, "outcome": each.outcome, "zh": each.zh, "en": each.en}


def _each(actor: Actor, lines: Sequence[Line]) -> list[Became]:
    """What becomes of each row, one after the other."""
    names, first = _Names(), dict[str, int]()
    told = []
    for line in lines:
        name = line.told.get("name", "")
        before = first.setdefault(name, line.number)
        if before != line.number:
            told.append(_refused(line, f"与第 {before} 行同名。", f"Its name is that of row {before}."))
        else:
            told.append(_one(line, lambda line=line: _act(actor, line, names)))  # type: ignore[misc]
    return told


def _one(line: Line, act: Callable[[], Became]) -> Became:
    """One row, by itself: refused, it leaves nothing, and the next one is tried."""
    try:
        with db.session.begin_nested():
            return act()
    except Problem as problem:
        return _refused(line, problem.sentence_zh, problem.sentence_en)


def _refused(line: Line, zh: str, en: str) -> Became:
    """A row that cannot be done."""
    return Became(line, "refused", zh, en)


def _act(actor: Actor, line: Line, names: "_Names") -> Became:
    """Make or change one project, then plan it, take it on, and tell its money."""
    _ensure_readable(actor, line, names)
    name = line.told.get("name", "")
    unit_id = names.units.of(line.told["unit"]) if line.told.get("unit") else None
    project = reads.by_name(actor, name, unit_id)
    told = _project_told(line, project, names)
    if project is None:
        project, changed, outcome = kept.make(actor, told), ["facts"], "created"
    else:
        changed, outcome = _changed(actor, project, told), "changed"
    changed += [part for part, act in _PARTS.items() if act(actor, project, line)]
    flags.judge_now(project)
    if not changed:
        return Became(line, "unchanged", "已是如此，不作改动。", "It is like this already.")
    zh, en = ([sheets.CHANGES[part][place] for part in changed] for place in (0, 1))
    verb_zh, verb_en = sheets.OUTCOMES[outcome]
    return Became(line, outcome, f"{verb_zh}：{'、'.join(zh)}。", f"{verb_en}: {', '.join(en)}.")


def _ensure_readable(actor: Actor, line: Line, names: "_Names") -> None:
    """`ProjectRefused` telling all that a row lacks or that cannot be read in it, so that it is put right in one go."""
    wrong: dict[str, str] = {}
    for read in _readings(actor, line, names):
        try:
            read()
        except ProjectRefused as problem:
            wrong[problem.facts["why_zh"]] = problem.facts["why_en"]
    if wrong:
        projects.refuse("；".join(wrong), "; ".join(wrong.values()))


def _readings(actor: Actor, line: Line, names: "_Names") -> Iterator[Callable[[], object]]:
    """What reads each cell of a row by itself, and what sees whether one is missing."""
    yield from (partial(_plain_text, name, text) for name, text in _plain(line).items())
    yield partial(_amount, line, None)
    if line.told.get("unit"):
        yield partial(names.units.of, line.told["unit"])
    for part in PARTS:
        yield from (partial(names.units.of, name) for name in sheets.names_of(line.told.get(part, "")))
    people = [line.told["lead"]] if line.told.get("lead") else []
    for name in (*people, *sheets.names_of(line.told.get("members", ""))):
        yield partial(names.person, name)
    for text in (*line.planned.values(), *line.actual.values()):
        yield partial(sheets.day_of, text)
    for what, cells in (("planned", line.money_planned), ("done", line.money_done)):
        yield from (partial(sheets.amount_of, text, line.unit_of(half, what)) for half, text in cells.items())
    yield partial(_complete, actor, line, names)


def _complete(actor: Actor, line: Line, names: "_Names") -> None:
    """`ProjectRefused` for what a new project's row lacks; a cell that cannot be read tells so by itself."""
    lacking = [words for need, words in _NEEDED.items() if _blank(need, line)]
    if lacking and reads.by_name(actor, line.told.get("name", ""), _unit(line, names)) is None:
        zh, en = zip(*lacking, strict=True)
        projects.refuse(f"没有{'、'.join(zh)}", f"there is no {', no '.join(en)}")


def _blank(need: str, line: Line) -> bool:
    """Whether a row says nothing of what a new project needs."""
    try:
        return not (_amount(line, None) if need == "amount" else line.told.get(need))
    except ProjectRefused:
        return False


def _unit(line: Line, names: "_Names") -> int | None:
    """The unit that answers, as far as a row names one."""
    try:
        return names.units.of(line.told["unit"]) if line.told.get("unit") else None
    except ProjectRefused:
        return None


def _changed(actor: Actor, project: Project, told: ProjectTold) -> list[str]:
    """Bring what is told of a project to its row; whether that was needed."""
    if told == as_told(project):
        return []
    kept.ensure_may(actor, project, "project.edit")
    kept.change(actor, project, replace(told, note=WHY))
    return ["facts"]


def as_told(project: Project) -> ProjectTold:
    """A project as it would be told now."""
    carriers = (
        sa.select(ProjectUnit).where(ProjectUnit.project_id == project.id).order_by(ProjectUnit.unit_id)
    )
    members = sa.select(ProjectMember.person_id).where(ProjectMember.project_id == project.id)
    return ProjectTold(
        **{name: getattr(project, name) for name in kept.PLAIN},
        units=tuple(Carrier(row.unit_id, row.part) for row in db.session.scalars(carriers)),
        member_ids=tuple(sorted(db.session.scalars(members))),
    )


def _project_told(line: Line, project: Project | None, names: "_Names") -> ProjectTold:
    """What a row tells of a project, over what is known of it; what is blank says nothing."""
    told = {
        "name": line.told.get("name", ""),
        **_amount(line, project),
        **_plain(line),
        **_related(line, project, names),
    }
    if line.told.get("needs_land"):
        told["needs_land"] = sheets.needs_land_of(line.told["needs_land"])
    if project is not None:
        return replace(as_told(project), **told)
    days = [day for text in line.actual.values() if (day := sheets.day_of(text))]
    return ProjectTold(**told, known_on=min(days, default=None))


_NEEDED: Final = {"amount": ("总投资", "amount"), "unit": ("责任单位", "unit that answers for it")}


def _amount(line: Line, project: Project | None) -> dict[str, Any]:
    """The whole amount; one that says the same in another unit of yuan is the same."""
    unit = line.told.get("amount_unit") or line.units.get("amount", "万元")
    told = sheets.amount_of(line.told.get("amount", ""), unit)
    if told is None:
        return {}
    if project is not None and told[1] != project.amount_unit:
        return {"amount": sheets.in_unit(told, project.amount_unit)}
    return {"amount": told[0], "amount_unit": told[1]}


def _plain(line: Line) -> dict[str, Any]:
    """What is taken as it stands."""
    return {"name": line.told.get("name", "")} | {
        name: line.told[name] for name in _PLAIN if name in line.told
    }


def _plain_text(name: str, text: str) -> None:
    """`ProjectRefused` for more than is kept of such a cell, or no name."""
    if len(text) > _PLAIN.get(name, 120) or not text.replace("\n", "").isprintable():
        projects.refuse(f"“{text[:12]}…”太长或含有特殊字符", f"“{text[:12]}…” cannot be kept")
    if name == "name" and len(text) < 2:
        projects.refuse("没有项目名称", "there is no name")


def _related(line: Line, project: Project | None, names: "_Names") -> dict[str, Any]:
    """The units and people that a row names."""
    told: dict[str, Any] = {}
    if line.told.get("unit"):
        told["unit_id"] = names.units.of(line.told["unit"])
    answering = told.get("unit_id", project and project.unit_id)
    if any(line.told.get(part) for part in PARTS):
        told["units"] = _carriers(line, answering, names)
    if line.told.get("lead"):
        told["lead_id"] = names.person(line.told["lead"])
    if line.told.get("members"):
        found = {names.person(name) for name in sheets.names_of(line.told["members"])}
        told["member_ids"] = tuple(sorted(found))
    return told


def _carriers(line: Line, answering: int | None, names: "_Names") -> tuple[Carrier, ...]:
    """The units that carry a project, without the one that answers for it, in the order of their ids."""
    found = {
        names.units.of(name): part for part in PARTS for name in sheets.names_of(line.told.get(part, ""))
    }
    return tuple(Carrier(unit_id, part) for unit_id, part in sorted(found.items()) if unit_id != answering)


def _plan(actor: Actor, project: Project, line: Line) -> bool:
    """Plan the days and the money of a row; whether anything changed."""
    days = {stage: day for stage, text in line.planned.items() if (day := sheets.day_of(text))}
    money = _money(line.money_planned, line, project, "planned")
    if not days and not money:
        return False
    kept.ensure_may(actor, project, "project.plan")
    return milestones.lay_plan(actor, project, days, money, WHY)


def _advance(actor: Actor, project: Project, line: Line) -> bool:
    """Let a project reach the stages of a row in their order; whether any was new.

    `ProjectRefused` where a stage was reached on another day than the row says.
    """
    days = {stage: day for stage, text in line.actual.items() if (day := sheets.day_of(text))}
    known = {each.stage: each.actual_on for each in reads.milestones([project.id]).get(project.id, [])}
    new = [(stage, days[stage]) for stage in STAGES[1:] if stage in days and not _same(stage, known, days)]
    if new:
        kept.ensure_may(actor, project, "project.advance")
    for stage, on in new:
        milestones.reach(actor, project, stage, on, WHY)
    return bool(new)


def _same(stage: str, known: Mapping[str, date | None], days: Mapping[str, date]) -> bool:
    """Whether a stage was reached already, on the day a row says; `ProjectRefused` on another."""
    was = known.get(stage)
    if was is not None and was != days[stage]:
        zh, en = projects.STAGE_WORDS[stage]
        raise ProjectRefused(
            why_zh=f"“{zh}”已记为 {was}，与表中 {days[stage]} 不同，请先撤回",
            why_en=f"it was {en} on {was}, not on {days[stage]}; take that back first",
        )
    return was is not None


def _invest(actor: Actor, project: Project, line: Line) -> bool:
    """Tell the money invested, as of today or the half-year's end; whether any was new."""
    told = _money(line.money_done, line, project, "done")
    known = {
        Half(row.year, row.half): row.done for row in reads.investments([project.id]).get(project.id, [])
    }
    new = {half: amount for half, amount in told.items() if amount != known.get(half)}
    if new:
        kept.ensure_may(actor, project, "project.progress")
    today = clock.day_of(clock.now())
    for half, amount in sorted(new.items()):
        progress.keep_invested(actor, project, half, amount, min(half.ends_on, today))
    return bool(new)


def _money(cells: Mapping[str, str], line: Line, project: Project, what: str) -> dict[Half, Decimal]:
    """The amounts of half-years in the project's own unit."""
    found = {}
    for half, text in cells.items():
        told = sheets.amount_of(text, line.unit_of(half, what))
        if told is not None:
            found[Half.named(half)] = sheets.in_unit(told, project.amount_unit)
    return found


_PARTS: Final[dict[str, Callable[[Actor, Project, Line], bool]]] = {
    "plan": _plan,
    "stages": _advance,
    "money": _invest,
}
"""What is done with a row once its project is there. The plan comes first: what is reached cannot be planned."""


class _Names:
    """The units and people of the county by name, read once for a sheet."""

    def __init__(self) -> None:
        """Read them."""
        here = sa.select(Unit).where(Unit.retired_at.is_(None)).order_by(Unit.id)
        self.units = UnitNames(db.session.scalars(here).all(), ProjectRefused)
        self._people: dict[str, list[int]] = {}
        people = sa.select(Person.id, Person.name).where(Person.left_at.is_(None)).order_by(Person.id)
        for row in db.session.execute(people):
            self._people.setdefault(row.name, []).append(row.id)

    def person(self, name: str) -> int:
        """The one person of a name; `ProjectRefused` for none, or more than one."""
        found = self._people.get(name, [])
        if len(found) != 1:
            projects.refuse(
                f"没有叫“{name}”的人员" if not found else f"有 {len(found)} 人叫“{name}”，请在项目页上选定",
                f"{len(found) or 'none'} of the people is called “{name}”; choose them on the project's page",
            )
        return found[0]
