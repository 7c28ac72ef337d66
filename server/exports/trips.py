"""A trip's review as a paper: plan against what happened, whom they met, check-ins with what was said about them.

It holds no coordinate. Of a track only times, stays and what was surely covered, and only of the one that was opened.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from server import clock
from server.exports.csv import KIND_WORDS, OUTCOME_WORDS, VISIT_WORDS, WINDOW_WORDS
from server.exports.papers import Cells, Column, Group, Paper, Table

Document = dict[str, Any]

STOPS = (
    Column("序号", 12, centred=True),
    Column("行程点", 48),
    Column("接待企业", 48),
    Column("计划时间", 48, centred=True),
    Column("实际到达", 38, centred=True),
    Column("实际离开", 28, centred=True),
    Column("判定", 35),
)
VISITS = (
    Column("时间", 24, centred=True),
    Column("走访企业及联系人职务", 62),
    Column("议题", 46),
    Column("成果", 60),
    Column("意向金额", 25, centred=True),
    Column("下一步", 40),
)
CHECKINS = (
    Column("时间", 24, centred=True),
    Column("姓名", 20, centred=True),
    Column("签到", 42),
    Column("判定", 46),
    Column("疑点", 34),
    Column("说明", 41),
    Column("复核与答复", 50),
)
TRACK = (
    Column("起", 30, centred=True),
    Column("止", 30, centred=True),
    Column("时长", 26, centred=True),
    Column("情况", 30, centred=True),
    Column("地点或路程", 141),
)

REVIEW_WORDS = {"accept": "认可", "query": "询问", "answer": "答复", "lapse": "无人跟进，询问失效"}
_FOOT = "本表由系统依据计划、签到和轨迹生成；疑点只说明值得再看，不是处分。未测不等于没有到。"


def paper(review: Document, made_at: datetime) -> Paper:
    """A review `{trip, checkins, track}` (`track` None where none was opened), check-ins by time."""
    trip, found = review["trip"], review["checkins"]
    tables = [
        Table("行程点：计划与实际", STOPS, _rows(_stops(trip["stops"], found))),
        Table("会见与成果", VISITS, _rows(map(_visit, (each for each in found if each["met"])))),
        Table("签到与复核", CHECKINS, _rows(map(_checkin, found))),
    ]
    if review["track"] is not None:
        name = review["track"]["person"]["name"]
        tables.append(Table(f"轨迹：{name}", TRACK, _rows(_parts(review["track"]))))
    return Paper(
        title=f"行程复核：{trip['title']}",
        facts=tuple(_facts(trip, review["track"])),
        tables=tables,
        foot=f"{_FOOT} 生成时间：{_at(made_at)}",
        author=trip["unit"]["name"],
        made_at=made_at,
    )


def _rows(rows: Iterable[Cells]) -> Sequence[Group]:
    """Rows that share nothing."""
    return [Group((), (row,)) for row in rows]


def _facts(trip: Document, track: Document | None) -> Iterable[str]:
    """The lines under the title."""
    others = "、".join(each["name"] for each in trip["members"] if not each["leading"])
    yield _line(
        ("单位", trip["unit"]["name"]),
        ("带队", trip["leader"]["name"]),
        ("同行", others),
        ("目的地", trip["destination"]),
        ("产业链", trip["chain"]),
    )
    yield _line(
        ("计划", f"{trip['starts_on']:%Y.%m.%d}至{trip['ends_on']:%Y.%m.%d}"),
        ("出发", "" if trip["started_at"] is None else _at(trip["started_at"])),
        ("结束", "" if trip["ended_at"] is None else _at(trip["ended_at"])),
        ("在外", "" if trip["days_away"] is None else f"{trip['days_away']} 天"),
        ("路程", "" if track is None else f"至少 {track['length_m'] / 1000:.1f} 公里"),
    )
    yield from (_line((name, trip[key])) for name, key in (("目的", "aim"), ("成果", "outcome")) if trip[key])


def _line(*facts: tuple[str, str]) -> str:
    """Facts beside each other; those that are empty are left out."""
    return "　　".join(f"{name}：{said}" for name, said in facts if said)


def _stops(stops: Sequence[Document], found: Sequence[Document]) -> Iterable[Cells]:
    """Each stop as it was planned, and when the team came and left by its check-ins."""
    for number, stop in enumerate(stops, start=1):
        here = [each for each in found if each["stop"] is not None and each["stop"]["id"] == stop["id"]]
        came = next((each for each in here if each["kind"] == "arrive"), here[0] if here else None)
        left = next((each for each in reversed(here) if each["kind"] == "leave"), None)
        yield (
            number,
            stop["name"],
            stop["host_enterprise"],
            _window(stop),
            "没有签到" if came is None else _joined(_short(came["happened_at"]), _timing(came)),
            "" if left is None else _short(left["happened_at"]),
            "" if came is None else _verdict(came),
        )


def _window(stop: Document) -> str:
    """When a stop was meant to be visited."""
    start, end = stop["planned_from"], stop["planned_to"]
    if start is not None and end is not None and clock.day_of(start) == clock.day_of(end):
        return f"{_short(start)}–{end.astimezone(clock.SHANGHAI):%H:%M}"
    return "至".join(_short(each) for each in (start, end) if each is not None) or "不限时间"


def _visit(checkin: Document) -> Cells:
    """Whom they met and what came of it."""
    visit = checkin["met"]
    kind, who = VISIT_WORDS.get(visit["kind"], "补记"), _joined(visit["contact"], visit["contact_post"])
    when = (_short(checkin["happened_at"]), "含补记" if checkin["supplement"] else "")
    return (
        "\n".join(filter(None, when)),
        "\n".join(filter(None, (visit["enterprise"] or kind, who))),
        visit["topic"],
        visit["outcome"],
        _joined(visit["amount"], visit["amount_unit"] if visit["amount"] else ""),
        _joined("" if visit["next_on"] is None else f"{visit['next_on']:%Y.%m.%d}", visit["next_step"]),
    )


def _checkin(checkin: Document) -> Cells:
    """One check-in, its verdict, what was odd, and what was said about it."""
    return (
        _short(checkin["happened_at"]),
        checkin["person"]["name"],
        _joined(KIND_WORDS[checkin["kind"]], checkin["stop"]["name"] if checkin["stop"] else ""),
        _verdict(checkin),
        "；".join(signal["zh"] for signal in checkin["signals"]),
        checkin["note"],
        "\n".join(map(_said, checkin["reviews"])),
    )


def _verdict(checkin: Document) -> str:
    """A verdict in words, with the metres it was given by."""
    verdict = checkin["verdict"]
    word = OUTCOME_WORDS[verdict["outcome"]]
    if verdict["edge_m"] is None:
        return word
    return f"{word}，离边界 {abs(verdict['edge_m']):.0f} 米，精度 {verdict['accuracy_used_m']:.0f} 米"


def _timing(checkin: Document) -> str:
    """Early, on time or late; nothing where nothing was planned."""
    return WINDOW_WORDS.get(checkin["window"] or "", "")


def _said(review: Document) -> str:
    """One word of a review, or the answer to it."""
    by = review["by"]["name"] if review["by"] else ""
    head = f"{_short(review['at'])} {REVIEW_WORDS[review['kind']]} {by}".rstrip()
    return f"{head}：{review['note']}" if review["note"] else head


def _parts(track: Document) -> Iterable[Cells]:
    """The stays, moves and gaps of a track by time."""
    parts = [
        *((each, "停留", each["stop"]["name"] if each["stop"] else "") for each in track["stays"]),
        *((each, "移动", f"至少 {each['length_m'] / 1000:.1f} 公里") for each in track["moves"]),
        *((each, "没有定位，未测", "") for each in track["gaps"]),
    ]
    for part, what, where in sorted(parts, key=lambda each: each[0]["from"]):
        yield _short(part["from"]), _short(part["to"]), f"{part['duration_s'] / 60:.0f} 分钟", what, where


def _joined(*words: str | None) -> str:
    """Words beside each other."""
    return " ".join(filter(None, words))


def _at(instant: datetime) -> str:
    """An instant in Shanghai."""
    return f"{instant.astimezone(clock.SHANGHAI):%Y.%m.%d %H:%M}"


def _short(instant: datetime) -> str:
    """An instant in Shanghai without its year."""
    return f"{instant.astimezone(clock.SHANGHAI):%m.%d %H:%M}"
