"""`flask areas …`: import boundary files, list areas. Acts as the system: the record names nobody."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from server import clock
from server.cli.commands import Commands
from server.config import Settings
from server.errors import AreasRefused
from server.geo.datum import Datum
from server.held import held
from server.models.areas import KINDS
from server.queries import boundaries
from server.queries.boundaries import Wanted
from server.services import areas

commands = Commands("areas", help="区域 · Areas.")

DATUMS = tuple(datum.value for datum in Datum)


class InstantGiven(click.ParamType[datetime]):
    """An instant or a day, ISO 8601; what names no time zone is meant in Shanghai."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The instant a person typed."""
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail("应为日期或时间，如 2026-01-01 / must be a day or an instant", param, ctx)
        return instant if instant.tzinfo else instant.replace(tzinfo=clock.SHANGHAI)


@commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), required=True, help="区域类别 · Kind of area.")
@click.option("--datum", type=click.Choice(DATUMS), required=True, help="文件的坐标系 · Datum of the file.")
@click.option("--name-field", default="name", show_default=True, help="名称字段 · Field of the name.")
@click.option("--code-field", help="编码字段，默认用名称 · Field of the code; names are codes otherwise.")
@click.option("--households-field", help="户数字段 · Field of the number of households.")
@click.option("--parent", "parent_code", help="上级区域的编码 · Code of the area they lie in.")
@click.option("--valid-from", type=InstantGiven(), help="生效时间 · In force from.")
def import_file(file: Path, datum: str, **told: Any) -> None:
    """导入边界文件（全部成功或全部不导入）· Publish a boundary file, whole or not at all.

    FILE: GeoJSON, GeoPackage, zipped Shapefile, KML, KMZ.
    """
    try:
        report = areas.import_file(None, _read(file), file.name, datum=Datum(datum), **told)
    except AreasRefused as refused:
        _say_refusals(refused)
        raise
    _say(report)


@commands.command("list")
@click.option("--kind", type=click.Choice(KINDS), help="只列一类 · Only this kind.")
@click.option("--name", help="名称包含 · Part of the name.")
def listed(kind: str | None, name: str | None) -> None:
    """列出区域 · List the areas with the version in force."""
    for area in boundaries.listed(None, Wanted(kind=kind, name=name))["items"]:
        retired = "" if area["retired_at"] is None else f"  停用 / retired {clock.day_of(area['retired_at'])}"
        click.echo(
            f"{area['id']}  {area['kind']}  {area['code']}  {area['name']}  "
            f"v{area['version']}  {area['area_km2']:.3f} km²{retired}"
        )


def _read(file: Path) -> bytes:
    """The file's bytes, and not many more than the reader takes."""
    with file.open("rb") as opened:
        return opened.read(held(Settings).upload_mb * 2**20 + 1)


def _say(report: dict[str, Any]) -> None:
    """What an import did, and every mend."""
    for mend in report["mended"]:
        click.echo(f"第 {mend['feature']} 个：{mend['zh']} / feature {mend['feature']}: {mend['en']}")
    click.echo(
        f"新建 {report['created']}，变更 {report['changed']}，未变 {report['unchanged']} / "
        f"created {report['created']}, changed {report['changed']}, unchanged {report['unchanged']}"
    )


def _say_refusals(refused: AreasRefused) -> None:
    """Every refusal on a line of its own, to the error output."""
    for place, sentences in (refused.fields or {}).items():
        place_zh = f"第 {place.removeprefix('feature ')} 个" if place.startswith("feature ") else place
        for said in sentences:
            click.echo(f"{place_zh}：{said['zh']} / {place}: {said['en']}", err=True)
