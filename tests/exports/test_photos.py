"""Stamps on photos: below the picture, in letters that are there, in as many lines as it takes."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageFont

from server.errors import SettingRefused
from server.exports import photos
from tests.photos import drawn

LINES = ["2026-03-01 08:00:00", "陈晓 · 东河镇", "在临江一厂内 · 离边界 120 m", "挂图服务器加印"]


def stamped(lines: list[str], width: int = 320) -> Image.Image:
    return Image.open(io.BytesIO(photos.stamp(drawn(width, 240), lines, face=photos.typeface(""))))


def test_the_stamp_stands_below_the_picture_and_hides_nothing_of_it() -> None:
    made = stamped(LINES)
    assert made.width == 320
    assert made.height > 240 + 4 * photos.LEAST_PX
    above = made.crop((0, 0, 320, 240)).resize((2, 1)).get_flattened_data()
    as_drawn = drawn().resize((2, 1)).get_flattened_data()
    for seen, meant in zip(above, as_drawn, strict=True):
        assert isinstance(seen, tuple)
        assert isinstance(meant, tuple)
        assert max(abs(one - other) for one, other in zip(seen, meant, strict=True)) < 12


def test_a_long_line_is_broken_and_none_of_it_is_lost() -> None:
    font = ImageFont.truetype(photos.typeface(""), 16)
    line = "县防汛抗旱指挥部关于做好强降雨后地质灾害隐患核查的通知" * 3
    parts = list(photos._wrapped(line, font, 288))
    assert "".join(parts) == line
    assert all(font.getlength(part) <= 288 for part in parts)
    assert stamped([*LINES[:2], line, LINES[3]]).height > stamped(LINES).height


def test_the_font_has_chinese_letters_of_the_mainland() -> None:
    font = photos._font(photos.typeface(""), 20)
    assert "SC" in str(font.getname()[0])
    assert font.getmask("签").getbbox() != font.getmask("到").getbbox()


def test_a_font_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingRefused, match="fonts-noto-cjk"):
        photos.typeface(str(tmp_path / "none.ttc"))


def test_without_any_chinese_font_the_packages_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "FOLDERS", ())
    photos.typeface.cache_clear()
    with pytest.raises(SettingRefused):
        photos.typeface("")
    photos.typeface.cache_clear()
