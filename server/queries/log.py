"""The visit log: check-ins and visits, filtered and sorted, in pages both ways or in a stream for exports.

A page is found by the sort keys of the row it begins after (a keyset), never by counting rows: so it costs the same
deep in a million rows as at their head, and rows that come meanwhile neither repeat nor hide others.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import JSON, db
from server.models.checkins import Checkin, CheckinArea, CheckinDetail, Visit
from server.models.logs import Supplement
from server.models.trips import Trip
from server.queries import checkins, pages, scopes, search, supplements
from server.rules import access
from server.rules import log as rules
from server.rules.access import Actor
from server.rules.logs import MET_TEXTS

EXPORT_PAGE = 500
ANY_SIGNAL = "any"
Log = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which check-ins; days are Shanghai's, both included; `visits`: only those with whom they met.

    `period` is one of `rules.log.PERIODS` as of now, `duty` a purpose or `none`, `signal` a code or `any`, `q` words
    about the company, the contact or the note.
    """

    from_: date | None = None
    to: date | None = None
    unit_id: int | None = None
    person_id: int | None = None
    trip_id: int | None = None
    area_id: int | None = None
    verdict: str | None = None
    kind: str | None = None
    signal: str | None = None
    duty: str | None = None
    period: str | None = None
    q: str = ""
    visits: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """How the log is sorted: by one of `rules.log.SORTS`, downwards or upwards."""

    sort: str = "happened"
    down: bool = True

    @property
    def keys(self) -> tuple[ColumnElement[Any], ...]:
        """The columns that say where a row stands, the last of them its own."""
        return _KEYS[self.sort]

    @property
    def readers(self) -> tuple[Callable[[Any], Any], ...]:
        """How each of the keys is read out of a cursor."""
        return _READERS[self.sort]

    def by(self, *, back: bool) -> list[ColumnElement[Any]]:
        """ORDER BY, or the same read backwards."""
        return [key.desc() if self.down is not back else key.asc() for key in self.keys]


_COMPANY = supplements.companies().subquery("company")
_TIME, _ID = Checkin.happened_at.expression, Checkin.id.expression
_KEYS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "happened": (_TIME, _ID),
    "received": (Checkin.received_at.expression, _ID),
    "enterprise": (_COMPANY.c.enterprise, _TIME, _ID),
}
_READERS: dict[str, tuple[Callable[[Any], Any], ...]] = {
    "happened": (pages.instant, pages.uuid),
    "received": (pages.instant, pages.uuid),
    "enterprise": (pages.text, pages.instant, pages.uuid),
}
NEWEST = Order()


def page(
    actor: Actor,
    wanted: Filter,
    *,
    order: Order = NEWEST,
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """One page of what the actor may read, as they may see it: `{items, next, previous}`, each a cursor or None."""
    back, keys = _place(order, cursor)
    rows = _rows(actor, wanted, order, keys, back=back, limit=limit + 1)
    if back and len(rows) <= limit:
        return page(actor, wanted, order=order, limit=limit)
    more, rows = len(rows) > limit, rows[:limit]
    if back:
        rows.reverse()
    found = checkins.documents([row.id for row in rows])
    return {
        "items": checkins.as_seen_by(actor, list(found.values())),
        "next": cursor_after(order, rows[-1]) if rows and (more or back) else None,
        "previous": _cursor(order, rows[0], "before") if rows and (more if back else keys) else None,
    }


def pages_of(actor: Actor, wanted: Filter, *, order: Order = NEWEST) -> Iterator[list[dict[str, Any]]]:
    """All of it, a page at a time, so that an export of any length stays small in memory."""
    cursor: str | None = None
    while True:
        found = page(actor, wanted, order=order, cursor=cursor, limit=EXPORT_PAGE)
        yield found["items"]
        cursor = found["next"]
        if cursor is None:
            return


def count(actor: Actor, wanted: Filter) -> int:
    """How many check-ins pass the filter, for an export's progress."""
    counted = _wanted(actor, wanted).with_only_columns(sa.func.count(Checkin.id))
    return db.session.execute(counted).scalar_one()


def only_own(actor: Actor, wanted: Filter) -> bool:
    """Whether these are the actor's own check-ins: because they ask for those, or may read no others."""
    return wanted.person_id == actor.person_id or not access.scope(actor, "checkin.read").paths


def statement(actor: Actor, wanted: Filter, *, order: Order = NEWEST, limit: int = 50) -> Log:
    """The first page's statement, as it is run."""
    return _sorted(_wanted(actor, wanted), order).order_by(*order.by(back=False)).limit(limit)


def places(actor: Actor, wanted: Filter) -> Log:
    """The check-ins that pass and have a position, newest first: `id`, `person_id`, `trip_id`, `lng`, `lat`."""
    found = _wanted(actor, wanted).join(CheckinDetail, CheckinDetail.checkin_id == Checkin.id)
    placed = found.where(CheckinDetail.lng.is_not(None)).order_by(*NEWEST.by(back=False))
    return placed.with_only_columns(
        Checkin.id, Checkin.person_id, Checkin.trip_id, CheckinDetail.lng, CheckinDetail.lat
    )


# ── where a page begins ─────────────────────────────────────────────────────────────────────────────────


def _rows(
    actor: Actor, wanted: Filter, order: Order, keys: tuple[Any, ...], *, back: bool, limit: int
) -> list[Any]:
    """So many rows after some keys, or before them in the order read backwards."""
    found = _sorted(_wanted(actor, wanted), order)
    if keys:
        found = found.where(*_beyond(order, keys, below=order.down is not back))
    return list(db.session.execute(found.order_by(*order.by(back=back)).limit(limit)))


def _sorted(found: Log, order: Order) -> Log:
    """With the columns that it is sorted by."""
    if order.sort == "enterprise":
        found = found.join(_COMPANY, _COMPANY.c.checkin_id == Checkin.id).where(_COMPANY.c.enterprise != "")
    return found.with_only_columns(*order.keys)


def _beyond(order: Order, keys: Sequence[Any], *, below: bool) -> Iterator[ColumnElement[bool]]:
    """The rows beyond these keys; the first key alone is said once more, for an index that has no other."""
    told = [sa.literal(key, column.type) for key, column in zip(keys, order.keys, strict=True)]
    row, place = sa.tuple_(*order.keys), sa.tuple_(*told)
    yield row < place if below else row > place
    yield order.keys[0] <= told[0] if below else order.keys[0] >= told[0]


def cursor_after(order: Order, row: Any) -> str:
    """The cursor of the page after a row of these keys."""
    return _cursor(order, row, "after")


def _cursor(order: Order, row: Any, side: str) -> str:
    """The cursor of the page after a row, or before it."""
    return pages.cursor_of(side, order.sort, *row)


def _place(order: Order, cursor: str | None) -> tuple[bool, tuple[Any, ...]]:
    """Whether a cursor goes back, and its keys; none without one."""
    if not cursor:
        return False, ()
    side, _, *keys = pages.keys_of(
        cursor, pages.one_of("after", "before"), pages.one_of(order.sort), *order.readers
    )
    return side == "before", tuple(keys)


# ── the filter ──────────────────────────────────────────────────────────────────────────────────────────


def _wanted(actor: Actor, wanted: Filter) -> Log:
    """The check-ins in scope that pass the filter."""
    scope = access.scope(actor, "checkin.read")
    mine = Checkin.person_id == actor.person_id
    seen = scopes.visible(scope, unit_id=Checkin.unit_id.expression, mine=mine)
    found: Log = sa.select(Checkin.id).where(seen, *_conditions(wanted))
    return found


def _conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    """The filter as SQL."""
    yield from _period(wanted)
    for column, value in _equal(wanted):
        if value is not None:
            yield column == value
    if wanted.unit_id is not None:
        yield Checkin.unit_id.in_(scopes.units_below(wanted.unit_id))
    if wanted.area_id is not None:
        lain_in = sa.select(CheckinArea.checkin_id).where(CheckinArea.area_id == wanted.area_id)
        yield Checkin.id.in_(lain_in)
    if wanted.visits:
        yield _met()
    if wanted.duty is not None:
        yield _on_duty(wanted.duty)
    yield from _odd(wanted.signal)
    yield from (Checkin.id.in_(search.told_with(word)) for word in search.words(wanted.q))


def _period(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    """The days."""
    if wanted.period is not None:
        first, last = rules.days(wanted.period, clock.day_of(clock.now()))
        yield Checkin.happened_at >= clock.day_starts_at(first)
        yield Checkin.happened_at < clock.day_ends_at(last)
    if wanted.from_ is not None:
        yield Checkin.happened_at >= clock.day_starts_at(wanted.from_)
    if wanted.to is not None:
        yield Checkin.happened_at < clock.day_ends_at(wanted.to)


def _equal(wanted: Filter) -> tuple[tuple[ColumnElement[Any], Any], ...]:
    """The columns that are simply equal to something."""
    return (
        (Checkin.person_id.expression, wanted.person_id),
        (Checkin.trip_id.expression, wanted.trip_id),
        (Checkin.outcome.expression, wanted.verdict),
        (Checkin.kind.expression, wanted.kind),
    )


def _odd(signal: str | None) -> Iterator[ColumnElement[bool]]:
    """With this signal, or any; said so that the index of odd check-ins serves."""
    if signal is None:
        return
    yield Checkin.signals != sa.literal_column("'[]'", type_=JSON)
    if signal != ANY_SIGNAL:
        yield sa.cast(Checkin.signals, sa.Text).contains(f'"{signal}"', autoescape=True)


def _met() -> ColumnElement[bool]:
    """Whether it tells whom they met: with the check-in, or since."""
    added = sa.or_(*(getattr(Supplement, name) != "" for name in MET_TEXTS))
    told = sa.select(Supplement.checkin_id).where(added, supplements.newest())
    return sa.or_(Checkin.id.in_(sa.select(Visit.checkin_id)), Checkin.id.in_(told))


def _on_duty(duty: str) -> ColumnElement[bool]:
    """On a trip of this purpose, or on none."""
    if duty == "none":
        return Checkin.trip_id.is_(None)
    return Checkin.trip_id.in_(sa.select(Trip.id).where(Trip.purpose == duty))
