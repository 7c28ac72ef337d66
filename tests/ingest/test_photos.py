"""What a photo's file is found to be, and what of it others are shown."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from server.errors import PhotoRefused
from server.exports import photos as copies
from server.ingest import photos
from server.ingest.photos import Picture
from tests.photos import MAKER, drawn, exif, written

LANDSCAPE = {"width": 320, "height": 240}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "photo"


def found(file: Path, content: bytes, *, most_megapixels: int = 50) -> Picture:
    file.write_bytes(content)
    return photos.check(file, most_megapixels=most_megapixels)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_known_by_what_it_is(file: Path, form: str) -> None:
    assert found(file, written(form=form)) == Picture(form.lower(), 320, 240)


def test_two_pictures_in_one_jpeg_as_phones_write_them_are_the_first(file: Path) -> None:
    several = written(form="MPO", save_all=True, append_images=[drawn(64, 48)])
    assert found(file, several) == Picture("jpeg", 320, 240)


def png_that_says(width: int, height: int) -> bytes:
    """The head of a PNG so large, with next to nothing in it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_000, 16_000, 30_000])
def test_a_bomb_is_refused_before_it_is_unpacked(file: Path, side: int) -> None:
    with pytest.raises(PhotoRefused, match="pixels"):
        found(file, png_that_says(side, side))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + bytes(64),
        written(form="GIF"),
        written(form="BMP"),
        written()[:-400],
        written(form="PNG")[:-60],
        written(form="WEBP")[:-60],
        written()[:20],
        b"\xff\xd8\xff\xe0" + bytes(200),
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    ],
    ids=["nothing", "html", "gif head", "gif", "bmp", "cut", "cut png", "cut webp", "head", "zeros", "svg"],
)
def test_what_is_no_whole_picture_is_refused(file: Path, content: bytes) -> None:
    with pytest.raises(PhotoRefused, match="no whole JPEG"):
        found(file, content)


def test_an_iphones_own_form_is_refused_by_its_name(file: Path) -> None:
    with pytest.raises(PhotoRefused, match="HEIC is not taken"):
        found(file, b"\x00\x00\x00\x18ftypheic" + bytes(64))


def test_a_picture_taken_on_its_side_stands_upright(file: Path) -> None:
    turned = written(drawn(320, 240), exif=exif(orientation=6))
    assert found(file, turned) == Picture("jpeg", 240, 320)
    shown = photos.upright(file, side=120)
    assert shown.size == (90, 120)
    assert sum(pixel(shown, 45, 10)) < sum(pixel(shown, 45, 110))  # the left half is on top now


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    value = image.getpixel((x, y))
    assert isinstance(value, tuple)
    return value


def test_what_others_see_holds_nothing_but_pixels(file: Path) -> None:
    content = written(exif=exif(), comment=MAKER, xmp=b"<x>xmp-mark</x>", icc_profile=b"profile-mark")
    content += b"<script>trailer-mark</script>PK\x03\x04"
    assert found(file, content) == Picture("jpeg", 320, 240)
    shown = copies.jpeg(photos.upright(file, side=360))
    for mark in (MAKER.encode(), b"Exif", b"xmp-mark", b"profile-mark", b"trailer-mark", b"GPS"):
        assert mark not in shown
    with Image.open(io.BytesIO(shown)) as read:
        assert not read.getexif()
        assert read.size == (320, 240)


def test_what_can_be_seen_through_lies_on_white(file: Path) -> None:
    found(file, written(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG"))
    assert pixel(photos.upright(file, side=40), 20, 20) == (255, 255, 255)
