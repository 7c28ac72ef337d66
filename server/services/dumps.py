"""The database as one file, out and in: pg_dump and pg_restore on PostgreSQL, SQLite's own backup on SpatiaLite.

Out of a database that serves, in one view of it, with the fingerprints of that very view. In whole or not at all.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from pysqlite3 import dbapi2 as sqlite

from server.db import db
from server.errors import BackupRefused, DatabaseRefused, RestoreRefused
from server.queries import fingerprints
from server.rules import backups as rules
from server.rules.backups import Fingerprint

Tables = dict[str, Fingerprint]

LEAP: Final = 1_000_000
"""So far numbers jump at a restore: those given out after the backup was made were seen, and must not come again."""

_WHOLE = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-acl", "--no-comments")
"""How a dump is restored: all or nothing, its tables owned by whoever restores it."""

_OURS = ("--exclude-table-data=*.spatial_ref_sys",)
"""What a dump leaves out: what PostGIS brings by itself and nobody but a superuser may write."""

_TABLES_OF_OURS = """
    SELECT count(*) FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
"""
_LEAP = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass,
                  least(last_value + :leap, max_value - 1))
    FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL
"""


def kind() -> str:
    """Which kind of database this is."""
    return db.engine.dialect.name


def file_in(folder: Path, kind: str) -> Path:
    """The file of the database in the folder of a backup."""
    return folder / rules.DATABASE[kind]


# ── out ─────────────────────────────────────────────────────────────────────────────────────────────────


def write(folder: Path) -> Tables:
    """Write the database into its file; the fingerprints of its tables at that instant. `BackupRefused`."""
    return _dump(folder) if kind() == "postgresql" else _copy(folder)


def _dump(folder: Path) -> Tables:
    """By pg_dump, in the view of a transaction of ours that stays open until it is done."""
    view = db.engine.connect().execution_options(isolation_level="REPEATABLE READ")
    with view as connection, connection.begin():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        file = file_in(folder, "postgresql")
        told = _run("pg_dump", "--format=custom", *_OURS, f"--snapshot={snapshot}", f"--file={file}")
        if told is not None:
            raise BackupRefused(why_zh=f"pg_dump 没有完成（{told}）", why_en=f"pg_dump failed ({told})")
        return fingerprints.take(connection, fingerprints.names())


def _copy(folder: Path) -> Tables:
    """By SQLite's backup, which lets others read and write meanwhile; one file without a log beside it."""
    copy = file_in(folder, "sqlite")
    source = Path(str(db.engine.url.database))
    if not source.exists():
        raise BackupRefused(why_zh="数据库文件不存在", why_en="the database's file is not there")
    with closing(sqlite.connect(source)) as there, closing(sqlite.connect(copy)) as here:
        there.backup(here)
        here.execute("PRAGMA journal_mode = DELETE").close()
    with opened(copy) as connection:
        if connection.exec_driver_sql("PRAGMA quick_check").scalar() != "ok":
            raise BackupRefused(why_zh="数据库文件已损坏", why_en="the database's file is damaged")
        return fingerprints.take(connection, fingerprints.names())


@contextmanager
def opened(file: Path) -> Iterator[sa.Connection]:
    """A connection to an SQLite file that nobody serves from, for reading."""
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite.connect(file), poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        yield connection


# ── in ──────────────────────────────────────────────────────────────────────────────────────────────────


def ensure_empty() -> None:
    """`RestoreRefused` where the configured database holds any table already."""
    if kind() == "sqlite":
        file = Path(str(db.engine.url.database))
        full = file.exists() and file.stat().st_size > 0
    else:
        with db.engine.connect() as connection:
            full = connection.exec_driver_sql(_TABLES_OF_OURS).scalar_one() > 0
    if full:
        raise RestoreRefused(
            why_zh="目标数据库不是空的。请新建一个空库，或把旧文件移走，再恢复",
            why_en="the database is not empty; make an empty one, or put the old file aside, then restore",
        )


def read(folder: Path) -> None:
    """Bring the database's file into the configured database, whole or not at all, and let its numbers leap."""
    file = file_in(folder, kind())
    if kind() == "sqlite":
        _put(file)
        return
    told = _run("pg_restore", *_WHOLE, str(file))
    if told is not None:
        raise RestoreRefused(
            why_zh=f"pg_restore 没有完成，已整体撤销（{told}）",
            why_en=f"pg_restore failed and was undone whole ({told})",
        )
    with db.engine.begin() as connection:
        connection.execute(sa.text(_LEAP), {"leap": LEAP})
        connection.exec_driver_sql("ANALYZE")


def _put(file: Path) -> None:
    """Copy an SQLite file beside its place, let its numbers leap there, and move it in whole."""
    place = Path(str(db.engine.url.database))
    beside = place.with_name(f".{place.name}.restoring")
    try:
        shutil.copyfile(file, beside)
        with closing(sqlite.connect(beside)) as connection:
            connection.execute("UPDATE sqlite_sequence SET seq = seq + ?", (LEAP,)).close()
            connection.commit()
        with beside.open("rb") as whole:
            os.fsync(whole.fileno())
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def found(tables: Tables) -> Tables:
    """The fingerprints of these tables in the configured database, and of any table of this release beside them."""
    with db.engine.connect() as connection:
        return fingerprints.take(connection, sorted({*tables, *fingerprints.names()}))


# ── PostgreSQL's own programs ───────────────────────────────────────────────────────────────────────────


def _run(program: str, *arguments: str) -> str | None:
    """Run a program of PostgreSQL's on the configured database; None, or the first line of what went wrong."""
    file = shutil.which(program)
    if file is None:
        raise DatabaseRefused(
            why_zh=f"没有找到 {program}，请安装 postgresql-client",
            why_en=f"{program} is not there; install postgresql-client",
        )
    command = [file, "--no-password", f"--dbname={_address()}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
    return None if done.returncode == 0 else (done.stderr.strip() or "?").splitlines()[0]


def _address() -> str:
    """The database's address as these programs take it, without its password, which others could see in the list
    of processes.
    """
    url = db.engine.url
    plain = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return plain.render_as_string()


def _environment() -> dict[str, str]:
    """The password goes by the environment, which is the process's own."""
    password = db.engine.url.password
    return os.environ | ({} if password is None else {"PGPASSWORD": str(password)})
