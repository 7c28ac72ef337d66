"""Photos in: whether a file is really a picture of a kind we keep, and the picture upright, without its metadata."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from server.errors import PhotoRefused

FORMS: Final = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png", "WEBP": "webp"}
"""What Pillow calls the kinds we keep; an MPO is a JPEG that another one follows, as many phones write them."""

OPENED: Final = ("JPEG", "PNG", "WEBP")

Image.MAX_IMAGE_PIXELS = 200_000_000
"""Pillow's own limit, above the largest that the setting may say."""

HEIF: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif", b"avif")


@dataclass(frozen=True, slots=True)
class Picture:
    """What a file was found to be; width and height in pixels as it is looked at, upright."""

    form: str
    width: int
    height: int


def check(file: Path, *, most_megapixels: int) -> Picture:
    """Look at every pixel of the first picture in a file; `PhotoRefused` for what is none, is cut off or too large.

    The size is read before anything is unpacked, so that a small file cannot fill the memory.
    """
    with _opened(file) as image:
        if image.width * image.height > most_megapixels * 1_000_000:
            raise PhotoRefused(
                why_zh=f"像素太多，最多 {most_megapixels} 百万像素",
                why_en=f"too many pixels: at most {most_megapixels} million",
            )
        form, turned = FORMS[image.format or ""], _is_turned(image)
        image.load()
        width, height = (image.height, image.width) if turned else image.size
    return Picture(form, width, height)


def upright(file: Path, *, side: int) -> Image.Image:
    """The picture the way it was taken, at most `side` pixels long, without anything but its pixels."""
    with _opened(file) as image:
        image.draft("RGB", (side, side))
        image.thumbnail((side, side))
        turned = ImageOps.exif_transpose(image)
        seen_through = turned.has_transparency_data
        turned = turned.convert("RGBA" if seen_through else "RGB")
    clean = Image.new("RGB", turned.size, "white")
    clean.paste(turned, mask=turned.getchannel("A") if seen_through else None)
    return clean


QUARTER_TURNED: Final = frozenset({5, 6, 7, 8})
"""Orientations in which width and height change places."""


def _is_turned(image: Image.Image) -> bool:
    """Whether it lies on its side."""
    return image.getexif().get(0x0112) in QUARTER_TURNED


@contextmanager
def _opened(file: Path) -> Iterator[Image.Image]:
    """The picture in a file; whatever Pillow has against it becomes `PhotoRefused`."""
    try:
        with Image.open(file, formats=OPENED) as image:
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoRefused(why_zh="像素太多", why_en="too many pixels") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, struct.error) as error:
        raise _refusal(file) from error


def _refusal(file: Path) -> PhotoRefused:
    """The sentence for a file that cannot be read as a picture."""
    with file.open("rb") as opened:
        head = opened.read(16)
    if head[4:8] == b"ftyp" and head[8:12] in HEIF:
        return PhotoRefused(
            why_zh="不接收 HEIC 格式，请用 JPEG（手机浏览器选图时会自动转换）",
            why_en="HEIC is not taken; send a JPEG (phones' browsers convert what is chosen)",
        )
    return PhotoRefused(
        why_zh="不是完整的 JPEG、PNG 或 WebP 图片", why_en="it is no whole JPEG, PNG or WebP picture"
    )
