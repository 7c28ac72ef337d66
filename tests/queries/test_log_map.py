import numpy as np

from server.queries import log_map


def test_cells_hold_every_place_once_in_the_order_of_the_ground() -> None:
    chance = np.random.default_rng(3)
    places = np.concatenate([chance.normal((118.5, 29.6), 0.01, (900, 2)), chance.uniform(118, 120, (80, 2))])
    drawn = log_map.cells(places)
    assert sum(cell["count"] for cell in drawn) == 980
    at = [(cell["lng"], cell["lat"]) for cell in drawn]
    assert at == sorted(at)
    assert len(drawn) <= log_map.CELLS**2


def test_a_cell_tells_no_more_than_its_square() -> None:
    places = np.array([*[(118.0, 29.0)] * 3, *[(118.4321987, 29.1234567)] * 5, (119.0, 30.0)])
    drawn = {(cell["lng"], cell["lat"]): cell["count"] for cell in log_map.cells(places)}
    assert sorted(drawn.values()) == [1, 3, 5]
    assert not set(drawn) & {(round(lng, 6), round(lat, 6)) for lng, lat in places.tolist()}


def test_places_that_are_all_one_are_one_cell_and_of_one_person_uncounted() -> None:
    [cell] = log_map.cells(np.array([(118.5, 29.6)] * 500), counted=False)
    assert (round(cell["lng"], 5), round(cell["lat"], 5), cell["count"]) == (118.5, 29.6, None)


def test_who_stands_in_a_cell_of_fewer_than_three_people_was_looked_at() -> None:
    crowd, pair, alone = [(118.0, 29.0)] * 4, [(118.5, 29.5)] * 3, [(119.0, 30.0)]
    whose = [(1, 7), (2, 7), (3, 7), (3, 7), (4, 7), (5, None), (4, 8), (6, 9)]
    assert log_map.told_apart(np.array([*crowd, *pair, *alone]), whose) == [(4, 7), (4, 8), (5, None), (6, 9)]
