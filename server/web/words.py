"""The English words of the pages' scripts, read from the same catalogue as the templates'."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).with_name("translations") / "en" / "LC_MESSAGES" / "messages.po"
SCRIPTS = "static/src/"


def of_scripts(lang: str) -> dict[str, str]:
    """Chinese sentence → the sentence in `lang`, for scripts only; empty for Chinese, which needs none."""
    return {} if lang == "zh" else _english()


@cache
def _english() -> dict[str, str]:
    """The translated messages that a script uses."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and any(SCRIPTS in place for place, _ in message.locations)
    }
