"""Check-ins as GeoJSON (RFC 7946): WGS-84 points, one feature each; without a position the geometry is null."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson


def write(pages: Iterable[list[dict[str, Any]]]) -> Iterator[bytes]:
    """A FeatureCollection, a page of check-in documents at a time."""
    yield b'{"type":"FeatureCollection","features":['
    first = True
    for page in pages:
        for row in page:
            yield (b"" if first else b",") + orjson.dumps(feature(row), default=str, option=orjson.OPT_UTC_Z)
            first = False
    yield b"]}"


def feature(row: dict[str, Any]) -> dict[str, Any]:
    """One check-in as a feature; its properties are plain, so that any GIS shows them as columns."""
    position, visit = row["position"], row["visit"] or {}
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
            "areas": " / ".join(area["name"] for area in row["areas"]),
            "signals": ",".join(signal["code"] for signal in row["signals"]),
            "enterprise": visit.get("enterprise"),
            "note": row["note"],
        },
    }
