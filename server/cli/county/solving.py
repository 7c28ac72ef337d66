"""Matters of the demo county: found by grid members, solved or not by their townships."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from server.cli.county.fixes import moved
from server.cli.county.journey import County, Deed, at, workday
from server.cli.county.places import everywhere
from server.db import db
from server.models.matters import MatterCategory
from server.services import matters
from server.services.matters import Report
from server.services.steps import Told

GRID_CODE_DIGITS = 15
WATCHES, HANDLES = 1, 2
"""The seats in a township's office: who watches, and the cadre who handles."""


@dataclass(frozen=True, slots=True)
class Story:
    """A matter: which grid member found it, what it is, on which working day, and the steps after it, one a day."""

    member: int
    kind: str
    category: str
    text: str
    place: str
    day: int
    steps: tuple[tuple[str, str], ...] = ()


STORIES: Final = (
    Story(
        0,
        "patrol",
        "一般事项",
        "村口第三盏路灯不亮，晚上行人不便。",
        "村口公交站旁",
        -9,
        (
            ("accept", ""),
            ("assign", ""),
            ("handle", "灯泡已更换，当晚试亮。"),
            ("verify", "现场看过，已亮。"),
            ("close", "路灯已修好，谢谢反映。"),
        ),
    ),
    Story(
        3,
        "visit",
        "一般事项",
        "独居老人家屋顶漏雨，下雨天接了三个盆。",
        "老屋巷 6 号",
        -4,
        (("accept", ""), ("assign", ""), ("progress", "已联系瓦工，明天上门。")),
    ),
    Story(
        6,
        "enterprise",
        "企业诉求",
        "厂区门前道路夜间货车停满，进出料车辆会车困难。",
        "工业路东段",
        -3,
        (("accept", ""), ("assign", "")),
    ),
    Story(
        9,
        "patrol",
        "复杂事项",
        "河堤内侧有两处冲刷塌陷，约三米长。",
        "下游石拱桥南",
        -6,
        (("accept", ""), ("assign", ""), ("plan", "先围挡后加固，汛前完成。")),
    ),
    Story(12, "patrol", "一般事项", "垃圾桶满溢，清运隔了三天。", "村委会后", -1),
    Story(12, "patrol", "一般事项", "同一处垃圾桶满溢，有异味。", "村委会后", -1),
    Story(18, "leader", "一般事项", "核查沿街商铺消防通道是否堆物。", "集镇老街", -12, (("accept", ""),)),
)
"""The last one was accepted and left: by now it is overdue, and the sweep hands it up."""


def deeds(county: County) -> list[Deed]:
    """Everything done on every matter, each at its instant."""
    members = sorted(code for code in county.kept.seats if len(code) == GRID_CODE_DIGITS)
    return [deed for story in STORIES for deed in _lived(story, county, members[story.member])]


def _lived(story: Story, county: County, grid: str) -> Iterator[Deed]:
    """The report of a matter and its steps, a working day apart."""
    found: list[int] = []
    township = f"{grid[:9]}000"

    def report() -> None:
        actor = county.kept.actor(county.kept.in_seat(grid, 0))
        category = sa.select(MatterCategory.id).where(MatterCategory.name == story.category)
        lng, lat = _spot(grid, story.place)
        told = Report(
            story.kind,
            story.text,
            category_id=db.session.scalars(category).one(),
            place=story.place,
            lng=lng,
            lat=lat,
        )
        found.append(matters.report(actor, told)["id"])

    yield Deed(at(workday(county.today, story.day), "09:20"), report)
    for number, (step, note) in enumerate(story.steps):
        day = workday(county.today, min(story.day + 1 + number // 2, 0))
        act = _step(county, township, grid, found, step, note)
        yield Deed(at(day, "10:40" if number % 2 == 0 else "15:10"), act)


def _spot(grid: str, place: str) -> tuple[float, float]:
    """A place of a grid, (lng, lat): the same for the same words."""
    shape = next(each.shape for each in everywhere() if each.code == grid)
    inner, chance = shape.representative_point(), random.Random(place)
    return moved((inner.x, inner.y), chance.uniform(-60, 60), chance.uniform(-60, 60))


def _step(
    county: County, township: str, grid: str, found: list[int], step: str, note: str
) -> Callable[[], object]:
    """One step, by who watches or who handles in the township."""
    seat = HANDLES if step in {"plan", "progress", "handle"} else WATCHES
    actor = county.kept.actor(county.kept.in_seat(township, seat))
    unit_id = county.kept.units[grid[:12]] if step == "assign" else None
    until = workday(county.today, 15) if step == "plan" else None
    return lambda: matters.take(actor, found[0], step, Told(note=note, unit_id=unit_id, until=until))
