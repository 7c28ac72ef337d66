"""The month before in the demo county: what was found and solved, who travelled, and the two bulletins of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa

from server import clock
from server.cli.county import names
from server.cli.county.journey import WATCHER, County, Deed, Journey, at, workday
from server.cli.county.kept import ADMINISTRATOR
from server.cli.county.trips import Met, Spot, StopTold, TripTold
from server.db import db
from server.models.matters import MatterCategory
from server.rules.boards import Rule
from server.services import boards, bulletins, matters
from server.services.matters import Report
from server.services.steps import Told

HEAD, SECOND, THIRD = 0, 1, 2
"""The seats of an office: who leads it, who watches in a township, who handles."""

PACES: Final = {
    "quick": ((1, "accept"), (1, "assign"), (3, "handle"), (4, "verify"), (4, "close")),
    "late": ((2, "accept"), (2, "assign"), (9, "handle"), (10, "verify"), (10, "close")),
    "unanswered": ((5, "accept"), (5, "assign"), (8, "handle"), (9, "verify"), (9, "close")),
    "reopened": (
        *((1, "accept"), (1, "assign"), (2, "handle"), (3, "verify"), (3, "close")),
        *((5, "reopen"), (6, "handle"), (7, "verify"), (7, "close")),
    ),
}
"""The steps of a matter, each so many working days after its report."""


@dataclass(frozen=True, slots=True)
class Found:
    """A matter of an office: on which working day of the month it was told, what it was, and how it went."""

    office: str
    day: int
    pace: str
    text: str
    category: str = "一般事项"


FOUND: Final = (
    Found("B07", 3, "quick", "落户企业反映开户手续反复补件。"),
    Found("B02", 4, "quick", "重点项目月度数据报送口径不一致。"),
    Found("B03", 3, "quick", "开发区一路段晚间电压不稳。"),
    Found("B03", 6, "late", "两家企业用工培训补贴申请积压。"),
    Found("B05", 5, "quick", "高标准农田支渠漏水。"),
    Found("B06", 3, "unanswered", "一宗工业用地红线与现状围墙不符。"),
    Found("B06", 8, "reopened", "临时用地到期未复垦。"),
    Found("B08", 6, "quick", "外来务工人员子女入学材料代收点缺人。"),
    Found("P01", 2, "quick", "标准厂房三号楼货梯故障。"),
    Found("P01", 7, "quick", "园区食堂排烟扰民。"),
    Found("P02", 4, "late", "污水管网井盖破损三处。"),
    Found("F01", 5, "quick", "安置房二期外墙渗水。"),
)

TARGETS: Final = {
    "B05": (6000, 5000),
    "B07": (30000, 12000),
    "F01": (24000, 15000),
    "P01": (60000, 60000),
    "P02": (90000, 65000),
}
"""What some offices mean to sign and to see landed in the year, in 万元."""

JOURNEYS: Final = (
    TripTold(
        title="赴东澜回访标准厂房意向企业",
        aim="回访三季度来县考察企业，落实用房与用工需求",
        office="B01",
        team=(0, 4),
        starts=0,
        days=3,
        state="completed",
        destination="东澜智造园",
        destination_area="东澜智造园",
        chain="精密制造",
        outcome="一家企业确认租用标准厂房 2000 平方米",
        stops=(
            StopTold(
                "东澜智造园服务中心",
                Spot("东澜智造园", -420, 180),
                ("14:00", "15:30"),
                met=Met("outbound", "沈主任", "园区招商负责人", "标准厂房租用", "确认租用面积与入驻时间"),
            ),
        ),
    ),
    TripTold(
        title="赴望舒科学城对接飞地项目",
        aim="对接科创飞地入驻团队与县内中试需求",
        office="B02",
        team=(1, 2),
        starts=0,
        days=2,
        state="completed",
        destination="望舒科学城",
        destination_area="望舒科学城",
        chain="科技服务",
        outcome="两个团队愿来县做中试",
        stops=(
            StopTold(
                "望舒科学城孵化中心",
                Spot("望舒科学城", 150, -120),
                ("09:30", "11:00"),
                met=Met("outbound", "阮经理", "孵化器负责人", "中试场地", "互换中试场地与设备清单"),
            ),
        ),
    ),
)
_BEGINS: Final = (5, 10)
"""The working days of the month on which the journeys begin."""


def deeds(county: County) -> list[Deed]:
    """Everything done, each at its instant; what would still be to come is left by whoever lives it."""
    first = (county.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    found = [deed for each in FOUND for deed in _lived(each, county, first)]
    for told, day in zip(JOURNEYS, _BEGINS, strict=True):
        found += Journey(told, county, first_day=workday(first, day)).deeds()
    return [Deed(at(workday(first, 1), "09:00"), _rule(county, first)), *found, *_bulletins(county, first)]


def _rule(county: County, first: date) -> Callable[[], object]:
    """The rule of the boards (offices of three are compared, since most of the county's are no larger), and targets."""
    rule = Rule(dict(Rule().weights), least_people=3, listed=3)
    actor = county.kept.actor(ADMINISTRATOR)

    def set_out() -> None:
        reason = "多数科室编制为三人，三人以上单位参加比较。"
        boards.change(actor, rule, valid_from=first, reason=reason)
        for office, (signed, landed) in TARGETS.items():
            unit_id = county.kept.units[office]
            boards.aim(actor, unit_id, valid_from=first, signed=Decimal(signed), landed=Decimal(landed))

    return set_out


def _lived(told: Found, county: County, first: date) -> Iterator[Deed]:
    """A matter's report and its steps, by the head and the cadre of its office."""
    ids: list[int] = []
    begins = workday(first, told.day)
    yield Deed(at(begins, "09:20"), _report(told, county, ids))
    for number, (days, step) in enumerate(PACES[told.pace]):
        yield Deed(at(workday(begins, days), f"{10 + number}:15"), _step(told, county, ids, step))


def _report(told: Found, county: County, ids: list[int]) -> Callable[[], object]:
    """The report, by the office itself."""
    actor = county.kept.actor(county.kept.in_seat(told.office, THIRD))

    def report() -> None:
        category = sa.select(MatterCategory.id).where(MatterCategory.name == told.category)
        found = Report("enterprise", told.text, category_id=db.session.scalars(category).one())
        ids.append(matters.report(actor, found)["id"])

    return report


def _step(told: Found, county: County, ids: list[int], step: str) -> Callable[[], object]:
    """One step on the matter."""
    seat = SECOND if step == "handle" else HEAD
    actor = county.kept.actor(county.kept.in_seat(told.office, seat))
    unit_id = county.kept.units[told.office] if step == "assign" else None
    note = {"handle": "已现场处理。", "close": "已办结。", "reopen": "复查发现问题仍在，重新办理。"}.get(
        step, ""
    )
    return lambda: matters.take(actor, ids[0], step, Told(note=note, unit_id=unit_id))


def _bulletins(county: County, first: date) -> Iterator[Deed]:
    """The two bulletins of the month: drafted and numbered, approved by a leader, published."""
    month = clock.month_after(first)
    drafted = workday(month - timedelta(days=1), 2)
    for number, kind in enumerate(("boards", "trips"), start=1):
        told: dict[str, Any] = {}
        yield Deed(at(drafted, f"09:{number}0"), _draft(county, first, kind, number, told))
        yield Deed(at(drafted, f"15:{number}0"), _approve(county, told))
        yield Deed(at(drafted, f"16:{number}0"), _publish(county, told))


def _draft(county: County, first: date, kind: str, number: int, told: dict[str, Any]) -> Callable[[], object]:
    """Drafted, with its number and its words."""
    actor = county.kept.actor(WATCHER)
    opening = f"现将{first.year}年{first.month}月有关情况通报如下。"
    note = "请排名靠后的单位对照明细认真整改。" if kind == "boards" else ""

    def draft() -> None:
        told["id"] = bulletins.draft(actor, kind, f"{first:%Y-%m}")["id"]
        words = {
            "number": f"云督通〔{first.year}〕{first.month * 2 + number - 2}号",
            "opening": opening,
            "note": note,
        }
        bulletins.edit(actor, told["id"], words, revision=None)

    return draft


def _approve(county: County, told: dict[str, Any]) -> Callable[[], object]:
    """Approved by a leader of the county."""
    leader = county.kept.actor(county.kept.in_seat(names.COUNTY_CODE, SECOND))
    return lambda: bulletins.take(leader, told["id"], "approve")


def _publish(county: County, told: dict[str, Any]) -> Callable[[], object]:
    """Published by who drafted it."""
    actor = county.kept.actor(WATCHER)
    return lambda: bulletins.take(actor, told["id"], "publish")
