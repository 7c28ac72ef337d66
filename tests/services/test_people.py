"""People and units: changed by two at one instant, and gone."""

from functools import partial

from flask import Flask

from server.db import db
from server.models.people import Person, RoleGrant
from server.models.units import Unit
from server.queries import places
from server.services import checkins, people, units
from server.services.people import NewPerson, Role
from server.services.units import NewUnit
from tests.people import county, person
from tests.support.together import together
from tests.trips import told, under_way


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
