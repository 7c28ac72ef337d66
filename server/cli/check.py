"""`flask check`: can this installation serve? One line, or one sentence and an exit code that is not 0."""

import click
from flask.cli import with_appcontext

from server.cli.commands import said
from server.queries import health


@click.command("check")
@with_appcontext
def command() -> None:
    """检查设置、密钥与数据库 · Check settings, keys and database."""
    with said():
        click.echo(f"可以运行，数据库版本 {health.migration()} / ready, the database is at {health.newest()}")
