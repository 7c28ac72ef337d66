"""A server that lasts: really running as `serving` runs it, and begun once instead of for every test.

To load the program takes a process longer than most pages need to be looked at, and half a hundred tests want a server
each. This one is told which database the next test is at, and makes its application anew for it (see `renewed`).
A test of processes, of what they count or of how they begin takes `serving.serve` itself.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from server.config import Settings
from tests.support import serving
from tests.support.serving import Served

TOLD = "told.json"
"""The file, in the folder that the server began with, that says which application to be."""


class Lasting:
    """One process that serves one test after the other; to be closed."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self._served: Served | None = None
        self._told = Path()
        self._times = 0

    @contextmanager
    def serve(self, settings: Settings) -> Iterator[Served]:
        """The server with these settings, as if it had just begun; begun again where a test has ended it."""
        if self._served is None or self._served.ended or self._served.process.poll() is not None:
            self.close()
            self._told = Path(settings.instance) / TOLD
            self._tell(settings)
            running = serving.serve(settings, application="tests.support.renewed:app")
            self._served = self._running.enter_context(running)
        else:
            self._tell(settings)
        yield self._served

    def _tell(self, settings: Settings) -> None:
        """Say which application to be, at one stroke; each time it is another, be the settings the same or not."""
        self._times += 1
        new = self._told.with_suffix(".new")
        told = {"time": self._times, "environment": serving.environment(settings)}
        new.write_text(json.dumps(told))
        new.replace(self._told)

    def close(self) -> None:
        """End the process, if there is one."""
        self._served = None
        self._running.close()
