"""What XML 1.0 can hold: the characters that no document may have are left out. Source: XML 1.0, section 2.2."""

import re

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def held(text: str) -> str:
    """A text without the characters that XML cannot hold; it is not escaped."""
    return _FORBIDDEN.sub("", text)
