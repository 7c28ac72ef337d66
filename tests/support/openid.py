"""A real OpenID Connect provider on loopback, in a process of its own, and a person who signs in there."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests

UP_WITHIN_S = 60.0


@contextmanager
def provider() -> Iterator[str]:
    """Its address, while the block lasts."""
    port = _free_port()
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--require-nonce",
    ]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    ) as process:
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until it listens."""
    give_up_at = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < give_up_at and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the provider did not come up")


def known_as(issuer: str, subject: str, name: str) -> None:
    """The provider knows somebody under its own lasting name, and calls them `name`."""
    told = requests.put("/".join((issuer, "users", subject)), json={"preferred_username": name}, timeout=10)
    told.raise_for_status()


def signed_in_there(url: str, subject: str, *, deny: bool = False) -> str:
    """Sign in at the provider where the browser was sent; the path (with its query) that it is sent back to."""
    told = {"action": "deny"} if deny else {"sub": subject}
    answer = requests.post(url, data=told, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"
