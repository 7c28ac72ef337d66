"""Photos of check-ins: how many a check-in tells of, each one's row, and duties that ask for them."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checkin_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=True),
        sa.Column("form", sa.String(length=4), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("form IN ('jpeg', 'png', 'webp')", name=op.f("ck_photos_form")),
        sa.ForeignKeyConstraint(["checkin_id"], ["checkins.id"], name=op.f("fk_photos_checkin_id_checkins")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_photos_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("checkin_id", "number", name=op.f("uq_photos_checkin_id_number")),
    )
    op.create_index("ix_photos_person_id_begun_at", "photos", ["person_id", "begun_at"], unique=False)
    for column in ("sha256", "kept_at", "erased_at"):
        op.create_index(op.f(f"ix_photos_{column}"), "photos", [column], unique=False)
    op.add_column("checkins", sa.Column("photo_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "trips", sa.Column("photos_required", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("trips", "photos_required")
    op.drop_column("checkins", "photo_count")
    for column in ("erased_at", "kept_at", "sha256"):
        op.drop_index(op.f(f"ix_photos_{column}"), table_name="photos")
    op.drop_index("ix_photos_person_id_begun_at", table_name="photos")
    op.drop_table("photos")
