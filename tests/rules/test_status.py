"""How the state of a server is said in words."""

import pytest

from server.rules.status import in_words


@pytest.mark.parametrize(
    ("age_s", "words"),
    [
        (59, "less than a minute"),
        (60, "1 minute"),
        (3569, "59 minutes"),
        (3590, "1 hour"),
        (23 * 3600, "23 hours"),
        (86_000, "1 day"),
        (3 * 86_400, "3 days"),
    ],
)
def test_an_age_that_rounds_to_a_whole_larger_unit_is_told_in_that(age_s: float, words: str) -> None:
    assert in_words(age_s, "en") == words
