"""The shape of a place that a plan names: what a trip's stop and a patrol's checkpoint have in common."""

from typing import Any

import marshmallow as ma

from server.api.schemas.fields import Id, Number, Shape, Text, datum, ensure_on_the_globe, lat, lng
from server.geo.datum import Datum


class PlannedPlaceIn(Shape):
    """A place by its name: an area, or a point in its datum with a radius in metres."""

    name = Text(120, least=1, required=True)
    area_id = Id(allow_none=True)
    lng = lng(allow_none=True)
    lat = lat(allow_none=True)
    datum = datum(load_default=Datum.WGS84.value)
    radius_m = Number(1.0, 50_000.0, allow_none=True)
    tolerance_m = Number(0.0, 5_000.0, load_default=0.0)

    @ma.validates_schema
    def lies_somewhere(self, told: dict[str, Any], **_: Any) -> None:
        """A point lies on the globe."""
        ensure_on_the_globe(told)
