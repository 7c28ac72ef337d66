"""A paper as one page for a wall."""

from datetime import UTC, datetime

from server.exports import html
from server.exports.papers import Column, Group, Paper, Table


def test_tables_of_the_same_columns_line_up_whatever_is_in_them() -> None:
    columns = [
        Column("名次", 30, centred=True),
        Column("单位", 108, centred=True),
        Column("得分", 30, centred=True),
    ]
    tables = [
        Table(name, columns, [Group((), [(1, unit, "90.0")])])
        for name, unit in (("奋斗榜", "甲镇"), ("锤炼榜", "云岭县经济开发区管理委员会"))
    ]
    made = html.write(Paper("通报", [], tables, "", "云岭县", datetime(2026, 11, 1, tzinfo=UTC))).decode()
    widths = '<col style="width:17.86%"><col style="width:64.29%"><col style="width:17.86%">'
    assert made.count(f"<colgroup>{widths}</colgroup>") == 2
