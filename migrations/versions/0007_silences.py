"""Silences of phones that are expected on safety and emergency duties."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "silences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("heard", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_silences_person_id_people")),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name=op.f("fk_silences_trip_id_trips")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_silences_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
        sa.UniqueConstraint(
            "trip_id", "person_id", "since", name=op.f("uq_silences_trip_id_person_id_since")
        ),
    )
    op.create_index(op.f("ix_silences_ended_at"), "silences", ["ended_at"], unique=False)
    op.create_index(op.f("ix_silences_person_id"), "silences", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_silences_person_id"), table_name="silences")
    op.drop_index(op.f("ix_silences_ended_at"), table_name="silences")
    op.drop_table("silences")
