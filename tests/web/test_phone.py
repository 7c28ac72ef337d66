"""The phone's files, always asked for again, packed where a browser takes that."""

import gzip
import os
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from server.web import packed


def test_the_phone_app_opens_without_signing_in_to_the_pages(client: FlaskClient) -> None:
    with client.get("/m/") as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "text/html"
        assert answer.headers["Cache-Control"] == "no-cache"


def test_nothing_outside_the_phones_folder_is_served(client: FlaskClient) -> None:
    assert client.get("/m/../pretend/__init__.py").status_code == 404
    assert client.get("/m/%2e%2e/pretend/__init__.py").status_code == 404


def test_a_script_is_sent_packed_to_who_takes_it_and_told_apart(client: FlaskClient) -> None:
    address = "/m/dist/main.js"
    with client.get(address) as plain, client.get(address, headers={"Accept-Encoding": "gzip"}) as small:
        assert (plain.headers.get("Content-Encoding"), small.headers["Content-Encoding"]) == (None, "gzip")
        assert gzip.decompress(small.data) == plain.data
        assert len(small.data) < len(plain.data) / 2
        assert plain.mimetype == small.mimetype == "text/javascript"
        assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"
        assert plain.headers["ETag"] != small.headers["ETag"]
        again = {"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]}
    with client.get(address, headers=again) as known:
        assert known.status_code == 304
    refused = {"Accept-Encoding": "gzip;q=0", "If-None-Match": again["If-None-Match"]}
    with client.get(address, headers=refused) as whole:
        assert (whole.status_code, "Content-Encoding" in whole.headers) == (200, False)


def test_every_text_the_phone_keeps_is_packed(client: FlaskClient) -> None:
    for name in ("", "app.css", "manifest.webmanifest", "icons/mark.svg", "dist/worker.js"):
        with client.get(f"/m/{name}", headers={"Accept-Encoding": "gzip, br"}) as answer:
            assert answer.headers.get("Content-Encoding") == "gzip", name
    with client.get("/m/icons/mark-192.png", headers={"Accept-Encoding": "gzip"}) as picture:
        assert "Content-Encoding" not in picture.headers


def test_a_copy_older_than_its_file_is_not_sent(spatialite_app: Flask, tmp_path: Path) -> None:
    file, copy = tmp_path / "app.css", tmp_path / packed.PACKED / "app.css.gz"
    copy.parent.mkdir(parents=True)
    file.write_text("new")
    copy.write_bytes(gzip.compress(b"old"))
    os.utime(copy, (1, 1))
    with (
        spatialite_app.test_request_context(headers={"Accept-Encoding": "gzip"}),
        packed.send(tmp_path, "app.css", max_age=0) as answer,
    ):
        answer.direct_passthrough = False
        assert answer.get_data() == b"new"
