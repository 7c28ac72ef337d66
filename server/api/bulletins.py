"""Bulletins 通报: read them, draft, edit, approve, return, publish or drop one; take one as a file."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer, download
from server.api.schemas.bulletins import (
    BulletinIn,
    BulletinInFullOut,
    BulletinsAsked,
    BulletinsOut,
    BulletinStepIn,
    BulletinWordsIn,
)
from server.exports import bulletins as papers
from server.exports import docx, html, sheets, xlsx
from server.gate import guard
from server.queries import bulletins as reads
from server.services import bulletins

doors = Doors("bulletins", __name__, description="通报 · Bulletins")


@doors.get("/bulletins")
@guard("bulletin.read")
@doors.arguments(BulletinsAsked, location="query")
@doors.response(200, BulletinsOut)
def listed(asked: dict[str, Any]) -> Response:
    """通报列表 · Bulletins, the newest first; drafts only for who deals with them."""
    return answer(reads.listed(gate.actor(), **asked))


@doors.post("/bulletins")
@guard("bulletin.draft")
@doors.arguments(BulletinIn)
@doors.response(201, BulletinInFullOut)
def draft(told: dict[str, str]) -> Response:
    """起草 · Let the server draft one of a month `2026-10`, a quarter `2026-Q4` or a year `2026`."""
    return answer(bulletins.draft(gate.actor(), **told), 201)


@doors.get("/bulletins/<int:bulletin_id>")
@guard("bulletin.read")
@doors.response(200, BulletinInFullOut)
def one(bulletin_id: int) -> Response:
    """一份通报 · One bulletin: its words, its numbers with the rows that made them, its seal."""
    actor = gate.actor()
    return answer(reads.document(actor, reads.get(actor, bulletin_id)))


@doors.put("/bulletins/<int:bulletin_id>")
@guard("bulletin.edit")
@doors.arguments(BulletinWordsIn)
@doors.response(200, BulletinInFullOut)
def edit(told: dict[str, Any], bulletin_id: int) -> Response:
    """修改文字 · Change the words of a draft."""
    revision = told.pop("revision", None)
    return answer(bulletins.edit(gate.actor(), bulletin_id, told, revision=revision))


@doors.post("/bulletins/<int:bulletin_id>/redraft")
@guard("bulletin.draft")
@doors.arguments(BulletinStepIn)
@doors.response(200, BulletinInFullOut)
def redraft(told: dict[str, Any], bulletin_id: int) -> Response:
    """重新取数 · Draw a draft's numbers as they are now."""
    return answer(bulletins.take(gate.actor(), bulletin_id, "redraft", **told))


@doors.post("/bulletins/<int:bulletin_id>/approve")
@guard("bulletin.approve")
@doors.arguments(BulletinStepIn)
@doors.response(200, BulletinInFullOut)
def approve(told: dict[str, Any], bulletin_id: int) -> Response:
    """审定 · Approve a draft of another's."""
    return answer(bulletins.take(gate.actor(), bulletin_id, "approve", **told))


@doors.post("/bulletins/<int:bulletin_id>/return")
@guard("bulletin.return")
@doors.arguments(BulletinStepIn)
@doors.response(200, BulletinInFullOut)
def give_back(told: dict[str, Any], bulletin_id: int) -> Response:
    """退回修改 · Return an approved one to its draft, saying why."""
    return answer(bulletins.take(gate.actor(), bulletin_id, "return", **told))


@doors.post("/bulletins/<int:bulletin_id>/publish")
@guard("bulletin.publish")
@doors.arguments(BulletinStepIn)
@doors.response(200, BulletinInFullOut)
def publish(told: dict[str, Any], bulletin_id: int) -> Response:
    """发布 · Publish an approved one; from then on it stays as it is."""
    return answer(bulletins.take(gate.actor(), bulletin_id, "publish", **told))


@doors.post("/bulletins/<int:bulletin_id>/drop")
@guard("bulletin.drop")
@doors.arguments(BulletinStepIn)
@doors.response(200, BulletinInFullOut)
def drop(told: dict[str, Any], bulletin_id: int) -> Response:
    """作废草稿 · Drop a draft."""
    return answer(bulletins.take(gate.actor(), bulletin_id, "drop", **told))


@doors.get("/bulletins/<int:bulletin_id>.docx")
@guard("bulletin.export")
@doors.response(200, content_type=docx.MIMETYPE)
def as_docx(bulletin_id: int) -> Response:
    """Word · The same as a Word document."""
    told = bulletins.export(gate.actor(), bulletin_id, form="docx")
    return download(docx.write(papers.paper(told)), docx.MIMETYPE, f"{papers.name(told)}.docx")


@doors.get("/bulletins/<int:bulletin_id>.xlsx")
@guard("bulletin.export")
@doors.response(200, content_type=sheets.MIMETYPE)
def as_xlsx(bulletin_id: int) -> Response:
    """Excel · The same as an Excel workbook."""
    told = bulletins.export(gate.actor(), bulletin_id, form="xlsx")
    return download(xlsx.write(papers.paper(told)), sheets.MIMETYPE, f"{papers.name(told)}.xlsx")


@doors.get("/bulletins/<int:bulletin_id>.html")
@guard("bulletin.export")
@doors.response(200, content_type=html.MIMETYPE)
def as_html(bulletin_id: int) -> Response:
    """上墙网页 · The same as one HTML file for the wall, which needs nothing else."""
    told = bulletins.export(gate.actor(), bulletin_id, form="html")
    return download(html.write(papers.paper(told)), html.MIMETYPE, f"{papers.name(told)}.html")
