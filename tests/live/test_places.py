"""Places on the move: told by looks, coalesced for whoever is slow, never after they are over, and only while somebody
listens.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import orjson
import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from server import clock
from server.db import WRITES, db
from server.live.frames import Audience, Frame, Sight
from server.live.hub import Hub, Reader, Taken
from server.live.places import Place, Watch
from server.live.tail import Happened
from server.models.checkins import LastPlace
from server.queries import stream
from server.rules.access import Scope
from server.services import consents, trips
from tests import people
from tests.live.happenings import on_postgis
from tests.people import County
from tests.positions import Phone, fix, fixes, phone
from tests.trips import under_way

EVERY_S = 0.1
LNG, LAT = 118.502, 29.601


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def trip_id(folk: County) -> int:
    """A duty of the cadre's that keeps a track, begun a while ago."""
    with clock.at(clock.now() - timedelta(minutes=10)):
        return int(under_way(folk.cadre, folk.supervisor_a, tracking="track")["id"])


@pytest.fixture
def walker(folk: County, trip_id: int) -> Phone:
    """The cadre's tracker."""
    return phone(folk.cadre)


def step(walker: Phone, number: int) -> None:
    """The phone tells its `number`th place, some metres on, in its order of time."""
    at = clock.now() - timedelta(seconds=60 - number)
    walker.deliver(fixes([fix(at, lng=LNG + number / 1000, lat=LAT)]))


@contextmanager
def running() -> Iterator[Hub]:
    """A hub as one process has it, looking often."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's documented way

    def load(happened: Sequence[Happened], _: Audience) -> list[Frame]:
        with app.app_context():
            return stream.frames(happened)

    def find(person_ids: Sequence[int]) -> list[Place]:
        with app.app_context():
            return stream.places_of(person_ids)

    hub = Hub()
    hub.wake(db.engine, load, poll_s=0.02, watch=Watch(find, every_s=EVERY_S))
    try:
        yield hub
    finally:
        hub.rest()


def join(hub: Hub) -> Reader:
    """A reader from now on, in a sitting of its own."""
    return hub.join(object(), after=None, most=100)


def placed(taken: Taken) -> dict[int, float]:
    """Who is told to be at which longitude."""
    moves = taken.moves
    return {} if moves is None else {id_: lng_of(place) for id_, place in moves.places.items()}


def lng_of(place: Place) -> float:
    return round(float(orjson.loads(place.item)["position"]["lng"]), 6)


def heard(reader: Reader, until: Callable[[], bool], *, within_s: float = 4.0) -> Taken:
    """All that a reader takes, put together, until a condition holds."""
    whole, give_up_at = Taken(), time.monotonic() + within_s
    while not until() and time.monotonic() < give_up_at:
        taken = reader.take(0.05)
        whole.frames += taken.frames
        whole.moves = taken.moves or whole.moves
    return whole


def moved(reader: Reader) -> dict[int, float]:
    """What the next telling says."""
    give_up_at = time.monotonic() + 4.0
    while time.monotonic() < give_up_at:
        if found := placed(reader.take(0.1)):
            return found
    return {}


def quiet(looks: int = 4) -> None:
    """Let so many looks pass."""
    time.sleep(looks * EVERY_S)


def test_who_has_moved_is_told_once_and_who_stays_is_not_told_again(folk: County, walker: Phone) -> None:
    with running() as hub:
        reader = join(hub)
        step(walker, 1)
        assert moved(reader) == {folk.cadre.id: LNG + 0.001}
        quiet()
        assert reader.take(0.0) == Taken()


def test_a_reader_who_is_slow_gets_only_the_newest_place_of_each(folk: County, walker: Phone) -> None:
    with running() as hub:
        slow, quick = join(hub), join(hub)
        for number in (1, 2, 3):
            step(walker, number)
            assert moved(quick) == {folk.cadre.id: round(LNG + number / 1000, 6)}
        assert placed(slow.take(0.0)) == {folk.cadre.id: LNG + 0.003}
        assert slow.take(0.0) == Taken()


def test_between_two_looks_only_the_newest_counts_and_a_late_fix_moves_nobody_back(
    folk: County, walker: Phone
) -> None:
    with running() as hub:
        reader = join(hub)
        for number in (7, 9, 8):
            step(walker, number)
        told = moved(reader)
        while later := placed(reader.take(3 * EVERY_S)):
            told = later
        assert told == {folk.cadre.id: LNG + 0.009}


@pytest.mark.parametrize("ends", ["complete", "withdraw"])
def test_a_place_that_waits_for_a_slow_reader_is_gone_with_the_duty_or_the_consent(
    folk: County, walker: Phone, trip_id: int, ends: str
) -> None:
    with running() as hub:
        slow, quick = join(hub), join(hub)
        step(walker, 1)
        assert moved(quick)
        if ends == "complete":
            trips.complete(folk.cadre.actor, trip_id)
        else:
            consents.withdraw(folk.cadre.actor, trip_id)
        heard(quick, lambda: hub.number == _newest())
        step(walker, 2)
        quiet()
        taken = slow.take(0.0)
        assert taken.moves is None or not taken.moves.places
        assert any(b'"gone"' in part.whole for frame in taken.frames for part in frame.parts)
        assert quick.take(0.0).moves is None


def _newest() -> int:
    db.session.rollback()
    return int(db.session.execute(sa.text("SELECT max(number) FROM events")).scalar_one())


def test_places_are_told_in_scope_and_one_message_is_shared_by_all_of_the_same(
    folk: County, walker: Phone
) -> None:
    def sight(unit_id: int, *, reasoned: bool = True, below: str = "") -> Sight:
        scope = Scope((stream.path_of(unit_id),), None)
        return Sight(0, {"place.read": scope}, reasoned=reasoned, below=below)

    with running() as hub:
        reader = join(hub)
        step(walker, 1)
        moves = heard(reader, lambda: False, within_s=4 * EVERY_S).moves
    assert moves is not None
    above = moves.seen(sight(folk.township_a))
    assert b"event: place" in above.message
    assert b"id:" not in above.message
    assert {person_id for person_id, _ in above.looks_at} == {folk.cadre.id}
    assert moves.seen(sight(folk.township_a)) is above
    township_b = stream.path_of(folk.township_b)
    for blind in (
        sight(folk.township_b),
        sight(folk.township_a, reasoned=False),
        sight(folk.root, below=township_b),
    ):
        assert not moves.seen(blind).message
        assert not moves.seen(blind).looks_at


@on_postgis
def test_a_move_that_commits_late_is_told_all_the_same_by_every_process(folk: County, walker: Phone) -> None:
    step(walker, 1)
    with running() as one, running() as other:
        readers = [join(one), join(other)]
        for reader in readers:
            assert moved(reader)
        late = db.engine.connect().execution_options(**{WRITES: True})
        with late, late.begin():
            heard_of = clock.now() - timedelta(seconds=20)
            moves = sa.update(LastPlace).values(lng=LNG + 0.5, moved_at=heard_of, at=heard_of)
            late.execute(moves)
            quiet()
            assert [reader.take(0.0) for reader in readers] == [Taken()] * 2
        for reader in readers:
            assert moved(reader) == {folk.cadre.id: LNG + 0.5}


def test_nobody_looks_while_nobody_listens(folk: County, walker: Phone) -> None:
    asked: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        with running() as hub:
            reader = join(hub)
            quiet()
            assert any("last_places" in statement for statement in asked)
            hub.leave(reader)
            quiet(1)
            asked.clear()
            quiet()
            assert not [statement for statement in asked if "last_places" in statement]
            assert asked
            step(walker, 1)
            assert moved(join(hub)) == {folk.cadre.id: LNG + 0.001}
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
