"""Views: keep a way to look at the visit log under a name, let go of it, choose one's columns."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from server import clock
from server.db import db, upsert
from server.errors import NotFound, TooManyViews
from server.models.views import ChosenColumns, View
from server.queries import views as reads
from server.rules import access
from server.rules.access import Actor
from server.services import events
from server.transaction import verb

MOST = 50
"""So many views one person keeps."""


@verb
def save(actor: Actor, name: str, filters: Mapping[str, str], columns: Sequence[str]) -> dict[str, Any]:
    """Keep a view under a name; the actor's view of that name is replaced and keeps its address.

    `TooManyViews` for one more than a person keeps.
    """
    access.ensure(actor, "view.save", path=actor.unit_path, own=True)
    if not reads.has(actor, name) and reads.how_many(actor) >= MOST:
        raise TooManyViews(most=MOST)
    kept = {"filters": dict(filters), "columns": list(columns), "saved_at": clock.now()}
    new = upsert(View).values(id=uuid4(), person_id=actor.person_id, name=name, **kept)
    saved = new.on_conflict_do_update(index_elements=["person_id", "name"], set_=kept).returning(View.id)
    view = reads.get(db.session.execute(saved).scalar_one())
    _record("view.saved", actor, view)
    return reads.document(actor, view)


@verb
def delete(actor: Actor, view_id: UUID) -> None:
    """Let go of a view; `NotFound` for one that is not the actor's own."""
    access.ensure(actor, "view.delete", path=actor.unit_path, own=True)
    view = reads.get(view_id)
    if view.person_id != actor.person_id:
        raise NotFound
    db.session.delete(view)
    _record("view.deleted", actor, view)


@verb
def choose_columns(actor: Actor, columns: Sequence[str]) -> list[str]:
    """Keep the columns the actor wants to see; none for the usual ones."""
    access.ensure(actor, "view.save", path=actor.unit_path, own=True)
    chosen = upsert(ChosenColumns).values(person_id=actor.person_id, columns=list(columns))
    newest = {"columns": chosen.excluded.columns}
    db.session.execute(chosen.on_conflict_do_update(index_elements=["person_id"], set_=newest))
    return list(columns)


def _record(event: str, actor: Actor, view: View) -> None:
    """The event; what the view looks for is not told."""
    events.record(event, actor_id=actor.person_id, unit_id=actor.unit_id, subject=view.id)
