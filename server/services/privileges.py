"""What the role that serves may do to a PostgreSQL database that another role owns and migrates.

Everything but define tables, and of what is only ever added nothing but add: neither a stolen password of the server's
nor a fault in it can change or delete what was done, who looked at whom, or a closed day.
"""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from server.db import db
from server.errors import DatabaseRefused
from server.transaction import verb

ONLY_ADDED: Final = ("events", "closings", "looks", "household_looks")
"""Tables whose rows the role that serves may add and read, and no more."""


@verb
def give(role: str) -> None:
    """Give a role what serving takes, and take from it what it must not have; as often as one likes.

    Run it as the owner. `DatabaseRefused` on SpatiaLite, and for a role that is missing or owns the tables anyway.
    """
    if db.engine.dialect.name != "postgresql":
        raise DatabaseRefused(
            why_zh="SpatiaLite 没有用户之分；记录由触发器保护",
            why_en="SpatiaLite knows no roles; triggers guard its record",
        )
    _ensure_apart(role)
    for statement in _statements(db.engine.dialect.identifier_preparer.quote(role), _schema()):
        db.session.execute(sa.text(statement))


def _ensure_apart(role: str) -> None:
    """Refuse a role that could change the tables whatever it is given."""
    found = db.session.execute(
        sa.text(
            "SELECT rolsuper OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = :role"
        ),
        {"role": role},
    ).scalar_one_or_none()
    if found is None:
        raise DatabaseRefused(
            why_zh=f"没有用户 {role}，请先建立", why_en=f"there is no role {role}; create it first"
        )
    if found:
        raise DatabaseRefused(
            why_zh=f"用户 {role} 是超级用户，或就是表的所有者",
            why_en=f"the role {role} is a superuser or owns the tables",
        )


def _schema() -> str:
    """The county's schema, quoted."""
    name: str = db.session.execute(sa.text("SELECT current_schema()")).scalar_one()
    return db.engine.dialect.identifier_preparer.quote(name)


def _statements(role: str, schema: str) -> Iterator[str]:
    """What is given, what is taken; both names are quoted."""
    rows = "SELECT, INSERT, UPDATE, DELETE"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    yield f"GRANT {rows} ON ALL TABLES IN SCHEMA {schema} TO {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
    yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {rows} ON TABLES TO {role}"
    yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}"
    for table in ONLY_ADDED:
        yield f"REVOKE ALL ON {schema}.{table} FROM {role}"
        yield f"GRANT SELECT, INSERT ON {schema}.{table} TO {role}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON {schema}.alembic_version FROM {role}"
