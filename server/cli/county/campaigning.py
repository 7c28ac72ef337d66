"""Six campaigns of the demo county at once: a lead and tasks each; the first has projects, matters, a review."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa

from server import clock
from server.cli.county.journey import County
from server.db import db
from server.models.matters import Matter
from server.models.patrols import PatrolPlan
from server.models.people import Person, RoleGrant
from server.models.projects import Project
from server.models.units import Unit
from server.queries import actors
from server.rules import matters
from server.rules.access import Actor
from server.services import campaigns
from server.services.campaigns import ReviewTold, TaskTold, Told

DAY: Final = timedelta(days=1)

TaskRow = tuple[str, str, str, int, int, tuple[str, ...]]
"""Title, standard, the kind of unit, days from today to its begin and end, what was told of it."""


@dataclass(frozen=True, slots=True)
class Battle:
    """A campaign: name, aim, days from today to its begin and end, its tasks."""

    name: str
    aim: str
    begins: int
    ends: int
    tasks: tuple[TaskRow, ...]


TASKS: Final[tuple[TaskRow, ...]] = (
    ("三个园区项目全部取得施工许可", "许可证齐备，可进场", "department", -70, -12, ("finish",)),
    ("东部园区二期供地 320 亩", "土地证到企业", "township", -60, 5, ("progress", "progress")),
    ("110 千伏变电站接入园区", "送电", "firm", -45, 40, ("progress",)),
    ("沿线 6 处占道堆料清理", "现场复核无堆料", "township", -58, -32, ("progress",)),
    ("企业用工专场招聘两场", "到岗 200 人以上", "department", 6, 55, ()),
    ("中央厨房污水管网改线", "改由园区二期统一实施", "firm", -50, 20, ("drop",)),
)

BATTLES: Final = (
    Battle(
        "项目攻坚百日行动",
        "年内新开工 6 个、投产 3 个亿元以上项目，沿线环境整治同步到位。",
        -75,
        60,
        TASKS,
    ),
    Battle(
        "招商引资突破战",
        "四季度新签约亿元以上项目 5 个，外出对接每周不断线。",
        -50,
        36,
        (
            ("长三角驻点对接 20 家企业", "对接记录齐全", "department", -48, -3, ("progress", "finish")),
            ("储备项目入库 15 个", "有投资方、有意向书", "department", -40, 30, ("progress",)),
        ),
    ),
    Battle(
        "园区提质攻坚战",
        "标准厂房、污水、供电一次补齐。",
        -90,
        120,
        (
            ("标准厂房二期封顶", "主体验收", "firm", -80, 3, ("progress",)),
            ("污水处理站扩容", "日处理 5000 吨", "firm", -60, 90, ()),
        ),
    ),
    Battle(
        "营商环境提升战",
        "企业诉求 48 小时答复，开办企业一天办结。",
        -30,
        90,
        (("企业诉求专班上线", "48 小时答复率百分之百", "department", -28, 20, ("progress",)),),
    ),
    Battle(
        "人居环境整治战",
        "主干道、河道、集镇三类点位逐一销号。",
        -60,
        31,
        (
            ("河道垃圾清理 42 处", "现场复核", "township", -55, -10, ()),
            ("集镇立面整治", "验收合格", "township", -30, 25, ("progress",)),
        ),
    ),
    Battle(
        "冬季安全守护战",
        "消防、燃气、危房三项排查全覆盖。",
        -20,
        95,
        (
            ("沿街商铺消防通道排查", "不留死角", "township", -18, 14, ("progress",)),
            ("燃气入户检查", "台账到户", "department", 4, 60, ()),
        ),
    ),
)

SAID: Final = {
    "progress": "已完成过半，材料按周报送。",
    "finish": "全部办结，现场已核。",
    "drop": "并入园区二期统一实施。",
}


def run(county: County) -> None:
    """Open each on its day, let it go on, and review the first. Within a verb."""
    leaders = _leaders()
    opened = [
        _fight(battle, leaders[number % len(leaders)], county.today) for number, battle in enumerate(BATTLES)
    ]
    _link(leaders[0], opened[0])
    _review(leaders[0], opened[0], county.today)


def _fight(battle: Battle, leader: Actor, today: date) -> int:
    """One campaign with its tasks and what was told of them. Its id."""
    begins = today + battle.begins * DAY
    told = Told(
        name=battle.name,
        unit_id=_units("county")[0].id,
        lead_id=leader.person_id,
        starts_on=begins,
        ends_on=today + battle.ends * DAY,
        aim=battle.aim,
    )
    with clock.at(clock.day_starts_at(begins) + timedelta(hours=9)):
        campaign_id: int = campaigns.open_(leader, told)["id"]
        tasks = [_add(leader, campaign_id, number, row, today) for number, row in enumerate(battle.tasks)]
    _tell(leader, campaign_id, list(zip(tasks, battle.tasks, strict=True)), today)
    return campaign_id


def _leaders() -> list[Actor]:
    """The leaders of the county, one by one."""
    statement = (
        sa.select(Person.id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.role == "leader", Unit.parent_id.is_(None))
        .order_by(Person.id)
    )
    found = [actors.by_person(person_id) for person_id in db.session.scalars(statement)]
    return [actor for actor in found if actor is not None]


def _units(kind: str) -> list[Unit]:
    """The units of a kind, in their order."""
    return list(db.session.scalars(sa.select(Unit).where(Unit.kind == kind).order_by(Unit.position, Unit.id)))


def _add(leader: Actor, campaign_id: int, number: int, row: TaskRow, today: date) -> int:
    """Put one task on the list. Its id."""
    title, standard, kind, begins, ends, _ = row
    units = _units(kind) or _units("department")
    unit = units[number % len(units)]
    told = TaskTold(title, unit.id, today + begins * DAY, today + ends * DAY, standard)
    document = campaigns.add_task(leader, campaign_id, told)
    return max(int(task["id"]) for task in document["tasks"])


def _tell(leader: Actor, campaign_id: int, tasks: list[tuple[int, TaskRow]], today: date) -> None:
    """What was told of the tasks, a week apart."""
    for task_id, (*_, steps) in tasks:
        for number, step in enumerate(steps):
            day = today - (14 - 6 * number) * DAY
            with clock.at(clock.day_starts_at(day) + timedelta(hours=8)):
                campaigns.report(leader, campaign_id, task_id, step, SAID[step])


def _link(leader: Actor, campaign_id: int) -> None:
    """The county's projects and patrols, and matters that are not closed."""
    for project_id in db.session.scalars(sa.select(Project.id).order_by(Project.id).limit(6)).all():
        campaigns.link(leader, campaign_id, "project", project_id)
    for plan_id in db.session.scalars(sa.select(PatrolPlan.id).order_by(PatrolPlan.id).limit(2)).all():
        campaigns.link(leader, campaign_id, "plan", plan_id)
    open_ones = sa.select(Matter.id).where(
        Matter.state.in_(matters.OPEN), Matter.kind.not_in(matters.CONFIDENTIAL)
    )
    for matter_id in db.session.scalars(open_ones.order_by(Matter.id).limit(4)).all():
        campaigns.link(leader, campaign_id, "matter", matter_id)


def _review(leader: Actor, campaign_id: int, today: date) -> None:
    """A review of last month and of the quarter it lies in."""
    last = (today.replace(day=1) - DAY).replace(day=1)
    told = ReviewTold(
        f"{last:%Y-%m}",
        "任务按计划推进，供地和送电是下一步关键。",
        trouble="占道堆料反弹，两处需复查。",
        next_step="每周三调度，逾期任务由牵头单位书面说明。",
    )
    campaigns.review(leader, campaign_id, told)
