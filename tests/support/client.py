"""A client whose requests are each alone, as on a server, even within the application's context of a test."""

from contextvars import copy_context
from typing import Any

from flask.globals import _cv_app
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Client(FlaskClient):
    """Flask lets a request share the surrounding application context: its `g` (who is asking) and its database
    session. Here each request gets its own, and still sees the clock that the test has set."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request."""

        def alone() -> TestResponse:
            _cv_app.set(None)  # type: ignore[arg-type]  # as before any context was pushed
            return super(Client, self).open(*args, **kwargs)

        return copy_context().run(alone)
