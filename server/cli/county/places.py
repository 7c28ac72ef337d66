"""The demo county's areas: the land with names and codes, sites in the parks, destinations far away."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np
import shapely
from shapely.affinity import rotate
from shapely.geometry import MultiPolygon

from server.cli.county import names
from server.cli.county.land import METRES_PER_DEGREE, Land, lay_out, multi

SEED = 163
"""Of all seeds tried, one whose townships are of like size and whose areas are each in one piece."""

SITE_M = (420.0, 300.0)
DESTINATION_M = (1_900.0, 1_300.0)
_FIRST_OF_KIND = {"street": 1, "township": 100}
_FIRST_COMMUNITY, _FIRST_VILLAGE = 1, 201


@dataclass(frozen=True, slots=True)
class Place:
    """An area to publish, in WGS-84, and the kind of unit that is responsible for it (None: nobody's)."""

    kind: str
    code: str
    name: str
    parent_code: str | None
    shape: MultiPolygon
    unit_kind: str | None = None


@cache
def everywhere() -> tuple[Place, ...]:
    """Every area of the demo county."""
    return tuple(named(lay_out(SEED)))


def named(land: Land) -> list[Place]:
    """Every area of the county and of its destinations, parents before children."""
    county = Place("county", names.COUNTY_CODE, names.COUNTY, None, land.county, "county")
    townships = _townships(land)
    villages = _villages(land, townships)
    grids = _grids(land, villages)
    return [county, *townships, *villages, *grids, *_parks(land), *_sites(land), *_destinations()]


def files(places: Sequence[Place]) -> list[tuple[str, str | None, bytes]]:
    """The areas as GeoJSON files (kind, parent's code, bytes), one for each kind and parent, in the same order."""
    together = groupby(places, key=lambda place: (place.kind, place.parent_code))
    return [(kind, parent_code, geojson(list(some))) for (kind, parent_code), some in together]


def geojson(places: Sequence[Place]) -> bytes:
    """A FeatureCollection with `code` and `name`."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": place.code, "name": place.name},
            "geometry": shapely.geometry.mapping(place.shape),
        }
        for place in places
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def grown(park: Place, by_m: float) -> Place:
    """The same park, extended by a strip of land on every side."""
    wider = park.shape.buffer(by_m / METRES_PER_DEGREE, join_style="mitre").simplify(0.0001)
    return Place(park.kind, park.code, park.name, park.parent_code, multi(wider))


def rectangle(*, lng: float, lat: float, east_m: float, north_m: float, turned: float = 0.0) -> MultiPolygon:
    """A rectangle of land around a place (degrees), turned by some degrees."""
    half_lat = north_m / 2 / METRES_PER_DEGREE
    half_lng = east_m / 2 / METRES_PER_DEGREE / np.cos(np.radians(lat))
    box = shapely.box(lng - half_lng, lat - half_lat, lng + half_lng, lat + half_lat)
    return multi(shapely.set_precision(rotate(box, turned), 1e-7))


def _townships(land: Land) -> list[Place]:
    """Streets are numbered from 001, towns and townships from 100."""
    counts = dict(_FIRST_OF_KIND)
    places = []
    for (name, kind), shape in zip(names.TOWNSHIPS, land.townships, strict=True):
        code = f"{names.COUNTY_CODE[:6]}{counts[kind]:03d}000"
        counts[kind] += 1
        places.append(Place("township", code, name, names.COUNTY_CODE, shape, kind))
    return places


def _villages(land: Land, townships: Sequence[Place]) -> list[Place]:
    """Streets have communities; a town has one, the rest are villages."""
    places = []
    count: dict[str, int] = {}
    for stem, above, shape in zip(names.VILLAGES, land.township_of, land.villages, strict=False):
        township = townships[above]
        number = count[township.code] = count.get(township.code, -1) + 1
        urban = township.unit_kind == "street" or (number == 0 and township.name.endswith("镇"))
        code = f"{township.code[:9]}{(_FIRST_COMMUNITY if urban else _FIRST_VILLAGE) + number:03d}"
        name, kind = (f"{stem}社区", "community") if urban else (f"{stem}村", "village")
        places.append(Place("village", code, name, township.code, shape, kind))
    return places


def _grids(land: Land, villages: Sequence[Place]) -> list[Place]:
    """A grid's code is its village's and a sequence."""
    places = []
    count: dict[str, int] = {}
    for above, shape in zip(land.village_of, land.grids, strict=True):
        village = villages[above]
        number = count[village.code] = count.get(village.code, 0) + 1
        name = f"{village.name}第{number}网格"
        places.append(Place("grid", f"{village.code}{number:03d}", name, village.code, shape, "grid"))
    return places


def _parks(land: Land) -> list[Place]:
    coded = zip(("99P001", "99P002"), names.PARKS, land.parks, strict=True)
    return [Place("park", code, name, names.COUNTY_CODE, shape) for code, name, shape in coded]


def _sites(land: Land) -> list[Place]:
    """Enterprises around the middle of their park."""
    offsets = ((-520, 260), (330, 420), (-260, -430), (560, -250), (-330, 180), (320, -220))
    places: list[Place] = []
    for number, (name, (east_m, north_m)) in enumerate(zip(names.SITES, offsets, strict=True), start=1):
        park = land.parks[number > 4].centroid
        lat = park.y + north_m / METRES_PER_DEGREE
        lng = park.x + east_m / METRES_PER_DEGREE / np.cos(np.radians(lat))
        shape = rectangle(lng=lng, lat=lat, east_m=SITE_M[0], north_m=SITE_M[1], turned=17.0 * number)
        places.append(Place("site", f"99S{number:03d}", name, names.COUNTY_CODE, shape))
    return places


def _destinations() -> list[Place]:
    return [
        Place(
            "destination",
            far.code,
            far.name,
            None,
            rectangle(
                lng=far.lng,
                lat=far.lat,
                east_m=DESTINATION_M[0],
                north_m=DESTINATION_M[1],
                turned=11.0 * turn,
            ),
        )
        for turn, far in enumerate(names.DESTINATIONS, start=1)
    ]


def by_name(places: Sequence[Place]) -> dict[str, Place]:
    """The areas under their names."""
    return {place.name: place for place in places}
