"""A trip's review as a paper: plan beside what happened, whom they met, what was said, and no coordinate."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

from docx import Document

from server.exports import docx, trips

START = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLACE = 118.5023457


def trip(**changed: Any) -> dict[str, Any]:
    stop = {
        "id": 3,
        "name": "临江一厂",
        "host_enterprise": "临江装备",
        "planned_from": START,
        "planned_to": START + HOUR,
    }
    facts: dict[str, Any] = {
        "id": 17,
        "title": "赴临江考察",
        "unit": {"id": 1, "name": "东河镇"},
        "leader": {"id": 1, "name": "陈晓"},
        "members": [{"name": "陈晓", "leading": True}, {"name": "林远", "leading": False}],
        "destination": "临江市",
        "chain": "",
        "aim": "洽谈配套",
        "outcome": "",
        "starts_on": date(2026, 9, 1),
        "ends_on": date(2026, 9, 2),
        "started_at": START - HOUR,
        "days_away": 2,
        "ended_at": START + 30 * HOUR,
        "stops": [stop, stop | {"id": 4, "name": "远处", "planned_from": None, "planned_to": None}],
    }
    return facts | changed


def checkin(kind: str, at: datetime, **changed: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "happened_at": at,
        "person": {"id": 1, "name": "陈晓"},
        "kind": kind,
        "stop": {"id": 3, "name": "临江一厂"},
        "position": {"lng": PLACE, "lat": 29.6},
        "verdict": {"outcome": "uncertain", "edge_m": -12.4, "accuracy_used_m": 30.0},
        "window": "late",
        "signals": [{"code": "stale_fix", "zh": "定位时间明显早于签到"}],
        "note": "到厂门口了",
        "supplement": None,
        "met": None,
        "reviews": [],
    }
    return facts | changed


def written(review: dict[str, Any]) -> tuple[str, list[list[list[str]]]]:
    """What Word reads: all lines together, and the tables cell by cell."""
    document = Document(BytesIO(docx.write(trips.paper(review, START + 40 * HOUR))))
    tables = [[[cell.text for cell in row.cells] for row in table.rows[1:]] for table in document.tables]
    return "\n".join(line.text for line in document.paragraphs), tables


def test_a_review_tells_the_plan_what_happened_and_what_was_said() -> None:
    visit = {
        "kind": "outbound",
        "enterprise": "临江装备",
        "contact": "沈主任",
        "contact_post": "负责人",
        "topic": "选址",
        "outcome": "愿意来看地",
        "amount": "1.2",
        "amount_unit": "亿元",
        "next_step": "寄资料",
        "next_on": date(2026, 9, 10),
    }
    said = [
        {"kind": "query", "by": {"id": 2, "name": "吴清"}, "note": "为何晚到?", "at": START + 31 * HOUR},
        {"kind": "answer", "by": {"id": 1, "name": "陈晓"}, "note": "堵车", "at": START + 32 * HOUR},
        {"kind": "lapse", "by": None, "note": "", "at": START + 33 * HOUR},
    ]
    found = [
        checkin("arrive", START, reviews=said),
        checkin("visit", START + HOUR / 2, met=visit),
        checkin("leave", START + HOUR),
    ]
    text, (stops, visits, checkins) = written({"trip": trip(), "checkins": found, "track": None})
    for words in ("赴临江考察", "带队：陈晓", "同行：林远", "在外：2 天", "目的：洽谈配套"):
        assert words in text
    assert "成果" not in text.partition("会见与成果")[0]
    assert stops == [
        [
            "1",
            "临江一厂",
            "临江装备",
            "09.01 08:00–09:00",
            "09.01 08:00 迟到",
            "09.01 09:00",
            "不确定，离边界 12 米，精度 30 米",
        ],
        ["2", "远处", "临江装备", "不限时间", "没有签到", "", ""],
    ]
    assert visits == [
        ["09.01 08:30", "临江装备\n沈主任 负责人", "选址", "愿意来看地", "1.2 亿元", "2026.09.10 寄资料"]
    ]
    assert checkins[0][4:] == [
        "定位时间明显早于签到",
        "到厂门口了",
        "09.02 15:00 询问 吴清：为何晚到?\n09.02 16:00 答复 陈晓：堵车\n09.02 17:00 无人跟进，询问失效",
    ]
    assert str(PLACE)[:6] not in text + str(checkins)


def test_a_track_tells_stays_moves_and_what_was_not_measured_by_time() -> None:
    part = {"from": START, "to": START + HOUR, "duration_s": 3600}
    later = {"from": START + HOUR, "to": START + 2 * HOUR, "duration_s": 3600}
    track = {
        "person": {"id": 1, "name": "陈晓"},
        "length_m": 21_440,
        "stays": [part | {"stop": {"name": "临江一厂"}}],
        "moves": [later | {"length_m": 21_440}],
        "gaps": [later | {"from": START + 3 * HOUR}],
    }
    text, tables = written({"trip": trip(), "checkins": [], "track": track})
    assert "路程：至少 21.4 公里" in text
    assert [(row[3], row[4]) for row in tables[3]] == [
        ("停留", "临江一厂"),
        ("移动", "至少 21.4 公里"),
        ("没有定位，未测", ""),
    ]
