"""Boards: whose share counts how much, who shares a rank, and who stands on no list."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import BoardRefused
from server.rules import boards
from server.rules.boards import FULL, MEASURES, Measured, Rule, Share, Standing

RULE = Rule()
whole = st.integers(0, 12)
shares = st.builds(lambda of, off: Share(Fraction(max(0, of - off)), Fraction(of)), whole, whole)
measured = st.fixed_dictionaries(dict.fromkeys(MEASURES, shares))
counties = st.lists(st.tuples(st.integers(0, 12), measured), min_size=0, max_size=14).map(
    lambda told: [Measured(n, people, of) for n, (people, of) in enumerate(told, start=1)]
)


def unit(unit_id: int, got: int, of: int, *, people: int = 20) -> Measured:
    """A unit that was measured by matters closed in time alone."""
    return Measured(unit_id, people, {"solved": Share(Fraction(got), Fraction(of))})


def stand(*units: Measured, rule: Rule = RULE) -> dict[int, Standing]:
    """Where units stand, by id."""
    return {each.unit_id: each for each in boards.standings(units, rule)}


def test_what_was_not_due_has_no_weight_and_the_rest_makes_up_the_whole() -> None:
    told = {
        "solved": Share(Fraction(3), Fraction(4)),
        "answered": Share(),
        "lasting": Share(Fraction(1), Fraction(1)),
    }
    assert boards.score(told, {"solved": 50, "answered": 20, "lasting": 30}) == Decimal("84.4")
    assert boards.score(told, {"answered": 100}) is None


def test_equal_scores_share_a_rank_and_the_next_one_is_counted_on() -> None:
    found = stand(unit(1, 9, 10), unit(2, 18, 20), unit(3, 10, 10), unit(4, 1, 2))
    assert {unit_id: each.rank for unit_id, each in found.items()} == {1: 2, 2: 2, 3: 1, 4: 4}


def test_scores_that_look_alike_are_alike() -> None:
    found = stand(unit(1, 6666, 10000), unit(2, 66667, 100000), unit(3, 1, 2))
    assert found[1].score == found[2].score == Decimal("66.7")
    assert found[1].rank == found[2].rank == 1


def test_who_is_too_small_or_had_nothing_due_is_in_no_order_and_it_is_said_why() -> None:
    found = stand(unit(1, 1, 9, people=4), unit(2, 0, 0), unit(3, 8, 9), unit(4, 7, 9), unit(5, 5, 9))
    assert [(found[n].rank, found[n].score, found[n].listed, found[n].why) for n in (1, 2)] == [
        (None, None, "", "small"),
        (None, None, "", "nothing_due"),
    ]
    assert [found[n].rank for n in (3, 4, 5)] == [1, 2, 3]


def test_two_units_make_no_list() -> None:
    assert {each.listed for each in stand(unit(1, 1, 2), unit(2, 2, 2)).values()} == {""}


def test_whoever_shares_the_last_place_ahead_is_ahead_too_but_nobody_is_pushed_behind_by_a_tie() -> None:
    ahead = [unit(n, 10, 10) for n in range(1, 6)]
    found = stand(*ahead, unit(6, 5, 10), unit(7, 5, 10), unit(8, 5, 10), unit(9, 5, 10), rule=Rule(listed=3))
    assert {found[n].listed for n in range(1, 6)} == {"ahead"}
    assert {found[n].listed for n in range(6, 10)} == {""}


def test_where_all_are_equal_nobody_is_on_any_list() -> None:
    assert {each.listed for each in stand(*(unit(n, 1, 2) for n in range(1, 7))).values()} == {""}


@given(counties, st.randoms(use_true_random=False))
def test_the_order_in_which_units_are_told_changes_nothing(county: list[Measured], chance: Random) -> None:
    other = list(county)
    chance.shuffle(other)
    assert stand(*county) == stand(*other)


@given(counties)
def test_every_unit_stands_once_and_its_rank_counts_those_before_it(county: list[Measured]) -> None:
    found = boards.standings(county, RULE)
    assert [each.unit_id for each in found] == [each.unit_id for each in county]
    compared = [each for each in found if each.score is not None]
    for each in compared:
        assert each.rank == 1 + sum(other.score > each.score for other in compared)  # type: ignore[operator]  # both compared
    for each in found:
        assert (each.rank is None) == (each.score is None) == bool(each.why)
        assert not (each.why and each.listed)


@given(counties)
def test_full_marks_are_never_behind_and_nobody_ahead_is_worse_than_somebody_behind(
    county: list[Measured],
) -> None:
    found = boards.standings(county, RULE)
    ahead = [each.score for each in found if each.listed == "ahead" and each.score is not None]
    behind = [each.score for each in found if each.listed == "behind" and each.score is not None]
    assert FULL not in behind
    assert not ahead or not behind or min(ahead) > max(behind)
    assert len(behind) <= RULE.listed


@given(counties, st.integers(2, 9))
def test_weights_count_by_their_proportion_only(county: list[Measured], times: int) -> None:
    heavier = Rule({name: weight * times for name, weight in RULE.weights.items()})
    assert stand(*county) == stand(*county, rule=heavier)


@given(counties, st.data())
def test_one_more_kept_never_lowers_a_unit(county: list[Measured], data: st.DataObject) -> None:
    if not county:
        return
    of = data.draw(st.sampled_from(county))
    name = data.draw(st.sampled_from(sorted(MEASURES)))
    share = of.shares[name]
    better = Share(min(share.got + 1, share.of), share.of)
    changed = [
        Measured(of.unit_id, of.people, {**of.shares, name: better}) if each is of else each
        for each in county
    ]
    before, after = stand(*county)[of.unit_id], stand(*changed)[of.unit_id]
    if before.rank is not None:
        assert after.rank is not None
        assert after.rank <= before.rank


@given(measured)
def test_a_score_lies_between_nothing_and_full_marks(of: dict[str, Share]) -> None:
    told = boards.score(of, RULE.weights)
    assert told is None or Decimal(0) <= told <= FULL


def test_a_rule_that_has_no_weights_or_begins_mid_month_is_refused() -> None:
    for rule, day in (
        (Rule(dict.fromkeys(MEASURES, 0)), date(2026, 6, 1)),
        (Rule({"checkins": 10}), date(2026, 6, 1)),
        (RULE, date(2026, 6, 2)),
    ):
        with pytest.raises(BoardRefused):
            boards.check(rule, valid_from=day)
