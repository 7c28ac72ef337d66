"""Every failure, translated once: a `Problem` for whoever asked, a log line for us, never the inside of either."""

import errno
import logging
from collections.abc import Callable

import orjson
import sqlalchemy as sa
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from server import errors, meters
from server.db import is_locked, refused
from server.errors import Problem
from server.gate import request_number

logger = logging.getLogger("guatu.faults")

DOCUMENT_DOORS = ("/api/", "/ingest/", "/health/")

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})

Page = Callable[[Problem], ResponseReturnValue]


def answer_with(app: Flask, *, page: Page) -> None:
    """Answer every failure: problem documents at the doors of programs, `page` everywhere else."""

    def answer(error: Exception) -> ResponseReturnValue:
        problem = translate(error)
        meters.REFUSED.labels(problem.code).inc()
        if not request.path.startswith(DOCUMENT_DOORS):
            return page(problem)
        response = document(problem)
        if isinstance(error, MethodNotAllowed):
            response.allow.update(error.valid_methods or ())
        return response

    app.register_error_handler(Exception, answer)


def translate(error: Exception) -> Problem:
    """The problem that an exception is; what nobody foresaw is logged whole and becomes `Broken`."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, sa.exc.SQLAlchemyError) and (problem := _of_database(error)) is not None:
        return problem
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        logger.error("no room for a file: %s", error.strerror)
        return errors.DiskFull(retry_after_s=30)
    logger.error("unforeseen failure at %s %s", request.method, request.path, exc_info=error)
    return errors.Broken(request_id=request_number())


def document(problem: Problem) -> Response:
    """The problem document (RFC 9457) as a response."""
    response = Response(orjson.dumps(problem.document()), problem.status, mimetype="application/problem+json")
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _of_http(error: HTTPException) -> Problem:
    """The web layer's refusals in our words."""
    known = {
        404: errors.NotFound,
        405: errors.MethodNotAllowed,
        415: errors.UnsupportedMediaType,
    }
    if error.code in known:
        return known[error.code]()
    if error.code == 413:
        return errors.TooLarge(limit=_size(request.max_content_length or 0))
    if error.code == 400:
        return errors.Unreadable(why_zh="请求格式不正确", why_en="the request is malformed")
    problem = errors.HttpProblem(http_status=error.code)
    problem.status = error.code or 500  # type: ignore[misc]  # this one answers with the web layer's own status
    return problem


def _size(whole_bytes: int) -> str:
    """A limit as people know it from their settings: whole MB, without what a form takes around its file."""
    return f"{whole_bytes // 2**20} MB" if whole_bytes >= 2**20 else f"{whole_bytes // 2**10} KB"


def _of_database(error: sa.exc.SQLAlchemyError) -> Problem | None:
    """A database that is busy or away: come back; anything else about it is ours to mend."""
    if is_locked(error):
        return errors.Busy(retry_after_s=5)
    if isinstance(error, sa.exc.TimeoutError):
        logger.error("no database connection came free")
        return errors.Busy(retry_after_s=5)
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        logger.error("the database connection was lost: %s", type(error.orig).__name__)
        return errors.Busy(retry_after_s=10)
    problem = refused(error)
    if problem is not None:
        logger.error("%s", problem)
        problem.retry_after_s = 30
    return problem
