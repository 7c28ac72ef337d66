"""`flask backup` and `flask restore`: everything into a folder, and out of it into an empty place."""

import signal
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext

from server import clock
from server.cli.commands import said
from server.db import db
from server.rules import backups as rules
from server.services import backups as services
from server.services import restores
from server.services.backups import Made
from server.services.restores import Restored

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("backup")
@click.argument("into", type=_FOLDER)
@click.option(
    "--keys",
    type=_FOLDER,
    required=True,
    help="密钥另存的文件夹，不与备份放在一起 · Where the keys go, apart.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3660),
    default=30,
    show_default=True,
    help="更早的备份随后删除 · Backups older than this are deleted afterwards.",
)
@click.option(
    "--nightly",
    type=click.DateTime(["%H:%M", "%H:%M:%S"]),
    metavar="HH:MM",
    help="每夜此时备份一次（北京时间），直到结束 · Each night at this time of Shanghai, until ended.",
)
@with_appcontext
def backup(into: Path, keys: Path, days: int, nightly: datetime | None) -> None:
    """备份数据库、照片与每日存证到 INTO 下的新文件夹 · Back up into a new folder in INTO."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that being ended leaves nothing half
    if nightly is not None:
        _each_night(nightly, lambda: _once(into, keys, days))
    _once(into, keys, days)


def _once(into: Path, keys: Path, days: int) -> None:
    """One backup, told line by line; a failure in a sentence."""
    with said():
        made = services.make(into, keys, days=days)
        for line in _made(made):
            click.echo(line)
        if made.missing:
            raise click.ClickException(
                f"{len(made.missing)} 张照片的文件不在 / photos whose files are not there ({len(made.missing)}): "
                + ", ".join(made.missing[:5])
            )


def _each_night(at: datetime, once: Callable[[], None]) -> NoReturn:
    """Back up each night until SIGTERM or Ctrl+C; one that failed says why, and the next night is awaited."""
    try:
        while True:
            _wait_until(rules.next_night(at.time(), clock.now()))
            try:
                once()
            except click.ClickException as failed:
                failed.show()
            db.session.remove()
    except KeyboardInterrupt:
        raise SystemExit(0) from None


def _wait_until(due: datetime) -> None:
    """Sleep until then, looking at the clock each minute, since it may be set meanwhile."""
    while (left_s := (due - clock.now()).total_seconds()) > 0:
        time.sleep(min(left_s, 60))


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="备份时另存的密钥文件 · The file of keys that was kept apart.",
)
@with_appcontext
def restore(folder: Path, keys: Path | None) -> None:
    """把 FOLDER 中的备份恢复到空库，并逐表核对 · Restore a backup into an empty place, and compare."""
    with said():
        done = restores.restore(folder, keys)
    for zh, en in done.wrong:
        click.echo(f"{zh} / {en}", err=True)
    if done.wrong:
        raise click.ClickException(f"{len(done.wrong)} 处不符 / things that do not agree: {len(done.wrong)}")
    click.echo(_restored(done))


def _made(made: Made) -> list[str]:
    """What was made, line by line."""
    told = made.backup
    lines = [
        f"已备份到 {made.folder} / backed up to {made.folder}",
        f"{len(told.tables)} 张表 {told.rows} 行，照片 {len(told.photos)} 张，存证文件 {len(told.closings)} 个 / "
        f"{len(told.tables)} tables with {told.rows} rows, {len(told.photos)} photos, {len(told.closings)} "
        "files of closed days",
    ]
    lines += (
        ["密钥来自环境变量，请另行保存 / the keys come from the environment: keep them yourself"]
        if made.keys is None
        else [f"密钥另存于 {made.keys}，请移到别处 / keys kept in {made.keys}: move them elsewhere"]
    )
    return lines + [f"已删除过期备份 {name} / deleted an expired backup: {name}" for name in made.dropped]


def _restored(done: Restored) -> str:
    """That all is as it was, and what is still to do."""
    told = done.backup
    lines = [
        f"已恢复并核对：{len(told.tables)} 张表 {told.rows} 行、{len(told.photos)} 张照片均与备份一致 / "
        f"restored and compared: {len(told.tables)} tables with {told.rows} rows and {len(told.photos)} photos "
        "are as they were backed up"
    ]
    if done.behind:
        lines.append(
            "数据库是旧版本的：先运行 flask db upgrade，再运行 flask events verify / "
            "it is an earlier release's: run flask db upgrade, then flask events verify"
        )
    lines.append("开始服务前请运行一次 flask sweep run / run flask sweep run before serving")
    return "\n".join(lines)
