from server.exports import logs, papers
from tests.exports.papers import BOSS, day, entry, log, paper, shanghai, trip


def test_the_columns_are_those_that_local_offices_use() -> None:
    heads = [column.title for column in paper(trips=[trip()]).tables[0].columns]
    office = "姓名 单位 职务 目的地 起止时间 在外天数 产业链 走访企业及联系人职务 洽谈成果 下一步打算"
    assert heads == office.split()


def test_every_table_is_as_wide_as_the_page() -> None:
    for columns in (logs.TRIPS, logs.ENTRIES, logs.WORDS):
        assert sum(column.width_mm for column in columns) == 257


def test_a_trip_has_a_row_for_each_visit_and_one_for_what_came_of_it() -> None:
    [group] = paper(trips=[trip(BOSS, outcome="愿意来访")]).tables[0].groups
    assert group.shared[:4] == ("周航\n（同行：陈晓）", "投资促进局", "科长", "临江市")
    assert group.rows == [
        ("临江重工\n王建国（董事长）", "达成意向\n意向金额 2.5 亿元", "发送测算表\n时间：2026.12.01"),
        ("（行程小结）", "愿意来访", ""),
    ]


def test_a_trip_without_visits_still_has_its_row() -> None:
    [group] = paper(trips=[trip(ended_at=None)]).tables[0].groups
    assert group.rows == [("", "", "")]
    assert papers.words(group.shared[4]) == "2026.11.23 08:00\n至\n进行中"


def test_a_log_names_its_period_and_its_person() -> None:
    assert paper(name="2026-11-25").facts[0] == "2026年11月25日　星期三"
    assert paper(name="2026-W48").facts[0] == "2026年第48周（11月23日至11月29日）"
    assert paper().facts == ("2026年11月", "姓名：周航　　单位：投资促进局　　职务：科长　　在外天数：3 天")


def test_what_happened_and_what_was_written_each_have_a_table_where_there_is_any() -> None:
    full = paper(day(24, entry(BOSS, note="备注")), day(25, remark="补记", plan="计划"), trips=[trip()])
    assert [table.name for table in full.tables] == ["行程", "日志", "补记与计划"]
    [group] = full.tables[1].groups
    assert group.rows[0][:3] == ("10:00", "临江一厂", "走访·外出拜访\n赴临江考察")
    assert [table.name for table in paper(day(25, remark="补记")).tables] == ["补记与计划"]
    assert [(table.name, table.groups) for table in paper().tables] == [("行程", [])]


def test_a_monthly_report_has_a_row_for_each_trip_in_the_order_given_and_no_sum() -> None:
    told = log(trips=[trip(BOSS), trip(id=8, days_away=9)]) | {"unit": {"id": 3, "name": "青溪县"}}
    made = logs.monthly(told, shanghai(25, 20))
    assert made.title == "2026年11月外出行程月报"
    assert [group.shared[0] for group in made.tables[0].groups] == ["周航\n陈晓"] * 2
    assert [group.shared[2] for group in made.tables[0].groups] == ["科长\n—"] * 2
    assert [group.shared[5] for group in made.tables[0].groups] == [3, 9]


def test_a_text_is_rid_of_what_no_document_can_hold_and_cut_where_it_is_endless() -> None:
    assert papers.plain("一\x0b二\ufffe三\r\n四\ud800") == "一二三\n四"
    assert len(papers.plain("长" * 40_000)) == papers.LONGEST
    assert papers.lines("一二三四五\nab", 6) == 3
