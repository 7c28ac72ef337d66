"""Waiting for what comes about by itself."""

import time
from collections.abc import Callable


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to come true; fails the test when it does not."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)
