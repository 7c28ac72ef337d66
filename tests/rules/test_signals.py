from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.rules import signals
from server.rules.signals import Fix, Limits, Seen

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LIMITS = Limits(stale_fix_s=180, clock_skew_s=120, impossible_speed_mps=97)
HERE = Fix(lng=118.5, lat=29.5, accuracy_m=15, at=NOON)
HONEST = Seen(
    fix=HERE,
    last=None,
    same_before=0,
    given_accuracy_m=15,
    mock=False,
    skew_s=0.4,
    fix_age_s=3,
    device_owner_id=None,
    person_id=7,
    made_at=NOON,
    started_at=NOON - timedelta(hours=1),
    ended_at=None,
)


def codes(seen: Seen) -> list[str]:
    return [signal["code"] for signal in signals.find(seen, LIMITS)]


def last(*, lng: float, minutes: float, accuracy_m: float = 15) -> Fix:
    return Fix(lng=lng, lat=29.5, accuracy_m=accuracy_m, at=NOON - timedelta(minutes=minutes))


def test_an_honest_check_in_raises_nothing() -> None:
    assert codes(HONEST) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mock": True}, "mock_location"),
        ({"fix_age_s": 181.0}, "stale_fix"),
        ({"fix_age_s": -121.0}, "fix_ahead"),
        ({"skew_s": -3600.0}, "clock_skew"),
        ({"skew_s": 121.0}, "clock_skew"),
        ({"same_before": 3}, "same_coordinates"),
        ({"given_accuracy_m": None}, "accuracy_missing"),
        ({"given_accuracy_m": 0.0}, "accuracy_missing"),
        ({"given_accuracy_m": -1.0}, "accuracy_absurd"),
        ({"given_accuracy_m": 60_000.0}, "accuracy_absurd"),
        ({"device_owner_id": 8}, "other_device"),
        ({"started_at": NOON + timedelta(minutes=1)}, "before_start"),
        ({"ended_at": NOON - timedelta(minutes=1)}, "after_end"),
        ({"last": last(lng=119.6, minutes=1)}, "too_fast"),
    ],
)
def test_each_reason_to_look_twice_is_found_alone(change: dict[str, object], code: str) -> None:
    assert codes(replace(HONEST, **change)) == [code]  # type: ignore[arg-type]  # one fact changed


@pytest.mark.parametrize(
    "change",
    [
        {"fix_age_s": 180.0},
        {"fix_age_s": -120.0},
        {"fix_age_s": None},
        {"skew_s": None},
        {"same_before": 2},
        {"device_owner_id": 7},
        {"fix": None, "given_accuracy_m": None},
        {"last": last(lng=119.6, minutes=30)},
        {"last": last(lng=118.505, minutes=0)},
    ],
)
def test_what_is_within_its_limit_raises_nothing(change: dict[str, object]) -> None:
    assert codes(replace(HONEST, **change)) == []  # type: ignore[arg-type]  # one fact changed


def test_two_vague_fixes_are_not_a_journey() -> None:
    vague = replace(HONEST, last=last(lng=118.53, minutes=0.1, accuracy_m=2500))
    assert codes(vague) == []


def test_a_late_fix_is_measured_against_the_time_between_not_its_order() -> None:
    later = Fix(lng=119.6, lat=29.5, accuracy_m=15, at=NOON + timedelta(minutes=1))
    assert codes(replace(HONEST, last=later)) == ["too_fast"]


def test_evidence_is_numbers_and_says_its_limit() -> None:
    found = signals.find(replace(HONEST, last=last(lng=119.6, minutes=1)), LIMITS)[0]
    assert found["evidence"]["distance_m"] == pytest.approx(106_600, rel=0.01)
    assert found["evidence"]["seconds"] == 60
    assert found["evidence"]["limit_mps"] == 97


def test_every_signal_has_words_in_both_languages() -> None:
    for code in signals.WORDS:
        told = signals.described({"code": code, "evidence": {}})
        assert told["zh"] != told["en"]
