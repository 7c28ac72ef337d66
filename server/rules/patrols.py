"""Patrols 巡查: what a plan must say, on which days it is walked, whose turn it is, and what a walk came to.

How often is an RRULE (RFC 5545), of which those parts are taken that a plan needs and that surely come round again:
every so many days; every so many weeks on some weekdays; every so many months on some days, or some weekdays of
the month.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NoReturn

from dateutil.rrule import rrule, rrulestr

from server import clock
from server.errors import PatrolRefused
from server.geo.datum import Datum
from server.rules.working_calendar import WorkingCalendar

PURPOSES = ("routine", "safety", "emergency")
WHO = ("person", "unit", "rota")
DAYS_OFF = ("walk", "skip", "next")
"""What becomes of a run that falls on a day off: walked all the same, left out, or put off to the next working day."""
STATES = ("due", "under_way", "done", "partly_done", "missed", "called_off")
OPEN = ("due", "under_way")
WALKED = ("done", "partly_done")
DUTY_PURPOSES = {"routine": "ordinary", "safety": "safety", "emergency": "emergency"}
"""The purpose of the duty that a run of a purpose is."""

STATE_WORDS = {
    "due": ("待巡查", "due"),
    "under_way": ("巡查中", "under way"),
    "done": ("已完成", "done"),
    "partly_done": ("部分完成", "partly done"),
    "missed": ("未巡查", "missed"),
    "called_off": ("已撤销", "called off"),
}

MAX_CHECKPOINTS = 40
MAX_WALKERS = 30
MAX_WINDOW_DAYS = 31
MAX_ROUTE = 500
MOST_GRIDS = 500
"""For how many grids a patrol is called out at once."""

PUT_OFF_DAYS = 15
"""No holiday is longer: a run that is put off is walked within so many days."""

LATE = timedelta(days=3)
"""So long after its window a missed run may still be walked, or told by a phone that had no network."""

COUNTS = frozenset({"inside", "uncertain", "not_judged"})
"""The verdicts of a check-in at a checkpoint that speak for it: what cannot be measured is not missed."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place to come by: an area, or a point in its datum and a radius in metres."""

    name: str
    area_id: int | None = None
    lng: float | None = None
    lat: float | None = None
    datum: str = Datum.WGS84
    radius_m: float | None = None
    tolerance_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it is told. `route` is a line of `(lng, lat)` in `datum`; `revision` the one last read."""

    title: str
    who: str
    rule: str
    starts_on: date
    opens: time
    closes: time
    unit_id: int | None = None
    area_id: int | None = None
    purpose: str = "routine"
    basis: str = ""
    tracking: str = "checkins"
    photos_required: bool = False
    days_off: str = "walk"
    until_on: date | None = None
    window_days: int = 1
    in_order: bool = False
    walker_ids: Sequence[int] = ()
    checkpoints: Sequence[Checkpoint] = ()
    route: Sequence[tuple[float, float]] = ()
    datum: str = Datum.WGS84
    revision: int | None = None


def check_plan(told: Plan) -> None:
    """`PatrolRefused` unless a plan holds together: how often, a window, somebody, somewhere, a basis if it needs one.

    Only a safety or emergency patrol may ask for photos: the rule of January 2026 on government apps.
    """
    check_rule(told.rule)
    check_purpose(purpose=told.purpose, basis=told.basis, photos_required=told.photos_required)
    if told.window_days == 1 and told.closes <= told.opens:
        refuse("巡查时段的结束应晚于开始", "its window ends before it begins")
    if told.until_on is not None and told.until_on < told.starts_on:
        refuse("结束日期早于开始日期", "it ends before it begins")
    if not told.checkpoints and told.area_id is None:
        refuse("请选择网格，或至少设一个巡查点", "it needs a grid, or a checkpoint at least")
    if told.in_order and len(told.checkpoints) < 2:
        refuse("按顺序巡查至少要有两个巡查点", "an order needs two checkpoints at least")
    _check_walkers(told)


def _check_walkers(told: Plan) -> None:
    """`PatrolRefused` unless as many are named as its word for who says."""
    if (told.who == "unit") != (not told.walker_ids):
        refuse("请选择巡查人员，或由单位认领", "name who walks it, or leave it to the unit")
    if told.who == "person" and len(told.walker_ids) > 1:
        refuse("指定一人巡查时只选一人", "one person walks it, or it is a rota")
    if len(set(told.walker_ids)) < len(told.walker_ids):
        refuse("轮值名单中有人重复", "somebody is named twice")


def check_purpose(*, purpose: str, basis: str, photos_required: bool) -> None:
    """`PatrolRefused` where one that is not routine names no basis, or a routine one asks for photos."""
    if purpose != "routine" and not basis.strip():
        refuse("安全或应急巡查必须写明依据", "a safety or emergency patrol must name its basis")
    if purpose == "routine" and photos_required:
        refuse("日常巡查的照片只能自愿，不能要求", "photos are voluntary on a routine patrol")


def refuse(zh: str, en: str) -> NoReturn:
    """Raise `PatrolRefused` with its reason in both languages."""
    raise PatrolRefused(why_zh=zh, why_en=en)


# ── how often ───────────────────────────────────────────────────────────────────────────────────────────

_WEEKDAYS = "MO|TU|WE|TH|FR|SA|SU"
_INTERVAL = r"(;INTERVAL=(?P<interval>[1-9]\d?))?"
_MONTHDAY = r"-?([1-9]|1\d|2\d|3[01])"
_RULES = (
    re.compile(rf"FREQ=DAILY{_INTERVAL}"),
    re.compile(rf"FREQ=WEEKLY{_INTERVAL}(;BYDAY=({_WEEKDAYS})(,({_WEEKDAYS})){{0,6}})?"),
    re.compile(rf"FREQ=MONTHLY{_INTERVAL};BYMONTHDAY={_MONTHDAY}(,{_MONTHDAY}){{0,30}}"),
    re.compile(rf"FREQ=MONTHLY{_INTERVAL};BYDAY=-?[1-4]({_WEEKDAYS})(,-?[1-4]({_WEEKDAYS})){{0,6}}"),
)


def check_rule(rule: str) -> None:
    """`PatrolRefused` for an RRULE whose parts are not those a plan takes; each of those comes round again."""
    if not any(form.fullmatch(rule) for form in _RULES):
        refuse("巡查频次无法识别", "how often it is walked cannot be read")


def days(
    rule: str,
    *,
    starts_on: date,
    until_on: date | None,
    days_off: str,
    first: date,
    last: date,
    calendar: WorkingCalendar,
) -> list[date]:
    """The days from `first` to `last` on which a plan is walked, in order; the same however the time is cut up.

    One put off past `until_on` is still walked.
    """
    begins = max(starts_on, first - timedelta(days=PUT_OFF_DAYS))
    ends = last if until_on is None else min(last, until_on)
    told = (_moved(day, days_off, calendar) for day in _days_of(_rule(rule, starts_on), begins, ends))
    return sorted({day for day in told if day is not None and first <= day <= last})


def _rule(rule: str, starts_on: date) -> rrule:
    """The rule as one that tells days; beginning on its first day."""
    found = rrulestr(rule, dtstart=datetime.combine(starts_on, time()))
    assert isinstance(found, rrule), "one rule was told"
    return found


def _days_of(rule: rrule, first: date, last: date) -> list[date]:
    """The days of a rule between two days, both included."""
    if last < first:
        return []
    found = rule.between(datetime.combine(first, time()), datetime.combine(last, time()), inc=True)
    return [instant.date() for instant in found]


def _moved(day: date, days_off: str, calendar: WorkingCalendar) -> date | None:
    """The day on which a run of this day is walked; None where it is left out."""
    if days_off == "walk" or calendar.works(day):
        return day
    if days_off == "skip":
        return None
    later = (day + timedelta(days=n) for n in range(1, PUT_OFF_DAYS + 1))
    return next((each for each in later if calendar.works(each)), None)


def window(day: date, *, opens: time, closes: time, window_days: int) -> tuple[datetime, datetime]:
    """Between which instants (UTC) a run of a Shanghai day is to be walked."""
    last = day + timedelta(days=window_days - 1)
    return _at(day, opens), _at(last, closes)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, clock.SHANGHAI).astimezone(UTC)


def whose_turn(walkers: Sequence[int], turn: int) -> int:
    """Who of a rota walks the run of this number."""
    return walkers[turn % len(walkers)]


# ── what a walk came to ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Sighting:
    """Evidence of having been at a checkpoint, by a check-in's verdict there, or fixes (`by`: checkin, track)."""

    checkpoint: int
    at: datetime
    outcome: str
    by: str


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of a checkpoint: `reached`, `told` (a check-in there that could not be judged for sure),
    `out_of_order`, `outside` (a check-in that says so), or `open`; when, and by what.
    """

    checkpoint: int
    state: str
    at: datetime | None = None
    by: str = ""

    @property
    def counts(self) -> bool:
        """Whether the checkpoint is done."""
        return self.state in {"reached", "told"}


def reached(checkpoints: Sequence[int], sightings: Collection[Sighting], *, in_order: bool) -> list[Reached]:
    """What became of each checkpoint, in the order of the plan; the same in whatever order the sightings came.

    Each is reached by the first sighting that speaks for it; `in_order`, by the first one after all those before it in
    the plan were visited: as long as one of them was not, what comes later is out of order, and it says so at once.
    """
    found, after = [], _FIRST
    seen = _by_checkpoint(sightings)
    for checkpoint in checkpoints:
        one = _reached(checkpoint, seen.get(checkpoint, ()), after if in_order else None)
        after = max(after, _visited_at(one))
        found.append(one)
    return found


_FIRST, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def _visited_at(one: Reached) -> datetime:
    """When somebody was at a checkpoint, in order or not; the end of time where nobody was."""
    return one.at if one.at is not None and one.state not in {"open", "outside"} else _NEVER


def _by_checkpoint(sightings: Collection[Sighting]) -> Mapping[int, list[Sighting]]:
    """The sightings of each checkpoint, by time."""
    found: dict[int, list[Sighting]] = {}
    for each in sorted(sightings, key=lambda each: (each.at, each.outcome, each.by)):
        found.setdefault(each.checkpoint, []).append(each)
    return found


def _reached(checkpoint: int, seen: Sequence[Sighting], after: datetime | None) -> Reached:
    """What became of one checkpoint."""
    good = [each for each in seen if each.outcome in COUNTS]
    timely = [each for each in good if after is None or each.at >= after]
    sure = [each for each in timely if each.outcome == "inside"]
    for state, those in (("reached", sure), ("told", timely), ("out_of_order", good), ("outside", seen)):
        if those:
            return Reached(checkpoint, state, those[0].at, those[0].by)
    return Reached(checkpoint, "open")


def came_to(found: Sequence[Reached]) -> str:
    """What a walk that is over came to. Who walked has not missed it, whatever was reached."""
    return "done" if all(each.counts for each in found) else "partly_done"


def may_begin(now: datetime, *, opens_at: datetime, closes_at: datetime) -> bool:
    """Whether a run may be begun at an instant: from the day its window opens until it is too late to tell."""
    return clock.day_starts_at(clock.day_of(opens_at)) <= now < closes_at + LATE
