"""A month of a whole county as rows: 2,000 people, 5,000 trips of two, 20,000 check-ins. Pure, the same for a seed.

Nobody's day is lived through the verbs here, as those of the demo's own trips are: at this size that would take hours.
Verdicts are arithmetic on the same discs, so that what a page shows holds together; areas are those of the stop.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from server import clock
from server.cli.county import fixes, names

DAYS: Final = 30
FEW_FIXES: Final = 500_000
"""So many fixes where the database is one file."""

LASTS: Final = timedelta(seconds=30_000)
TEAM: Final = 2
RADIUS_M: Final = 300.0
SHARE_ODD: Final = 0.03
SEED: Final = 5

_STEMS: Final = "望舒 曜川 墨岛 澜祺 砾原 穗汐 禾木 霁川 棠渡 屿芯 柘木 沐原 云汀 松陵 鹭鸣 青禾 远岫"
_TRADES: Final = "新材 精密 光电 食品 家居 生物 装备 智能 纺织 物流 能源 模具 电子 医药 种业"
_SURNAMED: Final = ("王工", "李总", "陈经理", "赵厂长", "孙主任", "周董", "吴总监", "郑部长")
_NOTES: Final = (
    "",
    "",
    "到达现场",
    "看了新车间，产能比去年多三成",
    "反映用工紧，缺熟练工二十余人",
    "请求协调用电增容",
    "已提醒补齐安全台账",
    "下周带样品再谈",
)
_TOPICS: Final = (
    "二期扩建选址",
    "用工与住宿",
    "用电增容",
    "总部迁入意向",
    "配套供应商对接",
    "厂房租金与税收",
)
_OUTCOMES: Final = ("同意来县考察", "形成意向，待报价", "已转相关部门", "暂无进展", "签订备忘录")
_SIGNALS: Final = ("mock_location", "stale_fix", "clock_skew", "too_fast", "accuracy_missing")


@dataclass(frozen=True, slots=True)
class Size:
    """How large the month is: all people of the county, its trips (four check-ins each), and fixes in all."""

    people: int = 2_000
    trips: int = 5_000
    fixes: int = 10_000_000

    @property
    def per_track(self) -> int:
        """So many fixes each member of a trip sent."""
        return max(2, self.fixes // (self.trips * TEAM))


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to go to: a village's middle, with the areas it lies in, from the county down."""

    name: str
    lng: float
    lat: float
    areas: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people of one unit who travel together; the first leads."""

    unit_id: int
    people: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Journey:
    """A day's trip of a pair to two places, and when it began."""

    number: int
    pair: Pair
    spots: tuple[Spot, Spot]
    begins_at: datetime
    under_way: bool


def people(count: int, taken: set[str]) -> Iterator[tuple[str, str]]:
    """So many names with user names that nobody has; names may be somebody else's too, as in a real county."""
    told = [(name, username) for name, username in names.people(SEED)]
    number = 0
    while count:
        name, username = told[number % len(told)]
        username += "" if number < len(told) else str(number // len(told) + 1)
        number += 1
        if username not in taken:
            count -= 1
            yield name, username


def journeys(pairs: Sequence[Pair], spots: Sequence[Spot], now: datetime, trips: int) -> Iterator[Journey]:
    """So many trips, day by day up to now; those of the last day are under way."""
    chance = random.Random(SEED)
    for number in range(trips):
        day = number * DAYS // trips
        under_way = day == DAYS - 1
        began = clock.day_starts_at(clock.day_of(now) - timedelta(days=DAYS - 1 - day))
        begins_at = now - LASTS if under_way else began + timedelta(hours=8, minutes=number * 7 % 120)
        first, second = chance.sample(spots, 2)
        yield Journey(number, pairs[number % len(pairs)], (first, second), begins_at, under_way)


def trip(journey: Journey) -> dict[str, Any]:
    """The row of its trip."""
    leader_id = journey.pair.people[0]
    begins_at, ends_at = journey.begins_at, journey.begins_at + LASTS
    return {
        "unit_id": journey.pair.unit_id,
        "planner_id": leader_id,
        "leader_id": leader_id,
        "title": f"走访{journey.spots[0].name}、{journey.spots[1].name}",
        "aim": "企业走访",
        "purpose": "safety" if journey.number % 40 == 0 else "ordinary",
        "basis": "安全生产法" if journey.number % 40 == 0 else "",
        "chain": _one(_TRADES, journey.number),
        "destination": journey.spots[1].name,
        "tracking": "track",
        "starts_on": clock.day_of(begins_at),
        "ends_on": clock.day_of(ends_at),
        "state": "under_way" if journey.under_way else "completed",
        "revision": 4,
        "created_at": begins_at - timedelta(days=3),
        "submitted_at": begins_at - timedelta(days=3),
        "approved_at": begins_at - timedelta(days=2),
        "returned_because": "",
        "cancelled_because": "",
        "started_at": begins_at,
        "start_known_at": begins_at,
        "ended_at": None if journey.under_way else ends_at,
        "outcome": "" if journey.under_way else "按计划完成",
    }


def stops(journey: Journey, trip_id: int) -> list[dict[str, Any]]:
    """The rows of its two stops."""
    return [
        {
            "trip_id": trip_id,
            "position": position,
            "name": spot.name,
            "lng": spot.lng,
            "lat": spot.lat,
            "radius_m": RADIUS_M,
            "tolerance_m": 0.0,
            "planned_from": journey.begins_at + position * LASTS / 2,
            "planned_to": journey.begins_at + (position + 1) * LASTS / 2,
            "host_enterprise": enterprise(journey.number) if position == 0 else "",
        }
        for position, spot in enumerate(journey.spots)
    ]


def enterprise(number: int) -> str:
    """An invented company's name."""
    return _one(_STEMS, number) + _one(_TRADES, number // 17)


def _one(words: str, number: int) -> str:
    """One of some words."""
    listed = words.split()
    return listed[number % len(listed)]


# ── check-ins ───────────────────────────────────────────────────────────────────────────────────────────

_DEEDS: Final = (("arrive", 0, 0, 0.05), ("visit", 0, 0, 0.2), ("arrive", 1, 1, 0.65), ("leave", 0, 1, 0.95))
"""What is done on a trip: the kind, by whom of the pair, at which stop, after which share of the time."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """The rows of a trip's check-ins, table by table."""

    facts: list[dict[str, Any]]
    details: list[dict[str, Any]]
    areas: list[dict[str, Any]]
    visits: list[dict[str, Any]]


def checkins(journey: Journey, trip_id: int, stop_ids: Sequence[int]) -> Sheets:
    """The four check-ins of a trip."""
    sheets = Sheets([], [], [], [])
    chance = random.Random(journey.number)
    for kind, who, stop, share in _DEEDS:
        checkin_id = UUID(int=chance.getrandbits(128), version=4)
        spot, at = journey.spots[stop], journey.begins_at + share * LASTS
        place, judged = _judged(spot, chance)
        ids = {"id": checkin_id, "person_id": journey.pair.people[who], "unit_id": journey.pair.unit_id}
        duty = {"trip_id": trip_id, "stop_id": stop_ids[stop], "kind": kind}
        sheets.facts.append(ids | duty | _times(at) | judged | _seen(spot, chance))
        sheets.details.append({"checkin_id": checkin_id, "note": chance.choice(_NOTES), "at": at, **place})
        sheets.areas.extend(
            {"checkin_id": checkin_id, "area_id": area["id"], "version": area["version"]}
            for area in spot.areas
        )
        if kind == "visit":
            of = {"checkin_id": checkin_id, "unit_id": journey.pair.unit_id, "happened_at": at}
            sheets.visits.append(of | _met(journey, chance))
    return sheets


def _times(at: datetime) -> dict[str, Any]:
    """Fixed, made and sent at once, received a second later, within the stop's window."""
    told = {"fixed_at": at, "made_at": at, "sent_at": at, "received_at": at + timedelta(seconds=1)}
    return told | {"happened_at": at, "skew_s": 1.0, "timing": "on_time", "timing_s": 0.0}


def _seen(spot: Spot, chance: random.Random) -> dict[str, Any]:
    """The areas it lies in; now and then a signal."""
    odd: list[dict[str, Any]] = [{"code": chance.choice(_SIGNALS), "evidence": {}}]
    return {"areas": list(spot.areas), "signals": odd if chance.random() < SHARE_ODD else []}


def _judged(spot: Spot, chance: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """A place near the stop's middle, seldom beyond its edge, and the verdict on its disc."""
    far_m = chance.uniform(0, 240) if chance.random() < 0.92 else chance.uniform(240, 520)
    turn, accuracy_m = chance.uniform(0, math.tau), round(chance.uniform(6, 40), 1)
    lng, lat = fixes.moved((spot.lng, spot.lat), far_m * math.cos(turn), far_m * math.sin(turn))
    edge_m = round(RADIUS_M - far_m, 1)
    outcome = "uncertain" if abs(edge_m) < accuracy_m else "inside" if edge_m > 0 else "outside"
    place = {
        "lng": lng,
        "lat": lat,
        "raw_lng": lng,
        "raw_lat": lat,
        "datum": "WGS-84",
        "accuracy_m": accuracy_m,
        "accuracy_source": "browser",
    }
    return place, {
        "has_position": True,
        "outcome": outcome,
        "edge_m": edge_m,
        "accuracy_used_m": accuracy_m,
        "accuracy_assumed": False,
        "withheld": "",
        "why": "",
    }


def _met(journey: Journey, chance: random.Random) -> dict[str, Any]:
    """Whom they met."""
    return {
        "kind": chance.choice(("outbound", "enterprise_help")),
        "enterprise": enterprise(journey.number),
        "contact": chance.choice(_SURNAMED),
        "contact_post": "",
        "topic": chance.choice(_TOPICS),
        "outcome": chance.choice(_OUTCOMES),
        "amount_unit": "",
        "next_step": "",
    }


def areas_of(chain: Sequence[tuple[int, str, str, str]]) -> tuple[dict[str, Any], ...]:
    """Areas as a check-in remembers them, each (id, code, name, kind), by their first version."""
    keys = ("id", "code", "name", "kind")
    return tuple(dict(zip(keys, row, strict=True)) | {"version": 1} for row in chain)
