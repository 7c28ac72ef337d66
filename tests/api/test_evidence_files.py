"""Files of evidence: what is taken, who opens it, and that it is gone when it is erased or its time is over."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from server import clock
from server.db import db
from server.queries import photos as reads
from server.services import evidence_files, originals, progress, sweeps
from server.services.evidence_files import FileTold
from server.services.progress import EvidenceTold
from tests import people
from tests.people import County
from tests.photos import exif, written
from tests.positions import rows
from tests.projects import reached, registered
from tests.support.together import together

JULY = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def office(*parts: str) -> bytes:
    """An office document of such parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return file.getvalue()


@pytest.fixture
def folk(app: Flask) -> Iterator[County]:
    with clock.at(JULY):
        yield people.county(app)


class Cabinet:
    """A signed project of township A, with a piece of evidence and hands that put files to it."""

    def __init__(self, client: FlaskClient, folk: County) -> None:
        self.client, self.folk = client, folk
        project = reached(folk.supervisor_a, registered(folk), signed=date(2026, 3, 1))
        shown = progress.show(folk.supervisor_a.actor, project["id"], EvidenceTold("signed", "投资协议"))
        self.project_id, self.evidence_id = project["id"], shown["evidence"][0]["id"]
        self.signed = {name: who.sign_in(client) for name, who in folk.everyone.items()}

    def puts(self, who: str, content: bytes, name: str = "投资协议.pdf", file_id: UUID | None = None) -> Any:
        """The answer to a file that somebody puts there."""
        told = {"id": str(file_id or uuid4()), "file": (io.BytesIO(content), name)}
        url = f"/api/v1/projects/{self.project_id}/evidence/{self.evidence_id}/files"
        return self.client.post(url, data=told, headers=self.signed[who])

    def put(self, content: bytes = PDF, name: str = "投资协议.pdf") -> dict[str, Any]:
        """The file as it is told, once it was put there."""
        file_id = uuid4()
        answer = self.puts("supervisor_a", content, name, file_id)
        assert answer.status_code == 201, answer.get_json()
        files = answer.get_json()["evidence"][0]["files"]
        return next(dict(each) for each in files if each["id"] == str(file_id))

    def asks(self, who: str, file: dict[str, Any], method: str = "GET") -> Any:
        """What comes of opening or erasing a file."""
        return self.client.open(
            f"/api/v1/evidence-files/{file['id']}", method=method, headers=self.signed[who]
        )


@pytest.fixture
def cabinet(client: FlaskClient, folk: County) -> Cabinet:
    return Cabinet(client, folk)


def test_a_file_is_listed_and_opened_by_who_reads_the_project_and_by_nobody_else(cabinet: Cabinet) -> None:
    file = cabinet.put(name="../文件/投资协议.exe")
    assert (file["name"], file["form"], file["size"]) == ("投资协议.pdf", "pdf", len(PDF))
    opened = cabinet.asks("cadre", file)
    assert (opened.status_code, opened.data, opened.mimetype) == (200, PDF, "application/pdf")
    assert opened.headers["Content-Disposition"].startswith("attachment")
    assert (opened.headers["X-Content-Type-Options"], opened.headers["Cache-Control"]) == (
        "nosniff",
        "no-store",
    )
    assert cabinet.asks("supervisor_b", file).status_code == 404
    assert cabinet.puts("supervisor_b", PDF).status_code == 404
    assert cabinet.puts("administrator", PDF).status_code == 404


def test_what_is_of_no_kind_we_keep_or_runs_is_refused_with_a_sentence(cabinet: Cabinet) -> None:
    for content, says in (
        (b"MZ\x90\x00", "只接收"),
        (PDF[:30], "不完整"),
        (PDF.replace(b"/Catalog", b"/JavaScript"), "脚本"),
        (office("xl/workbook.xml", "xl/vbaProject.bin"), "宏"),
        (office("something.xml"), "不是 Word"),
        (office("word/document.xml")[:-30], "损坏"),
        (written()[:400], "完整"),
    ):
        answer = cabinet.puts("supervisor_a", content)
        told = answer.get_json()
        assert (answer.status_code, told["code"], says in told["title"]) == (422, "evidence_refused", True), (
            told
        )
    assert rows("evidence_files", "id") == []


def test_a_picture_is_kept_without_where_it_was_taken(cabinet: Cabinet) -> None:
    file = cabinet.put(written(exif=exif(orientation=6)), "现场.jpg")
    kept = Image.open(io.BytesIO(cabinet.asks("cadre", file).data))
    assert (dict(kept.getexif()), kept.size, file["form"]) == ({}, (240, 320), "jpeg")


def test_the_same_file_sent_again_is_one_and_its_id_is_no_others(cabinet: Cabinet) -> None:
    file_id = uuid4()
    told = [cabinet.puts("supervisor_a", PDF, file_id=file_id) for _ in range(2)]
    assert [len(each.get_json()["evidence"][0]["files"]) for each in told] == [1, 1]
    assert cabinet.puts("supervisor_a", PDF + b"%%EOF\n", file_id=file_id).status_code == 422
    assert cabinet.puts("cadre", PDF, file_id=file_id).status_code == 422


def test_two_who_send_under_one_id_at_once_keep_one(app: Flask, cabinet: Cabinet) -> None:
    told = FileTold(uuid4(), "协议.pdf", PDF)
    press = (cabinet.folk.supervisor_a, cabinet.folk.cadre)
    ends = together(
        app,
        *(
            lambda who=who: evidence_files.attach(who.actor, cabinet.project_id, cabinet.evidence_id, told)
            for who in press
        ),
    )
    assert sorted(type(end).__name__ for end in ends) == ["EvidenceRefused", "dict"]


def test_nine_files_are_the_most(cabinet: Cabinet) -> None:
    for number in range(9):
        cabinet.put(PDF + b"%%EOF" * number)
    assert "最多 9 个" in cabinet.puts("supervisor_a", PDF).get_json()["title"]


def test_an_erased_file_is_gone_unless_another_is_the_same_and_says_that_it_was_there(
    cabinet: Cabinet,
) -> None:
    one, same = cabinet.put(), cabinet.put()
    [sha256] = reads.originals()
    assert cabinet.asks("cadre", one, "DELETE").status_code == 404  # another's
    [told] = cabinet.asks("supervisor_a", one, "DELETE").get_json()["evidence"]
    assert sorted((each["name"], each["erased"]) for each in told["files"]) == [
        ("", True),
        ("投资协议.pdf", False),
    ]
    assert cabinet.asks("supervisor_a", one).status_code == 404
    assert cabinet.asks("supervisor_a", same).data == PDF
    assert cabinet.asks("supervisor", same, "DELETE").status_code == 200
    db.session.rollback()  # what was read before may be old by now
    assert (originals.original(sha256).exists(), reads.originals()) == (False, [])


def test_a_file_whose_time_is_over_goes_and_so_does_what_a_crash_left(cabinet: Cabinet) -> None:
    file = cabinet.put()
    [sha256] = reads.originals()
    with clock.at(JULY + timedelta(days=3651)):
        [swept] = sweeps.run([step for step in sweeps.STEPS if step.name == "evidence"])
        assert swept.did is not None
        assert swept.did.en == "expired files deleted: 1"
    assert not originals.original(sha256).exists()
    assert [(name, sha) for name, sha in rows("evidence_files", "name", "sha256")] == [("", None)]
    assert file["erased"] is False
