"""Photos out: as JPEG without metadata, and stamped with what the record says.

The stamp stands below the picture and hides nothing of it. It is a copy for reading: the evidence is the record.
"""

import io
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from server.errors import SettingRefused

FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FACES: Final = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "*CJK*Regular*",
)

INK: Final = "#f7f5ef"
PAPER: Final = "#1f2a30"
FAINT: Final = "#aeb9b6"
LEAST_PX: Final = 15
"""The smallest letters of a stamp."""

SHARE: Final = 28
"""Letters are this share of the picture's width: to be read on a phone, too."""

QUALITY: Final = 85


def jpeg(image: Image.Image) -> bytes:
    """A picture as JPEG."""
    written = io.BytesIO()
    image.save(written, "JPEG", quality=QUALITY, progressive=True)
    return written.getvalue()


def stamp(image: Image.Image, lines: Sequence[str], *, face: Path) -> bytes:
    """The picture with lines of text below it, as JPEG; the first line is the largest, the last one faint."""
    size = max(LEAST_PX, image.width // SHARE)
    fonts = [_font(face, size + size // 4), *(_font(face, size) for _ in lines[1:])]
    margin = size
    wrapped = [
        (part, font, FAINT if line is lines[-1] else INK)
        for line, font in zip(lines, fonts, strict=True)
        for part in _wrapped(line, font, image.width - 2 * margin)
    ]
    heights = [round(font.size * 1.45) for _, font, _ in wrapped]
    whole = Image.new("RGB", (image.width, image.height + sum(heights) + 2 * margin), PAPER)
    whole.paste(image)
    pen, top = ImageDraw.Draw(whole), image.height + margin
    for (text, font, ink), height in zip(wrapped, heights, strict=True):
        pen.text((margin, top), text, font=font, fill=ink)
        top += height
    return jpeg(whole)


def _wrapped(line: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """A line in as many as it takes; Chinese breaks anywhere."""
    taken = ""
    for char in line:
        if taken and font.getlength(taken + char) > width:
            yield taken
            taken = ""
        taken += char
    yield taken


@cache
def typeface(named: str) -> Path:
    """The font file the setting names, or Noto CJK wherever the system has it; `SettingRefused` where there is none."""
    if named:
        if Path(named).is_file():
            return Path(named)
        raise _missing()
    for pattern in FACES:
        for folder in FOLDERS:
            found = next(Path(folder).expanduser().rglob(pattern), None)
            if found is not None:
                return found
    raise _missing()


def _missing() -> SettingRefused:
    """The sentence for a server without Chinese letters."""
    return SettingRefused(
        name="GUATU_PHOTO_FONT",
        why_zh="找不到中文字体，照片无法加印，请安装 fonts-noto-cjk 或指定一个字体文件",
        why_en="there is no Chinese font to stamp photos with; install fonts-noto-cjk or name a font file",
    )


@cache
def _font(face: Path, size: int) -> ImageFont.FreeTypeFont:
    """The face at a size in pixels; of a collection the simplified Chinese one."""
    for index in range(_most_faces(face)):
        font = _of_collection(face, size, index)
        if font is None:
            break
        if "SC" in (font.getname()[0] or "").split():
            return font
    return ImageFont.truetype(face, size)


def _most_faces(face: Path) -> int:
    """How many faces there may be in a file."""
    return 32 if face.suffix.lower() in {".ttc", ".otc"} else 1


def _of_collection(face: Path, size: int, index: int) -> ImageFont.FreeTypeFont | None:
    """One face of a collection; None past the last."""
    try:
        return ImageFont.truetype(face, size, index=index)
    except OSError:
        return None
