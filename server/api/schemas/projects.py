"""Shapes of projects: what comes in to change one, and the project out."""

import re
from typing import Any

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.evidence_files import EvidenceFileOut
from server.api.schemas.fields import Amount, Day, Id, Shape, Switch, Text, Uuid, at_most, one_of
from server.api.schemas.flags import FlagOut, FlagShortOut
from server.api.schemas.looks import PageAsked
from server.api.schemas.trips import NamedOut
from server.queries.projects import Asked
from server.rules import amounts
from server.rules.flags import COLOURS
from server.rules.projects import PARTS, STAGES, STEPS, Half
from server.services.commitments import CommitmentTold
from server.services.progress import EntryTold, EvidenceTold
from server.services.projects import Carrier, ProjectTold

MOST_CARRIERS, MOST_MEMBERS, MOST_HALVES = 12, 30, 20


class HalfYear(fields.String):
    """A half-year, `2026H1`, from 2000 to 2099."""

    default_error_messages = {
        "required": "必填 / Required",
        "null": "不能为空 / Must not be null",
        "invalid": "应为半年，如 2026H1 / Must be a half-year, like 2026H1",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(r"20[0-9]{2}H[12]", text):
            raise self.make_error("invalid")
        return Half.named(text)


class CarrierIn(Shape):
    """A unit that carries a project beside the one that answers, and as what."""

    unit_id = Id(required=True)
    part = one_of(PARTS, required=True)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> Carrier:
        """As the service takes it."""
        return Carrier(**told)


class ProjectIn(Shape):
    """A project as it is told; `note` says why the amount changes."""

    name = Text(120, least=2, required=True)
    amount = Amount(required=True)
    amount_unit = one_of(amounts.UNITS, required=True)
    unit_id = Id(required=True)
    investor = Text(120)
    chain = Text(60)
    content = Text(4000)
    area_id = Id(allow_none=True)
    site = Text(120)
    introducer = Text(120)
    lead_id = Id(allow_none=True)
    needs_land = Switch()
    units = fields.List(fields.Nested(CarrierIn), validate=at_most(MOST_CARRIERS))
    member_ids = fields.List(Id(), validate=at_most(MOST_MEMBERS))
    known_on = Day(allow_none=True)
    note = Text(500)
    revision = Id(allow_none=True)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> ProjectTold:
        """The project as the service takes it."""
        return ProjectTold(**told)


class PlannedIn(Shape):
    """The day a stage is planned for; null for none."""

    stage = one_of(STAGES[2:], required=True)
    on = Day(required=True, allow_none=True)


class BudgetedIn(Shape):
    """What is to be invested in a half-year; null for nothing known."""

    half = HalfYear(required=True)
    planned = Amount(required=True, allow_none=True)


class PlanIn(Shape):
    """Days and money planned; `note` says why something else than before."""

    days = fields.List(fields.Nested(PlannedIn), validate=at_most(len(STAGES)), load_default=list)
    money = fields.List(fields.Nested(BudgetedIn), validate=at_most(MOST_HALVES), load_default=list)
    note = Text(500)
    revision = Id(allow_none=True)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Days by stage and money by half-year."""
        days = {each["stage"]: each["on"] for each in told["days"]}
        money = {each["half"]: each["planned"] for each in told["money"]}
        return told | {"days": days, "money": money}


class AdvanceIn(Shape):
    """The stage that is reached, and on which day."""

    stage = one_of(STAGES[1:], required=True)
    on = Day(required=True)
    note = Text(500)
    revision = Id(allow_none=True)


class ReasonedIn(Shape):
    """A step that asks why."""

    note = Text(500, least=2, required=True)
    revision = Id(allow_none=True)


class InvestIn(Shape):
    """How much of a half-year's investment is done by a day."""

    half = HalfYear(required=True)
    amount = Amount(required=True)
    on = Day(required=True)
    revision = Id(allow_none=True)


class EntryIn(Shape):
    """What is told of a project's progress."""

    on = Day(required=True)
    text = Text(4000, least=2, required=True)
    trouble = Text(2000)
    next_step = Text(2000)
    told_as = Uuid(allow_none=True)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> EntryTold:
        """The entry as the service takes it."""
        return EntryTold(**told)


class EvidenceIn(Shape):
    """What shows that a stage was reached."""

    stage = one_of(STAGES, required=True)
    title = Text(120, least=2, required=True)
    number = Text(60)
    dated_on = Day(allow_none=True)
    checkin_id = Uuid(allow_none=True)
    revision = Id(allow_none=True, load_default=None)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> tuple[EvidenceTold, int | None]:
        """The evidence as the service takes it, and the revision beside."""
        revision = told.pop("revision")
        return EvidenceTold(**told), revision


class LinkIn(Shape):
    """What is linked: a check-in or a matter."""

    checkin_id = Uuid()
    matter_id = Id()

    @ma.validates_schema
    def names_one(self, told: dict[str, Any], **_: Any) -> None:
        """One of the two, not both."""
        if len(told) != 1:
            raise ma.ValidationError("请填写一次走访或一件事项 / Name a check-in or a matter", "checkin_id")


class CommitmentIn(Shape):
    """What a unit commits to."""

    unit_id = Id(required=True)
    text = Text(1000, least=2, required=True)
    standard = Text(1000, least=2, required=True)
    due_on = Day(required=True)
    revision = Id(allow_none=True)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> CommitmentTold:
        """The commitment as the service takes it."""
        return CommitmentTold(**told)


class SettleIn(Shape):
    """Whether a commitment was kept, when, and what shows it."""

    kept = Switch(required=True)
    on = Day(required=True)
    proof = Text(1000, least=2, required=True)
    revision = Id(allow_none=True)


class ProjectsAsked(PageAsked):
    """Which projects."""

    stage = one_of(STAGES)
    unit_id = Id()
    chain = Text(60)
    colour = one_of(COLOURS)
    mine = Switch()
    stopped = Switch()
    q = Text(60)

    @ma.post_load
    def asked(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The conditions as the query takes them, beside the page."""
        page = {name: told.pop(name) for name in ("cursor", "limit") if name in told}
        return {"asked": Asked(**told)} | page


class MilestoneOut(ma.Schema):
    """A stage: the day planned, the day reached, and the days behind (below zero: ahead)."""

    stage = one_of(STAGES)
    planned_on = fields.Date(allow_none=True)
    actual_on = fields.Date(allow_none=True)
    days_late = fields.Integer(allow_none=True)


class YearOut(ma.Schema):
    """A year's money in the project's unit, and the percent of the plan done."""

    planned = Amount()
    done = Amount()
    share = fields.Integer(allow_none=True)


class ProjectOut(ma.Schema):
    """A project in short."""

    id = Id()
    name = fields.String()
    investor = fields.String()
    chain = fields.String()
    amount = Amount()
    amount_unit = one_of(amounts.UNITS)
    unit = fields.Nested(NamedOut)
    lead = fields.Nested(NamedOut, allow_none=True)
    area = fields.Nested(NamedOut, allow_none=True)
    site = fields.String()
    needs_land = fields.Boolean()
    stage = one_of(STAGES)
    stopped_on = fields.Date(allow_none=True)
    revision = fields.Integer()
    milestones = fields.List(fields.Nested(MilestoneOut))
    this_year = fields.Nested(YearOut)
    flags = fields.List(fields.Nested(FlagShortOut))


class ProjectsOut(ma.Schema):
    """A page of projects."""

    items = fields.List(fields.Nested(ProjectOut))
    next = fields.String(allow_none=True)


class StageCountOut(ma.Schema):
    """How many projects stand at a stage."""

    stage = one_of(STAGES)
    count = fields.Integer()


class ColourCountOut(ma.Schema):
    """How many projects have a flag of a colour."""

    colour = one_of(COLOURS)
    count = fields.Integer()


class MoneyOut(ma.Schema):
    """An amount in a unit."""

    amount = Amount()
    unit = one_of(amounts.UNITS)


class CountedOut(ma.Schema):
    """The head of the list: projects by stage and flag, the money of those signed, the chains there are."""

    stages = fields.List(fields.Nested(StageCountOut))
    flags = fields.List(fields.Nested(ColourCountOut))
    signed = fields.List(fields.Nested(MoneyOut))
    chains = fields.List(fields.String())


class CarrierOut(ma.Schema):
    """A unit that carries a project, and as what."""

    unit = fields.Nested(NamedOut)
    part = one_of(PARTS)


class MemberOut(NamedOut):
    """Somebody of the service team."""

    post = fields.String()
    unit = fields.String()


class IntervalOut(ma.Schema):
    """From one stage to the next: days planned and days it took."""

    source = one_of(STAGES)
    target = one_of(STAGES)
    planned_days = fields.Integer(allow_none=True)
    actual_days = fields.Integer(allow_none=True)


class InvestmentOut(ma.Schema):
    """The money of a half-year."""

    half = fields.String()
    year = fields.Integer()
    number = fields.Integer()
    ends_on = fields.Date()
    planned = Amount(allow_none=True)
    done = Amount(allow_none=True)
    done_on = fields.Date(allow_none=True)
    share = fields.Integer(allow_none=True)


class CommitmentOut(ma.Schema):
    """A commitment, and how it stands."""

    id = Id()
    unit = fields.Nested(NamedOut)
    text = fields.String()
    standard = fields.String()
    due_on = fields.Date()
    made_at = fields.AwareDateTime()
    by = fields.Nested(NamedOut)
    standing = fields.String()
    settled_on = fields.Date(allow_none=True)
    settled_by = fields.Nested(NamedOut, allow_none=True)
    proof = fields.String()


class EntryOut(ma.Schema):
    """What was told of progress."""

    id = Id()
    on = fields.Date()
    stage = one_of(STAGES)
    text = fields.String()
    trouble = fields.String()
    next_step = fields.String()
    by = fields.Nested(NamedOut)
    unit = fields.Nested(NamedOut)
    at = fields.AwareDateTime()


class EvidenceOut(ma.Schema):
    """What shows a stage."""

    id = Id()
    stage = one_of(STAGES)
    title = fields.String()
    number = fields.String()
    dated_on = fields.Date(allow_none=True)
    checkin_id = fields.UUID(allow_none=True)
    by = fields.Nested(NamedOut)
    at = fields.AwareDateTime()
    files = fields.List(fields.Nested(EvidenceFileOut))


class ProjectStepOut(ma.Schema):
    """A change of what a project is measured by."""

    id = Id()
    step = one_of(tuple(STEPS))
    stage = fields.String(allow_none=True)
    half = fields.String(allow_none=True)
    was = fields.String()
    now = fields.String()
    note = fields.String()
    by = fields.Nested(NamedOut)
    at = fields.AwareDateTime()


class LinkedVisitOut(ma.Schema):
    """A linked check-in, without its place."""

    id = fields.UUID()
    happened_at = fields.AwareDateTime()
    kind = fields.String()
    person = fields.Nested(NamedOut)
    unit = fields.Nested(NamedOut)
    trip_id = Id(allow_none=True)
    enterprise = fields.String()
    outcome = fields.String()
    note = fields.String()


class LinkedVisitsOut(ma.Schema):
    """The linked check-ins the reader may see, and how many more there are."""

    items = fields.List(fields.Nested(LinkedVisitOut))
    hidden = fields.Integer()


class LinkedMatterOut(ma.Schema):
    """A linked matter in short."""

    id = Id()
    kind = fields.String()
    text = fields.String()
    state = fields.String()
    due_at = fields.AwareDateTime(allow_none=True)
    overdue = fields.Boolean()


class LinkedMattersOut(ma.Schema):
    """The linked matters the reader may see, and how many more there are."""

    items = fields.List(fields.Nested(LinkedMatterOut))
    hidden = fields.Integer()


class ProjectInFullOut(ProjectOut):
    """A project with all that became of it, and what the reader may do with it now."""

    content = fields.String()
    introducer = fields.String()
    stopped_because = fields.String()
    created_at = fields.AwareDateTime()
    units = fields.List(fields.Nested(CarrierOut))
    members = fields.List(fields.Nested(MemberOut))
    next_stages = fields.List(fields.String())
    intervals = fields.List(fields.Nested(IntervalOut))
    investments = fields.List(fields.Nested(InvestmentOut))
    commitments = fields.List(fields.Nested(CommitmentOut))
    entries = fields.List(fields.Nested(EntryOut))
    evidence = fields.List(fields.Nested(EvidenceOut))
    steps = fields.List(fields.Nested(ProjectStepOut))
    visits = fields.Nested(LinkedVisitsOut)
    matters = fields.Nested(LinkedMattersOut)
    flag_history = fields.List(fields.Nested(FlagOut))
    may = fields.List(fields.String())
