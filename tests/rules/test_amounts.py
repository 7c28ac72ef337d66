"""Amounts are exact, whatever their unit, and other currencies are never turned into yuan."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from server.rules import amounts

AMOUNTS = st.decimals(0, 10**11, places=4).map(amounts.plain)


@given(st.lists(st.tuples(AMOUNTS, st.sampled_from(amounts.UNITS)), max_size=20))
def test_totals_are_those_of_whole_ten_thousandths_of_a_yuan(told: list[tuple[Decimal, str]]) -> None:
    parts = {"亿元": 10**12, "万元": 10**8, "元": 10**4}
    exact = sum(int(amount * 10**4) * parts[unit] for amount, unit in told if unit in parts)
    found = amounts.totals(told)
    assert found.get("万元", Decimal(0)) * 10**12 == exact
    for currency in ("USD", "EUR", "HKD", "JPY"):
        assert found.get(currency, 0) == sum(amount for amount, unit in told if unit == currency)


def test_the_same_money_in_another_unit_is_the_same_money() -> None:
    same = [(Decimal("1.2"), "亿元"), (Decimal(12_000), "万元"), (Decimal(120_000_000), "元")]
    assert {amounts.in_yuan(*each) for each in same} == {Decimal(120_000_000)}
    assert amounts.in_yuan(Decimal(5), "USD") is None
    assert str(amounts.plain(Decimal("1200.5000"))) == "1200.5"
    assert str(amounts.plain(Decimal("1.2E+3"))) == "1200"
