"""Which boxes a point lies in: a grid of cells, each with the boxes that meet it.

What a tree answers for many points at once, this answers for one at the cost of a look into a dictionary.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_CELLS_A_DEGREE = 100
_MOST_CELLS = 4_096
"""A box that meets more is held apart, and asked of every point."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """n boxes, immutable; they are named by their positions."""

    _bounds: tuple[memoryview, ...]
    _of_cell: dict[tuple[int, int], list[int]]
    _wide: list[int]

    @classmethod
    def of(cls, bounds: Array) -> "Cells":
        """The cells of n boxes: west, south, east and north in degrees, (4, n); NaN is a box that holds nothing."""
        of_cell: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        wide: list[int] = []
        for position in np.flatnonzero(np.isfinite(bounds).all(axis=0)).tolist():
            west, south, east, north = (_cell(edge) for edge in bounds[:, position].tolist())
            if (east - west + 1) * (north - south + 1) > _MOST_CELLS:
                wide.append(position)
                continue
            for column in range(west, east + 1):
                for row in range(south, north + 1):
                    of_cell[column, row].append(position)
        edges = tuple(
            memoryview(edge) for edge in np.ascontiguousarray(bounds)
        )  # a number out of these costs least
        return cls(edges, dict(of_cell), wide)

    def at(self, *, lng: float, lat: float) -> Iterator[int]:
        """The boxes that a point lies in, or on the edge of."""
        west, south, east, north = self._bounds
        for boxes in (self._wide, self._of_cell.get((_cell(lng), _cell(lat)), ())):
            for box in boxes:
                if west[box] <= lng <= east[box] and south[box] <= lat <= north[box]:
                    yield box


def _cell(degrees: float) -> int:
    """The column or row of cells that a longitude or latitude lies in."""
    return math.floor(degrees * _CELLS_A_DEGREE)
