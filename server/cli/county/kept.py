"""What the verbs need to know of the county that the database keeps: ids of areas, units and people, actors."""

from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from server.db import db
from server.models.areas import Area
from server.models.checkins import Checkin
from server.models.people import Person
from server.models.trips import Trip
from server.models.units import Unit
from server.queries import actors
from server.rules.access import Actor

ADMINISTRATOR = "guanli"


@dataclass(slots=True)
class Kept:
    """The county in the database: areas by name, units by code, people by user name, each office's people."""

    areas: dict[str, int]
    units: dict[str, int]
    people: dict[str, int]
    seats: dict[str, list[str]]
    _actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        """Somebody of the county, acting from the command line."""
        if username not in self._actors:
            found = actors.by_person(self.people[username])
            assert found is not None, "nobody of the demo county has left"
            self._actors[username] = found
        return self._actors[username]

    def in_seat(self, office: str, place: int) -> str:
        """The user name of somebody, told by their office and their place in it."""
        return self.seats[office][place]


def read() -> Kept:
    """The county as the database has it now."""
    people = db.session.execute(
        sa.select(Person.username, Person.id, Unit.code)
        .join(Unit, Unit.id == Person.unit_id)
        .order_by(Person.id)
    ).all()
    seats: dict[str, list[str]] = {}
    for username, _, code in people:
        seats.setdefault(code, []).append(username)
    return Kept(
        areas=dict(db.session.execute(sa.select(Area.name, Area.id)).all()),
        units=dict(db.session.execute(sa.select(Unit.code, Unit.id)).all()),
        people={username: person_id for username, person_id, _ in people},
        seats=seats,
    )


def is_empty() -> bool:
    """Whether nobody and nothing is in the database yet."""
    tables = (Unit, Person, Area, Trip)
    return all(db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0 for table in tables)


def is_filled() -> bool:
    """Whether the demo county is there with its trips, and not a half of it or another county."""
    administrator = db.session.scalar(sa.select(Person.id).where(Person.username == ADMINISTRATOR))
    return administrator is not None and db.session.scalar(sa.select(Trip.id).limit(1)) is not None


def checkins() -> int:
    """How many check-ins are kept."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Checkin)) or 0


def under_way(leader_id: int, title: str) -> list[tuple[int, date]]:
    """The trips of this title that somebody leads and that are under way: (number, last day)."""
    wanted = (Trip.leader_id == leader_id) & (Trip.title == title) & (Trip.state == "under_way")
    return [
        (number, day) for number, day in db.session.execute(sa.select(Trip.id, Trip.ends_on).where(wanted))
    ]
