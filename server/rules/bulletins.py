"""Bulletins 通报 as tables: what they are of, the periods they cover, which step leads where, and their seal.

Drafted by the server, edited in their words (never in their numbers), approved by another, published, and from then on
as they are: a correction is a new bulletin that names the one it corrects.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NoReturn

import orjson

from server import clock
from server.errors import BulletinRefused, BulletinStepNotAllowed, NotFound

KINDS: Final = ("boards", "trips")
KIND_WORDS: Final = {"boards": ("榜单通报", "boards"), "trips": ("外出通报", "trips")}

STATES: Final = ("drafted", "approved", "published", "dropped")
STATE_WORDS: Final = {
    "drafted": ("草稿", "a draft"),
    "approved": ("已审定", "approved"),
    "published": ("已发布", "published"),
    "dropped": ("已作废", "dropped"),
}
OPEN: Final = ("drafted", "approved")

SPANS: Final = ("month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from which states to which (None: the same), and its words; the permission has its name."""

    name: str
    sources: tuple[str, ...]
    target: str
    zh: str
    en: str


STEPS = {
    each.name: each
    for each in (
        Step("edit", ("drafted",), "drafted", "修改", "edit it"),
        Step("redraft", ("drafted",), "drafted", "重新取数", "draw its numbers anew"),
        Step("approve", ("drafted",), "approved", "审定", "approve it"),
        Step("return", ("approved",), "drafted", "退回修改", "return it"),
        Step("publish", ("approved",), "published", "发布", "publish it"),
        Step("drop", ("drafted",), "dropped", "作废", "drop it"),
    )
}
PERMISSIONS: Final = {name: f"bulletin.{'draft' if name == 'redraft' else name}" for name in STEPS}
"""Whose permission each step asks for."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A month `2026-10`, a quarter `2026-Q4` or a year `2026`: its name, its first and its last day."""

    span: str
    name: str
    first: date
    last: date

    @property
    def begins_at(self) -> datetime:
        """Its first instant, in UTC."""
        return clock.day_starts_at(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it, in UTC."""
        return clock.day_ends_at(self.last)

    @property
    def months(self) -> tuple["Covered", ...]:
        """Its months, in order."""
        found, first = [], self.first
        while first <= self.last:
            found.append(month_of(first))
            first = clock.month_after(first)
        return tuple(found)

    @property
    def words(self) -> tuple[str, str]:
        """As it is called: `2026年10月`, `2026年第4季度`, `2026年`."""
        if self.span == "month":
            return f"{self.first.year}年{self.first.month}月", f"{self.first:%B %Y}"
        if self.span == "quarter":
            return (
                f"{self.first.year}年第{self.name[-1]}季度",
                f"quarter {self.name[-1]} of {self.first.year}",
            )
        return f"{self.first.year}年", f"{self.first.year}"


_NAMES = re.compile(r"(20[0-9]{2})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


def covered(name: str) -> Covered:
    """The month, quarter or year of this name; `NotFound` for any other."""
    told = _NAMES.fullmatch(name)
    if told is None:
        raise NotFound
    year, quarter, month = (int(part or 0) for part in told.groups())
    if month:
        return month_of(date(year, month, 1))
    if quarter:
        first = date(year, quarter * 3 - 2, 1)
        return Covered(
            "quarter", name, first, clock.month_after(date(year, quarter * 3, 1)) - timedelta(days=1)
        )
    return Covered("year", name, date(year, 1, 1), date(year, 12, 31))


def month_of(day: date) -> Covered:
    """The month that a day lies in."""
    first = day.replace(day=1)
    return Covered("month", f"{first:%Y-%m}", first, clock.month_after(first) - timedelta(days=1))


def title(kind: str, period: Covered, *, corrects: bool) -> str:
    """What the server calls a bulletin until somebody calls it otherwise."""
    return f"关于{_subject(kind, period)}的通报{'（更正）' if corrects else ''}"


def opening(kind: str, period: Covered, *, corrects: bool) -> str:
    """How the server lets a bulletin begin until somebody words it otherwise."""
    return f"现将{_subject(kind, period)}{'更正' if corrects else ''}通报如下。"


def _subject(kind: str, period: Covered) -> str:
    """What it tells of."""
    return f"{period.words[0]}{'重点工作推进情况' if kind == 'boards' else '外出招商情况'}"


def allowed(state: str) -> list[str]:
    """The names of the steps that lead on from a state."""
    return [name for name, step in STEPS.items() if state in step.sources]


def step(name: str, state: str) -> str:
    """The state a step leads to; `BulletinStepNotAllowed` where it leads nowhere."""
    if state not in STEPS[name].sources:
        zh, en = STATE_WORDS[state]
        raise BulletinStepNotAllowed(state_zh=zh, state_en=en, step_zh=STEPS[name].zh, step_en=STEPS[name].en)
    return STEPS[name].target


def ensure_over(period: Covered, now: datetime) -> None:
    """`BulletinRefused` while a period is not over."""
    if now < period.ends_at:
        refuse(f"{period.words[0]}还没有结束", f"{period.words[1]} is not over")


def refuse(zh: str, en: str) -> NoReturn:
    """Raise `BulletinRefused` with its reason in both languages."""
    raise BulletinRefused(why_zh=zh, why_en=en)


def seal(content: Mapping[str, Any]) -> str:
    """The SHA-256 of all that a bulletin says, in one way of writing it down: keys in order, dates as text."""
    return sha256(canonical(content)).hexdigest()


def canonical(content: Mapping[str, Any]) -> bytes:
    """JSON with its keys in order, without spaces."""
    return orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
