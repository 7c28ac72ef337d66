"""Check-ins: times, accuracy, consent and windows, as arithmetic on plain values."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from uuid import UUID

import orjson

KINDS = ("arrive", "visit", "leave", "patrol", "note")
VISIT_KINDS = ("outbound", "reception", "enterprise_help", "household")

ACCURACY_SOURCES = ("browser", "android", "ios", "other")
OUTCOMES = ("inside", "uncertain", "outside", "not_judged")

BATCH_MOST = 500
SKEW_IGNORED_S = 5.0
"""Skew below this is network delay and whole-second clocks, not a clock gone wrong."""

ABSURD_ACCURACY_M = 50_000.0


@dataclass(frozen=True, slots=True)
class Times:
    """When a check-in was received, its governing instant, and the skew in seconds (None where the phone sent no
    sent-at).
    """

    received_at: datetime
    happened_at: datetime
    fix_happened_at: datetime | None
    skew_s: float | None


def times(
    *, fixed_at: datetime | None, made_at: datetime, sent_at: datetime | None, received_at: datetime
) -> Times:
    """Correct the phone's clock: skew = received − sent; without sent-at the raw instants stand.

    What a check-in happened at is when it was made; a fix has its own instant. Neither is later than received.
    """
    skew_s = None if sent_at is None else (received_at - sent_at).total_seconds()
    shift = timedelta(seconds=skew_s) if skew_s is not None and abs(skew_s) > SKEW_IGNORED_S else timedelta()
    fix_at = None if fixed_at is None else _shifted(fixed_at, shift, received_at)
    return Times(received_at, _shifted(made_at, shift, received_at), fix_at, skew_s)


def _shifted(instant: datetime, shift: timedelta, latest: datetime) -> datetime:
    """`instant` on the server's clock, but not after `latest`."""
    return min(instant + shift, latest)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The accuracy a fix is judged with, in metres, and whether it is ours for want of a usable one."""

    used_m: float
    assumed: bool


def accuracy(given_m: float | None, *, default_m: float) -> Accuracy:
    """The given accuracy where it is usable (0 means unknown: WIRE, Traccar), the configured default otherwise."""
    if given_m is None or not 0 < given_m <= ABSURD_ACCURACY_M:
        return Accuracy(default_m, assumed=True)
    return Accuracy(given_m, assumed=False)


WITHHELD = {
    "no_position": ("没有带位置", "no position came with it"),
    "no_consent": ("本人未同意记录位置", "the person has not agreed to have positions kept"),
    "not_tracked": ("本次行程不记录位置", "this trip records no positions"),
    "not_on_duty": ("不在任务时间内", "it was not made while on duty"),
    "start_not_known": ("当时服务器尚未收到任务开始", "the server had not heard of the duty's start by then"),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """The duty of a check-in, as far as keeping a position goes: between which instants, at which level, and
    since when the person agrees (None: they do not). `unit_id` is of which unit they are on it.

    `known_at` is when the server heard of the start, which a phone without a network says later.
    """

    unit_id: int
    tracking: str
    started_at: datetime | None
    known_at: datetime | None
    ended_at: datetime | None
    consented_at: datetime | None
    photos_required: bool = False


def why_no_position(fixed_at: datetime | None, duty: Duty | None, *, ad_hoc_consent: bool) -> str:
    """Why a position is not kept, as a word of `WITHHELD`; empty when it is kept.

    A fix is judged by its own time (`fixed_at`, corrected; None when none came) against duty and consent, without
    any tolerance; a duty begins for positions once the server has heard of it. Outside a duty the person may agree
    to this one position (`ad_hoc_consent`).
    """
    if fixed_at is None:
        return "no_position"
    if duty is None:
        return "" if ad_hoc_consent else "no_consent"
    if duty.tracking == "none":
        return "not_tracked"
    if not _during(fixed_at, duty):
        return "not_on_duty"
    if duty.known_at is None or fixed_at < duty.known_at:
        return "start_not_known"
    return "" if duty.consented_at is not None and duty.consented_at <= fixed_at else "no_consent"


def _during(instant: datetime, duty: Duty) -> bool:
    """Whether the duty was under way."""
    if duty.started_at is None or instant < duty.started_at:
        return False
    return duty.ended_at is None or instant <= duty.ended_at


@dataclass(frozen=True, slots=True)
class Timing:
    """Early, on time or late against a stop's planned window, and by how many seconds (0 when on time)."""

    word: str
    by_s: float


def timing(
    happened_at: datetime, planned_from: datetime | None, planned_to: datetime | None, *, grace_s: float
) -> Timing | None:
    """Where an instant lies against a planned window; None where nothing was planned."""
    if planned_from is None and planned_to is None:
        return None
    if planned_from is not None and (before_s := (planned_from - happened_at).total_seconds()) > grace_s:
        return Timing("early", before_s)
    if planned_to is not None and (after_s := (happened_at - planned_to).total_seconds()) > grace_s:
        return Timing("late", after_s)
    return Timing("on_time", 0.0)


@dataclass(frozen=True, slots=True)
class VisitTold:
    """Whom we met, as told with a check-in. `amount` is in `amount_unit`, exact."""

    kind: str
    enterprise: str = ""
    contact: str = ""
    contact_post: str = ""
    topic: str = ""
    outcome: str = ""
    amount: Decimal | None = None
    amount_unit: str = ""
    next_step: str = ""
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A check-in as a phone tells it. `lng`/`lat` are in `datum`; `consent` is for this one position, off duty."""

    id: UUID
    kind: str
    made_at: datetime
    trip_id: int | None = None
    stop_id: int | None = None
    lng: float | None = None
    lat: float | None = None
    datum: str = "WGS-84"
    accuracy_m: float | None = None
    accuracy_source: str = "other"
    fixed_at: datetime | None = None
    sent_at: datetime | None = None
    mock: bool = False
    note: str = ""
    consent: bool = False
    visit: VisitTold | None = None
    photo_count: int = 0


_CONTENT = tuple(name for name in Told.__dataclass_fields__ if name != "sent_at")
_contents = attrgetter(*_CONTENT)


def digest(told: Told, *, with_position: bool) -> str:
    """SHA-256 over what a phone told, all but sent-at: however written, the same content has the same digest.

    Without the position where that was not kept: a digest of a place can be guessed back. Without a count of photos
    where there are none: a check-in of a phone that knows no photos stays the same.
    """
    content = dict(zip(_CONTENT, _contents(told), strict=True))
    content["visit"] = None if told.visit is None else asdict(told.visit)
    for name in ("made_at", "fixed_at"):
        content[name] = None if content[name] is None else content[name].astimezone(UTC)
    if not told.photo_count:
        del content["photo_count"]
    if not with_position:
        for name in ("lng", "lat", "accuracy_m", "fixed_at"):
            del content[name]
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=_plain)
    return hashlib.sha256(canonical).hexdigest()


def _plain(value: Decimal) -> str:
    """A decimal, the same for 1.5 and 1.50."""
    return format(value.normalize(), "f")


_OUTCOME_WORDS = {
    "inside": ("在{place}内", "inside {place}"),
    "uncertain": ("可能在{place}内，精度不足以判定", "may be inside {place}; not accurate enough to say"),
    "outside": ("不在{place}内", "outside {place}"),
}

_NOT_JUDGED_WORDS = WITHHELD | {
    "no_stop": ("没有指定行程点", "no stop was named"),
    "no_boundary": ("该区域当时没有边界", "the area had no boundary at that time"),
}


def words(
    outcome: str, why: str, *, edge_m: float | None, accuracy_m: float | None, assumed: bool, place: str
) -> tuple[str, str]:
    """A verdict in words, Chinese and English: `在目的地内 · 离边界 120 米 · 精度 18 米`."""
    if outcome == "not_judged" or edge_m is None or accuracy_m is None:
        zh, en = _NOT_JUDGED_WORDS[why]
        return f"未判定 · {zh}", f"not judged · {en}"
    zh, en = _OUTCOME_WORDS[outcome]
    (edge_zh, edge), (accuracy_zh, accuracy) = (
        (metres(length_m, "米", "公里"), metres(length_m)) for length_m in (abs(edge_m), accuracy_m)
    )
    zh_assumed, en_assumed = ("（按默认）", " (assumed)") if assumed else ("", "")
    return (
        f"{zh.format(place=place)} · 离边界 {edge_zh} · 精度 {accuracy_zh}{zh_assumed}",
        f"{en.format(place=place)} · {edge} from the edge · accuracy {accuracy}{en_assumed}",
    )


def metres(length_m: float, m: str = "m", km: str = "km") -> str:
    """A length as people write it, with these words for its units: `0.4 m`, `18 m`, `1.2 km`, `634 km`."""
    if length_m < 10:
        return f"{length_m:.1f}".removesuffix(".0") + f" {m}"
    if length_m < 1000:
        return f"{length_m:.0f} {m}"
    return f"{length_m / 1000:.1f} {km}" if length_m < 100_000 else f"{length_m / 1000:.0f} {km}"
