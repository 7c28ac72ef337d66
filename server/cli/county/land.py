"""Invented land: a county cut into townships, villages and grids that share their boundaries exactly.

The county is sown with small cells (Voronoi, about 200 m across). Cells are grouped into leaves (grids, and
villages without grids), a leaf's outline is smoothed together with its neighbours', and every larger area is
the union of its leaves: so neighbours share each vertex, and nothing overlaps or is left out. All on a plane in
metres while building, WGS-84 degrees at the end. The same seed gives the same land.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Shapes = NDArray[np.object_]

CENTRE_LNG: Final = 118.52
CENTRE_LAT: Final = 29.63
METRES_PER_DEGREE: Final = 111_195.0
RADIUS_M: Final = 15_500.0
CELL_M: Final = 200.0
SMOOTHED_M: Final = 160.0
LLOYD_ROUNDS: Final = 15
TOWN_M: Final = 4_000.0
PARKS_M: Final = ((4_200.0, -1_900.0, 1_300.0), (-6_800.0, 4_600.0, 1_000.0))
"""East, north and radius in metres of each park, from the county seat."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Into how many parts; `grids` for each village of the `gridded` townships nearest the county seat."""

    townships: int = 12
    villages: int = 60
    gridded: int = 3
    grids: int = 9


@dataclass(frozen=True, slots=True)
class Land:
    """Areas in WGS-84. `township_of[i]` is the township of the i-th village, `village_of[i]` the village of
    the i-th grid; townships come in order of distance from the county seat, villages in order of townships.
    """

    county: MultiPolygon
    townships: tuple[MultiPolygon, ...]
    villages: tuple[MultiPolygon, ...]
    township_of: tuple[int, ...]
    grids: tuple[MultiPolygon, ...]
    village_of: tuple[int, ...]
    parks: tuple[MultiPolygon, ...]


def lay_out(seed: int, cut: Cut | None = None) -> Land:
    """The land of a county; pure, within a second or two."""
    cut = cut or Cut()
    chance = np.random.default_rng(seed)
    places = _sown(chance)
    cells, places = _cells(places, chance)
    bent = _bent(places, chance)
    village, township_of = _villages(bent, cut, chance)
    grid, village_of = _grids(places, village, township_of, cut, chance)
    leaves, leaf_village, leaf_grid = _leaves(cells, village, grid)
    villages = _unions(leaves, leaf_village, len(township_of))
    return Land(
        county=_union(leaves),
        townships=_unions(villages, township_of, cut.townships),
        villages=tuple(villages),
        township_of=tuple(township_of.tolist()),
        grids=_unions(leaves, leaf_grid, len(village_of)),
        village_of=tuple(village_of.tolist()),
        parks=tuple(_park(cells, places, *park) for park in PARKS_M),
    )


def on_earth(places_m: Floats) -> Floats:
    """Metres east and north of the county seat, (n, 2), as (n, 2) lng, lat in degrees to 1e-7."""
    east = METRES_PER_DEGREE * np.cos(np.radians(CENTRE_LAT))
    degrees = places_m / np.array([east, METRES_PER_DEGREE]) + np.array([CENTRE_LNG, CENTRE_LAT])
    rounded: Floats = np.round(degrees, 7)
    return rounded


def _sown(chance: np.random.Generator) -> Floats:
    """Places in a jittered square a good deal larger than the county."""
    line = np.arange(-1.5 * RADIUS_M, 1.5 * RADIUS_M, CELL_M)
    lattice = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    return lattice + chance.uniform(-0.45 * CELL_M, 0.45 * CELL_M, lattice.shape)


def _cells(places: Floats, chance: np.random.Generator) -> tuple[Shapes, Floats]:
    """The Voronoi cells of the places that lie in the county, and those places."""
    inside = _in_county(places, chance)
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(places), ordered=True)
    return shapely.get_parts(diagram)[inside], places[inside]


def _in_county(places: Floats, chance: np.random.Generator) -> NDArray[np.bool_]:
    """Within an outline that swings in and out around a circle."""
    angle = np.arctan2(places[:, 1], places[:, 0])
    turns = np.arange(2, 12)
    swing = chance.uniform(0.4, 1.0, len(turns)) * 0.34 / turns
    phase = chance.uniform(0, 2 * np.pi, len(turns))
    radius = 1 + (swing * np.cos(np.outer(angle, turns) + phase)).sum(axis=1)
    within: NDArray[np.bool_] = np.hypot(places[:, 0] / 1.15, places[:, 1]) < RADIUS_M * radius
    return within


def _bent(places: Floats, chance: np.random.Generator) -> Floats:
    """The places moved by slow waves, so that straight borders between groups become winding ones."""
    bent = places.copy()
    for length_m, height_m in ((9_000, 750), (3_600, 200), (1_500, 70)):
        heading = chance.uniform(0, 2 * np.pi, 4)
        waves = 2 * np.pi / length_m * np.stack([np.cos(heading), np.sin(heading)])
        phase = chance.uniform(0, 2 * np.pi, 4)
        push = chance.normal(0, height_m / 2, (4, 2))
        bent += np.sin(places @ waves + phase) @ push
    return bent


def _villages(bent: Floats, cut: Cut, chance: np.random.Generator) -> tuple[Indices, Indices]:
    """The village of each cell, and the township of each village; both numbered outward from the seat."""
    people = 1 / (0.3 + np.hypot(*bent.T) / TOWN_M) ** 1.4
    hearts = _spread(bent, people, cut.villages, chance)
    seats = _outward(_spread(hearts, np.ones(len(hearts)), cut.townships, chance))
    township = _nearest(hearts, seats)
    order = np.lexsort((np.hypot(*hearts.T), township))
    return _nearest(bent, hearts[order]), township[order]


def _grids(
    places: Floats, village: Indices, township_of: Indices, cut: Cut, chance: np.random.Generator
) -> tuple[Indices, Indices]:
    """The grid of each cell (-1 where there are none), and the village of each grid."""
    grid = np.full(len(places), -1, dtype=np.intp)
    gridded = np.flatnonzero(township_of < cut.gridded)
    for number, index in enumerate(gridded):
        here = places[village == index]
        hearts = _outward(_spread(here, np.ones(len(here)), cut.grids, chance))
        grid[village == index] = number * cut.grids + _nearest(here, hearts)
    return grid, np.repeat(gridded, cut.grids)


def _leaves(cells: Shapes, village: Indices, grid: Indices) -> tuple[Shapes, Indices, Indices]:
    """The smallest areas, in degrees, with the village and the grid (or -1) of each."""
    keys, leaf = np.unique(np.stack([village, grid], axis=1), axis=0, return_inverse=True)
    rough = [shapely.coverage_union_all(cells[leaf == number]) for number in range(len(keys))]
    smooth = shapely.coverage_simplify(np.array(rough), SMOOTHED_M)
    return shapely.transform(smooth, on_earth), keys[:, 0], keys[:, 1]


def _park(cells: Shapes, places: Floats, east_m: float, north_m: float, radius_m: float) -> MultiPolygon:
    """A park laid over the villages around a place."""
    near = np.hypot(places[:, 0] - east_m, places[:, 1] - north_m) < radius_m
    outline = shapely.coverage_simplify(np.array([shapely.coverage_union_all(cells[near])]), SMOOTHED_M)
    return multi(shapely.transform(outline, on_earth))


def _spread(places: Floats, weight: Floats, count: int, chance: np.random.Generator) -> Floats:
    """`count` hearts spread over weighted places (Lloyd's rounds), so that each has a like share of weight."""
    hearts = places[chance.choice(len(places), count, replace=False, p=weight / weight.sum())]
    for _ in range(LLOYD_ROUNDS):
        owner = _nearest(places, hearts)
        share = np.bincount(owner, weight, count)
        moved = np.stack([np.bincount(owner, weight * axis, count) for axis in places.T], axis=1)
        hearts = np.where(share[:, None] > 0, moved / np.maximum(share, 1e-12)[:, None], hearts)
    return hearts


def _nearest(places: Floats, hearts: Floats) -> Indices:
    """Which heart is nearest to each place."""
    # Least distance² less what is the same for every heart: one product of matrices.
    nearest: Indices = np.argmin((hearts**2).sum(axis=1) - 2 * places @ hearts.T, axis=1)
    return nearest


def _outward(hearts: Floats) -> Floats:
    """Hearts in order of distance from the county seat."""
    return hearts[np.argsort(np.hypot(*hearts.T))]


def _unions(parts: Any, whole_of: Indices, count: int) -> tuple[MultiPolygon, ...]:
    """The parts united by the number of the whole they belong to."""
    shapes = np.array(parts)
    return tuple(_union(shapes[whole_of == number]) for number in range(count))


def _union(parts: Any) -> MultiPolygon:
    return multi(shapely.coverage_union_all(parts))


def multi(shape: Any) -> MultiPolygon:
    """A polygon, multipolygon or collection of them as one MultiPolygon."""
    return MultiPolygon(list(shapely.get_parts(shapely.get_parts(shape))))
