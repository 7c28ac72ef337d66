"""A year of a county lived through the verbs; every number of every board is worked out again from the events alone.

The second reckoning shares nothing with the first: it walks the record minute by minute, so to say, where the rules
follow each matter and project; it knows no rule of the server's.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.models.events import Event
from server.queries import boards as reads
from server.rules.boards import Rule
from server.rules.bulletins import covered
from server.rules.projects import Half
from server.services import boards, milestones, progress, projects
from server.services.projects import ProjectTold
from tests import bulletins, people
from tests.bulletins import LATE, SOLVED, Folk, lived, shanghai

YEAR = 2026
MONTHS = tuple(f"{YEAR}-{month:02}" for month in range(1, 13))
UNANSWERED = ((5, "accept"), (5.1, "assign"), (9, "handle"), (9.2, "verify"), (9.3, "close"))
REOPENED = (*SOLVED, (6, "reopen"), (7, "handle"), (7.5, "verify"), (7.6, "close"))
REWORKED = (
    (1, "accept"),
    (1.1, "assign"),
    (3, "handle"),
    (4, "rework"),
    (20, "handle"),
    (21, "verify"),
    (21.1, "close"),
)
LEFT = ((1, "accept"),)
REFUSED = ((2, "refuse"),)
LIVES = (SOLVED, SOLVED, LATE, UNANSWERED, REOPENED, REWORKED, LEFT, REFUSED)


@pytest.fixture
def folk(app: Flask) -> Folk:
    """Offices that lived through the year."""
    with clock.at(shanghai(2025, 12, 1)):
        made = bulletins.made(people.county(app), 4)
        for n, office in enumerate(made.offices[:3]):
            boards.aim(
                made.county.administrator.actor,
                office.unit_id,
                valid_from=date(YEAR, 1, 1),
                signed=Decimal(60000 + n),
                landed=Decimal(36000),
            )
    _matters(made, Random(7))
    _projects(made, Random(11))
    return made


def _matters(folk: Folk, chance: Random) -> None:
    """Some matters in every month."""
    for month in range(1, 13):
        for office in folk.offices[:2]:
            if chance.random() < 0.8:
                begins = shanghai(YEAR, month, chance.randint(1, 26), chance.randint(8, 20))
                lived(folk, office, begins, chance.choice(LIVES))


def _projects(folk: Folk, chance: Random) -> None:
    """Projects planned, some moved, some reached early or late, one in dollars, one stopped."""
    for n in range(9):
        office = folk.offices[n % 3]
        _project(folk, office.unit_id, n, chance)


def _project(folk: Folk, unit_id: int, n: int, chance: Random) -> None:
    """One project's year."""
    actor = folk.county.supervisor.actor
    signed = date(YEAR, chance.randint(1, 6), chance.randint(2, 27))
    started = signed + timedelta(days=chance.randint(40, 150))
    told = ProjectTold(
        f"项目{n}",
        Decimal(chance.randint(1, 90)) / 10,
        "USD" if n == 4 else "亿元",
        unit_id,
        needs_land=False,
    )
    with clock.at(shanghai(2025, 12, 20)):
        project = projects.register(actor, told)
        money = {} if n == 4 else {Half(YEAR, 1): Decimal("0.3"), Half(YEAR, 2): Decimal("0.5")}
        milestones.plan(actor, project["id"], days={"signed": signed, "started": started}, money=money)
    _advance(folk, project["id"], "talks", date(2025, 12, 28))
    _advance(folk, project["id"], "signed", signed + timedelta(days=chance.randint(-9, 9)))
    if n % 4 == 1:
        with clock.at(_at(started - timedelta(days=chance.choice((1, 40))))):
            milestones.plan(
                actor,
                project["id"],
                days={"started": started + timedelta(days=30)},
                money={},
                note="地块未净",
            )
    if n == 5:
        with clock.at(_at(started)):
            projects.stop(actor, project["id"], note="投资方撤资")
        return
    if n != 4:
        with clock.at(_at(started + timedelta(days=3))):
            row = projects.to_change(actor, project["id"], "project.progress", None)
            progress.keep_invested(actor, row, Half.of(started), Decimal("0.21"), started)
            db.session.commit()
    _advance(folk, project["id"], "started", started + timedelta(days=chance.randint(-20, 20)))


def _advance(folk: Folk, project_id: int, stage: str, on: date) -> None:
    """A stage that is said to be reached on the day after."""
    with clock.at(_at(on + timedelta(days=1))):
        milestones.advance(folk.county.supervisor.actor, project_id, stage=stage, on=on)


def _at(day: date) -> datetime:
    """Nine in the morning of a day."""
    return shanghai(day.year, day.month, day.day, 9)


# ── the second reckoning ────────────────────────────────────────────────────────────────────────────────


Record = dict[int, list[Event]]
Numbers = dict[str, tuple[Any, Any]]


def record_of(noun: str) -> Record:
    """The events of a noun, by what they are of."""
    found: dict[int, list[Event]] = defaultdict(list)
    rows = db.session.scalars(sa.select(Event).where(Event.kind.like(f"{noun}.%")).order_by(Event.number))
    for event in rows:
        found[int(event.subject)].append(event)
    return found


def in_month(at: datetime | date, month: str) -> bool:
    """Whether an instant or a day lies in a month of Shanghai."""
    day = clock.day_of(at) if isinstance(at, datetime) else at
    return f"{day:%Y-%m}" == month


def stretches(events: list[Event]) -> Iterator[tuple[Event, datetime, datetime | None, bool]]:
    """Each event of a matter with the instant of the next one, the term's end, and whether the matter was accepted."""
    accepted = False
    ends = datetime(2100, 1, 1, tzinfo=clock.SHANGHAI)
    for event, after in zip(events, [*events[1:], None], strict=True):
        accepted = {"accepted": True, "reopened": True, "transferred": False, "escalated": False}.get(
            event.kind.removeprefix("matter."), accepted
        )
        due = event.data.get("due_at")
        yield event, after.at if after else ends, datetime.fromisoformat(due) if due else None, accepted


def matters_of(record: Record, unit_id: int, month: str) -> Numbers:
    """The three numbers by matters of an office (a unit with none below it)."""
    kept, missed = defaultdict[str, int](int), defaultdict[str, int](int)
    closed, reopened = set(), set()
    for matter_id, events in record.items():
        late = False
        for event, until, due, accepted in stretches(events):
            what = event.kind.removeprefix("matter.")
            theirs = (event.data["assigned"] or event.data["holder"]) == unit_id
            if what in {"accepted", "refused"} and theirs and in_month(event.at, month) and not late:
                kept["answered"] += 1
            if what == "closed" and theirs and in_month(event.at, month):
                closed.add(matter_id)
                kept["solved"] += not late
            if what == "reopened" and theirs and in_month(event.at, month):
                reopened.add(matter_id)
            if what in {"accepted", "reopened"}:
                late = False
            if due is not None and due < until and not late:
                late = True
                if theirs and in_month(due, month):
                    missed["solved" if accepted else "answered"] += 1
    told = {name: (kept[name], kept[name] + missed[name]) for name in ("solved", "answered")}
    return told | {"lasting": (len((closed | reopened) - reopened), len(closed | reopened))}


def projects_of(record: Record, unit_id: int, month: str) -> Numbers:
    """The five numbers by projects of a unit."""
    begins, ends = covered(month).begins_at, covered(month).ends_at
    number, got = int(month[5:]), defaultdict[str, Fraction](Fraction)
    due = defaultdict[str, Fraction](Fraction)
    for events in record.values():
        if events[0].unit_id != unit_id:
            continue
        amount, unit = Decimal(events[0].data["amount"]), events[0].data["amount_unit"]
        wan = Fraction(amount) * 10000 if unit == "亿元" else Fraction(0)
        plan: dict[str, str] = {}
        for event in events:
            plan |= event.data.get("days", {}) if event.at < begins else {}
        done = {
            event.data["stage"]: date.fromisoformat(event.data["on"])
            for event in events
            if event.kind == "project.advanced" and event.at < ends
        }
        stopped_at = next((event.at for event in events if event.kind == "project.stopped"), ends)
        for stage, day in plan.items():
            if in_month(date.fromisoformat(day), month) and stopped_at >= begins:
                due["milestones"] += 1
                got["milestones"] += stage in done and done[stage] <= date.fromisoformat(day)
        if "signed" in done:
            got["signed"] += wan if done["signed"].year == YEAR else 0
            due["landing_rate"] += 1
            got["landing_rate"] += "started" in done
        got["landed"] += wan if "started" in done else 0
        if unit == "亿元" and stopped_at >= ends:
            due["progress"] += 3000 * Fraction(min(number, 6), 6) + 5000 * Fraction(max(number - 6, 0), 6)
            for event in events:
                if event.kind == "project.invested" and event.at < ends:
                    got["progress"] += Fraction(event.data["done"]) * 10000
    return {
        name: (got[name], due[name])
        for name in ("milestones", "progress", "signed", "landed", "landing_rate")
    }


def numbers(record: tuple[Record, Record], office: int, month: str, target: tuple[int, int]) -> Numbers:
    """Every number of a unit in a month."""
    told = matters_of(record[0], office, month) | projects_of(record[1], office, month)
    for name, yearly in zip(("signed", "landed"), target, strict=True):
        told[name] = (told[name][0], yearly * Fraction(int(month[5:]), 12))
    return told


def same(said: str | int, worked_out: Any) -> bool:
    """Whether a number is what was worked out; amounts are told with two decimals."""
    return bool(abs(Fraction(said) - worked_out) <= Fraction(1, 200))


def test_every_number_of_every_board_is_what_the_events_alone_say_and_later_ones_change_none(
    folk: Folk,
) -> None:
    seen = defaultdict(set)
    targets = {office.unit_id: (60000 + n, 36000) for n, office in enumerate(folk.offices[:3])}
    record = (record_of("matter"), record_of("project"))
    with clock.at(shanghai(YEAR + 1, 2, 1)):
        year = {month: reads.compiled(covered(month)) for month in MONTHS}
    for month, board in year.items():
        rows = {row["unit"]["id"]: row for row in board["units"]}
        for office in folk.offices:
            row = rows[office.unit_id]
            told = numbers(record, office.unit_id, month, targets.get(office.unit_id, (0, 0)))
            for name, (got, of) in told.items():
                number = row["numbers"][name]
                assert same(number["got"], got), (month, name, number, got)
                assert same(number["of"], of), (month, name, number, of)
                seen[name].add((got, of))
            assert row["score"] == score(told), (month, office.unit_id)
    assert min(len(each) for each in seen.values()) >= 3, "the year has something to tell of each measure"
    _live_on(folk)
    assert reads.compiled(covered("2026-05")) == year["2026-05"]
    assert reads.compiled(covered("2026-06"))["rule"]["weights"] == {"solved": 100}


def _live_on(folk: Folk) -> None:
    """More matters, and another rule from June on."""
    with clock.at(shanghai(YEAR + 1, 2, 1)):
        for office in folk.offices:
            lived(folk, office, shanghai(YEAR + 1, 1, 20), LEFT)
        rule, by = Rule({"solved": 100}), folk.county.administrator.actor
        boards.change(by, rule, valid_from=date(YEAR, 6, 1), reason="只看办结")


def score(told: Numbers) -> str | None:
    """The score by the usual weights, worked out with whole numbers."""
    weights = Rule().weights
    parts = [(weights[name], min(Fraction(got) / of, Fraction(1))) for name, (got, of) in told.items() if of]
    if not parts:
        return None
    tenths = sum(weight * part for weight, part in parts) / sum(weight for weight, _ in parts) * 1000
    whole = int(tenths + Fraction(1, 2))
    return f"{whole // 10}.{whole % 10}"
