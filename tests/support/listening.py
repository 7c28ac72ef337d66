"""A stream heard through the test client, within the application's own process."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from flask.testing import FlaskClient

from tests.people import Headers, Someone
from tests.support.streams import Parser, Told

URL = "/api/v1/stream"


class Stream:
    """One open stream of the test client."""

    def __init__(self, client: FlaskClient, headers: Headers, query: str = "") -> None:
        self.response = client.get(URL + query, headers=headers, buffered=False)
        assert self.response.status_code == 200, self.response.get_data()
        self.lines: Iterator[bytes] = iter(self.response.response)  # type: ignore[arg-type]  # ours yields bytes
        self.parser, self.told, self.over = Parser(), list[Told](), False
        self.parser.feed(next(self.lines))

    def hear(self, until: Callable[[], bool] = lambda: False, *, within_s: float = 4.0) -> list[Told]:
        """What is told until a condition holds, the stream ends, or time is up."""
        begun, give_up_at = len(self.told), time.monotonic() + within_s
        while not until() and time.monotonic() < give_up_at:
            line = next(self.lines, None)
            if line is None:
                self.over = True
                break
            self.told += self.parser.feed(line)
        return self.told[begun:]

    def of(self, event: str, count: int = 1, *, within_s: float = 4.0) -> list[Any]:
        """The data of all messages of a kind so far, once there are `count`."""
        self.hear(lambda: len(self._of(event)) >= count, within_s=within_s)
        return self._of(event)

    def _of(self, event: str) -> list[Any]:
        return [message.data for message in self.told if message.event == event]

    def nothing(self) -> bool:
        """Whether nothing is told while two heartbeats pass."""
        beats = self.parser.comments
        return not self.hear(lambda: self.parser.comments >= beats + 2)

    def close(self) -> None:
        """Hang up."""
        self.response.close()


def listen(client: FlaskClient, person: Someone, query: str = "") -> Stream:
    """A stream of a new session of theirs."""
    return Stream(client, person.sign_in(client), query)
