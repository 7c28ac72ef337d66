"""Spreadsheets of people as offices really save them, and as nobody should."""

import io
import zipfile
from collections.abc import Sequence

import pytest
from openpyxl import Workbook

from server.errors import RosterRefused
from server.ingest import rosters, spreadsheets
from server.ingest.rosters import Line

HEADS = ["姓名", "用户名", "单位", "职务", "角色"]
CHEN = Line(2, "chen.xiao", "陈晓", "东河镇", "主任", "干部")


def workbook(*rows: Sequence[object]) -> bytes:
    made, out = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(out)
    return out.getvalue()


def text(encoding: str) -> bytes:
    return "姓名,用户名,单位,职务,角色\r\n陈晓,chen.xiao,东河镇,主任,干部\r\n".encode(encoding)


@pytest.mark.parametrize(
    "data",
    [
        workbook(HEADS, ["陈晓", "chen.xiao", "东河镇", "主任", "干部"]),
        text("utf-8-sig"),
        text("utf-8"),
        text("gbk"),
    ],
    ids=["xlsx", "utf-8 with a mark", "utf-8", "gbk"],
)
def test_a_roster_is_read_however_the_office_saved_it(data: bytes) -> None:
    assert rosters.read(data, "名册.csv") == [CHEN]


def test_columns_stand_in_any_order_blank_rows_are_skipped_and_numbers_stay_numbers() -> None:
    rows: list[list[object]] = [
        ["职务", "单位", "备注", "name", "账号"],
        [None] * 5,
        ["  ", "东河镇", "x", " 陈晓 ", 1001],
        ["", 17.0, "", "林远", "lin"],
    ]
    assert rosters.read(workbook(*rows), "a.xlsx") == [
        Line(3, "1001", "陈晓", "东河镇"),
        Line(4, "lin", "林远", "17"),
    ]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (spreadsheets.MOST_UNPACKED_BYTES + 1))
    return out.getvalue()


def with_cells(head: bytes, name: bytes) -> bytes:
    """A roster whose sheet begins with `head` and has `name` for a user name."""
    out, whole = io.BytesIO(), workbook(HEADS, ["陈晓", "chen.xiao", "东河镇", "主任", "干部"])
    with zipfile.ZipFile(io.BytesIO(whole)) as good, zipfile.ZipFile(out, "w") as made:
        for each in good.namelist():
            text = good.read(each)
            made.writestr(each, head + text.replace(b"chen.xiao", name) if "sheet1" in each else text)
    return out.getvalue()


LAUGHS = b"".join(b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) for n in range(9))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空"),
        (with_cells(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', b"&e;"), "不是可读的表格"),
        (with_cells(b'<!DOCTYPE x [<!ENTITY e0 "ha">' + LAUGHS + b"]>", b"&e9;"), "不是可读的表格"),
        (with_cells(b"", b"</si></si>"), "不是可读的表格"),
        (workbook(["姓名", "单位"]), "用户名"),
        (b"PK\3\4 but no archive", "不是可读的表格"),
        (b"\xd0\xcf\x11\xe0\0\0", "不是可读的表格"),
        (bomb(), "太大"),
        (
            workbook(HEADS, *([["陈晓", f"u{n}", "东河镇"] for n in range(spreadsheets.MOST_ROWS + 1)])),
            "最多",
        ),
    ],
    ids=[
        "nothing",
        "another file",
        "a billion laughs",
        "broken",
        "no user name",
        "no archive",
        "binary",
        "bomb",
        "too many rows",
    ],
)
def test_what_cannot_be_a_roster_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(RosterRefused) as refused:
        rosters.read(data, "a.csv")
    assert words in refused.value.sentence_zh


def test_an_old_workbook_is_told_what_to_do() -> None:
    with pytest.raises(RosterRefused) as refused:
        rosters.read(b"\xd0\xcf\x11\xe0", "a.xls")
    assert "另存为" in refused.value.sentence_zh
