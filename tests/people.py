"""A county with its people, by name: `county(app)` fills the database and hands out who can sign in.

青溪县 (a made-up county): two townships with a village and a grid each, one department. Nobody here is real.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.models.people import Person, RoleGrant
from server.models.units import Unit
from server.queries import actors
from server.queries import sessions as standing
from server.rules.access import Actor
from server.services import hashes, sessions, signin, tokens
from server.services.sessions import Device
from server.services.signin import Opened
from server.services.tokens import Tokens
from server.transaction import transaction

PASSWORD = "Qing-Xi-2026!"
Headers = dict[str, str]

_numbers = count(1)


@cache
def password_hash() -> str:
    """The hash of `PASSWORD`, made once in a run: hashing is slow on purpose."""
    return hashes.hash_of(PASSWORD)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who can sign in."""

    id: int
    username: str
    unit_id: int
    name: str = ""
    password: str = PASSWORD

    def sign_in(self, client: FlaskClient, *, device_id: UUID | None = None) -> Headers:
        """The headers of a new session of theirs on a phone, opened without the slow look at the password."""
        with client.application.app_context():
            return {"Authorization": f"Bearer {self.tokens(device_id=device_id).access_token}"}

    def tokens(self, *, device_id: UUID | None = None) -> Tokens:
        """A new session of theirs on a phone."""
        with transaction() as session:
            found = session.get_one(Person, self.id)
            session_id = sessions.begin(found, Device("app", "测试手机", device_id))
            refresh_token = tokens.issue(session_id)
        return tokens.of_session(session_id, refresh_token)

    @property
    def actor(self) -> Actor:
        """They as an actor without a session, as the command line sees them."""
        found = actors.by_person(self.id)
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class County:
    """The units by id, and the people. `A` and `B` are the two townships."""

    root: int
    department: int
    township_a: int
    village_a: int
    grid_a: int
    township_b: int
    village_b: int
    grid_b: int
    cadre: Someone
    colleague: Someone
    grid_member: Someone
    cadre_b: Someone
    official: Someone
    supervisor_a: Someone
    supervisor_b: Someone
    supervisor: Someone
    leader: Someone
    administrator: Someone
    administrator_a: Someone
    auditor: Someone

    @property
    def everyone(self) -> dict[str, Someone]:
        """All of them by their part in the tests."""
        return {
            name: getattr(self, name) for name in self.__slots__ if isinstance(getattr(self, name), Someone)
        }


def county(app: Flask) -> County:
    """Fill the (empty) database; within the application's context."""
    root = _unit("青溪县", "county", None)
    a, b = _unit("东河镇", "township", root), _unit("西岭镇", "township", root)
    village_a, village_b = _unit("柳树村", "village", a), _unit("石桥村", "village", b)
    grid_a, grid_b = _unit("柳树村一网格", "grid", village_a), _unit("石桥村一网格", "grid", village_b)
    department = _unit("投资促进局", "department", root)
    made = County(
        root=root,
        department=department,
        township_a=a,
        village_a=village_a,
        grid_a=grid_a,
        township_b=b,
        village_b=village_b,
        grid_b=grid_b,
        cadre=_person("陈晓", a, ("cadre", a)),
        colleague=_person("林远", a, ("cadre", a)),
        grid_member=_person("赵田", grid_a, ("grid_member", grid_a)),
        cadre_b=_person("孙岩", b, ("cadre", b)),
        official=_person("周航", department, ("cadre", department)),
        supervisor_a=_person("吴清", a, ("supervisor", a)),
        supervisor_b=_person("郑岭", b, ("supervisor", b)),
        supervisor=_person("王鉴", root, ("supervisor", root)),
        leader=_person("刘衡", root, ("leader", root)),
        administrator=_person("何理", root, ("administrator", root)),
        administrator_a=_person("马东", a, ("administrator", a)),
        auditor=_person("徐明", root, ("auditor", root)),
    )
    db.session.commit()
    return made


def unit(name: str, kind: str, parent_id: int | None) -> int:
    """A unit below another. Its id."""
    made_id = _unit(name, kind, parent_id)
    db.session.commit()
    return made_id


def person(name: str, unit_id: int, *roles: tuple[str, int], username: str = "") -> Someone:
    """A person of a unit with roles, each (role, unit)."""
    made = _person(name, unit_id, *roles, username=username)
    db.session.commit()
    return made


def _unit(name: str, kind: str, parent_id: int | None) -> int:
    """A unit, not yet committed: a county is committed once."""
    made = Unit(parent_id=parent_id, code=f"u{next(_numbers)}", name=name, kind=kind, path="")
    db.session.add(made)
    db.session.flush()
    above = "/" if parent_id is None else db.session.get_one(Unit, parent_id).path
    made.path = f"{above}{made.id}/"
    return made.id


def _person(name: str, unit_id: int, *roles: tuple[str, int], username: str = "") -> Someone:
    """A person, not yet committed."""
    username = username or f"person{next(_numbers)}"
    long_ago = clock.now() - timedelta(days=400)
    made = Person(
        unit_id=unit_id,
        username=username,
        name=name,
        password_hash=password_hash(),
        password_set_at=long_ago,
        created_at=long_ago,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(RoleGrant(person_id=made.id, role=role, unit_id=over) for role, over in roles)
    return Someone(made.id, username, unit_id, name)


def open_app(**how: Any) -> Tokens:
    """A phone signed in with the password alone, by whoever has no second factor."""
    opened = signin.open_app(**how)
    assert isinstance(opened, Tokens)
    return opened


def open_browser(**how: Any) -> Opened:
    """A browser, likewise."""
    opened = signin.open_browser(**how)
    assert isinstance(opened, Opened)
    return opened


def is_over(session_id: UUID) -> bool:
    """Whether a session is over, as the next request would find it."""
    db.session.rollback()
    return standing.by_id(session_id) is None
