import numpy as np

from server.queries import log_map


def test_cells_hold_every_place_once_and_the_fullest_comes_first() -> None:
    chance = np.random.default_rng(3)
    places = np.concatenate([chance.normal((118.5, 29.6), 0.01, (900, 2)), chance.uniform(118, 120, (80, 2))])
    drawn = log_map.cells(places)
    counts = [cell["count"] for cell in drawn]
    assert sum(counts) == 980
    assert counts == sorted(counts, reverse=True)
    assert len(drawn) <= log_map.CELLS**2


def test_a_cell_of_few_tells_no_more_than_its_square() -> None:
    places = np.array([(118.0, 29.0), (118.0, 29.0), (118.0, 29.0), (118.4321987, 29.1234567), (119.0, 30.0)])
    drawn = {(cell["lng"], cell["lat"]): cell["count"] for cell in log_map.cells(places)}
    assert drawn[118.0, 29.0] == 3
    assert (118.432199, 29.123457) not in drawn
    assert sorted(drawn.values()) == [1, 1, 3]


def test_places_that_are_all_one_are_one_cell_and_of_one_person_uncounted() -> None:
    drawn = log_map.cells(np.array([(118.5, 29.6)] * 500), counted=False)
    assert drawn == [{"lng": 118.5, "lat": 29.6, "count": None}]
