"""`flask database …`: what the role that serves may do."""

import click

from server.cli.commands import Commands
from server.services import privileges

commands = Commands("database", help="数据库权限 · What roles of the database may do.")


@commands.command("grant")
@click.argument("role")
def grant(role: str) -> None:
    """授予 ROLE 运行服务所需的权限；操作记录只能增加 · Give ROLE what serving takes; of the record it may only add."""
    privileges.give(role)
    click.echo(
        f"{role} 可以运行服务，不能修改或删除记录 / {role} can serve, and cannot change or delete the record"
    )
