from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl

from server.exports import xlsx
from tests.exports.papers import BOSS, FORMULAS, day, entry, met, paper, trip


def read_back(*days: dict[str, Any], **told: Any) -> Any:
    return openpyxl.load_workbook(BytesIO(xlsx.write(paper(*days, **told))))


def test_a_workbook_has_a_sheet_for_each_table_under_its_title() -> None:
    read = read_back(day(24, entry(BOSS)), day(25, remark="补记"), trips=[trip(BOSS)])
    assert read.sheetnames == ["行程", "日志", "补记与计划"]
    sheet = read["行程"]
    assert [sheet.cell(row, 1).value for row in (1, 2)] == ["工作月报", "2026年11月"]
    heads = [cell.value for cell in sheet[4]]
    assert heads[3:8] == ["目的地", "起止时间", None, "在外天数", "产业链"]
    assert "E4:F4" in map(str, sheet.merged_cells.ranges)


def test_instants_are_dates_and_days_are_numbers() -> None:
    sheet = read_back(trips=[trip(BOSS), trip(ended_at=None)])["行程"]
    left, back = sheet["E5"].value, sheet["F5"].value
    assert (left.isoformat(), back.isoformat()) == ("2026-11-23T08:00:00", "2026-11-25T19:05:00")
    assert sheet["E5"].number_format == "yyyy-mm-dd hh:mm"
    assert (sheet["G5"].value, sheet["G5"].number_format) == (3, "0")
    assert sheet["F6"].value == "进行中"


def test_a_text_stays_a_text_whatever_it_begins_with() -> None:
    hostile = [met(enterprise=text, outcome="https://example.com", next_step="00123") for text in FORMULAS]
    sheet = read_back(trips=[trip(*hostile)])["行程"]
    for row, text in enumerate(FORMULAS, start=5):
        cell = sheet.cell(row, 9)
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
        assert (sheet.cell(row, 10).hyperlink, sheet.cell(row, 11).value) == (None, "00123")


def test_what_a_trip_shares_is_written_once_over_its_rows_so_that_a_sum_is_right() -> None:
    sheet = read_back(trips=[trip(BOSS, BOSS, BOSS), trip()])["行程"]
    assert "G5:G7" in map(str, sheet.merged_cells.ranges)
    assert [sheet.cell(row, 7).value for row in range(5, 9)] == [3, None, None, 3]


def test_a_sheet_prints_on_a4_with_its_head_on_each_page_and_its_number() -> None:
    sheet = read_back(trips=[trip(BOSS)])["行程"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.oddFooter.center.text == "— &P —"
    assert sheet["I5"].alignment.wrap_text
    assert sheet.auto_filter.ref is None


def test_a_row_is_as_high_as_its_fullest_cell_needs_and_never_higher_than_there_is() -> None:
    sheet = read_back(trips=[trip(met(outcome="一"), met(outcome="一" * 60), met(outcome="一" * 30_000))])[
        "行程"
    ]
    short, long, endless = (sheet.row_dimensions[row].height for row in (5, 6, 7))
    assert short < long < endless == xlsx.HIGHEST_PT


def test_nothing_at_all_is_said_in_words() -> None:
    assert read_back()["行程"]["A5"].value == "本期没有记录"


def test_a_workbook_printed_whole_is_one_paper_that_begins_once_and_ends_once() -> None:
    told = paper(day(24, entry(BOSS)), trips=[trip(BOSS)])
    told = replace(told, body=["现通报如下。"], notes=["注：略。"], signed=["青溪县", "2026年6月3日"])
    sheets = list(openpyxl.load_workbook(BytesIO(xlsx.write(told))))
    said = [[cell.value for cell in sheet["A"]] for sheet in sheets]
    assert len(said) > 1
    for words, on in (("现通报如下。", 0), ("注：略。", -1), ("2026年6月3日", -1)):
        assert [words in each for each in said] == [each is said[on] for each in said], words
    assert all({told.title, *told.facts, told.foot} <= set(each) for each in said)
