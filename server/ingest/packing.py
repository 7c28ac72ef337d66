"""Packed bodies: bytes and their Content-Encoding → the plain bytes, never more of them than is allowed."""

import zlib
from typing import Final

from server.ingest import fixes

_WINDOWS: Final = {
    "gzip": zlib.MAX_WBITS | 16,
    "x-gzip": zlib.MAX_WBITS | 16,
    "deflate": zlib.MAX_WBITS,
}
"""How zlib is told of each way to pack."""


def unpacked(body: bytes, encoding: str, *, most: int) -> bytes:
    """The plain body of at most so many bytes; `encoding` is its Content-Encoding: empty, gzip or deflate.

    Never more than one byte over the limit is unpacked, whatever was packed. Raises `Unreadable`.
    """
    how = encoding.strip().lower()
    if how not in _WINDOWS and how not in ("", "identity"):
        raise fixes.unreadable("encoding")
    plain = _inflated(body, _WINDOWS[how], most) if how in _WINDOWS else body
    if len(plain) > most:
        raise fixes.unreadable("too_large", limit_kb=most // 1024)
    return plain


def _inflated(body: bytes, window: int, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=window)
    try:
        plain = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise fixes.unreadable("packing") from None
    if len(plain) <= most and (not unpacker.eof or unpacker.unused_data):
        raise fixes.unreadable("packing")
    return plain
