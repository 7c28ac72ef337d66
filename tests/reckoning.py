"""Boards worked out a second time, from the events alone: shares nothing with the server's own reckoning.

It walks the record minute by minute, so to say, where the server's rules follow each matter and project; it knows no
rule of the server's. It begins with the units and people that were there when the record began.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.events import Event
from server.models.people import Person
from server.models.units import Unit

Numbers = dict[str, tuple[Any, Any]]
USUAL = {
    "milestones": 30,
    "progress": 10,
    "signed": 10,
    "landed": 10,
    "landing_rate": 10,
    "solved": 15,
    "answered": 5,
    "lasting": 10,
}
NEVER = datetime(2100, 1, 1, tzinfo=clock.SHANGHAI)


@dataclass(frozen=True, slots=True)
class World:
    """Below which unit each lies, and in which unit everybody is."""

    parents: dict[int, int | None]
    people: dict[int, int]

    def home(self, unit_id: int) -> int:
        """The unit right below the county that a unit counts for."""
        above = self.parents[unit_id]
        while above is not None and self.parents[above] is not None:
            unit_id, above = above, self.parents[above]
        return unit_id

    def size(self, home: int) -> int:
        """How many people a unit right below the county has."""
        return sum(self.home(unit_id) == home for unit_id in self.people.values())


@dataclass(frozen=True, slots=True)
class Row:
    """A unit in a month: its numbers and where it stands."""

    numbers: Numbers
    score: str | None
    rank: int | None
    listed: str
    why: str


def world() -> World:
    """Units and people as they are now: as they were where no event tells of them."""
    parents: dict[int, int | None] = dict(db.session.execute(sa.select(Unit.id, Unit.parent_id)).all())
    people: dict[int, int] = dict(db.session.execute(sa.select(Person.id, Person.unit_id)).all())
    return World(parents, people)


def record() -> list[Event]:
    """All that was recorded, in the order in which it happened."""
    return list(db.session.scalars(sa.select(Event).order_by(Event.at, Event.number)))


def board(began: World, told: Sequence[Event], month: str) -> dict[int, Row]:
    """Every unit's row of a month, from the events."""
    begins, ends = instants(month)
    then = after(began, told, ends)
    rule, targets = ruled(told, month)
    by_noun = {noun: of_noun(told, noun) for noun in ("matter", "project")}
    heads = [
        unit_id
        for unit_id, above in then.parents.items()
        if above is not None and then.parents[above] is None
    ]
    found: dict[int, tuple[Numbers, str | None, str]] = {}
    for head in heads:
        units = {unit_id for unit_id in then.parents if then.parents[unit_id] and then.home(unit_id) == head}
        numbers = matters_of(by_noun["matter"], units, month)
        numbers |= projects_of(by_noun["project"], units, month, begins, ends)
        for name, yearly in zip(
            ("signed", "landed"), targets.get(head, (Decimal(0), Decimal(0))), strict=True
        ):
            numbers[name] = (numbers[name][0], Fraction(yearly) * Fraction(int(month[5:]), 12))
        told_score = score(numbers, rule["weights"])
        small = then.size(head) < rule["least_people"]
        why = "small" if small else "nothing_due" if told_score is None else ""
        found[head] = ({} if small else numbers, None if small else told_score, why)
    places = placed({head: Decimal(row[1]) for head, row in found.items() if row[1]}, rule["listed"])
    rows = {}
    for head, (numbers, told_score, why) in found.items():
        rank, listed = places.get(head, (None, ""))
        rows[head] = Row(numbers, told_score, rank, listed, why)
    return rows


# ── who and where ───────────────────────────────────────────────────────────────────────────────────────


def instants(month: str) -> tuple[datetime, datetime]:
    """The first instant of a month of Shanghai, and the first after it."""
    first = datetime(int(month[:4]), int(month[5:]), 1, tzinfo=clock.SHANGHAI)
    return first, (first + timedelta(days=31)).replace(day=1)


def in_month(at: datetime | date, month: str) -> bool:
    """Whether an instant or a day lies in a month of Shanghai."""
    day = clock.day_of(at) if isinstance(at, datetime) else at
    return f"{day:%Y-%m}" == month


def after(began: World, told: Sequence[Event], ends: datetime) -> World:
    """Units and people after all that happened before an instant."""
    then = World(dict(began.parents), dict(began.people))
    for event in told:
        if event.at >= ends:
            break
        if event.kind == "unit.created":
            then.parents[int(event.subject)] = event.data["parent"]
        elif event.kind == "unit.updated" and "to_parent" in event.data:
            then.parents[int(event.subject)] = event.data["to_parent"]
        elif event.kind == "person.updated" and event.data["changed"] == ["left"]:
            del then.people[event.person_id or 0]
        elif event.kind in {"person.created", "person.updated"}:
            then.people[event.person_id or 0] = event.unit_id or 0
    return then


def ruled(told: Sequence[Event], month: str) -> tuple[dict[str, Any], dict[int, tuple[Decimal, Decimal]]]:
    """The rule of a month and the targets of its year, by unit."""
    rule: dict[str, Any] = {"weights": USUAL, "least_people": 5, "listed": 3}
    targets: dict[int, tuple[Decimal, Decimal]] = {}
    changes = [event for event in told if event.kind == "board.changed"]
    for event in sorted(changes, key=lambda event: (event.data["valid_from"], event.number)):
        since = event.data["valid_from"][:7]
        if since > month:
            break
        if event.data["what"] == "rule":
            rule = event.data
        elif since[:4] == month[:4]:
            targets[event.unit_id or 0] = (Decimal(event.data["signed"]), Decimal(event.data["landed"]))
    return rule, targets


def of_noun(told: Sequence[Event], noun: str) -> dict[int, list[Event]]:
    """The events of a noun, by what they are of."""
    found: dict[int, list[Event]] = defaultdict(list)
    for event in told:
        if event.kind.startswith(f"{noun}."):
            found[int(event.subject)].append(event)
    return found


# ── matters ─────────────────────────────────────────────────────────────────────────────────────────────

ACCEPTED = {"accepted": True, "reopened": True, "transferred": False, "escalated": False, "reported": False}


def stretches(events: list[Event]) -> Iterator[tuple[Event, datetime, datetime | None, bool]]:
    """Each event of a matter with the instant of the next one, the term's end, and whether the matter was accepted."""
    accepted = False
    for event, following in zip(events, [*events[1:], None], strict=True):
        accepted = ACCEPTED.get(event.kind.removeprefix("matter."), accepted)
        due = event.data.get("due_at")
        until = following.at if following else NEVER
        yield event, until, datetime.fromisoformat(due) if due else None, accepted


def matters_of(record_: Mapping[int, list[Event]], units: set[int], month: str) -> Numbers:
    """The three numbers by matters of some units."""
    kept, missed = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    closed, reopened = set(), set()
    for matter_id, events in record_.items():
        late = False
        for event, until, due, accepted in stretches(events):
            what = event.kind.removeprefix("matter.")
            theirs = (event.data["assigned"] or event.data["holder"]) in units
            now = theirs and in_month(event.at, month)
            kept["answered"] |= {matter_id} if now and what in {"accepted", "refused"} and not late else set()
            kept["solved"] |= {matter_id} if now and what == "closed" and not late else set()
            closed |= {matter_id} if now and what == "closed" else set()
            reopened |= {matter_id} if now and what == "reopened" else set()
            late = late and what not in ACCEPTED
            if due is not None and due < until and not late:
                late = True
                missed["solved" if accepted else "answered"] |= (
                    {matter_id} if theirs and in_month(due, month) else set()
                )
    told = {
        name: (len(kept[name] - missed[name]), len(kept[name] | missed[name]))
        for name in ("solved", "answered")
    }
    return told | {"lasting": (len((closed | reopened) - reopened), len(closed | reopened))}


# ── projects ────────────────────────────────────────────────────────────────────────────────────────────


def last_told(events: list[Event], kind: str, name: str, before: datetime) -> dict[str, Any]:
    """What was last told of each key of a fact of a project before an instant; what was taken away is not there."""
    found: dict[str, Any] = {}
    for event in events:
        if event.at < before and event.kind.startswith(kind):
            found |= event.data.get(name, {})
    return {key: value for key, value in found.items() if value is not None}


def reached(events: list[Event], before: datetime) -> dict[str, date]:
    """Which stages a project had reached, and when."""
    found: dict[str, date] = {}
    for event in events:
        if event.at < before and event.kind == "project.advanced":
            found[event.data["stage"]] = date.fromisoformat(event.data["on"])
        elif event.at < before and event.kind == "project.retracted":
            found.pop(event.data["stage"], None)
    return found


def stopped(events: list[Event], before: datetime) -> bool:
    """Whether a project was stopped then."""
    turns = [event.kind for event in events if event.at < before and event.kind in TURNS]
    return turns[-1:] == ["project.stopped"]


TURNS = {"project.stopped", "project.resumed"}


def projects_of(
    record_: Mapping[int, list[Event]], units: set[int], month: str, begins: datetime, ends: datetime
) -> Numbers:
    """The five numbers by projects of some units."""
    year, number = int(month[:4]), int(month[5:])
    got, due = defaultdict[str, Fraction](Fraction), defaultdict[str, Fraction](Fraction)
    for events in record_.values():
        if events[0].unit_id not in units or events[0].at >= ends:
            continue
        unit = events[0].data["amount_unit"]
        wan = {"亿元": Fraction(10000), "万元": Fraction(1)}.get(unit, Fraction(0))
        amount, done = wan * Fraction(events[0].data["amount"]), reached(events, ends)
        for stage, day in last_told(events, "project.", "days", begins).items():
            if in_month(date.fromisoformat(day), month) and not stopped(events, begins):
                due["milestones"] += 1
                got["milestones"] += stage in done and done[stage] <= date.fromisoformat(day)
        for name, stage in (("signed", "signed"), ("landed", "started")):
            got[name] += amount if stage in done and done[stage].year == year else 0
        if "signed" in done and done["signed"].year >= year - 1:
            due["landing_rate"] += 1
            got["landing_rate"] += "started" in done
        if wan and not stopped(events, ends):
            money = last_told(events, "project.", "money", ends)
            invested = {
                each.data["half"]: each.data["done"]
                for each in events
                if each.kind == "project.invested" and each.at < ends
            }
            for half, begun in ((f"{year}H1", min(number, 6)), (f"{year}H2", number - 6)):
                if begun > 0 and half in money:
                    due["progress"] += wan * Fraction(money[half]) * Fraction(begun, 6)
                    got["progress"] += wan * Fraction(invested.get(half, "0"))
    names = ("milestones", "progress", "signed", "landed", "landing_rate")
    return {name: (got[name], due[name]) for name in names}


# ── where they stand ────────────────────────────────────────────────────────────────────────────────────


def score(told: Numbers, weights: Mapping[str, int]) -> str | None:
    """The score by these weights, worked out with whole numbers."""
    parts = [
        (weights[name], min(Fraction(got) / of, Fraction(1)))
        for name, (got, of) in told.items()
        if of and weights.get(name)
    ]
    if not parts:
        return None
    tenths = sum(weight * part for weight, part in parts) / sum(weight for weight, _ in parts) * 1000
    whole = int(tenths + Fraction(1, 2))
    return f"{whole // 10}.{whole % 10}"


def placed(scores: Mapping[int, Decimal], most: int) -> dict[int, tuple[int, str]]:
    """The rank of each, and the list it is on: by walking from the best and from the last, equals together."""
    steps = sorted(set(scores.values()), reverse=True)
    groups = [[unit_id for unit_id in scores if scores[unit_id] == step] for step in steps]
    ranks: dict[int, int] = {}
    ahead: set[int] = set()
    before = 0
    for group in groups:
        ranks |= dict.fromkeys(group, before + 1)
        ahead |= set(group) if before < most else set()
        before += len(group)
    behind: set[int] = set()
    below = 0
    for step, group in zip(reversed(steps), reversed(groups), strict=True):
        below += len(group)
        behind |= set(group) if below <= most and step != 100 else set()
    if len(scores) < 3 or len(steps) == 1:
        ahead = behind = set()
    lists = dict.fromkeys(ahead - behind, "ahead") | dict.fromkeys(behind - ahead, "behind")
    return {unit_id: (ranks[unit_id], lists.get(unit_id, "")) for unit_id in scores}


def differences(said: Mapping[str, Any], worked_out: Mapping[int, Row]) -> list[str]:
    """Where a board that the server compiled says anything else than the second reckoning; amounts to two decimals."""
    rows = {row["unit"]["id"]: row for row in said["units"]}
    found = [f"units {sorted(rows.keys() ^ worked_out.keys())}"] if rows.keys() != worked_out.keys() else []
    for unit_id, own in worked_out.items():
        row = rows.get(unit_id, {})
        stands = tuple(row.get(name) for name in ("score", "rank", "listed", "why"))
        if stands != (own.score, own.rank, own.listed, own.why):
            found.append(f"unit {unit_id} stands {stands}, not {own.score, own.rank, own.listed, own.why}")
        numbers = row.get("numbers", {})
        found += [f"unit {unit_id}: {name}" for name in numbers.keys() ^ own.numbers.keys()]
        for name, (got, of) in own.numbers.items():
            told = numbers.get(name, {"got": -1, "of": -1})
            if abs(Fraction(told["got"]) - got) > Fraction(1, 200) or abs(
                Fraction(told["of"]) - of
            ) > Fraction(1, 200):
                found.append(f"unit {unit_id}, {name}: {told['got']} of {told['of']}, not {got} of {of}")
    return found
