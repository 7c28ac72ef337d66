import zipfile
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from server.exports import docx
from tests.exports.papers import BOSS, FORMULAS, day, entry, met, paper, trip


def read_back(*days: dict[str, Any], **told: Any) -> Any:
    return Document(BytesIO(docx.write(paper(*days, **told))))


def test_a_document_says_whose_it_is_and_tells_its_tables_on_a_page_on_its_side() -> None:
    read = read_back(day(24, entry(BOSS)), trips=[trip(BOSS, outcome="愿意来访")])
    said = [paragraph.text for paragraph in read.paragraphs]
    assert said[:3] == [
        "工作月报",
        "2026年11月",
        "姓名：周航　　单位：投资促进局　　职务：科长　　在外天数：3 天",
    ]
    assert [text for text in said if text[1:2] == "、"] == ["一、行程", "二、日志"]
    section = read.sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    assert read.core_properties.author == "周航"
    assert [cell.text for cell in read.tables[0].rows[1].cells][4:8] == [
        "2026.11.23 08:00\n至\n2026.11.25 19:05",
        "3",
        "高端装备",
        "临江重工\n王建国（董事长）",
    ]


def test_the_head_comes_again_on_each_page_and_the_pages_are_numbered() -> None:
    read = read_back(trips=[trip()])
    head = read.tables[0].rows[0]._tr
    assert head.trPr.find(qn("w:tblHeader")) is not None
    footer = read.sections[0].footer.paragraphs[0]._p
    assert footer.find(qn("w:fldSimple")).get(qn("w:instr")) == "PAGE"


def test_columns_have_their_widths_and_what_a_trip_shares_is_written_once() -> None:
    read = read_back(trips=[trip(BOSS, met(enterprise="华东轴承"), met(enterprise="海川"))])
    table = read.tables[0]
    assert [round(column.width.mm) for column in table.columns][:3] == [21, 22, 20]
    properties = [child.tag for child in table._tbl.tblPr]
    assert properties.index(qn("w:tblCellMar")) < properties.index(qn("w:tblLook"))
    merged = [row._tr.tc_lst[0].vMerge for row in table.rows[1:]]
    assert merged == ["restart", "continue", "continue"]
    assert [row._tr.tc_lst[7].vMerge for row in table.rows[1:]] == [None] * 3


def test_fonts_are_those_of_official_papers_with_what_stands_in_for_them() -> None:
    made = docx.write(paper(trips=[trip()]))
    with zipfile.ZipFile(BytesIO(made)) as parts:
        fonts = parts.read("word/fontTable.xml").decode()
        assert [name for name in parts.namelist() if "fontTable" in name] == ["word/fontTable.xml"]
    for font, other in docx.STAND_INS.items():
        assert f'w:name="{font}"><w:altName w:val="{other}"' in fonts
    title: Any = Document(BytesIO(made)).paragraphs[0].runs[0]
    assert title._r.rPr.rFonts.get(qn("w:eastAsia")) == docx.TITLE


def test_hostile_words_are_words() -> None:
    hostile = [met(enterprise=text + "\x0b\ufffe<w:p>&") for text in FORMULAS]
    read = read_back(trips=[trip(*hostile)])
    assert read.tables[0].rows[1].cells[7].text == FORMULAS[0] + "<w:p>&"


def test_nothing_at_all_is_said_in_words() -> None:
    assert read_back().tables[0].rows[1].cells[0].text == "本期没有记录"
