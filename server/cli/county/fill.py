"""Filling an empty database with the demo county, through the services' verbs: each part whole or not at all.

Land, units and people come first, weeks ago; then every trip is lived through with the clock at its instants.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import click

from server import clock
from server.cli.county import (
    campaigning,
    kept,
    names,
    places,
    promises,
    published,
    roster,
    rounds,
    solving,
    telling,
    trips,
    walks,
)
from server.cli.county.journey import County, Deed, Journey, at, live, workday
from server.cli.county.kept import ADMINISTRATOR
from server.cli.county.places import Place
from server.cli.county.roster import PersonTold
from server.geo.datum import Datum
from server.queries import actors
from server.rules.access import Actor
from server.rules.people import first_password
from server.services import areas, events, matters, passwords, people, units
from server.services.matters import Report
from server.services.people import NewPerson, Role
from server.services.units import NewUnit
from server.transaction import transaction

SETTLED = timedelta(days=60)
GROWN = timedelta(days=10)
GROWN_BY_M = 120.0

Say = Callable[[str], None]


def fill(now: datetime, say: Say) -> None:
    """Make the county as of `now`; `click.ClickException` where the database is not empty."""
    if not kept.is_empty():
        raise click.ClickException(
            "数据库里已有数据，演示县只放进空库 / the database is not empty; the demo county needs an empty one"
        )
    ground = places.everywhere()
    with transaction(), clock.at(now - SETTLED):
        _settle(ground, say)
    county = County(kept.read(), places.by_name(ground), clock.day_of(now))
    with transaction(), clock.at(now - GROWN):
        _grow(county.kept.actor(ADMINISTRATOR), ground)
    with transaction():
        _live(county, now, say)
    with transaction(), clock.at(now):
        campaigning.run(county)
    with clock.at(now):
        telling.tell(now)


def _settle(ground: Sequence[Place], say: Say) -> None:
    """Land, units and people."""
    administrator = _administrator()
    for kind, parent_code, data in places.files(ground):
        _publish(administrator, kind, parent_code, data)
    say(f"区域 {len(ground)} 个 / {len(ground)} areas")
    ids = _units(administrator, ground)
    say(f"单位 {len(ids)} 个 / {len(ids)} units")
    everybody = roster.people(ground)
    closed = passwords.checked_hash(first_password(), "")
    for told in everybody:
        _enrol(administrator, told, ids, closed)
    say(f"人员 {len(everybody) + 1} 名 / {len(everybody) + 1} people")


def _administrator() -> Actor:
    """The county's administrator, with whom it begins."""
    password = passwords.checked_hash(first_password(), ADMINISTRATOR)
    person_id = people.create_administrator(ADMINISTRATOR, "管理员", password, county_name=names.COUNTY)
    actor = actors.by_person(person_id)
    assert actor is not None, "they were made this moment"
    units.update(actor, actor.unit_id, {"code": names.COUNTY_CODE})
    return actor


def _publish(administrator: Actor, kind: str, parent_code: str | None, data: bytes) -> None:
    """Import one file of areas, as anybody would."""
    areas.import_file(
        administrator,
        data,
        f"{kind}.geojson",
        kind=kind,
        datum=Datum.WGS84,
        name_field="name",
        code_field="code",
        parent_code=parent_code,
    )


def _units(administrator: Actor, ground: Sequence[Place]) -> dict[str, int]:
    """The unit tree; ids by code, the county's with them."""
    ids = {names.COUNTY_CODE: administrator.unit_id}
    for position, told in enumerate(roster.units(ground)):
        new = NewUnit(ids[told.parent_code], told.code, told.name, told.kind, position)
        ids[told.code] = units.create(administrator, new)["id"]
    return ids


def _enrol(administrator: Actor, told: PersonTold, ids: Mapping[str, int], closed: str) -> None:
    """An account that nobody can sign in to yet: the password behind `closed` was never told to anyone.

    `people.create` would spend a tenth of a second on hashing a password for each; one hash serves all here.
    """
    unit_id = ids[told.unit_code]
    new = NewPerson(told.username, told.name, unit_id, told.post)
    person = people.add(new, told.username, closed, must_change=True)
    events.record("person.created", actor_id=administrator.person_id, unit_id=unit_id, person_id=person.id)
    people.set_roles(administrator, person.id, [Role(role, ids[code]) for role, code in told.roles])


def _live(county: County, now: datetime, say: Say) -> None:
    """Every trip day by day, and what people complained of or suggested."""
    deeds = [deed for told in trips.ALL for deed in Journey(told, county).deeds()]
    deeds += [deed for each in rounds.ROUNDS for deed in rounds.begin(each, county, now)[1]]
    deeds += [*solving.deeds(county), *walks.deeds(county), *promises.deeds(county), *published.deeds(county)]
    live([*deeds, *_said(county)], until=now)
    count = len(trips.ALL) + len(rounds.ROUNDS)
    say(f"行程 {count} 次，签到 {kept.checkins()} 次 / {count} trips, {kept.checkins()} check-ins")


def _said(county: County) -> list[Deed]:
    """Complaints and suggestions."""

    def report(office: str, place: int, kind: str, text: str, page: str) -> Callable[[], object]:
        actor = county.kept.actor(county.kept.in_seat(office, place))
        return lambda: matters.report(actor, Report(kind, text, page))

    return [
        Deed(at(workday(county.today, day), "17:30"), report(office, place, kind, text, page))
        for office, place, kind, text, page, day in trips.MATTERS
    ]


def _grow(administrator: Actor, ground: Sequence[Place]) -> None:
    """Publish the first park anew, larger: from then on it has two versions."""
    park = places.grown(places.by_name(ground)[names.PARKS[0]], GROWN_BY_M)
    _publish(administrator, park.kind, park.parent_code, places.geojson([park]))
