"""Patrols of the demo county: weeks of routine walks by grid members, a rota in one township, a flood call-out."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from shapely.geometry import Point

from server import clock
from server.cli.county import treading
from server.cli.county.journey import County, Deed, at, workday
from server.cli.county.places import Place
from server.cli.county.solving import GRID_CODE_DIGITS, WATCHES
from server.db import db
from server.models.areas import Area
from server.models.matters import MatterCategory
from server.models.patrols import Patrol
from server.models.trips import TripStop
from server.rules.access import Actor
from server.rules.checkins import Told
from server.rules.patrols import Checkpoint, Plan
from server.services import (
    checkins,
    consents,
    households,
    patrol_plans,
    patrols,
    positions,
    trackers,
    trips,
)
from server.services.batch import Delivery
from server.services.households import Told as Household
from server.services.matters import Report
from server.services.patrols import Call

PLANNED_GRIDS: Final = 12
"""So many grids have a routine patrol; the others show on the map what nobody has walked."""

TRACKED_GRIDS: Final = 6
"""So many plans ask for a track, so that the share of the route is measured; one member does not agree to it."""

SINCE_DAYS: Final = 9
WEEKDAYS: Final = (0, 2, 4)
NAMES: Final = ("村口公交站", "老桥头", "水塘边")
AROUND_M: Final = 60.0
BETWEEN: Final = timedelta(minutes=14)
FOUND: Final = (
    (4, -4, "配电箱门没有锁，小孩容易碰到。"),
    (7, -2, "村道转弯处反光镜被撞歪，看不到来车。"),
)
"""What was found: by which member, on or after which day, in words."""


@dataclass(slots=True)
class Round:
    """A routine patrol of a grid: the plan once it is made, and where its checkpoints are."""

    county: County
    number: int
    code: str
    place: Place
    plan_id: int = 0
    tracker_id: int | None = None
    points: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Three places within the grid, the same each time."""
        chance = random.Random(self.code)
        west, south, east, north = self.place.shape.bounds
        while len(self.points) < len(NAMES):
            spot = chance.uniform(west, east), chance.uniform(south, north)
            if self.place.shape.contains(Point(spot)):
                self.points.append((round(spot[0], 6), round(spot[1], 6)))

    @property
    def member(self) -> Actor:
        """Who walks it."""
        return self.county.kept.actor(self.county.kept.in_seat(self.code, 0))

    @property
    def watcher(self) -> Actor:
        """Who plans it: the township's."""
        return self.county.kept.actor(self.county.kept.in_seat(f"{self.code[:9]}000", WATCHES))

    @property
    def is_tracked(self) -> bool:
        """Whether the plan asks for a track."""
        return self.number < TRACKED_GRIDS

    @property
    def agrees(self) -> bool:
        """Whether its member agrees to one."""
        return self.is_tracked and self.number != TRACKED_GRIDS - 2

    def make(self) -> None:
        """Plan it; who agrees to a track sets up their phone."""
        kept = self.county.kept
        told = Plan(
            title=f"{self.place.name}日常巡查",
            unit_id=kept.units[self.code],
            area_id=kept.areas[self.place.name],
            who="person",
            walker_ids=[kept.people[kept.in_seat(self.code, 0)]],
            rule="FREQ=WEEKLY;BYDAY=MO,WE,FR",
            days_off="next",
            starts_on=clock.day_of(clock.now()),
            opens=time(8),
            closes=time(18),
            checkpoints=[
                Checkpoint(name, lng=lng, lat=lat, radius_m=AROUND_M)
                for name, (lng, lat) in zip(NAMES, self.points, strict=True)
            ],
            route=self.points,
            tracking="track" if self.is_tracked else "checkins",
        )
        self.plan_id = patrol_plans.plan(self.watcher, told)["id"]
        if self.agrees:
            self.tracker_id = trackers.add(self.member, "traccar", "自己的手机").tracker["id"]

    def further(self) -> None:
        """Make the patrols of the next days, as the sweep does."""
        patrols.make_of(self.plan_id)

    def of(self, day: date) -> Patrol | None:
        """The patrol of a day, where there is one."""
        wanted = sa.select(Patrol).where(Patrol.plan_id == self.plan_id, Patrol.day == day)
        return db.session.scalars(wanted.where(Patrol.state != "called_off")).one_or_none()

    def is_missed(self, day: date) -> bool:
        """Whether nobody walks it that day."""
        return (self.number * 5 + day.toordinal()) % 7 == 0

    # ── a day ───────────────────────────────────────────────────────────────────────────────────────────

    def walk(self, day: date) -> Iterator[Deed]:
        """The walk of a day: set out, each checkpoint but for one now and then, back."""
        chance = random.Random(f"{self.code} {day}")
        begins = at(day, "09:00") + timedelta(minutes=chance.uniform(0, 90))
        if self.is_missed(day):
            yield Deed(at(day, "18:05"), lambda: self._on(day, lambda patrol: patrols.miss(patrol.id)))
            return
        yield Deed(begins, lambda: self._on(day, self._set_out))
        calls = [number for number in range(len(self.points)) if chance.random() < 0.9]
        for number in calls:
            yield Deed(begins + BETWEEN * (number + 1), partial(self._on, day, self._at(number)))
        if self.agrees and calls:
            yield Deed(begins + 4 * BETWEEN, lambda: self._hand_in(begins, calls))
        yield Deed(begins + timedelta(minutes=58), lambda: self._on(day, self._back))

    def _on(self, day: date, act: Callable[[Patrol], object]) -> None:
        """Do something on the patrol of a day, where there is one."""
        patrol = self.of(day)
        if patrol is not None:
            act(patrol)

    def _set_out(self, patrol: Patrol) -> None:
        assert patrol.trip_id is not None, "somebody is named"
        consents.give(self.member, patrol.trip_id, "track" if self.agrees else "checkins")
        trips.start(self.member, patrol.trip_id)

    def _hand_in(self, begins: datetime, calls: Sequence[int]) -> None:
        """Let the phone hand in the way past the checkpoints where they called."""
        chance = random.Random(f"{self.code} {begins} track")
        came = [(begins + BETWEEN * (number + 1), self.points[number]) for number in calls]
        way = treading.along(came, begins, chance)
        positions.accept([Delivery(way, received_at=clock.now(), tracker_id=self.tracker_id)])

    def _back(self, patrol: Patrol) -> None:
        assert patrol.trip_id is not None, "somebody is named"
        trips.complete(self.member, patrol.trip_id)

    def _at(self, number: int) -> Callable[[Patrol], object]:
        """A check-in at a checkpoint."""

        def check_in(patrol: Patrol) -> None:
            now = clock.now()
            chance = random.Random(f"{patrol.id} {number}")
            lng, lat = self.points[number]
            told = Told(
                id=UUID(int=chance.getrandbits(128), version=4),
                kind="patrol",
                trip_id=patrol.trip_id,
                stop_id=_stops(patrol)[number],
                made_at=now,
                fixed_at=now,
                sent_at=now,
                lng=lng + chance.uniform(-0.0002, 0.0002),
                lat=lat + chance.uniform(-0.0002, 0.0002),
                accuracy_m=round(chance.uniform(5, 22), 1),
                accuracy_source="browser",
            )
            checkins.make(self.member, told)

        return check_in

    def find(self, words: str) -> None:
        """Report what was found on the latest walk."""
        wanted = sa.select(Patrol).where(
            Patrol.plan_id == self.plan_id, Patrol.state.in_(("done", "partly_done"))
        )
        patrol = db.session.scalars(wanted.order_by(Patrol.day.desc()).limit(1)).one_or_none()
        category = db.session.scalars(
            sa.select(MatterCategory.id).where(MatterCategory.name == "一般事项")
        ).one()
        if patrol is not None:
            told = Report("patrol", words, category_id=category, place=self.place.name)
            patrols.find(self.member, patrol.id, told)


def _stops(patrol: Patrol) -> Sequence[int]:
    """The checkpoints of a patrol, as stops of its duty."""
    wanted = sa.select(TripStop.id).where(TripStop.trip_id == patrol.trip_id).order_by(TripStop.position)
    return db.session.scalars(wanted).all()


HOUSEHOLDS: Final = (
    ("老屋巷 6 号", "王奶奶", "独居，腿脚不便", 7, (-8, -1)),
    ("桥头 12 号", "陈叔", "慢性病，按时服药", 14, (-6,)),
    ("新村 3 幢 201", "", "租户，关注燃气安全", 30, (-9,)),
    ("祠堂边 2 号", "周家", "在外务工，老人带孩子", 14, ()),
)
"""The households of the first grid members: address, called, what to look after, every so many days, visits on which
days.
"""


def deeds(county: County) -> list[Deed]:
    """Everything about patrols and households, each deed at its instant."""
    rounds = _rounds(county)
    made = [deed for each in rounds for deed in _lived(each)]
    visits = [deed for each in rounds[:3] for deed in _households(each)]
    return [*made, *_findings(rounds), *_rota(county, rounds), *_flood(county, rounds), *visits]


def _households(each: Round) -> Iterator[Deed]:
    """The households of a grid member, and the visits to them."""
    ids: dict[str, int] = {}

    def take_on(door: str, name: str, concern: str, every_days: int) -> None:
        ids[door] = households.add(each.member, Household(door, every_days, name=name, concern=concern))["id"]

    def visit(door: str) -> None:
        today = clock.day_of(clock.now())
        told_as = UUID(int=random.Random(f"{each.code} {door} {today}").getrandbits(128), version=4)
        households.visit(each.member, ids[door], told_as, today, "一切都好。")

    for n, (door, name, concern, every_days, days) in enumerate(HOUSEHOLDS):
        first = at(each.county.today - timedelta(days=SINCE_DAYS), "15:00") + timedelta(minutes=n)
        yield Deed(first, partial(take_on, door, name, concern, every_days))
        for day in days:
            when = at(each.county.today + timedelta(days=day), "16:00") + timedelta(minutes=n)
            yield Deed(when, partial(visit, door))


def _rounds(county: County) -> list[Round]:
    """The grids that are walked by their members."""
    places = {place.code: place for place in county.places.values() if place.kind == "grid"}
    members = sorted(code for code in county.kept.seats if len(code) == GRID_CODE_DIGITS)
    return [Round(county, n, code, places[code]) for n, code in enumerate(members[:PLANNED_GRIDS])]


def _lived(each: Round) -> Iterator[Deed]:
    """A routine patrol since it was planned, day by day."""
    first = each.county.today - timedelta(days=SINCE_DAYS)
    yield Deed(at(first, "06:00") + timedelta(seconds=each.number), each.make)
    for n in range(1, SINCE_DAYS + 1):
        day = first + timedelta(days=n)
        if n % 5 == 0:
            yield Deed(at(day, "06:30") + timedelta(seconds=each.number), each.further)
        if day.weekday() in WEEKDAYS:
            yield from each.walk(day)


def _findings(rounds: Sequence[Round]) -> list[Deed]:
    """What grid members found."""
    return [
        Deed(at(workday(rounds[n].county.today, day), "16:20"), partial(rounds[n].find, words))
        for n, day, words in FOUND
    ]


def _rota(county: County, rounds: Sequence[Round]) -> Iterator[Deed]:
    """The people of the first township take turns on Saturday nights; and a patrol anybody of the township may take."""
    code = f"{rounds[0].code[:9]}000"
    kept = county.kept
    watcher = kept.actor(kept.in_seat(code, WATCHES))
    area_id = _area(code)
    begins = county.today - timedelta(days=3)
    night = Plan(
        title="周末夜间防火巡查",
        unit_id=kept.units[code],
        area_id=area_id,
        purpose="safety",
        basis="县森防指〔2026〕3 号：秋冬季森林防火",
        who="rota",
        walker_ids=[kept.people[name] for name in kept.seats[code]],
        rule="FREQ=WEEKLY;BYDAY=SA",
        starts_on=begins,
        opens=time(19),
        closes=time(6),
        window_days=2,
    )
    river = Plan(
        title="河道巡查",
        unit_id=kept.units[code],
        area_id=area_id,
        who="unit",
        rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
        days_off="skip",
        starts_on=begins,
        opens=time(8, 30),
        closes=time(17, 30),
    )
    for minute, told in enumerate((night, river)):
        yield Deed(at(begins, f"10:0{minute}"), partial(patrol_plans.plan, watcher, told))


def _area(code: str) -> int:
    """An area by its code."""
    return db.session.scalars(sa.select(Area.id).where(Area.code == code)).one()


def _flood(county: County, rounds: Sequence[Round]) -> Iterator[Deed]:
    """Six days ago the rain came, and the grids of a township were called out; most of them were walked."""
    kept = county.kept
    code = f"{rounds[-1].code[:9]}000"
    watcher = kept.actor(kept.in_seat(code, WATCHES))
    mine = [each for each in rounds if each.code.startswith(code[:9])]
    rained = at(county.today - timedelta(days=6), "20:10")
    call = Call(
        id=UUID(int=random.Random("flood").getrandbits(128), version=4),
        title="防汛巡查",
        purpose="emergency",
        basis="县防指〔2026〕8 号：启动防汛Ⅲ级应急响应",
        hours=4,
        area_ids=[kept.areas[each.place.name] for each in mine],
    )
    yield Deed(rained, partial(patrols.call_out, watcher, call))
    for n, each in enumerate(mine):
        if n % 4 != 3:
            yield Deed(rained + timedelta(minutes=25 + 6 * n), partial(_called, call.id, each))
        else:
            over = rained + timedelta(hours=4, minutes=5)
            yield Deed(over, partial(_missed, call.id, each))


def _of_call(call_id: UUID, each: Round) -> Patrol:
    """The patrol of a grid that was called out."""
    area_id = each.county.kept.areas[each.place.name]
    return db.session.scalars(
        sa.select(Patrol).where(Patrol.call_id == call_id, Patrol.area_id == area_id)
    ).one()


def _missed(call_id: UUID, each: Round) -> None:
    """Nobody walked a grid that was called out."""
    patrols.miss(_of_call(call_id, each).id)


def _called(call_id: UUID, each: Round) -> None:
    """The walk of a grid that was called out: one check-in anywhere in it."""
    patrol = _of_call(call_id, each)
    assert patrol.trip_id is not None, "its unit is one person"
    consents.give(each.member, patrol.trip_id, "checkins")
    trips.start(each.member, patrol.trip_id)
    now: datetime = clock.now()
    lng, lat = each.points[0]
    told = Told(
        id=UUID(int=random.Random(f"flood {each.code}").getrandbits(128), version=4),
        kind="patrol",
        trip_id=patrol.trip_id,
        stop_id=_stops(patrol)[0],
        made_at=now,
        fixed_at=now,
        sent_at=now,
        lng=lng,
        lat=lat,
        accuracy_m=14.0,
        accuracy_source="browser",
        note="沟渠通畅，低洼处无积水。",
    )
    checkins.make(each.member, told)
    trips.complete(each.member, patrol.trip_id)
