"""`flask check`: it says in one sentence what a server lacks, the font for photos too."""

import pytest
from flask import Flask

from server.exports import photos


def test_a_server_that_lacks_nothing_is_ready(app: Flask) -> None:
    checked = app.test_cli_runner().invoke(args=["check"])
    assert (checked.exit_code, "ready" in checked.output) == (0, True)


def test_a_server_without_a_chinese_font_is_told_which_package_brings_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "FOLDERS", ())
    photos.typeface.cache_clear()
    checked = app.test_cli_runner().invoke(args=["check"])
    photos.typeface.cache_clear()
    assert checked.exit_code == 1
    assert "fonts-noto-cjk" in checked.output
