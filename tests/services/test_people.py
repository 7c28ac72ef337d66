"""People and units: changed by two at one instant, and gone."""

from functools import partial

import sqlalchemy as sa
from flask import Flask

from server.db import db
from server.models.people import Person, RoleGrant
from server.models.trips import Consent, Trip
from server.models.units import Unit
from server.queries import people as reads
from server.queries import places
from server.services import checkins, people, trips, units
from server.services.people import NewPerson, Role
from server.services.units import NewUnit
from tests.people import Someone, county, person
from tests.support.together import together
from tests.trips import approved, told, under_way


def test_two_administrators_who_remove_each_other_do_not_both_go(app: Flask) -> None:
    made = county(app)
    second = person("唐备", made.root, ("administrator", made.root))
    one, other = made.administrator.actor, second.actor
    together(
        app,
        lambda: people.set_roles(one, second.id, []),
        lambda: people.set_roles(other, made.administrator.id, []),
    )
    db.session.rollback()
    left = db.session.query(RoleGrant).filter_by(role="administrator", unit_id=made.root).count()
    assert left == 1


def test_of_two_who_make_the_same_user_name_one_does(app: Flask) -> None:
    made = county(app)
    actor = made.administrator.actor
    told = NewPerson(username="gao.lin", name="高林", unit_id=made.root)
    together(app, *[lambda: people.create(actor, told)] * 3)
    db.session.rollback()
    assert db.session.query(Person).filter_by(username="gao.lin").count() == 1


def test_a_unit_made_below_one_that_is_moving_has_the_right_path(app: Flask) -> None:
    made = county(app)
    actor = made.administrator.actor
    for number in range(4):
        goal = (made.township_b, made.township_a)[number % 2]
        told = NewUnit(parent_id=made.village_a, code=f"new-{number}", name="新网格", kind="grid")
        together(
            app,
            partial(units.update, actor, made.village_a, {"parent_id": goal}),
            partial(units.create, actor, told),
        )
    db.session.rollback()
    village = db.session.get_one(Unit, made.village_a)
    below = db.session.query(Unit).filter_by(parent_id=made.village_a).all()
    assert len(below) == 5
    assert {unit.path for unit in below} == {f"{village.path}{unit.id}/" for unit in below}


def test_the_same_role_given_twice_at_one_instant_is_held_once(app: Flask) -> None:
    made = county(app)
    actor, role = made.administrator.actor, Role("leader", made.township_a)
    together(app, *[lambda: people.set_roles(actor, made.cadre.id, [role])] * 3)
    db.session.rollback()
    assert db.session.query(RoleGrant).filter_by(person_id=made.cadre.id).count() == 1


def test_who_leaves_is_on_no_map(app: Flask) -> None:
    folk = county(app)
    checkins.make(folk.cadre.actor, told(under_way(folk.cadre, folk.supervisor_a)))
    assert len(places.items([folk.cadre.id])) == 1
    people.update(folk.administrator.actor, folk.cadre.id, {"left": True})
    assert places.items([folk.cadre.id]) == []


# ── leaving with something under way ────────────────────────────────────────────────────────────────────


def test_who_leaves_ends_what_they_were_on_alone_and_leaves_the_rest_to_the_others(app: Flask) -> None:
    folk = county(app)
    alone = under_way(folk.cadre, folk.supervisor_a, tracking="track")
    shared = under_way(folk.cadre, folk.supervisor_a, member_ids=[folk.colleague.id])
    waiting = approved(folk.cadre, folk.supervisor_a)
    people.update(folk.administrator_a.actor, folk.cadre.id, {"left": True})
    db.session.rollback()
    stood = {trip.id: trip for trip in db.session.scalars(sa.select(Trip))}
    assert stood[alone["id"]].state == "completed"
    assert stood[alone["id"]].ended_at is not None
    assert stood[shared["id"]].state == "under_way"
    assert (stood[waiting["id"]].state, bool(stood[waiting["id"]].cancelled_because)) == ("cancelled", True)
    consents = db.session.scalars(sa.select(Consent).where(Consent.person_id == folk.cadre.id)).all()
    assert len(consents) == 2
    assert all(each.withdrawn_at is not None for each in consents)
    trips.complete(folk.colleague.actor, shared["id"])
    people.update(folk.administrator_a.actor, folk.colleague.id, {"left": True})


def test_who_moves_takes_the_roles_over_the_old_unit_along_only_when_that_is_said(app: Flask) -> None:
    folk = county(app)
    people.update(folk.administrator.actor, folk.cadre.id, {"unit_id": folk.township_b})
    assert roles_of(folk.cadre) == [("cadre", folk.township_a)]
    people.update(folk.administrator.actor, folk.cadre.id, {"unit_id": folk.township_a})
    people.update(folk.administrator.actor, folk.cadre.id, {"unit_id": folk.village_a, "roles_move": True})
    assert roles_of(folk.cadre) == [("cadre", folk.village_a)]


def roles_of(who: Someone) -> list[tuple[str, int]]:
    """The roles somebody holds."""
    db.session.rollback()
    return [(each["role"], each["unit"]["id"]) for each in reads.roles_of({who.id})[who.id]]
