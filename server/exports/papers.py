"""A paper as an office prints it: a centred title, who and when, tables with a head on each page, a line at its foot.

It knows no file format: `docx` and `xlsx` write it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from unicodedata import east_asian_width

from server import clock
from server.exports import xml

LONGEST = 32_000
"""Characters of a cell: a spreadsheet's own limit is 32,767."""

_CUT = "……（内容过长，此处从略）"
"""What XML 1.0 cannot hold."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant to another (UTC); `word` stands in the place of an end that is not there, or beside one."""

    start: datetime
    end: datetime | None
    word: str = ""


Cell = str | int | Decimal | date | Span
Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head and its width on the page in millimetres; `centred` for what is short."""

    title: str
    width_mm: float
    centred: bool = False
    spans: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that share their first cells, which are written once over all of them."""

    shared: Cells
    rows: Sequence[Cells]


@dataclass(frozen=True, slots=True)
class Table:
    """A table under its name; each row of a group fills the columns after the shared ones."""

    name: str
    columns: Sequence[Column]
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. `facts` stand under the title, `body` before the tables, `notes` and whoever signed (`signed`, at
    the right) after them, `foot` last. On its side unless `upright`.
    """

    title: str
    facts: Sequence[str]
    tables: Sequence[Table]
    foot: str
    author: str
    made_at: datetime
    body: Sequence[str] = ()
    notes: Sequence[str] = ()
    signed: Sequence[str] = ()
    upright: bool = False


def plain(text: str) -> str:
    """A text as a document can hold it: line ends alike, nothing that XML forbids, cut where it is endless."""
    kept = xml.held(text.replace("\r\n", "\n").replace("\r", "\n"))
    return kept if len(kept) <= LONGEST else kept[: LONGEST - len(_CUT)] + _CUT


def lines(text: str, wide: float) -> int:
    """How many lines a text takes in a column so many Latin characters wide; a Chinese one is two wide."""
    return sum(max(1, ceil(_width(line) / wide)) for line in text.split("\n"))


def _width(line: str) -> int:
    """The width of a line in Latin characters."""
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in line)


def local(instant: datetime) -> datetime:
    """An instant by the clock on the wall in Shanghai, without its zone, which no spreadsheet knows."""
    return instant.astimezone(clock.SHANGHAI).replace(tzinfo=None, second=0, microsecond=0)


def words(cell: Cell) -> str:
    """A cell as text."""
    if isinstance(cell, Span):
        end = cell.word if cell.end is None else f"{local(cell.end):%Y.%m.%d %H:%M}{cell.word}"
        return f"{local(cell.start):%Y.%m.%d %H:%M}\n至\n{end}"
    if isinstance(cell, date):
        return f"{cell:%Y.%m.%d}"
    return plain(str(cell))
