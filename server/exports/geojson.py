"""Check-ins and the fixes of a track as GeoJSON (RFC 7946): WGS-84 points, one feature each.

A check-in without a position has the geometry null.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

Row = dict[str, Any]


def write(pages: Iterable[list[Row]]) -> Iterator[bytes]:
    """A FeatureCollection, a page of check-in documents at a time; it says its datum, which RFC 7946 prescribes."""
    return _collection({"datum": "WGS-84"}, pages, feature)


def write_fixes(pages: Iterable[list[Row]], *, person: str, title: str) -> Iterator[bytes]:
    """A person's fixes on a trip, a page at a time, as they were told; person and trip stand at the collection."""
    return _collection({"person": person, "trip": title}, pages, fix)


def _collection(about: Row, pages: Iterable[list[Row]], told: Callable[[Row], Row]) -> Iterator[bytes]:
    """A FeatureCollection with what it is about, a page of rows at a time."""
    head = orjson.dumps({"type": "FeatureCollection", **about, "features": []})
    yield head.removesuffix(b"]}")
    comma = b""
    for page in pages:
        features = b",".join(orjson.dumps(told(row), default=str, option=orjson.OPT_UTC_Z) for row in page)
        if features:
            yield comma + features
            comma = b","
    yield b"]}"


def fix(row: Row) -> Row:
    """One fix as a feature; altitude is the third coordinate where it is known."""
    height = [] if row["altitude_m"] is None else [row["altitude_m"]]
    names = row.keys() - {"lng", "lat", "altitude_m"}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [row["lng"], row["lat"], *height]},
        "properties": {name: row[name] for name in row if name in names},
    }


def feature(row: Row) -> Row:
    """One check-in as a feature; its properties are plain, so that any GIS shows them as columns."""
    position, met = row["position"], row["met"] or {}
    return {
        "type": "Feature",
        "id": str(row["id"]),
        "geometry": None
        if position is None
        else {"type": "Point", "coordinates": [position["lng"], position["lat"]]},
        "properties": {
            "happened_at": row["happened_at"],
            "person": row["person"]["name"],
            "unit": row["unit"]["name"],
            "trip": None if row["trip"] is None else row["trip"]["title"],
            "stop": None if row["stop"] is None else row["stop"]["name"],
            "kind": row["kind"],
            "verdict": row["verdict"]["outcome"],
            "edge_m": row["verdict"]["edge_m"],
            "accuracy_m": row["verdict"]["accuracy_used_m"],
            "datum_told": None if position is None else position["datum"],
            "areas": " / ".join(area["name"] for area in row["areas"]),
            "signals": ",".join(signal["code"] for signal in row["signals"]),
            "enterprise": met.get("enterprise"),
            "outcome": met.get("outcome"),
            "next_step": met.get("next_step"),
            "note": row["note"],
        },
    }
