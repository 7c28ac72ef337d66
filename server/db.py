"""The database handle: one SQLAlchemy, two databases, and clear sentences when one cannot be opened.

SpatiaLite: the driver is `pysqlite3` (many Pythons cannot load extensions), WAL, `synchronous=FULL`, foreign keys
on, transactions begun by us. PostGIS: psycopg 3. Parameters never reach an error's text or a log.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import orjson
import psycopg
import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from server import heard
from server.config import Settings
from server.errors import DatabaseRefused
from server.heard import Heard

RESTED_S = 1.0
"""A connection that has rested longer than this is asked whether it still stands before it is used."""

LOCK_WAIT_MS = 200
"""How long SQLite itself waits for a lock; `transaction` asks again, letting others run in between."""

SILENCE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A database whose machine or network is gone says nothing: after some 25 seconds its connections count as lost."""

FILE = "sqlite:///"
"""How the address of an SQLite file begins."""

WRITES = "guatu_writes"
"""Execution option of a connection that will write: SQLite then takes the write lock at the beginning."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, `timestamptz` on PostgreSQL, naive UTC in SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants; hand SQLite naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant without a time zone")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """An exact amount below 10¹² with at most six decimals; never a float on its way.

    `numeric(20, 6)` on PostgreSQL; a whole number of millionths in SQLite, so that it adds up and compares there as
    it does here. Comes back without zeros at its end. `ValueError` for what cannot be kept exactly.
    """

    impl = sa.Numeric(20, 6)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """What the column is in the database."""
        kept: sa.types.TypeEngine[Any] = sa.BigInteger() if dialect.name == "sqlite" else self.impl_instance
        return dialect.type_descriptor(kept)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Refuse what the column would round; hand SQLite millionths."""
        if value is None:
            return None
        parts = Decimal(value).scaleb(6)
        if parts != parts.to_integral_value() or abs(parts) >= 10**18:
            raise ValueError("an amount that cannot be kept exactly")
        return int(parts) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The same decimal from both."""
        if value is None:
            return None
        amount = Decimal(value).scaleb(-6) if dialect.name == "sqlite" else Decimal(value)
        return amount.normalize() + Decimal(0)


JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


class Base(DeclarativeBase):
    """What every model is: typed columns, constraints named alike on both databases."""

    registry = sa.orm.registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: UtcDateTime(),
            dict[str, Any]: JSON,
            list[Any]: JSON,
            Decimal: sa.Numeric(20, 4),
        },
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

migrate = Migrate(directory=str(MIGRATIONS), compare_type=True)


def open_database(app: Flask, settings: Settings) -> None:
    """Bind the handle to the configured database; connections are made when first needed."""
    ensure_folder(settings.database_url)
    url = driver_url(settings.database_url)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        dress(db.engine)


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` needs for this database, beyond its URL."""
    options: dict[str, Any] = {
        "hide_parameters": True,
        "json_serializer": lambda value: orjson.dumps(value, default=exactly).decode(),
        "json_deserializer": orjson.loads,
    }
    if url.startswith("sqlite:"):
        options |= {"module": sqlite, "poolclass": sa.pool.QueuePool, "pool_size": 32, "max_overflow": 32}
        options["connect_args"] = {"timeout": LOCK_WAIT_MS / 1000, "check_same_thread": False}
    else:
        options |= {"pool_size": 16, "max_overflow": 16, "pool_use_lifo": True}
        options["connect_args"] = {
            "connect_timeout": heard.CONNECTS_S,
            "application_name": "guatu",
            **SILENCE,
        }
    return options


def exactly(value: object) -> str:
    """A decimal in JSON: as text, with every digit."""
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(type(value).__name__)


def driver_url(url: str) -> str:
    """The URL with the driver we use: `postgresql://` and `postgres://` become psycopg 3, a file's path whole.

    `DatabaseRefused` when it names no database of ours; the address, which may hold a password, is not repeated.
    """
    if url.startswith(FILE):
        return f"{FILE}{Path(url.removeprefix(FILE)).absolute()}"
    scheme, _, rest = url.partition("://")
    try:
        if scheme not in {"postgresql", "postgres"}:
            raise sa.exc.ArgumentError("another kind of database")
        return sa.make_url(f"postgresql+psycopg://{rest}").render_as_string(hide_password=False)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise DatabaseRefused(
            why_zh="地址应为 sqlite:///文件 或 postgresql://用户:密码@主机:端口/库",
            why_en="its address must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME",
        ) from error


def dress(engine: Engine) -> None:
    """Hang on an engine what its connections need; call once, right after it was made."""
    event.listen(engine, "handle_error", _without_rows)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _dress_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(
            engine, "do_connect", lambda _dialect, _entry, told, named: Heard.connect(*told, **named)
        )
        event.listen(engine, "checkin", _rest)
        event.listen(engine, "checkout", lambda raw, entry, _out: _ensure_alive(engine, raw, entry))


def _rest(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    """Note since when a connection rests."""
    entry.info["rests_since_s"] = time.monotonic()


_lost_at_s: WeakKeyDictionary[Engine, float] = WeakKeyDictionary()


def suspect(engine: Engine) -> None:
    """A connection was lost: each that rests now is asked before it is used."""
    _lost_at_s[engine] = time.monotonic()


def _ensure_alive(engine: Engine, connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Ask a connection that has rested whether it still stands; one that does not is replaced by the pool."""
    rests_since_s = entry.info.get("rests_since_s", math.inf)
    if rests_since_s > max(time.monotonic() - RESTED_S, _lost_at_s.get(engine, 0.0)):
        return
    ours: Heard = connection  # type: ignore[assignment]  # `dress` made it
    try:
        with ours.soon():
            engine.dialect.do_ping(connection)
    except psycopg.OperationalError as error:
        raise sa.exc.DisconnectionError from error


def _without_rows(context: ExceptionContext) -> None:
    """Leave of an error's words what went wrong: PostgreSQL's details repeat the row that it refused."""
    diagnosis = getattr(context.original_exception, "diag", None)
    if diagnosis is None or not diagnosis.message_detail:
        return
    context.original_exception.args = (diagnosis.message_primary,)
    if context.sqlalchemy_exception is not None:
        name = type(context.original_exception).__name__
        context.sqlalchemy_exception.args = (f"({name}) {diagnosis.message_primary}",)


def _dress_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Load SpatiaLite and set the pragmas that make an answer mean ‘kept’."""
    connection.isolation_level = None
    try:
        connection.enable_load_extension(True)
        connection.load_extension("mod_spatialite")
        connection.enable_load_extension(False)
    except sqlite.OperationalError as error:
        raise DatabaseRefused(
            why_zh="缺少 SpatiaLite 扩展，请安装 libsqlite3-mod-spatialite",
            why_en="the SpatiaLite extension is missing; install libsqlite3-mod-spatialite",
        ) from error
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", f"busy_timeout={LOCK_WAIT_MS}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: sa.Connection) -> None:
    """Begin: a writer takes the write lock now, a reader takes a view."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


Ask = Callable[[sa.Executable, Mapping[str, Any]], Sequence[Any]]
"""What a statement is given to: it and its parameters in, its rows out."""


def ask_in_session(statement: sa.Executable, parameters: Mapping[str, Any]) -> Sequence[Any]:
    """The rows of a statement of plain columns, within the caller's verb and with what that has changed so far."""
    db.session.flush()
    return db.session.connection().execute(statement, parameters).all()


@contextmanager
def glance() -> Iterator[sa.Connection]:
    """A connection for one statement that only reads; on PostgreSQL no transaction is begun and ended for it."""
    engine = db.engine
    with (engine if engine.dialect.name == "sqlite" else _plain(engine)).connect() as connection:
        yield connection


@lru_cache(maxsize=8)
def _plain(engine: Engine) -> Engine:
    """The same engine with its connections, each statement a transaction of its own."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def one_of(dialect: str, column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Whether a column is among the values of a parameter: on PostgreSQL the same statement, however many they are."""
    if dialect == "sqlite":
        return column.in_(sa.bindparam(name, expanding=True))
    return column == sa.any_(sa.bindparam(name, type_=sa.ARRAY(column.type)))


Insert = postgresql.Insert | sqlite_dialect.Insert
"""An INSERT that knows ON CONFLICT."""


def upsert(model: type[Base]) -> Insert:
    """An INSERT that knows ON CONFLICT, in the current database's words."""
    if db.engine.dialect.name == "sqlite":
        return sqlite_dialect.insert(model)
    return postgresql.insert(model)


def json_rows(name: str, columns: Sequence[sa.ColumnClause[Any]]) -> sa.TableValuedAlias:
    """Rows that are handed to PostgreSQL as one JSON parameter, a list of objects: few or many, the same statement.

    A number keeps every digit, an instant every microsecond; what does not fit its column is refused as in an INSERT.
    """
    told = sa.func.json_to_recordset(sa.bindparam(name, type_=sa.JSON()))
    return told.table_valued(*columns).render_derived(name=name, with_types=True)


IN_THE_WAY = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL's codes for: not serializable, deadlock, lock not available."""


def is_locked(error: BaseException) -> bool:
    """Whether a database error only says that somebody else was in the way: the same may be tried again."""
    if not isinstance(error, sa.exc.OperationalError):
        return False
    return getattr(error.orig, "sqlstate", None) in IN_THE_WAY or "locked" in str(error.orig)


AWAY = frozenset({"08", "57"})
"""PostgreSQL's classes of codes for: the connection failed, an operator (or a crash) stepped in."""


def is_away(error: BaseException) -> bool:
    """Whether a database error says that the database itself is away: whatever is asked next fails as well."""
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    unmade = state is None and isinstance(error.orig, psycopg.OperationalError)
    return error.connection_invalidated or unmade or (state or "")[:2] in AWAY


NOT_WRITABLE = ("readonly database", "disk is full", "no space left on device", "read-only transaction")
"""What the databases say while they can be read and not written to."""


def is_unwritable(error: BaseException) -> bool:
    """Whether a database error says that nothing can be written for now, whatever it is: reading may go on."""
    text = str(getattr(error, "orig", error)).lower()
    return isinstance(error, sa.exc.DBAPIError) and any(needle in text for needle in NOT_WRITABLE)


def ensure_folder(url: str) -> None:
    """Make the folder of an SQLite file; one that cannot be made is `DatabaseRefused`."""
    if not url.startswith(FILE):
        return
    folder = Path(url.removeprefix(FILE)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseRefused(
            why_zh=f"无法建立文件夹（{error.strerror}）",
            why_en=f"its folder cannot be made ({error.strerror})",
        ) from error


def refused(error: BaseException) -> DatabaseRefused | None:
    """The sentence for a database error that a person running the server can mend; None for any other.

    What a statement says of the rows it was given is no such error, whatever words it uses. Source: SQLite result
    codes; PostgreSQL error classes 08, 28, 3D, 53, 57.
    """
    if isinstance(error, sa.exc.IntegrityError | sa.exc.DataError):
        return None
    text = str(getattr(error, "orig", error)).lower()
    for needle, why_zh, why_en in _MENDABLE:
        if needle in text:
            return DatabaseRefused(why_zh=why_zh, why_en=why_en)
    return None


_MENDABLE = (
    (
        "database is locked",
        "另一个程序正在写入，请稍后再试",
        "another program is writing to it; try again shortly",
    ),
    (
        "unable to open database",
        "文件无法打开，请检查路径与权限",
        "its file cannot be opened; check path and rights",
    ),
    ("disk is full", "磁盘已满，请清理空间", "its disk is full; make room"),
    ("no space left on device", "磁盘已满，请清理空间", "its disk is full; make room"),
    ("readonly database", "文件只读，请检查权限", "its file is read-only; check the rights"),
    (
        "read-only transaction",
        "数据库处于只读状态，暂时只能查看",
        "it is read-only; for now everything can only be read",
    ),
    ("starting up", "正在启动，请稍候", "it is starting; wait a moment"),
    ("shutting down", "正在停止", "it is being stopped"),
    ("file is not a database", "文件不是数据库", "the file is not a database"),
    ("no such table", "尚未建表，请先运行 flask db upgrade", "it has no tables yet; run flask db upgrade"),
    (
        "no such column",
        "版本过旧，请先运行 flask db upgrade",
        "it is older than this release; run flask db upgrade",
    ),
    ('relation "', "尚未建表，请先运行 flask db upgrade", "it has no tables yet; run flask db upgrade"),
    (
        'extension "postgis" is not available',
        "服务器没有安装 PostGIS",
        "PostGIS is not installed on its server",
    ),
    (
        "permission denied to create extension",
        "无权建立 PostGIS 扩展",
        "this user may not create the PostGIS extension",
    ),
    ("password authentication failed", "用户名或密码不正确", "its user name or password is not right"),
    (
        "does not exist",
        "库、用户或表不存在，请先建立",
        "the database, user or table does not exist; create it first",
    ),
    (
        "connection refused",
        "服务器没有应答，请检查地址和端口",
        "its server does not answer; check address and port",
    ),
    ("connection timeout", "连接超时，请检查网络", "connecting took too long; check the network"),
    ("connection failed", "无法连接，请检查地址和网络", "it cannot be reached; check address and network"),
    ("could not translate host name", "找不到这台服务器", "its host name is not known"),
    ("failed to resolve host", "找不到这台服务器", "its host name is not known"),
)
