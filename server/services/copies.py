"""Copies 副本: a person takes all that is held about themself, as one archive."""

import math
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.errors import CopyTooSoon, NotFound
from server.exports import csv, gpx
from server.held import held
from server.models.people import Person
from server.queries import copies as reads
from server.queries import photos as pictures
from server.queries import tracks, whole_tracks
from server.queries.tracks import Whose
from server.rules import access
from server.rules.access import Actor
from server.services import events, photos
from server.transaction import verb

Rows = Iterable[list[dict[str, Any]]]
File = tuple[str, Iterable[bytes]]


@verb
def begin(actor: Actor) -> None:
    """Record that a person takes their copy. `CopyTooSoon` shortly after the last one: it reads very much."""
    access.ensure(actor, "copy.take", path=actor.unit_path, own=True)
    _one_at_a_time(actor.person_id)
    last, now = reads.last_taken(actor.person_id), clock.now()
    wait_s = 0 if last is None else held(Settings).copy_minutes * 60 - (now - last).total_seconds()
    if wait_s > 0:
        raise CopyTooSoon(minutes=math.ceil(wait_s / 60), retry_after_s=math.ceil(wait_s))
    events.record("copy.taken", actor_id=actor.person_id, unit_id=actor.unit_id, person_id=actor.person_id)


def _one_at_a_time(person_id: int) -> None:
    """Wait for another press of the same person's."""
    db.session.execute(sa.select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def files(actor: Actor) -> Iterator[File]:
    """The files of the archive, in chunks as it is read; what changes meanwhile may stand in one and not another."""
    yield "README.txt", [_read_me(actor)]
    for part in reads.PARTS:
        yield part.name, _json(part.read(actor))
    yield "check-ins.csv", csv.write(reads.checkins(actor))
    for theirs in whole_tracks.tracked(actor):
        yield f"tracks/trip-{theirs.trip_id}.csv", csv.plain(whole_tracks.fixes(theirs))
        yield f"tracks/trip-{theirs.trip_id}.gpx", _gpx(theirs)
    for photo_id in pictures.kept_of(actor.person_id):
        yield from _picture(actor, photo_id)


def _picture(actor: Actor, photo_id: UUID) -> Iterator[File]:
    """A photo as it came; nothing where it was erased while the copy is being taken."""
    try:
        content, form = photos.original(actor, photo_id)
    except NotFound:
        return
    finally:
        db.session.rollback()
    yield f"photos/{photo_id}.{form}", [content]


def _gpx(theirs: Whose) -> Iterator[bytes]:
    """A track as map programs open it."""
    return gpx.write(tracks.pages(theirs), person=theirs.name, title=theirs.title, gap_s=tracks.GAP_S)


def _json(pages: Rows) -> Iterator[bytes]:
    """A JSON list, one document a line, a page at a time."""
    before = b"[\n"
    for page in pages:
        for row in page:
            yield before + orjson.dumps(row, default=str, option=orjson.OPT_UTC_Z)
            before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _read_me(actor: Actor) -> bytes:
    """What is in the archive and how to read it, in both languages."""
    at = clock.now().astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
    zh = "".join(f"  {part.name}  {part.zh}\r\n" for part in reads.PARTS)
    en = "".join(f"  {part.name}  {part.en}\r\n" for part in reads.PARTS)
    text = csv.BOM + _READ_ME.replace("\n", "\r\n").format(name=actor.name, at=at, zh=zh, en=en)
    return text.encode()


_READ_ME = """挂图：本人全部资料
{name} · {at}（北京时间）

这是挂图保存的关于您本人的全部内容。*.json 每行一条，可用任何文本编辑器打开；*.csv 可用表格软件打开；
tracks/ 中的 *.gpx 可用地图软件打开。时间为 UTC（以 Z 结尾），check-ins.csv 为北京时间；坐标为 WGS-84。

{zh}  check-ins.csv  同一批签到，表格形式，不含坐标
  tracks/trip-编号.csv  该行程中保存的每个定位点的全部内容（areas 为所在区域版本的编号，带 ~ 的表示跨在边界上）
  tracks/trip-编号.gpx  同一条轨迹，供地图软件使用
  photos/编号.*  您的照片原件

没有放进来的：密码、令牌、定位设备的密钥及其摘要，内容的数字指纹；他人的姓名（除非您本来就能看到或由您写下）。
备份中的副本到期自动删除。内容有误或想删除，请在“投诉建议”中提出；轨迹可以自己在行程的同意页删除，照片在签到记录中删除，日志中写的内容在“我的日志”中删除。

Guatu: all that is held about you
{name} · {at} (Shanghai)

This is everything that Guatu keeps about you. *.json holds one record a line and opens in any text editor; *.csv in a
spreadsheet; *.gpx under tracks/ in a map program. Times are UTC (ending in Z), in check-ins.csv Shanghai's; coordinates
are WGS-84.

{en}  check-ins.csv  the same check-ins as a table, without coordinates
  tracks/trip-NUMBER.csv  everything kept of each position on that trip (areas: numbers of area versions it lies in,
                          with ~ across an edge)
  tracks/trip-NUMBER.gpx  the same track, for map programs
  photos/ID.*  your photos as they came

Left out: the password, tokens and the keys of trackers, and their digests; fingerprints made of content; names of
others, unless you can read them anyway or wrote them down. Copies in backups expire by themselves. If something is
wrong or should be deleted, say so under "Complain or suggest"; a track is yours to erase on its trip's consent page, a
photo with its check-in, what you wrote into a log on the log's page.
"""
