"""When anybody is told, and what a robot's answer means: tables and arithmetic."""

from datetime import UTC, date, datetime, time

import pytest

from server.queries import concerned
from server.readers import Hours
from server.rules import events, hooks, notice_kinds, notices
from server.rules.hooks import Counted
from server.rules.working_calendar import Term, WorkingCalendar

NIGHT = Hours(time(21), time(7, 30))
TIMES = (time(8, 30), time(17))


def at(text: str) -> datetime:
    """An instant by the Shanghai clock."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("said", "shows"),
    [
        ("2026-11-25T20:59", "2026-11-25T20:59"),
        ("2026-11-25T21:00", "2026-11-26T07:30"),
        ("2026-11-26T03:00", "2026-11-26T07:30"),
        ("2026-11-26T07:30", "2026-11-26T07:30"),
    ],
)
def test_what_comes_up_at_night_is_told_in_the_morning(said: str, shows: str) -> None:
    assert notices.shows_at(NIGHT, at(said)) == at(shows)
    assert notices.shows_at(Hours(time(0), time(0)), at(said)) == at(said)


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        ("2026-11-25T08:29", "2026-11-24T17:00", False),
        ("2026-11-25T08:30", "2026-11-24T17:00", True),
        ("2026-11-25T16:59", "2026-11-25T08:30", False),
        ("2026-11-25T20:00", "2026-11-25T08:30", True),
        ("2026-11-25T22:00", "2026-11-25T08:30", False),
        ("2026-11-28T09:00", "2026-11-25T08:30", False),  # a Saturday
        ("2026-10-01T09:00", "2026-09-30T08:30", False),  # National Day
        ("2026-11-30T09:00", "2026-11-27T17:00", True),
    ],
)
def test_a_digest_goes_out_at_its_times_on_working_days_outside_quiet_hours(
    now: str, last: str, due: bool
) -> None:
    assert notices.digest_due(at(now), at(last), TIMES, NIGHT, WorkingCalendar()) is due


def test_a_county_that_works_on_a_saturday_is_told_on_it() -> None:
    calendar = WorkingCalendar({date(2026, 11, 28): True})
    assert notices.digest_due(at("2026-11-28T09:00"), at("2026-11-27T17:00"), TIMES, NIGHT, calendar)


def test_every_kind_is_an_event_or_a_term_and_says_whom_it_concerns() -> None:
    assert set(notice_kinds.KINDS) - notice_kinds.TERMS <= set(events.KINDS)
    words = {word for kind in notice_kinds.KINDS.values() for word in kind.concerns}
    assert words == set(concerned._WHOM)


def test_a_matter_that_wants_an_answer_within_two_hours_is_an_emergency() -> None:
    assert notices.is_pressing(Term(1, "hours"))
    assert not notices.is_pressing(Term(3, "hours"))
    assert not notices.is_pressing(Term(1, "working_hours"))


def test_dingtalk_is_signed_as_its_manual_says_and_wecom_is_not() -> None:
    instant = datetime.fromtimestamp(1_700_000_000, UTC)
    signed = hooks.signed(
        "dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=k", "SECabc", instant
    )
    # printf '1700000000000\nSECabc' | openssl dgst -sha256 -hmac SECabc -binary | base64, then quoted
    assert signed == (
        "https://oapi.dingtalk.com/robot/send?access_token=k&timestamp=1700000000000"
        "&sign=jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM%3D"
    )
    assert hooks.signed("wecom", "https://a/b?key=k", None, instant) == "https://a/b?key=k"


@pytest.mark.parametrize(
    ("status", "content", "state"),
    [
        (200, b'{"errcode":0,"errmsg":"ok"}', "sent"),
        (200, b'{"errcode":45009,"errmsg":"api freq out of limit"}', "again"),
        (200, b'{"errcode":310000,"errmsg":"sign not match"}', "refused"),
        (200, b"<html>a portal of the network</html>", "refused"),
        (200, b"[]", "refused"),
        (502, b"", "again"),
        (404, b"", "refused"),
    ],
)
def test_only_a_robots_own_yes_counts_as_sent(status: int, content: bytes, state: str) -> None:
    assert hooks.outcome(status, content).state == state


def test_tries_come_further_apart_and_end() -> None:
    made = at("2026-11-25T08:30")
    waits = [hooks.tries_at(tries, now=made, made_at=made) for tries in (1, 2, 3, 20)]
    minutes = [(wait - made).total_seconds() / 60 for wait in waits if wait is not None]
    assert minutes == [1, 2, 4, 60]
    assert hooks.tries_at(9, now=made + hooks.AT_MOST, made_at=made) is None


def test_a_long_text_is_cut_to_what_a_robot_takes_and_names_few_units() -> None:
    counted = [Counted("matter.overdue", f"第{number}镇", number) for number in range(1, 30)]
    said = hooks.text("青溪县", "11-25 08:30", counted, lang="zh", urgent=False)
    assert said.splitlines()[1] == "· 超过时限事项 435 件：第1镇 1、第2镇 2、第3镇 3、第4镇 4…"
    wide = [Counted(kind.name, "镇" * 300, 1) for kind in notice_kinds.KINDS.values() if kind.group]
    assert len(hooks.text("县", "11-25", wide, lang="en", urgent=True).encode()) <= hooks.MOST_BYTES
