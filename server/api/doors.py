"""How a door reads and answers: JSON in through orjson (no nesting bombs, no NaN), JSON out with times ending in Z."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, TypeVar

import marshmallow as ma
import orjson
from flask import Request, Response, send_file, stream_with_context
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

from server import clock
from server.errors import BadInput, Unreadable, UnsupportedMediaType

View = TypeVar("View", bound=Callable[..., Any])

PATTERNS = {
    "period": "^20[0-9]{2}-(W[0-9]{2}|[0-9]{2}(-[0-9]{2})?)$",
    "month": "^20[0-9]{2}-[0-9]{2}$",
}
"""How what stands as text in an address is written, for the OpenAPI document."""


class Parser(FlaskParser):
    """webargs' parser with our failures: unreadable JSON and bad fields become problems."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": None,
        "query": ma.EXCLUDE,
    }

    def load_json(self, req: Any, schema: ma.Schema) -> Any:
        """The body as JSON, nothing sent being nothing told; `UnsupportedMediaType` or `Unreadable` otherwise."""
        sent = received(req)
        if not req.mimetype and not sent:
            return {}
        if not req.mimetype or not (req.mimetype == "application/json" or req.mimetype.endswith("+json")):
            raise UnsupportedMediaType
        try:
            return orjson.loads(sent)
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
    """A blueprint whose doors read with our parser; the methods here only give its decorators their types."""

    ARGUMENTS_PARSER = Parser()

    def get(self, rule: str) -> Callable[[View], View]:
        """A door that reads."""
        return self._door(rule, "GET")

    def post(self, rule: str) -> Callable[[View], View]:
        """A door that acts."""
        return self._door(rule, "POST")

    def put(self, rule: str) -> Callable[[View], View]:
        """A door that replaces."""
        return self._door(rule, "PUT")

    def patch(self, rule: str) -> Callable[[View], View]:
        """A door that changes some."""
        return self._door(rule, "PATCH")

    def delete(self, rule: str) -> Callable[[View], View]:
        """A door that ends something."""
        return self._door(rule, "DELETE")

    def _door(self, rule: str, method: str) -> Callable[[View], View]:
        """A route for one method."""
        told = [
            {"in": "path", "name": name, "required": True, "schema": {"type": "string", "pattern": pattern}}
            for name, pattern in PATTERNS.items()
            if f"<{name}>" in rule
        ]
        door: Callable[[View], View] = super().route(rule, methods=[method], parameters=told or None)
        return door

    def arguments(self, shape: type[ma.Schema], **how: Any) -> Callable[[View], View]:
        """Read what comes in with a shape, one instance for all requests; it becomes the view's first argument."""
        reader: Callable[[View], View] = super().arguments(shape(), **how)
        return reader

    def response(
        self, status: int, shape: type[ma.Schema] | None = None, **how: Any
    ) -> Callable[[View], View]:
        """Say in the OpenAPI document what goes out."""
        writer: Callable[[View], View] = super().response(status, shape, **how)
        return writer

    def body(self, words: str, example: dict[str, Any]) -> Callable[[View], View]:
        """Say in the OpenAPI document what comes in where the door reads it itself."""
        told = {"application/json": {"schema": {"type": "object"}, "example": example}}
        said: Callable[[View], View] = super().doc(requestBody={"description": words, "content": told})
        return said

    def bytes(self, words: str) -> Callable[[View], View]:
        """Say in the OpenAPI document that bytes come in, which the door reads itself."""
        told = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        said: Callable[[View], View] = super().doc(requestBody={"description": words, "content": told})
        return said

    def alt_response(
        self, status: int, *, schema: type[ma.Schema] | None = None, **how: Any
    ) -> Callable[[View], View]:
        """Say what else may go out."""
        writer: Callable[[View], View] = super().alt_response(status, schema=schema, **how)
        return writer


def received(req: Request) -> bytes:
    """All that was sent, which may be asked for once; a body whose length is told is read at once.

    `get_data` takes whatever comes through two buffers of 64 KiB each, which turns everything else out of a
    processor's nearest cache. It is left what is sent without a length, and what is too long: that is refused with
    `RequestEntityTooLarge`.
    """
    length, most = req.content_length, req.max_content_length
    if length is None or most is None or length > most:
        return req.get_data(cache=False)
    sent: bytes = req.environ["wsgi.input"].read(length)
    return sent


def flat(messages: Any, path: str = "") -> dict[str, list[dict[str, str]]]:
    """Turn marshmallow's nested messages as path → sentences: `{"stops.0.name": [{"zh": …, "en": …}]}`."""
    if isinstance(messages, dict):
        found: dict[str, list[dict[str, str]]] = {}
        for key, value in messages.items():
            name = str(key) if key != "_schema" else ""
            found |= flat(value, ".".join(part for part in (path, name) if part))
        return found
    listed = messages if isinstance(messages, list) else [messages]
    return {path or "body": [_sentence(message) for message in listed]}


def _sentence(message: Any) -> dict[str, str]:
    """One message in both languages; ours are written `中文 / English`, marshmallow's own are told anew."""
    zh, divided, en = _TOLD_ANEW.get(str(message), str(message)).partition(" / ")
    return {"zh": zh, "en": en if divided else zh}


_TOLD_ANEW = {
    "Missing data for required field.": "必填 / Required",
    "Field may not be null.": "不能为空 / Must not be null",
    "Invalid input type.": "应为一个对象 / Must be an object",
    "Not a valid integer.": "应为整数 / Must be a whole number",
    "Not a valid string.": "应为文字 / Must be text",
    "Not a valid list.": "应为列表 / Must be a list",
    "Unknown field.": "不认识的字段 / Unknown field",
}


def answer(payload: Any, status: int = 200) -> Response:
    """A JSON response, for no cache; instants end in Z, numbers stay numbers, Decimals become strings."""
    body = orjson.dumps(payload, default=str, option=orjson.OPT_UTC_Z)
    return Response(body, status, {"Cache-Control": "no-store"}, mimetype="application/json")


def download(content: bytes, mimetype: str, name: str) -> Response:
    """A file to be kept under a name, which may be Chinese; for no cache."""
    sent = send_file(BytesIO(content), mimetype, as_attachment=True, download_name=name)
    sent.headers["Cache-Control"] = "no-store"
    return sent


def csv_file(noun: str, chunks: Iterator[bytes]) -> Response:
    """A streamed CSV download, named by its noun and the day."""
    response = Response(stream_with_context(chunks), mimetype="text/csv")
    name = f"guatu-{noun}-{clock.day_of(clock.now()).isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def nothing() -> Response:
    """204."""
    return Response(status=204)
