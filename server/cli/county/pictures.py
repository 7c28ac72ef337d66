"""Photos of places that do not exist: drawn anew for each, so that nobody's are in the demo county."""

import io
import math
import random
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 960, 720
SKIES: Final = (("#b9d3df", "#eef1e8"), ("#9db7c6", "#dfe4e2"), ("#c9d6d2", "#f3ead8"))
HILLS: Final = ("#8aa197", "#6d8a7c", "#4f7062")
WALLS: Final = ("#d9d3c4", "#c7ccd0", "#cfc0ab", "#e2ddd2")
ROOFS: Final = ("#6b4a3f", "#46596a", "#7a3b31")

Pen = ImageDraw.ImageDraw


def works(seed: str) -> bytes:
    """A works before hills, JPEG."""
    chance = random.Random(seed)
    image, pen = _ground(chance, meadow="#9aa78b")
    left = chance.randint(60, 180)
    for _ in range(chance.randint(2, 3)):
        left = _hall(pen, chance, left) + chance.randint(10, 40)
    pen.polygon([(0, HEIGHT), (WIDTH, HEIGHT), (WIDTH * 0.66, 566), (WIDTH * 0.44, 566)], fill="#8b8d8a")
    for step in range(5):
        y = 590 + step * 30
        pen.rectangle((WIDTH * 0.52 - step * 2, y, WIDTH * 0.53 + step * 2, y + 12), fill="#e7e4da")
    return _taken(image, chance)


def slope(seed: str) -> bytes:
    """A slope above a road, with markers, JPEG."""
    chance = random.Random(seed)
    image, pen = _ground(chance, meadow="#7d8a63")
    steep = [(0, 300), (340, 220), (620, 380), (WIDTH, 500), (WIDTH, HEIGHT), (0, HEIGHT)]
    pen.polygon(steep, fill="#7b6a4e")
    for _ in range(130):
        x = chance.randint(0, WIDTH)
        y = chance.randint(310 + x // 4, 600)
        size = chance.randint(6, 30)
        pen.ellipse((x, y, x + size * 2, y + size), fill=chance.choice(("#5f7247", "#6b5b41", "#8a785a")))
    pen.polygon([(0, 610), (WIDTH, 560), (WIDTH, HEIGHT), (0, HEIGHT)], fill="#7f807d")
    for x in range(60, WIDTH, 130):
        pen.rectangle((x, 560, x + 14, 630), fill="#f2efe6")
        pen.rectangle((x, 578, x + 14, 594), fill="#c8452d")
    return _taken(image, chance)


def _ground(chance: random.Random, *, meadow: str) -> tuple[Image.Image, Pen]:
    """Sky, hills one behind the other, and a meadow."""
    top, bottom = chance.choice(SKIES)
    image = Image.new("RGB", (WIDTH, HEIGHT))
    image.paste(_faded(top, bottom))
    pen = ImageDraw.Draw(image)
    for depth, shade in enumerate(HILLS):
        _ridge(pen, chance, 300 + 60 * depth, shade)
    pen.rectangle((0, 500, WIDTH, HEIGHT), fill=meadow)
    return image, pen


def _faded(top: str, bottom: str) -> Image.Image:
    """One colour going over into another, downwards."""
    fade = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    return Image.composite(Image.new("RGB", fade.size, bottom), Image.new("RGB", fade.size, top), mask=fade)


def _ridge(pen: Pen, chance: random.Random, height: int, shade: str) -> None:
    """A line of hills."""
    turns = [(chance.uniform(0.002, 0.012), chance.uniform(0, 6), chance.uniform(12, 40)) for _ in range(3)]
    line = [
        (x, height + sum(tall * math.sin(x * often + begun) for often, begun, tall in turns))
        for x in range(0, WIDTH + 20, 20)
    ]
    pen.polygon([(0, HEIGHT), *line, (WIDTH, HEIGHT)], fill=shade)


def _hall(pen: Pen, chance: random.Random, left: int) -> int:
    """A hall with windows and a gate; where it ends."""
    width, top = chance.randint(230, 330), chance.randint(360, 420)
    right = left + width
    pen.rectangle((left, top, right, 566), fill=chance.choice(WALLS))
    roof = [(left - 12, top), (left + width / 2, top - 46), (right + 12, top)]
    pen.polygon(roof, fill=chance.choice(ROOFS))
    for x in range(left + 22, right - 40, 52):
        pen.rectangle((x, top + 34, x + 30, top + 66), fill="#5b7484")
    gate = left + width // 3
    pen.rectangle((gate, 478, gate + 84, 566), fill="#4c565c")
    return right


def _taken(image: Image.Image, chance: random.Random) -> bytes:
    """As a phone's camera would have it: a little soft, with grain."""
    grain = (
        Image.effect_noise((WIDTH // 3, HEIGHT // 3), chance.uniform(16, 26))
        .resize(image.size)
        .convert("RGB")
    )
    soft = image.filter(ImageFilter.GaussianBlur(0.8))
    file = io.BytesIO()
    Image.blend(soft, grain, 0.07).save(file, "JPEG", quality=74)
    return file.getvalue()
