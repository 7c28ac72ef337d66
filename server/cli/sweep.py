"""`flask sweep run`: what must be done as time passes; once for a timer, or again and again until it is ended."""

import signal
import time
from typing import NoReturn

import click

from server.cli.commands import Commands
from server.db import db
from server.services import sweeps
from server.services.sweeps import Swept

commands = Commands("sweep", help="定时清扫 · What must be done as time passes.")


@commands.command("run")
@click.option(
    "--every",
    type=click.IntRange(1, 86_400),
    metavar="S",
    help="每隔多少秒一次，直到结束 · Again after so many seconds, until ended.",
)
def run(every: int | None) -> None:
    """执行各步骤 · Do every step; exit code 1 where one failed, with its reason in the log."""
    if every is not None:
        _again_and_again(every)
    if not _once():
        raise click.ClickException(
            "有步骤没有完成，原因见日志；再运行一次，会接着做 / a step failed, the log says why; the same again goes on"
        )


def _again_and_again(every: int) -> NoReturn:
    """Sweep until SIGTERM or Ctrl+C; what is being done then is undone whole, and done by the next sweep."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            _once()
            db.session.remove()
            time.sleep(every)
    except KeyboardInterrupt:
        raise SystemExit(0) from None


def _once() -> bool:
    """One sweep, told as it goes. Whether no step failed; that another one is running is no failure."""
    swept = []
    for each in sweeps.run():
        click.echo(_said(each), err=each.did is None)
        swept.append(each)
    if not swept:
        click.echo("另一次清扫正在进行，这次不做 / another sweep is running; nothing done")
    return all(each.did is not None for each in swept)


def _said(swept: Swept) -> str:
    """What became of a step, on one line."""
    if swept.did is None:
        return f"{swept.step.zh}：失败 / {swept.step.en}: failed"
    return f"{swept.step.zh}：{swept.did.zh} / {swept.step.en}: {swept.did.en}"
