"""Rosters 名册 as they come in: a spreadsheet of people (.xlsx or .csv) → its rows, by the heads they stand under."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from server.errors import RosterRefused
from server.ingest import spreadsheets

LONGEST_CELL: Final = 200

HEADS: Final = {
    "username": ("用户名", "账号", "username"),
    "name": ("姓名", "name"),
    "unit": ("单位", "unit"),
    "post": ("职务", "post"),
    "roles": ("角色", "roles", "role"),
}
"""What a column may be called."""

NEEDED: Final = ("username", "name", "unit")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a roster: its number in the file, counted from 1 with the heads, and its cells as text."""

    number: int
    username: str
    name: str
    unit: str
    post: str = ""
    roles: str = ""


def read(data: bytes, file_name: str) -> list[Line]:
    """The rows that are not blank. `RosterRefused` for what cannot be read, or is more than is taken at once."""
    numbered = spreadsheets.read(data, file_name, refusal=RosterRefused, longest_cell=LONGEST_CELL)
    columns = _columns(numbered[0][1])
    spreadsheets.ensure_few(numbered[1:], refusal=RosterRefused)
    return [_line(number, cells, columns) for number, cells in numbered[1:]]


def _columns(heads: Sequence[str]) -> dict[str, int]:
    """Where each thing stands; `RosterRefused` naming the heads that are missing."""
    known = {head: name for name, heads in HEADS.items() for head in heads}
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        name = known.get(head.strip().casefold())
        if name is not None:
            found.setdefault(name, place)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise RosterRefused(
            why_zh=f"第一行缺少列：{'、'.join(HEADS[name][0] for name in missing)}",
            why_en=f"the first row lacks these heads: {', '.join(missing)}",
        )
    return found


def _line(number: int, cells: Sequence[str], columns: dict[str, int]) -> Line:
    """One row by the heads."""
    told = {name: cells[place] for name, place in columns.items() if place < len(cells)}
    return Line(number, **{name: told.get(name, "") for name in HEADS})
