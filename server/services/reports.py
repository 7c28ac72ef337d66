"""Monthly trip reports: taken as a file, which is recorded."""

from typing import Any

from server.queries import reports as reads
from server.rules import access
from server.rules.access import Actor
from server.rules.logs import Period
from server.services import events
from server.transaction import verb


@verb
def export(actor: Actor, period: Period, unit_id: int | None, *, form: str) -> dict[str, Any]:
    """Record that somebody takes the report of a unit as a file; the report. `NotFound` for a unit out of scope."""
    access.ensure_holds(actor, "report.export")
    report = reads.read(actor, period, unit_id)
    events.record(
        "report.exported",
        actor_id=actor.person_id,
        unit_id=report["unit"]["id"],
        subject=period.name,
        form=form,
    )
    return report
