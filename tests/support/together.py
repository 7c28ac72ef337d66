"""Doing several things at one instant, each as a request of its own."""

import threading
from collections.abc import Callable

from flask import Flask

from server.errors import Problem


def together(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """What each act gave, or the problem it met, all begun at one instant."""
    ready = threading.Barrier(len(acts))
    found: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        with app.app_context():
            ready.wait()
            try:
                found[place] = act()
            except Problem as problem:
                found[place] = problem

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
