"""Several pretend phones at once, each walking its rounds until told to stop: what makes a demo live.

The plan is JSON: {"phones": [{"username", "password", "trip_id", "track": [[lng, lat], …], "device", "pace_mps",
"step_s", "datum", "accuracy_m", "source", "noise", "dialect", "consent",
"visits": [{"stop", "note", "visit"}, …]}, …]}.
The first four are needed. The track is WGS-84 and is walked round and round.
"""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from typing import Any

from mobile_stub.pretend import tracks, walk
from mobile_stub.pretend.client import Client, Json, Link, RefusedError, SwitchedOffError, UnreachableError
from mobile_stub.pretend.phone import Act, NotReadyError, Phone, Senses, Stop

SHARE_MEETING = 0.5
SHARE_UNCERTAIN = 0.12
SHARE_POCKETED = 0.12
SHARE_MOCK = 0.03
POOR_ACCURACY_M = (60.0, 180.0)
START_WITHIN_S = 2.0
FAREWELL_S = 2.0


class PlanError(Exception):
    """A plan that cannot be followed; the message says which phone and what."""


@dataclass(frozen=True)
class Rounds:
    """One phone of the plan: who carries it, on which trip, along which track, and how."""

    username: str
    password: str
    trip_id: int
    track: list[list[float]]
    device: str = "模拟手机 pretend phone"
    pace_mps: float = 6.0
    step_s: float = 7.0
    datum: str = "WGS-84"
    accuracy_m: float = 15.0
    source: str = "browser"
    noise: bool = True
    dialect: str = "native"
    consent: bool = True
    visits: tuple[Json, ...] = ()


def plan(document: Any) -> list[Rounds]:
    """Read a plan; raises PlanError for anything that is not one."""
    phones = document.get("phones") if isinstance(document, dict) else None
    if not isinstance(phones, list) or not phones:
        raise PlanError("计划里没有手机 / the plan has no phones")
    return [_rounds(number, phone) for number, phone in enumerate(phones, start=1)]


def walk_all(phones: Sequence[Rounds], link: Link, *, seed: int | None = None) -> None:
    """Let every phone walk its rounds, a thread each; returns when the link is switched off."""
    chance = random.Random(seed)
    walkers = [_Walker(rounds, link, chance.getrandbits(32)) for rounds in phones]
    for walker in walkers:
        walker.start()
    link.off.wait()
    for walker in walkers:
        walker.join(FAREWELL_S)


class _Walker(threading.Thread):
    """One person's thread: sets out, then laps for ever; trouble ends this one only."""

    def __init__(self, rounds: Rounds, link: Link, seed: int) -> None:
        super().__init__(name=rounds.username, daemon=True)
        self._rounds = rounds
        self._link = replace(link, say=_named(rounds.username, link.say))
        self._chance = random.Random(seed)

    def run(self) -> None:
        """Walk until switched off, or until the server says something that walking on would not mend."""
        try:
            self._walk()
        except SwitchedOffError:
            return
        except (RefusedError, UnreachableError, NotReadyError) as trouble:
            self._link.say(f"停下 stops: {trouble}")

    def _walk(self) -> None:
        if self._link.off.wait(self._chance.uniform(0, START_WITHIN_S)):
            return
        with closing(_client(self._link, self._rounds)) as client:
            self._laps(client)

    def _laps(self, client: Client) -> None:
        rounds = self._rounds
        senses = Senses(rounds.datum, rounds.accuracy_m, rounds.source, rounds.noise, rounds.dialect)
        phone = Phone(client, senses, say=self._link.say, seed=self._chance.getrandbits(32))
        stops = phone.set_out(rounds.trip_id, consent=rounds.consent)
        lap = laid_out(rounds)
        walking = True
        while walking:
            planned = lap_acts(lap, stops, rounds, self._chance)
            walking = walk.replay(phone, lap, planned, walk.Pace(), self._link.off)


def laid_out(rounds: Rounds) -> tracks.Walk:
    """One lap: the track, back to where it began, a step every `step_s` seconds at `pace_mps`."""
    closed = [*rounds.track, rounds.track[0]]
    track = tuple(tracks.Point(lng, lat) for lng, lat in closed)
    return tracks.filled(tracks.timed(track, pace_mps=rounds.pace_mps), gap_m=rounds.pace_mps * rounds.step_s)


def lap_acts(lap: tracks.Walk, stops: Sequence[Stop], rounds: Rounds, chance: random.Random) -> list[Act]:
    """A lap's check-ins: arrive and leave at stops, a visit now and then, with life's small troubles."""
    acts = walk.acts(lap, stops, settle_s=2 * rounds.step_s)
    visits = list(_visits(acts, rounds.visits, chance))
    planned = sorted([*acts, *visits], key=lambda act: act.step)
    return [_troubled(act, chance) for act in planned]


def _visits(acts: Sequence[Act], met: Sequence[Json], chance: random.Random) -> Iterator[Act]:
    """During about half of the stays, what the plan has for that stop (or for any) is said half-way through."""
    left = {act.stop: act.step for act in acts if act.kind == "leave"}
    for act in acts:
        here = [said for said in met if act.stop and said.get("stop", act.stop.name) == act.stop.name]
        if act.kind == "arrive" and here and chance.random() < SHARE_MEETING:
            said = chance.choice(here)
            kind = "visit" if said.get("visit") else "note"
            step = (act.step + left.get(act.stop, act.step)) // 2
            yield replace(act, step=step, kind=kind, note=said.get("note", ""), visit=said.get("visit"))


def _troubled(act: Act, chance: random.Random) -> Act:
    """Now and then: poor reception of the sky, no network until the next check-in, a mock location."""
    return replace(
        act,
        accuracy_m=round(chance.uniform(*POOR_ACCURACY_M)) if chance.random() < SHARE_UNCERTAIN else None,
        pocketed=chance.random() < SHARE_POCKETED,
        mock=chance.random() < SHARE_MOCK,
    )


def _client(link: Link, rounds: Rounds) -> Client:
    return Client(link, username=rounds.username, password=rounds.password, device=rounds.device)


def _rounds(number: int, phone: Any) -> Rounds:
    """One phone of the plan, checked; PlanError names it by its number."""
    known = {field.name for field in fields(Rounds)}
    where = f"第 {number} 部手机 / phone {number}"
    if not isinstance(phone, dict) or not set(phone) <= known:
        raise PlanError(f"{where}: 只认识这些字段 / known fields are {', '.join(sorted(known))}")
    missing = {"username", "password", "trip_id", "track"} - set(phone)
    if missing or len(phone["track"]) < 2:
        raise PlanError(f"{where}: 缺少 / missing {', '.join(sorted(missing)) or 'two points of track'}")
    return Rounds(**{**phone, "visits": tuple(phone.get("visits", ()))})


def _named(name: str, say: Callable[[str], None]) -> Callable[[str], None]:
    return lambda line: say(f"{name}: {line}")
