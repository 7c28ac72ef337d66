"""Whether the database answers, and is the shape this release needs."""

import os
from functools import cache

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from server.db import MIGRATIONS, db, refused
from server.errors import DatabaseRefused
from server.models.contractions import Contraction


def migration() -> str:
    """The database's migration: this release's, or a newer one that took nothing away which this release needs.

    `DatabaseRefused` when it does not answer, or is another.
    """
    try:
        kept: str | None = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except sa.exc.DBAPIError as error:
        db.session.rollback()
        raise _refusal(error) from error
    if kept is None or (kept in known() and kept != newest()):
        raise DatabaseRefused(
            why_zh=f"版本是 {kept or '空'}，程序需要 {newest()}，请运行 flask db upgrade",
            why_en=f"it is at {kept or 'nothing'}, this release needs {newest()}; run flask db upgrade",
        )
    if kept != newest():
        _ensure_expanded(kept)
    return kept


def _ensure_expanded(kept: str) -> None:
    """`DatabaseRefused` where a newer release took away what this one needs (docs/operations.md, "Upgrading")."""
    oldest = db.session.scalars(sa.select(Contraction.oldest).order_by(Contraction.migration)).all()
    if not known().issuperset(oldest):
        raise DatabaseRefused(
            why_zh=f"版本是 {kept}，比这个程序新得多，请改用新版本程序",
            why_en=f"it is at {kept}, too new for this release; run the newer one",
        )


def ensure_writable() -> None:
    """`DatabaseRefused` where the database can be read alone."""
    if not writable():
        raise DatabaseRefused(
            why_zh="数据库处于只读状态，暂时只能查看",
            why_en="it is read-only; for now everything can only be read",
            retry_after_s=30,
        )


def writable() -> bool:
    """Whether the database takes anything in, by what it says of itself."""
    if db.engine.dialect.name == "postgresql":
        return bool(db.session.scalar(sa.text("SELECT current_setting('transaction_read_only') = 'off'")))
    queries_only = db.session.scalar(sa.text("PRAGMA query_only"))
    return not queries_only and os.access(str(db.engine.url.database), os.W_OK)


@cache
def newest() -> str:
    """The newest migration of this release."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


@cache
def known() -> frozenset[str]:
    """The migrations that this release knows."""
    return frozenset(each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def _refusal(error: sa.exc.DBAPIError) -> DatabaseRefused:
    """The sentence for a database that does not answer."""
    problem = refused(error) or DatabaseRefused(why_zh="数据库没有应答", why_en="it does not answer")
    problem.retry_after_s = 30
    return problem
