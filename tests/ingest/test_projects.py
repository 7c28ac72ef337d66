"""Sheets of projects as offices keep them: titles above, heads in two rows, units in brackets, sums below."""

import io
from decimal import Decimal

import pytest
from openpyxl import Workbook

from server.errors import ProjectRefused, SheetRefused
from server.ingest import projects
from server.rules import sheets


def workbook(*rows: list[object]) -> bytes:
    """An .xlsx of these rows."""
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def test_heads_in_two_rows_under_a_title_are_read_with_their_units() -> None:
    data = workbook(
        ["青溪县招商项目推进表"],
        [
            "序号",
            "项目名称",
            "总投资\n（亿元）",
            "责任单位",
            "开工时间",
            None,
            "2026年上半年投资（万元）",
            None,
            "备注",
        ],
        [None, None, None, None, "计划", "实际", "计划", "完成", None],
        [1, "光伏玻璃", 3.25, "东河镇", "2026年3月", "2026-03-12", 5000, 4200.5, "—"],
        ["", "合计", 3.25, "", "", "", 5000, 4200.5, ""],
    )
    sheet = projects.read(data, "推进表.xlsx", unit="万元")
    [line] = sheet.lines
    assert (line.number, line.told["name"], line.told["amount"], line.units["amount"]) == (
        4,
        "光伏玻璃",
        "3.25",
        "亿元",
    )
    assert (line.planned, line.actual) == ({"started": "2026年3月"}, {"started": "2026-03-12"})
    assert (line.money_planned, line.money_done) == ({"2026H1": "5000"}, {"2026H1": "4200.5"})
    assert (line.unit_of("2026H1", "done"), sheet.unread) == ("万元", ["序号", "备注"])


def test_a_csv_in_gbk_with_one_row_of_heads_is_read() -> None:
    text = (
        "项目名称,总投资,主责单位,计划签约日期,签约,2026下半年完成投资\n铸件,1.2亿元,东河镇,2026.2.1,,300\n"
    )
    [line] = projects.read(text.encode("gb18030"), "a.csv", unit="万元").lines
    assert (line.planned, line.actual, line.money_done) == ({"signed": "2026.2.1"}, {}, {"2026H2": "300"})


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "空的"),
        ("项目名称,责任单位\n铸件,东河镇\n".encode(), "表头缺少列：总投资"),
        (b"PK\x03\x04broken", "不是可读的表格"),
        (b"\xff\xfe\x00", "不是可读的表格"),
        (workbook(["项目名称", "总投资", "责任单位"], *([["铸件", 1, "东河镇"]] * 1001)), "最多 1000 行"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        projects.read(data, "a.csv", unit="万元")
    assert sentence in refused.value.sentence_zh


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("1.2亿元", "1.2", "亿元"),
        ("3,500", "3500", "万元"),
        ("3，500.50万", "3500.5", "万元"),
        ("1200万美元", "12000000", "USD"),
        ("2亿", "2", "亿元"),
    ],
)
def test_amounts_are_read_to_the_last_digit(text: str, amount: str, unit: str) -> None:
    assert sheets.amount_of(text, "万元") == (Decimal(amount), unit)


@pytest.mark.parametrize("text", ["约3亿", "-5", "1e9", "1.2.3", "三亿", "0.00001", "9" * 20, "5吨"])
def test_what_is_no_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(ProjectRefused):
        sheets.amount_of(text, "万元")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-3-1", "2026-03-01"),
        ("2026.03.01", "2026-03-01"),
        ("2026年3月1日", "2026-03-01"),
        ("2026年12月", "2026-12-31"),
        ("2026/2", "2026-02-28"),
        ("2026-03-01 00:00:00", "2026-03-01"),
        ("—", "None"),
    ],
)
def test_days_are_read_as_offices_write_them(text: str, day: str) -> None:
    assert str(sheets.day_of(text)) == day


@pytest.mark.parametrize("text", ["2026-02-30", "三月", "2026", "45000", "待定"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ProjectRefused):
        sheets.day_of(text)
