"""Flags given and ended day by day, opened, contested and decided; a rule of June leaves May as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.models.events import Event
from server.models.flags import Flag
from server.queries import flags as reads
from server.rules.projects import Half
from server.services import flags, milestones, progress, sweeps
from tests import people
from tests.people import County, Headers
from tests.projects import planned, reached, registered
from tests.support.together import together

URL = "/api/v1/flags"


@contextmanager
def on(month: int, day: int) -> Iterator[None]:
    """A morning of 2026."""
    with clock.at(datetime(2026, month, day, 1, 0, tzinfo=UTC)):
        yield


def swept() -> None:
    """The sweep's step that judges."""
    [step] = [each for each in sweeps.STEPS if each.name == "flags"]
    assert [each.did is not None for each in sweeps.run([step])] == [True]


def stood(day: date, **told: Any) -> list[Flag]:
    """The flags of a day, as everybody sees them by now."""
    db.session.rollback()
    return reads.in_force(day, **told)


def sentence(answer: Any) -> str:
    """How something was refused."""
    return str(answer.get_json()["title"])


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def late(folk: County) -> dict[str, Any]:
    """A project that should have been signed on the first of February, with the flag it got for it."""
    with on(1, 10):
        project = planned(folk, registered(folk), H1="0.5")
    with on(2, 2):
        swept()
    return project


def asked(client: FlaskClient, headers: Headers, path: str = "", **told: Any) -> Any:
    """An answer of a flag's door."""
    if told:
        return client.post(URL + path, json=told, headers=headers)
    return client.get(URL + path, headers=headers)


def test_a_flag_opens_the_rows_that_made_it(client: FlaskClient, folk: County, late: dict[str, Any]) -> None:
    with on(2, 3):
        headers = folk.cadre.sign_in(client)
        [short] = asked(client, headers).get_json()["items"]
        flag = asked(client, headers, f"/{short['id']}").get_json()
    assert (flag["colour"], flag["stage"], flag["days"], flag["threshold"]) == ("yellow", "signed", -1, 1)
    assert (flag["since"], flag["until"], flag["standing"]) == ("2026-02-02", None, "given")
    assert flag["zh"] == "“签约”计划 2026-02-01，授旗时已逾期 1 天（满 1 天授旗）"
    [row] = flag["made_by"]
    assert (row["zh"], row["by"]["name"]) == ("定计划日期：签约，2026-02-01", folk.supervisor.name)


def test_history_is_kept_when_a_flag_ends_and_a_day_is_told_as_it_was(
    client: FlaskClient, folk: County, late: dict[str, Any]
) -> None:
    with on(2, 20):
        reached(folk.cadre, late, signed=date(2026, 2, 10))
        headers = folk.cadre.sign_in(client)
        assert asked(client, headers).get_json()["items"] == []
        [then] = asked(client, headers, "?on=2026-02-19").get_json()["items"]
        assert (then["until"], then["standing"]) == ("2026-02-20", "ended")
        kinds = sa.select(Event.kind).where(Event.kind.like("flag.%")).order_by(Event.number)
        assert list(db.session.scalars(kinds)) == ["flag.given", "flag.ended"]


def test_a_rule_of_june_leaves_the_flags_of_may_as_they_were(
    client: FlaskClient, folk: County, late: dict[str, Any]
) -> None:
    with on(5, 31):
        may = numbers(date(2026, 5, 31))
        headers = folk.administrator.sign_in(client)
        rule = {"rule": "stage_behind", "value": 365, "valid_from": "2026-06-01", "reason": "换届期间放宽"}
        assert asked(client, headers, "/rules", **rule).status_code == 201
        assert "已设定过" in sentence(asked(client, headers, "/rules", **rule))
        past, high = {"valid_from": "2026-05-31"}, {"rule": "money_behind", "valid_from": "2026-07-01"}
        assert "最早从明天" in sentence(asked(client, headers, "/rules", **rule | past))
        assert "应在 1 到 100" in sentence(asked(client, headers, "/rules", **rule | high))
        assert asked(client, folk.supervisor.sign_in(client), "/rules", **rule).status_code == 403
        swept()
        assert len(may) == 1
    with on(6, 1):
        swept()
        assert stood(date(2026, 6, 1)) == []
        assert numbers(date(2026, 5, 31)) == may
        told = asked(client, folk.cadre.sign_in(client), "/rules").get_json()["items"]
        [rules] = [each for each in told if each["rule"] == "stage_behind"]
        assert (rules["value"], rules["history"][0]["reason"]) == (365, "换届期间放宽")


def numbers(day: date) -> list[tuple[int, str, int | None, int]]:
    """What made the flags of a day."""
    return [(flag.id, flag.rule, flag.days, flag.threshold) for flag in stood(day)]


def test_a_medal_stays_when_the_rule_becomes_harder(folk: County) -> None:
    with on(1, 10):
        project = planned(folk, registered(folk))
    with on(4, 30):
        went = {stage: date(2026, 4, 1) for stage in ("signed", "land", "started", "completed")}
        reached(folk.cadre, project, **went)
        harder = partial(flags.set_threshold, folk.administrator.actor, "finished_early", 1000)
        harder(valid_from=date(2026, 5, 1), reason="从严")
    with on(5, 2):
        swept()
        assert [flag.colour for flag in stood(date(2026, 5, 2))] == ["medal"]


def test_money_gives_flags_and_each_says_its_share(client: FlaskClient, folk: County) -> None:
    with on(1, 10):
        project = planned(folk, registered(folk), H1="0.5", H2="0.5")
        reached(folk.cadre, project, signed=date(2026, 1, 9))
    with on(6, 30):
        reached(folk.cadre, project, land=date(2026, 4, 1), started=date(2026, 6, 1))
        tell = partial(progress.invest, folk.cadre.actor, project["id"], half=Half(2026, 1))
        tell(amount=Decimal("0.3999"), on=date(2026, 6, 30))
    with on(7, 11):
        swept()
        [flag] = stood(date(2026, 7, 11))
        assert (flag.rule, flag.share, flag.done) == ("money_behind", 79, Decimal("0.3999"))
        found = asked(client, folk.cadre.sign_in(client), f"/{flag.id}").get_json()
        assert found["zh"] == "2026 年上半年计划 0.5 亿元，完成 0.3999 亿元（79%），低于 80%"
        assert [row["kind"] for row in found["made_by"]] == ["budget", "invest"]


def test_a_unit_answers_a_supervisor_decides_and_both_stay_to_be_read(
    client: FlaskClient, folk: County, late: dict[str, Any]
) -> None:
    with on(2, 3):
        signed = people.Signed(client, folk)
        [flag] = stood(date(2026, 2, 3))
        at = f"/{flag.id}"
        verdict = {"upheld": False, "text": "签约仪式由县里推迟"}
        assert "没有待裁定" in sentence(asked(client, signed["supervisor"], f"{at}/decision", **verdict))
        answer = {"text": "签约仪式由县里统一推迟到二月十日", "revision": 1}
        assert asked(client, signed["cadre_b"], f"{at}/answers", **answer).status_code == 404
        assert asked(client, signed["cadre"], f"{at}/answers", **answer).status_code == 201
        late_press = asked(client, signed["colleague"], f"{at}/answers", **answer)
        assert (late_press.status_code, late_press.get_json()["code"]) == (409, "flag_changed")
        assert "正等待裁定" in sentence(asked(client, signed["colleague"], f"{at}/answers", text="再说一次"))
        assert [
            each["id"] for each in asked(client, signed["leader"], "?answered=1").get_json()["items"]
        ] == [flag.id]
        assert asked(client, signed["cadre"], f"{at}/decision", **verdict).status_code == 403
        decided = asked(client, signed["supervisor_a"], f"{at}/decision", **verdict).get_json()
        assert [(word["upheld"], word["by"]["name"]) for word in decided["words"]] == [
            (None, folk.cadre.name),
            (False, folk.supervisor_a.name),
        ]
        assert decided["standing"] == "lifted"
        assert stood(date(2026, 2, 3)) == []
        assert [each.id for each in stood(date(2026, 2, 3), known_at=flag.given_at)] == [flag.id]
        assert "已被撤销" in sentence(asked(client, signed["cadre"], f"{at}/answers", text="还要申诉"))
    with on(2, 4):
        swept()
        assert stood(date(2026, 2, 4)) == []


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(
    app: Flask, folk: County, late: dict[str, Any]
) -> None:
    with on(2, 3):
        [flag] = stood(date(2026, 2, 3))
        flags.answer(folk.cadre.actor, flag.id, "推迟是县里的安排")
        ends = together(
            app,
            partial(flags.decide, folk.supervisor.actor, flag.id, upheld=True, text="维持", revision=2),
            partial(flags.decide, folk.supervisor_a.actor, flag.id, upheld=False, text="撤销", revision=2),
        )
    assert sorted(type(end).__name__ for end in ends) == ["FlagChanged", "dict"]


def test_moving_a_plan_ends_the_flag_in_the_open(folk: County, late: dict[str, Any]) -> None:
    with on(2, 5):
        moved = milestones.plan(
            folk.supervisor.actor,
            late["id"],
            days={"signed": date(2026, 3, 1)},
            money={},
            note="县里推迟签约",
        )
    assert (moved["flags"], moved["flag_history"][0]["until"]) == ([], date(2026, 2, 5))
    assert (moved["steps"][0]["was"], moved["steps"][0]["note"]) == ("2026-02-01", "县里推迟签约")
