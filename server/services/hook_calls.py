"""One call to a robot: a POST that follows no redirect, uses no proxy and waits for so long and no longer.

Only what certainly did not arrive may be sent again; so connecting and sending are told apart.
"""

import http.client
import ssl
from typing import Final
from urllib.parse import urlsplit

from server.rules import hooks
from server.rules.hooks import Outcome

WAIT_S: Final = 8.0
MOST_BYTES: Final = 16_384
"""So much of an answer is read."""


def call(address: str, body: bytes) -> Outcome:
    """Hand a body over at an address. Nothing is raised for what the network does; the answer says it."""
    connection = _connection(address)
    try:
        connection.connect()
    except (OSError, http.client.HTTPException) as failure:
        connection.close()
        return Outcome("again", f"{type(failure).__name__}"[:200])
    try:
        return _exchange(connection, address, body)
    except (OSError, http.client.HTTPException) as failure:
        return Outcome("unsure", f"{type(failure).__name__}"[:200])
    finally:
        connection.close()


def _connection(address: str) -> http.client.HTTPConnection:
    """A connection that is not open yet."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.netloc, timeout=WAIT_S, context=context)
    return http.client.HTTPConnection(parts.netloc, timeout=WAIT_S)


def _exchange(connection: http.client.HTTPConnection, address: str, body: bytes) -> Outcome:
    """Send, and read what is answered."""
    parts = urlsplit(address)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Guatu"}
    connection.request("POST", target, body, headers)
    answer = connection.getresponse()
    return hooks.outcome(answer.status, answer.read(MOST_BYTES))
