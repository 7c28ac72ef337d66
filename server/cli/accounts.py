"""`flask accounts …`: the first administrator, and a password for who has lost it."""

import sys

import click

from server.cli.commands import Commands
from server.rules import people as rules
from server.services import factors, passwords, people

commands = Commands("accounts", help="账号 · Accounts.")

_stdin = click.option(
    "--password-stdin", is_flag=True, help="从标准输入读取密码 · Read the password from standard input."
)


@commands.command("create-admin")
@click.argument("username")
@click.option("--name", default="管理员", show_default=True, help="姓名 · Name.")
@click.option(
    "--county-name",
    default="本县",
    show_default=True,
    help="尚无单位时新建的县名 · Name of the county, if none yet.",
)
@_stdin
def create_admin(username: str, name: str, county_name: str, password_stdin: bool) -> None:
    """新建县级管理员 · Make an administrator of the county, and the county itself when there is none."""
    username = rules.normal(username)
    rules.check_username(username)
    password_hash = passwords.checked_hash(_password(password_stdin), username)
    people.create_administrator(username, name, password_hash, county_name=county_name)
    click.echo(f"已建立管理员 {username} / administrator {username} was made")


@commands.command("reset-password")
@click.argument("username")
@_stdin
def reset_password(username: str, password_stdin: bool) -> None:
    """重置密码 · Set a random password (or one from standard input), to be changed at the next sign-in."""
    made = passwords.reset_by_operator(username, _password(stdin=True) if password_stdin else None)
    click.echo("密码已重置，登录后须修改 / the password was reset; it must be changed after signing in")
    if made is not None:
        click.echo(made)


@commands.command("reset-factor")
@click.argument("username")
def reset_factor(username: str) -> None:
    """解除两步验证 · Take off the second factor of somebody who lost their phone and their recovery codes."""
    factors.reset_by_operator(username)
    click.echo("两步验证已解除，请尽快重新设置 / the second factor was taken off; set up a new one soon")


def _password(stdin: bool) -> str:
    """The password: from standard input (its first line), or typed twice, unseen."""
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("密码 / Password", hide_input=True, confirmation_prompt="再输一次 / Again")
    return typed
