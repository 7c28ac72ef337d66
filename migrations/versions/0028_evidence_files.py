"""Files of evidence: what shows a stage of a project, as a picture or a document."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=True),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "form IN ('pdf', 'jpeg', 'png', 'webp', 'docx', 'xlsx')", name=op.f("ck_evidence_files_form")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_evidence_files_by_id_people")),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["project_evidence.id"],
            name=op.f("fk_evidence_files_evidence_id_project_evidence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
    )
    for column in ("evidence_id", "by_id", "sha256", "kept_at", "erased_at"):
        op.create_index(op.f(f"ix_evidence_files_{column}"), "evidence_files", [column], unique=False)


def downgrade() -> None:
    op.drop_table("evidence_files")
