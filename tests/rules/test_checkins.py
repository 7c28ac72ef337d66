from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import clock
from server.rules import checkins
from server.rules.checkins import Duty, Told, VisitTold

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


# ── times ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_clock_an_hour_fast_is_put_right_by_when_it_says_it_sent() -> None:
    times = checkins.times(
        fixed_at=after(3590), made_at=after(3600), sent_at=after(3610), received_at=after(10)
    )
    assert times.skew_s == -3600
    assert times.happened_at == after(0)
    assert times.fix_happened_at == after(-10)


def test_a_check_in_sent_hours_later_from_an_honest_clock_keeps_its_own_time() -> None:
    times = checkins.times(fixed_at=after(0), made_at=after(2), sent_at=after(7200), received_at=after(7201))
    assert times.happened_at == after(2)
    assert times.fix_happened_at == after(0)


def test_a_source_that_does_not_say_when_it_sent_stays_raw() -> None:
    times = checkins.times(fixed_at=None, made_at=after(-3600), sent_at=None, received_at=after(0))
    assert times.skew_s is None
    assert times.happened_at == after(-3600)
    assert times.fix_happened_at is None


@given(made=st.floats(-1e6, 1e6), sent=st.none() | st.floats(-1e6, 1e6), received=st.floats(-1e6, 1e6))
def test_nothing_happens_after_it_was_received(made: float, sent: float | None, received: float) -> None:
    times = checkins.times(
        fixed_at=after(made),
        made_at=after(made),
        sent_at=None if sent is None else after(sent),
        received_at=after(received),
    )
    assert times.happened_at <= after(received)


# ── accuracy ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("unusable", [None, 0.0, -1.0, 50_001.0, 1e8])
def test_an_accuracy_that_says_nothing_is_replaced_and_said_so(unusable: float | None) -> None:
    assert checkins.accuracy(unusable, default_m=100) == checkins.Accuracy(100, assumed=True)


@pytest.mark.parametrize("usable", [0.5, 18.0, 50_000.0])
def test_a_usable_accuracy_is_used_as_given(usable: float) -> None:
    assert checkins.accuracy(usable, default_m=100) == checkins.Accuracy(usable, assumed=False)


# ── whether a position is kept ──────────────────────────────────────────────────────────────────────────

UNDER_WAY = Duty(
    unit_id=1,
    tracking="checkins",
    started_at=after(0),
    known_at=after(0),
    ended_at=None,
    consented_at=after(0),
)


def why(fixed_at: datetime | None, duty: Duty | None, *, consent: bool = False) -> str:
    return checkins.why_no_position(fixed_at, duty, ad_hoc_consent=consent)


def test_on_duty_and_agreed_a_position_is_kept() -> None:
    assert why(after(60), UNDER_WAY) == ""


def test_a_fix_from_before_the_consent_is_not_kept_however_little_before() -> None:
    agreed_later = replace(UNDER_WAY, consented_at=after(60))
    assert why(after(59.999), agreed_later) == "no_consent"
    assert why(after(60), agreed_later) == ""


def test_without_consent_no_position_is_kept() -> None:
    assert why(after(60), replace(UNDER_WAY, tracking="track", consented_at=None)) == "no_consent"


def test_a_fix_outside_the_duty_is_not_kept_even_when_agreed() -> None:
    over = replace(UNDER_WAY, ended_at=after(100), consented_at=after(-1000))
    assert why(after(-1), over) == "not_on_duty"
    assert why(after(101), over) == "not_on_duty"
    assert why(after(100), over) == ""


def test_a_duty_that_has_not_started_keeps_none() -> None:
    not_started = replace(UNDER_WAY, started_at=None, known_at=None)
    assert why(after(0), not_started) == "not_on_duty"


def test_a_duty_begun_without_a_network_keeps_positions_once_the_server_has_heard_of_it() -> None:
    heard_later = replace(UNDER_WAY, known_at=after(60))
    assert why(after(59.999), heard_later) == "start_not_known"
    assert why(after(60), heard_later) == ""


def test_a_duty_that_takes_none_keeps_none() -> None:
    assert why(after(60), replace(UNDER_WAY, tracking="none")) == "not_tracked"


def test_off_duty_the_person_decides_for_this_one_position() -> None:
    assert why(after(0), None, consent=True) == ""
    assert why(after(0), None) == "no_consent"


def test_no_position_is_no_fault() -> None:
    assert why(None, UNDER_WAY) == "no_position"


# ── windows ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at_s", "word", "by_s"),
    [
        (-901, "early", 901),
        (-900, "on_time", 0),
        (0, "on_time", 0),
        (4500, "on_time", 0),
        (4501, "late", 901),
    ],
)
def test_a_window_has_its_grace_on_both_sides(at_s: float, word: str, by_s: float) -> None:
    timing = checkins.timing(after(at_s), after(0), after(3600), grace_s=900)
    assert timing == checkins.Timing(word, by_s)


def test_nothing_planned_is_neither_early_nor_late() -> None:
    assert checkins.timing(NOON, None, None, grace_s=900) is None


# ── the same content ────────────────────────────────────────────────────────────────────────────────────

TOLD = Told(
    id=UUID(int=7), kind="arrive", made_at=NOON, lng=118.5, lat=29.5, sent_at=NOON,
    visit=VisitTold(kind="outbound", amount=Decimal("1.50"), amount_unit="亿元"),
)  # fmt: skip


def changed(**facts: object) -> Told:
    values = {name: getattr(TOLD, name) for name in Told.__dataclass_fields__}
    return Told(**(values | facts))


def digest(told: Told) -> str:
    return checkins.digest(told, with_position=True)


def test_when_it_was_sent_is_not_part_of_what_was_said() -> None:
    assert digest(changed(sent_at=after(99))) == digest(TOLD)


def test_the_same_instant_and_amount_written_otherwise_are_the_same() -> None:
    east = NOON.astimezone(clock.SHANGHAI)
    visit = VisitTold(kind="outbound", amount=Decimal("1.5"), amount_unit="亿元")
    assert digest(changed(made_at=east, visit=visit)) == digest(TOLD)


def test_what_an_older_release_kept_is_still_the_same() -> None:
    assert digest(TOLD) == "5e5d1b7945c0afa9f591f1e78ee4b5248c84d06c77c9a431c13e1b9f05fb2ded"


@pytest.mark.parametrize(
    "other",
    [
        {"note": "x"},
        {"lng": 118.5000001},
        {"kind": "leave"},
        {"made_at": after(1)},
        {"visit": None},
        {"mock": True},
    ],
)
def test_anything_else_said_is_other_content(other: dict[str, object]) -> None:
    assert digest(changed(**other)) != digest(TOLD)


def test_where_no_position_is_kept_its_digest_says_nothing_of_it() -> None:
    elsewhere = changed(lng=1.0, lat=2.0, accuracy_m=3.0)
    assert checkins.digest(elsewhere, with_position=False) == checkins.digest(TOLD, with_position=False)


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_verdict_is_said_with_its_evidence() -> None:
    zh, en = checkins.words("inside", "", edge_m=120.4, accuracy_m=18, assumed=False, place="目的地")
    assert zh == "在目的地内 · 离边界 120 米 · 精度 18 米"
    assert en == "inside 目的地 · 120 m from the edge · accuracy 18 m"
    assert [checkins.metres(length_m) for length_m in (0.0, 0.4, 9.97, 634_000)] == [
        "0 m",
        "0.4 m",
        "10 m",
        "634 km",
    ]


def test_an_assumed_accuracy_says_so() -> None:
    zh, en = checkins.words("outside", "", edge_m=-634_000, accuracy_m=100, assumed=True, place="园区")
    assert zh == "不在园区内 · 离边界 634 公里 · 精度 100 米（按默认）"
    assert en.endswith("(assumed)")


@pytest.mark.parametrize("reason", [*checkins.WITHHELD, "no_stop", "no_boundary"])
def test_what_was_not_judged_says_why_in_both_languages(reason: str) -> None:
    zh, en = checkins.words("not_judged", reason, edge_m=None, accuracy_m=None, assumed=False, place="")
    assert zh.startswith("未判定 · ")
    assert en.startswith("not judged · ")
