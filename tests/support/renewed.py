"""What gunicorn serves in `lasting`: the application, made anew in this process for every test that is told of.

All that lives as long as an application is held in it, so a new one remembers nothing of the test before. To load its
modules takes ten times as long as to make it, and is done once.
"""

import json
import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask

from server import processes

processes.count_together(under="gunicorn" in sys.modules)

with processes.loading():
    from server.app import create_app  # only now, as in `wsgi`
    from tests.support import databases
    from tests.support.lasting import TOLD


class Renewed:
    """The application of the test that is running."""

    def __init__(self, told: Path) -> None:
        self._told, self._heard = told, ""
        self._app: Flask | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        return self._now()(environ, start_response)

    def _now(self) -> Flask:
        """The application that is asked for, made at the first request that asks for it."""
        with self._lock:
            told = self._told.read_text()
            if self._app is None or told != self._heard:
                self._renew(json.loads(told)["environment"])
                self._heard = told
            assert self._app is not None
            return self._app

    def _renew(self, environment: dict[str, str]) -> None:
        if self._app is not None:
            databases.close(self._app)
        os.environ.update(environment)
        self._app = create_app()


app = Renewed(Path(os.environ["GUATU_INSTANCE"]) / TOLD)
