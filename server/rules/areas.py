"""Areas: when a version is in force, and which kind of area lies in which."""

from collections.abc import Sequence

PARENT_KINDS = {
    "township": "county",
    "village": "township",
    "grid": "village",
    "park": "county",
    "destination": "county",
    "site": "county",
}
"""The kind of area that an area's parent is; a county has none."""


def in_force_until_s(valid_from_s: Sequence[float], retired_from_s: float) -> list[float]:
    """Until when each version of one area is in force, in seconds since the epoch; infinite for ever.

    `valid_from_s` are in the order of the versions' numbers. What is published later wins from its
    valid-from on, and nothing is in force once the area is retired. A version that ends before it begins
    never was in force.
    """
    until_s: list[float] = []
    ends_s = retired_from_s
    for from_s in reversed(valid_from_s):
        until_s.append(ends_s)
        ends_s = min(ends_s, from_s)
    return until_s[::-1]
