"""Amounts of money: an exact decimal and the unit it is in; what is in another currency is never converted."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

UNITS: Final = ("亿元", "万元", "元", "USD", "EUR", "HKD", "JPY")
"""The units an amount may be in, as they are written."""

NOTHING: Final = Decimal(0)

_YUAN: Final = {"亿元": Decimal(10**8), "万元": Decimal(10**4), "元": Decimal(1)}


def plain(amount: Decimal) -> Decimal:
    """The same amount without zeros at its end and without an exponent: `1200`, not `1.2E+3` or `1200.0000`."""
    return amount.normalize() + Decimal(0) if amount else NOTHING


def in_yuan(amount: Decimal, unit: str) -> Decimal | None:
    """The amount in yuan, exact; None in another currency."""
    return None if unit not in _YUAN else plain(amount * _YUAN[unit])


def totals(amounts: Iterable[tuple[Decimal, str]]) -> dict[str, Decimal]:
    """Amounts added up: all yuan as `万元`, each other currency by itself; a currency nobody named is not there."""
    found: dict[str, Decimal] = {}
    for amount, unit in amounts:
        yuan = in_yuan(amount, unit)
        name, value = (unit, amount) if yuan is None else ("万元", yuan / _YUAN["万元"])
        found[name] = plain(found.get(name, NOTHING) + value)
    return found


def share(done: Decimal, planned: Decimal) -> int | None:
    """The percent of a plan that is done, rounded down; None of no plan."""
    return int(done * 100 // planned) if planned else None
