"""`flask positions …`: bring in the track that a phone kept for itself. Acts as the system: the record names nobody."""

from collections import Counter
from pathlib import Path

import click

from server.cli.commands import Commands
from server.ingest import gpx
from server.queries import trackers
from server.queries.trackers import Live
from server.rules.positions import SET_ASIDE
from server.services import position_files

commands = Commands("positions", help="定位点 · Positions.")


@commands.command("import")
@click.argument("username")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--tracker", "number", type=int, help="定位设备的编号；只有一部时可省略 · Which of several trackers."
)
def import_file(username: str, file: Path, number: int | None) -> None:
    """补入手机自己记下的轨迹（GPX）；中断后再运行一次即可 · Bring in a phone's own GPX; it may be run again.

    与迟到的定位点同样对待：只保存任务期间、已同意的 · Treated as what comes late: kept on duty, with consent.
    """
    tracker = _one(trackers.live_of(username), number)
    kept, aside = 0, Counter[str]()
    try:
        with file.open("rb") as opened:
            for became in position_files.bring_in(tracker, gpx.read(opened)):
                kept += became.kept
                aside.update(became.set_aside)
    finally:
        _say(kept, aside)


def _one(found: list[Live], number: int | None) -> Live:
    """The tracker that is meant."""
    meant = [each for each in found if number in (None, each.id)]
    if len(meant) == 1:
        return meant[0]
    for each in found:
        click.echo(f"{each.id}  {each.kind}  {each.name}", err=True)
    raise click.ClickException("请用 --tracker 指明哪一部定位设备 / say with --tracker which of these it is")


def _say(kept: int, aside: Counter[str]) -> None:
    """What became of the file so far."""
    click.echo(f"已保存 {kept} 个（含原有的）/ kept {kept}, those that were there already among them")
    for reason, count in sorted(aside.items()):
        zh, en = SET_ASIDE[reason]
        click.echo(f"未保存 {count} 个：{zh} / not kept {count}: {en}")
