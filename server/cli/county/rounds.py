"""The trips under way now: begun an hour and a half ago, then walked by pretend phones until the demo ends."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from server.cli.county import accounts, kept, trips
from server.cli.county.fixes import moved
from server.cli.county.journey import County, Deed, Journey, live
from server.cli.county.phones import PHONES, on_the_wire
from server.cli.county.trips import TripTold
from server.services import trips as steps
from server.transaction import transaction

SET_OUT = timedelta(minutes=95)
ARRIVED = timedelta(minutes=70)
LEFT = timedelta(minutes=40)
LOITER_M: Final = 35.0
STRAY_M: Final = 60.0


@dataclass(frozen=True, slots=True)
class Round:
    """A trip under way, who of its team carries a pretend phone, how fast they go (m/s), and what each phone speaks
    between check-ins.
    """

    told: TripTold
    walkers: tuple[int, ...]
    pace_mps: float
    dialects: tuple[str, ...]


ROUNDS: Final = tuple(
    Round(told, *how)
    for told, how in zip(
        trips.UNDER_WAY,
        (
            ((0, 1), 6.0, ("native", "traccar")),
            ((0,), 5.0, ("owntracks",)),
            ((0, 1), 5.0, ("native", "native")),
        ),
        strict=True,
    )
)


def begin(each: Round, county: County, now: datetime) -> tuple[Journey, list[Deed]]:
    """A trip that was planned days ago and set out a while before `now`, with its first stop behind it."""
    journey = Journey(each.told, county, first_day=county.today)
    planned = now - timedelta(days=3)
    deeds = [
        Deed(planned, journey.plan),
        Deed(planned + timedelta(minutes=20), journey.submit),
        Deed(planned + timedelta(days=1), journey.approve),
        Deed(now - SET_OUT - timedelta(minutes=5), journey.agree),
        Deed(now - SET_OUT, journey.start),
        *journey.stay(0, now - ARRIVED, now - LEFT),
    ]
    return journey, deeds


def send_out(county: County, now: datetime) -> list[dict[str, Any]]:
    """The plan for the pretend phones (`mobile_stub.pretend county`): three trips under way, new passwords.

    A trip left over from an earlier day is completed and begun anew.
    """
    with transaction():
        numbers = [_under_way(each, county, now) for each in ROUNDS]
    together = zip(ROUNDS, numbers, strict=True)
    return [phone for each, trip_id in together for phone in _phones(each, trip_id, county, now)]


def _under_way(each: Round, county: County, now: datetime) -> int:
    """The number of the trip that is under way today."""
    leader = county.kept.actor(county.kept.in_seat(each.told.office, each.told.team[0]))
    for trip_id, ends_on in kept.under_way(leader.person_id, each.told.title):
        if ends_on >= county.today:
            return trip_id
        steps.complete(leader, trip_id, outcome="当日任务已完成")
    journey, deeds = begin(each, county, now)
    live(deeds, until=now)
    number: int = journey.trip["id"]
    return number


def _phones(each: Round, trip_id: int, county: County, now: datetime) -> Iterator[dict[str, Any]]:
    """One phone for each walker, each setting out from another stop."""
    stops = [Journey(each.told, county).shape(stop).representative_point() for stop in each.told.stops]
    met = [
        {"stop": stop.name, "note": stop.note, "visit": on_the_wire(stop.met, stop.host, now)}
        for stop in each.told.stops
    ]
    for turn, place in enumerate(each.walkers):
        username = county.kept.in_seat(each.told.office, each.told.team[place])
        emits, source = PHONES[(turn + each.told.team[place]) % len(PHONES)]
        yield {
            "username": username,
            "password": accounts.open_with_new_password(username, county.kept),
            "trip_id": trip_id,
            "consent": place not in each.told.refusing,
            "track": track([(stop.x, stop.y) for stop in stops[turn:] + stops[:turn]], seed=trip_id + turn),
            "pace_mps": each.pace_mps,
            "datum": emits.value,
            "source": source,
            "dialect": each.dialects[turn],
            "visits": met,
        }


def track(places: list[tuple[float, float]], *, seed: int) -> list[tuple[float, float]]:
    """A way past these places (lng, lat), loitering at each, with a bend between them."""
    chance = random.Random(seed)
    way: list[tuple[float, float]] = []
    for here, there in zip(places, places[1:] + places[:1], strict=True):
        way += [moved(here, *_aside(LOITER_M, chance)) for _ in range(4)]
        between = ((here[0] + there[0]) / 2, (here[1] + there[1]) / 2)
        way.append(moved(between, *_aside(STRAY_M, chance)))
    return [(round(lng, 6), round(lat, 6)) for lng, lat in way]


def _aside(most_m: float, chance: random.Random) -> tuple[float, float]:
    """Some metres east and north."""
    return chance.uniform(-most_m, most_m), chance.uniform(-most_m, most_m)
