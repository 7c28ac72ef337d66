"""Which check-ins are worth a look."""

import pytest

from server.rules import reviews


@pytest.mark.parametrize(
    ("outcome", "odd", "accuracy_m", "size_m", "looked_at"),
    [
        ("inside", False, 15.0, 300.0, False),
        ("outside", False, 15.0, 300.0, False),
        ("not_judged", False, None, None, False),
        ("inside", True, 15.0, 300.0, True),
        ("not_judged", True, None, None, True),
        ("uncertain", False, 40.0, 300.0, True),
        ("uncertain", False, 300.0, 300.0, True),
        ("uncertain", False, 301.0, 300.0, False),
        ("uncertain", True, 301.0, 300.0, True),
        ("uncertain", False, 1000.0, 20.0, False),
        ("uncertain", False, 1001.0, 20.0, True),
    ],
)
def test_a_look_is_for_what_is_odd_or_uncertain_but_not_for_a_small_stop_alone(
    outcome: str, odd: bool, accuracy_m: float | None, size_m: float | None, looked_at: bool
) -> None:
    found = reviews.worth_a_look(outcome=outcome, odd=odd, accuracy_m=accuracy_m, size_m=size_m)
    assert found is looked_at
