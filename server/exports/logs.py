"""Logs and monthly reports as papers, in the columns that local offices use."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from server import clock
from server.exports.csv import KIND_WORDS, VISIT_WORDS
from server.exports.papers import Cells, Column, Group, Paper, Span, Table

Document = dict[str, Any]

TRIPS = (
    Column("姓名", 21, centred=True),
    Column("单位", 22, centred=True),
    Column("职务", 20, centred=True),
    Column("目的地", 21, centred=True),
    Column("起止时间", 35, centred=True, spans=True),
    Column("在外天数", 12, centred=True),
    Column("产业链", 17, centred=True),
    Column("走访企业及联系人职务", 41),
    Column("洽谈成果", 39),
    Column("下一步打算", 29),
)
ENTRIES = (
    Column("日期", 24, centred=True),
    Column("时间", 15, centred=True),
    Column("地点", 31),
    Column("事项", 36),
    Column("走访企业及联系人职务", 46),
    Column("洽谈成果", 44),
    Column("下一步打算", 33),
    Column("备注", 28),
)
WORDS = (Column("日期", 24, centred=True), Column("当日补记", 119), Column("次日计划", 114))

_TITLES = {"day": "工作日志", "week": "工作周志", "month": "工作月报", "trip": "行程日志"}
_WEEKDAYS = "一二三四五六日"
_FOOT = "本表由系统依据签到、走访和行程记录汇总"
_CUT = "记录过多，超出部分未列出"


def paper(log: Document, made_at: datetime) -> Paper:
    """The log of a day, a week or a month: trips, what happened day by day, what its person wrote."""
    person, period = log["person"], log["period"]
    facts = [f"姓名：{person['name']}", f"单位：{person['unit']['name']}"]
    facts += [f"职务：{person['post']}"] if person["post"] else []
    facts += [f"在外天数：{log['days_away']} 天"] if log["days_away"] else []
    return Paper(
        title=_TITLES[period["kind"]],
        facts=(period_words(period), "　　".join(facts)),
        tables=_filled(_own_trips(log), _entries(log["days"]), _written(log["days"])),
        foot=_foot(made_at, cut=log["cut"]),
        author=person["name"],
        made_at=made_at,
    )


def monthly(report: Document, made_at: datetime) -> Paper:
    """The trips of units in a month, in the order they came in: a row for each trip, none for a person."""
    return Paper(
        title=f"{report['period']['first']:%Y}年{report['period']['first'].month}月外出行程月报",
        facts=(f"单位：{report['unit']['name']}",),
        tables=_filled(Table("行程", TRIPS, [_trip(trip, *_people(trip)) for trip in report["trips"]])),
        foot=_foot(made_at, cut=report["cut"]),
        author=report["unit"]["name"],
        made_at=made_at,
    )


def name(period: Document) -> str:
    """What the file of a log is called, without its ending."""
    return f"{_TITLES[period['kind']]}-{period['name']}"


def period_words(period: Document) -> str:
    """A period as it stands under the title."""
    first, last = period["first"], period["last"]
    if period["kind"] == "day":
        return f"{first.year}年{first.month}月{first.day}日　星期{_WEEKDAYS[first.weekday()]}"
    if period["kind"] == "week":
        year, week, _ = first.isocalendar()
        return f"{year}年第{week}周（{first.month}月{first.day}日至{last.month}月{last.day}日）"
    if period["kind"] == "month":
        return f"{first.year}年{first.month}月"
    return f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"


def _filled(*tables: Table) -> list[Table]:
    """The tables that tell something; the first one alone, empty, where none does."""
    return [table for table in tables if table.groups] or [Table(tables[0].name, tables[0].columns, [])]


def _foot(made_at: datetime, *, cut: bool) -> str:
    """What the paper is made of, and when."""
    said = f"{_FOOT}；{_CUT}" if cut else _FOOT
    return f"{said}。制表时间：{made_at.astimezone(clock.SHANGHAI):%Y.%m.%d %H:%M}"


# ── trips ───────────────────────────────────────────────────────────────────────────────────────────────


def _own_trips(log: Document) -> Table:
    """The trips of one's own, with who came along."""
    person = log["person"]
    return Table(
        "行程",
        TRIPS,
        [_trip(trip, _with_companions(trip, person), person["post"]) for trip in log["trips"]],
    )


def _with_companions(trip: Document, person: Document) -> str:
    """A person's name, and under it who came along."""
    others = [member["name"] for member in trip["members"] if member["id"] != person["id"]]
    return f"{person['name']}\n（同行：{'、'.join(others)}）" if others else str(person["name"])


def _people(trip: Document) -> tuple[str, str]:
    """The names and the posts of all on a trip, a line each."""
    names = "\n".join(member["name"] for member in trip["members"])
    return names, "\n".join(member["post"] or "—" for member in trip["members"])


def _trip(trip: Document, names: str, posts: str) -> Group:
    """A trip: a row for each visit, and one for what came of the whole."""
    word = "进行中" if trip["ended_at"] is None else "（系统结束）" if trip["lapsed"] else ""
    shared: Cells = (
        names,
        trip["unit"],
        posts,
        trip["destination"],
        Span(trip["started_at"], trip["ended_at"], word),
        trip["days_away"],
        trip["chain"],
    )
    rows = [met(visit) for visit in trip["visits"]]
    if trip["outcome"] or not rows:
        rows.append(("（行程小结）" if rows else "", trip["outcome"], ""))
    return Group(shared, rows)


def met(visit: Document) -> Cells:
    """Whom was met with their post, what came of it, what is next."""
    post = f"（{visit['contact_post']}）" if visit["contact_post"] else ""
    amount = f"意向金额 {visit['amount']} {visit['amount_unit']}" if visit["amount"] else ""
    by = f"时间：{visit['next_on']:%Y.%m.%d}" if visit["next_on"] else ""
    return (
        _lines(visit["enterprise"], f"{visit['contact']}{post}"),
        _lines(visit["outcome"], amount),
        _lines(visit["next_step"], by),
    )


def _lines(*parts: str) -> str:
    """The parts that say something, a line each."""
    return "\n".join(part for part in parts if part)


# ── days ────────────────────────────────────────────────────────────────────────────────────────────────


def _entries(days: Iterable[Document]) -> Table:
    """What happened, a group for each day."""
    told = [(day["day"], entry) for day in days for entry in day["entries"]]
    groups = [
        Group((day,), [_entry(entry) for _, entry in of_day])
        for day, of_day in groupby(told, key=lambda each: each[0])
    ]
    return Table("日志", ENTRIES, groups)


def _entry(entry: Document) -> Cells:
    """One check-in."""
    added = entry["supplement"] or {}
    return (
        f"{entry['at'].astimezone(clock.SHANGHAI):%H:%M}",
        entry["place"],
        _lines(_matter(entry), "" if entry["trip"] is None else entry["trip"]["title"]),
        *met(entry["met"]),
        _lines(entry["note"], added.get("remark", "")),
    )


def _matter(entry: Document) -> str:
    """What kind of check-in it was, and of visit."""
    visit = entry["met"]["kind"]
    return f"{KIND_WORDS[entry['kind']]}·{VISIT_WORDS[visit]}" if visit else KIND_WORDS[entry["kind"]]


def _written(days: Sequence[Document]) -> Table:
    """What its person wrote, a row for each day that has any."""
    told: list[tuple[date, Document]] = [(day["day"], day["words"]) for day in days if day["words"]]
    groups = [
        Group((), [(day, words["remark"], words["plan"])])
        for day, words in told
        if words["remark"] or words["plan"]
    ]
    return Table("补记与计划", WORDS, groups)
