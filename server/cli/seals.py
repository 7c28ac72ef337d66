"""`flask seals …`: the keys under which secrets that must be read back are kept in the database."""

import click

from server.cli.commands import Commands
from server.config import Settings
from server.held import held
from server.services import factors, hooks, seals, trackers
from server.services.seals import Seals

commands = Commands("seals", help="封存密钥 · Sealing keys.")


@commands.command("list")
def listed() -> None:
    """列出密钥（不显示密钥内容）· List the keys, never what they are."""
    first, *others = held(Seals).keys
    click.echo(f"{first.kid}  封存 / seals")
    for key in others:
        click.echo(f"{key.kid}  仅解开 / opens")


@commands.command("rotate")
def rotate() -> None:
    """启用新密钥，并用它重新封存全部内容 · Seal with a new key, and everything anew; running servers take it up.

    密钥来自环境变量时，请先在那里把新密钥加在最前面 · Where keys come from the environment, put a new one first there.
    """
    if not held(Settings).sealing_keys:
        key = seals.rotate(held(Settings))
        click.echo(f"新密钥 {key.kid} / new key {key.kid}")
    resealed = zip(trackers.reseal(), factors.reseal(), hooks.reseal(), strict=True)
    renewed, closed = (sum(counts) for counts in resealed)
    click.echo(f"已重新封存 {renewed} 项 / {renewed} sealed anew")
    if closed:
        raise click.ClickException(f"{closed} 项无法解开，详见日志 / {closed} do not open; see the log")
