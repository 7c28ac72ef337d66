"""`flask <noun> <verb>`: the same verbs as everywhere, at the keyboard of the server."""

from flask import Flask

from server.cli import (
    accounts,
    areas,
    backups,
    check,
    database,
    demo,
    docs,
    events,
    hooks,
    keys,
    positions,
    seals,
    sweep,
)


def join(app: Flask) -> None:
    """Register every group of commands."""
    for noun in (accounts, areas, positions, database, keys, seals, hooks, events, docs, demo, sweep):
        app.cli.add_command(noun.commands)
    for command in (check.command, backups.backup, backups.restore):
        app.cli.add_command(command)
