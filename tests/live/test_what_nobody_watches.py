"""What nobody who listens may see is not made into frames; whoever comes later hears of it from the database."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask import Flask

from server.db import db
from server.live import tail
from server.live.frames import ANYBODY, Audience, Frame, Part, Sight
from server.live.hub import Hub, Load
from server.live.tail import Happened
from server.queries import stream
from server.rules.access import Scope
from server.services import checkins
from tests import people
from tests.live.happenings import committed
from tests.live.test_hub import heard, join
from tests.support.waiting import until
from tests.trips import told, under_way

PATH = "/1/"


def sight(*paths: str, person_id: int = 0, below: str = "") -> Sight:
    """Of one who sees check-ins and places of these units."""
    scope = Scope(paths, None)
    return Sight(person_id, {"checkin.read": scope, "place.read": scope}, reasoned=True, below=below)


def made_for(happened: Sequence[Happened], audience: Audience) -> list[Frame]:
    """A frame for each event, of the unit at `PATH`; unmade where nobody might see it."""
    part = Part("checkin.read", PATH, frozenset(), b"")
    seen = audience.might_see("checkin.read", PATH, None)
    return [Frame(each.number, (part,) if seen else (), unmade=not seen) for each in happened]


@contextmanager
def running(load: Load = made_for) -> Iterator[Hub]:
    """A hub on the application's database."""
    hub = Hub()
    hub.wake(db.engine, load, poll_s=0.02)
    try:
        yield hub
    finally:
        hub.rest()


def test_an_audience_might_see_what_any_of_it_may_and_what_is_about_one_of_them() -> None:
    audience = Audience.of([sight("/1/2/"), sight("/1/3/", person_id=7), sight("/1/", below="/1/4/")])
    seen = [audience.might_see("place.read", path, None) for path in ("/1/2/5/", "/1/3/", "/1/4/", "/1/5/")]
    assert seen == [True, True, True, False]
    assert audience.might_see("place.read", "/1/5/", 7)
    assert Audience.of([sight("/1/2/"), None]).might_see("place.read", "/9/", None)
    assert not Audience.of([]).might_see("place.read", PATH, None)


def test_a_check_in_is_made_for_whoever_may_see_it_or_made_it_and_otherwise_not(app: Flask) -> None:
    root = people.unit("县", "county", None)
    office = people.unit("局", "department", root)
    who, over = (
        people.person("甲", office, ("cadre", office)),
        people.person("乙", office, ("leader", office)),
    )
    trip = under_way(who, over)
    checkins.make(who.actor, told(trip))
    made = [each for each in committed_events() if each.kind == "checkin.made"]
    path = stream.path_of(office)
    for audience in (ANYBODY, Audience.of([sight(path)]), Audience.of([sight(person_id=who.id)])):
        (frame,) = stream.frames(made, audience)
        assert {part.path for part in frame.parts} == {path}
        assert not frame.unmade
    (frame,) = stream.frames(made, Audience.of([sight("/999/"), sight(path, below="/999/")]))
    assert (frame.unmade, frame.parts, frame.moved) == (True, (), frozenset({who.id}))


def test_whoever_comes_back_from_before_what_nobody_watched_has_it_from_the_database(app: Flask) -> None:
    with running() as hub:
        blind = join(hub)
        blind.sight = sight("/2/")
        unwatched = committed("a", "b")
        until(lambda: hub.number == unwatched[-1])
        seeing = join(hub, after=unwatched[0])
        assert seeing.missed == (unwatched[0], unwatched[1])
        seeing.sight = sight(PATH)
        watched = committed("c")
        assert heard(seeing, 1) == watched
        again = join(hub, after=unwatched[1])
        assert again.missed is None
        assert heard(again, 1) == watched
        assert heard(blind, 0) == []


def test_who_comes_while_a_page_is_made_for_those_before_has_it_from_the_database(app: Flask) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(happened: Sequence[Happened], audience: Audience) -> list[Frame]:
        begun.set()
        assert go_on.wait(5)
        return made_for(happened, audience)

    with running(slowly) as hub:
        join(hub).sight = sight("/2/")
        before = hub.number
        assert before is not None
        coming = committed("a", "b")
        assert begun.wait(5)
        late, fresh = join(hub, after=before), join(hub)
        late.sight = fresh.sight = sight(PATH)
        go_on.set()
        assert late.missed == (before, coming[-1])
        assert (fresh.missed, fresh.seen) == (None, coming[-1])
        later = committed("c")
        assert heard(late, 1) == heard(fresh, 1) == later


def committed_events() -> list[Happened]:
    """All events there are."""
    with db.engine.connect() as connection:
        return tail.read(connection, after=0, upto=1 << 62)
