"""Photos: taken in by parts, checked, kept once by what they hold; told to others without what they give away.

A phone begins a photo, sends parts, and is told each time how much is here; whatever it repeats, also after a crash
between receiving and answering, comes to the same. Files come before rows and rows go before files: `_finish` and
`_let_go` say how.
"""

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db, upsert
from server.errors import NotFound, PhotoConflict, PhotoDiffers, PhotoRefused
from server.exports import photos as copies
from server.held import held
from server.ingest import photos as pictures
from server.ingest.photos import Picture
from server.models.checkins import Checkin
from server.models.matters import Matter, MatterProof
from server.models.photos import Photo
from server.queries import checkins, proofs
from server.queries import photos as reads
from server.rules import access
from server.rules import photos as rules
from server.rules.access import Actor
from server.services import events, looks, originals
from server.services.aside import Seats
from server.transaction import verb

logger = logging.getLogger("guatu.photos")

THUMB_PX = 360
STAMPED_PX = 1600
"""The longest side of the copies."""

ABANDONED = timedelta(days=7)
"""A photo of which nothing has come for so long is given up; its phone may begin it anew."""

STRAY = timedelta(days=1)

SEATS = Seats(2, patience_s=20.0)
"""A picture of 50 megapixels takes 200 MB while it is looked at: two at once in a process."""


@dataclass(frozen=True, slots=True)
class Told:
    """A photo as its phone announces it: of a check-in, or of a report or step on a matter."""

    id: UUID
    checkin_id: UUID | None
    number: int
    size: int
    sha256: str
    proof_id: UUID | None = None


# ── taking one in ───────────────────────────────────────────────────────────────────────────────────────


def begin(actor: Actor, told: Told) -> dict[str, Any]:
    """Announce a photo of what one told of oneself, or ask how much of it is here; what is all here is kept at once.

    `NotFound` for a check-in, report or step that is not theirs, `PhotoRefused`, or `PhotosFull` by the rules,
    `PhotoConflict` where its id or its place is another's.
    """
    return _advance(actor, _begun(actor, told))


def send(actor: Actor, photo_id: UUID, body: bytes, *, offset: int) -> dict[str, Any]:
    """Take a part of a photo that begins at `offset`; the last one keeps it. `NotFound` before it was begun."""
    access.ensure(actor, "photo.send", path=actor.unit_path, own=True)
    photo = reads.mine(actor, photo_id)
    if _is_coming(photo):
        originals.append(photo.id, body, offset=offset, size=photo.size)
    return _advance(actor, photo)


def how_far(actor: Actor, photo_id: UUID) -> dict[str, Any]:
    """How much of a photo of one's own is here."""
    photo = reads.mine(actor, photo_id)
    return reads.document(photo, originals.received(photo.id) if _is_coming(photo) else photo.size)


@verb
def _begun(actor: Actor, told: Told) -> Photo:
    """The photo's row, made where there is none yet."""
    access.ensure(actor, "photo.send", path=actor.unit_path, own=True)
    count = _told_of(actor, told)
    known = db.session.get(Photo, told.id, populate_existing=True)
    if known is None:
        _ensure_allowed(actor, told, count)
        row = {"begun_at": clock.now(), "person_id": actor.person_id, **_content(told), "id": told.id}
        db.session.execute(upsert(Photo).values(row).on_conflict_do_nothing())
        known = db.session.get(Photo, told.id)
    if known is None or known.person_id != actor.person_id or not _is_same(known, told):
        raise PhotoConflict
    return known


def _told_of(actor: Actor, told: Told) -> int:
    """How many photos the check-in, report or step told of; `NotFound` for what is not theirs."""
    if told.checkin_id is not None:
        return reads.checkin(actor, told.checkin_id).photo_count
    if told.proof_id is None:
        raise NotFound
    return reads.proof(actor, told.proof_id).photo_count


def _ensure_allowed(actor: Actor, told: Told, count: int) -> None:
    """The rules for a photo that is new; what begins at one instant may together exceed a quota by a little."""
    settings, now = held(Settings), clock.now()
    rules.ensure_told(number=told.number, count=count)
    rules.ensure_size(told.size, most_mb=settings.photo_mb)
    today = clock.day_of(now)
    begun = reads.begun_since(actor.person_id, clock.day_starts_at(today))
    wait_s = int((clock.day_ends_at(today) - now).total_seconds()) + 1
    rules.ensure_daily(begun, most=settings.photos_daily, wait_s=wait_s)
    rules.ensure_room(reads.kept_bytes(), told.size, most_gb=settings.photos_gb)
    originals.ensure_disk(told.size)


def _content(told: Told) -> dict[str, Any]:
    """What must be the same when a photo is announced again."""
    return {
        "checkin_id": told.checkin_id,
        "proof_id": told.proof_id,
        "number": told.number,
        "size": told.size,
        "sha256": told.sha256,
    }


def _is_same(known: Photo, told: Told) -> bool:
    """Whether this is the photo that is known; of an erased one nobody knows what it was any more."""
    return all(
        getattr(known, name) == value or (name == "sha256" and known.erased_at is not None)
        for name, value in _content(told).items()
    )


def _is_coming(photo: Photo) -> bool:
    """Whether it is on its way."""
    return photo.kept_at is None and photo.erased_at is None


def _advance(actor: Actor, photo: Photo) -> dict[str, Any]:
    """How far a photo has come; once all of it is here, it is kept."""
    if not _is_coming(photo):
        return reads.document(photo, photo.size)
    received = originals.received(photo.id)
    if received < photo.size:
        return reads.document(photo, received)
    return reads.document(_finish(actor, photo), photo.size)


def _finish(actor: Actor, photo: Photo) -> Photo:
    """Check what has arrived, give it its place on the disk, and only then its row; at last the part goes.

    Between the place and the row nobody else may take the place away (`originals.alone`). After a crash anywhere the
    phone asks again: the part is still here, or the row is. What is no picture is dropped, and its phone is told why.
    """
    sha256 = photo.sha256 or ""
    with originals.claimed(photo.id) as part:
        try:
            picture, thumb = _seen(part, sha256)
        except (PhotoRefused, PhotoDiffers):
            originals.drop_part(photo.id)
            raise
        with originals.alone(sha256):
            originals.keep(photo.id, sha256)
            originals.write(originals.thumb(sha256), thumb)
            kept = _keep(actor, photo.id, picture)
            if kept.kept_at is None and not reads.is_named(sha256, besides=photo.id):
                originals.remove(sha256)  # erased on its way
        originals.drop_part(photo.id)
    return kept


def _seen(part: Path, sha256: str) -> tuple[Picture, bytes]:
    """What a file is, and its thumbnail, once the file is on the disk; `PhotoDiffers` or `PhotoRefused`."""
    most = held(Settings).photo_megapixels

    def look() -> tuple[Picture, bytes]:
        originals.flush(part)  # here, where it holds up nobody
        with part.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != sha256:
                raise PhotoDiffers
        picture = pictures.check(part, most_megapixels=most)
        return picture, copies.jpeg(pictures.upright(part, side=THUMB_PX))

    return SEATS.do(look)


@verb
def _keep(actor: Actor, photo_id: UUID, picture: Picture) -> Photo:
    """Let the row say that the photo is here; one that was erased on its way stays erased."""
    photo = db.session.get_one(Photo, photo_id, populate_existing=True, with_for_update=True)
    if _is_coming(photo):
        photo.kept_at = clock.now()
        photo.form, photo.width, photo.height = picture.form, picture.width, picture.height
        _record("photo.sent", photo, actor.person_id)
    return photo


# ── looking at them ─────────────────────────────────────────────────────────────────────────────────────


def thumb(actor: Actor, photo_id: UUID) -> bytes:
    """A photo's thumbnail, JPEG, for whoever may read its check-in."""
    photo = reads.get(actor, photo_id, "photo.read")
    return _copy(photo, originals.thumb(_sha256(photo)), _thumbnail)


def stamped(actor: Actor, photo_id: UUID) -> bytes:
    """A photo's stamped copy, JPEG, made when it is first asked for, for whoever may read its check-in.

    `SettingRefused` where the server has no Chinese font.
    """
    photo = reads.get(actor, photo_id, "photo.read")
    return _copy(photo, originals.stamped(photo.id), _stamp_of(photo))


def original(actor: Actor, photo_id: UUID) -> tuple[bytes, str]:
    """A photo as it came and its form, with all its file gives away: for its owner, and a check-in's for who may open
    evidence.

    It may hold a position, so another's opens as positions do: `ReasonNeeded` before this sitting has said why.
    """
    photo = reads.get(actor, photo_id, "photo.open")
    if photo.person_id != actor.person_id and photo.checkin_id is not None:
        looks.opened(actor, [(photo.person_id, reads.trip_of(photo.checkin_id))], door="checkin")
        _note_opening(actor, photo)
    try:
        return originals.original(_sha256(photo)).read_bytes(), photo.form or ""
    except FileNotFoundError as error:
        raise _lost(photo) from error


@verb
def _note_opening(actor: Actor, photo: Photo) -> None:
    """Record that somebody opened the original of another's photo."""
    _record("photo.opened", photo, actor.person_id)


def _copy(photo: Photo, file: Path, make: Callable[[Path], bytes]) -> bytes:
    """A copy, made where it is not there; `NotFound` when the photo was erased meanwhile."""
    with suppress(FileNotFoundError):
        return file.read_bytes()
    source = originals.original(_sha256(photo))
    if not source.exists():
        raise _lost(photo)
    made = SEATS.do(lambda: make(source))
    originals.write(file, made)
    db.session.rollback()  # what was read before may be old by now
    if db.session.get_one(Photo, photo.id, populate_existing=True).erased_at is not None:
        file.unlink(missing_ok=True)
        raise NotFound
    return made


def _sha256(photo: Photo) -> str:
    """What a photo holds, as a digest; `NotFound` once that is forgotten."""
    if photo.sha256 is None:
        raise NotFound
    return photo.sha256


def _lost(photo: Photo) -> NotFound:
    """The refusal where the folder of photos was not restored with the database, which an operator must hear of."""
    logger.error("the file of photo %s is not there", photo.id)
    return NotFound()


def _thumbnail(source: Path) -> bytes:
    """A thumbnail of an original."""
    return copies.jpeg(pictures.upright(source, side=THUMB_PX))


def _stamp_of(photo: Photo) -> Callable[[Path], bytes]:
    """How to make the stamped copy of an original."""
    face = copies.typeface(held(Settings).photo_font)
    lines = [
        *_lines(photo),
        f"服务器加印 · 照片收到于 {clock.local(photo.kept_at or photo.begun_at)} · 以记录为准",
    ]
    return lambda source: copies.stamp(pictures.upright(source, side=STAMPED_PX), lines, face=face)


def _lines(photo: Photo) -> list[str]:
    """What the record says of a photo."""
    if photo.checkin_id is not None:
        return _of_checkin(checkins.documents([photo.checkin_id])[photo.checkin_id])
    return proofs.lines(photo.proof_id)


def _of_checkin(record: dict[str, Any]) -> list[str]:
    """When by our clock, who, on what duty, where, and the verdict."""
    areas = " › ".join(area["name"] for area in record["areas"])
    duty = "行程外" if record["trip"] is None else record["trip"]["title"]
    stop = "" if record["stop"] is None else record["stop"]["name"]
    lines = (
        clock.local(record["happened_at"]),
        f"{record['person']['name']} · {record['unit']['name']}",
        " · ".join(filter(None, (duty, stop))),
        areas,
        record["verdict"]["zh"],
    )
    return [line for line in lines if line]


# ── letting them go ─────────────────────────────────────────────────────────────────────────────────────


def erase(actor: Actor, photo_id: UUID) -> dict[str, Any]:
    """Erase a photo of one's own for good, also one on its way. That there was one stays said."""
    photo = reads.mine(actor, photo_id)
    access.ensure(actor, "photo.erase", path=actor.unit_path, own=True)
    _let_go(_blank(photo.id, "photo.erased", actor.person_id))
    return reads.document(reads.mine(actor, photo_id), 0)


def take_away(actor_id: int | None, photo_id: UUID) -> None:
    """Erase a photo of what is erased itself."""
    _let_go(_blank(photo_id, "photo.erased", actor_id))


def expire(photo_id: UUID) -> None:
    """Delete a photo whose time is over."""
    _let_go(_blank(photo_id, "photo.expired", None))


def abandoned(now: datetime) -> list[UUID]:
    """The photos of which nothing has come for long."""
    before = now - ABANDONED
    return [photo_id for photo_id in reads.abandoned(before) if originals.is_still(photo_id, before)]


def give_up(photo_id: UUID) -> None:
    """Forget a photo that never arrived, unless it has by now, and what a crash may have left of it."""
    sha256 = db.session.get_one(Photo, photo_id, populate_existing=True).sha256 or ""
    with originals.alone(sha256):
        _forget_unsent(photo_id)


def finish_erasing(photo_id: UUID) -> None:
    """Take away the files of an erased photo, where that was interrupted."""
    _let_go(db.session.get_one(Photo, photo_id, populate_existing=True))


def drop_strays(now: datetime) -> int:
    """Let go of parts that belong to no photo on its way; how many there were."""
    strays = reads.not_on_their_way(originals.stray_parts(now - STRAY))
    for photo_id in strays:
        originals.drop_part(photo_id)
    return len(strays)


@verb
def _blank(photo_id: UUID, kind: str, actor_id: int | None) -> Photo:
    """Let the row say that the photo is gone, before it goes."""
    photo = db.session.get_one(Photo, photo_id, populate_existing=True, with_for_update=True)
    if photo.erased_at is None:
        photo.erased_at = clock.now()
        _record(kind, photo, actor_id)
    return photo


def _let_go(photo: Photo) -> None:
    """Take away the files of an erased photo; the original and its thumbnail only when no other photo is the same.

    The row forgets what it held last, so that what was interrupted is found again.
    """
    originals.drop_part(photo.id)
    originals.stamped(photo.id).unlink(missing_ok=True)
    if photo.sha256 is None:
        return
    with originals.alone(photo.sha256):
        _forget(photo.id)


@verb
def _forget(photo_id: UUID) -> None:
    """Remove the original unless another photo names it, and the row's word of what it was."""
    photo = db.session.get_one(Photo, photo_id, populate_existing=True, with_for_update=True)
    if photo.sha256 is not None and not reads.is_named(photo.sha256, besides=photo.id):
        originals.remove(photo.sha256)
    photo.sha256 = photo.form = photo.width = photo.height = None


@verb
def _forget_unsent(photo_id: UUID) -> None:
    """Delete the row of a photo that is still on its way, its part, and the original unless another names it."""
    photo = db.session.get(Photo, photo_id, populate_existing=True, with_for_update=True)
    if photo is None or not _is_coming(photo):
        return
    originals.drop_part(photo_id)
    if photo.sha256 is not None and not reads.is_named(photo.sha256, besides=photo_id):
        originals.remove(photo.sha256)
    db.session.execute(sa.delete(Photo).where(Photo.id == photo_id))


def _record(kind: str, photo: Photo, actor_id: int | None) -> None:
    """An event about a photo, under its check-in or its proof of a matter: which, never what it shows."""
    if photo.checkin_id is None:
        _record_proof(kind, photo, actor_id)
        return
    unit_id, trip_id = db.session.execute(
        sa.select(Checkin.unit_id, Checkin.trip_id).where(Checkin.id == photo.checkin_id)
    ).one()
    events.record(
        kind,
        actor_id=actor_id,
        unit_id=unit_id,
        person_id=photo.person_id,
        trip_id=trip_id,
        subject=photo.checkin_id,
        photo=str(photo.id),
    )


def _record_proof(kind: str, photo: Photo, actor_id: int | None) -> None:
    """An event about a photo of a matter."""
    unit_id, matter_id = db.session.execute(
        sa.select(Matter.holder_id, Matter.id)
        .join(MatterProof, MatterProof.matter_id == Matter.id)
        .where(MatterProof.id == photo.proof_id)
    ).one()
    events.record(
        kind,
        actor_id=actor_id,
        unit_id=unit_id,
        person_id=photo.person_id,
        subject=photo.proof_id or "",
        photo=str(photo.id),
        matter=matter_id,
    )
