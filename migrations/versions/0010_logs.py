"""What people add to the log that the server writes for them: to a day, and to a check-in."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_days",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_log_days_person_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_log_days_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_days")),
        sa.UniqueConstraint("person_id", "day", "revision", name=op.f("uq_log_days_person_id_day_revision")),
    )
    op.create_table(
        "supplements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checkin_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("enterprise", sa.String(120), nullable=False),
        sa.Column("contact", sa.String(64), nullable=False),
        sa.Column("contact_post", sa.String(64), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checkin_id"], ["checkins.id"], name=op.f("fk_supplements_checkin_id_checkins")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_supplements_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplements")),
        sa.UniqueConstraint("checkin_id", "revision", name=op.f("uq_supplements_checkin_id_revision")),
    )
    op.create_index(op.f("ix_supplements_person_id"), "supplements", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_supplements_person_id"), table_name="supplements")
    op.drop_table("supplements")
    op.drop_table("log_days")
