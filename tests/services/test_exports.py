import pytest
from flask import Flask

from server.db import db
from server.errors import ReasonNeeded
from server.exports import csv, geojson
from server.queries.log import Filter
from server.queries.looks import at_me
from server.services import checkins, exports, looks
from tests import people
from tests.people import County
from tests.trips import told, under_way


def checked_in(folk: County) -> int:
    trip = under_way(folk.cadre, folk.supervisor_a)
    checkins.make(folk.cadre.actor, told(trip, lng=118.5023457))
    number: int = trip["id"]
    return number


def test_everybody_takes_a_copy_of_their_own_positions_without_saying_why(app: Flask) -> None:
    folk = people.county(app)
    checked_in(folk)
    mine = folk.cadre.tokens().actor
    exports.begin(mine, Filter(), form="geojson")
    assert b"118.5023457" in b"".join(geojson.write(exports.pages(mine, Filter())))
    assert at_me(folk.cadre.actor)["items"] == []


def test_who_reads_others_says_why_before_positions_leave(app: Flask) -> None:
    folk = people.county(app)
    trip_id = checked_in(folk)
    sitting = folk.supervisor_a.tokens().actor
    for wanted in (Filter(), Filter(trip_id=trip_id), Filter(person_id=folk.cadre.id)):
        with pytest.raises(ReasonNeeded):
            exports.begin(sitting, wanted, form="geojson")
    exports.begin(sitting, Filter(person_id=folk.supervisor_a.id), form="geojson")
    looks.give_reason(sitting, "trip_review", trip_id)
    exports.begin(sitting, Filter(trip_id=trip_id), form="geojson")
    assert b"118.5023457" in b"".join(geojson.write(exports.pages(sitting, Filter(trip_id=trip_id))))
    assert [look["door"] for look in at_me(folk.cadre.actor)["items"]] == ["export"]


def test_a_table_holds_no_coordinate_and_is_no_look(app: Flask) -> None:
    folk = people.county(app)
    checked_in(folk)
    sitting = folk.supervisor_a.tokens().actor
    looks.give_reason(sitting, "duty_watch")
    exports.begin(sitting, Filter(), form="csv")
    assert b"118.50" not in b"".join(csv.write(exports.without_positions(sitting, Filter())))
    assert at_me(folk.cadre.actor)["items"] == []


def test_however_slowly_an_export_is_taken_it_holds_no_database_connection(app: Flask) -> None:
    folk = people.county(app)
    checked_in(folk)
    mine = folk.cadre.tokens().actor
    for begun in (exports.pages(mine, Filter()), exports.without_positions(mine, Filter())):
        assert len(next(begun)) == 1
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # both databases have a queue of them
