import io
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from server.exports import sheets
from server.exports.csv import Columns

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS: Columns = (("名 Name", lambda row: row["name"]), ("数 Number", lambda row: row["number"]))


def opened(data: bytes) -> list[list[list[str]]]:
    """The sheets of a workbook, each its rows, each its cells' text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = sorted(name for name in archive.namelist() if name.startswith("xl/worksheets/"))
        trees = [ElementTree.fromstring(archive.read(name)) for name in names]  # noqa: S314  we wrote them
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))  # noqa: S314  the same
    return [
        [["".join(cell.itertext()) for cell in row] for row in tree.iter(f"{SPACE}row")] for tree in trees
    ]


def written(*pages: list[dict[str, Any]]) -> bytes:
    return b"".join(sheets.write(iter(pages), COLUMNS, title="走访/日志[1]"))


def test_numbers_are_numbers_and_texts_are_only_text() -> None:
    data = written([{"name": "=1+1 <𠮷> & \x0b\n", "number": -12.5}, {"name": None, "number": ""}])
    assert opened(data) == [[["名 Name", "数 Number"], ["=1+1 <𠮷> & \n", "-12.5"], ["", ""]]]


def test_nothing_is_still_a_workbook_with_a_head() -> None:
    assert opened(written()) == [[["名 Name", "数 Number"]]]


def test_what_is_longer_than_a_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "SHEET_ROWS", 3)
    pages = [[{"name": f"{page}", "number": row} for row in range(2)] for page in range(3)]
    assert [len(sheet) for sheet in opened(written(*pages))] == [3, 3, 3]


def test_bytes_leave_while_rows_are_still_being_read() -> None:
    read = 0

    def pages() -> Iterator[list[dict[str, Any]]]:
        nonlocal read
        for read in range(1, 200):
            yield [{"name": f"{read}-{number}" * 7, "number": number * read} for number in range(50)]

    chunks = sheets.write(pages(), COLUMNS, title="x")
    early = b"".join(next(chunks) for _ in range(100))
    assert read < 200 - 50
    assert len(early) > 10_000
    assert len(opened(early + b"".join(chunks))[0]) == 199 * 50 + 1
