"""Groups of commands that say what went wrong in one sentence and leave with an exit code that is not 0."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from server.db import is_away, refused
from server.errors import DatabaseRefused, Problem

BOOT_FAILED = 3
"""The exit code by which gunicorn knows that starting yet another worker would not help."""


class Commands(AppGroup):
    """A group whose commands fail with a sentence: `accounts = Commands("accounts", help="…")`."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a `Problem`, or a database that cannot be used, becomes its sentence."""
        with said():
            return super().invoke(ctx)


@contextmanager
def said() -> Iterator[None]:
    """Turn the failures that a person at the keyboard can mend into `click.ClickException`: a sentence, exit code 1."""
    try:
        yield
    except Problem as problem:
        raise click.ClickException(sentence(problem)) from problem
    except sa.exc.SQLAlchemyError as error:
        refusal = refused(error) or _lost(error)
        if refusal is None:
            raise
        raise click.ClickException(sentence(refusal)) from error


def _lost(error: sa.exc.SQLAlchemyError) -> DatabaseRefused | None:
    """What to say where the database went away in the middle: a verb that was not done by then left nothing."""
    if not is_away(error):
        return None
    return DatabaseRefused(
        why_zh="连接中断；此前做完的都在，再运行一次即可",
        why_en="the connection was lost; what was done by then is kept, run this again",
    )


@contextmanager
def or_leave() -> Iterator[None]:
    """Leave with the sentence where the application cannot even be made: a setting, a folder, the keys."""
    try:
        yield
    except Problem as problem:
        sys.stderr.write(f"{sentence(problem)}\n")
        raise SystemExit(BOOT_FAILED) from None


def sentence(problem: Problem) -> str:
    """What a problem says, in both languages, on one line."""
    return f"{problem.sentence_zh} / {problem.sentence_en}"
