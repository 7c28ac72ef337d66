"""What of projects is about one person, for the copy they take: those they lead, serve or made, and what they told."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from server.db import Base
from server.models.evidence_files import EvidenceFile
from server.models.flags import FlagThreshold, FlagWord
from server.models.projects import (
    Project,
    ProjectCheckin,
    ProjectCommitment,
    ProjectEntry,
    ProjectEvidence,
    ProjectMatter,
    ProjectMember,
    ProjectStep,
)
from server.queries.rows import Pages, columns, mine_of, rows
from server.rules.access import Actor

_TOLD: Final[tuple[tuple[type[Base], InstrumentedAttribute[Any], InstrumentedAttribute[Any]], ...]] = (
    (ProjectEntry, ProjectEntry.id, ProjectEntry.by_id),
    (ProjectEvidence, ProjectEvidence.id, ProjectEvidence.by_id),
    (EvidenceFile, EvidenceFile.id, EvidenceFile.by_id),
    (ProjectCommitment, ProjectCommitment.id, ProjectCommitment.made_by),
    (ProjectCommitment, ProjectCommitment.id, ProjectCommitment.settled_by),
    (ProjectStep, ProjectStep.id, ProjectStep.by_id),
    (FlagWord, FlagWord.id, FlagWord.by_id),
    (FlagThreshold, FlagThreshold.id, FlagThreshold.made_by),
)
_LINKED: Final[tuple[tuple[type[Base], InstrumentedAttribute[int]], ...]] = (
    (ProjectCheckin, ProjectCheckin.by_id),
    (ProjectMatter, ProjectMatter.by_id),
)
_OTHERS: Final = {"by_id", "made_by", "settled_by", "lead_id", "created_by"}

TABLES: Final = (
    "projects",
    "project_members",
    *dict.fromkeys(table.__tablename__ for table, *_ in (*_TOLD, *_LINKED)),
)


def mine(actor: Actor) -> Pages:
    """Their rows of every table, each with the table's name."""
    me = actor.person_id
    serving = sa.select(ProjectMember.project_id).where(ProjectMember.person_id == me)
    theirs = sa.or_(Project.lead_id == me, Project.created_by == me, Project.id.in_(serving))
    for page in mine_of(Project, Project.id, theirs):
        yield [
            {
                "table": "projects",
                **{name: value for name, value in row.items() if name not in _OTHERS},
                "led_by_me": row["lead_id"] == me,
                "made_by_me": row["created_by"] == me,
            }
            for row in page
        ]
    for table, key, who in _TOLD:
        for page in mine_of(table, key, who == me, leave=_OTHERS):
            yield [{"table": table.__tablename__, "role": who.key, **row} for row in page]
    for table, who in _LINKED:
        linked = sa.select(*columns(table, leave=_OTHERS)).where(who == me)
        yield [{"table": table.__tablename__, **row} for row in rows(linked)]
