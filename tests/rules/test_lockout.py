"""How long the next try waits."""

import pytest

from server.rules.lockout import CROWD, PLACE, STRANGERS, Rule


@pytest.mark.parametrize(
    ("failures", "wait_s"),
    [(0, 0), (4, 0), (5, 15), (6, 30), (7, 60), (8, 120), (10, 480), (11, 900), (12, 900), (10_000, 900)],
)
def test_a_place_waits_twice_as_long_each_time_up_to_a_quarter_of_an_hour(failures: int, wait_s: int) -> None:
    assert PLACE.wait_s(failures) == wait_s


def test_all_strange_places_together_wait_late_and_never_long() -> None:
    assert [STRANGERS.wait_s(failures) for failures in (30, 31, 33, 36, 1_000)] == [0, 1, 4, 30, 30]


def test_an_office_behind_one_address_is_hardly_slowed() -> None:
    assert CROWD.wait_s(100) == 0
    assert CROWD.wait_s(10**9) == 10


def test_a_rule_never_waits_longer_than_it_says() -> None:
    rule = Rule(free=0, first_s=7, longest_s=50)
    assert max(rule.wait_s(failures) for failures in range(200)) == 50
