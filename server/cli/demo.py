"""`flask demo …`: an invented county to look around in, with people on their way."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import flask_migrate

from server import clock
from server.cli import certificate, stage
from server.cli.commands import Commands
from server.cli.county import accounts, bulk, fill, kept, places, roster, rounds, telling
from server.cli.county.journey import County
from server.cli.stage import Stage
from server.config import INSTANCE

_sized = click.option(
    "--size",
    type=click.Choice(("demo", "county")),
    help="规模：county 为一个县的一个月，2000 人、2 万次签到 · `county`: a month of a county, 2,000 people.",
)
_with_fixes = click.option(
    "--fixes",
    type=click.IntRange(0),
    help="county 的定位点数（PostGIS 一千万，SpatiaLite 五十万）· Fixes of `county`: 10 million, or 500,000.",
)


@click.group("demo", cls=Commands, invoke_without_command=True, no_args_is_help=True)
@_sized
@_with_fixes
@click.pass_context
def commands(ctx: click.Context, size: str | None, fixes: int | None) -> None:
    """演示县 · The demo county. With a size and no command, `fill` of that size."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(fill_empty, size=size, fixes=fixes)
    elif size is not None or fixes is not None:
        raise click.UsageError("--size、--fixes 写在 fill 之后 / --size and --fixes go after fill")


@commands.command("fill")
@_sized
@_with_fixes
def fill_empty(size: str | None, fixes: int | None) -> None:
    """放入演示县（仅限空库）· Put the demo county into an empty, migrated database, and tell three sign-ins."""
    now = clock.now()
    if fixes is not None and size != "county":
        raise click.UsageError("--fixes 只用于 --size county / --fixes goes with --size county")
    fill.fill(now, click.echo)
    if size == "county":
        usual = bulk.usual()
        bulk.fill(now, usual if fixes is None else replace(usual, fixes=fixes), click.echo)
    click.echo(sign_ins(_opened()))


@commands.command("phones")
def plan_phones() -> None:
    """模拟手机的计划 · Set three trips on their way; print the plan for `python -m mobile_stub.pretend county`."""
    click.echo(json.dumps({"phones": _sent_out()}, ensure_ascii=False))


@commands.command("prepare", hidden=True)
def prepare() -> None:
    """For `run`: migrate, fill what is empty, open accounts, set trips on their way; tell it all as JSON."""
    flask_migrate.upgrade()
    if kept.is_empty():
        _aside("建立云岭县 / making the county of Yunling")
        fill.fill(clock.now(), _aside)
    else:
        _aside("沿用上次的数据（--fresh 从头开始）/ the data of last time is kept (--fresh starts anew)")
    click.echo(json.dumps({"sign_ins": _opened(), "phones": _sent_out()}))


@commands.command("run")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口 · Port.")
@click.option(
    "--tls", is_flag=True, help="HTTPS，自签证书，手机可用 · HTTPS with a certificate of its own, for phones."
)
@click.option("--public", is_flag=True, help="局域网可访问 · Reachable from the local network.")
@click.option("--fresh", is_flag=True, help="从头开始 · Start anew.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=INSTANCE / "demo", help="数据文件夹 · Data folder."
)
def run(port: int, tls: bool, public: bool, fresh: bool, folder: Path) -> None:
    """运行演示：服务器与模拟手机 · Run it: the server and the pretend phones, until Ctrl+C."""
    here = Stage(folder.resolve(), port, tls, public or tls)
    stage.leave_on_signals()
    try:
        _play(here, fresh=fresh)
    except KeyboardInterrupt:
        click.echo("\n演示已结束 / the demo has ended")


def _play(here: Stage, *, fresh: bool) -> None:
    """Everything in its order; whatever was begun is ended when this is left."""
    with stage.alone(here.folder), stage.listening(here) as listener:
        told = stage.prepare(here, fresh=fresh)
        plan = {"phones": told["phones"]}
        with (
            stage.server(here, listener) as server,
            stage.phones(here, plan) as phones,
            stage.sweep(here) as sweep,
        ):
            click.echo(programme(here, told))
            stage.watch({"server": server, "phones": phones, "sweep": sweep}, here.folder)


def programme(here: Stage, told: dict[str, Any]) -> str:
    """What a person at the keyboard needs to know."""
    return f"""
云岭县演示已就绪 / the demo county is ready

  地址 address    {here.address}
  手机 phone      {here.address}/m/

{sign_ins(told["sign_ins"])}

  {len(told["phones"])} 部模拟手机正在途中 / {len(told["phones"])} pretend phones are on their way
  记录 logs       {here.folder}

{_for_phones(here)}

按 Ctrl+C 结束 / Ctrl+C ends it"""


def sign_ins(passwords: dict[str, str]) -> str:
    """The three sign-ins, a line each."""
    return "\n".join(
        f"  {role:<{28 - _wide(role)}}{username:<10}{passwords[username]}"
        for username, role in roster.SIGN_INS
    )


def _wide(text: str) -> int:
    """How many characters of a text take two columns."""
    return sum(ord(char) > 0x2E80 for char in text)


def _for_phones(here: Stage) -> str:
    """What somebody who wants to use a real phone must know."""
    if not here.tls:
        return (
            "  浏览器只在安全连接中提供位置：本机用 localhost 可以；真实手机请用 make demo TLS=1\n"
            "  Browsers give a position only in a secure context: localhost on this computer is one;\n"
            "  for a real phone run make demo TLS=1"
        )
    addresses = [f"https://{address}:{here.port}/m/" for address in certificate.lan_addresses()]
    return (
        f"  手机连同一网络，打开 {'  '.join(addresses) or here.address}\n"
        "  证书是本机自签的：在警告页选“高级”→“继续前往”（iPhone：“显示详细信息”→“访问此网站”），再允许位置\n"
        "  On a phone in the same network open the address above. The certificate is this machine's own: on the\n"
        "  warning choose Advanced → Proceed (iPhone: Show Details → visit this website), then allow the position"
    )


def _opened() -> dict[str, str]:
    """New passwords for the three sign-ins, by user name."""
    county = kept.read()
    opened = {username: accounts.open_with_new_password(username, county) for username, _ in roster.SIGN_INS}
    telling.of_passwords()
    return opened


def _sent_out() -> list[dict[str, Any]]:
    """The plan for the pretend phones."""
    now = clock.now()
    county = County(kept.read(), places.by_name(places.everywhere()), clock.day_of(now))
    plan = rounds.send_out(county, now)
    telling.of_passwords()
    return plan


def _aside(line: str) -> None:
    click.echo(line, err=True)
