"""Signals 疑点: reasons to look twice at a check-in. Never a refusal, never a punishment, never counted by person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.geo import measure
from server.rules.checkins import ABSURD_ACCURACY_M

WORDS = {
    "mock_location": ("手机报告为模拟定位", "the phone says the position is mocked"),
    "stale_fix": ("定位时间明显早于签到", "the fix is much older than the check-in"),
    "fix_ahead": ("定位时间晚于签到", "the fix is later than the check-in"),
    "clock_skew": ("手机时钟不准", "the phone's clock is off"),
    "too_fast": ("与上次定位之间的速度不合理", "faster than possible since the last fix"),
    "same_coordinates": ("多次签到坐标完全相同", "the very same coordinates again and again"),
    "accuracy_missing": ("没有给出定位精度", "no accuracy was given"),
    "accuracy_absurd": ("定位精度不可信", "the accuracy given cannot be right"),
    "other_device": ("使用了他人的手机", "another person's device"),
    "before_start": ("签到时间早于任务开始", "made before the duty had started"),
    "photo_missing": ("任务要求照片，这次没有带", "the duty asks for a photo and none came with it"),
    "after_end": ("签到时间晚于任务结束", "made after the duty had ended"),
}

SAME_COORDINATES_MANY = 3
"""This many earlier check-ins at the very same coordinates make a signal (a real fix always wanders)."""

LEAST_DISTANCE_M = 1000.0
"""Below this distance a speed says nothing: two honest fixes may differ by their accuracies."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One position with its instant and accuracy in metres."""

    lng: float
    lat: float
    accuracy_m: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """From one fix to the next: metres between their middles, the least that their discs allow, and seconds."""

    distance_m: float
    least_m: float
    seconds: float

    @property
    def least_mps(self) -> float | None:
        """The least speed that the discs allow, in metres a second; None where no time lies between them."""
        return max(self.least_m, 0.0) / self.seconds if self.seconds else None


def between(last: Fix, fix: Fix) -> Way:
    """The way between two fixes, whichever came first."""
    apart_m = measure.distance_m(lng=fix.lng, lat=fix.lat, to_lng=last.lng, to_lat=last.lat)
    least_m = apart_m - fix.accuracy_m - last.accuracy_m
    return Way(apart_m, least_m, abs((fix.at - last.at).total_seconds()))


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds, from the settings."""

    stale_fix_s: float
    clock_skew_s: float
    impossible_speed_mps: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known when a check-in is looked at; None where it was not given or there is none."""

    fix: Fix | None
    last: Fix | None
    same_before: int
    given_accuracy_m: float | None
    mock: bool
    skew_s: float | None
    fix_age_s: float | None
    device_owner_id: int | None
    person_id: int
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    photo_missing: bool = False


def find(seen: Seen, limits: Limits) -> list[dict[str, Any]]:
    """All signals of a check-in, each `{"code": …, "evidence": {…}}`, in a fixed order."""
    found = (
        _mock(seen),
        _stale(seen, limits),
        _ahead(seen, limits),
        _skewed(seen, limits),
        _too_fast(seen, limits),
        _same(seen),
        _accuracy(seen),
        _device(seen),
        _outside_duty(seen),
        _photo(seen),
    )
    return [signal for signal in found if signal is not None]


def _signal(code: str, **evidence: Any) -> dict[str, Any]:
    """One signal with its evidence."""
    return {"code": code, "evidence": evidence}


def _mock(seen: Seen) -> dict[str, Any] | None:
    """The phone itself says so."""
    return _signal("mock_location") if seen.mock else None


def _stale(seen: Seen, limits: Limits) -> dict[str, Any] | None:
    """The fix is older than the check-in by more than the limit."""
    if seen.fix_age_s is None or seen.fix_age_s <= limits.stale_fix_s:
        return None
    return _signal("stale_fix", age_s=round(seen.fix_age_s), limit_s=limits.stale_fix_s)


def _ahead(seen: Seen, limits: Limits) -> dict[str, Any] | None:
    """The fix is from after the check-in, by more than one phone's two clocks may differ: no phone measures it so."""
    if seen.fix_age_s is None or -seen.fix_age_s <= limits.clock_skew_s:
        return None
    return _signal("fix_ahead", ahead_s=round(-seen.fix_age_s), limit_s=limits.clock_skew_s)


def _skewed(seen: Seen, limits: Limits) -> dict[str, Any] | None:
    """The phone's clock differs from ours by more than the limit."""
    if seen.skew_s is None or abs(seen.skew_s) <= limits.clock_skew_s:
        return None
    return _signal("clock_skew", skew_s=round(seen.skew_s), limit_s=limits.clock_skew_s)


def _too_fast(seen: Seen, limits: Limits) -> dict[str, Any] | None:
    """The least distance two discs allow, over the time between them."""
    if seen.fix is None or seen.last is None:
        return None
    way = between(seen.last, seen.fix)
    if way.least_m < LEAST_DISTANCE_M or way.least_m <= limits.impossible_speed_mps * way.seconds:
        return None
    return _signal(
        "too_fast",
        distance_m=round(way.distance_m),
        seconds=round(way.seconds),
        limit_mps=limits.impossible_speed_mps,
    )


def _same(seen: Seen) -> dict[str, Any] | None:
    """Real positions wander; ones typed in do not."""
    if seen.same_before < SAME_COORDINATES_MANY:
        return None
    return _signal("same_coordinates", times_before=seen.same_before)


def _accuracy(seen: Seen) -> dict[str, Any] | None:
    """None given, or one no phone can mean."""
    if seen.fix is None:
        return None
    if seen.given_accuracy_m is None or seen.given_accuracy_m == 0:
        return _signal("accuracy_missing")
    if seen.given_accuracy_m < 0 or seen.given_accuracy_m > ABSURD_ACCURACY_M:
        return _signal("accuracy_absurd", accuracy_m=seen.given_accuracy_m)
    return None


def _device(seen: Seen) -> dict[str, Any] | None:
    """The device last belonged to somebody else."""
    if seen.device_owner_id is None or seen.device_owner_id == seen.person_id:
        return None
    return _signal("other_device")


def _outside_duty(seen: Seen) -> dict[str, Any] | None:
    """Made before the duty's start or after its end."""
    if seen.started_at is not None and seen.made_at < seen.started_at:
        return _signal("before_start", by_s=round((seen.started_at - seen.made_at).total_seconds()))
    if seen.ended_at is not None and seen.made_at > seen.ended_at:
        return _signal("after_end", by_s=round((seen.made_at - seen.ended_at).total_seconds()))
    return None


def _photo(seen: Seen) -> dict[str, Any] | None:
    """A safety or emergency duty asks for photos and names its basis; without one a check-in is kept all the same."""
    return _signal("photo_missing") if seen.photo_missing else None


def described(signal: dict[str, Any]) -> dict[str, Any]:
    """A signal with its words in both languages."""
    zh, en = WORDS[signal["code"]]
    return {**signal, "zh": zh, "en": en}
