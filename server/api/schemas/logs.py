"""Shapes of logs and monthly reports: what one adds, and what the server wrote."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.checkins import VisitOut
from server.api.schemas.fields import Id, Instant, Shape, Text, Uuid, one_of
from server.api.schemas.trips import NamedOut
from server.rules.checkins import KINDS, OUTCOMES
from server.rules.logs import KINDS as PERIODS
from server.rules.logs import DayTold, Saving, SupplementTold


class SavingIn(Shape):
    """What every saving says: its id, new each time, the saving it follows, and its times."""

    id = Uuid(required=True)
    after = Uuid(allow_none=True, load_default=None)
    made_at = Instant(required=True)
    sent_at = Instant(allow_none=True, load_default=None)

    def saving(self, told: dict[str, Any]) -> Saving:
        """Take out of what was told what says which saving it is."""
        return Saving(*(told.pop(name) for name in ("id", "after", "made_at", "sent_at")))


class LogDayIn(SavingIn):
    """What one writes into the log of a day."""

    remark = Text(4000, load_default="")
    plan = Text(4000, load_default="")

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> DayTold:
        """As the service takes it."""
        return DayTold(self.saving(told), **told)


class SupplementIn(SavingIn):
    """What one adds to a check-in afterwards."""

    enterprise = Text(120, load_default="")
    contact = Text(64, load_default="")
    contact_post = Text(64, load_default="")
    outcome = Text(2000, load_default="")
    next_step = Text(1000, load_default="")
    remark = Text(2000, load_default="")

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> SupplementTold:
        """As the service takes it."""
        return SupplementTold(self.saving(told), **told)


class PeriodOut(ma.Schema):
    """A day, a week or a month by its ISO 8601 name, with its neighbours'."""

    kind = one_of(PERIODS)
    name = fields.String()
    first = fields.Date()
    last = fields.Date()
    previous = fields.String()
    next = fields.String()
    around = fields.Dict(keys=one_of(PERIODS), values=fields.String())


class MemberOut(NamedOut):
    """Somebody on a trip."""

    post = fields.String()


class WhoseOut(MemberOut):
    """Whose log it is."""

    unit = fields.Nested(NamedOut)


class MetOut(ma.Schema):
    """Whom was met: as told with the check-in, and as added since."""

    checkin_id = fields.UUID()
    at = fields.AwareDateTime()
    kind = fields.String(allow_none=True)
    enterprise = fields.String()
    contact = fields.String()
    contact_post = fields.String()
    topic = fields.String()
    amount = fields.String(allow_none=True)
    amount_unit = fields.String()
    outcome = fields.String()
    next_step = fields.String()
    next_on = fields.Date(allow_none=True)


class TripRowOut(ma.Schema):
    """A trip as a log or a report tells it."""

    id = Id()
    title = fields.String()
    unit = fields.String()
    destination = fields.String()
    chain = fields.String()
    members = fields.List(fields.Nested(MemberOut))
    started_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    lapsed = fields.Boolean()
    days_away = fields.Integer()
    outcome = fields.String()
    visits = fields.List(fields.Nested(MetOut))


class WordsOut(ma.Schema):
    """One saving of what was written into a day."""

    id = fields.UUID()
    at = fields.AwareDateTime()
    remark = fields.String()
    plan = fields.String()


class SupplementOut(ma.Schema):
    """What was added to a check-in."""

    id = fields.UUID()
    at = fields.AwareDateTime()
    enterprise = fields.String()
    contact = fields.String()
    contact_post = fields.String()
    outcome = fields.String()
    next_step = fields.String()
    remark = fields.String()


_Titled = ma.Schema.from_dict({"id": Id(), "title": fields.String()}, name="LogTrip")


class EntryOut(ma.Schema):
    """A check-in in a log."""

    checkin_id = fields.UUID()
    at = fields.AwareDateTime()
    kind = one_of(KINDS)
    trip = fields.Nested(_Titled, allow_none=True)
    place = fields.String()
    verdict = one_of(OUTCOMES)
    note = fields.String()
    visit = fields.Nested(VisitOut, allow_none=True)
    supplement = fields.Nested(SupplementOut, allow_none=True)
    met = fields.Nested(MetOut)


class LogDayOut(ma.Schema):
    """A day of a log."""

    day = fields.Date()
    open = fields.Boolean()
    closes_at = fields.AwareDateTime()
    planned = fields.String()
    words = fields.Nested(WordsOut, allow_none=True)
    earlier = fields.List(fields.Nested(WordsOut))
    entries = fields.List(fields.Nested(EntryOut))


class AheadOut(ma.Schema):
    """A stop that is planned for the day after."""

    trip = fields.Nested(_Titled)
    stop = fields.String()
    from_ = fields.AwareDateTime(data_key="from")


class LogOut(ma.Schema):
    """The log of a day, a week or a month."""

    period = fields.Nested(PeriodOut)
    person = fields.Nested(WhoseOut)
    days = fields.List(fields.Nested(LogDayOut))
    trips = fields.List(fields.Nested(TripRowOut))
    days_away = fields.Integer()
    ahead = fields.List(fields.Nested(AheadOut))
    cut = fields.Boolean()


class ReportAsked(ma.Schema):
    """Of which unit."""

    unit_id = Id(load_default=None)


class ReportOut(ma.Schema):
    """The trips of units in a month."""

    period = fields.Nested(PeriodOut)
    unit = fields.Nested(NamedOut)
    trips = fields.List(fields.Nested(TripRowOut))
    cut = fields.Boolean()
