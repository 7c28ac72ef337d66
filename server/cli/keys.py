"""`flask keys …`: the keys that sign access tokens."""

from datetime import datetime

import click

from server import clock
from server.cli.commands import Commands
from server.config import Settings
from server.held import held
from server.services import keys
from server.services.keys import Ring

commands = Commands("keys", help="签名密钥 · Signing keys.")


@commands.command("list")
def listed() -> None:
    """列出密钥（不显示密钥内容）· List the keys, never what they are."""
    for key in held(Ring).keys:
        state = "签发 / signs" if key is held(Ring).keys[0] else f"仅验证 / verifies {_at(key.retired_at)}"
        click.echo(f"{key.kid}  {_at(key.made_at)}  {state}".rstrip())


@commands.command("rotate")
@click.option(
    "--at-once",
    is_flag=True,
    help="旧密钥立即失效（疑似泄露时）· Old keys stop verifying at once (after a leak).",
)
def rotate(at_once: bool) -> None:
    """启用新密钥 · Sign with a new key; running servers take it up within seconds, nobody has to sign in again."""
    key = keys.rotate(held(Settings), at_once=at_once)
    click.echo(f"新密钥 {key.kid} / new key {key.kid}")


def _at(instant: datetime | None) -> str:
    """An instant on the wall clock in Shanghai, or nothing."""
    return "" if instant is None else f"{instant.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
