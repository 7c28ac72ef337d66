"""`flask check`: can this installation serve? One line, or one sentence and an exit code that is not 0."""

import click
from flask.cli import with_appcontext

from server.cli.commands import said
from server.config import Settings
from server.exports import photos
from server.held import held
from server.queries import health, seals
from server.services import closings
from server.services.seals import Seals


@click.command("check")
@with_appcontext
def command() -> None:
    """检查设置、密钥、数据库与照片字体 · Check settings, keys, database and the font for photos."""
    with said():
        kept = health.migration()
        held(Seals).ensure_opens(seals.newest())
        closings.ensure_key()
        photos.typeface(held(Settings).photo_font)
        click.echo(f"可以运行，数据库版本 {kept} / ready, the database is at {kept}")
