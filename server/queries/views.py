"""Views of the visit log as read: one's own by name, any by its address, and one's chosen columns."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.errors import NotFound
from server.models.views import ChosenColumns, View
from server.rules.access import Actor


def mine(actor: Actor) -> dict[str, Any]:
    """The actor's views by name, and the columns they chose (empty: none): `{items, columns}`."""
    found = sa.select(View).where(View.person_id == actor.person_id).order_by(View.name)
    return {
        "items": [document(actor, view) for view in db.session.execute(found).scalars()],
        "columns": columns(actor),
    }


def columns(actor: Actor) -> list[str]:
    """The columns the actor chose; none where they never did."""
    chosen = db.session.get(ChosenColumns, actor.person_id)
    return [] if chosen is None else chosen.columns


def get(view_id: UUID) -> View:
    """A view by its address, which nobody can guess: whoever was given it may use it. `NotFound` otherwise."""
    view = db.session.get(View, view_id, populate_existing=True)
    if view is None:
        raise NotFound
    return view


def document(actor: Actor, view: View) -> dict[str, Any]:
    """One view; whether it is the reader's own."""
    return {
        "id": view.id,
        "name": view.name,
        "filters": view.filters,
        "columns": view.columns,
        "mine": view.person_id == actor.person_id,
        "saved_at": view.saved_at,
    }


def how_many(actor: Actor) -> int:
    """How many views the actor keeps."""
    counted = sa.select(sa.func.count()).select_from(View).where(View.person_id == actor.person_id)
    return db.session.execute(counted).scalar_one()


def has(actor: Actor, name: str) -> bool:
    """Whether the actor keeps a view of that name."""
    wanted = sa.exists().where(View.person_id == actor.person_id, View.name == name)
    return bool(db.session.execute(sa.select(wanted)).scalar_one())
