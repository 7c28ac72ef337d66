"""Sheets of projects 项目表: what the cells that offices write mean, read without the database."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from server.rules import amounts, projects

OUTCOMES: Final = {
    "created": ("新建", "made"),
    "changed": ("修改", "changed"),
    "unchanged": ("不变", "as it is"),
    "refused": ("拒绝", "refused"),
}
"""What becomes of a row."""

CHANGES: Final = {
    "facts": ("基本情况", "what is told of it"),
    "plan": ("计划", "the plan"),
    "stages": ("阶段", "the stages"),
    "money": ("完成投资", "the money invested"),
}
"""What a row may change."""

_UNITS: Final = {
    "亿元": ("亿元", 1),
    "亿": ("亿元", 1),
    "万元": ("万元", 1),
    "万": ("万元", 1),
    "元": ("元", 1),
    "万美元": ("USD", 10_000),
    "亿美元": ("USD", 100_000_000),
    "美元": ("USD", 1),
    "万欧元": ("EUR", 10_000),
    "欧元": ("EUR", 1),
    "万港元": ("HKD", 10_000),
    "港元": ("HKD", 1),
    "万日元": ("JPY", 10_000),
    "亿日元": ("JPY", 100_000_000),
    "日元": ("JPY", 1),
    **{unit: (unit, 1) for unit in ("USD", "EUR", "HKD", "JPY")},
}
_AMOUNT: Final = re.compile(r"([0-9][0-9,，]*(?:\.[0-9]+)?)\s*([^\d\s.,，]*)")
_DAY: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?)?\s*月?(?:[ T]00:00:00)?"
)
_BETWEEN: Final = re.compile(r"[,，、;；/\s]+")


def amount_of(text: str, unit: str) -> tuple[Decimal, str] | None:
    """An amount with its own unit, or else the one of its column: `1.2亿元`, `3,500`, `1200万美元`; None for a blank.

    `ProjectRefused` for what is no amount, or cannot be kept exactly.
    """
    if text in {"", "/", "-", "—", "无"}:
        return None
    found = _AMOUNT.fullmatch(text)
    known = found and _UNITS.get(found[2] or unit)
    if not found or not known:
        projects.refuse(f"“{text[:20]}”不是金额", f"“{text[:20]}” is no amount")
    try:
        amount = Decimal(re.sub("[,，]", "", found[1])) * known[1]
    except InvalidOperation:
        projects.refuse(f"“{text[:20]}”不是金额", f"“{text[:20]}” is no amount")
    if amount >= 10**12 or amount != amount.quantize(Decimal("0.0001")):
        projects.refuse(f"“{text[:20]}”位数太多", f"“{text[:20]}” has too many digits")
    return amounts.plain(amount), known[0]


def in_unit(told: tuple[Decimal, str], unit: str) -> Decimal:
    """An amount in another unit of yuan; `ProjectRefused` from one currency to another."""
    amount, own = told
    if own == unit:
        return amount
    yuan, one = amounts.in_yuan(amount, own), amounts.in_yuan(Decimal(1), unit)
    if yuan is None or one is None:
        projects.refuse(
            f"金额单位“{own}”与总投资的“{unit}”不同", f"it is in {own}, the whole amount in {unit}"
        )
    converted = yuan / one
    if converted != converted.quantize(Decimal("0.000001")):
        projects.refuse(f"换算成{unit}后位数太多", f"in {unit} it has too many digits")
    return amounts.plain(converted)


def day_of(text: str) -> date | None:
    """A day as offices write it: `2026-3-1`, `2026.03.01`, `2026年3月1日`; a month is its last day; None for a blank.

    `ProjectRefused` for what is no day.
    """
    if text in {"", "/", "-", "—", "无"}:
        return None
    found = _DAY.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        year, month = int(found[1]), int(found[2])
        return date(year, month, int(found[3])) if found[3] else _last_of(year, month)
    except ValueError:
        projects.refuse(f"“{text[:20]}”不是日期", f"“{text[:20]}” is no day")


def _last_of(year: int, month: int) -> date:
    """The last day of a month."""
    first = date(year, month, 1)
    return date.fromordinal(date(first.year + month // 12, month % 12 + 1, 1).toordinal() - 1)


def names_of(text: str) -> list[str]:
    """The names in a cell, each once."""
    return list(
        dict.fromkeys(name for name in _BETWEEN.split(text) if name and name not in {"/", "-", "—", "无"})
    )


def needs_land_of(text: str) -> bool:
    """Whether a cell says that land is needed: it is, unless it says not."""
    return text not in {"否", "无需", "不需要", "不供地", "租赁", "no", "0", "False"}
