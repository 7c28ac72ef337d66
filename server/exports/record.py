"""The record as CSV: what was done, and who looked at whom; its times are Shanghai's."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from server import clock
from server.exports import csv
from server.exports.csv import Columns

Pages = Iterable[list[dict[str, Any]]]

EVENTS: Final[Columns] = (
    ("编号 Number", lambda row: row["number"]),
    ("时间 Time", lambda row: clock.local(row["at"])),
    ("操作 Done", lambda row: row["words"][0]),
    ("Done", lambda row: row["words"][1]),
    ("代码 Code", lambda row: row["kind"]),
    ("操作人 By", lambda row: _name(row["actor"])),
    ("操作人编号 By, id", lambda row: _id(row["actor"])),
    ("单位 Unit", lambda row: _name(row["unit"])),
    ("单位编号 Unit, id", lambda row: _id(row["unit"])),
    ("涉及人员 About", lambda row: _name(row["person"])),
    ("涉及人员编号 About, id", lambda row: _id(row["person"])),
    ("行程编号 Trip, id", lambda row: row["trip_id"]),
    ("对象 Subject", lambda row: row["subject"]),
    ("内容 Facts", lambda row: orjson.dumps(row["data"]).decode()),
)

LOOKS: Final[Columns] = (
    ("时间 Time", lambda row: clock.local(row["at"])),
    ("查看人 Reader", lambda row: row["by"]["name"]),
    ("查看人编号 Reader, id", lambda row: row["by"]["id"]),
    ("查看人单位 Reader's unit", lambda row: row["by"]["unit"]["name"]),
    ("被查看人 Looked at", lambda row: row["of"]["name"]),
    ("被查看人编号 Looked at, id", lambda row: row["of"]["id"]),
    ("被查看人单位 Unit of who was looked at", lambda row: row["of"]["unit"]["name"]),
    ("行程 Trip", lambda row: "" if row["trip"] is None else row["trip"]["title"]),
    ("理由 Reason", lambda row: row["reason"]),
    ("从哪里 Door", lambda row: row["door"]),
)


def events(pages: Pages) -> Iterator[bytes]:
    """Events, a page at a time; each also has the `words` of its kind in both languages."""
    return csv.table(EVENTS, pages)


def looks(pages: Pages) -> Iterator[bytes]:
    """Looks, a page at a time."""
    return csv.table(LOOKS, pages)


def _name(who: dict[str, Any] | None) -> str:
    """The name of somebody or something."""
    return "" if who is None else who["name"]


def _id(who: dict[str, Any] | None) -> int | str:
    """Its number."""
    return "" if who is None else who["id"]
