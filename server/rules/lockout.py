"""How long the next try at signing in waits, after so many failed ones. Arithmetic only; no clock, no database.

Of each user name two counts run. One for a place (a known device, or an address): its wait grows fast and far, and
concerns that place alone. One for all strange places together: it starts late and its wait stays short, so that
guessing from many addresses is slow and the owner is never kept out for long. A third counts an address with all
names, against one password tried on everybody; a whole office may share an address, so it is the gentlest. A known
device stands outside the last two. Codes of a second factor are counted by name alone, with the first rule: whoever
tries them has the password already, and of a million codes three are good at any time.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """Failures that cost nothing, the first wait in seconds, the longest; each failure doubles the wait."""

    free: int
    first_s: int
    longest_s: int

    def wait_s(self, failures: int) -> int:
        """Seconds until the next try, after `failures` in a row."""
        beyond = failures - self.free
        if beyond <= 0:
            return 0
        return min(self.longest_s, self.first_s << min(beyond - 1, 30))


PLACE = Rule(free=4, first_s=15, longest_s=900)
STRANGERS = Rule(free=30, first_s=1, longest_s=30)
CROWD = Rule(free=100, first_s=1, longest_s=10)

FORGOTTEN_AFTER = timedelta(hours=24)
"""A count that has rested this long starts again from nothing."""
