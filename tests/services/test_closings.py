"""The record closed day by day: whatever is done to a closed day is found, with the day and a sentence."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.config import Settings
from server.db import db
from server.errors import Busy, ClosingsRefused, KeysRefused
from server.held import held, hold
from server.models.events import Event
from server.queries import closings as reads
from server.services import closing_keys, closings, events
from server.services.closing_keys import ClosingKeys
from server.transaction import transaction
from tests.live.happenings import on_postgis, unfinished
from tests.support.databases import tamper

MONDAY = date(2026, 9, 7)
DAY = timedelta(days=1)
DAYS = [MONDAY + n * DAY for n in range(3)]


@pytest.fixture(autouse=True)
def _folder(app: Flask) -> Iterator[None]:
    """No closing of another test lies in the folder."""
    shutil.rmtree(closings.folder(), ignore_errors=True)
    yield
    shutil.rmtree(closings.folder(), ignore_errors=True)


def at(day: date, hour: int = 10) -> datetime:
    return clock.day_starts_at(day) + timedelta(hours=hour)


def happen(day: date, *kinds: str) -> None:
    """Events of a day."""
    with clock.at(at(day)), transaction():
        for kind in kinds:
            events.record(kind, actor_id=None, unit_id=1, person_id=2, subject="7", state="open", n=1.5)


def close(day: date, hour: int = 2) -> list[date]:
    """What is closed at an hour of a day."""
    with clock.at(at(day, hour)):
        return [each.day for each in closings.close()]


@pytest.fixture
def closed(app: Flask) -> None:
    """Three closed days: two events, numbered 1 and 2, none, and three up to 5."""
    if db.engine.dialect.name == "sqlite":
        tamper("DELETE FROM sqlite_sequence WHERE name = 'events'")
    happen(DAYS[0], "trip.planned", "trip.submitted")
    happen(DAYS[2], "trip.approved", "trip.started", "trip.completed")
    assert close(DAYS[2] + DAY) == DAYS


def found(against: Path | None = None) -> list[tuple[date, str]]:
    db.session.rollback()
    return [(each.day, each.zh) for each in closings.verify(against).findings]


def test_a_day_is_closed_an_hour_after_it_is_over_and_only_once(app: Flask) -> None:
    happen(MONDAY, "trip.planned")
    assert close(MONDAY, 23) == close(MONDAY + DAY, 0) == []
    assert close(MONDAY + DAY, 1) == [MONDAY]
    assert close(MONDAY + DAY, 9) == []
    assert close(MONDAY + 3 * DAY) == [MONDAY + DAY, MONDAY + 2 * DAY]


def test_what_nobody_touched_agrees_and_what_is_not_closed_yet_is_said(closed: None) -> None:
    happen(DAYS[2] + DAY, "trip.planned")
    seen = closings.verify()
    assert (seen.findings, seen.closed, seen.upto, seen.open) == ([], 3, DAYS[2], 1)


EDITS = {
    "edited": ("UPDATE events SET actor_id = 9 WHERE number = 1", 0, "内容被改动"),
    "edited inside": ("UPDATE events SET data = '{\"n\": 1.5}' WHERE number = 2", 0, "内容被改动"),
    "moved in time": ("UPDATE events SET at = '2026-09-08 00:00:00' WHERE number = 5", 2, "内容被改动"),
    "deleted": ("DELETE FROM events WHERE number = 4", 2, "缺少 1"),
    "renumbered": ("UPDATE events SET number = 77 WHERE number = 5", 2, "缺少 1"),
}


@pytest.mark.parametrize(("statement", "day", "words"), EDITS.values(), ids=EDITS)
def test_a_row_that_is_changed_or_gone_is_found_with_its_day(
    closed: None, statement: str, day: int, words: str
) -> None:
    tamper(statement)
    assert len(found()) == 1
    assert found()[0][0] == DAYS[day]
    assert words in found()[0][1]


def test_a_row_put_before_all_others_is_found(app: Flask) -> None:
    happen(DAYS[0], "trip.planned")
    close(DAYS[1])
    columns = "at, kind, subject, data"
    one = "FROM events ORDER BY number LIMIT 1"
    tamper(f"INSERT INTO events (number, {columns}) SELECT number - 1, {columns} {one}")
    assert [(day, "多出 1" in words) for day, words in found()] == [(DAYS[0], True)]


def test_an_editor_who_hashes_everything_anew_lacks_the_key(closed: None) -> None:
    tamper("UPDATE events SET actor_id = 9 WHERE number = 1")
    for statement in hashed_anew():
        tamper(statement)
    assert [day for day, words in found() if "签名不符" in words] == DAYS
    assert not [words for _, words in found() if "改动" in words or "接不上" in words]


def hashed_anew() -> list[str]:
    """What gives every closing the digest and the predecessor that fit the events as they are now."""
    before, statements = "", []
    for signed in reads.chain():
        told = signed.closing
        seen = reads.measure(told.day, after=told.after, upto=told.upto)
        told = replace(told, digest=seen.digest, before=before)
        before = told.head
        values = f"digest = '{told.digest}', before = '{told.before}'"
        statements.append(f"UPDATE closings SET {values} WHERE day = '{told.day}'")
    return statements


def test_not_even_with_the_key_does_a_new_chain_pass_for_the_one_kept_elsewhere(
    closed: None, tmp_path: Path
) -> None:
    elsewhere = Path(shutil.copytree(closings.folder(), tmp_path / "elsewhere"))
    tamper("UPDATE events SET actor_id = 9 WHERE number = 1")
    tamper("DELETE FROM closings")
    shutil.rmtree(closings.folder())
    assert close(DAYS[2] + DAY) == DAYS
    assert found() == []
    assert {words for _, words in found(elsewhere)} == {"与库外保存的存证不同。"}


def test_the_last_day_cut_off_with_its_closing_is_found_and_not_closed_over(closed: None) -> None:
    tamper("DELETE FROM events WHERE number > 2")
    tamper(f"DELETE FROM closings WHERE day = '{DAYS[2]}'")
    assert found() == [(DAYS[2], "库外保存有这一天的存证，库中却没有：记录被截断，或恢复了较早的备份。")]
    with pytest.raises(ClosingsRefused, match=str(DAYS[2])):
        close(DAYS[2] + 2 * DAY)


def test_a_closing_taken_out_of_the_middle_is_found(closed: None) -> None:
    tamper(f"DELETE FROM closings WHERE day = '{DAYS[1]}'")
    assert [day for day, _ in found()] == [DAYS[1], DAYS[2]]


def test_an_older_backup_is_found_and_a_new_folder_begins_where_it_stands(
    closed: None, tmp_path: Path
) -> None:
    happen(DAYS[2] + DAY, "trip.planned")
    assert close(DAYS[2] + 2 * DAY) == [DAYS[2] + DAY]
    tamper("DELETE FROM events WHERE number > 5")
    tamper(f"DELETE FROM closings WHERE day > '{DAYS[2]}'")
    assert [day for day, _ in found()] == [DAYS[2] + DAY]
    closings.folder().rename(tmp_path / "until the backup was restored")
    assert close(DAYS[2] + 2 * DAY) == [DAYS[2] + DAY]
    assert found() == []


def test_what_commits_late_is_closed_with_the_next_day_and_counted_as_late(app: Flask) -> None:
    happen(DAYS[0], "trip.planned")
    assert close(DAYS[1]) == [DAYS[0]]
    happen(DAYS[0], "trip.submitted")
    happen(DAYS[1], "trip.approved")
    assert close(DAYS[2]) == [DAYS[1]]
    assert [(each.closing.count, each.closing.late) for each in reads.chain()] == [(1, 0), (2, 1)]
    assert found() == []


def test_an_event_from_a_clock_far_ahead_keeps_no_day_from_being_closed(app: Flask) -> None:
    happen(MONDAY, "trip.planned")
    happen(MONDAY + 900 * DAY, "trip.submitted")
    happen(MONDAY, "trip.approved")
    assert close(MONDAY + DAY) == [MONDAY]
    assert [each.closing.count for each in reads.chain()] == [3]


@on_postgis
def test_no_day_is_closed_while_somebody_may_still_commit_into_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closings, "PATIENCE_S", 0.1)
    happen(MONDAY, "trip.planned")
    with unfinished("slow") as slow:
        happen(MONDAY, "trip.submitted")
        with pytest.raises(Busy):
            close(MONDAY + DAY)
        slow.commit()
    assert close(MONDAY + DAY) == [MONDAY]
    assert found() == []


def test_a_new_key_signs_and_what_the_old_one_signed_still_holds(closed: None, tmp_path: Path) -> None:
    old = reads.chain()[0].kid
    key = closing_keys.rotate(held(Settings))
    happen(DAYS[2] + DAY, "trip.planned")
    close(DAYS[2] + 2 * DAY)
    assert [each.kid for each in reads.chain()] == [old] * 3 + [key.kid]
    assert found() == found(closings.folder()) == []
    (closings.folder() / f"{key.kid}.pem").unlink()
    assert [day for day, words in found(closings.folder()) if "不在可信之列" in words] == [DAYS[2] + DAY]


def test_a_strangers_key_under_the_name_of_ours_does_not_pass(
    closed: None, app: Flask, tmp_path: Path
) -> None:
    stranger = ClosingKeys.open(replace(held(Settings), instance=tmp_path / "stranger"))
    ours = reads.chain()[-1]
    forged = replace(stranger.sign(ours.closing), kid=ours.kid)
    tamper(f"UPDATE closings SET signature = '{forged.signature}' WHERE day = '{ours.closing.day}'")
    assert [words for _, words in found()] == [
        "签名不符：存证本身被改写，改写的人没有密钥。",
        "与库外保存的存证不同。",
    ]


def test_a_key_made_in_place_of_the_lost_one_is_told_before_it_signs(
    closed: None, app: Flask, tmp_path: Path
) -> None:
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0
    ours = held(ClosingKeys)
    hold(app, ClosingKeys.open(replace(held(Settings), instance=tmp_path / "made-anew")))
    try:
        checked = app.test_cli_runner().invoke(args=["check"])
    finally:
        hold(app, ours)
    assert checked.exit_code == 1
    assert "请恢复 closing-keys.json" in checked.output
    assert reads.chain()[-1].kid in checked.output


def test_a_key_lost_for_good_is_declared_known_once_and_what_it_signed_is_believed_again(
    closed: None, app: Flask, tmp_path: Path
) -> None:
    run, ours, kid = app.test_cli_runner(), held(ClosingKeys), reads.chain()[0].kid
    settings, anew = (
        held(Settings),
        replace(held(Settings), instance=tmp_path / "anew", closings=str(closings.folder())),
    )
    hold(app, ClosingKeys.open(anew))
    hold(app, anew)
    try:
        assert len(found()) == len(DAYS)
        assert "没有 stranger.pem" in run.invoke(args=["events", "trust-key", "stranger"]).output
        told = run.invoke(args=["events", "trust-key", kid])
        assert f"密钥 {kid} 已声明；由它签名的 3 天" in told.output
        assert run.invoke(args=["events", "trust-key", kid]).exit_code == 1
        closing_keys.rotate(anew)
        hold(app, ClosingKeys.open(anew))
        verified = run.invoke(args=["events", "verify"])
    finally:
        hold(app, settings)
        hold(app, ours)
    assert (verified.exit_code, f"3 天由密钥 {kid} 签名" in verified.output) == (0, True)
    declared = sa.select(Event.subject, Event.data).where(Event.kind == "event.trusted")
    assert db.session.execute(declared).all() == [(kid, {"days": 3})]


def test_a_public_half_signs_nothing_and_one_written_wrongly_is_named(closed: None, tmp_path: Path) -> None:
    public = closing_keys.declare(
        replace(held(Settings), closing_keys="set"), "old", held(ClosingKeys).trusted[reads.chain()[0].kid]
    )
    mine = f"mine:{'s' * 40}"
    there = replace(held(Settings), closing_keys=f"{mine},{public}")
    assert ClosingKeys.open(there).declared == {"old"}
    with pytest.raises(KeysRefused, match="put it last"):
        ClosingKeys.open(replace(there, closing_keys=f"{public},{mine}"))
    with pytest.raises(KeysRefused, match="written wrongly"):
        _ = ClosingKeys.open(replace(there, closing_keys=f"{mine},old:ed25519:{'A' * 40}")).trusted


def test_nothing_personal_is_in_what_is_closed(closed: None) -> None:
    """What is erased elsewhere changes no hash: a closing covers the table of events alone, and nothing else."""
    file = closings.folder() / f"{DAYS[0]}.json"
    assert set(json.loads(file.read_text())) == {
        "day", "after", "upto", "count", "late", "digest", "before", "head", "kid", "signature",
    }  # fmt: skip


def test_a_damaged_file_is_named_and_nothing_is_closed_over_it(closed: None) -> None:
    (closings.folder() / f"{DAYS[0]}.json").write_text("{}")
    with pytest.raises(ClosingsRefused):
        closings.verify()
    with pytest.raises(ClosingsRefused):
        close(DAYS[2] + 2 * DAY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor_id = 9 WHERE number = 1",
        "DELETE FROM events WHERE number = 1",
        "DELETE FROM closings",
        "UPDATE closings SET count = 9",
    ],
)
def test_the_database_itself_refuses_to_change_the_record(closed: None, statement: str) -> None:
    with pytest.raises(sa.exc.DatabaseError, match="only ever added"), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_the_commands_close_and_check_and_leave_with_1_where_something_does_not_agree(
    closed: None, app: Flask
) -> None:
    run = app.test_cli_runner()
    good = run.invoke(args=["events", "verify", "--against", str(closings.folder())])
    assert good.exit_code == 0
    assert f"到 {DAYS[2]}" in good.output
    tamper("DELETE FROM events WHERE number = 1")
    bad = run.invoke(args=["events", "verify"])
    assert bad.exit_code == 1
    assert f"{DAYS[0]}  存证时有 2 条记录，现有 1 条：缺少 1" in bad.output
    assert "missing 1" in bad.output
    with clock.at(at(DAYS[2] + 2 * DAY)):
        sealed = run.invoke(args=["events", "seal"])
    assert f"{DAYS[2] + DAY}  0 条" in sealed.output
    assert sealed.exit_code == 0
    assert str(closings.folder()) in sealed.output
