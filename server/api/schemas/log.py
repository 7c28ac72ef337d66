"""Shapes of the visit log: which check-ins, in which order, and where on the map they are."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.checkins import CheckinOut, CheckinsOut
from server.api.schemas.fields import Day, Id, Switch, Text, lat, limit, lng, one_of
from server.queries.log import Filter, Order
from server.queries.log_map import Frame
from server.rules.checkins import KINDS, OUTCOMES
from server.rules.log import DIRECTIONS, DUTIES, PERIODS, SORTS, THROUGH


class LogFilter(ma.Schema):
    """Which check-ins: by days of Shanghai, unit subtree, person, duty, area, verdict, signal, words."""

    from_ = Day(data_key="from")
    to = Day()
    unit_id = Id()
    person_id = Id()
    trip_id = Id()
    area_id = Id()
    verdict = one_of(OUTCOMES)
    kind = one_of(KINDS)
    signal = Text(24, metadata={"description": "疑点代码，或 any · a signal's code, or any"})
    duty = one_of(DUTIES)
    period = one_of(PERIODS)
    q = Text(60, load_default="", metadata={"description": "企业、会见人或说明 · company, contact or note"})
    visits = Switch(load_default=False)


class LogTold(LogFilter):
    """The same, sorted. There is no order by person, and none by any figure of theirs."""

    sort = one_of(SORTS, load_default="happened")
    direction = one_of(DIRECTIONS, load_default="down")


class LogSorted(LogTold):
    """The filter and the order as the query takes them."""

    @ma.post_load
    def asked(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """`{wanted, order}`, and beside them what else was asked."""
        order = Order(told.pop("sort"), told.pop("direction") == "down")
        beside = {name: told.pop(name) for name in list(told) if name in {"cursor", "limit", "through"}}
        return {"wanted": Filter(**told), "order": order} | beside


class LogAsked(LogSorted):
    """A page of the log; `through` is the page it is opened on, as the record of looks tells it."""

    cursor = Text(800)
    limit = limit(load_default=50)
    through = one_of(THROUGH, load_default="log")


class LogOut(CheckinsOut):
    """A page of the log; `previous` is the cursor of the page before it."""

    previous = fields.String(allow_none=True)


class LogMapAsked(LogFilter):
    """Which check-ins to draw: of the filter, those between these edges, where they are given (WGS-84)."""

    west = lng(in_address=True, load_default=-180.0)
    south = lat(in_address=True, load_default=-90.0)
    east = lng(in_address=True, load_default=180.0)
    north = lat(in_address=True, load_default=90.0)

    @ma.post_load
    def asked(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The filter and the frame as the query takes them."""
        frame = Frame(*(told.pop(edge) for edge in ("west", "south", "east", "north")))
        return {"wanted": Filter(**told), "frame": frame}


class CellOut(ma.Schema):
    """Check-ins that are drawn as one: where their middle is, and how many (null where one person is asked for)."""

    lng = fields.Float()
    lat = fields.Float()
    count = fields.Integer(allow_none=True)


class LogMapOut(ma.Schema):
    """What a map of the log shows: check-ins by themselves where few, cells where many."""

    items = fields.List(fields.Nested(CheckinOut))
    cells = fields.List(fields.Nested(CellOut))
    cut = fields.Boolean(metadata={"description": "只画最近的一部分 · only the newest are drawn"})
