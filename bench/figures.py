"""How figures are put together and printed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import TypeVar

T = TypeVar("T")


def middle(of: Iterable[T], figure: Callable[[T], float]) -> float:
    """The median of a figure."""
    return median(map(figure, of))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table."""
    print("| " + " | ".join(head) + " |")
    print("| " + " | ".join("---" for _ in head) + " |")
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    print(flush=True)


def facts(title: str, told: Mapping[str, str]) -> None:
    """Print facts on one line."""
    print(f"{title}: " + ", ".join(f"{name} {value}" for name, value in told.items()), flush=True)


def goal(what: str, reached: float, wanted: float, *, most: bool = False, unit: str = "") -> bool:
    """Print a figure against its goal: at least `wanted`, or at the `most` so much. Whether it is reached."""
    good = reached <= wanted if most else reached >= wanted
    sign, word = ("≤" if most else "≥"), ("reached" if good else "NOT reached")
    print(f"{what}: {reached:.2f}{unit} (goal {sign} {wanted:g}{unit}) {word}", flush=True)
    return good
