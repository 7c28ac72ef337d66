"""`flask hooks …`: robots of groups, from the server's own keyboard."""

import click

from server.cli.commands import Commands
from server.services import hooks

commands = Commands("hooks", help="群机器人 · Robots of groups.")


@commands.command("begin-anew")
def begin_anew() -> None:
    """只告知从现在起的事（恢复数据库之后）· Tell groups only of what comes up from now on, as after a recovery."""
    left = hooks.begin_anew()
    click.echo(f"{left} 条待发消息不再发送 / waiting messages that will not be sent: {left}")
