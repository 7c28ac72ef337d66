"""Whom something concerns: the people a notice goes to, by the words of `notice_kinds`. Unscoped, for the sweep.

`approvers`, `watchers`, `holders` and `verifiers` are the nearest that hold the permission: those whose role is over
the unit itself, or else over the unit above it, and so on. Who stands higher has not to be told of everything below.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.models.bulletins import Bulletin
from server.models.campaigns import Campaign
from server.models.events import Event
from server.models.flags import Flag
from server.models.matters import Matter, MatterCategory
from server.models.people import Person, RoleGrant
from server.models.projects import Project
from server.models.reviews import Review
from server.models.trips import Trip, TripMember
from server.models.units import Unit
from server.rules import matters, notice_kinds, notices
from server.rules.access import PERMISSIONS, is_root
from server.rules.working_calendar import Term


@dataclass(frozen=True, slots=True)
class Fact:
    """What a notice is made of: an event, or a day that has come (then without `number`, and `term` says whose day)."""

    kind: str
    actor_id: int | None = None
    unit_id: int | None = None
    person_id: int | None = None
    trip_id: int | None = None
    subject: str = ""
    purpose: str = ""
    number: int | None = None
    term: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """Somebody's role over the subtree of a path."""

    person_id: int
    role: str
    path: str


@dataclass(frozen=True, slots=True)
class Material:
    """What is needed to say whom a page of facts concerns: read once for all of them."""

    holdings: Sequence[Holding]
    paths: Mapping[int, str]
    trips: Mapping[int, Trip]
    travellers: Mapping[int, Sequence[int]]
    matters: Mapping[int, Matter]
    pressing: frozenset[int]
    queriers: Mapping[str, int]
    leads: Mapping[tuple[str, str], int]
    makers: Mapping[str, Sequence[int]]


def gather(facts: Sequence[Fact]) -> Material:
    """Fetch all that a page of facts mentions: a handful of statements, however long the page."""
    trip_ids = {fact.trip_id for fact in facts if fact.trip_id is not None}
    told_of = {int(fact.subject) for fact in facts if fact.kind.startswith("matter.")}
    checkins = {fact.subject for fact in facts if fact.kind == "checkin.answered"}
    found = _matters(told_of)
    return Material(
        holdings=_holdings(),
        paths={row.id: row.path for row in db.session.execute(sa.select(Unit.id, Unit.path))},
        trips=_trips(trip_ids),
        travellers=_travellers(trip_ids),
        matters={matter.id: matter for matter, _ in found},
        pressing=frozenset(
            matter.id for matter, term in found if term is not None and notices.is_pressing(term)
        ),
        queriers=_queriers(checkins),
        leads=_leads(facts),
        makers=_makers(facts),
    )


def by(fact: Fact, material: Material) -> list[int]:
    """The ids of the people a fact concerns, sorted; never who did it, but for what guards their account."""
    kind = notice_kinds.KINDS[fact.kind]
    concerned: set[int] = set()
    for word in kind.concerns:
        concerned |= set(_WHOM[word](fact, material))
    return sorted(concerned if kind.guards else concerned - {fact.actor_id})


def unit_of(fact: Fact, material: Material) -> int | None:
    """The unit a notice is counted for in what groups are told; None of what is confidential: they are told nothing."""
    matter = material.matters.get(int(fact.subject)) if fact.kind.startswith("matter.") else None
    return None if matter is not None and matter.kind in matters.CONFIDENTIAL else fact.unit_id


def is_urgent(fact: Fact, material: Material) -> bool:
    """Whether a fact is an emergency: by its kind, its trip's purpose, or how soon its matter needs an answer."""
    if notice_kinds.KINDS[fact.kind].urgent or fact.purpose == notices.URGENT_PURPOSE:
        return True
    if fact.kind.startswith("matter."):
        return int(fact.subject) in material.pressing
    trip = material.trips.get(fact.trip_id or 0)
    return fact.kind.startswith("trip.") and trip is not None and trip.purpose == notices.URGENT_PURPOSE


# ── the words ───────────────────────────────────────────────────────────────────────────────────────────


def _person(fact: Fact, _material: Material) -> Iterable[int]:
    return () if fact.person_id is None else (fact.person_id,)


def _querier(fact: Fact, material: Material) -> Iterable[int]:
    """Who last queried the check-in."""
    found = material.queriers.get(fact.subject)
    return () if found is None else (found,)


def _planners(fact: Fact, material: Material) -> Iterable[int]:
    """Who planned and who leads the trip."""
    trip = material.trips.get(fact.trip_id or 0)
    return () if trip is None else {trip.planner_id, trip.leader_id}


def _travellers_of(fact: Fact, material: Material) -> Iterable[int]:
    """All who are on the trip or planned it."""
    return {*_planners(fact, material), *material.travellers.get(fact.trip_id or 0, ())}


def _approvers(fact: Fact, material: Material) -> Iterable[int]:
    """Who may approve the trip: never who is on it."""
    return _nearest(material, "trip.approve", fact.unit_id, without=set(_travellers_of(fact, material)))


def _watchers(fact: Fact, material: Material) -> Iterable[int]:
    """Who looks after a silent phone."""
    return _nearest(material, "silence.read", fact.unit_id)


def _reporter(fact: Fact, material: Material) -> Iterable[int]:
    return (material.matters[int(fact.subject)].by_id,)


def _holders(fact: Fact, material: Material) -> Iterable[int]:
    """Who accepts and hands on; what is confidential goes to who answers it, at the county."""
    matter = material.matters[int(fact.subject)]
    if matter.kind in matters.CONFIDENTIAL:
        return [held.person_id for held in _held(material, "matter.answer") if is_root(held.path)]
    return _nearest(material, "matter.route", matter.holder_id)


def _handlers(fact: Fact, material: Material) -> Iterable[int]:
    """Who handles it: the person, or whoever may of that very unit, or else who watches over it."""
    matter = material.matters[int(fact.subject)]
    if matter.assigned_to_id is not None:
        return (matter.assigned_to_id,)
    path = material.paths.get(matter.assigned_unit_id or 0)
    there = {held.person_id for held in _held(material, "matter.handle") if held.path == path}
    return there or _nearest(material, "matter.route", matter.assigned_unit_id)


def _verifiers(fact: Fact, material: Material) -> Iterable[int]:
    return _nearest(material, "matter.verify", material.matters[int(fact.subject)].holder_id)


def _answerable(fact: Fact, material: Material) -> Iterable[int]:
    """Who has to move now: who handles it once it is assigned, before that who accepts and assigns."""
    assigned = material.matters[int(fact.subject)].state == "assigned"
    return _handlers(fact, material) if assigned else _holders(fact, material)


def _lead(fact: Fact, material: Material) -> Iterable[int]:
    """Who leads the campaign, the project, or the project that a flag is of."""
    found = material.leads.get((notice_kinds.KINDS[fact.kind].about, fact.subject))
    return () if found is None else (found,)


def _carers(fact: Fact, material: Material) -> Iterable[int]:
    """Who leads the project, and who looks after the unit that answers for it."""
    return {*_lead(fact, material), *_nearest(material, "project.edit", fact.unit_id)}


def _settlers(fact: Fact, material: Material) -> Iterable[int]:
    """Who says whether a commitment was kept."""
    return _nearest(material, "project.settle", fact.unit_id)


def _heads(fact: Fact, material: Material) -> Iterable[int]:
    """Who watches over that very unit; where nobody does, who works for it; or else who watches over it from above."""
    path = material.paths.get(fact.unit_id or 0)
    there = [held for held in _held(material, "campaign.report") if held.path == path]
    watching = {held.person_id for held in there if held.role in PERMISSIONS["campaign.open"].roles}
    working = {held.person_id for held in there}
    return watching or working or _nearest(material, "campaign.open", fact.unit_id)


def _makers_of(fact: Fact, material: Material) -> Iterable[int]:
    """Who drafted and who edited the bulletin."""
    return material.makers.get(fact.subject, ())


def _deciders(fact: Fact, material: Material) -> Iterable[int]:
    """Who decides on a flag that is contested."""
    return _nearest(material, "flag.decide", fact.unit_id)


_WHOM: Mapping[str, Callable[[Fact, Material], Iterable[int]]] = {
    "person": _person,
    "querier": _querier,
    "planners": _planners,
    "travellers": _travellers_of,
    "approvers": _approvers,
    "watchers": _watchers,
    "reporter": _reporter,
    "holders": _holders,
    "handlers": _handlers,
    "verifiers": _verifiers,
    "answerable": _answerable,
    "lead": _lead,
    "carers": _carers,
    "deciders": _deciders,
    "settlers": _settlers,
    "heads": _heads,
    "makers": _makers_of,
}
"""Every word of `Kind.concerns`, and whom it means."""


def _held(material: Material, permission: str) -> list[Holding]:
    """Everybody's roles that give a permission."""
    roles = PERMISSIONS[permission].roles
    return [held for held in material.holdings if held.role in roles]


def _nearest(
    material: Material, permission: str, unit_id: int | None, *, without: Collection[int] = ()
) -> set[int]:
    """Those who hold a permission over a unit by the role that lies nearest to it."""
    path = material.paths.get(unit_id or 0)
    if path is None:
        return set()
    over = [
        held
        for held in _held(material, permission)
        if path.startswith(held.path) and held.person_id not in without
    ]
    nearest = max((len(held.path) for held in over), default=0)
    return {held.person_id for held in over if len(held.path) == nearest}


# ── material ────────────────────────────────────────────────────────────────────────────────────────────


def _holdings() -> list[Holding]:
    """The roles of everybody who has not left."""
    statement = (
        sa.select(RoleGrant.person_id, RoleGrant.role, Unit.path)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(Person.left_at.is_(None))
        .order_by(RoleGrant.id)
    )
    return [Holding(*row) for row in db.session.execute(statement)]


def _trips(trip_ids: Collection[int]) -> dict[int, Trip]:
    found = db.session.scalars(sa.select(Trip).where(Trip.id.in_(trip_ids)))
    return {trip.id: trip for trip in found}


def _travellers(trip_ids: Collection[int]) -> dict[int, list[int]]:
    statement = sa.select(TripMember.trip_id, TripMember.person_id).where(TripMember.trip_id.in_(trip_ids))
    found: dict[int, list[int]] = {}
    for trip_id, person_id in db.session.execute(statement):
        found.setdefault(trip_id, []).append(person_id)
    return found


def _matters(matter_ids: Collection[int]) -> list[tuple[Matter, Term | None]]:
    """Matters as they stand, each with the term in which it is to be answered."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(Matter, MatterCategory)
        .outerjoin(MatterCategory, MatterCategory.id == Matter.category_id)
        .where(Matter.id.in_(matter_ids))
    )
    return [
        (matter, category and Term(category.answer_amount, category.answer_unit))
        for matter, category in db.session.execute(statement)
    ]


def _leads(facts: Collection[Fact]) -> dict[tuple[str, str], int]:
    """Who leads, by noun and number: campaigns, projects, and the projects of flags."""
    ids = {
        noun: {int(fact.subject) for fact in facts if notice_kinds.KINDS[fact.kind].about == noun}
        for noun in ("flag", "campaign", "project")
    }
    flags: sa.Select[*tuple[Any, ...]] = (
        sa.select(sa.literal("flag"), Flag.id, Project.lead_id)
        .join(Project, Project.id == Flag.project_id)
        .where(Flag.id.in_(ids["flag"]), Project.lead_id.is_not(None))
    )
    led: sa.Select[*tuple[Any, ...]] = sa.select(sa.literal("campaign"), Campaign.id, Campaign.lead_id)
    led = led.where(Campaign.id.in_(ids["campaign"]))
    cared: sa.Select[*tuple[Any, ...]] = sa.select(sa.literal("project"), Project.id, Project.lead_id)
    cared = cared.where(Project.id.in_(ids["project"]), Project.lead_id.is_not(None))
    return {(noun, str(id_)): lead for noun, id_, lead in db.session.execute(flags.union_all(led, cared))}


def _makers(facts: Collection[Fact]) -> dict[str, list[int]]:
    """Who drafted and edited these bulletins."""
    ids = {int(fact.subject) for fact in facts if fact.kind.startswith("bulletin.")}
    made = sa.select(Bulletin.id, Bulletin.drafted_by, Bulletin.edited_by).where(Bulletin.id.in_(ids))
    return {
        str(row.id): [each for each in (row.drafted_by, row.edited_by) if each is not None]
        for row in db.session.execute(made)
    }


def _queriers(checkin_ids: Collection[str]) -> dict[str, int]:
    """Who last queried each of these check-ins."""
    statement = (
        sa.select(Review.checkin_id, Review.by_id)
        .where(Review.checkin_id.in_([UUID(each) for each in checkin_ids]), Review.kind == "query")
        .order_by(Review.id)
    )
    return {str(row.checkin_id): row.by_id for row in db.session.execute(statement)}


def facts(*, after: int, upto: int, limit: int) -> tuple[list[tuple[Fact, datetime]], int]:
    """The events of a page that notices are made of, and the number up to which the record was read with them."""
    page = sa.select(Event).where(
        Event.number > after, Event.number <= upto, Event.kind.in_(notice_kinds.KINDS)
    )
    rows = list(db.session.scalars(page.order_by(Event.number).limit(limit)))
    read_upto = rows[-1].number if len(rows) == limit else upto
    told = [(fact, event.at) for event in rows if _is_told(event) for fact in _facts(event)]
    return told, read_upto


def _is_told(event: Event) -> bool:
    """Of the words about a check-in only a query, of what is told of a task only how it ended or that it goes on."""
    wanted = _ONLY.get(event.kind)
    return wanted is None or event.data.get(wanted[0]) in wanted[1]


_ONLY = {
    "checkin.reviewed": ("review", {"query"}),
    "campaign.reported": ("step", {"finish", "drop", "reopen"}),
}
"""Kinds of events of which only some are told: the fact that says which, and its values."""


def _facts(event: Event) -> list[Fact]:
    """An event as what notices are made of: once for each unit it names, or for the unit it is of."""
    units = event.data.get("units") or [event.unit_id]
    return [_fact(event, unit_id) for unit_id in units]


def _fact(event: Event, unit_id: int | None) -> Fact:
    """An event as what concerns a unit; a task that headquarters drop or open again is a task that was changed."""
    dropped = event.kind == "campaign.reported" and event.data["step"] != "finish"
    kind = "campaign.tasked" if dropped else event.kind
    whom = (event.actor_id, unit_id, event.person_id, event.trip_id)
    return Fact(kind, *whom, event.subject, str(event.data.get("purpose", "")), event.number)
