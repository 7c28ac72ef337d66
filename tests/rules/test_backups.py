"""When the night's backup is due."""

from datetime import UTC, datetime, time

from server.rules import backups

HALF_PAST_TWO = time(2, 30)


def test_the_night_is_shanghais() -> None:
    before = datetime(2026, 11, 25, 18, 29, 59, tzinfo=UTC)
    assert backups.next_night(HALF_PAST_TWO, before) == datetime(2026, 11, 25, 18, 30, tzinfo=UTC)


def test_a_backup_that_was_just_made_is_made_again_a_day_later() -> None:
    now = datetime(2026, 11, 25, 18, 30, tzinfo=UTC)
    assert backups.next_night(HALF_PAST_TWO, now) == datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
