"""`flask <noun> <verb>`: the same verbs as everywhere, at the keyboard of the server."""

from flask import Flask

from server.cli import accounts, areas, check, demo, docs, keys


def join(app: Flask) -> None:
    """Register every group of commands."""
    for group in (accounts.commands, areas.commands, keys.commands, docs.commands, demo.commands):
        app.cli.add_command(group)
    app.cli.add_command(check.command)
