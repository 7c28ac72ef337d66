"""Matters with photos, reminders and an end to what they tell of people; who changed a working day, and when."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matter_proofs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("photo_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_matter_proofs_by_id_people")),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matters.id"], name=op.f("fk_matter_proofs_matter_id_matters")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["matter_steps.id"], name=op.f("fk_matter_proofs_step_id_matter_steps")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_proofs")),
    )
    for column in ("by_id", "matter_id", "step_id"):
        op.create_index(op.f(f"ix_matter_proofs_{column}"), "matter_proofs", [column], unique=False)
    for added in _of_matters():
        op.add_column("matters", added)
    op.create_index(op.f("ix_matters_closed_at"), "matters", ["closed_at"], unique=False)
    op.add_column("photos", sa.Column("proof_id", sa.Uuid(), nullable=True))
    for added in _of_days():
        op.add_column("calendar_days", added)
    with op.batch_alter_table("matters") as batch:
        batch.create_foreign_key(op.f("fk_matters_erased_by_id_people"), "people", ["erased_by_id"], ["id"])
    with op.batch_alter_table("photos") as batch:
        batch.alter_column("checkin_id", existing_type=sa.Uuid(), nullable=True)
        batch.create_foreign_key(
            op.f("fk_photos_proof_id_matter_proofs"), "matter_proofs", ["proof_id"], ["id"]
        )
        batch.create_unique_constraint(op.f("uq_photos_proof_id_number"), ["proof_id", "number"])
        batch.create_check_constraint(op.f("ck_photos_of"), "(checkin_id IS NULL) <> (proof_id IS NULL)")
    with op.batch_alter_table("calendar_days") as batch:
        batch.create_foreign_key(op.f("fk_calendar_days_by_id_people"), "people", ["by_id"], ["id"])


def downgrade() -> None:
    op.execute("DELETE FROM photos WHERE checkin_id IS NULL")
    with op.batch_alter_table("calendar_days") as batch:
        batch.drop_constraint(op.f("fk_calendar_days_by_id_people"), type_="foreignkey")
        for added in _of_days():
            batch.drop_column(added.name)
    with op.batch_alter_table("photos") as batch:
        batch.drop_constraint(op.f("ck_photos_of"), type_="check")
        batch.drop_constraint(op.f("uq_photos_proof_id_number"), type_="unique")
        batch.drop_constraint(op.f("fk_photos_proof_id_matter_proofs"), type_="foreignkey")
        batch.drop_column("proof_id")
        batch.alter_column("checkin_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_index(op.f("ix_matters_closed_at"), table_name="matters")
    with op.batch_alter_table("matters") as batch:
        batch.drop_constraint(op.f("fk_matters_erased_by_id_people"), type_="foreignkey")
        for added in _of_matters():
            batch.drop_column(added.name)
    op.drop_table("matter_proofs")


def _of_matters() -> list[sa.Column[Any]]:
    return [
        sa.Column("report_due_at", UtcDateTime(), nullable=True),
        sa.Column("reminded_for", UtcDateTime(), nullable=True),
        sa.Column("reminded_report_for", UtcDateTime(), nullable=True),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.Column("erased_by_id", sa.Integer(), nullable=True),
        sa.Column("erased_why", sa.String(length=200), nullable=False, server_default=""),
    ]


def _of_days() -> list[sa.Column[Any]]:
    return [
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
    ]
