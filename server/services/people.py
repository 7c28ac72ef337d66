"""Keeping accounts: make, change, move, let go, and give roles. Rights never exceed those of who gives them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import PersonRefused
from server.models.checkins import LastPlace
from server.models.invitations import Invitation
from server.models.people import Person, RoleGrant
from server.models.units import Unit
from server.queries import people as reads
from server.queries import trips as reads_of_trips
from server.rules import access, people
from server.rules.access import Actor, Grant
from server.services import (
    consents,
    events,
    households,
    invitations,
    matters,
    passwords,
    projects,
    sessions,
    standing,
    trackers,
    trips,
)
from server.transaction import verb


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account to be made. Without `password` a random one is made and told once; not told, but replaced by a link
    with which its person sets their own, where `invite`.
    """

    username: str
    name: str
    unit_id: int
    post: str = ""
    password: str | None = field(default=None, repr=False)
    invite: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """A role over a unit and everything below it."""

    role: str
    unit_id: int


def create(actor: Actor, told: NewPerson) -> dict[str, Any]:
    """Make an account without roles; its person must change the password first, or set one by the link.

    The person's document, with `password` (the random one; None when it was given, or with `invite`) and `invitation`.
    """
    _ensure_may_create(actor, told.unit_id)
    username = people.normal(told.username)
    people.check_username(username)
    made = None if told.password is not None else people.first_password()
    password_hash = passwords.checked_hash(told.password or made or "", username)
    document = _create(actor, told, username, password_hash)
    return document | {"password": None if told.invite else made}


@verb
def _ensure_may_create(actor: Actor, unit_id: int) -> None:
    """`Forbidden` unless the actor keeps the accounts of this unit."""
    access.ensure(actor, "person.create", path=_open_unit(unit_id).path)


@verb
def _create(actor: Actor, told: NewPerson, username: str, password_hash: str) -> dict[str, Any]:
    """Keep the account, if the actor still may."""
    _ensure_may_create(actor, told.unit_id)
    person = add(told, username, password_hash, must_change=True)
    events.record("person.created", actor_id=actor.person_id, unit_id=person.unit_id, person_id=person.id)
    link = invitations.issue(actor, person) if told.invite else None
    return reads.document(actor, person.id) | {"invitation": link}


@verb
def create_hashed(actor: Actor, told: NewPerson, password_hash: str) -> dict[str, Any]:
    """Make an account whose first password was hashed already, as for many at once."""
    return _create(actor, told, told.username, password_hash)


def add(told: NewPerson, username: str, password_hash: str, *, must_change: bool) -> Person:
    """Add the row; `PersonRefused` when the user name is taken. Within a verb."""
    now = clock.now()
    person = Person(
        unit_id=told.unit_id,
        username=username,
        name=told.name,
        post=told.post,
        password_hash=password_hash,
        password_set_at=now,
        must_change_password=must_change,
        created_at=now,
    )
    db.session.add(person)
    try:
        db.session.flush()
    except sa.exc.IntegrityError as error:
        raise PersonRefused(why_zh="用户名已被使用", why_en="the user name is taken") from error
    return person


@verb
def update(actor: Actor, person_id: int, changes: dict[str, Any]) -> dict[str, Any]:
    """Change `name`, `post`, `unit_id` (they move) or `left` (they leave, or come back without roles).

    With `roles_move` who moves holds over the new unit what they held over the old one.
    """
    if changes.get("left"):
        reads_of_trips.hold_open_of(person_id)
    person = standing.governed(actor, person_id, "person.update")
    left, with_roles = changes.pop("left", None), changes.pop("roles_move", False)
    if "unit_id" in changes:
        access.ensure(actor, "person.update", path=_open_unit(changes["unit_id"]).path)
    changed = {name: value for name, value in changes.items() if getattr(person, name) != value}
    moved = {"from_unit": person.unit_id, "to_unit": changed["unit_id"]} if "unit_id" in changed else {}
    for name, value in changed.items():
        setattr(person, name, value)
    db.session.flush()
    if changed:
        _record(actor, "person.updated", person, changed=sorted(changed), **moved)
    if moved:
        matters.leave_to_unit(person_id)
        households.release_all_of(person_id)
    if moved and with_roles:
        _move_roles(actor, person_id, moved["from_unit"], moved["to_unit"])
    if left is not None and left != (person.left_at is not None):
        _let_go(actor, person) if left else _take_again(actor, person)
    return reads.document(actor, person_id)


def _move_roles(actor: Actor, person_id: int, old: int, new: int) -> None:
    """Hold over the new unit what was held over the old one; what is held over others stays."""
    held = _held(person_id)
    if any(unit_id == old for _, unit_id in held):
        moved = [Role(role, new if unit_id == old else unit_id) for role, unit_id in sorted(held)]
        set_roles(actor, person_id, moved)


def _let_go(actor: Actor, person: Person) -> None:
    """The person leaves: no session, tracker or role is left, and they are on no map; what they did stays.

    What they had to handle is their unit's. Their consents end. A trip on which nobody else is left ends too, or is
    called off where it had not begun.
    """
    if person.id == actor.person_id:
        raise PersonRefused(why_zh="不能停用自己的账号", why_en="nobody closes their own account")
    if standing.is_county_administrator(person.id):
        standing.ensure_another_administrator(person.id)
    person.left_at = clock.now()
    db.session.execute(sa.delete(RoleGrant).where(RoleGrant.person_id == person.id))
    db.session.execute(sa.delete(LastPlace).where(LastPlace.person_id == person.id))
    db.session.execute(sa.delete(Invitation).where(Invitation.person_id == person.id))
    sessions.end_all_of(person.id, "left", actor_id=actor.person_id)
    trackers.end_all_of(person.id, "left", actor_id=actor.person_id)
    consents.withdraw_all_of(person.id, actor_id=actor.person_id)
    trips.end_all_alone(person.id, actor_id=actor.person_id)
    matters.leave_to_unit(person.id)
    households.release_all_of(person.id)
    projects.leave_to_unit(person.id)
    _record(actor, "person.updated", person, changed=["left"])


def _take_again(actor: Actor, person: Person) -> None:
    """The person comes back, to a unit that is still there, without any role."""
    _open_unit(person.unit_id)
    person.left_at = None
    _record(actor, "person.updated", person, changed=["returned"])


@verb
def set_roles(actor: Actor, person_id: int, roles: Sequence[Role]) -> dict[str, Any]:
    """Let a person hold exactly these roles. Nobody changes their own; who gives or takes one administers its unit.

    `PersonRefused` for roles that are kept apart, for somebody who left, and for the county's last administrator.
    """
    person = standing.locked(person_id)
    access.ensure_seen(actor, "person.grant", path=standing.path_of(person.unit_id))
    if person.id == actor.person_id:
        raise PersonRefused(why_zh="不能修改自己的角色", why_en="nobody changes their own roles")
    if person.left_at is not None and roles:
        raise PersonRefused(why_zh="此人已离开", why_en="this person has left")
    before, after = _held(person_id), {(each.role, each.unit_id) for each in roles}
    given, taken = after - before, before - after
    _ensure_may_grant(actor, given, taken)
    _ensure_apart(after)
    if any(_is_county_administration(*each) for each in taken):
        standing.ensure_another_administrator(person_id)
    _apply(person_id, given, taken)
    if given or taken:
        _record(actor, "person.granted", person, given=_facts(given), taken=_facts(taken))
    return reads.document(actor, person_id)


@verb
def add_roles(actor: Actor, person_id: int, roles: Sequence[Role]) -> bool:
    """Let a person hold these roles beside those they hold; whether that was anything new."""
    held = _held(person_id)
    if {(each.role, each.unit_id) for each in roles} <= held:
        return False
    set_roles(actor, person_id, [*roles, *(Role(role, unit_id) for role, unit_id in sorted(held))])
    return True


def _held(person_id: int) -> set[tuple[str, int]]:
    """The roles held now, as (role, unit)."""
    rows = db.session.execute(
        sa.select(RoleGrant.role, RoleGrant.unit_id).where(RoleGrant.person_id == person_id)
    )
    return {(role, unit_id) for role, unit_id in rows}


def _ensure_may_grant(actor: Actor, given: set[tuple[str, int]], taken: set[tuple[str, int]]) -> None:
    """`Forbidden` unless the actor administers the unit of every role that changes; a retired unit gets none."""
    for _, unit_id in taken:
        access.ensure(actor, "person.grant", path=standing.path_of(unit_id))
    for _, unit_id in given:
        access.ensure(actor, "person.grant", path=_open_unit(unit_id).path)


def _ensure_apart(after: set[tuple[str, int]]) -> None:
    """`PersonRefused` when two of the roles are kept apart."""
    found = access.clash([Grant(role, standing.path_of(unit_id)) for role, unit_id in sorted(after)])
    if found is None:
        return
    (one_zh, one_en), (other_zh, other_en) = (access.ROLE_WORDS[grant.role] for grant in found)
    raise PersonRefused(
        why_zh=f"同一单位范围内，“{one_zh}”与“{other_zh}”不能由一人兼任",
        why_en=f"over the same units nobody is both {one_en} and {other_en}",
    )


def _is_county_administration(role: str, unit_id: int) -> bool:
    """Whether a role is that of administering the whole county."""
    return role == standing.ADMINISTRATOR and access.is_root(standing.path_of(unit_id))


def _apply(person_id: int, given: set[tuple[str, int]], taken: set[tuple[str, int]]) -> None:
    """Change the rows."""
    for role, unit_id in taken:
        db.session.execute(
            sa.delete(RoleGrant).where(
                RoleGrant.person_id == person_id, RoleGrant.role == role, RoleGrant.unit_id == unit_id
            )
        )
    for role, unit_id in sorted(given):
        db.session.add(RoleGrant(person_id=person_id, role=role, unit_id=unit_id))
    db.session.flush()


def _facts(roles: set[tuple[str, int]]) -> list[dict[str, Any]]:
    """Roles as an event keeps them."""
    return [{"role": role, "unit": unit_id} for role, unit_id in sorted(roles)]


def _open_unit(unit_id: int) -> Unit:
    """The unit; `PersonRefused` when there is none, or it is retired."""
    unit = db.session.get(Unit, unit_id, populate_existing=True)
    if unit is None or unit.retired_at is not None:
        raise PersonRefused(why_zh="单位不存在或已停用", why_en="there is no such unit, or it is retired")
    return unit


def _record(actor: Actor, kind: str, person: Person, **facts: Any) -> None:
    """Record what was done to a person."""
    events.record(kind, actor_id=actor.person_id, unit_id=person.unit_id, person_id=person.id, **facts)


# ── the first administrator ─────────────────────────────────────────────────────────────────────────────


@verb
def create_administrator(username: str, name: str, password_hash: str, *, county_name: str) -> int:
    """From the server's command line: an administrator of the county, which is made when there is none. Their id."""
    root_id = db.session.scalar(sa.select(Unit.id).where(Unit.parent_id.is_(None))) or _make_county(
        county_name
    )
    people.check_username(username)
    person = add(NewPerson(username, name, root_id), username, password_hash, must_change=False)
    db.session.add(RoleGrant(person_id=person.id, role=standing.ADMINISTRATOR, unit_id=root_id))
    events.record("person.created", actor_id=None, unit_id=root_id, person_id=person.id)
    given = _facts({(standing.ADMINISTRATOR, root_id)})
    events.record(
        "person.granted", actor_id=None, unit_id=root_id, person_id=person.id, given=given, taken=[]
    )
    return person.id


def _make_county(name: str) -> int:
    """The first unit. Its id."""
    county = Unit(parent_id=None, code="county", name=name, kind="county", path="", position=0)
    db.session.add(county)
    db.session.flush()
    county.path = f"/{county.id}/"
    events.record("unit.created", actor_id=None, unit_id=county.id, subject=county.id)
    return county.id
