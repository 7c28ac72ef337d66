"""Trackers: a secret told once, a key closed at rest, an end that is at once."""

import base64
import logging
from functools import partial
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from nacl.secret import SecretBox

from server import clock
from server.config import Settings
from server.db import Base, db
from server.errors import KeysRefused, NotFound, SessionEnded, TrackerRefused
from server.held import held
from server.ingest import owntracks
from server.models.events import Event
from server.models.trackers import SetAside, Tracker
from server.queries import trackers as reads
from server.queries.sessions import by_id
from server.rules.access import Actor
from server.rules.trackers import ALPHABET, MOST, digest
from server.services import keyfiles, passwords, seals, trackers
from server.services import people as accounts
from server.services.seals import Seals
from server.transaction import transaction
from tests import people
from tests.people import Someone
from tests.support.together import together


def on_a_phone(someone: Someone, **device: object) -> Actor:
    """They, signed in on a phone."""
    standing = by_id(someone.tokens(**device).session_id)  # type: ignore[arg-type]  # a device's id, or none
    assert standing is not None
    return standing.actor


def everything_kept() -> str:
    """Every value of every row of every table, as text."""
    tables = Base.metadata.sorted_tables
    return "\n".join(
        repr(tuple(row)) for table in tables for row in db.session.execute(sa.select(table)).all()
    )


def happened(kind: str) -> list[Event]:
    return list(db.session.scalars(sa.select(Event).where(Event.kind == kind).order_by(Event.number)))


def test_a_secret_is_told_once_and_found_however_it_is_typed(app: Flask) -> None:
    folk = people.county(app)
    added = trackers.add(folk.cadre.actor, "traccar", "我的手机")
    letters = added.secret.replace("-", "")
    assert len(letters) * 5 >= 128
    assert set(letters) <= set(ALPHABET)
    typed = added.secret.upper().replace("-", " ").replace("0", "O").replace("1", "l")
    for each in (added.secret, typed, letters):
        known = reads.of_secret(each)
        assert known is not None
        assert (known.id, known.person_id, known.kind, known.revoked) == (
            added.tracker["id"],
            folk.cadre.id,
            "traccar",
            False,
        )
    assert reads.of_secret(added.secret[:-1]) is None
    assert reads.of_secret("") is None
    assert reads.of_secret("\udcff挂图") is None


def test_neither_secret_nor_key_stands_anywhere_in_the_clear(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    folk = people.county(app)
    caplog.set_level(logging.DEBUG)
    added = trackers.add(folk.cadre.actor, "owntracks", "我的手机", sealed=True)
    trackers.rename(folk.cadre.actor, added.tracker["id"], "旧手机")
    assert added.key is not None
    assert len(added.key.encode()) == SecretBox.KEY_SIZE
    kept = everything_kept() + caplog.text + repr(added)
    assert digest(added.secret) in kept
    for told in (added.secret, added.secret.replace("-", ""), added.key):
        assert told not in kept
    assert "手机" not in repr([event.data for event in happened("tracker.added")])


def test_a_sealed_message_opens_with_the_key_that_was_told(app: Flask) -> None:
    folk = people.county(app)
    added = trackers.add(folk.cadre.actor, "owntracks", "我的手机", sealed=True)
    known = reads.of_secret(added.secret)
    assert known is not None
    assert added.key is not None
    message = b'{"_type":"location","lat":30.25,"lon":120.16,"tst":1763900000,"tid":"gt"}'
    box = base64.b64encode(SecretBox(added.key.encode()).encrypt(message)).decode()
    body = f'{{"_type":"encrypted","data":"{box}"}}'.encode()
    assert owntracks.decode(body, key=trackers.opened_key(known.sealed_key)).kind == "location"
    assert trackers.opened_key(None) is None


def test_traccar_client_has_no_key_to_seal_with(app: Flask) -> None:
    folk = people.county(app)
    added = trackers.add(folk.cadre.actor, "traccar", "我的手机", sealed=True)
    assert added.key is None
    assert added.tracker["sealed"] is False


def test_after_a_rotation_keys_sealed_before_open_and_are_sealed_anew(app: Flask) -> None:
    folk = people.county(app)
    added = trackers.add(folk.cadre.actor, "owntracks", "我的手机", sealed=True)
    before = reads.of_secret(added.secret)
    assert before is not None
    seals.rotate(held(Settings))
    assert trackers.opened_key(before.sealed_key) == added.key
    assert trackers.reseal() == (1, 0)
    after = reads.of_secret(added.secret)
    assert after is not None
    assert after.sealed_key != before.sealed_key
    assert trackers.opened_key(after.sealed_key) == added.key
    newest = Seals(keyfiles.Bunch(held(Seals).keys[:1]))
    assert newest.unseal(after.sealed_key or "") == added.key
    with pytest.raises(KeysRefused):
        newest.unseal(before.sealed_key or "")


def test_a_key_that_no_longer_opens_is_said_not_guessed(app: Flask) -> None:
    folk = people.county(app)
    added = trackers.add(folk.cadre.actor, "owntracks", "我的手机", sealed=True)
    with transaction() as session:
        session.execute(sa.update(Tracker).values(sealed_key="gAAAAABspoilt"))
    known = reads.of_secret(added.secret)
    assert known is not None
    with pytest.raises(KeysRefused, match="restore sealing-keys"):
        trackers.opened_key(known.sealed_key)
    assert trackers.reseal() == (0, 1)
    checked = app.test_cli_runner().invoke(args=["check"])
    assert (checked.exit_code, "请恢复 sealing-keys.json" in checked.output) == (1, True)


def test_a_lost_phone_is_revoked_at_once_and_its_key_forgotten(app: Flask) -> None:
    folk = people.county(app)
    lost = trackers.add(folk.cadre.actor, "owntracks", "丢失的", sealed=True)
    other = trackers.add(folk.cadre.actor, "traccar", "在手上的")
    for _ in range(2):
        assert trackers.revoke(folk.cadre.actor, lost.tracker["id"])["revoked_at"] is not None
    gone, still = reads.of_secret(lost.secret), reads.of_secret(other.secret)
    assert gone is not None
    assert still is not None
    assert (gone.revoked, gone.sealed_key, still.revoked) == (True, None, False)
    assert [event.data for event in happened("tracker.revoked")] == [{"because": "revoked"}]


def test_nobody_touches_anothers_tracker(app: Flask) -> None:
    folk = people.county(app)
    own = trackers.add(folk.cadre.actor, "traccar", "我的手机").tracker["id"]
    for other in (folk.colleague, folk.supervisor_a, folk.administrator):
        with pytest.raises(NotFound):
            trackers.revoke(other.actor, own)
        with pytest.raises(NotFound):
            trackers.rename(other.actor, own, "我的")
        assert reads.listed(other.actor) == {"items": []}


def test_there_are_never_more_than_enough(app: Flask) -> None:
    folk = people.county(app)
    one_more = partial(trackers.add, folk.cadre.actor, "traccar", "手机")
    found = together(app, *[one_more] * (MOST + 3))
    assert sum(isinstance(each, TrackerRefused) for each in found) == 3
    db.session.rollback()
    live = reads.listed(folk.cadre.actor)["items"]
    assert len(live) == MOST
    trackers.revoke(folk.cadre.actor, live[0]["id"])
    assert one_more().secret


@pytest.mark.parametrize("end", ["left", "reset", "all"])
def test_all_end_when_their_owner_leaves_or_has_lost_the_password_or_says_so(app: Flask, end: str) -> None:
    folk = people.county(app)
    secrets = [trackers.add(folk.cadre.actor, kind, "手机").secret for kind in ("traccar", "owntracks")]
    others = trackers.add(folk.colleague.actor, "traccar", "手机").secret
    if end == "left":
        accounts.update(folk.administrator.actor, folk.cadre.id, {"left": True})
    elif end == "reset":
        passwords.reset(folk.administrator.actor, folk.cadre.id, None)
    else:
        assert trackers.revoke_all(folk.cadre.actor) == 2
    db.session.rollback()
    assert [known.revoked for secret in secrets if (known := reads.of_secret(secret))] == [True, True]
    assert [event.data for event in happened("tracker.revoked")] == [{"because": end}] * 2
    kept = reads.of_secret(others)
    assert kept is not None
    assert not kept.revoked


def test_changing_ones_own_password_ends_no_tracker(app: Flask) -> None:
    folk = people.county(app)
    secret = trackers.add(folk.cadre.actor, "traccar", "手机").secret
    passwords.change(folk.cadre.actor, old=people.PASSWORD, new="Another-Long-2026!")
    known = reads.of_secret(secret)
    assert known is not None
    assert not known.revoked


# ── our own app ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_phone_is_one_tracker_however_often_it_signs_in(app: Flask) -> None:
    folk = people.county(app)
    phone = uuid4()
    ids = {trackers.of_session(on_a_phone(folk.cadre, device_id=phone)) for _ in range(3)}
    assert len(ids) == 1
    assert trackers.of_session(on_a_phone(folk.colleague, device_id=phone)) not in ids
    assert [(each["kind"], each["name"]) for each in reads.listed(folk.cadre.actor)["items"]] == [
        ("app", "测试手机")
    ]
    assert len(happened("tracker.added")) == 2


def test_requests_at_one_instant_make_one_tracker(app: Flask) -> None:
    folk = people.county(app)
    actor = on_a_phone(folk.cadre)
    found = together(app, *[lambda: trackers.of_session(actor)] * 8)
    db.session.rollback()
    assert len(set(found)) == 1
    assert len(happened("tracker.added")) == 1


def test_revoking_a_phone_signs_it_out_and_signing_in_anew_takes_it_up_again(app: Flask) -> None:
    folk = people.county(app)
    phone = uuid4()
    actor, elsewhere = on_a_phone(folk.cadre, device_id=phone), on_a_phone(folk.cadre)
    tracker_id = trackers.of_session(actor)
    trackers.revoke(elsewhere, tracker_id)
    with pytest.raises(SessionEnded):
        trackers.of_session(actor)
    assert trackers.of_session(elsewhere) != tracker_id
    assert trackers.of_session(on_a_phone(folk.cadre, device_id=phone)) == tracker_id
    assert {each["revoked_at"] for each in reads.listed(folk.cadre.actor)["items"]} == {None}


def test_without_a_session_there_is_no_phone(app: Flask) -> None:
    with pytest.raises(SessionEnded):
        trackers.of_session(people.county(app).cadre.actor)


# ── set aside ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_set_aside_is_told_by_day_and_reason_to_its_owner_alone(app: Flask) -> None:
    folk = people.county(app)
    mine = [trackers.add(folk.cadre.actor, "traccar", "手机").tracker["id"] for _ in range(2)]
    theirs = trackers.add(folk.colleague.actor, "traccar", "手机").tracker["id"]
    today = clock.day_of(clock.now())
    with transaction() as session:
        session.add_all(
            SetAside(tracker_id=tracker, day=day, reason=reason, count=count)
            for tracker, day, reason, count in (
                (mine[0], today, "not_on_duty", 4),
                (mine[1], today, "not_on_duty", 3),
                (mine[0], today, "no_consent", 9),
                (mine[0], today.replace(year=today.year - 1, day=1), "too_old", 1),
                (theirs, today, "not_on_duty", 1000),
            )
        )
    first = reads.set_aside(folk.cadre.actor, limit=1)
    assert [(day["day"], day["count"]) for day in first["items"]] == [(today, 16)]
    assert [(each["reason"], each["count"]) for each in first["items"][0]["reasons"]] == [
        ("no_consent", 9),
        ("not_on_duty", 7),
    ]
    assert first["items"][0]["reasons"][1]["zh"] == "当时不在任务中"
    second = reads.set_aside(folk.cadre.actor, limit=1, cursor=first["next"])
    assert [day["count"] for day in second["items"]] == [1]
    assert second["next"] is None
