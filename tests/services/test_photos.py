"""Photos on both databases: parts in any order and twice, crashes, quotas, the same picture twice, and going."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.config import Settings
from server.db import db
from server.errors import (
    Busy,
    NotFound,
    PhotoConflict,
    PhotoDiffers,
    PhotoRefused,
    PhotosFull,
    TripRefused,
)
from server.held import held
from server.models.events import Event
from server.models.photos import Photo
from server.queries import checkins as reads
from server.services import checkins, originals, photos, sweeps
from tests import people
from tests.people import County
from tests.photos import Taken, checked_in, drawn, sent, written
from tests.trips import told, under_way

DAY = timedelta(days=1)


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def taken(folk: County) -> Taken:
    """A photo of the cadre's, not yet sent."""
    return Taken(checked_in(folk.cadre), written())


def files() -> list[str]:
    """What lies in the folder of photos, without its folders."""
    folder = held(Settings).instance / "photos"
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


@pytest.fixture(autouse=True)
def cleared(app: Flask) -> None:
    """No files of other tests, whose rows are gone."""
    for name in files():
        (held(Settings).instance / "photos" / name).unlink()


def events(kind: str) -> list[tuple[int | None, str]]:
    """Who did it to which check-in, in order."""
    asked = sa.select(Event.actor_id, Event.subject).where(Event.kind == kind).order_by(Event.number)
    return [(row.actor_id, row.subject) for row in db.session.execute(asked)]


def told_of(checkin_id: UUID) -> list[dict[str, Any]]:
    """The photos that a check-in tells of."""
    listed: list[dict[str, Any]] = reads.documents([checkin_id])[checkin_id]["photos"]
    return listed


def limited(app: Flask, monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """Let the application hold other settings for a test."""
    monkeypatch.setitem(app.extensions["guatu"], Settings, replace(held(Settings), **changed))


# ── arriving ────────────────────────────────────────────────────────────────────────────────────────────


def test_parts_in_any_order_and_twice_come_to_one_photo(folk: County, taken: Taken) -> None:
    actor, content = folk.cadre.actor, taken.content
    assert photos.begin(actor, taken.told)["received"] == 0
    assert photos.send(actor, taken.id, content[500:], offset=500)["received"] == 0  # would leave a hole
    assert photos.send(actor, taken.id, content[:600], offset=0)["received"] == 600
    assert photos.send(actor, taken.id, content[:300], offset=0)["received"] == 600
    assert photos.begin(actor, taken.told)["received"] == 600
    done = photos.send(actor, taken.id, content[400:] + b"more than announced", offset=400)
    assert done == photos.begin(actor, taken.told) == photos.send(actor, taken.id, b"", offset=0)
    assert (done["kept"], done["received"]) == (True, len(content))
    sha256 = taken.announced["sha256"]
    assert originals.original(sha256).read_bytes() == content
    assert [each["id"] for each in told_of(taken.checkin_id)] == [taken.id]
    assert events("photo.sent") == [(folk.cadre.id, str(taken.checkin_id))]
    assert files() == [f"kept/{sha256[:2]}/{sha256}", f"kept/{sha256[:2]}/{sha256}.thumb.jpg"]


def test_photos_are_told_in_the_order_they_were_taken_whenever_they_arrive(folk: County) -> None:
    checkin_id = checked_in(folk.cadre, count=3)
    three = [Taken(checkin_id, written(drawn(40 + n, 40)), n) for n in (1, 2, 3)]
    for one in (three[2], three[0]):
        sent(folk.cadre, one)
    document = reads.documents([checkin_id])[checkin_id]
    assert (document["photo_count"], [each["number"] for each in document["photos"]]) == (3, [1, 3])


def test_a_crash_before_the_row_loses_nothing_and_leaves_no_row_without_a_file(
    folk: County, taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(photos, "_keep", crash)
        with pytest.raises(KeyboardInterrupt):
            sent(folk.cadre, taken)
    assert told_of(taken.checkin_id) == []
    assert photos.begin(folk.cadre.actor, taken.told)["kept"] is True
    assert originals.original(taken.announced["sha256"]).exists()


def test_what_arrived_otherwise_than_announced_is_dropped_and_may_come_again(
    folk: County, taken: Taken
) -> None:
    actor = folk.cadre.actor
    photos.begin(actor, taken.told)
    with pytest.raises(PhotoDiffers):
        photos.send(actor, taken.id, bytes(len(taken.content)), offset=0)
    assert files() == []
    assert photos.begin(actor, taken.told)["received"] == 0
    assert photos.send(actor, taken.id, taken.content, offset=0)["kept"] is True


def test_what_is_no_picture_is_not_kept(folk: County) -> None:
    with pytest.raises(PhotoRefused):
        sent(folk.cadre, page := Taken(checked_in(folk.cadre), b"<script>alert(1)</script>"))
    assert told_of(page.checkin_id) == []
    assert files() == []


def test_a_digest_alone_opens_nobodys_photo(folk: County, taken: Taken) -> None:
    """Whoever knows what another's photo holds must still have it."""
    sent(folk.cadre, taken)
    claimed = Taken(checked_in(folk.cadre_b), taken.content)
    assert photos.begin(folk.cadre_b.actor, claimed.told) | {"kept": False, "received": 0} == photos.how_far(
        folk.cadre_b.actor, claimed.id
    )
    with pytest.raises(NotFound):
        photos.original(folk.cadre_b.actor, claimed.id)


def test_an_id_or_a_place_that_is_taken_is_a_conflict(folk: County, taken: Taken) -> None:
    sent(folk.cadre, taken)
    other = written(drawn(50, 50))
    for again in (
        Taken(taken.checkin_id, other, id=taken.id),
        Taken(taken.checkin_id, other),
        Taken(checked_in(folk.cadre), taken.content, id=taken.id),
    ):
        with pytest.raises(PhotoConflict):
            photos.begin(folk.cadre.actor, again.told)
    with pytest.raises(PhotoConflict):
        photos.begin(folk.cadre_b.actor, Taken(checked_in(folk.cadre_b), other, id=taken.id).told)


def test_nobody_adds_to_anothers_check_in_nor_more_than_it_told_of(folk: County, taken: Taken) -> None:
    with pytest.raises(NotFound):
        photos.begin(folk.colleague.actor, taken.told)
    with pytest.raises(PhotoRefused, match="afterwards"):
        photos.begin(folk.cadre.actor, Taken(taken.checkin_id, taken.content, 2).told)
    photos.begin(folk.cadre.actor, taken.told)
    steals: tuple[Callable[[], object], ...] = (
        lambda: photos.send(folk.colleague.actor, taken.id, b"", offset=0),
        lambda: photos.how_far(folk.colleague.actor, taken.id),
        lambda: photos.erase(folk.colleague.actor, taken.id),
    )
    for steal in steals:
        with pytest.raises(NotFound):
            steal()


def test_two_requests_at_once_do_not_write_into_each_other(folk: County, taken: Taken) -> None:
    photos.begin(folk.cadre.actor, taken.told)
    photos.send(folk.cadre.actor, taken.id, b"begun", offset=0)
    with originals.claimed(taken.id), pytest.raises(Busy):
        originals.append(taken.id, b"x", offset=5, size=10)


# ── quotas ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_sends_so_many_a_day_and_goes_on_tomorrow(
    app: Flask, folk: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(app, monkeypatch, photos_daily=1)
    checkin_id = checked_in(folk.cadre, count=2)
    first, second = (Taken(checkin_id, written(drawn(40 + n, 40)), n) for n in (1, 2))
    sent(folk.cadre, first)
    with pytest.raises(PhotosFull, match="limit of 1;") as caught:
        photos.begin(folk.cadre.actor, second.told)
    assert caught.value.retry_after_s is not None
    assert photos.begin(folk.cadre.actor, first.told)["kept"] is True  # a repeat is no new one
    sent(folk.cadre_b, Taken(checked_in(folk.cadre_b), written()))
    with clock.at(clock.now() + timedelta(seconds=caught.value.retry_after_s)):
        assert sent(folk.cadre, second)["kept"] is True


def test_too_large_or_no_room_is_said_before_anything_is_sent(
    app: Flask, folk: County, taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    def announced(size: int) -> photos.Told:
        return photos.Told(uuid4(), taken.checkin_id, 1, size, "0" * 64)

    with pytest.raises(PhotoRefused, match="at most 8 MB"):
        photos.begin(folk.cadre.actor, announced(8 * 2**20 + 1))
    limited(app, monkeypatch, photo_mb=64, photos_gb=1)
    db.session.execute(sa.update(Photo).values(size=2**30))
    sent(folk.cadre, taken)
    db.session.execute(sa.update(Photo).values(size=2**30 - 10))
    db.session.commit()
    with pytest.raises(PhotosFull):
        photos.begin(folk.cadre_b.actor, Taken(checked_in(folk.cadre_b), written()).told)


def test_the_disk_keeps_room_for_the_database(
    folk: County, taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals, "SPARE_BYTES", 2**60)
    with pytest.raises(PhotosFull):
        photos.begin(folk.cadre.actor, taken.told)
    assert files() == []


# ── a duty that asks for one ────────────────────────────────────────────────────────────────────────────


def test_an_ordinary_duty_cannot_ask_for_photos(folk: County) -> None:
    with pytest.raises(TripRefused, match="voluntary"):
        under_way(folk.cadre, folk.supervisor_a, photos_required=True)


@pytest.mark.parametrize(
    ("changed", "signalled"),
    [({}, True), ({"photo_count": 1}, False), ({"kind": "leave"}, False), ({"kind": "note"}, False)],
)
def test_a_safety_duty_may_ask_for_one_and_a_check_in_without_is_kept_and_says_so(
    folk: County, changed: dict[str, Any], signalled: bool
) -> None:
    asked: dict[str, Any] = {
        "purpose": "safety",
        "basis": "县防汛指挥部 2026 年第 3 号令",
        "photos_required": True,
    }
    trip = under_way(folk.cadre, folk.supervisor_a, **asked)
    made = checkins.make(folk.cadre.actor, told(trip, **changed)).document
    assert ("photo_missing" in [signal["code"] for signal in made["signals"]]) is signalled
    assert made["verdict"]["outcome"] == "inside"


def test_an_ordinary_check_in_without_a_photo_says_nothing(folk: County) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    assert checkins.make(folk.cadre.actor, told(trip)).document["signals"] == []


# ── going ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_picture_is_kept_once_and_goes_with_its_last_photo(folk: County, taken: Taken) -> None:
    sent(folk.cadre, taken)
    twin = Taken(checked_in(folk.cadre_b), taken.content)
    sent(folk.cadre_b, twin)
    assert len(files()) == 2
    erased = photos.erase(folk.cadre.actor, taken.id)
    assert (erased["erased"], len(files())) == (True, 2)
    assert photos.thumb(folk.cadre_b.actor, twin.id)
    photos.stamped(folk.cadre_b.actor, twin.id)
    photos.erase(folk.cadre_b.actor, twin.id)
    assert files() == []
    assert [each["erased"] for each in told_of(taken.checkin_id)] == [True]
    assert events("photo.erased") == [
        (folk.cadre.id, str(taken.checkin_id)),
        (folk.cadre_b.id, str(twin.checkin_id)),
    ]
    with pytest.raises(NotFound):
        photos.stamped(folk.cadre_b.actor, twin.id)


def test_an_erased_photo_that_its_phone_sends_again_stays_erased(folk: County, taken: Taken) -> None:
    photos.begin(folk.cadre.actor, taken.told)
    photos.send(folk.cadre.actor, taken.id, taken.content[:100], offset=0)
    photos.erase(folk.cadre.actor, taken.id)
    again = photos.begin(folk.cadre.actor, taken.told)
    assert (again["erased"], again["received"]) == (True, len(taken.content))
    assert photos.send(folk.cadre.actor, taken.id, taken.content, offset=0)["kept"] is False
    assert files() == []


def test_one_erased_while_it_is_being_kept_leaves_no_file(
    folk: County, taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = originals.keep

    def erase_first(photo_id: UUID, sha256: str) -> None:
        photos._blank(photo_id, "photo.erased", folk.cadre.id)
        keep(photo_id, sha256)

    monkeypatch.setattr(originals, "keep", erase_first)
    assert sent(folk.cadre, taken)["kept"] is False
    assert files() == []


def swept(at: Any) -> None:
    with clock.at(at):
        steps = [step for step in sweeps.STEPS if step.name == "photos"]
        assert [each.did is not None for each in sweeps.run(steps)] == [True]


def test_the_sweep_deletes_what_is_over_and_what_never_arrived_and_nothing_else(folk: County) -> None:
    now = clock.now()
    with clock.at(now - 400 * DAY):
        sent(folk.cadre, old := Taken(checked_in(folk.cadre), written(drawn(50, 50))))
    with clock.at(now - 8 * DAY):
        photos.begin(folk.cadre.actor, (lost := Taken(checked_in(folk.cadre), written(drawn(60, 60)))).told)
        photos.send(folk.cadre.actor, lost.id, lost.content[:99], offset=0)
        photos.begin(folk.cadre.actor, (slow := Taken(checked_in(folk.cadre), written(drawn(80, 80)))).told)
        photos.send(folk.cadre.actor, slow.id, slow.content[:99], offset=0)
    os.utime(originals.part(lost.id), times=((now - 8 * DAY).timestamp(),) * 2)
    sent(folk.cadre, new := Taken(checked_in(folk.cadre), written(drawn(70, 70))))
    photos.begin(folk.cadre.actor, (coming := Taken(checked_in(folk.cadre), written())).told)
    photos.send(folk.cadre.actor, coming.id, coming.content[:99], offset=0)
    swept(now)
    assert [each["erased"] for each in told_of(old.checkin_id)] == [True]
    assert [each["erased"] for each in told_of(new.checkin_id)] == [False]
    assert events("photo.expired") == [(None, str(old.checkin_id))]
    on_their_way = sorted(f"parts/{each.id}" for each in (slow, coming))
    assert [name for name in files() if name.startswith("parts")] == on_their_way
    assert len(files()) == 4
    assert photos.send(folk.cadre.actor, coming.id, coming.content[99:], offset=99)["kept"] is True


def test_an_erasure_that_was_interrupted_is_finished_by_the_sweep(
    folk: County, taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(folk.cadre, taken)
    photos._blank(taken.id, "photo.erased", folk.cadre.id)
    assert len(files()) == 2
    stray: Path = originals.part(uuid4())
    stray.write_bytes(b"of no photo")
    swept(clock.now() + 2 * DAY)
    assert files() == []
