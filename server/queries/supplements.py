"""Supplements 补记: what people added to their check-ins afterwards, the newest saving of each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server.db import db
from server.models.checkins import Visit
from server.models.logs import Supplement
from server.rules import logs


def of(checkin_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What was last added to each of these check-ins, for whoever may read them: all but the remark. Unscoped.

    Where nothing was added, or all of it was erased, nothing.
    """
    told = {key: _told(saving, logs.MET_TEXTS) for key, saving in _newest_of(checkin_ids).items()}
    return {key: added for key, added in told.items() if any(added[name] for name in logs.MET_TEXTS)}


def whole(checkin_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The same with the remark, which is their person's own; erased ones too, with empty texts. Unscoped."""
    found = _newest_of(checkin_ids)
    return {key: _told(saving, logs.SUPPLEMENT_TEXTS) for key, saving in found.items()}


def _newest_of(checkin_ids: Sequence[UUID]) -> dict[UUID, Supplement]:
    """The newest saving of each of these check-ins."""
    statement = (
        sa.select(Supplement)
        .where(Supplement.checkin_id.in_(checkin_ids))
        .order_by(Supplement.checkin_id, Supplement.revision)
    )
    return {each.checkin_id: each for each in db.session.execute(statement).scalars()}


def companies() -> sa.CompoundSelect[tuple[UUID, str]]:
    """The company of each check-in that tells of a visit, `(checkin_id, enterprise)`: as told, or as added since.

    Where both name one it is that told first; where neither does it is empty. Unscoped, and all of `visits`: so that
    PostgreSQL reads it in the order of its index.
    """
    told = sa.select(Visit.checkin_id, Visit.enterprise)
    named = sa.exists().where(Visit.checkin_id == Supplement.checkin_id, Visit.enterprise != "")
    added = sa.select(Supplement.checkin_id, Supplement.enterprise)
    return sa.union_all(told, added.where(Supplement.enterprise != "", newest(), ~named))


def newest() -> ColumnElement[bool]:
    """Whether a saving is the newest of its check-in: what stood in those before it counts no more."""
    later = sa.orm.aliased(Supplement)
    return ~sa.exists().where(later.checkin_id == Supplement.checkin_id, later.revision > Supplement.revision)


def _told(saving: Supplement, names: Sequence[str]) -> dict[str, Any]:
    """These texts of a saving; they are empty once they were erased."""
    return {"id": saving.id, "at": saving.written_at, **{name: getattr(saving, name) for name in names}}
