"""Projects 项目: register them, plan them, take them from stage to stage, tell of their progress."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.project_sheets import SheetFile, SheetIn, SheetOut
from server.api.schemas.projects import (
    AdvanceIn,
    CommitmentIn,
    CountedOut,
    EntryIn,
    EvidenceIn,
    InvestIn,
    LinkIn,
    PlanIn,
    ProjectIn,
    ProjectInFullOut,
    ProjectsAsked,
    ProjectsOut,
    ReasonedIn,
    SettleIn,
)
from server.gate import guard
from server.ingest import projects as files
from server.queries import project_pages as pages
from server.queries import projects as reads
from server.services import commitments, milestones, progress, project_sheets, projects
from server.services.commitments import CommitmentTold
from server.services.progress import EntryTold, EvidenceTold
from server.services.projects import ProjectTold

doors = Doors("projects", __name__, description="项目 · Projects")


@doors.get("/projects")
@guard("project.read")
@doors.arguments(ProjectsAsked, location="query")
@doors.response(200, ProjectsOut)
def listed(told: dict[str, Any]) -> Response:
    """项目列表 · The projects the reader may see, newest first."""
    return answer(reads.listed(gate.actor(), **told))


@doors.get("/projects/counted")
@guard("project.read")
@doors.response(200, CountedOut)
def counted() -> Response:
    """项目概况 · How many projects there are by stage and by flag, and the money of those signed."""
    return answer(reads.counted(gate.actor()))


@doors.post("/projects")
@guard("project.create")
@doors.arguments(ProjectIn)
@doors.response(201, ProjectInFullOut)
def register(told: ProjectTold) -> Response:
    """登记项目 · Register a project; it begins as a lead."""
    return answer(projects.register(gate.actor(), told), 201)


@doors.get("/projects/<int:project_id>")
@guard("project.read")
@doors.response(200, ProjectInFullOut)
def one(project_id: int) -> Response:
    """一个项目 · One project with all that became of it, and what may be done now."""
    actor = gate.actor()
    return answer(pages.document(actor, reads.get(actor, project_id)))


@doors.put("/projects/<int:project_id>")
@guard("project.edit")
@doors.arguments(ProjectIn)
@doors.response(200, ProjectInFullOut)
def edit(told: ProjectTold, project_id: int) -> Response:
    """修改项目 · Replace what is told of a project; another amount asks why."""
    return answer(projects.edit(gate.actor(), project_id, told))


@doors.post("/projects/<int:project_id>/plan")
@guard("project.plan")
@doors.arguments(PlanIn)
@doors.response(200, ProjectInFullOut)
def plan(told: dict[str, Any], project_id: int) -> Response:
    """定计划 · Set the days of stages and the money of half-years; other ones than before ask why."""
    return answer(milestones.plan(gate.actor(), project_id, **told))


@doors.post("/projects/<int:project_id>/advance")
@guard("project.advance")
@doors.arguments(AdvanceIn)
@doors.response(200, ProjectInFullOut)
def advance(told: dict[str, Any], project_id: int) -> Response:
    """进入阶段 · Say that a project reached its next stage."""
    return answer(milestones.advance(gate.actor(), project_id, **told))


@doors.post("/projects/<int:project_id>/retract")
@guard("project.retract")
@doors.arguments(ReasonedIn)
@doors.response(200, ProjectInFullOut)
def retract(told: dict[str, Any], project_id: int) -> Response:
    """撤回阶段 · Take back the stage that was last reached."""
    return answer(milestones.retract(gate.actor(), project_id, **told))


@doors.post("/projects/<int:project_id>/stop")
@guard("project.stop")
@doors.arguments(ReasonedIn)
@doors.response(200, ProjectInFullOut)
def stop(told: dict[str, Any], project_id: int) -> Response:
    """终止项目 · Stop a project; its flags end."""
    return answer(projects.stop(gate.actor(), project_id, **told))


@doors.post("/projects/<int:project_id>/resume")
@guard("project.stop")
@doors.arguments(ReasonedIn)
@doors.response(200, ProjectInFullOut)
def resume(told: dict[str, Any], project_id: int) -> Response:
    """恢复项目 · Go on with a stopped project."""
    return answer(projects.resume(gate.actor(), project_id, **told))


@doors.post("/projects/<int:project_id>/investments")
@guard("project.progress")
@doors.arguments(InvestIn)
@doors.response(200, ProjectInFullOut)
def invest(told: dict[str, Any], project_id: int) -> Response:
    """报完成投资 · Say how much of a half-year's investment is done."""
    return answer(progress.invest(gate.actor(), project_id, **told))


@doors.post("/projects/<int:project_id>/entries")
@guard("project.progress")
@doors.arguments(EntryIn)
@doors.response(201, ProjectInFullOut)
def report(told: EntryTold, project_id: int) -> Response:
    """报进展 · Tell of a project's progress."""
    return answer(progress.report(gate.actor(), project_id, told), 201)


@doors.post("/projects/<int:project_id>/evidence")
@guard("project.progress")
@doors.arguments(EvidenceIn)
@doors.response(201, ProjectInFullOut)
def show(told: tuple[EvidenceTold, int | None], project_id: int) -> Response:
    """提交佐证 · Show that a stage was reached."""
    return answer(progress.show(gate.actor(), project_id, told[0], revision=told[1]), 201)


@doors.post("/projects/<int:project_id>/links")
@guard("project.progress")
@doors.arguments(LinkIn)
@doors.response(201, ProjectInFullOut)
def link(told: dict[str, Any], project_id: int) -> Response:
    """关联走访或事项 · Link a check-in or a matter."""
    return answer(progress.link(gate.actor(), project_id, **told), 201)


@doors.post("/projects/<int:project_id>/unlink")
@guard("project.progress")
@doors.arguments(LinkIn)
@doors.response(200, ProjectInFullOut)
def unlink(told: dict[str, Any], project_id: int) -> Response:
    """取消关联 · Take a link away."""
    return answer(progress.unlink(gate.actor(), project_id, **told))


@doors.post("/projects/<int:project_id>/commitments")
@guard("project.commit")
@doors.arguments(CommitmentIn)
@doors.response(201, ProjectInFullOut)
def commit(told: CommitmentTold, project_id: int) -> Response:
    """立军令状 · Commit a unit of the project."""
    return answer(commitments.commit(gate.actor(), project_id, told), 201)


@doors.post("/projects/<int:project_id>/commitments/<int:commitment_id>/settle")
@guard("project.settle")
@doors.arguments(SettleIn)
@doors.response(200, ProjectInFullOut)
def settle(told: dict[str, Any], project_id: int, commitment_id: int) -> Response:
    """核定军令状 · Say whether a commitment was kept."""
    return answer(commitments.settle(gate.actor(), project_id, commitment_id, **told))


@doors.post("/projects/sheets")
@guard("project.import")
@doors.arguments(SheetIn, location="form")
@doors.arguments(SheetFile, location="files")
@doors.response(200, SheetOut)
def take(told: dict[str, Any], given: dict[str, Any]) -> Response:
    """导入项目表 · Say what would become of each row; with `keep` do it, all rows or none."""
    file = given["file"]
    sheet = files.read(file.read(), file.filename or "", unit=told["amount_unit"])
    return answer(project_sheets.take(gate.actor(), sheet, dry=not told["keep"]))
