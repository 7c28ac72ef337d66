"""Households as rules: how many one member looks after, how often each is visited, when the next visit is due."""

from datetime import date, timedelta
from typing import NoReturn

from server.errors import HouseholdRefused

MOST = 10
"""So many households one member looks after. Source: what counties ask of their grid members."""

EVERY_DAYS = (1, 366)
"""The shortest and the longest time between two visits, in days."""


def due_on(last: date | None, *, since: date, every_days: int) -> date:
    """The day on which the next visit is due: so many days after the last one, or the day it was taken on."""
    return since if last is None else last + timedelta(days=every_days)


def check_more(present: int) -> None:
    """`HouseholdRefused` where a member looks after as many as they can."""
    if present >= MOST:
        refuse(f"每人最多联系 {MOST} 户", f"one member looks after {MOST} households at the most")


def check_visit(visited_on: date, *, today: date, since: date) -> None:
    """`HouseholdRefused` for a visit that is still to come, or from before the household was looked after."""
    if visited_on > today:
        refuse("走访日期在今天之后", "that day has not come yet")
    if visited_on < since:
        refuse("走访日期早于开始联系的日期", "that was before the household was taken on")


def refuse(zh: str, en: str) -> NoReturn:
    """Raise `HouseholdRefused` with its reason in both languages."""
    raise HouseholdRefused(why_zh=zh, why_en=en)
