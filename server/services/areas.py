"""Areas: import a boundary file all or nothing, retire an area. Versions are added, never changed or taken away.

Reading, mending and measuring a file may take seconds and happens outside of any transaction; what publishes is
short, and one publication at a time.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import shapely
import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.errors import AreaRefused, AreasRefused, NotFound
from server.geo import measure
from server.geo.datum import Datum
from server.held import held
from server.ingest import boundaries
from server.ingest.boundaries import Feature, Limits, Refusal
from server.models.areas import Area, AreaGeneration, AreaVersion
from server.queries import boundaries as reads
from server.rules import access, areas
from server.rules.access import Actor
from server.rules.areas import Draft, Known
from server.services import events
from server.transaction import verb

Fields = dict[str, list[dict[str, str]]]
"""Refusals: the feature or field at fault → sentences in both languages."""


@dataclass(frozen=True, slots=True)
class Import:
    """A file as it was read, each draft under a code of its own, and what was said about it."""

    drafts: tuple[Draft, ...]
    kind: str
    datum: Datum
    parent_code: str | None
    valid_from: datetime | None


def import_file(  # noqa: PLR0913  the questions of the import form, each by its name
    actor: Actor | None,
    data: bytes,
    filename: str,
    *,
    kind: str,
    datum: Datum,
    name_field: str,
    code_field: str | None = None,
    households_field: str | None = None,
    parent_code: str | None = None,
    valid_from: datetime | None = None,
) -> dict[str, Any]:
    """Publish the areas of a boundary file; tells how many were created, changed, unchanged, and each mend.

    With `households_field` it says of how many areas the number of households is another now (`counted`).

    All or nothing: `AreasRefused` names every feature at fault, `BoundaryFileError` says why a file cannot be
    read. `actor` None is the system itself (the command line). Without `code_field` names are codes. An area of
    the same kind and code gets a new version where its boundary or name is another. Without `valid_from` a new
    area is valid since always, and a new version of one that is there from now on.
    """
    if actor is not None:
        access.ensure_holds(actor, "area.import")
    fields = {
        "name_field": name_field,
        "code_field": code_field or name_field,
        "households_field": households_field,
    }
    drafts = _read(data, filename, datum, fields)
    report = _publish(actor, Import(drafts, kind, datum, parent_code, valid_from))
    return report | {"mended": mends(drafts)}


@verb
def update(actor: Actor, area_id: int, households: int | None) -> dict[str, Any]:
    """Say how many households there are in an area, None where nobody knows; its boundary stays. `NotFound`."""
    access.ensure_holds(actor, "area.update")
    area = db.session.get(Area, area_id, populate_existing=True, with_for_update=True)
    if area is None:
        raise NotFound
    if area.households != households:
        area.households = households
        db.session.flush()
        events.record("area.updated", actor_id=actor.person_id, subject=area_id, households=households)
    return reads.one(actor, area_id)


@verb
def retire(actor: Actor, area_id: int, from_: datetime | None = None) -> dict[str, Any]:
    """Take an area out of force from an instant on (now by default), for good; what was judged stays judged.

    `NotFound`; `AreaRefused` where it is retired already.
    """
    access.ensure_holds(actor, "area.retire")
    _wait_for_others()
    area = db.session.get(Area, area_id, populate_existing=True)
    if area is None:
        raise NotFound
    if area.retired_from is not None:
        raise AreaRefused(why_zh="已经停用", why_en="it is retired already")
    area.retired_from = from_ or clock.now()
    db.session.flush()
    _announce(actor, "area.retired", subject=area_id, retired_from=clock.iso(area.retired_from))
    return reads.one(actor, area_id)


# ── reading a file ──────────────────────────────────────────────────────────────────────────────────────


def _read(data: bytes, filename: str, datum: Datum, fields: Mapping[str, Any]) -> tuple[Draft, ...]:
    """The areas of a file, measured; `AreasRefused` names every feature that cannot be one."""
    file = boundaries.read(data, filename, datum=datum, limits=limits(), **fields)
    _refuse(by_feature(file.refusals))
    return tuple(map(draft, file.features))


def limits() -> Limits:
    """What a boundary file may be at most, by the settings."""
    settings = held(Settings)
    return Limits(max_bytes=settings.upload_mb * 2**20, max_vertices=settings.feature_vertices)


def by_feature(refusals: Iterable[Refusal]) -> Fields:
    """Refusals under the feature they are of."""
    fields: Fields = {}
    for refusal in refusals:
        said = {"code": refusal.code, "zh": refusal.zh, "en": refusal.en}
        fields.setdefault(feature_word(refusal.number), []).append(said)
    return fields


def feature_word(number: int) -> str:
    """How a refusal names a feature of the file, counted from 1."""
    return f"feature {number}"


def draft(feature: Feature) -> Draft:
    """A feature, measured; its digest is the same in whatever order the boundary is drawn."""
    return Draft(
        feature=feature.number,
        code=feature.code or feature.name,
        name=feature.name,
        wkb=shapely.to_wkb(feature.geometry),
        digest=hashlib.sha256(shapely.to_wkb(shapely.normalize(feature.geometry))).hexdigest(),
        area_m2=measure.area_m2(feature.geometry),
        repairs=feature.repairs,
        households=feature.households,
    )


def mends(drafts: Iterable[Draft]) -> list[dict[str, Any]]:
    """What was mended, an entry for each feature and mend."""
    return [
        {"feature": draft.feature, "code": mend.value, "zh": mend.zh, "en": mend.en}
        for draft in drafts
        for mend in draft.repairs
    ]


def _refuse(fields: Fields) -> None:
    """`AreasRefused` when there is anything to refuse."""
    if fields:
        raise AreasRefused(count=sum(map(len, fields.values())), fields=fields)


# ── publishing ──────────────────────────────────────────────────────────────────────────────────────────


@verb
def _publish(actor: Actor | None, told: Import) -> dict[str, Any]:
    """Publish what is new or news; a short transaction."""
    _wait_for_others()
    parent_id = _parent_id(told)
    changes = areas.compare(told.drafts, known(told.kind), parent_id=parent_id, valid_from=told.valid_from)
    _refuse({feature_word(draft.feature): [RETIRED] for draft in changes.retired})
    versions = _first_versions(changes.new, told, parent_id) + _next_versions(changes.news, told)
    _store(versions, told.datum, published_by=None if actor is None else actor.person_id)
    _move(changes.moved, parent_id)
    if versions or changes.moved:
        numbers = [[version["area_id"], version["number"]] for version in versions]
        _announce(actor, "area.published", area_kind=told.kind, versions=numbers, moved=list(changes.moved))
    return changes.counts() | {"counted": _count_households(actor, told)}


def _count_households(actor: Actor | None, told: Import) -> int:
    """Keep the numbers of households that a file tells; of how many areas it is another than before."""
    wanted = {draft.code: draft.households for draft in told.drafts if draft.households is not None}
    of_kind = sa.select(Area.id, Area.code, Area.households).where(Area.kind == told.kind)
    other = [
        {"id": row.id, "households": wanted[row.code]}
        for row in db.session.execute(of_kind)
        if row.code in wanted and row.households != wanted[row.code]
    ]
    if other:
        db.session.execute(sa.update(Area), other)
        numbers = [[row["id"], row["households"]] for row in other]
        actor_id = None if actor is None else actor.person_id
        events.record("area.updated", actor_id=actor_id, households=numbers)
    return len(other)


def _wait_for_others() -> None:
    """One publication at a time: whoever comes second sees what the first did (SQLite has one writer anyway)."""
    db.session.execute(sa.select(AreaGeneration.number).with_for_update())


def known(kind: str) -> dict[str, Known]:
    """The areas of a kind by their codes, with the version published last."""
    last = sa.select(AreaVersion.area_id, sa.func.max(AreaVersion.number).label("number"))
    of_area = last.group_by(AreaVersion.area_id).subquery()
    statement = (
        sa.select(
            Area.code,
            Area.id,
            Area.parent_id,
            Area.retired_from.is_not(None),
            AreaVersion.number,
            AreaVersion.name,
            AreaVersion.digest,
            AreaVersion.valid_from,
        )
        .join(of_area, of_area.c.area_id == Area.id)
        .join(AreaVersion, (AreaVersion.area_id == Area.id) & (AreaVersion.number == of_area.c.number))
        .where(Area.kind == kind)
    )
    return {
        code: Known(area_id, parent_id, retired, number, name, digest, valid_from)
        for code, area_id, parent_id, retired, number, name, digest, valid_from in db.session.execute(
            statement
        )
    }


def _parent_id(told: Import) -> int | None:
    """The area that those of the file lie in; `AreasRefused` where it is not there or nothing lies in it."""
    if told.parent_code is None:
        return None
    kind = areas.PARENT_KINDS.get(told.kind)
    statement = sa.select(Area.id).where(Area.kind == kind, Area.code == told.parent_code)
    parent_id = db.session.scalar(statement.where(Area.retired_from.is_(None)))
    if parent_id is None:
        _refuse({"parent_code": [_no_parent(told.parent_code, kind)]})
    return parent_id


RETIRED = {
    "code": "retired",
    "zh": "同类同编码的区域已停用，不能再发布",
    "en": "the area of this kind and code is retired and is not published again",
}


def _no_parent(code: str, kind: str | None) -> dict[str, str]:
    """Why a parent's code leads nowhere."""
    if kind is None:
        zh, en = "这一类区域没有上级区域", "areas of this kind have no parent"
        return {"code": "no_parent", "zh": zh, "en": en}
    return {
        "code": "no_parent",
        "zh": f"没有编码为“{code}”的上级区域（{kind}）",
        "en": f"there is no {kind} of the code “{code}” to be the parent",
    }


def _first_versions(new: Sequence[Draft], told: Import, parent_id: int | None) -> list[dict[str, Any]]:
    """Make areas that are new; their first versions as rows."""
    if not new:
        return []
    now = clock.now()
    rows = [
        {"kind": told.kind, "code": draft.code, "name": draft.name, "parent_id": parent_id, "created_at": now}
        for draft in new
    ]
    made = db.session.execute(sa.insert(Area).returning(Area.code, Area.id), rows)
    ids = dict(made.all())
    valid_from = told.valid_from or areas.ALWAYS
    return [_version(ids[draft.code], 1, draft, valid_from) for draft in new]


def _next_versions(news: Sequence[tuple[Draft, Known]], told: Import) -> list[dict[str, Any]]:
    """Call changed areas by their new names; their next versions as rows."""
    names = [{"id": area.area_id, "name": draft.name} for draft, area in news]
    if names:
        db.session.execute(sa.update(Area), names)
    valid_from = told.valid_from or clock.now()
    return [_version(area.area_id, area.number + 1, draft, valid_from) for draft, area in news]


def _version(area_id: int, number: int, draft: Draft, valid_from: datetime) -> dict[str, Any]:
    """The row of a version, but for what all versions of an import share."""
    return {
        "area_id": area_id,
        "number": number,
        "name": draft.name,
        "valid_from": valid_from,
        "repairs": [mend.value for mend in draft.repairs],
        "area_m2": draft.area_m2,
        "digest": draft.digest,
        "wkb": draft.wkb,
    }


_VERSIONS = cast(sa.Table, AreaVersion.__table__)


def _store(versions: list[dict[str, Any]], source: Datum, *, published_by: int | None) -> None:
    """Insert the versions' rows."""
    if not versions:
        return
    wkb = sa.bindparam("wkb", type_=sa.LargeBinary())
    statement = sa.insert(_VERSIONS).values(
        published_at=clock.now(),
        published_by=published_by,
        source_datum=source.value,
        boundary=sa.func.ST_GeomFromWKB(wkb, 4326),
    )
    db.session.execute(statement, versions)


def _move(area_ids: Sequence[int], parent_id: int | None) -> None:
    """Give areas another parent."""
    if area_ids:
        db.session.execute(sa.update(Area), [{"id": area_id, "parent_id": parent_id} for area_id in area_ids])


def _announce(actor: Actor | None, kind: str, *, subject: int | str = "", **facts: Any) -> None:
    """Record what was published, and let every process know that its snapshot is old."""
    grown = sa.update(AreaGeneration).values(number=AreaGeneration.number + 1)
    generation = db.session.scalar(grown.returning(AreaGeneration.number))
    actor_id = None if actor is None else actor.person_id
    events.record(kind, actor_id=actor_id, subject=subject, generation=generation, **facts)
