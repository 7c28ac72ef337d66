from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from server.rules import silences
from server.rules.silences import Expected

KNOWN = datetime.fromisoformat("2026-09-01T08:00:00+00:00")
MINUTE = timedelta(minutes=1)
MEMBER = Expected(
    1, 2, 3, "safety", known_at=KNOWN, consented_at=KNOWN - MINUTE, heard_at=KNOWN + 10 * MINUTE
)


def since(member: Expected, minute: float) -> datetime | None:
    return silences.since(member, now=KNOWN + minute * MINUTE, after_s=1800.0)


def test_a_phone_is_silent_once_nothing_came_for_longer_than_the_time_set() -> None:
    assert [since(MEMBER, minute) for minute in (9, 10, 40, 40.01)] == [None, None, None, MEMBER.heard_at]


def test_one_that_never_spoke_is_silent_since_it_could_be_expected_to() -> None:
    never = replace(MEMBER, heard_at=None)
    assert since(never, 31) == KNOWN
    assert since(replace(never, consented_at=KNOWN + 5 * MINUTE), 31) is None
    assert since(replace(never, consented_at=KNOWN + 5 * MINUTE), 36) == KNOWN + 5 * MINUTE


@pytest.mark.parametrize(("purpose", "noticed"), [("ordinary", False), ("safety", True), ("emergency", True)])
def test_nobody_is_expected_to_be_heard_on_an_ordinary_duty(purpose: str, noticed: bool) -> None:
    assert (since(replace(MEMBER, purpose=purpose), 10_000) is not None) is noticed
