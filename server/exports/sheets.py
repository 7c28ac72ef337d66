"""Check-ins as a workbook (Office Open XML, ECMA-376), written to the line as it is read.

What libraries offer as streaming (openpyxl's write-only mode, XlsxWriter's constant memory) keeps memory small by
writing a temporary file, and gives the first byte when the last row is done. Here the archive's one growing part, the
sheet, is compressed page by page. Every text cell is an inline string: no spreadsheet takes it for a formula.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import IO, Any
from xml.sax.saxutils import escape

from server.exports import xml
from server.exports.csv import Columns

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SHEET_ROWS = 100_000
"""The rows of a sheet, which office computers still open; the longest of them are less than an archive's part holds."""

MOST_TEXT = 32_767
"""The characters of a cell."""

SAME_TIME = (2026, 1, 1, 0, 0, 0)
"""What the archive says its parts were written at: nothing about the reader's clock."""

_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Row = dict[str, Any]


class _Line(io.RawIOBase):
    """What the archive is written to: bytes wait here until they are taken."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, chunk: Any) -> int:
        """Keep bytes until they are taken."""
        self._waiting += chunk
        return len(chunk)

    def taken(self) -> bytes:
        """What was written since the last time."""
        chunk = bytes(self._waiting)
        self._waiting.clear()
        return chunk


def write(pages: Iterable[list[Row]], columns: Columns, *, title: str) -> Iterator[bytes]:
    """A workbook of these columns, a page of rows at a time; a further sheet begins where one is full."""
    line, sheets = _Line(), 0
    with zipfile.ZipFile(line, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheets, numbered in groupby(_numbered(pages), itemgetter(0)):
            with archive.open(_part(f"xl/worksheets/sheet{sheets}.xml"), "w") as sheet:
                yield from _sheet(sheet, (page for _, page in numbered), columns, line)
        for name, text in _around(sheets, title).items():
            archive.writestr(_part(name), _HEAD + text)
    yield line.taken()


def _numbered(pages: Iterable[list[Row]]) -> Iterator[tuple[int, list[Row]]]:
    """The pages, each with the number of its sheet; the first sheet is there even without a row."""
    number, rows = 1, 0
    yield number, []
    for page in pages:
        if rows + len(page) > SHEET_ROWS:
            number, rows = number + 1, 0
        rows += len(page)
        yield number, page


def _sheet(sheet: IO[bytes], rows: Iterable[list[Row]], columns: Columns, line: _Line) -> Iterator[bytes]:
    """One sheet: a head that stays in sight, and the rows."""
    sheet.write(_opening(columns).encode())
    for page in rows:
        sheet.write("".join(_row([told(row) for _, told in columns]) for row in page).encode())
        yield line.taken()
    sheet.write(b"</sheetData></worksheet>")


def _opening(columns: Columns) -> str:
    """What stands before the rows."""
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    head = _row([title for title, _ in columns])
    return (
        f'{_HEAD}<worksheet xmlns="{_SHEETS}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f'<cols><col min="1" max="{len(columns)}" width="18" customWidth="1"/></cols><sheetData>{head}'
    )


def _row(cells: list[Any]) -> str:
    """A row; a cell without anything is left out but keeps its place."""
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(told: Any) -> str:
    """A number as a number, everything else as text."""
    if told is None or told == "":
        return "<c/>"
    if isinstance(told, int | float) and not isinstance(told, bool):
        return f"<c><v>{told}</v></c>"
    text = escape(xml.held(str(told))[:MOST_TEXT])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _part(name: str) -> zipfile.ZipInfo:
    """A part of the archive."""
    part = zipfile.ZipInfo(name, SAME_TIME)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _around(sheets: int, title: str) -> dict[str, str]:
    """The parts that make a workbook of the sheets."""
    numbers = range(1, sheets + 1)
    name = escape(re.sub(r"[\\/?*\[\]:]", " ", title)[:24], {'"': "&quot;"})
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KINDS}.worksheet+xml"/>'
        for n in numbers
    )
    listed = "".join(
        f'<sheet name="{name}{"" if n == 1 else f" {n}"}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    return {
        "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>{kinds}</Types>',
    }
