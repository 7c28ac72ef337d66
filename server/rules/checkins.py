"""Check-ins: times, accuracy, consent and windows, as arithmetic on plain values."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

KINDS = ("arrive", "visit", "leave", "patrol", "note")
VISIT_KINDS = ("outbound", "reception", "enterprise_help", "household")
AMOUNT_UNITS = ("亿元", "万元", "元", "USD", "EUR", "HKD", "JPY")
ACCURACY_SOURCES = ("browser", "android", "ios", "other")
OUTCOMES = ("inside", "uncertain", "outside", "not_judged")

BATCH_MOST = 500
SKEW_IGNORED_S = 5.0
"""Skew below this is network delay and whole-second clocks, not a clock gone wrong."""

ABSURD_ACCURACY_M = 50_000.0


@dataclass(frozen=True, slots=True)
class Times:
    """The governing instant of a check-in, and the skew in seconds (None where the phone sent no sent-at)."""

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
    return Times(_shifted(made_at, shift, received_at), fix_at, skew_s)


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


def why_no_position(
    *, given: bool, on_duty: bool, tracking: str, consented: bool, ad_hoc_consent: bool
) -> str:
    """Why a position is not kept, as a word; empty when it is kept.

    `no_position` none came · `not_tracked` the duty takes none · `no_consent` the person has not agreed.
    """
    if not given:
        return "no_position"
    if not on_duty:
        return "" if ad_hoc_consent else "no_consent"
    if tracking == "none":
        return "not_tracked"
    return "" if consented else "no_consent"


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


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 over what a phone sent, all but sent-at: the same content gives the same digest in any key order."""
    told = {key: value for key, value in content.items() if key != "sent_at"}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()
