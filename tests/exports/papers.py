"""Papers by name, made of logs as the server would write them."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from server import clock
from server.exports import logs
from server.exports.papers import Paper
from server.rules.logs import named

FORMULAS = ('=HYPERLINK("http://x")', "+1", "-2", "@SUM(A1)", "\t=1", "＝1")


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=clock.SHANGHAI)


def met(**told: Any) -> dict[str, Any]:
    """Whom was met."""
    silent = dict.fromkeys(("enterprise", "contact", "contact_post", "outcome", "next_step", "topic"), "")
    nothing = {"amount": None, "amount_unit": "", "next_on": None, "kind": None}
    return {"checkin_id": uuid4(), "at": shanghai(24, 10), **silent, **nothing, **told}


BOSS = met(
    enterprise="临江重工",
    contact="王建国",
    contact_post="董事长",
    outcome="达成意向",
    amount="2.5",
    amount_unit="亿元",
    next_step="发送测算表",
    next_on=date(2026, 12, 1),
    kind="outbound",
)


def trip(*visits: dict[str, Any], **told: Any) -> dict[str, Any]:
    """A trip of three days with two people."""
    people = [{"id": 1, "name": "周航", "post": "科长"}, {"id": 2, "name": "陈晓", "post": ""}]
    facts = {
        "id": 7,
        "title": "赴临江考察",
        "unit": "投资促进局",
        "destination": "临江市",
        "chain": "高端装备",
    }
    times = {"started_at": shanghai(23, 8), "ended_at": shanghai(25, 19, 5), "lapsed": False, "days_away": 3}
    return {"members": people, "outcome": "", "visits": list(visits), **facts, **times, **told}


def day(number: int, *entries: dict[str, Any], remark: str = "", plan: str = "") -> dict[str, Any]:
    """A day of November 2026."""
    words = {"id": uuid4(), "at": shanghai(number, 20), "remark": remark, "plan": plan}
    return {"day": date(2026, 11, number), "words": words, "entries": list(entries)}


def entry(whom: dict[str, Any], **told: Any) -> dict[str, Any]:
    """A check-in at ten on the 24th."""
    facts = {
        "at": shanghai(24, 10),
        "kind": "visit",
        "place": "临江一厂",
        "trip": {"id": 7, "title": "赴临江考察"},
    }
    return {"note": "", "supplement": None, "met": whom, **facts, **told}


def log(*days: dict[str, Any], trips: Any = (), name: str = "2026-11") -> dict[str, Any]:
    """A log of 周航's."""
    period = named(name)
    person = {"id": 1, "name": "周航", "post": "科长", "unit": {"id": 3, "name": "投资促进局"}}
    when = {"kind": period.kind, "name": name, "first": period.first, "last": period.last}
    return {
        "period": when,
        "person": person,
        "days": list(days),
        "trips": list(trips),
        "days_away": 3,
        "cut": False,
    }


def paper(*days: dict[str, Any], **told: Any) -> Paper:
    """The paper of a log."""
    return logs.paper(log(*days, **told), shanghai(25, 20))
