"""The sweep 清扫: what must be done as time passes, whoever asks or not. Each step is a verb, or several, of its own.

A step may be interrupted anywhere and run again, and does no harm when it runs twice at once; still only one sweep
runs at a time. A step that fails is logged and does not keep the others from their turn.
"""

import fcntl
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db, is_away, upsert
from server.held import held
from server.models.sweeps import Sweep
from server.queries import flags as of_flags
from server.queries import matters, patrol_plans, positions, trips
from server.queries import patrols as walks
from server.queries import photos as reads
from server.queries import reviews as queue
from server.queries import sweeps as marks
from server.rules import reviews as rules
from server.services import (
    closings,
    deadlines,
    details,
    erasures,
    evidence_files,
    flags,
    hooks,
    households,
    notices,
    partitions,
    patrols,
    photos,
    reviews,
    set_aside,
    silences,
    tracks,
)
from server.services import matters as chased
from server.services import trips as duties
from server.transaction import verb

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger("guatu.sweep")


@dataclass(frozen=True, slots=True)
class Did:
    """What a step did, in words; `upto` is the instant up to which nothing is left for it, where it has one."""

    zh: str
    en: str
    upto: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the word it is remembered by, its words, and what it does."""

    name: str
    zh: str
    en: str
    act: Callable[[], Did]


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of a step: what it did, or None where it failed."""

    step: Step
    did: Did | None


# ── the steps ───────────────────────────────────────────────────────────────────────────────────────────


def _partitions() -> Did:
    """Make the months' partitions ahead."""
    made = partitions.make_ahead()
    return Did(f"新建 {len(made)} 个", f"made {len(made)}")


def _retention() -> Did:
    """Delete what is older than positions are kept, by whole days, and then the partitions that this emptied."""
    before = expiry(clock.now(), held(Settings).position_days)
    found = positions.expired(before)
    _each(found, lambda whose: tracks.expire(*whose, before))
    set_aside.expire(clock.day_of(before))
    dropped = partitions.drop_expired(before)
    return Did(
        f"删除 {len(found)} 段期满轨迹，撤去 {len(dropped)} 个分区",
        f"expired tracks deleted: {len(found)}, partitions dropped: {len(dropped)}",
    )


def expiry(now: datetime, days: int) -> datetime:
    """What is older than this has been kept long enough: the beginning of the Shanghai day so many days ago."""
    return clock.day_starts_at(clock.day_of(now) - timedelta(days=days))


def _forgotten() -> Did:
    """End the duties that nobody ended."""
    found = trips.forgotten(clock.now(), held(Settings).forgotten_hours)
    ended = sum(_each(found, duties.lapse))
    return Did(f"自动结束 {ended} 次", f"ended {ended}")


def _silences() -> Did:
    """Raise and end the silences of phones that are expected to speak."""
    seen = silences.look()
    return Did(f"新增 {seen.raised} 条，结束 {seen.ended} 条", f"raised {seen.raised}, ended {seen.ended}")


def _photos() -> Did:
    """Delete the photos whose time is over, finish what was interrupted, give up what never arrived."""
    now = clock.now()
    found = reads.expired(expiry(now, held(Settings).photo_days))
    _each(found, photos.expire)
    _each(reads.half_erased(), photos.finish_erasing)
    lost = photos.abandoned(now)
    _each(lost, photos.give_up)
    photos.drop_strays(now)
    return Did(
        f"删除 {len(found)} 张期满照片，清理 {len(lost)} 张未传完的",
        f"expired photos deleted: {len(found)}, given up as never arrived: {len(lost)}",
    )


def _checkins() -> Did:
    """Blank the personal part of check-ins whose time is over, and what was written into the logs of those days."""
    before = expiry(clock.now(), held(Settings).checkin_days)
    since = marks.upto("checkins")
    db.session.rollback()
    blanked, days = details.expire(since, before), details.expire_logs(before)
    return Did(
        f"清除 {blanked} 次期满签到的个人内容、{days} 份日志",
        f"expired check-ins blanked: {blanked}, logs: {days}",
        before if since is None else max(since, before),
    )


def _queries() -> Did:
    """Let the queries lapse that nobody pursues."""
    before = rules.lapses_before(clock.now(), held(Settings).query_days)
    lapsed = sum(_each(queue.not_pursued(before), lambda checkin_id: reviews.lapse(checkin_id, before)))
    return Did(f"失效 {lapsed} 次", f"lapsed {lapsed}")


def _patrols() -> Did:
    """Make the patrols of the next days, remind, mark the missed ones, and judge anew what phones told late."""
    made = sum(_each(patrol_plans.going_on(), patrols.make_of))
    reminded = sum(_each(patrols.remind_at(clock.now()), patrols.remind))
    missed = sum(_each(walks.not_begun(clock.now()), patrols.miss))
    _each(walks.too_late(clock.now()), patrols.give_up)
    _each(walks.to_judge_again(clock.now()), patrols.judge_again)
    return Did(
        f"生成 {made} 次，提醒 {reminded} 次，未巡查 {missed} 次",
        f"made {made}, reminded of {reminded}, missed {missed}",
    )


def _households() -> Did:
    """Let go households nobody visits; forget those let go, and notes of visits, whose time is over."""
    settings, now = held(Settings), clock.now()
    idle = households.let_go_idle(expiry(now, settings.household_idle_days))
    gone = households.expire(expiry(now, settings.household_days))
    return Did(f"不再联系 {idle} 户，删除 {gone} 户", f"let go {idle}, forgot {gone}")


def _evidence() -> Did:
    """Delete the files of evidence whose time is over, and finish what was interrupted."""
    found = evidence_files.expired(expiry(clock.now(), held(Settings).evidence_days))
    _each(found, evidence_files.expire)
    evidence_files.finish()
    return Did(f"删除 {len(found)} 份期满材料", f"expired files deleted: {len(found)}")


def _closings() -> Did:
    """Close the days of the record that are over."""
    made = closings.close()
    return Did(f"存证 {len(made)} 天", f"days closed: {len(made)}")


def _overdue() -> Did:
    """Hand up the matters that have been overdue for their category's time."""
    handed = sum(_each([matter.id for matter in matters.overdue()], chased.escalate))
    return Did(f"提请上级 {handed} 件", f"handed up {handed}")


def _flags() -> Did:
    """Give and end the flags that a day alone makes due."""
    changed = sum(_each(of_flags.to_judge(), flags.judge))
    return Did(f"变动 {changed} 面", f"changed {changed}")


def _reminders() -> Did:
    """Remind who answers for matters that are soon due, or owe a plan or a report."""
    given = sum(_each(matters.to_remind(), deadlines.remind))
    return Did(f"提醒 {given} 次", f"reminders given: {given}")


def _matters() -> Did:
    """Delete what matters tell whose time is over, and the photos of all that are erased."""
    found = matters.expired(expiry(clock.now(), held(Settings).matter_days))
    _each(found, erasures.expire)
    erasures.finish()
    return Did(
        f"删除 {len(found)} 件期满事项的内容", f"expired matters whose contents were deleted: {len(found)}"
    )


def _notices() -> Did:
    """Tell everybody what concerns them, and delete what was told long ago."""
    made, gone = notices.tell(), notices.expire(clock.now())
    return Did(f"新提醒 {made} 条，删除期满 {gone} 条", f"notices made: {made}, old ones deleted: {gone}")


def _hooks() -> Did:
    """Hand over to the robots of groups what is due."""
    handed = hooks.hand_over()
    hooks.expire(expiry(clock.now(), held(Settings).notice_days))
    return Did(
        f"送出 {handed.sent} 条，未送出 {handed.others} 条", f"sent {handed.sent}, not sent {handed.others}"
    )


def _each(things: Iterable[T], act: Callable[[T], R]) -> list[R]:
    """Do something with each thing: what came of it. One that fails does not keep the others from their turn, unless
    the database is away: then each of them would fail.
    """
    came, failed = [], []
    for thing in things:
        try:
            came.append(act(thing))
        except Exception as failure:
            if is_away(failure):
                raise
            log.exception("one of many in a step of the sweep failed")
            failed.append(failure)
    if failed:
        raise failed[0]
    return came


STEPS: Final[Sequence[Step]] = (
    Step("partitions", "定位分区", "partitions", _partitions),
    Step("retention", "保存期限", "retention", _retention),
    Step("photos", "照片", "photos", _photos),
    Step("checkins", "签到", "check-ins", _checkins),
    Step("forgotten", "超时行程", "forgotten duties", _forgotten),
    Step("queries", "未跟进的询问", "queries not pursued", _queries),
    Step("silences", "失联提醒", "silent phones", _silences),
    Step("overdue", "超期事项", "overdue matters", _overdue),
    Step("patrols", "巡查", "patrols", _patrols),
    Step("households", "住户", "households", _households),
    Step("evidence", "佐证材料", "files of evidence", _evidence),
    Step("flags", "两旗一牌", "flags of projects", _flags),
    Step("reminders", "事项提醒", "reminders of matters", _reminders),
    Step("matters", "期满事项", "expired matters", _matters),
    Step("notices", "提醒", "notices", _notices),
    Step("hooks", "群机器人", "robots of groups", _hooks),
    Step("closings", "每日存证", "closings of the record", _closings),
)
"""Everything a sweep does, in its order."""


# ── running them ────────────────────────────────────────────────────────────────────────────────────────


def run(steps: Sequence[Step] = STEPS) -> Iterator[Swept]:
    """Do every step, one after the other; nothing at all where another sweep is running."""
    with _alone() as alone:
        for step in steps if alone else ():
            yield _swept(step)


_AWAY = (
    "the database was away during the step %s of the sweep (%s): what is done is kept, the next sweep goes on"
)


def _swept(step: Step) -> Swept:
    """Do a step, and remember when it was done; a failure goes into the log, on one line where the database is away."""
    try:
        did = step.act()
        _remember(step.name, did.upto)
    except Exception as failure:
        db.session.rollback()
        if is_away(failure):
            log.error(_AWAY, step.name, type(failure).__name__)
        else:
            log.exception("the step %s of the sweep failed", step.name)
        return Swept(step, None)
    return Swept(step, did)


@verb
def _remember(name: str, upto: datetime | None) -> None:
    """Note that a step was done now, and forget the steps of other releases."""
    row = {"step": name, "done_at": clock.now()} | ({} if upto is None else {"upto": upto})
    statement = upsert(Sweep).values(row)
    db.session.execute(statement.on_conflict_do_update(index_elements=["step"], set_=row))
    db.session.execute(sa.delete(Sweep).where(Sweep.step.not_in([step.name for step in STEPS])))


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether this is the only sweep of the county, and that it stays so until the block is left."""
    with _locked_file() if held(Settings).on_sqlite else _locked_schema() as alone:
        yield alone


@contextmanager
def _locked_file() -> Iterator[bool]:
    """By a lock file beside the server's keys, which ends with the process whatever becomes of it."""
    folder = held(Settings).instance
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "sweeping").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


_TRY = "SELECT pg_try_advisory_lock(hashtextextended('guatu.sweep ' || current_schema(), 0))"


@contextmanager
def _locked_schema() -> Iterator[bool]:
    """By an advisory lock of this schema, on a connection of its own that is in no transaction and closed afterwards.

    A connection that is lost meanwhile has lost the lock as well.
    """
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        try:
            yield bool(connection.exec_driver_sql(_TRY).scalar_one())
        finally:
            with suppress(sa.exc.DBAPIError):
                connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
