"""`flask events …`: close the record day by day, and check that it still says what it said."""

from collections.abc import Iterator
from pathlib import Path

import click

from server.cli.commands import Commands
from server.config import Settings
from server.held import held
from server.services import closing_keys, closings
from server.services.closings import Verified

commands = Commands("events", help="操作记录与每日存证 · The record of what was done, and its closings.")


@commands.command("seal")
def seal() -> None:
    """为已过去的每一天存证，并另存于库外 · Close every day that is over, sign it, and keep it outside."""
    for closing in closings.close():
        late = f"，其中 {closing.late} 条晚到 / {closing.late} late" if closing.late else ""
        click.echo(f"{closing.day}  {closing.count} 条记录 / events{late}  {closing.head}")
    click.echo(f"另存于 / kept in {closings.folder()}")


@commands.command("verify")
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="只相信这份另存的存证及其公钥 · Believe only this copy of the folder, and its keys.",
)
def verify(against: Path | None) -> None:
    """核对全部存证与记录；有不符时逐日说明，退出码为 1 · Check every day; exit code 1 where something is wrong."""
    found = closings.verify(against)
    for each in found.findings:
        click.echo(f"{each.day}  {each.zh} / {each.en}", err=True)
    for line in (_summary(found), *_declared(found)):
        click.echo(line)
    if found.findings:
        raise click.ClickException(
            f"{len(found.findings)} 处不符 / things that do not agree: {len(found.findings)}"
        )


@commands.command("rotate-key")
def rotate_key() -> None:
    """启用新的存证密钥；以前的存证仍可核对 · Sign with a new key; closings of before still hold."""
    key = closing_keys.rotate(held(Settings))
    click.echo(f"新密钥 {key.kid} / new key {key.kid}")


@commands.command("trust-key")
@click.argument("kid")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="公钥取自这份另存的存证 · Take its public half from this copy of the folder.",
)
def trust_key(kid: str, source: Path | None) -> None:
    """声明已遗失的旧存证密钥为本服务器所用 · Declare that a closing key lost for good was this server's."""
    declared = closings.trust(kid, source)
    click.echo(
        f"密钥 {kid} 已声明；由它签名的 {declared.days} 天可以核对 / "
        f"key {kid} is declared; days it signed that can be checked: {declared.days}"
    )
    if held(Settings).closing_keys:
        click.echo(
            "请加在 GUATU_CLOSING_KEYS 的末尾，才会生效 / "
            f"it takes effect once GUATU_CLOSING_KEYS ends with: ,{declared.written}"
        )


def _declared(found: Verified) -> Iterator[str]:
    """A line for each key that is believed because it was declared known."""
    for kid, days in found.declared.items():
        yield (
            f"{days} 天由密钥 {kid} 签名；该密钥已遗失，已声明为本服务器以前的密钥 / "
            f"days signed with {kid}, which is lost and was declared an earlier key of this server: {days}"
        )


def _summary(found: Verified) -> str:
    """How far the chain reaches."""
    if found.upto is None:
        return f"还没有存证；{found.open} 条记录待存证 / nothing closed yet; events waiting: {found.open}"
    return (
        f"{found.closed} 天已存证，到 {found.upto}；此后 {found.open} 条待存证 / "
        f"days closed: {found.closed}, up to {found.upto}; events waiting after that: {found.open}"
    )
