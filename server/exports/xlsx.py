"""A paper as an Excel workbook, a sheet for each table: real dates and numbers, texts that stay texts.

Printed whole it is one paper: what is said before the tables stands on the first sheet, notes and who signs on the
last; title, number and the line at the foot on each.

Every text is written as one, whatever it begins with, so none is ever taken for a formula or an address; what might be
taken for one on being edited bears the mark that keeps it a text. Tables of any length are written by `sheets`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from server.exports.csv import DANGEROUS
from server.exports.papers import Cell, Column, Paper, Span, Table, lines, local, plain

MM_PER_CHARACTER = 2.1
"""How wide a character of a column's width is, at eleven points."""

LINE_PT, HIGHEST_PT = 14.5, 408.75
"""How high a line is, and the highest row there is."""

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_FRAME = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_size": 10.5, "font_name": "仿宋"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"font_name": "方正小标宋简体", "font_size": 20, "align": "center", "valign": "vcenter"},
    "fact": {"font_name": "仿宋", "font_size": 12, "align": "center", "valign": "vcenter"},
    "name": {"font_name": "黑体", "font_size": 12, "align": "center", "valign": "vcenter"},
    "foot": {"font_name": "仿宋", "font_size": 9, "valign": "vcenter", "text_wrap": True},
    "head": _FRAME | {"font_name": "黑体", "align": "center"},
    "text": _FRAME,
    "centred": _FRAME | {"align": "center"},
    "number": _FRAME | {"align": "center", "num_format": "0"},
    "decimal": _FRAME | {"align": "center", "num_format": "0.0"},
    "told": {"font_name": "仿宋", "font_size": 11, "valign": "vcenter", "text_wrap": True},
    "signed": {"font_name": "仿宋", "font_size": 12, "align": "right", "valign": "vcenter"},
    "date": _FRAME | {"align": "center", "num_format": "yyyy-mm-dd"},
    "instant": _FRAME | {"align": "center", "num_format": "yyyy-mm-dd hh:mm"},
}
_LOOKS |= {f"{name}_quoted": _LOOKS[name] | {"quote_prefix": True} for name in ("text", "centred")}


def write(paper: Paper) -> bytes:
    """The workbook as bytes."""
    into = BytesIO()
    book = Workbook(into, _OPTIONS)
    made = paper.made_at.replace(tzinfo=None)
    book.set_properties({"title": plain(paper.title), "author": plain(paper.author), "created": made})
    looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
    first, last = paper.tables[0], paper.tables[-1]
    for table in paper.tables:
        sheet = _Sheet(book.add_worksheet(table.name), looks, table)
        sheet.write(paper, begins=table is first, ends=table is last)
    book.close()
    return into.getvalue()


class _Sheet:
    """A sheet being written: where it stands, row by row."""

    def __init__(self, sheet: Worksheet, looks: dict[str, Format], table: Table) -> None:
        self.sheet, self.looks, self.table, self.row = sheet, looks, table, 0
        self.places = list(_places(table.columns))
        self.last = self.places[-1] + (1 if table.columns[-1].spans else 0)

    def write(self, paper: Paper, *, begins: bool, ends: bool) -> None:
        """All of it; what stands before the tables where the paper `begins`, what stands after them where it `ends`."""
        self._lay_out(upright=paper.upright)
        self._across(paper.title, "title", height_pt=32)
        for fact in paper.facts:
            self._across(fact, "fact", height_pt=20)
        for told in paper.body if begins else ():
            self._told(told)
        if len(paper.tables) > 1 and paper.signed:
            self._across(self.table.name, "name", height_pt=22)
        self._head()
        for group in self.table.groups:
            self._group([*group.shared], [[*cells] for cells in group.rows])
        if not self.table.groups:
            self._across("本期没有记录", "centred", height_pt=24)
        for told in paper.notes if ends else ():
            self._told(told)
        for told in paper.signed if ends else ():
            self._across(told, "signed", height_pt=20)
        self._told(paper.foot, "foot")

    def _lay_out(self, *, upright: bool) -> None:
        """A4, as wide as one page, numbered."""
        if upright:
            self.sheet.set_portrait()
        else:
            self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.center_horizontally()
        self.sheet.set_footer("&C— &P —")
        for column, place in zip(self.table.columns, self.places, strict=True):
            wide = column.width_mm / MM_PER_CHARACTER
            self.sheet.set_column(place, place + column.spans, max(wide, 17) if column.spans else wide)

    def _head(self) -> None:
        """The head, told again on each page, in sight when scrolling."""
        columns = self.table.columns
        self.sheet.set_row(self.row, LINE_PT * _lines(columns, [column.title for column in columns]) + 6)
        for column, place in zip(self.table.columns, self.places, strict=True):
            if column.spans:
                self.sheet.merge_range(self.row, place, self.row, place + 1, column.title, self.looks["head"])
            else:
                self.sheet.write_string(self.row, place, column.title, self.looks["head"])
        self.sheet.repeat_rows(self.row)
        self.row += 1
        self.sheet.freeze_panes(self.row, 0)

    def _group(self, shared: list[Cell], rows: list[list[Cell]]) -> None:
        """The rows of a group, what they share written once."""
        for place, height_pt in enumerate(self._heights(shared, rows), start=self.row):
            self.sheet.set_row(place, height_pt)
        last, left = self.row + len(rows) - 1, len(shared)
        for column, place, cell in zip(self.table.columns, self.places, shared, strict=False):
            self._shared(last, column, place, cell)
        for cells in rows:
            for column, place, cell in zip(self.table.columns[left:], self.places[left:], cells, strict=True):
                self._put(self.row, place, cell, column)
            self.row += 1

    def _heights(self, shared: list[Cell], rows: list[list[Cell]]) -> list[float]:
        """How high the rows of a group are in points: not every program finds out by itself."""
        columns = self.table.columns
        needed = [_lines(columns[len(shared) :], cells) for cells in rows]
        needed[-1] += max(0, _lines(columns, shared) - sum(needed))
        return [min(HIGHEST_PT, LINE_PT * lines + 6) for lines in needed]

    def _shared(self, last: int, column: Column, place: int, cell: Cell) -> None:
        """A cell over all rows of its group."""
        if last > self.row:
            for at in range(place, place + 1 + column.spans):
                self.sheet.merge_range(self.row, at, last, at, "", self.looks["centred"])
        self._put(self.row, place, cell, column)

    def _put(self, row: int, place: int, cell: Cell, column: Column) -> None:
        """A cell by its kind."""
        if isinstance(cell, Span):
            self._put_instant(row, place, cell.start)
            if cell.end is None:
                self._put(row, place + 1, cell.word, Column("", 0, centred=True))
            else:
                self._put_instant(row, place + 1, cell.end)
        elif isinstance(cell, int | Decimal):
            look = "number" if isinstance(cell, int) else "decimal"
            self.sheet.write_number(row, place, cell, self.looks[look])
        elif isinstance(cell, date):
            self.sheet.write_datetime(row, place, cell, self.looks["date"])
        else:
            self._put_text(row, place, plain(cell), "centred" if column.centred else "text")

    def _put_instant(self, row: int, place: int, instant: datetime) -> None:
        """An instant by the clock in Shanghai."""
        self.sheet.write_datetime(row, place, local(instant), self.looks["instant"])

    def _put_text(self, row: int, place: int, text: str, look: str) -> None:
        """A text that stays one."""
        quoted = "_quoted" if text.lstrip(" ").startswith(DANGEROUS) else ""
        self.sheet.write_string(row, place, text, self.looks[look + quoted])

    def _told(self, text: str, look: str = "told") -> None:
        """A paragraph over the whole width, as high as its lines."""
        wide = sum(column.width_mm for column in self.table.columns) / MM_PER_CHARACTER
        self._across(text, look, height_pt=min(HIGHEST_PT, LINE_PT * lines(plain(text), wide - 2) + 6))

    def _across(self, text: str, look: str, *, height_pt: float) -> None:
        """A line over the whole width."""
        self.sheet.set_row(self.row, height_pt)
        self.sheet.merge_range(self.row, 0, self.row, self.last, "", self.looks[look])
        self.sheet.write_string(self.row, 0, plain(text), self.looks[look])
        self.row += 1


def _lines(columns: Sequence[Column], cells: Sequence[Cell]) -> int:
    """How many lines the fullest of these cells takes."""
    pairs = zip(columns, cells, strict=False)
    texts = [(column.width_mm / MM_PER_CHARACTER, cell) for column, cell in pairs if isinstance(cell, str)]
    return max((lines(plain(text), wide - 1) for wide, text in texts), default=1)


def _places(columns: Sequence[Column]) -> Iterator[int]:
    """In which column of the sheet each column begins: a span takes two."""
    place = 0
    for column in columns:
        yield place
        place += 2 if column.spans else 1
