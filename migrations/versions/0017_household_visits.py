"""Households that members look after, and the visits to them."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _households()
    _household_visits()


def downgrade() -> None:
    op.drop_table("household_visits")
    op.drop_table("households")


def _households() -> None:
    op.create_table(
        "households",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("door", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("every_days > 0", name=op.f("ck_households_every_days")),
        sa.ForeignKeyConstraint(["member_id"], ["people.id"], name=op.f("fk_households_member_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_households_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
    )
    op.create_index(op.f("ix_households_member_id"), "households", ["member_id"], unique=False)
    op.create_index(op.f("ix_households_unit_id"), "households", ["unit_id"], unique=False)


def _household_visits() -> None:
    op.create_table(
        "household_visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("told_as", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_household_visits_household_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_household_visits_person_id_people")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_household_visits_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_visits")),
        sa.UniqueConstraint("told_as", name=op.f("uq_household_visits_told_as")),
    )
    op.create_index(
        "ix_household_visits_household_id_visited_on",
        "household_visits",
        ["household_id", "visited_on"],
        unique=False,
    )
    op.create_index(op.f("ix_household_visits_person_id"), "household_visits", ["person_id"], unique=False)
