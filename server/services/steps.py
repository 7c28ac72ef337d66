"""What each step changes on a matter beside its state: who holds it, who handles it, whether its clock stands still.

`services.matters.take` is the one who calls; that the step is possible and its taker may, it has seen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server import clock
from server.db import db
from server.errors import Forbidden, NotFound
from server.models.matters import Matter, MatterCategory
from server.models.people import Person
from server.models.units import Unit
from server.queries import matters as reads
from server.queries import working_calendar as calendars
from server.rules import matters
from server.rules.access import Actor
from server.services import deadlines


@dataclass(frozen=True, slots=True)
class Told:
    """What is told with a step; which of it is needed says `rules.matters.STEPS`. `revision` is the one last read.

    `told_as` is the id its sender gave it; photos are sent under it afterwards, `photo_count` of them.
    """

    note: str = ""
    unit_id: int | None = None
    person_id: int | None = None
    until: date | None = None
    into_id: int | None = None
    category_id: int | None = None
    revision: int | None = None
    told_as: UUID | None = None
    photo_count: int = 0

    @property
    def given(self) -> list[str]:
        """The names of what was told."""
        return [name for name in self.__slots__ if getattr(self, name)]


RECORDED = {
    "accept": "matter.accepted",
    "refuse": "matter.refused",
    "assign": "matter.assigned",
    "transfer": "matter.transferred",
    "escalate": "matter.escalated",
    "merge": "matter.merged",
    "hold": "matter.held",
    "resume": "matter.resumed",
    "return": "matter.returned",
    "plan": "matter.scheduled",
    "progress": "matter.progressed",
    "handle": "matter.handled",
    "rework": "matter.reworked",
    "verify": "matter.verified",
    "close": "matter.closed",
    "reopen": "matter.reopened",
    "urge": "matter.urged",
}
"""The event of each step."""


def change(actor: Actor, matter: Matter, step: str, told: Told) -> None:
    """Change what the step changes beside the state; `MatterRefused` where what is told does not hold together."""
    if (act := _CHANGES.get(step)) is not None:
        act(actor, matter, told)


def _accept(_actor: Actor, matter: Matter, told: Told) -> None:
    """Accept, in the category it really belongs to where another one is told."""
    if told.category_id is not None:
        matter.category_id = category(told.category_id).id


def _assign(_actor: Actor, matter: Matter, told: Told) -> None:
    """Give it to a unit that lies below the holder, and perhaps to a person of it."""
    unit = _open_unit(told.unit_id)
    if not unit.path.startswith(unit_of(matter.holder_id).path):
        matters.refuse("只能交办给本单位或下级单位", "it is assigned to the holding unit or one below it")
    if told.person_id is not None:
        _ensure_in(told.person_id, unit)
    matter.assigned_unit_id, matter.assigned_to_id = unit.id, told.person_id


def _transfer(_actor: Actor, matter: Matter, told: Told) -> None:
    """Hand it to another unit of the county."""
    unit = _open_unit(told.unit_id)
    if unit.id == matter.holder_id:
        matters.refuse("事项已在该单位", "that unit holds it already")
    matter.holder_id = unit.id
    _take_back(matter)


def _escalate(_actor: Actor, matter: Matter, _told: Told) -> None:
    """Hand it up to the unit above the holder."""
    hand_up(matter)


def hand_up(matter: Matter) -> None:
    """Let the unit above hold it; `MatterRefused` for the county, which has none."""
    above = unit_of(matter.holder_id).parent_id
    if above is None:
        matters.refuse("县级已是最高一级", "there is no unit above the county")
    matter.holder_id = above
    _take_back(matter)


def _merge(actor: Actor, matter: Matter, told: Told) -> None:
    """Let it go into another open matter that the actor may read."""
    try:
        into = reads.get(actor, told.into_id or 0)
    except NotFound:
        matters.refuse("并入的事项不存在", "there is no such matter to go into")
    if into.id == matter.id or into.state not in matters.OPEN or into.kind in matters.CONFIDENTIAL:
        matters.refuse("只能并入另一件未办结的事项", "it goes into another matter that is open")
    matter.merged_into_id, matter.closed_at = into.id, clock.now()


def _hold(_actor: Actor, matter: Matter, told: Told) -> None:
    """Stop its clock until a day to come is over."""
    assert told.until is not None
    if told.until <= clock.day_of(clock.now()):
        matters.refuse("暂缓日期应在今天之后", "it is held until a day after today")
    matter.held_until = told.until


def _resume(_actor: Actor, matter: Matter, _told: Told) -> None:
    """Let its clock run again."""
    matter.held_until = None


def _plan(_actor: Actor, matter: Matter, told: Told) -> None:
    """`MatterRefused` for a plan whose day is over, or comes after the matter's term while that runs."""
    assert told.until is not None
    if told.until < clock.day_of(clock.now()):
        matters.refuse("计划完成的日期已经过去", "the day it is planned for is over")
    last = None if matter.due_at is None else clock.day_of(matter.due_at)
    if last is not None and told.until > last and not reads.is_overdue(matter):
        matters.refuse(
            f"计划完成的日期须在时限之内，最迟 {last}",
            f"it is planned for {last} at the latest, within its term",
        )


def _return(_actor: Actor, matter: Matter, _told: Told) -> None:
    """Back to who assigned it."""
    _take_back(matter)


def _take_back(matter: Matter) -> None:
    """Nobody handles it any more."""
    matter.assigned_unit_id = matter.assigned_to_id = matter.held_until = None


def _handle(_actor: Actor, matter: Matter, _told: Told) -> None:
    """`MatterRefused` where its category wants a dated plan first, and who has it now has made none."""
    if (deadlines.owes(matter, calendars.current()) or ("",))[0] == "plan":
        matters.refuse(
            "此类事项须先制定有日期的办理计划", "a matter of this category needs a dated plan first"
        )


def _ensure_another(actor: Actor, matter: Matter, _told: Told) -> None:
    """`Forbidden` for who handled it: nobody verifies what they did themselves."""
    if reads.last_handler(matter.id) == actor.person_id:
        raise Forbidden(
            permission_zh="核实本人办理的事项", permission_en="verify what they handled themselves"
        )


def _close(actor: Actor, matter: Matter, told: Told) -> None:
    """Close it; by another than who handled it."""
    _ensure_another(actor, matter, told)
    matter.closed_at = clock.now()


def _refuse(_actor: Actor, matter: Matter, _told: Told) -> None:
    """Close it without solving it."""
    matter.closed_at = clock.now()


def _reopen(_actor: Actor, matter: Matter, _told: Told) -> None:
    """It was not solved after all."""
    matter.closed_at = None


_CHANGES: dict[str, Callable[[Actor, Matter, Told], None]] = {
    "accept": _accept,
    "refuse": _refuse,
    "assign": _assign,
    "transfer": _transfer,
    "escalate": _escalate,
    "merge": _merge,
    "hold": _hold,
    "resume": _resume,
    "return": _return,
    "plan": _plan,
    "handle": _handle,
    "verify": _ensure_another,
    "close": _close,
    "reopen": _reopen,
}


def category(category_id: int | None) -> MatterCategory:
    """A category in use; `MatterRefused` otherwise."""
    found = db.session.get(MatterCategory, category_id) if category_id is not None else None
    if found is None or found.retired_at is not None:
        matters.refuse("请选择事项类别", "choose one of the categories")
    return found


def _open_unit(unit_id: int | None) -> Unit:
    """A unit that is not retired; `MatterRefused` otherwise."""
    found = None if unit_id is None else db.session.get(Unit, unit_id)
    if found is None or found.retired_at is not None:
        matters.refuse("单位不存在或已停用", "there is no such unit, or it is retired")
    return found


def _ensure_in(person_id: int, unit: Unit) -> None:
    """`MatterRefused` unless the person is of the unit or one below it, and still there."""
    found = db.session.get(Person, person_id)
    if found is None or found.left_at is not None or not unit_of(found.unit_id).path.startswith(unit.path):
        matters.refuse("承办人不在该单位", "that person is not of the unit")


def unit_of(unit_id: int) -> Unit:
    """A unit by its id."""
    return db.session.get_one(Unit, unit_id)
