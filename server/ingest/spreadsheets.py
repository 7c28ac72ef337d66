"""Spreadsheets as offices keep them (.xlsx or .csv) → rows of text: bounded before they are read, values only."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from server.problem import Problem

MOST_ROWS: Final = 1_000
MOST_COLUMNS: Final = 60
MOST_UNPACKED_BYTES: Final = 64 * 2**20

UNREADABLE: Final = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    IndexError,
    ValueError,
    OSError,
)
"""What openpyxl raises for a file that is no workbook, or a damaged one."""

Rows = list[tuple[int, list[str]]]
"""Rows that are not blank, each with its number in the file, counted from 1."""


def read(data: bytes, file_name: str, *, refusal: type[Problem], longest_cell: int) -> Rows:
    """The rows that are not blank; `refusal` for what cannot be read, or is empty."""
    told = _workbook(data, refusal) if data[:2] == b"PK" else _text(data, file_name, refusal)
    rows = [[_cell(value)[:longest_cell] for value in row[:MOST_COLUMNS]] for row in told]
    numbered = [(number, cells) for number, cells in enumerate(rows, 1) if any(cells)]
    if not numbered:
        raise refusal(why_zh="文件是空的", why_en="the file is empty")
    return numbered


def ensure_few(rows: Sequence[Any], *, refusal: type[Problem]) -> None:
    """`refusal` for more rows than are taken at once."""
    if len(rows) > MOST_ROWS:
        raise refusal(
            why_zh=f"一次最多 {MOST_ROWS} 行，请分成几个文件",
            why_en=f"at most {MOST_ROWS} rows at once; split it",
        )


def _workbook(data: bytes, refusal: type[Problem]) -> list[Sequence[Any]]:
    """The rows of a workbook's first sheet, values only: no formula is computed, no link followed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise refusal(why_zh="表格解开后太大", why_en="it is too large once unpacked")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        return list(_at_most(sheet.iter_rows(values_only=True)))
    except UNREADABLE as error:
        raise _damaged(refusal) from error


def _text(data: bytes, file_name: str, refusal: type[Problem]) -> list[Sequence[Any]]:
    """The rows of a CSV file as Excel writes it: UTF-8, or GBK."""
    if file_name.lower().endswith((".xls", ".et")):
        raise refusal(why_zh="请另存为 .xlsx 或 .csv", why_en="save it as .xlsx or .csv")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    if "\0" in text or "\ufffd" in text:
        raise _damaged(refusal)
    try:
        return list(_at_most(csv.reader(io.StringIO(text, newline=""))))
    except csv.Error as error:
        raise _damaged(refusal) from error


def _at_most(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Rows up to a little more than are taken: a sheet may claim a million."""
    for count, row in enumerate(rows):
        if count > 2 * MOST_ROWS:
            return
        yield row


def _cell(value: Any) -> str:
    """One cell as text without the blanks around it: 1001.0 is 1001, midnight of a day is the day."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime) and value.time() == time.min:
        value = value.date()
    return "" if value is None else str(value).strip()


def _damaged(refusal: type[Problem]) -> Problem:
    """The refusal of what is no spreadsheet."""
    return refusal(
        why_zh="不是可读的表格，请用 .xlsx 或 .csv",
        why_en="this is no spreadsheet that can be read; use .xlsx or .csv",
    )
