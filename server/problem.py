"""A failure that a person may be told about: what every problem in `errors` is."""

from collections.abc import Mapping
from typing import Any, ClassVar


class Problem(Exception):
    """A failure said in the words of the person who meets it.

    `facts` are the keyword arguments that fill the sentence. `fields` names bad input: path → list of
    `{"zh": …, "en": …}`. `retry_after_s` tells a sender when to come back.
    """

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400
    zh: ClassVar[str] = "请求无法处理。"
    en: ClassVar[str] = "The request could not be handled."

    def __init__(
        self,
        *,
        fields: Mapping[str, list[dict[str, str]]] | None = None,
        retry_after_s: int | None = None,
        **facts: Any,
    ) -> None:
        """Fill the sentences from `facts`; a fact missing from a sentence is a programming error."""
        self.facts = facts
        self.fields = fields
        self.retry_after_s = retry_after_s
        super().__init__(self.sentence_en)

    @property
    def sentence_zh(self) -> str:
        """The sentence in Chinese, filled."""
        return self.zh.format(**self.facts)

    @property
    def sentence_en(self) -> str:
        """The sentence in English, filled."""
        return self.en.format(**self.facts)

    def document(self) -> dict[str, Any]:
        """The RFC 9457 problem document of this failure."""
        document: dict[str, Any] = {
            "type": f"/problems/{self.code}",
            "code": self.code,
            "status": self.status,
            "title": self.sentence_zh,
            "title_en": self.sentence_en,
        }
        if self.fields:
            document["fields"] = dict(self.fields)
        if self.retry_after_s is not None:
            document["retry_after_s"] = self.retry_after_s
        return document
