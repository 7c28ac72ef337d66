"""A person's phone on a trip: signs in, sets out, and checks in with the positions it is willing to tell."""

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mobile_stub.pretend import datum, ground, trackers, words
from mobile_stub.pretend.client import Client, Json, RefusedError
from mobile_stub.pretend.trackers import Fix, Tracker

SPREAD_FOR_95_PERCENT = 2.4477
LEAST_PAUSE_S = 1.0
"""A tracker tells a place once a second at most, however fast a walk is played."""


class NotReadyError(Exception):
    """The trip cannot be walked now; the message says what is missing."""


@dataclass(frozen=True)
class Senses:
    """What the phone measures: the datum it emits, its accuracy in metres and whose word that is; and in which
    dialect it tells positions between check-ins (empty: not at all).
    """

    datum: str = "WGS-84"
    accuracy_m: float = 15.0
    source: str = "browser"
    noise: bool = False
    dialect: str = "native"


@dataclass(frozen=True)
class Stop:
    """A stop of the trip as the phone knows it: its number at the server, name and shape."""

    id: int
    name: str
    shape: ground.Shape


@dataclass(frozen=True)
class Act:
    """One thing to do at a step of a walk: a kind of check-in, at a stop or not, and what was said there."""

    step: int
    kind: str
    stop: Stop | None = None
    note: str = ""
    visit: Json | None = None
    accuracy_m: float | None = None
    mock: bool = False
    pocketed: bool = False


class Phone:
    """One phone on one trip; holds the signed-in client, the trip and what is still in its pocket."""

    def __init__(
        self, client: Client, senses: Senses, *, say: Callable[[str], None] = print, seed: int | None = None
    ) -> None:
        self._client = client
        self._senses = senses
        self._say = say
        self._chance = random.Random(seed)
        self._pocket: list[Json] = []
        self._tracker: Tracker | None = None
        self._told_at_s = 0.0
        self.trip: Json = {}

    def set_out(self, trip_id: int, *, consent: bool) -> list[Stop]:
        """Sign in, consent if told to, start the approved trip; returns its stops. NotReadyError in words."""
        person = self._client.sign_in()
        self.trip = self._client.get(f"/trips/{trip_id}")
        if consent:
            self._consent()
        self._start()
        if self._senses.dialect and self._level() == "track":
            self._tracker = trackers.tracker(self._senses.dialect, self._client)
        self._say(f"{person.get('name', '')} · {self.trip['title']} · {self._positions_in_words()}")
        return [self._stop(stop) for stop in self.trip["stops"]]

    def check_in(self, act: Act, *, lng: float, lat: float) -> None:
        """Make a check-in here (WGS-84) and send it, or keep it in the pocket to go with the next."""
        made = self._made(act, lng=lng, lat=lat)
        if act.pocketed:
            self._pocket.append(made)
            self._say(f"{words.KINDS.get(act.kind, act.kind)} · 暂存待发 kept to send later")
            return
        waiting, self._pocket = [*self._pocket, made], []
        self._send(waiting)

    def pass_by(self, *, lng: float, lat: float, speed_mps: float) -> None:
        """Be here (WGS-84) on the way: told by the tracker, on a trip that keeps a track and with consent to it."""
        at_s = datetime.now(UTC).timestamp()
        if self._tracker is None or at_s - self._told_at_s < LEAST_PAUSE_S:
            return
        self._told_at_s = at_s
        lng, lat = self._measured(self._senses.accuracy_m, lng=lng, lat=lat)
        emits = self._senses.datum if self._senses.dialect == "native" else "WGS-84"
        told_lng, told_lat = datum.emitted(emits, lng=lng, lat=lat)
        accuracy_m = self._senses.accuracy_m
        self._tracker(Fix(round(told_lng, 7), round(told_lat, 7), emits, accuracy_m, speed_mps, at_s))

    def complete(self) -> None:
        """Send what is left in the pocket and end the trip."""
        waiting, self._pocket = self._pocket, []
        if waiting:
            self._send(waiting)
        self.trip = self._client.send("POST", f"/trips/{self.trip['id']}/complete", _act_times)
        self._say(f"行程结束 · trip {self.trip['id']} completed")

    def _consent(self) -> None:
        """Give this person's own consent at the trip's tracking level, if the trip tracks at all."""
        level = self.trip["tracking"]
        if level != "none":
            self._client.send("PUT", f"/trips/{self.trip['id']}/consent", lambda: {"level": level})
            self.trip = self._client.get(f"/trips/{self.trip['id']}")

    def _start(self) -> None:
        """Start an approved trip. A repeat whose first answer was lost finds the trip under way: fine."""
        path = f"/trips/{self.trip['id']}"
        if self.trip["state"] == "approved":
            try:
                self._client.send("POST", f"{path}/start", _act_times)
            except RefusedError as refusal:
                if refusal.status != 409:
                    raise
            self.trip = self._client.get(path)
        self._ensure_under_way()

    def _ensure_under_way(self) -> None:
        number, state = self.trip["id"], self.trip["state"]
        if state != "under_way":
            raise NotReadyError(
                f"行程 {number} 状态为 {state}，不在途中 / trip {number} is {state}, not under way"
            )

    def _level(self) -> str:
        """What this person consented to on this trip and has not withdrawn: checkins, track, or none."""
        own = [member for member in self.trip["members"] if member["id"] == self._client.me.get("id")]
        consent = (own[0].get("consent") if own else None) or {"withdrawn_at": "never given"}
        told = "none" if consent["withdrawn_at"] else str(consent.get("level", "checkins"))
        return "none" if self.trip["tracking"] == "none" else told

    def _tells_positions(self) -> bool:
        """Whether check-ins may say where they are."""
        return self._level() != "none"

    def _positions_in_words(self) -> str:
        if self._tracker is not None:
            return f"已同意记录轨迹 with a track ({self._senses.dialect})"
        if self._tells_positions():
            return "已同意采集位置 with positions"
        return "未同意或无需位置，签到不带位置 without positions"

    def _stop(self, stop: Json) -> Stop:
        """A stop with its shape; an area's boundary is asked of the server."""
        if stop.get("area_id") is None:
            shape: ground.Shape = ground.Circle(stop["lng"], stop["lat"], stop["radius_m"])
        else:
            shape = ground.polygons(_geometry(self._client.get(f"/areas/{stop['area_id']}.geojson")))
        return Stop(stop["id"], stop["name"], shape)

    def _made(self, act: Act, *, lng: float, lat: float) -> Json:
        """A check-in under a fresh id, complete but for sent-at."""
        now = _now()
        return {
            "id": str(uuid.uuid4()),
            "trip_id": self.trip["id"],
            "stop_id": act.stop.id if act.stop else None,
            "kind": act.kind,
            "made_at": now,
            "note": act.note,
            "visit": act.visit,
            **(self._position(act, now, lng=lng, lat=lat) if self._tells_positions() else {}),
        }

    def _position(self, act: Act, now: str, *, lng: float, lat: float) -> Json:
        """What the phone measures at a true place: off by its accuracy, in the datum it emits."""
        accuracy_m = act.accuracy_m or self._senses.accuracy_m
        lng, lat = self._measured(accuracy_m, lng=lng, lat=lat)
        told_lng, told_lat = datum.emitted(self._senses.datum, lng=lng, lat=lat)
        return {
            "lng": round(told_lng, 7),
            "lat": round(told_lat, 7),
            "datum": self._senses.datum,
            "accuracy_m": accuracy_m,
            "accuracy_source": self._senses.source,
            "fixed_at": now,
            "mock": act.mock,
        }

    def _measured(self, accuracy_m: float, *, lng: float, lat: float) -> tuple[float, float]:
        """Where the phone believes to be: off by as much as its accuracy allows, when it is noisy."""
        if not self._senses.noise:
            return lng, lat
        spread_m = accuracy_m / SPREAD_FOR_95_PERCENT
        east_m, north_m = self._chance.gauss(0, spread_m), self._chance.gauss(0, spread_m)
        return ground.moved(lng=lng, lat=lat, east_m=east_m, north_m=north_m)

    def _send(self, waiting: Sequence[Json]) -> None:
        """Send one check-in alone, several as a batch, and say what became of each."""
        if len(waiting) == 1:
            self._send_one(waiting[0])
            return
        answer = self._client.send("POST", "/checkins/batch", lambda: {"items": _stamped(waiting)})
        for item in answer["items"]:
            kept = item.get("checkin")
            self._say(words.told(kept) if kept else _not_kept(RefusedError(item["status"], item["problem"])))

    def _send_one(self, made: Json) -> None:
        """Send one; a refusal is said aloud, and ends the walk only when the trip is over."""
        try:
            self._say(words.told(self._client.send("POST", "/checkins", lambda: _stamped([made])[0])))
        except RefusedError as refusal:
            self._say(_not_kept(refusal))
            self.trip = self._client.get(f"/trips/{self.trip['id']}")
            self._ensure_under_way()


def _not_kept(refusal: RefusedError) -> str:
    return f"未收下 not kept · {refusal}"


def _stamped(waiting: Sequence[Json]) -> list[Json]:
    """The same check-ins with the instant of this attempt as their sent-at."""
    sent_at = _now()
    return [made | {"sent_at": sent_at} for made in waiting]


def _act_times() -> Json:
    now = _now()
    return {"at": now, "sent_at": now}


def _now() -> str:
    """This instant as the phone's clock has it, ISO 8601 in UTC with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _geometry(answer: Json) -> Json:
    """The geometry of a Feature, or of the only feature of a collection."""
    feature = answer["features"][0] if answer.get("type") == "FeatureCollection" else answer
    geometry: Json = feature["geometry"]
    return geometry
