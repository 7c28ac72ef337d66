"""Shapes of events: which ones are asked for, and how one is told."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Id, Instant
from server.api.schemas.looks import PageAsked
from server.api.schemas.trips import NamedOut
from server.rules.events import KINDS


class EventsFilter(ma.Schema):
    """Which events: kinds, from an instant to before another, whose, about whom, of which trip."""

    kind = fields.String(metadata={"description": "逗号分隔 · comma-separated"})
    from_ = Instant(data_key="from")
    to = Instant()
    actor_id = Id()
    person_id = Id()
    trip_id = Id()

    @ma.post_load
    def asked(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The kinds as a tuple of those there are."""
        kinds = tuple(word for word in told.pop("kind", "").split(",") if word)
        if unknown := [word for word in kinds if word not in KINDS]:
            raise ma.ValidationError(
                f"没有这种操作：{unknown[0][:48]} / No such kind: {unknown[0][:48]}", "kind"
            )
        return told | {"kinds": kinds}


class EventsAsked(EventsFilter, PageAsked):
    """A page of which events."""


class EventOut(ma.Schema):
    """One thing done. `data` holds plain facts only."""

    number = Id()
    at = fields.AwareDateTime()
    kind = fields.String()
    actor = fields.Nested(NamedOut, allow_none=True)
    person = fields.Nested(NamedOut, allow_none=True)
    unit = fields.Nested(NamedOut, allow_none=True)
    subject = fields.String()
    unit_id = Id(allow_none=True)
    person_id = Id(allow_none=True)
    trip_id = Id(allow_none=True)
    data = fields.Dict()


class EventsOut(ma.Schema):
    """A page of events."""

    items = fields.List(fields.Nested(EventOut))
    next = fields.String(allow_none=True)
