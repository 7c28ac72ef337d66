"""Check-ins as CSV that Excel opens with its Chinese intact, every cell harmless."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from server import clock

BOM = "\ufeff"
"""Excel reads UTF-8 only when it is told so."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that a spreadsheet may take for a formula. Source: OWASP, CSV injection."""

KIND_WORDS = {"arrive": "到达", "visit": "走访", "leave": "离开", "patrol": "巡查", "note": "记事"}
OUTCOME_WORDS = {"inside": "在内", "uncertain": "不确定", "outside": "在外", "not_judged": "未判定"}
WINDOW_WORDS = {"early": "早到", "on_time": "准时", "late": "迟到"}
VISIT_WORDS = {
    "outbound": "外出拜访",
    "reception": "接待客商",
    "enterprise_help": "帮扶企业",
    "household": "入户走访",
}

Checkin = dict[str, Any]
Columns = tuple[tuple[str, Callable[[dict[str, Any]], Any]], ...]
"""Columns of a table: the head, and what a document has in it."""

COLUMNS: Columns = (
    ("时间 Time", lambda row: clock.local(row["happened_at"])),
    ("姓名 Name", lambda row: row["person"]["name"]),
    ("单位 Unit", lambda row: row["unit"]["name"]),
    ("行程 Trip", lambda row: _of(row["trip"], "title") if row["trip"] else "行程外"),
    ("行程点 Stop", lambda row: _of(row["stop"], "name")),
    ("类型 Kind", lambda row: KIND_WORDS[row["kind"]]),
    ("判定 Verdict", lambda row: OUTCOME_WORDS[row["verdict"]["outcome"]]),
    ("离边界（米） Metres to the edge", lambda row: _rounded(row["verdict"]["edge_m"])),
    ("精度（米） Accuracy in metres", lambda row: _rounded(row["verdict"]["accuracy_used_m"])),
    ("所在区域 Areas", lambda row: " / ".join(area["name"] for area in row["areas"])),
    ("时间窗 Window", lambda row: WINDOW_WORDS.get(row["window"], "")),
    ("疑点 Signals", lambda row: "；".join(signal["zh"] for signal in row["signals"])),
    ("走访类型 Visit", lambda row: VISIT_WORDS.get(_of(row["met"], "kind"), "")),
    ("企业 Enterprise", lambda row: _of(row["met"], "enterprise")),
    ("会见人 Contact", lambda row: _of(row["met"], "contact")),
    ("职务 Post", lambda row: _of(row["met"], "contact_post")),
    ("议题 Topic", lambda row: _of(row["met"], "topic")),
    ("成果 Outcome", lambda row: _of(row["met"], "outcome")),
    ("意向金额 Amount", lambda row: _of(row["met"], "amount")),
    ("金额单位 Unit of amount", lambda row: _of(row["met"], "amount_unit")),
    ("下一步 Next step", lambda row: _of(row["met"], "next_step")),
    ("下一步日期 Next date", lambda row: _of(row["met"], "next_on")),
    ("补记于 Added at", lambda row: clock.local(row["supplement"]["at"]) if row["supplement"] else ""),
    ("说明 Note", lambda row: row["note"]),
    ("编号 Id", lambda row: str(row["id"])),
)


def write(pages: Iterable[list[Checkin]]) -> Iterator[bytes]:
    """A page of check-in documents at a time."""
    return table(COLUMNS, pages)


def table(columns: Columns, pages: Iterable[list[dict[str, Any]]]) -> Iterator[bytes]:
    """UTF-8 CSV with a byte-order mark, a page of documents at a time, CRLF line ends (RFC 4180)."""
    yield (BOM + _lines([[title for title, _ in columns]])).encode()
    for page in pages:
        yield _lines([[harmless(told(row)) for _, told in columns] for row in page]).encode()


def plain(pages: Iterable[list[dict[str, Any]]]) -> Iterator[bytes]:
    """Rows as they are, headed by the names of the first; instants in UTC."""
    yield BOM.encode()
    names: list[str] = []
    for page in pages:
        if page and not names:
            names = list(page[0])
            yield _lines([names]).encode()
        yield _lines([[harmless(_universal(row[name])) for name in names] for row in page]).encode()


def _universal(cell: Any) -> Any:
    """An instant in UTC, ending in Z; anything else as it is."""
    return cell.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(cell, datetime) else cell


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(DANGEROUS):
        return "'" + cell
    return cell


def _lines(rows: list[list[Any]]) -> str:
    """Rows as CSV text."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _of(part: dict[str, Any] | None, key: str) -> Any:
    """A value of a part that may be missing."""
    return "" if part is None or part[key] is None else part[key]


def _rounded(length_m: float | None) -> float | str:
    """Metres to one decimal."""
    return "" if length_m is None else round(length_m, 1)
