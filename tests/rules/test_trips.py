from datetime import date, timedelta

import pytest

from server.errors import StepNotAllowed, TripRefused
from server.rules import trips

LEGAL = {
    ("submit", "draft"): "submitted",
    ("submit", "returned"): "submitted",
    ("approve", "submitted"): "approved",
    ("return", "submitted"): "returned",
    ("start", "approved"): "under_way",
    ("complete", "under_way"): "completed",
    ("lapse", "under_way"): "completed",
    ("edit", "draft"): "draft",
    ("edit", "returned"): "draft",
    ("edit_again", "submitted"): "draft",
    ("edit_again", "approved"): "draft",
    **{
        ("cancel", state): "cancelled"
        for state in ("draft", "submitted", "returned", "approved", "under_way")
    },
}


@pytest.mark.parametrize("state", trips.STATES)
@pytest.mark.parametrize("step", trips.STEPS)
def test_a_step_leads_where_the_table_says_or_is_refused_in_words(step: str, state: str) -> None:
    if (step, state) in LEGAL:
        assert trips.step(step, state) == LEGAL[step, state]
    else:
        with pytest.raises(StepNotAllowed, match="cannot be") as refused:
            trips.step(step, state)
        assert trips.STATE_WORDS[state][0] in refused.value.sentence_zh


def test_what_is_over_stays_over() -> None:
    assert not [
        name for name in trips.STEPS for over in ("completed", "cancelled") if trips.may_step(name, over)
    ]


def _plan(**changed: object) -> None:
    plan: dict[str, object] = {
        "purpose": "ordinary",
        "basis": "",
        "photos_required": False,
        "starts_on": date(2026, 3, 2),
        "ends_on": date(2026, 3, 5),
        "stops": 3,
        "members": 2,
    }
    trips.check_plan(**(plan | changed))  # type: ignore[arg-type]  # a plan with some facts changed


def test_a_trip_may_last_one_day() -> None:
    _plan(ends_on=date(2026, 3, 2))


def test_a_trip_does_not_end_before_it_starts() -> None:
    with pytest.raises(TripRefused, match="ends before"):
        _plan(ends_on=date(2026, 3, 1))


@pytest.mark.parametrize("purpose", ["safety", "emergency"])
def test_a_purpose_that_may_demand_photos_or_tracks_names_its_basis(purpose: str) -> None:
    _plan(purpose=purpose, basis="县防汛指挥部 2026 年第 3 号令")
    with pytest.raises(TripRefused, match="basis"):
        _plan(purpose=purpose, basis="   ")


def test_photos_are_asked_for_only_by_a_purpose_that_names_its_basis() -> None:
    _plan(purpose="emergency", basis="县防汛指挥部 2026 年第 3 号令", photos_required=True)
    with pytest.raises(TripRefused, match="voluntary"):
        _plan(photos_required=True)
    with pytest.raises(TripRefused, match="basis"):
        _plan(purpose="safety", photos_required=True)


def test_a_trip_has_bounds() -> None:
    with pytest.raises(TripRefused, match="92"):
        _plan(ends_on=date(2026, 3, 2) + timedelta(days=92))
    with pytest.raises(TripRefused, match="stops"):
        _plan(stops=61)
    with pytest.raises(TripRefused, match="members"):
        _plan(members=61)
