"""How a door reads and answers: JSON in through orjson (no nesting bombs, no NaN), JSON out with times ending in Z."""

from typing import Any

import marshmallow as ma
import orjson
from flask import Response
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

from server.errors import BadInput, Unreadable, UnsupportedMediaType


class Parser(FlaskParser):
    """webargs' parser with our failures: unreadable JSON and bad fields become problems."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": None,
        "query": ma.EXCLUDE,
    }

    def load_json(self, req: Any, schema: ma.Schema) -> Any:
        """The body as JSON; `UnsupportedMediaType` or `Unreadable` when it is not."""
        if not req.mimetype or not (req.mimetype == "application/json" or req.mimetype.endswith("+json")):
            raise UnsupportedMediaType
        try:
            return orjson.loads(req.get_data(cache=True))
        except orjson.JSONDecodeError as error:
            raise Unreadable(why_zh="内容不是有效的 JSON", why_en="the body is not valid JSON") from error

    def handle_error(
        self,
        error: ma.ValidationError,
        req: Any,
        schema: ma.Schema,
        *,
        error_status_code: Any,
        error_headers: Any,
    ) -> Any:
        """Name every field at fault, by its path."""
        messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        inner = next(iter(messages.values())) if len(messages) == 1 else messages
        raise BadInput(fields=flat(inner if isinstance(inner, dict) else messages)) from error


class Doors(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """A blueprint whose doors read with our parser."""

    ARGUMENTS_PARSER = Parser()


def flat(messages: Any, path: str = "") -> dict[str, list[dict[str, str]]]:
    """marshmallow's nested messages as path → sentences: `{"stops.0.name": [{"zh": …, "en": …}]}`."""
    if isinstance(messages, dict):
        found: dict[str, list[dict[str, str]]] = {}
        for key, value in messages.items():
            name = str(key) if key != "_schema" else ""
            found |= flat(value, ".".join(part for part in (path, name) if part))
        return found
    listed = messages if isinstance(messages, list) else [messages]
    return {path or "body": [_sentence(message) for message in listed]}


def _sentence(message: Any) -> dict[str, str]:
    """One message in both languages; ours are written `中文 / English`."""
    zh, divided, en = str(message).partition(" / ")
    return {"zh": zh, "en": en if divided else zh}


def answer(payload: Any, status: int = 200) -> Response:
    """A JSON response; instants end in Z, numbers stay numbers, Decimals become strings."""
    body = orjson.dumps(payload, default=str, option=orjson.OPT_UTC_Z)
    return Response(body, status, mimetype="application/json")


def nothing() -> Response:
    """204."""
    return Response(status=204)
