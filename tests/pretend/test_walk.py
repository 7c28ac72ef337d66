"""What a person does along a track, and what their phone sends for it."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise

import pytest

from mobile_stub.pretend import ground, walk
from mobile_stub.pretend.client import Client, Link, SwitchedOffError, UnreachableError
from mobile_stub.pretend.phone import Act, NotReadyError, Phone, Senses, Stop
from mobile_stub.pretend.tracks import Step, Walk
from tests.pretend.conftest import PretendServer, a_trip

STOP = Stop(3, "星野园", ground.Circle(118.5, 29.6, 100))
SwitchOn = Callable[..., Phone]
FAST = walk.Pace(speed=1e6)


def eastward(metres_east: list[float], *, every_s: float = 10) -> Walk:
    """A walk along a parallel through the stop, a step every so many seconds."""
    places = [ground.moved(lng=118.5, lat=29.6, east_m=east_m, north_m=0) for east_m in metres_east]
    return tuple(Step(lng, lat, index * every_s) for index, (lng, lat) in enumerate(places))


@pytest.fixture
def switch_on(said: list[str]) -> Iterator[SwitchOn]:
    """Make phones; their connections are closed at the end."""
    with ExitStack() as closing_all:

        def switch_on(link: Link, senses: Senses | None = None) -> Phone:
            client = Client(link, username="zhangsan", password="a password", device="test")
            closing_all.callback(client.close)
            return Phone(client, senses or Senses(), say=said.append, seed=1)

        yield switch_on


def test_people_arrive_once_settled_and_leave_before_they_go() -> None:
    through = eastward([-300, -90, -60, -30, 0, 30, 60, 90, 300])
    assert walk.acts(through, [STOP], settle_s=20) == [Act(3, "arrive", STOP), Act(7, "leave", STOP)]


def test_a_stop_where_the_walk_ends_is_not_left() -> None:
    assert walk.acts(eastward([-300, -50, 0, 10]), [STOP], settle_s=10) == [Act(2, "arrive", STOP)]


def test_a_mere_passing_is_no_arrival_when_a_real_stay_follows() -> None:
    back_and_forth = eastward([-300, 0, 300, -50, 0, 50, 300])
    assert walk.acts(back_and_forth, [STOP], settle_s=20) == [
        Act(4, "arrive", STOP),
        Act(5, "leave", STOP),
    ]


def test_a_stop_only_passed_is_still_checked_in_at() -> None:
    assert [act.kind for act in walk.acts(eastward([-300, -10, 0, 10, 300]), [STOP], settle_s=60)] == [
        "arrive",
        "leave",
    ]


def test_a_stop_never_reached_is_not_checked_in_at() -> None:
    assert walk.acts(eastward([300, 400, 500]), [STOP]) == []


def test_a_note_is_made_every_so_often() -> None:
    long = eastward([1000.0 + 10 * step for step in range(10)])
    assert [act.step for act in walk.acts(long, [], every_s=30)] == [3, 6, 9]


def test_a_walk_consents_starts_and_checks_in_at_the_stop(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    phone = switch_on(link)
    stops = phone.set_out(11, consent=True)
    through = eastward([-300, -60, 0, 60, 300])
    assert walk.replay(phone, through, walk.acts(through, stops, settle_s=10), FAST, link.off)
    assert [door for door in server.asked if not door.startswith("GET")] == [
        "POST /sessions",
        "PUT /trips/11/consent",
        "POST /trips/11/start",
        "POST /checkins",
        "POST /checkins",
    ]
    arrived, left = server.checkins
    assert (arrived["kind"], arrived["stop_id"], left["kind"], left["stop_id"]) == ("arrive", 3, "leave", 3)
    assert (arrived["lng"], arrived["lat"]) == (round(through[2].lng, 7), round(through[2].lat, 7))
    assert arrived["fixed_at"] <= arrived["made_at"] <= arrived["sent_at"]
    assert [str(uuid.UUID(made["id"])) for made in server.checkins] == [
        made["id"] for made in server.checkins
    ]
    assert said[-1] == "离开 leave · ● 在内 inside (在内 / Inside.)"
    assert len(server.connections) == 1, "the connection is kept alive"


def test_without_consent_no_position_leaves_the_phone(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    phone = switch_on(link)
    phone.set_out(11, consent=False)
    phone.check_in(Act(0, "note"), lng=118.5, lat=29.6)
    assert not {"lng", "lat", "fixed_at", "accuracy_m"} & set(server.checkins[0])
    assert "without positions" in said[0]


def test_a_withdrawn_consent_is_no_consent(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    server.trip["members"][0]["consent"] = {"level": "checkins", "withdrawn_at": "2026-03-01T00:00:00Z"}
    phone = switch_on(link)
    phone.set_out(11, consent=False)
    phone.check_in(Act(0, "note"), lng=118.5, lat=29.6)
    assert "lng" not in server.checkins[0]


def test_a_trip_without_tracking_asks_no_consent(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    server.trip["tracking"] = "none"
    switch_on(link).set_out(11, consent=True)
    assert "PUT /trips/11/consent" not in server.asked


def test_an_unapproved_trip_is_not_walked(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    server.trip["state"] = "submitted"
    with pytest.raises(NotReadyError, match="trip 11 is submitted"):
        switch_on(link).set_out(11, consent=True)


def test_a_stop_that_is_an_area_is_recognised_by_its_boundary(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    ring = [[118.4, 29.5], [118.6, 29.5], [118.6, 29.7], [118.4, 29.5]]
    feature = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    server.area = {"type": "FeatureCollection", "features": [feature]}
    server.trip = a_trip(stops=[{"id": 4, "name": "镇", "area_id": 9, "lng": None, "lat": None}])
    (stop,) = switch_on(link).set_out(11, consent=True)
    assert ground.covers(stop.shape, lng=118.55, lat=29.55)
    assert not ground.covers(stop.shape, lng=118.42, lat=29.65)


def test_noise_stays_near_what_the_accuracy_says_and_differs_each_time(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    phone = switch_on(link, Senses(datum="WGS-84", accuracy_m=50, noise=True))
    phone.set_out(11, consent=True)
    for _ in range(40):
        phone.check_in(Act(0, "note"), lng=118.5, lat=29.6)
    away_m = [ground.metres(lng=118.5, lat=29.6, to_lng=c["lng"], to_lat=c["lat"]) for c in server.checkins]
    assert len(set(away_m)) == 40
    assert sum(distance_m <= 50 for distance_m in away_m) >= 34
    assert max(away_m) > 10


def test_the_phone_tells_its_position_in_its_own_datum(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    phone = switch_on(link, Senses(datum="GCJ-02"))
    phone.set_out(11, consent=True)
    phone.check_in(Act(0, "note"), lng=121.5272106, lat=31.1774276)
    made = server.checkins[0]
    assert (made["datum"], made["lng"], made["lat"]) == ("GCJ-02", 121.5315419, 31.175304)


CUT = "cut before answering"


@pytest.mark.parametrize("troubles", [[503], [502, 500], [CUT, CUT]])
def test_network_trouble_is_retried_with_the_same_id_and_a_new_sent_at(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str], troubles: list[int | str]
) -> None:
    phone = switch_on(link)
    phone.set_out(11, consent=True)
    server.troubles = [*troubles]
    phone.check_in(Act(0, "note"), lng=118.5, lat=29.6)
    assert server.asked.count("POST /checkins") == len(troubles) + 1
    assert len({made["id"] for made in server.checkins}) == 1
    assert len({made["sent_at"] for made in server.checkins}) == len(server.checkins)
    assert any("trying again" in line for line in said)


def test_a_connection_that_the_server_let_go_of_is_opened_anew_at_once(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    phone = switch_on(link)
    phone.set_out(11, consent=True)
    server.troubles = [CUT]
    phone.check_in(Act(0, "note"), lng=118.5, lat=29.6)
    assert len(server.checkins) == 2
    assert not any("trying again" in line for line in said)


def test_patience_has_an_end(link: Link, switch_on: SwitchOn) -> None:
    impatient = replace(link, server="http://127.0.0.1:9", patience_s=0.1)
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:9"):
        switch_on(impatient).set_out(11, consent=True)


def test_a_waiting_phone_can_be_switched_off(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    phone = switch_on(link)
    phone.set_out(11, consent=True)
    server.troubles = [503] * 10
    threading.Timer(0.1, link.off.set).start()
    with pytest.raises(SwitchedOffError):
        phone.check_in(Act(0, "note"), lng=118.5, lat=29.6)


def test_a_token_that_ran_out_is_renewed_on_the_way(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    phone = switch_on(link)
    phone.set_out(11, consent=True)
    server.troubles = [401]
    phone.check_in(Act(0, "note"), lng=118.5, lat=29.6)
    assert server.asked[-2:] == ["POST /sessions/refresh", "POST /checkins"]
    assert len(server.checkins) == 1


def test_a_refused_check_in_is_said_aloud_and_the_walk_goes_on(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    phone = switch_on(link)
    phone.set_out(11, consent=True)
    server.troubles = [422]
    phone.check_in(Act(0, "note"), lng=118.5, lat=29.6)
    phone.check_in(Act(1, "note"), lng=118.5, lat=29.6)
    assert said[-2] == "未收下 not kept · 不行 / No."
    assert len(server.checkins) == 1


def test_a_walk_ends_when_the_trip_has_ended_meanwhile(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    phone = switch_on(link)
    phone.set_out(11, consent=True)
    server.trip["state"], server.troubles = "completed", [409]
    with pytest.raises(NotReadyError, match="is completed"):
        phone.check_in(Act(0, "note"), lng=118.5, lat=29.6)


def test_a_pocketed_check_in_goes_with_the_next_in_one_batch(
    server: PretendServer, link: Link, switch_on: SwitchOn, said: list[str]
) -> None:
    phone = switch_on(link)
    phone.set_out(11, consent=True)
    phone.check_in(Act(0, "note", pocketed=True), lng=118.5, lat=29.6)
    assert server.checkins == []
    phone.check_in(Act(1, "leave"), lng=118.5, lat=29.6)
    assert [made["kind"] for made in server.checkins] == ["note", "leave"]
    assert server.asked[-1] == "POST /checkins/batch"


def test_a_replay_rests_in_proportion_to_its_speed_but_not_too_long(
    monkeypatch: pytest.MonkeyPatch, link: Link, switch_on: SwitchOn
) -> None:
    rests: list[float] = []
    monkeypatch.setattr(link.off, "wait", rests.append)
    steps = tuple(Step(118.5, 29.6, after_s) for after_s in (0, 60, 120, 7200))
    assert walk.replay(switch_on(link), steps, [], walk.Pace(60, longest_pause_s=5), link.off)
    assert rests == [0, 1, 1, 5]


def test_acts_come_in_the_order_of_the_walk() -> None:
    there_and_back = eastward([-300, 0, 10, 300, 600, 300, 610, 620])
    far = Stop(4, "远处", ground.Circle(*ground.moved(lng=118.5, lat=29.6, east_m=600, north_m=0), 50))
    planned = walk.acts(there_and_back, [far, STOP], settle_s=10)
    assert all(first.step <= second.step for first, second in pairwise(planned))
    assert {act.stop.name for act in planned if act.stop} == {"星野园", "远处"}
