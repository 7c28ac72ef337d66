"""Shapes of the search that every page has."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Id, Text
from server.api.schemas.trips import NamedOut


class SearchAsked(ma.Schema):
    """What to look for."""

    q = Text(
        60,
        load_default="",
        metadata={"description": "行程号、姓名、企业、项目、区域 · a number, name, company, project or area"},
    )


class TripFoundOut(ma.Schema):
    """A trip; at how many of its stops somebody checked in inside."""

    id = Id()
    title = fields.String()
    destination = fields.String()
    state = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()
    leader = fields.Nested(NamedOut)
    stops = fields.Integer()
    reached = fields.Integer()


class PersonFoundOut(ma.Schema):
    """Somebody, and the trip they are on now."""

    id = Id()
    name = fields.String()
    post = fields.String()
    unit = fields.Nested(NamedOut)
    trip = fields.Nested(
        ma.Schema.from_dict({"id": Id(), "title": fields.String()}, name="TripOn"), allow_none=True
    )


class CompanyFoundOut(ma.Schema):
    """A company that was met, and when last."""

    name = fields.String()
    last_met_at = fields.AwareDateTime()


class ProjectFoundOut(ma.Schema):
    """A project, and the last stage it reached."""

    id = Id()
    name = fields.String()
    investor = fields.String()
    stage = fields.String()


class AreaFoundOut(ma.Schema):
    """An area."""

    id = Id()
    name = fields.String()
    kind = fields.String()


class SearchOut(ma.Schema):
    """A few of each kind."""

    trips = fields.List(fields.Nested(TripFoundOut))
    people = fields.List(fields.Nested(PersonFoundOut))
    companies = fields.List(fields.Nested(CompanyFoundOut))
    projects = fields.List(fields.Nested(ProjectFoundOut))
    areas = fields.List(fields.Nested(AreaFoundOut))
