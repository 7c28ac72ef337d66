"""Rosters 名册 as they come in: a spreadsheet of people (.xlsx or .csv) → its rows, by the heads they stand under."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from server.errors import RosterRefused

MOST_ROWS: Final = 1_000
MOST_UNPACKED_BYTES: Final = 64 * 2**20
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
    rows = _workbook(data) if data[:2] == b"PK" else _text(data, file_name)
    numbered = [(number, cells) for number, cells in enumerate(rows, 1) if any(cells)]
    if not numbered:
        raise RosterRefused(why_zh="文件是空的", why_en="the file is empty")
    columns = _columns(numbered[0][1])
    if len(numbered) - 1 > MOST_ROWS:
        raise RosterRefused(
            why_zh=f"一次最多 {MOST_ROWS} 行，请分成几个文件",
            why_en=f"at most {MOST_ROWS} rows at once; split it",
        )
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


def _workbook(data: bytes) -> Iterator[list[str]]:
    """The rows of a workbook's first sheet, values only: no formula is computed, no link followed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise RosterRefused(why_zh="表格解开后太大", why_en="it is too large once unpacked")
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False).worksheets[
            0
        ]
        sheet.reset_dimensions()
        rows = [_cells(row) for row in _at_most(sheet.iter_rows(values_only=True))]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError) as error:
        raise _damaged() from error
    yield from rows


def _text(data: bytes, file_name: str) -> Iterator[list[str]]:
    """The rows of a CSV file as Excel writes it: UTF-8, or GBK."""
    if file_name.lower().endswith((".xls", ".et")):
        raise RosterRefused(why_zh="请另存为 .xlsx 或 .csv", why_en="save it as .xlsx or .csv")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    if "\0" in text or "\ufffd" in text:
        raise _damaged()
    try:
        rows = [_cells(row) for row in _at_most(csv.reader(io.StringIO(text, newline="")))]
    except csv.Error as error:
        raise _damaged() from error
    yield from rows


def _at_most(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Rows up to a little more than are taken: a sheet may claim a million."""
    for count, row in enumerate(rows):
        if count > 2 * MOST_ROWS:
            return
        yield row


def _cells(row: Sequence[Any]) -> list[str]:
    """A row as text; a number that Excel made of a name like 1001 is written as it was."""
    return [_cell(value) for value in row[:50]]


def _cell(value: Any) -> str:
    """One cell as text without the blanks around it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()[:LONGEST_CELL]


def _damaged() -> RosterRefused:
    """The refusal of what is no spreadsheet."""
    return RosterRefused(
        why_zh="不是可读的表格，请用 .xlsx 或 .csv",
        why_en="this is no spreadsheet that can be read; use .xlsx or .csv",
    )
