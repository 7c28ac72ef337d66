"""Silences: raised when a phone that is expected to speak does not, ended when it does or is expected no longer.

On safety and emergency duties alone; a silent phone on any other duty is noticed by nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from server import clock
from server.config import Settings
from server.db import db, upsert
from server.held import held
from server.models.silences import Silence
from server.queries import silences as reads
from server.rules import silences as rules
from server.rules.silences import Expected
from server.services import events
from server.transaction import verb


@dataclass(frozen=True, slots=True)
class Seen:
    """How many silences a look has found to begin, and how many to be over."""

    raised: int
    ended: int


@verb
def look() -> Seen:
    """Compare whose phones are expected to speak with who has spoken; to be called again and again, by the sweep.

    A silence is raised once, however often and by however many processes it is looked for.
    """
    lasting, expected = reads.lasting(), {member.key: member for member in reads.expected()}
    silent = _silent(expected.values())
    over = [silence for key, silence in lasting.items() if key not in silent]
    for silence in over:
        _end(silence, heard=(silence.trip_id, silence.person_id) in expected)
    new = [_raise(expected[key], since) for key, since in silent.items() if key not in lasting]
    return Seen(raised=sum(new), ended=len(over))


def _silent(expected: Iterable[Expected]) -> dict[tuple[int, int], datetime]:
    """Whose phones are silent now, by trip and person, and since when."""
    now, after_s = clock.now(), held(Settings).silent_minutes * 60.0
    since = {member.key: rules.since(member, now=now, after_s=after_s) for member in expected}
    return {key: instant for key, instant in since.items() if instant is not None}


def _raise(member: Expected, since: datetime) -> bool:
    """Keep a silence and record it; False when this one was raised before."""
    whose = {"trip_id": member.trip_id, "person_id": member.person_id, "unit_id": member.unit_id}
    row = whose | {"since": since, "raised_at": clock.now()}
    statement = upsert(Silence).values(row).on_conflict_do_nothing().returning(Silence.id)
    silence_id = db.session.execute(statement).scalar_one_or_none()
    if silence_id is not None:
        events.record("silence.raised", actor_id=None, subject=silence_id, **whose)
    return silence_id is not None


def _end(silence: Silence, *, heard: bool) -> None:
    """The phone spoke again, or is expected no longer."""
    silence.ended_at, silence.heard = clock.now(), heard
    events.record(
        "silence.ended",
        actor_id=None,
        unit_id=silence.unit_id,
        person_id=silence.person_id,
        trip_id=silence.trip_id,
        subject=silence.id,
        heard=heard,
    )
