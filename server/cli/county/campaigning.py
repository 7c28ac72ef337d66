"""A campaign of the demo county: a headquarters, tasks of departments and townships, projects, matters, two reviews."""

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

TASKS: Final = (
    ("三个园区项目全部取得施工许可", "许可证齐备，可进场", "department", -70, -12, ("finish",)),
    ("东部园区二期供地 320 亩", "土地证到企业", "township", -60, 5, ("progress", "progress")),
    ("110 千伏变电站接入园区", "送电", "firm", -45, 40, ("progress",)),
    ("沿线 6 处占道堆料清理", "现场复核无堆料", "township", -58, -32, ("progress",)),
    ("企业用工专场招聘两场", "到岗 200 人以上", "department", 6, 55, ()),
    ("中央厨房污水管网改线", "改由园区二期统一实施", "firm", -50, 20, ("drop",)),
)
"""Title, standard, the kind of unit, days from today to its begin and end, what was told of it."""

SAID: Final = {
    "progress": "已完成过半，材料按周报送。",
    "finish": "全部办结，现场已核。",
    "drop": "并入园区二期统一实施。",
}


def run(county: County) -> None:
    """Open it two months ago, let it go on, and review it. Within a verb."""
    leader = _leader()
    unit = _units("county")[0]
    begins = county.today - 75 * DAY
    told = Told(
        name="项目攻坚百日行动",
        unit_id=unit.id,
        lead_id=leader.person_id,
        starts_on=begins,
        ends_on=county.today + 60 * DAY,
        aim="年内新开工 6 个、投产 3 个亿元以上项目，沿线环境整治同步到位。",
    )
    with clock.at(clock.day_starts_at(begins) + timedelta(hours=2)):
        campaign_id = campaigns.open_(leader, told)["id"]
        tasks = [_add(leader, campaign_id, number, county.today) for number in range(len(TASKS))]
    _tell(leader, campaign_id, tasks, county.today)
    _link(leader, campaign_id)
    _review(leader, campaign_id, county.today)


def _leader() -> Actor:
    """The first leader of the county."""
    statement = (
        sa.select(Person.id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.role == "leader", Unit.parent_id.is_(None))
        .order_by(Person.id)
    )
    actor = actors.by_person(db.session.scalars(statement).first() or 0)
    assert actor is not None, "the roster has a leader of the county"
    return actor


def _units(kind: str) -> list[Unit]:
    """The units of a kind, in their order."""
    return list(db.session.scalars(sa.select(Unit).where(Unit.kind == kind).order_by(Unit.position, Unit.id)))


def _add(leader: Actor, campaign_id: int, number: int, today: date) -> int:
    """Put one task on the list. Its id."""
    title, standard, kind, begins, ends, _ = TASKS[number]
    units = _units(kind) or _units("department")
    unit = units[number % len(units)]
    told = TaskTold(title, unit.id, today + begins * DAY, today + ends * DAY, standard)
    document = campaigns.add_task(leader, campaign_id, told)
    return max(int(task["id"]) for task in document["tasks"])


def _tell(leader: Actor, campaign_id: int, tasks: list[int], today: date) -> None:
    """What was told of the tasks, a week apart."""
    for task_id, (*_, steps) in zip(tasks, TASKS, strict=True):
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
