"""What a phone does to a true position before it tells it: WGS-84 → GCJ-02 → BD-09, forward only."""

import math
from collections.abc import Callable

DATUMS = ("WGS-84", "GCJ-02", "BD-09", "CGCS2000")

SEMI_MAJOR_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
ORIGIN_LNG, ORIGIN_LAT = 105.0, 35.0
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
BAIDU_PI = math.pi * 3000 / 180


def emitted(datum: str, *, lng: float, lat: float) -> tuple[float, float]:
    """The (lng, lat) a phone of that datum reports for a WGS-84 place in degrees; ValueError if unknown."""
    if datum not in _FORWARD:
        raise ValueError(f"unknown datum {datum!r}; known: {', '.join(DATUMS)}")
    return _FORWARD[datum](lng, lat)


def _same(lng: float, lat: float) -> tuple[float, float]:
    return lng, lat


def _gcj02(lng: float, lat: float) -> tuple[float, float]:
    """Shift by the published polynomial and sines; the identity outside the box of WIRE.md."""
    if not (WEST <= lng <= EAST and SOUTH <= lat <= NORTH):
        return lng, lat
    x, y = lng - ORIGIN_LNG, lat - ORIGIN_LAT
    sine = math.sin(math.radians(lat))
    flattening = 1 - ECCENTRICITY_SQUARED * sine * sine
    meridian_m = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED) / flattening**1.5
    parallel_m = SEMI_MAJOR_M / math.sqrt(flattening) * math.cos(math.radians(lat))
    return lng + math.degrees(_east(x, y) / parallel_m), lat + math.degrees(_north(x, y) / meridian_m)


def _bd09(lng: float, lat: float) -> tuple[float, float]:
    """Baidu's twist on top of GCJ-02."""
    x, y = _gcj02(lng, lat)
    radius = math.hypot(x, y) + 2e-5 * math.sin(y * BAIDU_PI)
    angle = math.atan2(y, x) + 3e-6 * math.cos(x * BAIDU_PI)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def _east(x: float, y: float) -> float:
    """Eastward shift in metres at x, y degrees from the origin."""
    flat = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    slow = 20 * _wave(x) + 40 * _wave(x / 3) + 150 * _wave(x / 12) + 300 * _wave(x / 30)
    return flat + _ripple(x) + slow * 2 / 3


def _north(x: float, y: float) -> float:
    """Northward shift in metres at x, y degrees from the origin."""
    flat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    slow = 20 * _wave(y) + 40 * _wave(y / 3) + 160 * _wave(y / 12) + 320 * _wave(y / 30)
    return flat + _ripple(x) + slow * 2 / 3


def _ripple(x: float) -> float:
    return (20 * _wave(6 * x) + 20 * _wave(2 * x)) * 2 / 3


def _wave(turns: float) -> float:
    return math.sin(turns * math.pi)


_FORWARD: dict[str, Callable[[float, float], tuple[float, float]]] = {
    "WGS-84": _same,
    "CGCS2000": _same,
    "GCJ-02": _gcj02,
    "BD-09": _bd09,
}
