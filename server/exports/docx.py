"""A paper as a Word document: A4, the fonts of official papers with what stands in where they are missing.

Title 方正小标宋, heads 黑体, body 仿宋, as GB/T 9704-2012 has them; a machine without them takes the next named one.
"""

from collections.abc import Sequence
from copy import deepcopy
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Written
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.shared import Mm, Pt
from docx.table import Table as Laid
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from server.exports.papers import Cell, Column, Group, Paper, Table, plain, words

MIMETYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

TITLE, HEAD, BODY = "方正小标宋简体", "黑体", "仿宋_GB2312"
STAND_INS = {TITLE: "宋体", HEAD: "SimHei", BODY: "仿宋"}
LATIN = "Times New Roman"
TABLE_PT = 10
NUMBERS = "一二三四五六七八九十"


def write(paper: Paper) -> bytes:
    """The document as bytes."""
    document = Document()
    _lay_out(document, paper)
    _line(document, paper.title, TITLE, 22, after=6)
    for fact in paper.facts:
        _line(document, fact, BODY, 12, after=4)
    for told in paper.body:
        _paragraph(document, told)
    for number, table in zip(NUMBERS, paper.tables, strict=False):
        if len(paper.tables) > 1:
            _line(document, f"{number}、{table.name}", HEAD, 12, before=10, after=4, centred=False)
        _table(document, table)
    for told in paper.notes:
        _line(document, told, BODY, 10.5, before=3, after=3, centred=False)
    for told in paper.signed:
        signed = _line(document, told, BODY, 14, before=6, after=6)
        signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        signed.paragraph_format.keep_with_next = True  # who signs, the day and the seal stay on one page
    _line(document, paper.foot, BODY, 9, before=6, centred=False)
    into = BytesIO()
    document.save(into)
    return into.getvalue()


def _lay_out(document: Written, paper: Paper) -> None:
    """The page, its number, the fonts, and whose paper it is."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT if paper.upright else WD_ORIENT.LANDSCAPE
    long, short = Mm(297), Mm(210)
    section.page_width, section.page_height = (short, long) if paper.upright else (long, short)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin, section.footer_distance = Mm(22), Mm(20), Mm(11)
    _number(section.footer.paragraphs[0])
    style = document.styles["Normal"]
    _dress(style, BODY, 10.5)
    told = document.core_properties
    told.title, told.author, told.last_modified_by = plain(paper.title), plain(paper.author), ""
    told.comments, told.language, told.created, told.modified = "", "zh-CN", paper.made_at, paper.made_at
    _name_stand_ins(document)


def _dress(of: Any, font: str, size_pt: float) -> None:
    """Give a run or a style its font, Chinese and Latin, and its size."""
    of.font.name, of.font.size = LATIN, Pt(size_pt)
    of.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _line(
    document: Written,
    text: str,
    font: str,
    size_pt: float,
    *,
    before: float = 0,
    after: float = 0,
    centred: bool = True,
) -> Paragraph:
    """A paragraph of its own; spaces in points."""
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
    set_out = paragraph.paragraph_format
    set_out.space_before, set_out.space_after, set_out.keep_with_next = Pt(before), Pt(after), before > after
    _dress(paragraph.add_run(plain(text)), font, size_pt)
    return paragraph


def _paragraph(document: Written, text: str) -> None:
    """A paragraph of the text, its first line two characters in."""
    paragraph = _line(document, text, BODY, 14, after=6, centred=False)
    paragraph.paragraph_format.first_line_indent = Pt(28)
    paragraph.paragraph_format.keep_with_next = False


def _number(paragraph: Paragraph) -> None:
    """The page's number between dashes."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _dress(paragraph.add_run("— "), "宋体", 10.5)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    _dress(paragraph.add_run(" —"), "宋体", 10.5)


def _table(document: Written, table: Table) -> None:
    """A table with its head, which is told again on each page."""
    made = document.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _pad(made, side_mm=1)
    for column, told in zip(made.columns, table.columns, strict=True):
        column.width = Mm(told.width_mm)
    _fill(made.rows[0], table.columns, [column.title for column in table.columns], font=HEAD)
    _mark(made.rows[0], "w:tblHeader")
    pattern = _pattern(made, table.columns)
    for group in table.groups:
        for number, cells in enumerate(group.rows):
            made._tbl.append(_row(pattern, group, cells, number))
    if not table.groups:
        _nothing(made.add_row())


def _pad(table: Laid, side_mm: float) -> None:
    """The space between the lines of a table and its words, left and right."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(Mm(side_mm).twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")  # Word minds the order


def _pattern(table: Laid, columns: Sequence[Column]) -> CT_Row:
    """A row to be copied: a long table is six times quicker of copies than of rows dressed cell by cell."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]  # the one method that python-docx left untyped
    _fill(row, columns, ["–" for _ in columns])
    _mark(row, "w:cantSplit")
    made: CT_Row = row._tr
    table._tbl.remove(made)
    return made


def _row(pattern: CT_Row, group: Group, cells: Sequence[Cell], number: int) -> CT_Row:
    """A row of a group: what it shares is written into the first one only."""
    row = deepcopy(pattern)
    shared = group.shared if number == 0 else tuple("" for _ in group.shared)
    for cell, told in zip(row.tc_lst, [*shared, *cells], strict=True):
        cell.p_lst[0].r_lst[0].text = words(told)
    for cell in row.tc_lst[: len(shared)] if len(group.rows) > 1 else []:
        cell.vMerge = "restart" if number == 0 else "continue"
    return row


def _fill(row: _Row, columns: Sequence[Column], cells: Sequence[Cell], font: str = BODY) -> None:
    """Write the cells of a row."""
    for cell, column, told in zip(row.cells, columns, cells, strict=True):
        _cell(cell, column, words(told), font)


def _cell(cell: _Cell, column: Column, text: str, font: str) -> None:
    """One cell: its width, its text, wrapped where it must."""
    cell.width = Mm(column.width_mm)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    if column.centred or font == HEAD:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if text:
        _dress(paragraph.add_run(text), font, TABLE_PT)


def _nothing(row: _Row) -> None:
    """A row that says that there is nothing."""
    cell = row.cells[0].merge(row.cells[-1])
    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    _dress(cell.paragraphs[0].add_run("本期没有记录"), BODY, 10.5)


def _mark(row: _Row, what: str) -> None:
    """A property of a row that is there or not."""
    row._tr.get_or_add_trPr().append(OxmlElement(what))


_FONTS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:fonts>'
)


def _name_stand_ins(document: Written) -> None:
    """The document's table of fonts: what each is replaced by where it is missing."""
    part = document.part
    old = [key for key, told in part.rels.items() if told.reltype == RELATIONSHIP_TYPE.FONT_TABLE]
    for key in old:
        part.drop_rel(key)
    fonts = "".join(
        f'<w:font w:name="{font}"><w:altName w:val="{other}"/></w:font>' for font, other in STAND_INS.items()
    )
    name = PackURI("/word/fontTable.xml")
    table = Part(name, CONTENT_TYPE.WML_FONT_TABLE, _FONTS.format(fonts).encode(), part.package)
    part.relate_to(table, RELATIONSHIP_TYPE.FONT_TABLE)
