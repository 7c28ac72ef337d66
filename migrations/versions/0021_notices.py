"""Notices for each person, and robots of groups with what is said to them."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS = ("wecom", "dingtalk")
LANGUAGES = ("zh", "en")
STATES = ("waiting", "sending", "sent", "unsure", "given_up")


def upgrade() -> None:
    _notices()
    _marks()
    _hooks()
    _messages()


def downgrade() -> None:
    for table in ("hook_messages", "hooks", "notice_marks", "notices"):
        op.drop_table(table)


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("shows_at", UtcDateTime(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("trip_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("was_read", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("person_id", "source", name=op.f("uq_notices_person_id_source")),
    )
    op.create_index("ix_notices_person_id_shows_at", "notices", ["person_id", "shows_at"], unique=False)
    op.create_index("ix_notices_at", "notices", ["at"], unique=False)


def _marks() -> None:
    """A county that has run for a while is told of nothing that was done before."""
    op.create_table(
        "notice_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_marks")),
    )
    op.execute("INSERT INTO notice_marks (id, upto) SELECT 1, coalesce(max(number), 0) FROM events")


def _hooks() -> None:
    op.create_table(
        "hooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("sealed_address", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("told_upto", sa.Integer(), nullable=False),
        sa.Column("urged_upto", sa.Integer(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name=op.f("ck_hooks_kind")),
        sa.CheckConstraint(sa.column("lang").in_(LANGUAGES), name=op.f("ck_hooks_lang")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_hooks_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hooks")),
    )
    op.create_index(op.f("ix_hooks_unit_id"), "hooks", ["unit_id"], unique=False)


def _messages() -> None:
    op.create_table(
        "hook_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.CheckConstraint(sa.column("state").in_(STATES), name=op.f("ck_hook_messages_state")),
        sa.ForeignKeyConstraint(
            ["hook_id"], ["hooks.id"], name=op.f("fk_hook_messages_hook_id_hooks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_messages")),
    )
    op.create_index(op.f("ix_hook_messages_hook_id"), "hook_messages", ["hook_id"], unique=False)
    op.create_index("ix_hook_messages_state_next_at", "hook_messages", ["state", "next_at"], unique=False)
