"""Projects of the demo county: taken in from the office's sheet, then lived through: stages, money, commitments, flags.

Every name is invented. Days are counted from today, so that the county is always in the middle of things.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

import sqlalchemy as sa

from server.cli.county import names
from server.cli.county.journey import County, Deed, at, workday
from server.cli.county.ventures import ALL, WORDS, Venture
from server.db import db
from server.ingest import projects as files
from server.models.checkins import Checkin, Visit
from server.models.matters import Matter
from server.models.projects import Project
from server.queries import flags as given
from server.rules.access import Actor
from server.rules.projects import MILESTONES, Half
from server.services import commitments, flags, milestones, progress, project_sheets, projects
from server.services.commitments import CommitmentTold
from server.services.progress import EntryTold, EvidenceTold

WATCHER: Final = "ducha"
TAKEN_IN: Final = -40
"""The working day on which the office's sheet was taken in."""

EARLY_DAYS: Final = 100
"""A project signed so long before the end of a half-year has money planned in it."""

JUDGED: Final = (-30, -18, -8, -1)
"""The working days on which a sweep is lived through."""


_HEADS: Final = (
    "项目名称,投资方,产业链,总投资,责任单位,属地,国企,包联领导,服务专班,引荐单位,建设地点,是否供地"
)


def deeds(county: County) -> list[Deed]:
    """Everything done on every project, each at its instant."""
    watcher = county.kept.actor(WATCHER)

    def take_in() -> None:
        sheet = files.read(_sheet(county).encode(), "sheet.csv", unit="万元")
        told = project_sheets.take(watcher, sheet, dry=False)
        assert told["done"], [row["en"] for row in told["rows"] if row["outcome"] == "refused"]
        for venture in ALL:
            project = _kept(venture)
            laid = replace(project_sheets.as_told(project), area_id=_ground(county, venture))
            projects.edit(watcher, project.id, laid)

    begun = Deed(at(workday(county.today, TAKEN_IN), "09:00"), take_in)
    judged = [Deed(at(workday(county.today, day), "01:00"), _judge) for day in JUDGED]
    return [begun, *judged, *_since(county), *_contested(county)]


def _ground(county: County, told: Venture) -> int:
    """The area in which a project lies: its investor's own land, else its park, else its township."""
    parks = [park for park in names.PARKS if told.answers.startswith(park)]
    return next(
        found for name in (told.investor, *parks, told.township) if (found := county.kept.areas.get(name))
    )


def _judge() -> None:
    """What a sweep does about flags."""
    for project_id in given.to_judge():
        flags.judge(project_id)


def _sheet(county: County) -> str:
    """The office's sheet as it was on the day it was taken in: days planned, days reached until then, money planned."""
    words = ("签约", "供地", "开工", "竣工", "投产")
    before = ("线索", "在谈")
    half = Half.of(county.today)
    money = [f"{each.year}{'上' if each.half == 1 else '下'}半年计划投资" for each in (half.before, half)]
    heads = [_HEADS, *(f"计划{word}" for word in words), *before, *words, *money, f"{money[0][:7]}完成投资"]
    return "\n".join([",".join(heads), *(_row(county, told, place) for place, told in enumerate(ALL))])


def _row(county: County, told: Venture, place: int) -> str:
    """One project's row."""
    taken_in = workday(county.today, TAKEN_IN)
    planned = [None if days is None else _day(county, days) for days in told.plan]
    went = [_day(county, days) for days in told.went]
    known = [*(day if day < taken_in else None for day in went), *[None] * 5][:5]
    over = Half.of(county.today).before.ends_on - timedelta(days=EARLY_DAYS)
    signed_before = bool(told.went) and _day(county, told.went[0]) < over
    money = [
        f"{told.money}{told.unit}" if each else "" for each in (told.money and signed_before, told.money)
    ]
    done = money[0] and f"{Decimal(told.money) * told.share / 100:f}{told.unit}"
    cells = (
        told.name,
        told.investor,
        told.chain,
        told.amount,
        told.answers,
        told.township,
        "云岭城市建设投资集团" if place % 4 == 0 else "",
        _name(county, names.COUNTY_CODE, 1 + place % 3),
        "、".join(_name(county, "B01", seat) for seat in {place % 3, 3}),
        "县投资促进局" if place % 2 else "异地商会",
        f"{told.township}工业集中区",
        "是" if told.land else "否",
    )
    signed = went[0] if went and went[0] < taken_in else taken_in
    before = [signed - timedelta(days=75), signed - timedelta(days=38 + place)]
    days = ("" if day is None else day.isoformat() for day in (*planned, *before, *known))
    return ",".join((*cells, *days, *money, done))


def _day(county: County, days: int) -> date:
    """The day so many days from today."""
    return county.today + timedelta(days=days)


def _name(county: County, office: str, seat: int) -> str:
    """The name of whoever sits there."""
    return county.kept.actor(county.kept.in_seat(office, seat)).name


def _since(county: County) -> Iterator[Deed]:
    """What was done since: stages reached, money and progress told, papers shown, commitments made."""
    for place, told in enumerate(ALL):
        yield from _reached(county, told)
        yield Deed(at(workday(county.today, -6 - place % 5), "16:20"), _Progress(county, told, place).tell)
        if told.money:
            yield Deed(at(workday(county.today, -2), "10:05"), _Progress(county, told, place).invest)
        if len(told.went) in {1, 2, 3}:
            yield Deed(at(workday(county.today, -28), "11:00"), _Progress(county, told, place).commit)
        if told.went:
            yield Deed(at(workday(county.today, -25), "15:00"), _Progress(county, told, place).show)
        yield Deed(at(workday(county.today, -1), "17:10"), _Progress(county, told, place).link)


def _reached(county: County, told: Venture) -> Iterator[Deed]:
    """The stages reached after the sheet was taken in."""
    for stage, days in zip(MILESTONES, told.went, strict=False):
        day = county.today + timedelta(days=days)
        if day >= workday(county.today, TAKEN_IN):
            yield Deed(at(day, "17:40"), partial(_reach, county, told, stage, day))


@dataclass(frozen=True, slots=True)
class _Progress:
    """What is told of one project, by whom."""

    county: County
    told: Venture
    place: int

    @property
    def actor(self) -> Actor:
        """A head of the unit that answers for it."""
        return _head(self.county, self.told)

    @property
    def project(self) -> Project:
        """It as it is now."""
        return _kept(self.told)

    def tell(self) -> None:
        """Tell of its progress."""
        text, trouble, next_step = WORDS[min(len(self.told.went), 4)]
        entry = EntryTold(workday(self.county.today, -6 - self.place % 5), text, trouble, next_step)
        progress.report(self.actor, self.project.id, entry)

    def invest(self) -> None:
        """Tell what is invested in this half-year."""
        on = workday(self.county.today, -2)
        amount = Decimal(self.told.money) * self.told.share / 100
        project = self.project
        half = Half.of(on)
        progress.invest(self.actor, project.id, half=half, amount=round(amount, 4), on=on)

    def commit(self) -> None:
        """Commit the unit that answers for it to its next stage."""
        stage = len(self.told.went)
        due = self.told.plan[stage]
        project, today = self.project, self.county.today
        words = ("完成供地手续", "主体工程开工", "竣工验收")[stage - 1]
        day = max(today + timedelta(days=due or 60), workday(today, -28))
        standard = "以不动产权证、施工许可证或竣工验收备案为准"
        told = CommitmentTold(project.unit_id, f"{day} 前{words}", standard, day)
        commitments.commit(self.actor, project.id, told)

    def show(self) -> None:
        """Show the investment agreement."""
        signed = self.county.today + timedelta(days=self.told.went[0])
        number = f"云招合〔{signed.year}〕{self.place + 7} 号"
        shown = EvidenceTold("signed", f"{self.told.name}投资协议", number, signed)
        progress.show(self.actor, self.project.id, shown)

    def link(self) -> None:
        """Link visits to the same company, and (for one) a matter in its way."""
        watcher = self.county.kept.actor(WATCHER)
        visits = sa.select(Checkin.id).join(Visit, Visit.checkin_id == Checkin.id)
        same = visits.where(Visit.enterprise == self.told.investor).order_by(Checkin.happened_at).limit(3)
        for checkin_id in db.session.scalars(same).all():
            progress.link(watcher, self.project.id, checkin_id=checkin_id)
        matter = sa.select(Matter.id).where(Matter.kind == "enterprise").order_by(Matter.id)
        if self.place == 0 and (matter_id := db.session.scalar(matter)) is not None:
            progress.link(watcher, self.project.id, matter_id=matter_id)


def _reach(county: County, told: Venture, stage: str, day: date) -> None:
    """Say that a project reached a stage."""
    milestones.advance(_head(county, told), _kept(told).id, stage=stage, on=day)


def _kept(told: Venture) -> Project:
    """A project in the database."""
    return db.session.scalars(sa.select(Project).where(Project.name == told.name)).one()


def _head(county: County, told: Venture) -> Actor:
    """Who heads the unit that answers for a project."""
    office = next(office for office in names.OFFICES if office.name == told.answers)
    return county.kept.actor(county.kept.in_seat(office.code, 0))


def _contested(county: County) -> Iterator[Deed]:
    """Two units answer their yellow flags: one is upheld, one waits for a decision; and one project is stopped."""
    watcher = county.kept.actor(WATCHER)
    late, land, gone = ALL[3], ALL[6], ALL[10]

    def answer(told: Venture, text: str) -> None:
        flags.answer(_head(county, told), _yellow(told), text)

    upheld = "图审意见上月已告知，计划未按程序调整，黄旗维持。"
    said = "施工许可卡在图审，图审单位上周才补齐意见，请予考虑。"
    waits = "用地报批在市级审查，材料上周已补齐，预计月底批回。"
    left = "投资方调整布局，暂不在县内选址。"
    for day, hour, act in (
        (-7, "09:40", lambda: answer(late, said)),
        (-5, "14:10", lambda: flags.decide(watcher, _yellow(late), upheld=True, text=upheld)),
        (-4, "15:50", lambda: projects.stop(watcher, _kept(gone).id, note=left)),
        (-1, "11:30", lambda: answer(land, waits)),
    ):
        yield Deed(at(workday(county.today, day), hour), act)


def _yellow(told: Venture) -> int:
    """The first yellow flag that a project has."""
    return next(flag.id for flag in given.open_of(_kept(told).id) if flag.colour == "yellow")
