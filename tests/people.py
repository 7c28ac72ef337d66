"""A county with its people, by name: `county(app)` fills the database and hands out who can sign in.

青溪县 (a made-up county): two townships with a village and a grid each, one department. Nobody here is real.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.config import Settings
from server.db import db
from server.held import held
from server.models.people import Person, RoleGrant
from server.models.sessions import SignInSession
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
            made = self.tokens(device_id=device_id) if device_id else tokens.of_session(self._session(), "")
        return {"Authorization": f"Bearer {made.access_token}"}

    def _session(self) -> UUID:
        """A session put where one belongs, at a third of what beginning one costs: most tests sign somebody in."""
        now = clock.now()
        with transaction() as session:
            made = SignInSession(
                id=uuid4(),
                person_id=self.id,
                kind="app",
                device_name="测试手机",
                created_at=now,
                last_used_at=now,
                expires_at=now + timedelta(days=held(Settings).session_days),
            )
            session.add(made)
            session.flush()
            return made.id

    def tokens(self, *, device_id: UUID | None = None) -> Tokens:
        """A new session of theirs on a phone, begun as signing in begins it."""
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


class Signed(dict[str, Headers]):
    """The headers of a county's people by their part in the tests, each signed in when first asked for."""

    def __init__(self, client: FlaskClient, folk: County) -> None:
        super().__init__()
        self._client, self._folk = client, folk

    def __missing__(self, part: str) -> Headers:
        self[part] = self._folk.everyone[part].sign_in(self._client)
        return self[part]


UNITS = {
    "root": ("青溪县", "county", None),
    "township_a": ("东河镇", "township", "root"),
    "township_b": ("西岭镇", "township", "root"),
    "village_a": ("柳树村", "village", "township_a"),
    "village_b": ("石桥村", "village", "township_b"),
    "grid_a": ("柳树村一网格", "grid", "village_a"),
    "grid_b": ("石桥村一网格", "grid", "village_b"),
    "department": ("投资促进局", "department", "root"),
}
"""What the county's units are called, their kinds, what each is below: those above come first."""

PEOPLE = {
    "cadre": ("陈晓", "cadre", "township_a"),
    "colleague": ("林远", "cadre", "township_a"),
    "grid_member": ("赵田", "grid_member", "grid_a"),
    "cadre_b": ("孙岩", "cadre", "township_b"),
    "official": ("周航", "cadre", "department"),
    "supervisor_a": ("吴清", "supervisor", "township_a"),
    "supervisor_b": ("郑岭", "supervisor", "township_b"),
    "supervisor": ("王鉴", "supervisor", "root"),
    "leader": ("刘衡", "leader", "root"),
    "administrator": ("何理", "administrator", "root"),
    "administrator_a": ("马东", "administrator", "township_a"),
    "auditor": ("徐明", "auditor", "root"),
}
"""What the county's people are called, and the role each has over their unit."""


def county(app: Flask) -> County:
    """Fill the (empty) database, a statement for each table: a thousand tests begin so."""
    units = {part: _unsaved_unit(name, kind) for part, (name, kind, _) in UNITS.items()}
    db.session.add_all(units.values())
    db.session.flush()
    for part, (_, _, above) in UNITS.items():
        _place(units[part], units[above] if above else None)
    folk = {part: _unsaved_person(name, units[where].id) for part, (name, _, where) in PEOPLE.items()}
    db.session.add_all(folk.values())
    db.session.flush()
    db.session.add_all(
        RoleGrant(person_id=folk[part].id, role=role, unit_id=units[where].id)
        for part, (_, role, where) in PEOPLE.items()
    )
    ids = {part: made.id for part, made in units.items()}
    everyone = {part: _someone(made) for part, made in folk.items()}
    db.session.commit()
    return County(**ids, **everyone)  # type: ignore[arg-type]  # the parts are its fields


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
    """A unit, not yet committed."""
    made = _unsaved_unit(name, kind)
    db.session.add(made)
    db.session.flush()
    _place(made, None if parent_id is None else db.session.get_one(Unit, parent_id))
    return made.id


def _unsaved_unit(name: str, kind: str) -> Unit:
    """A unit that has no place yet: a place needs its id."""
    return Unit(code=f"u{next(_numbers)}", name=name, kind=kind, path="")


def _place(made: Unit, parent: Unit | None) -> None:
    """Put a saved unit below another, or at the top."""
    made.parent_id = parent.id if parent else None
    made.path = f"{parent.path if parent else '/'}{made.id}/"


def _person(name: str, unit_id: int, *roles: tuple[str, int], username: str = "") -> Someone:
    """A person, not yet committed."""
    made = _unsaved_person(name, unit_id, username)
    db.session.add(made)
    db.session.flush()
    db.session.add_all(RoleGrant(person_id=made.id, role=role, unit_id=over) for role, over in roles)
    return _someone(made)


def _unsaved_person(name: str, unit_id: int, username: str = "") -> Person:
    """A person who has been here long."""
    long_ago = clock.now() - timedelta(days=400)
    return Person(
        unit_id=unit_id,
        username=username or f"person{next(_numbers)}",
        name=name,
        password_hash=password_hash(),
        password_set_at=long_ago,
        created_at=long_ago,
    )


def _someone(made: Person) -> Someone:
    """Them as the tests know them."""
    return Someone(made.id, made.username, made.unit_id, made.name)


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
