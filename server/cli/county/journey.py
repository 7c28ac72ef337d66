"""A trip as told, lived through day by day: each deed at its instant, through the services' verbs."""

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from shapely.geometry import MultiPolygon, Polygon

from server import clock
from server.cli.county import fixes, names, phones, pictures
from server.cli.county.kept import Kept
from server.cli.county.phones import Moment
from server.cli.county.places import Place
from server.cli.county.trips import Spot, StopTold, TripTold
from server.rules.access import Actor
from server.rules.checkins import Told
from server.rules.logs import Saving, SupplementTold
from server.services import checkins, consents, logs, photos, reviews, trips
from server.services.trips import Plan, StopPlan

WATCHER = "ducha"
LATE = timedelta(minutes=55)
OUT_OF_REACH_S = 2400.0
SHARE_OUT_OF_REACH = 0.06
ON_THE_WIRE = timedelta(seconds=0.4)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done at an instant."""

    at: datetime
    act: Callable[[], object]


@dataclass(frozen=True, slots=True)
class County:
    """What a trip takes place in: the kept ids, the areas by name, and the day that is today."""

    kept: Kept
    places: Mapping[str, Place]
    today: date


def live(deeds: Iterable[Deed], *, until: datetime) -> None:
    """Do everything in the order of time, the clock standing at each instant; what is still to come is left."""
    for deed in sorted(deeds, key=lambda deed: deed.at):
        if deed.at <= until:
            with clock.at(deed.at):
                deed.act()


def workday(today: date, days: int) -> date:
    """The working day (Monday to Friday) so many after today, before it where negative; today itself for 0."""
    day, step = today, timedelta(days=1 if days > 0 else -1)
    left = abs(days)
    while left:
        day += step
        left -= day.weekday() < 5
    return day


def at(day: date, hour: str) -> datetime:
    """An instant of a Shanghai day, by its `HH:MM`."""
    return datetime.combine(day, time.fromisoformat(hour), clock.SHANGHAI)


def _send_photo(actor: Actor, checkin_id: UUID, content: bytes) -> None:
    """Send the photo of a check-in, as a phone does."""
    digest = hashlib.sha256(content).hexdigest()
    told = photos.Told(uuid4(), checkin_id, number=1, size=len(content), sha256=digest)
    photos.begin(actor, told)
    photos.send(actor, told.id, content, offset=0)


class Journey:
    """One trip, and what is known of it once it is planned: its number, its stops', its arrivals'."""

    def __init__(self, told: TripTold, county: County, *, first_day: date | None = None) -> None:
        self.told = told
        self.trip: dict[str, Any] = {}
        self._county = county
        self._team = [county.kept.in_seat(told.office, place) for place in told.team]
        self._first_day = first_day or workday(county.today, told.starts)
        self._last_day = self._first_day + timedelta(days=max(told.days, 1) - 1)
        self._chance = random.Random(told.title)
        self._arrivals: dict[int, UUID] = {}
        self._visits: dict[int, UUID] = {}

    # ── its whole life ──────────────────────────────────────────────────────────────────────────────────

    def deeds(self) -> Iterator[Deed]:
        """Everything that is ever done about this trip, as far as its state goes."""
        yield from self._planning()
        if self.told.state == "completed":
            yield from self._travelling()
            yield from self._reviewing()

    def _planning(self) -> Iterator[Deed]:
        """Planned and handed in, then approved, sent back or called off."""
        state = self.told.state
        yield self._before(4, "09:30", self.plan)
        if state != "draft":
            yield self._before(4, "09:50", self.submit)
        if state in ("approved", "completed"):
            yield self._before(3, "15:20", self.approve)
        if state == "returned":
            yield self._before(3, "15:20", self._send_back)
        if state == "cancelled":
            yield self._before(1, "16:40", self._cancel)

    def _travelling(self) -> Iterator[Deed]:
        """Consent the evening before, set out, every stop, home again."""
        yield Deed(at(self._first_day, "20:00") - timedelta(days=1), self.agree)
        yield Deed(at(self._first_day, "07:10"), self.start)
        for number, stop in enumerate(self.told.stops):
            if stop.how != "skipped":
                yield from self.stay(number, *self._hours(stop))
            if stop.added:
                yield Deed(at(self._first_day + timedelta(days=stop.day), "20:40"), self._adding(number))
        yield Deed(at(self._last_day, "18:20"), self.complete)

    def _reviewing(self) -> Iterator[Deed]:
        """On the next working days a supervisor asks or accepts, and the leader answers."""
        soon, later = workday(self._last_day, 1), workday(self._last_day, 2)
        for number, stop in enumerate(self.told.stops):
            if stop.query:
                yield Deed(at(soon, "10:10"), self._reviewed(number, "query", stop.query))
            if stop.answer:
                yield Deed(at(later, "08:50"), self._answered(number, stop.answer))
            if stop.answer or stop.accepted is not None:
                yield Deed(at(later, "15:00"), self._reviewed(number, "accept", stop.accepted or ""))

    def stay(self, number: int, arrived_at: datetime, left_at: datetime) -> Iterator[Deed]:
        """The check-ins of one stop: all of the team arrive; the leader meets somebody, and leaves."""
        stop, shape = self.told.stops[number], self.shape(self.told.stops[number])
        for place in range(len(self._team)):
            arrived = Moment("arrive", arrived_at + timedelta(minutes=2 * place), shape, stop.how, stop.note)
            yield self._checkin(number, place, arrived)
        how = "inside" if stop.how in ("mock", "stale", "late") else stop.how
        if stop.met is not None:
            met_at = arrived_at + (left_at - arrived_at) * 0.6
            yield self._checkin(number, 0, Moment("visit", met_at, shape, how, met=stop.met, host=stop.host))
        yield self._checkin(number, 0, Moment("leave", left_at, shape, how))

    # ── its steps, each through its verb ────────────────────────────────────────────────────────────────

    def plan(self) -> None:
        """Plan it; from then on its number and its stops' are known."""
        self.trip = trips.plan(self._leader, self._plan())

    def submit(self) -> None:
        """Hand it in."""
        trips.submit(self._leader, self.trip["id"])

    def approve(self) -> None:
        """Have it approved."""
        trips.approve(self._approver, self.trip["id"])

    def agree(self) -> None:
        """Everybody consents who does."""
        for place, username in enumerate(self._team):
            if self._consents(place):
                consents.give(self._county.kept.actor(username), self.trip["id"], self.told.tracking)

    def start(self) -> None:
        """Set out."""
        trips.start(self._leader, self.trip["id"])

    def complete(self) -> None:
        """End it."""
        trips.complete(self._leader, self.trip["id"], outcome=self.told.outcome)

    def _send_back(self) -> None:
        trips.send_back(self._approver, self.trip["id"], self.told.because)

    def _cancel(self) -> None:
        trips.cancel(self._leader, self.trip["id"], self.told.because)

    def _reviewed(self, number: int, kind: str, words: str) -> Callable[[], object]:
        watcher = self._county.kept.actor(WATCHER)
        return lambda: reviews.review(watcher, self._arrivals[number], kind, words)

    def _answered(self, number: int, words: str) -> Callable[[], object]:
        return lambda: reviews.answer(self._leader, self._arrivals[number], words)

    def _adding(self, number: int) -> Callable[[], object]:
        """In the evening the leader adds to whom they met what has come of it since."""

        def add() -> None:
            now = clock.now()
            saving = Saving(uuid4(), after=None, made_at=now, sent_at=now)
            told = SupplementTold(saving, outcome=self.told.stops[number].added)
            logs.supplement(self._leader, self._visits[number], told)

        return add

    def _checkin(self, number: int, place: int, moment: Moment) -> Deed:
        """A check-in of one of the team, sent seconds after it was made, or much later from out of reach."""
        told = phones.told(moment, phone=place, consented=self._consents(place), chance=self._chance)
        if moment.kind == "arrive" and place == 0:
            self._arrivals[number] = told.id
        if moment.kind == "visit":
            self._visits[number] = told.id
        far = self._chance.random() < SHARE_OUT_OF_REACH
        slow_s = OUT_OF_REACH_S if far else self._chance.uniform(1, 9)
        return Deed(moment.when + timedelta(seconds=slow_s), lambda: self._send(number, place, told))

    def _send(self, number: int, place: int, told: Told) -> None:
        """Send it, now that the trip and its stops have numbers."""
        stop_id = self.trip["stops"][number]["id"]
        sent_at = clock.now() - ON_THE_WIRE
        photo = self._photo(number, place, told)
        sent = replace(
            told,
            trip_id=self.trip["id"],
            stop_id=stop_id,
            sent_at=sent_at,
            photo_count=0 if photo is None else 1,
        )
        actor = self._county.kept.actor(self._team[place])
        checkins.make(actor, sent)
        if photo is not None:
            _send_photo(actor, told.id, photo)

    def _photo(self, number: int, place: int, told: Told) -> bytes | None:
        """The photo that is taken along: of every other visit, and by the leader where the duty asks for one."""
        seed = f"{self.told.title} {number}"
        if told.kind == "visit" and number % 2 == 0:
            return pictures.works(seed)
        if told.kind == "arrive" and place == 0 and self.told.photos_required:
            return pictures.slope(seed)
        return None

    # ── who, when, where ────────────────────────────────────────────────────────────────────────────────

    @property
    def _leader(self) -> Actor:
        return self._county.kept.actor(self._team[0])

    @property
    def _approver(self) -> Actor:
        """The first in the office, or in the county, who leads it and does not travel."""
        kept = self._county.kept
        seats = kept.seats[self.told.office] + kept.seats[names.COUNTY_CODE]
        able = (kept.actor(seat) for seat in seats if seat not in self._team)
        return next(actor for actor in able if any(grant.role == "leader" for grant in actor.grants))

    def _consents(self, place: int) -> bool:
        return self.told.tracking != "none" and place not in self.told.refusing

    def _before(self, days: int, hour: str, act: Callable[[], object]) -> Deed:
        """A deed some working days before the trip, or before today where the trip is still to come."""
        return Deed(at(workday(min(self._first_day, self._county.today), -days), hour), act)

    def _hours(self, stop: StopTold) -> tuple[datetime, datetime]:
        """When they really came and went: near the planned hours, or late."""
        day = self._first_day + timedelta(days=stop.day)
        late = LATE if stop.how == "late" else timedelta()
        came = at(day, stop.hours[0]) + late + timedelta(minutes=self._chance.uniform(-9, 7))
        return came, at(day, stop.hours[1]) + late + timedelta(minutes=self._chance.uniform(-6, 6))

    def shape(self, stop: StopTold) -> Polygon | MultiPolygon:
        """Where a stop is."""
        if isinstance(stop.at, str):
            return self._county.places[stop.at].shape
        return fixes.disc(self._middle(stop.at), stop.at.radius_m)

    def _middle(self, spot: Spot) -> tuple[float, float]:
        return fixes.middle(self._county.places[spot.area].shape, spot)

    def _plan(self) -> Plan:
        """The plan as the service takes it."""
        told, areas = self.told, self._county.kept.areas
        return Plan(
            title=told.title,
            aim=told.aim,
            destination=told.destination,
            starts_on=self._first_day,
            ends_on=self._last_day,
            purpose=told.purpose,
            basis=told.basis,
            chain=told.chain,
            destination_area_id=areas[told.destination_area] if told.destination_area else None,
            tracking=told.tracking,
            photos_required=told.photos_required,
            member_ids=[self._county.kept.people[username] for username in self._team],
            stops=[self._stop(stop) for stop in told.stops],
        )

    def _stop(self, stop: StopTold) -> StopPlan:
        """A stop as the service takes it: an area, or a point and a radius."""
        day = self._first_day + timedelta(days=stop.day)
        plain = StopPlan(
            name=stop.name,
            tolerance_m=20.0,
            planned_from=at(day, stop.hours[0]),
            planned_to=at(day, stop.hours[1]),
            host_enterprise=stop.host,
        )
        if isinstance(stop.at, str):
            return replace(plain, area_id=self._county.kept.areas[stop.at])
        lng, lat = self._middle(stop.at)
        return replace(plain, lng=round(lng, 6), lat=round(lat, 6), radius_m=stop.at.radius_m)
