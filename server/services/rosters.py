"""Taking a roster 名册 in: each row is done by the verbs that keep people, all of them in one transaction.

A dry run does the very same and undoes it, so that what it says of a row is what would happen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from server.db import db
from server.errors import PersonRefused, Problem
from server.ingest.rosters import Line
from server.models.people import Person
from server.models.units import Unit
from server.queries import scopes
from server.rules import access, rosters
from server.rules import people as rules
from server.rules.access import Actor
from server.services import hashes, people, standing
from server.services.people import NewPerson, Role
from server.services.unit_names import UnitNames
from server.transaction import transaction


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a row, and why: a sentence in both languages."""

    line: Line
    outcome: str
    zh: str
    en: str
    password: str | None = field(default=None, repr=False)


class _Undone(Exception):
    """Thrown so that nothing of a dry run, or of a roster with a refused row, is kept."""


def take(actor: Actor, lines: Sequence[Line], *, dry: bool) -> dict[str, Any]:
    """Make and change the people of a roster, all rows or none; with `dry` only say what would become of each.

    A user name that is there is changed to what its row says, so that the same roster taken twice changes nothing.
    The first password of each new account is in the answer, once.
    """
    access.ensure_holds(actor, "person.import")
    told = _carry_out(actor, lines, {}, keep=False)
    done = not dry and all(each.outcome != "refused" for each in told)
    if done:
        told = _for_good(actor, lines, told)
    return {
        "done": done and all(each.outcome != "refused" for each in told),
        "counts": {word: sum(each.outcome == word for each in told) for word in rosters.OUTCOMES},
        "rows": [_document(each) for each in told],
    }


def _for_good(actor: Actor, lines: Sequence[Line], told: Sequence[Became]) -> list[Became]:
    """The same and kept, with a password for each new account, hashed before anything is locked."""
    new = [rules.normal(each.line.username) for each in told if each.outcome == "created"]
    passwords = {username: rules.first_password() for username in new}
    hashed = {username: hashes.hash_of(password) for username, password in passwords.items()}
    kept = _carry_out(actor, lines, hashed, keep=True)
    if any(each.outcome == "refused" for each in kept):
        return kept
    return [
        replace(each, password=passwords.get(rules.normal(each.line.username)))
        if each.outcome == "created"
        else each
        for each in kept
    ]


def _carry_out(actor: Actor, lines: Sequence[Line], hashed: Mapping[str, str], *, keep: bool) -> list[Became]:
    """Do every row; undone unless `keep` and none was refused."""
    told: list[Became] = []
    try:
        with transaction():
            told = _each(actor, lines, hashed)
            if not keep or any(each.outcome == "refused" for each in told):
                raise _Undone
    except _Undone:
        return told
    return told


def _each(actor: Actor, lines: Sequence[Line], hashed: Mapping[str, str]) -> list[Became]:
    """What becomes of each row, one after the other."""
    units = _units(actor)
    twice = dict(rosters.repeated([rules.normal(line.username) for line in lines]))
    return [
        _refused(line, *_twice(lines[twice[place]].number))
        if place in twice
        else _one(line, lambda line=line: _act(actor, line, units, hashed))  # type: ignore[misc]
        for place, line in enumerate(lines)
    ]


def _twice(number: int) -> tuple[str, str]:
    """Why the second of two rows of one user name is refused."""
    return f"用户名与第 {number} 行重复。", f"The user name is that of row {number}."


def _one(line: Line, act: Callable[[], Became]) -> Became:
    """One row, by itself: refused, it leaves nothing, and the next one is tried."""
    try:
        with db.session.begin_nested():
            return act()
    except Problem as problem:
        return _refused(line, problem.sentence_zh, problem.sentence_en)


def _act(actor: Actor, line: Line, units: UnitNames, hashed: Mapping[str, str]) -> Became:
    """Make or change one person."""
    username = rules.normal(line.username)
    rules.check_username(username)
    rosters.check(line.name, line.post)
    wanted = rosters.roles_of(line.roles)
    unit_id = units.of(line.unit)
    person = db.session.scalar(sa.select(Person).where(Person.username == username))
    if person is None:
        return _make(actor, line, unit_id, wanted, hashed.get(username, "-"))
    return _change(actor, line, person, unit_id, wanted)


def _make(actor: Actor, line: Line, unit_id: int, wanted: Sequence[str], password_hash: str) -> Became:
    """A new account with its roles over its own unit."""
    told = NewPerson(rules.normal(line.username), line.name, unit_id, line.post)
    made = people.create_hashed(actor, told, password_hash)
    if wanted:
        people.set_roles(actor, made["id"], [Role(role, unit_id) for role in wanted])
    named = "、".join(access.ROLE_WORDS[role][0] for role in wanted) or "无"
    zh = f"新建账号，单位“{made['unit']['name']}”，角色：{named}。"
    return Became(line, "created", zh, f"A new account, roles: {', '.join(wanted) or 'none'}.")


def _change(actor: Actor, line: Line, person: Person, unit_id: int, wanted: Sequence[str]) -> Became:
    """Bring an account that is there to what its row says; roles are added, none is taken."""
    standing.governed(actor, person.id, "person.update")
    _ensure_same(line, person)
    now = {"post": person.post, "unit_id": person.unit_id}
    told = {"post": line.post or person.post, "unit_id": unit_id}
    changes: dict[str, Any] = {name: value for name, value in told.items() if now[name] != value}
    changed = list(changes)
    if changes:
        people.update(actor, person.id, changes)
    if people.add_roles(actor, person.id, [Role(role, unit_id) for role in wanted]):
        changed.append("roles")
    if not changed:
        return Became(line, "unchanged", "已是如此，不作改动。", "It is like this already.")
    zh, en = ([rosters.CHANGES[name][place] for name in changed] for place in (0, 1))
    return Became(line, "changed", f"修改{'、'.join(zh)}。", f"Changes: {', '.join(en)}.")


def _ensure_same(line: Line, person: Person) -> None:
    """`PersonRefused` where the user name belongs to somebody else, or to somebody who left: a slip, not a change."""
    if person.name != line.name:
        raise PersonRefused(
            why_zh=f"用户名 {person.username} 属于“{person.name}”，姓名不同；改名请在人员页面",
            why_en=f"the user name {person.username} is {person.name}'s; rename people on their page",
        )
    if person.left_at is not None:
        raise PersonRefused(
            why_zh="此人已离开，请先重新启用", why_en="this person has left; take them back first"
        )


def _refused(line: Line, zh: str, en: str) -> Became:
    """A row that cannot be done."""
    return Became(line, "refused", zh, en)


def _units(actor: Actor) -> UnitNames:
    """The units an administrator keeps people of."""
    scope = access.scope(actor, "person.create")
    rows = db.session.scalars(
        sa.select(Unit).where(scopes.within(scope.paths), Unit.retired_at.is_(None)).order_by(Unit.id)
    ).all()
    return UnitNames(rows, PersonRefused)


def _document(each: Became) -> dict[str, Any]:
    """One row as it goes out."""
    line = each.line
    return {
        "row": line.number,
        "username": line.username,
        "name": line.name,
        "unit": line.unit,
        "outcome": each.outcome,
        "zh": each.zh,
        "en": each.en,
        "password": each.password,
    }
