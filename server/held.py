"""What one application holds beside its database: settings, keys, the area snapshot, the live hub.

One thing of a type. The floors above ask for it by its type, so that they need not see Flask.
"""

from typing import TypeVar

from flask import Flask, current_app

T = TypeVar("T")


def hold(app: Flask, thing: object) -> None:
    """Give `thing` to the application, under its own type."""
    app.extensions.setdefault("guatu", {})[type(thing)] = thing


def held(kind: type[T]) -> T:
    """The one thing of this type that the current application holds; `KeyError` when nobody gave it one."""
    thing: T = current_app.extensions["guatu"][kind]
    return thing
