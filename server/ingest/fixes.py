"""What every decoder of positions yields: a batch of fixes in columns, and why anything else was set aside.

A decoder takes the bytes of one request. It drops the item it cannot use, never the batch, and says for each
dropped item which one it was and why. Whether a fix that decoded well is also kept (on duty, in time, plausible)
is decided later, by the pipeline. The only failure is `Unreadable`, for a body of which nothing can be read.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from server.errors import Unreadable
from server.geo.datum import Datum

Array = NDArray[np.float64]
T = TypeVar("T")

UNREADABLE: Final = {
    "not_json": ("内容不是 JSON", "the body is not JSON"),
    "not_messages": ("JSON 里没有消息", "the JSON holds no message"),
    "too_many_fields": ("参数太多", "there are too many parameters"),
    "packing": ("压缩内容已损坏", "the packed data is damaged"),
    "too_large": ("解压后超过 {limit_kb} KB", "it unpacks to more than {limit_kb} KB"),
    "encoding": ("不支持这种压缩方式", "it is packed in a way that is not read here"),
    "no_fixes": ("应有 items 或 columns 之一", "it must hold either items or columns"),
    "too_many": ("一次最多 {limit} 个定位点", "at most {limit} fixes are taken at once"),
    "uneven": ("各列长度不一致", "its columns differ in length"),
    "datum": ("坐标系未知", "its datum is not known"),
    "not_gpx": ("不是 GPX 文件", "it is no GPX file"),
    "torn": (
        "文件在末尾处中断；此前的内容已读取",
        "the file breaks off at its end; what comes before was read",
    ),
    "sent_at": ("发送时间（sent_at）无法识别", "its time of sending (sent_at) cannot be read"),
}
"""Why nothing of a body can be read."""


class Reason(StrEnum):
    """Why a decoder sets an item aside; the value is what the counts and answers hold."""

    NO_POSITION = "no_position"
    NOT_A_POSITION = "not_a_position"
    UNREADABLE_ITEM = "unreadable_item"
    IMPOSSIBLE_COORDINATES = "impossible_coordinates"
    IMPOSSIBLE_TIME = "impossible_time"
    NO_TIME = "no_time"
    UNKNOWN_KIND = "unknown_kind"
    NOT_OPENED = "not_opened"


class SetAside(Exception):
    """Raised and caught inside a decoder: this item yields no fix."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason; nothing of the item itself, which may hold a position."""
        super().__init__(reason.value)
        self.reason = reason


class Fix(NamedTuple):
    """One fix as a decoder reads it: in our units already, not yet held against any limit.

    NaN is unknown (for `fixed_at_s`: none given), `charging` is −1 unknown, 0 no, 1 yes.
    """

    lng: float
    lat: float
    fixed_at_s: float = math.nan
    accuracy_m: float = math.nan
    altitude_m: float = math.nan
    speed_mps: float = math.nan
    heading_deg: float = math.nan
    battery: float = math.nan
    charging: int = -1
    mock: bool = False
    note: str | None = None


MAX_FIXES: Final = 2_000
"""More than this is no batch of an honest phone's, and is not read item by item."""

MEASURES: Final = Fix._fields[:8]
"""The columns that are numbers, in the order of `Table`."""

_TINY: Final = np.nextafter(0.0, 1.0)
LAST_INSTANT_S: Final = 253_402_214_399.0
"""A day before the end of the year 9999: in every time zone still a date that Python can read back."""

# A value outside is unknown. Accuracy 0 is what native Android says of a true GPS fix, −1 what iPhones say of
# speed, heading and battery they do not know: neither was measured.
_LEAST: Final = np.array([[-180.0], [-90.0], [_TINY], [_TINY], [-12_000.0], [0.0], [0.0], [0.0]])
_MOST: Final = np.array([[180.0], [90.0], [LAST_INSTANT_S], [1e7], [100_000.0], [1e4], [360.0], [1.0]])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fixes:
    """A batch of n fixes in columns; every array is (n,), in the order they came.

    `row` says which item of the delivery each was, from 0. `lng` and `lat` are degrees in `datum`, as they came.
    NaN is unknown; in `fixed_at_s` (epoch seconds) it means that the phone gave no time. `battery` is 0..1,
    `charging` −1 unknown, 0 or 1. `dropped` holds the other items: row → reason. `unknown_keys` counts the keys
    that were not understood: unknown ones, and known ones whose value was none.
    """

    row: NDArray[np.intp]
    lng: Array
    lat: Array
    fixed_at_s: Array
    accuracy_m: Array
    altitude_m: Array
    speed_mps: Array
    heading_deg: Array
    battery: Array
    charging: NDArray[np.int8]
    mock: NDArray[np.bool_]
    note: list[str | None]
    datum: Datum
    source: str
    dropped: Mapping[int, Reason]
    unknown_keys: Counter[str]

    @property
    def set_aside(self) -> Counter[Reason]:
        """How many items were dropped for which reason."""
        return Counter(self.dropped.values())

    def __len__(self) -> int:
        return len(self.lng)

    def __repr__(self) -> str:  # a log line or an error report must not hold a position
        return f"<{len(self)} fixes from {self.source}, {len(self.dropped)} set aside>"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a message says it is from. `secret` is what proves it: the identifier of Traccar Client, the password
    of OwnTracks.
    """

    secret: str | None = field(default=None, repr=False)
    user: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app must be told once its message is dealt with, so that it deletes it and sends the next."""

    status: int
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """One request of a tracker app: what kind of message it was, from whom, with which fixes."""

    kind: str
    sender: Sender
    fixes: Fixes
    answer: Answer


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """n fixes before they are held against any limit: (8, n) numbers in the order of `MEASURES`, the rest beside."""

    measures: Array
    charging: NDArray[np.int8]
    mock: NDArray[np.bool_]
    note: list[str | None]


def loaded(body: bytes) -> dict[str, Any] | list[Any]:
    """The JSON object or list of a body. Raises `Unreadable`.

    What is no JSON in the strict sense (NaN, 1e999, half an emoji cut off by a script, a name in another encoding than
    UTF-8) is read all the same: it makes one value worthless, not the batch.
    """
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = _leniently_loaded(body)
    if not isinstance(said, dict | list):
        raise unreadable("not_messages")
    return said


def _leniently_loaded(body: bytes) -> object:
    try:
        return json.loads(body.decode(json.detect_encoding(body), "replace"), parse_int=float)
    except (ValueError, RecursionError):
        raise unreadable("not_json") from None


def unreadable(reason: str, **facts: int) -> Unreadable:
    """The failure for a body that cannot be read; `reason` is a key of `UNREADABLE`."""
    zh, en = UNREADABLE[reason]
    return Unreadable(why_zh=zh.format(**facts), why_en=en.format(**facts))


def ensure_few(count: int) -> None:
    """Raise `Unreadable` for more than `MAX_FIXES` items."""
    if count > MAX_FIXES:
        raise unreadable("too_many", limit=MAX_FIXES)


def each(items: Sequence[T], read: Callable[[T], Fix]) -> tuple[dict[int, Fix], dict[int, Reason]]:
    """Read item by item: row → fix, and row → reason for each from which `read` raised `SetAside`.

    Raises `Unreadable` for more than `MAX_FIXES`.
    """
    ensure_few(len(items))
    found: dict[int, Fix] = {}
    dropped: dict[int, Reason] = {}
    for row, item in enumerate(items):
        try:
            found[row] = read(item)
        except SetAside as why:
            dropped[row] = why.reason
    return found, dropped


def nothing(source: str, dropped: Mapping[int, Reason]) -> Fixes:
    """A batch without a fix: what was dropped, by row and reason."""
    return gather({}, dropped, source=source, unknown_keys=Counter())


def gather(
    found: Mapping[int, Fix],
    dropped: Mapping[int, Reason],
    *,
    source: str,
    unknown_keys: Counter[str],
    time_needed: bool = False,
) -> Fixes:
    """Single fixes by row, in WGS-84, as a batch; see `sift`."""
    fixes = list(found.values())
    table = Table(
        np.array([fix[:8] for fix in fixes], dtype=np.float64).reshape(-1, 8).T,
        np.array([fix.charging for fix in fixes], dtype=np.int8),
        np.array([fix.mock for fix in fixes], dtype=np.bool_),
        [fix.note for fix in fixes],
    )
    rows = np.array(list(found), dtype=np.intp)
    return sift(
        rows,
        table,
        dropped,
        datum=Datum.WGS84,
        source=source,
        unknown_keys=unknown_keys,
        time_needed=time_needed,
    )


def sift(
    rows: NDArray[np.intp],
    table: Table,
    dropped: Mapping[int, Reason],
    *,
    datum: Datum,
    source: str,
    unknown_keys: Counter[str],
    time_needed: bool,
) -> Fixes:
    """Hold n fixes, whose rows are (n,), against the limits: what no phone can have measured is unknown, and a fix
    without a possible place and time is dropped; `dropped` may already say why. Without `time_needed` a fix that
    gave no time at all stays.
    """
    told = table.measures
    sane = np.where((told >= _LEAST) & (told <= _MOST), told, np.nan)
    lost: dict[int, Reason] = {}
    for at in np.flatnonzero(np.isnan(sane[0] + sane[1] + sane[2])):
        if reason := dropped.get(int(rows[at])) or _why(told[:, at], sane[:, at], time_needed):
            lost[int(at)] = reason
    why = {**dropped, **{int(rows[at]): reason for at, reason in lost.items()}}
    if lost:
        keep = np.delete(np.arange(len(rows)), list(lost))
        rows, sane, table = rows[keep], sane[:, keep], _taken(table, keep)
    lng, lat, fixed_at_s, accuracy_m, altitude_m, speed_mps, heading_deg, battery = sane
    return Fixes(
        row=rows,
        lng=lng,
        lat=lat,
        fixed_at_s=fixed_at_s,
        accuracy_m=accuracy_m,
        altitude_m=altitude_m,
        speed_mps=speed_mps,
        heading_deg=heading_deg,
        battery=battery,
        charging=table.charging,
        mock=table.mock,
        note=table.note,
        datum=datum,
        source=source,
        dropped=why,
        unknown_keys=unknown_keys,
    )


def _taken(table: Table, keep: NDArray[np.intp]) -> Table:
    note = [table.note[at] for at in keep]
    return Table(table.measures[:, keep], table.charging[keep], table.mock[keep], note)


def _why(told: Array, sane: Array, time_needed: bool) -> Reason | None:
    """Why a row of numbers is no fix; None when it is one all the same."""
    if np.isnan(told[:2]).any():
        return Reason.NO_POSITION
    if np.isnan(sane[:2]).any():
        return Reason.IMPOSSIBLE_COORDINATES
    if np.isnan(told[2]):
        return Reason.NO_TIME if time_needed else None
    return Reason.IMPOSSIBLE_TIME
