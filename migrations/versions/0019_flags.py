"""Flags: thresholds from a day on, the flags they gave, what was answered and decided."""

import sqlalchemy as sa
from alembic import op

from server.db import Exact, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STAGES = ("lead", "talks", "signed", "land", "started", "completed", "producing")
COLOURS = ("medal", "red", "yellow")
RULES = (
    "finished_early",
    "stage_ahead",
    "money_ahead",
    "stage_behind",
    "money_behind",
    "money_grace",
)


def upgrade() -> None:
    _thresholds()
    _flags()
    _words()


def downgrade() -> None:
    op.drop_table("flag_words")
    op.drop_table("flags")
    op.drop_table("flag_thresholds")


def _thresholds() -> None:
    op.create_table(
        "flag_thresholds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(sa.column("rule").in_(RULES), name=op.f("ck_flag_thresholds_rule")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_flag_thresholds_made_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_thresholds")),
        sa.UniqueConstraint("rule", "valid_from", name=op.f("uq_flag_thresholds_rule_valid_from")),
    )
    op.create_index(op.f("ix_flag_thresholds_made_by"), "flag_thresholds", ["made_by"], unique=False)


def _flags() -> None:
    op.create_table(
        "flags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("colour", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("threshold_id", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("half", sa.Integer(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("planned", Exact(), nullable=True),
        sa.Column("done", Exact(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("amount_unit", sa.String(length=8), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(sa.column("colour").in_(COLOURS), name=op.f("ck_flags_colour")),
        sa.CheckConstraint(sa.column("rule").in_(RULES), name=op.f("ck_flags_rule")),
        sa.CheckConstraint(sa.column("stage").in_(STAGES), name=op.f("ck_flags_stage")),
        sa.CheckConstraint(sa.column("half").in_((1, 2)), name=op.f("ck_flags_half")),
        sa.CheckConstraint("until >= since", name=op.f("ck_flags_until")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_flags_project_id_projects")),
        sa.ForeignKeyConstraint(
            ["threshold_id"], ["flag_thresholds.id"], name=op.f("fk_flags_threshold_id_flag_thresholds")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_flags_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
    )
    op.create_index("ix_flags_project_id_since", "flags", ["project_id", "since"], unique=False)
    op.create_index("ix_flags_since_until", "flags", ["since", "until"], unique=False)
    op.create_index(op.f("ix_flags_threshold_id"), "flags", ["threshold_id"], unique=False)
    op.create_index(op.f("ix_flags_unit_id"), "flags", ["unit_id"], unique=False)


def _words() -> None:
    op.create_table(
        "flag_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("flag_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_flag_words_by_id_people")),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_flag_words_flag_id_flags")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_flag_words_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_words")),
    )
    op.create_index(op.f("ix_flag_words_by_id"), "flag_words", ["by_id"], unique=False)
    op.create_index(op.f("ix_flag_words_flag_id"), "flag_words", ["flag_id"], unique=False)
    op.create_index(op.f("ix_flag_words_unit_id"), "flag_words", ["unit_id"], unique=False)
