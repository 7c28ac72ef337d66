"""Closing the record day by day, and checking that it still says what it said.

A day is closed by numbers: everything numbered above the day before's last number, up to the last one of this day. So
each event belongs to exactly one closing, also one that was committed late; and what is inserted, edited, deleted or
moved afterwards is found.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from server.config import Settings
from server.db import db, upsert
from server.errors import Busy, ClosingsRefused, KeysRefused, NotFound
from server.held import held
from server.live import tail
from server.models.closings import Closing as Row
from server.queries import closings as reads
from server.rules import access, closings
from server.rules.access import Actor
from server.rules.closings import FIRST, Closing, Finding, Signed
from server.services import closing_files, closing_keys, events
from server.services.closing_keys import ClosingKeys, Trusted
from server.transaction import verb

PATIENCE_S = 5.0
"""How long to wait until everybody who may still commit an earlier number has done so."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check found: nothing where all agrees. `upto` is the last closed day, `open` how many events wait.

    `declared` says, by key, how many days are believed because whoever runs the server declared that key known.
    """

    findings: list[Finding]
    closed: int
    upto: date | None
    open: int
    declared: dict[str, int]


@dataclass(frozen=True, slots=True)
class Declared:
    """A key that was declared known: how many days it signed, and how it is written among the keys."""

    days: int
    written: str


def folder() -> Path:
    """Where closings are kept outside the database."""
    settings = held(Settings)
    return Path(settings.closings) if settings.closings else settings.instance / "closings"


def close() -> list[Closing]:
    """Close every day that is over, and put what is closed into the folder; the closings made.

    `ClosingsRefused` when the folder holds what the database does not, `Busy` when somebody's transaction stays open.
    """
    made: list[Closing] = []
    if reads.due() is not None:
        _ensure_agreed()
        settled = _settled()
        while (day := reads.due()) is not None:
            made.append(_close(day, settled))
    _take_out()
    return made


def _ensure_agreed() -> None:
    """Refuse to go on after what was cut off or rewritten, lest a new chain cover it."""
    there = {each.closing.day: each for each in reads.chain()}
    for day, kept in closing_files.read(folder()).items():
        if there.get(day) != kept:
            raise ClosingsRefused(
                why_zh=f"{day} 的存证与库外保存的不一致，请运行 flask events verify",
                why_en=f"the closing of {day} is not the one kept outside; run flask events verify",
            )


def _settled() -> int:
    """A number up to which every event is there for good; `Busy` when an unfinished transaction stands in the way."""
    found = tail.settled(db.engine, within_s=PATIENCE_S)
    if found is None:
        raise Busy(retry_after_s=60)
    return found


def _close(day: date, settled: int) -> Closing:
    """Close one day. It is counted and hashed before anything is locked; what somebody else closed meanwhile stands."""
    before = reads.last()
    after, head = (0, FIRST) if before is None else (before.upto, before.head)
    upto = reads.last_number(day, after=after, upto=settled)
    seen = reads.measure(day, after=after, upto=upto)
    closing = Closing(day, after, upto, seen.count, seen.late, seen.digest, head)
    _keep(held(ClosingKeys).sign(closing))
    return closing


@verb
def _keep(signed: Signed) -> None:
    """Append a closing, unless there is one of that day."""
    db.session.execute(upsert(Row).values(reads.row(signed)).on_conflict_do_nothing())


def _take_out() -> None:
    """Put into the folder what it does not have."""
    missing = set(reads.days()) - closing_files.days(folder())
    if missing:
        some = [each for each in reads.chain() if each.closing.day in missing]
        closing_files.write(folder(), some, held(ClosingKeys).trusted)


def verify(against: Path | None = None) -> Verified:
    """Check every closing, and every event it covers.

    With `against`, a copy of the folder kept elsewhere, only that copy's keys are believed; otherwise this server's.
    """
    outside = against or folder()
    trusted = held(ClosingKeys).trusted if against is None else closing_files.keys(outside)
    chain, kept = reads.chain(), closing_files.read(outside)
    if against is not None and not trusted:
        raise ClosingsRefused(why_zh=f"{against} 中没有公钥", why_en=f"{against} holds no public key")
    last = chain[-1].closing if chain else None
    declared = held(ClosingKeys).declared if against is None else set()
    return Verified(
        findings=sorted(_findings(chain, kept, trusted), key=lambda found: found.day),
        closed=len(chain),
        upto=last.day if last else None,
        open=reads.open_count(last.upto if last else 0),
        declared=dict(sorted(Counter(each.kid for each in chain if each.kid in declared).items())),
    )


def trust(kid: str, source: Path | None = None) -> Declared:
    """Declare that a key that is gone for good was this server's: what it signed is believed again.

    Its public half is the one in the folder, or in a copy of it (`source`). `ClosingsRefused` where that is not there
    or signed no closing, `KeysRefused` where the key is known already.
    """
    if kid in held(ClosingKeys).trusted:
        raise KeysRefused(why_zh=f"密钥 {kid} 本来就在可信之列", why_en=f"{kid} is a trusted one already")
    outside = source or folder()
    public = closing_files.keys(outside).get(kid)
    if public is None:
        raise ClosingsRefused(why_zh=f"{outside} 中没有 {kid}.pem", why_en=f"{outside} holds no {kid}.pem")
    days = sum(closing_keys.holds(each, {kid: public}) is True for each in reads.chain())
    if not days:
        raise ClosingsRefused(
            why_zh=f"没有一天的存证是密钥 {kid} 签名的", why_en=f"no closing was signed with {kid}"
        )
    _declare(kid, days)
    return Declared(days, closing_keys.declare(held(Settings), kid, public))


@verb
def _declare(kid: str, days: int) -> None:
    """Record the declaration, before it has an effect."""
    events.record("event.trusted", actor_id=None, subject=kid, days=days)


def ensure_key() -> None:
    """`KeysRefused` where the key that signed the newest closing is not here: it was lost, or is another server's."""
    last = reads.last_signed()
    if last is not None and last.kid not in held(ClosingKeys).trusted:
        raise KeysRefused(
            why_zh=f"{last.closing.day} 的存证由密钥 {last.kid} 签名，现有密钥中没有它，请恢复 {closing_keys.FILE}",
            why_en=f"{last.kid}, which signed the closing of {last.closing.day}, is gone; restore {closing_keys.FILE}",
        )


def check(actor: Actor, day: date) -> list[Finding]:
    """The same for one day, for an auditor; `NotFound` where it is not closed."""
    access.ensure_holds(actor, "event.read")
    found = reads.of_day(day)
    if not found:
        raise NotFound
    before = found[0].closing if len(found) > 1 else None
    kept = closing_files.read(folder()).get(day)
    return list(_of_one(found[-1], before, kept, held(ClosingKeys).trusted))


def _findings(chain: list[Signed], kept: dict[date, Signed], trusted: Trusted) -> Iterator[Finding]:
    """What does not agree, closing after closing, and what was cut off."""
    before: Closing | None = None
    for signed in chain:
        yield from _of_one(signed, before, kept.get(signed.closing.day), trusted)
        before = signed.closing
    gone = set(kept) - {signed.closing.day for signed in chain}
    yield from (closings.cut_off(day) for day in sorted(gone))


def _of_one(
    signed: Signed, before: Closing | None, kept: Signed | None, trusted: Trusted
) -> Iterator[Finding]:
    """What does not agree about one closing."""
    told = signed.closing
    seen = reads.measure(told.day, after=told.after, upto=told.upto)
    yield from closings.compare(signed, before, seen, holds=closing_keys.holds(signed, trusted), kept=kept)
