"""Files that browsers are sent, in the packed copy that the bundler made of them, wherever a browser takes it."""

from pathlib import Path

from flask import Response, request, send_from_directory
from werkzeug.security import safe_join

PACKED = "dist/packed"
"""Below a folder of files: where their packed copies lie, each under its own name and `.gz`."""


def send(folder: Path, name: str, *, max_age: int) -> Response:
    """A file of a folder, packed where there is a copy no older than it and the browser takes gzip.

    Both are told apart by their ETag and by `Vary`. `NotFound` (404) for what is not in the folder.
    """
    copy = _copy(folder, name)
    if copy is None:
        return send_from_directory(folder, name, max_age=max_age)
    if request.accept_encodings["gzip"] > 0:
        response = send_from_directory(folder, f"{PACKED}/{name}.gz", mimetype=_type(name), max_age=max_age)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = send_from_directory(folder, name, max_age=max_age)
    response.vary.add("Accept-Encoding")
    return response


def _copy(folder: Path, name: str) -> Path | None:
    """The packed copy of a file, unless there is none or the file is newer."""
    file, copy = (safe_join(str(folder), each) for each in (name, f"{PACKED}/{name}.gz"))
    if file is None or copy is None or not (Path(file).is_file() and Path(copy).is_file()):
        return None
    return Path(copy) if Path(copy).stat().st_mtime >= Path(file).stat().st_mtime else None


_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
"""What is packed, by its ending: not left to the machine's own table."""


def _type(name: str) -> str:
    """The media type of a file that is sent packed."""
    return _TYPES[Path(name).suffix]
