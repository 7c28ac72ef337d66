"""What a verb is: one transaction, committed whole before anybody is told it happened.

A function marked `@verb` runs in a transaction of its own; called from within another verb it joins that one.
On SQLite one writer at a time enters (a lock that lets other greenlets and threads run meanwhile), and takes the
file's write lock at the beginning, so that no verb ever meets ‘database is locked’ half-way.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import WRITES, db, is_locked
from server.errors import Busy
from server.problem import Problem

P = ParamSpec("P")
R = TypeVar("R")

WAIT_S = 20.0
"""How long a verb waits to be let in before it is told to come back."""

_one_writer = threading.Lock()


def verb(act: Callable[P, R]) -> Callable[P, R]:
    """Make `act` a verb: it commits whole or leaves nothing."""

    @wraps(act)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction():
            return act(*args, **kwargs)

    return whole


def is_open() -> bool:
    """Whether the caller is within a verb; asking makes no session."""
    return db.session.registry.has() and bool(db.session().info.get("within_a_verb"))


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction; within another it is the same one. `Busy` when the writer's place stays taken."""
    session: Session = db.session()
    if session.info.get("within_a_verb"):
        yield session
        return
    session.rollback()
    with _writers_place(session):
        session.info["within_a_verb"] = True
        try:
            _begin(session)
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("within_a_verb", None)


@contextmanager
def unique_or(refusal: Problem) -> Iterator[None]:
    """Write what is done within, in a savepoint; `refusal` where a key that must be unique was another's just before.

    Within a verb. Asking first is not enough: of two who press at once neither sees what the other has not committed.
    """
    try:
        with db.session.begin_nested():
            yield
    except sa.exc.IntegrityError as error:
        raise refusal from error


@contextmanager
def _writers_place(session: Session) -> Iterator[None]:
    """On SQLite: be the process's one writer. Elsewhere the database sorts its writers out."""
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    if not _one_writer.acquire(timeout=WAIT_S):
        raise Busy(retry_after_s=5)
    try:
        yield
    finally:
        _one_writer.release()


def _begin(session: Session) -> None:
    """Open the transaction; when another process holds an SQLite file, ask again until `WAIT_S` is over."""
    give_up_at = time.monotonic() + WAIT_S
    while True:
        try:
            session.connection(execution_options={WRITES: True})
        except sa.exc.OperationalError as error:
            session.rollback()
            if not is_locked(error) or time.monotonic() > give_up_at:
                raise (Busy(retry_after_s=5) if is_locked(error) else error) from error
            time.sleep(0.02)
        else:
            return
