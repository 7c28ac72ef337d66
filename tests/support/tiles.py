"""A base map of made-up tiles on a loopback port: white, with a ring around one place, to see where that is drawn."""

import math
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np

SIDE_PX = 256
RING_PX = (17, 21)
"""The ring's inner and outer radius: around the mark of a check-in."""

MARK = (255, 0, 255)


@dataclass
class Tiles:
    """A running tile server: its address, and which tiles it was asked for as (zoom, column, row)."""

    url: str
    asked: list[tuple[int, int, int]] = field(default_factory=list)


@contextmanager
def tiles(*, lng: float, lat: float) -> Iterator[Tiles]:
    """Serve tiles of web mercator over the degrees of some datum, with the ring around this place in that datum.

    Addresses are `/z/x/y.png`, or WMTS by query (TILEMATRIX, TILECOL, TILEROW).
    """
    made = Tiles("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            z, x, y = _tile_of(self.path)
            made.asked.append((z, x, y))
            body = _png(_painted(z, x, y, lng=lng, lat=lat))
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


def _tile_of(path: str) -> tuple[int, int, int]:
    """Which tile an address means."""
    parts = urlsplit(path)
    query = {
        name.upper(): int(value[0]) for name, value in parse_qs(parts.query).items() if value[0].isdigit()
    }
    if query:
        return query["TILEMATRIX"], query["TILECOL"], query["TILEROW"]
    z, x, y = parts.path.strip("/").removesuffix(".png").split("/")
    return int(z), int(x), int(y)


def _painted(
    z: int, x: int, y: int, *, lng: float, lat: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A tile's pixels (256, 256, 3)."""
    world = SIDE_PX * 2**z
    east = (lng + 180) / 360 * world - x * SIDE_PX
    phi = math.radians(lat)
    south = (1 - math.log(math.tan(phi) + 1 / math.cos(phi)) / math.pi) / 2 * world - y * SIDE_PX
    rows, columns = np.mgrid[0:SIDE_PX, 0:SIDE_PX] + 0.5
    away = np.hypot(columns - east, rows - south)
    pixels = np.full((SIDE_PX, SIDE_PX, 3), 255, dtype=np.uint8)
    pixels[(away > RING_PX[0]) & (away < RING_PX[1])] = MARK
    return pixels


def _png(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    """Pixels as a PNG."""
    height, width, _ = pixels.shape
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(lines, 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
