"""Outcomes of matters: a term is kept by the step that was due or missed when it ran out, once, for whoever had it."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from server.rules import outcomes
from server.rules.outcomes import Happening, Outcome

DAY = timedelta(days=1)
FIRST = datetime(2026, 5, 1, 2, tzinfo=UTC)
A, B = 11, 12


def told(*steps: tuple[float, str, int, float | None], matter_id: int = 7) -> list[Happening]:
    """Events of one matter: (day, what, for whom from then on, the day its term then ends on)."""
    return [
        Happening(
            matter_id * 100 + n,
            FIRST + day * DAY,
            f"matter.{what}",
            matter_id,
            unit_id,
            None if due is None else FIRST + due * DAY,
        )
        for n, (day, what, unit_id, due) in enumerate(steps)
    ]


def found(happenings: list[Happening], *, until: float = 60) -> list[tuple[str, int, float, bool]]:
    """What came of them: (what, whose, the day, whether kept)."""
    return [
        (each.what, each.unit_id, (each.at - FIRST) / DAY, each.kept)
        for each in outcomes.of_matters(happenings, until=FIRST + until * DAY)
    ]


SOLVED = told(
    (0, "reported", A, 3),
    (1, "accepted", A, 8),
    (2, "assigned", B, 8),
    (5, "handled", B, None),
    (9, "verified", B, None),
    (10, "closed", B, None),
)


def test_handled_in_time_is_closed_in_time_however_long_others_take_to_look() -> None:
    assert found(SOLVED) == [
        ("answered", A, 1, True),
        ("solved", B, 10, True),
        ("closed", B, 10, True),
    ]


def test_a_term_is_missed_when_it_runs_out_and_closing_late_does_not_count_again() -> None:
    late = told(
        (0, "reported", A, 3), (1, "accepted", A, 8), (12, "handled", A, None), (13, "closed", A, None)
    )
    assert found(late) == [("answered", A, 1, True), ("solved", A, 8, False), ("closed", A, 13, True)]
    assert found(late, until=8) == [("answered", A, 1, True)]


def test_nobody_answering_is_missed_for_whoever_holds_it_then() -> None:
    silent = told((0, "reported", A, 3), (5, "escalated", B, 8))
    assert found(silent, until=6) == [("answered", A, 3, False)]
    assert found(silent) == [("answered", A, 3, False), ("answered", B, 8, False)]


def test_a_matter_missed_by_a_village_and_then_by_its_township_counts_once_for_the_township() -> None:
    def counted(happenings: list[Happening], homes: dict[int, int]) -> list[tuple[int, str, bool]]:
        ended = outcomes.of_matters(happenings, until=FIRST + 10 * DAY)
        return [(home, each.what, each.kept) for home, each in outcomes.once(ended, homes)]

    silent = told((0, "reported", A, 3), (5, "escalated", B, 8))
    answered = told((0, "reported", A, 3), (5, "escalated", B, 8), (6, "accepted", B, 20))
    for each in (silent, answered):
        assert counted(each, {A: B, B: B}) == [(B, "answered", False)]
    assert counted(answered, {A: A, B: B}) == [(A, "answered", False), (B, "answered", True)]
    assert counted(answered, {A: A}) == [(A, "answered", False)]


def test_who_hands_on_in_time_neither_keeps_nor_misses() -> None:
    handed = told((0, "reported", A, 3), (2, "transferred", B, 5), (4, "accepted", B, 11))
    assert found(handed, until=9) == [("answered", B, 4, True)]


def test_what_waits_to_be_verified_is_never_late() -> None:
    waiting = told((0, "reported", A, 3), (1, "accepted", A, 8), (7, "handled", A, None))
    assert found(waiting) == [("answered", A, 1, True)]


def test_sent_back_it_runs_on_and_may_be_missed_then() -> None:
    again = told(
        (0, "reported", A, 3), (1, "accepted", A, 8), (7, "handled", A, None), (9, "reworked", A, 10)
    )
    assert found(again)[-1] == ("solved", A, 10, False)


def test_reopened_it_was_not_for_good_and_its_term_runs_anew() -> None:
    reopened = [*SOLVED, *told((0, "reported", A, 3))[:0]]
    reopened += [
        Happening(720, FIRST + 15 * DAY, "matter.reopened", 7, B, FIRST + 20 * DAY),
        Happening(721, FIRST + 16 * DAY, "matter.handled", 7, B, None),
        Happening(722, FIRST + 17 * DAY, "matter.closed", 7, B, None),
    ]
    assert found(reopened)[3:] == [
        ("reopened", B, 15, False),
        ("solved", B, 17, True),
        ("closed", B, 17, True),
    ]
    told_once = outcomes.lasting(outcomes.of_matters(reopened, until=FIRST + 60 * DAY))
    assert [(each.what, each.unit_id, each.kept) for each in told_once] == [("lasting", B, False)]


def test_a_rule_that_changes_later_changes_no_term_that_was_missed_before() -> None:
    missed = told((0, "reported", A, 3), (5, "reckoned", A, 30))
    assert found(missed) == [("answered", A, 3, False)]


KINDS = (
    "accepted",
    "refused",
    "assigned",
    "transferred",
    "escalated",
    "handled",
    "reworked",
    "verified",
    "closed",
    "reopened",
    "held",
    "resumed",
    "urged",
    "reckoned",
)
lives = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from([A, B]), st.one_of(st.none(), st.integers(0, 50))),
    max_size=9,
).map(lambda steps: told((0, "reported", A, 3), *((n + 1, *step) for n, step in enumerate(steps))))


@given(st.lists(lives, max_size=4), st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_told_changes_nothing(
    many: list[list[Happening]], chance: Random
) -> None:
    county = [
        Happening(n * 1000 + each.number, each.at, each.kind, n, each.unit_id, each.due_at)
        for n, life in enumerate(many)
        for each in life
    ]
    mixed = list(county)
    chance.shuffle(mixed)

    def key(each: Outcome) -> tuple[int, datetime, str, bool]:
        return (each.matter_id, each.at, each.what, each.kept)

    until = FIRST + 40 * DAY
    assert sorted(outcomes.of_matters(county, until=until), key=key) == sorted(
        outcomes.of_matters(mixed, until=until), key=key
    )


@given(lives, st.integers(1, 30), st.integers(0, 30))
def test_what_was_said_of_the_past_stays_said(life: list[Happening], first: int, more: int) -> None:
    early = outcomes.of_matters(life, until=FIRST + first * DAY)
    later = outcomes.of_matters(life, until=FIRST + (first + more) * DAY)
    assert later[: len(early)] == early


@given(lives)
def test_no_term_is_both_kept_and_missed(life: list[Happening]) -> None:
    began = {"answered": outcomes.BEGIN_ANSWER, "solved": outcomes.BEGIN_SOLVE}
    ended = outcomes.of_matters(life, until=FIRST + 60 * DAY)
    for what, begins in began.items():
        assert sum(each.what == what for each in ended) <= sum(each.kind in begins for each in life)
