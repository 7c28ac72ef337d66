"""A page taken apart: its tags with their attributes, its words, its data block."""

import json
from html.parser import HTMLParser
from typing import Any

Attributes = dict[str, str]


class Taken(HTMLParser):
    """Tags in order, visible words, and the contents of scripts and styles."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, Attributes]] = []
        self.words: list[str] = []
        self.inside: list[tuple[str, Attributes, str]] = []
        self._open: tuple[str, Attributes] | None = None
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        self._open = (tag, attributes) if tag in {"script", "style"} else None

    def handle_endtag(self, tag: str) -> None:
        """Words after it are the page's again."""
        self._open = None

    def handle_data(self, data: str) -> None:
        """Keep words apart from code."""
        if self._open is not None:
            self.inside.append((*self._open, data))
        elif data.strip():
            self.words.append(data.strip())

    def all(self, tag: str) -> list[Attributes]:
        """The attributes of each such tag."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def data(self) -> dict[str, Any]:
        """What the page tells its script."""
        block = next(
            text for tag, given, text in self.inside if tag == "script" and given.get("id") == "desk"
        )
        told: dict[str, Any] = json.loads(block)
        return told
