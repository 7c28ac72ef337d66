"""Bulletins as papers, as offices print them: title, number, what is said, tables, note, who signs, the seal."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from server import clock
from server.exports.papers import Cell, Column, Group, Paper, Table

Document = dict[str, Any]

UPRIGHT_MM, SIDEWAYS_MM = 168.0, 255.0
"""How wide the tables are on a page that stands, and on one on its side."""

UNIT_MM, CROWDED_MM = 45, 38
"""How wide the names of units stand: twelve characters in a line, ten beside many measures."""

ONE_LINE = 9
"""Fewer figures than this stand in one line of a measure's column; longer amounts in two, parted at the stroke."""

_WHY = {"small": "不比较", "nothing_due": "不排名"}
_UNRANKED = "—"
_AIMED = ("signed", "landed")
_VISITS = ("outbound", "reception", "enterprise_help")


def paper(bulletin: Document) -> Paper:
    """A bulletin as a paper; a draft says that it is one."""
    return Paper(
        title=bulletin["title"],
        facts=_facts(bulletin),
        tables=_TABLES[bulletin["kind"], bulletin["period"]["span"] == "month"](bulletin),
        foot=_foot(bulletin),
        author=bulletin["county"],
        made_at=_instant(bulletin["published_at"] or bulletin["drawn_at"]),
        body=_paragraphs(bulletin["opening"]),
        notes=[*_notes(bulletin), *_paragraphs(bulletin["note"])],
        signed=_signed(bulletin),
        upright=_is_upright(bulletin),
    )


def name(bulletin: Document) -> str:
    """What the file is called, without its ending."""
    draft = "" if bulletin["state"] == "published" else "（稿）"
    return f"{bulletin['title']}{draft}"


def _facts(bulletin: Document) -> Sequence[str]:
    """The number, and of a draft that it is one."""
    number = bulletin["number"] or "（文号待编）"
    return [number] if bulletin["state"] == "published" else [number, "（送审稿，未发布）"]


def _foot(bulletin: Document) -> str:
    """When its numbers were drawn, and the seal by which it can be checked."""
    drawn = f"数据由系统于 {clock.local(_instant(bulletin['drawn_at']))[:16]} 生成"
    if bulletin["seal"] is None:
        return f"{drawn}。"
    return f"{drawn}，发布后不再改动。校验码（SHA-256）：{bulletin['seal']}"


def _signed(bulletin: Document) -> Sequence[str]:
    """The county and the day of publication."""
    if bulletin["published_at"] is None:
        return [bulletin["county"]]
    day = clock.day_of(_instant(bulletin["published_at"]))
    return [bulletin["county"], f"{day.year}年{day.month}月{day.day}日"]


def _paragraphs(text: str) -> list[str]:
    """A text by its lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _instant(told: datetime | str) -> datetime:
    """An instant, whichever way it is kept."""
    return datetime.fromisoformat(told) if isinstance(told, str) else told


def _is_upright(bulletin: Document) -> bool:
    """Whether the widest table fits a page that stands."""
    if bulletin["period"]["span"] == "year":
        return False
    return bulletin["kind"] == "trips" or len(_weighed(bulletin["data"])) <= 4


def _width_mm(bulletin: Document) -> float:
    """How wide its tables are."""
    return UPRIGHT_MM if _is_upright(bulletin) else SIDEWAYS_MM


# ── boards ──────────────────────────────────────────────────────────────────────────────────────────────


def _board(bulletin: Document) -> list[Table]:
    """A month's board: the two lists, then every unit in unit order with its numbers."""
    data, width = bulletin["data"], _width_mm(bulletin)
    weighed = _weighed(data)
    rest = width - CROWDED_MM - 16 - 14
    columns = [
        Column("单位", CROWDED_MM, centred=True),
        *(Column(_head(each), rest / len(weighed), centred=True) for each in weighed),
        Column("得分", 16, centred=True),
        Column("名次", 14, centred=True),
    ]
    rows = [_board_row(unit, weighed) for unit in data["units"]]
    return [*_lists(data["units"], width), Table("各单位情况", columns, [Group((), rows)])]


def _board_row(unit: Document, weighed: Sequence[Document]) -> tuple[Cell, ...]:
    """A unit's numbers, score and rank."""
    numbers = [_number(unit["numbers"].get(each["name"]), each["name"]) for each in weighed]
    return (unit["unit"]["name"], *numbers, _score(unit), unit["rank"] or _UNRANKED)


def _number(number: Document | None, measure: str) -> str:
    """So much of so much, and per cent."""
    if number is None:
        return _UNRANKED
    if number["part"] is None:
        return "未定目标" if measure in _AIMED else "无应办"
    got, of = str(number["got"]), str(number["of"])
    over = "/" if len(got) + len(of) < ONE_LINE else "/\n"
    return f"{got}{over}{of}\n{number['part']}%"


def _score(unit: Document) -> Cell:
    """A score, or why there is none."""
    return Decimal(unit["score"]) if unit["score"] else _WHY.get(unit["why"], _UNRANKED)


def _lists(units: Sequence[Document], width: float) -> list[Table]:
    """The two lists, where they name anybody."""
    found = []
    for listed, title in (("ahead", "奋斗榜"), ("behind", "锤炼榜")):
        named = sorted((unit for unit in units if unit["listed"] == listed), key=lambda unit: unit["rank"])
        columns = [
            Column("名次", 30, centred=True),
            Column("单位", width - 60, centred=True),
            Column("得分", 30, centred=True),
        ]
        rows: list[tuple[Cell, ...]] = [(each["rank"], each["unit"]["name"], _score(each)) for each in named]
        found += [Table(title, columns, [Group((), rows)])] if rows else []
    return found


def _board_of_months(bulletin: Document) -> list[Table]:
    """A longer board: each month's score, their mean, the rank."""
    data, width = bulletin["data"], _width_mm(bulletin)
    months = [each["month"] for each in data["months"]]
    each_mm = (width - UNIT_MM - 22 - 14) / len(months)
    columns = [
        Column("单位", UNIT_MM, centred=True),
        *(Column(f"{int(month[5:])}月", each_mm, centred=True) for month in months),
        Column("平均得分", 22, centred=True),
        Column("名次", 14, centred=True),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            unit["unit"]["name"],
            *(_month_score(unit["months"].get(month)) for month in months),
            _score(unit),
            unit["rank"] or _UNRANKED,
        )
        for unit in data["units"]
    ]
    return [*_lists(data["units"], width), Table("各单位情况", columns, [Group((), rows)])]


def _month_score(told: str | None) -> Cell:
    """A month's score."""
    return _UNRANKED if told is None else Decimal(told)


def _weighed(data: Document) -> list[Document]:
    """The measures that weigh something."""
    return [each for each in data.get("measures", ()) if each["weight"]]


def _head(measure: Document) -> str:
    """A measure with what it weighs, and the unit of what is not counted one by one."""
    unit = f"\n{measure['unit']}" if measure["unit"] else ""
    return f"{_zh(measure)}{unit}（{measure['weight']}）"


def _zh(measure: Document) -> str:
    """A measure's Chinese word."""
    return str(measure["words"]["zh"])


# ── trips ───────────────────────────────────────────────────────────────────────────────────────────────


def _trips(bulletin: Document) -> list[Table]:
    """A month's trips: a row for each unit, in unit order."""
    columns = [
        Column("单位", UNIT_MM, centred=True),
        Column("外出人数", 17, centred=True),
        Column("在外天数", 17, centred=True),
        Column("目的地", 38),
        Column("外出拜访", 17, centred=True),
        Column("接待客商", 17, centred=True),
        Column("帮扶企业", 17, centred=True),
    ]
    rows = [_trip_row(unit) for unit in bulletin["data"]["units"]]
    return [Table("各单位外出情况", columns, [Group((), rows)])]


def _trip_row(unit: Document) -> tuple[Cell, ...]:
    """A unit: how many were out on how many days, where, and what was done; or that nobody was."""
    stated, of = unit["stated"], unit["unit"]["name"]
    if stated is None:
        said = "有外出（人数少，不列数）" if unit["out"] else "未外出"
        return (of, _UNRANKED, _UNRANKED, said, _UNRANKED, _UNRANKED, _UNRANKED)
    places = "、".join(dict.fromkeys(row["destination"] for row in stated["rows"]))
    return (of, stated["people"], stated["days"], places, *(stated["visits"][kind] for kind in _VISITS))


def _trips_of_months(bulletin: Document) -> list[Table]:
    """A longer trip bulletin: people and days of each month, the days added up."""
    data, width = bulletin["data"], _width_mm(bulletin)
    months = [each["month"] for each in data["months"]]
    each_mm = (width - UNIT_MM - 20) / len(months)
    columns = [
        Column("单位", UNIT_MM, centred=True),
        *(Column(f"{int(month[5:])}月", each_mm, centred=True) for month in months),
        Column("在外天数", 20, centred=True),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            unit["unit"]["name"],
            *(_month_out(unit["months"].get(month)) for month in months),
            _UNRANKED if unit["why"] == "small" else unit["days"],
        )
        for unit in data["units"]
    ]
    return [Table("各单位外出情况", columns, [Group((), rows)])]


def _month_out(told: Document | None) -> str:
    """A month of a unit: people and days, or that nobody was out."""
    if told is None:
        return _UNRANKED
    if told["people"] is None:
        return "有外出" if told["out"] else "未外出"
    return f"{told['people']}人{told['days']}天"


_TABLES = {
    ("boards", True): _board,
    ("boards", False): _board_of_months,
    ("trips", True): _trips,
    ("trips", False): _trips_of_months,
}


# ── notes ───────────────────────────────────────────────────────────────────────────────────────────────


def _notes(bulletin: Document) -> list[str]:
    """How it was made: measures and weights, ties, who is in no order and why; which months are missing."""
    month = bulletin["period"]["span"] == "month"
    said = _board_notes(bulletin["data"]) if bulletin["kind"] == "boards" else _trip_notes(bulletin["data"])
    told = [*said, *([] if month else _months_missing(bulletin["data"], bulletin["kind"]))]
    if bulletin["corrects"]:
        told.append(f"本通报更正{bulletin['corrects']['number']}。原因：{bulletin['reason']}")
    return [f"注：{told[0]}", *told[1:]] if told else []


def _board_notes(data: Document) -> list[str]:
    """What a board says of how it was made."""
    weighed = _weighed(data)
    measures = "；".join(f"{_zh(each)}（权重 {each['weight']}）：{each['means']['zh']}" for each in weighed)
    told = [f"{measures}。"] if weighed else []
    told.append(
        "得分满分 100，保留一位小数；得分相同的名次并列。"
        "满分单位不列入锤炼榜，可比单位不足 3 个或得分全部相同时不列榜。"
    )
    if weighed:
        told.append("本月没有应办的指标不计权重，其余指标按权重折算；对单位的结果作比较，不涉及个人。")
    return [*told, *_apart(data)]


def _apart(data: Document) -> Iterable[str]:
    """Who is in no order, and why."""
    for why, zh in (
        ("small", "单位人数较少，不参加比较，也不列数"),
        ("nothing_due", "本期没有应办事项，不排名"),
    ):
        named = [unit["unit"]["name"] for unit in data["units"] if unit["why"] == why]
        if named:
            yield f"{'、'.join(named)}：{zh}。"


def _trip_notes(_data: Document) -> list[str]:
    """What a trip bulletin says of how it was made."""
    return [
        "按单位顺序列出，不排名、不涉及个人。外出人数为当月有外出行程的人数；"
        "在外天数为当月有人在外的天数，同一天只计一次。人数较少的单位只列是否外出。"
    ]


def _months_missing(data: Document, kind: str) -> list[str]:
    """What a longer one is made of, and the months it lacks."""
    made = [each["bulletin"]["number"] for each in data["months"] if each["bulletin"]]
    lacking = [f"{int(each['month'][5:])}月" for each in data["months"] if not each["bulletin"]]
    how = (
        "平均得分为各月已发布得分的平均，没有得分的月份（“—”）不计"
        if kind == "boards"
        else "人数逐月统计，不相加"
    )
    told = [f"依据已发布的月度通报汇总（{'、'.join(made)}）；{how}。"]
    return told + ([f"{'、'.join(lacking)}没有已发布的通报，未计入。"] if lacking else [])
