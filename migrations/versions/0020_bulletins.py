"""Bulletins that stay as they were published, and the rules and targets that boards are made by."""

import sqlalchemy as sa
from alembic import op

from server.db import JSON, Exact, UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KINDS = ("boards", "trips")
STATES = ("drafted", "approved", "published", "dropped")
PEOPLE = ("drafted_by", "edited_by", "approved_by", "published_by")


def upgrade() -> None:
    _bulletins()
    _rules()
    _targets()
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _postgresql() if on_postgresql else _sqlite():
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER bulletins_published ON bulletins")
        op.execute("DROP FUNCTION bulletins_published()")
    else:
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER bulletins_published_no_{act}")
    op.drop_table("board_targets")
    op.drop_table("board_rules")
    op.drop_table("bulletins")


def _bulletins() -> None:
    op.create_table(
        "bulletins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("drafted_at", UtcDateTime(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by", sa.Integer(), nullable=True),
        sa.Column("returned_because", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name=op.f("ck_bulletins_kind")),
        sa.CheckConstraint(sa.column("state").in_(STATES), name=op.f("ck_bulletins_state")),
        sa.CheckConstraint("(state = 'published') = (seal IS NOT NULL)", name=op.f("ck_bulletins_sealed")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["bulletins.id"], name=op.f("fk_bulletins_corrects_id_bulletins")
        ),
        *(
            sa.ForeignKeyConstraint([column], ["people.id"], name=op.f(f"fk_bulletins_{column}_people"))
            for column in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletins")),
        sa.UniqueConstraint("kind", "period", "edition", name=op.f("uq_bulletins_kind_period_edition")),
    )
    for column in ("period", "corrects_id", *PEOPLE):
        op.create_index(op.f(f"ix_bulletins_{column}"), "bulletins", [column], unique=False)


def _rules() -> None:
    op.create_table(
        "board_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("weights", JSON, nullable=False),
        sa.Column("least_people", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_board_rules_made_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_rules")),
    )
    op.create_index(op.f("ix_board_rules_valid_from"), "board_rules", ["valid_from"], unique=False)
    op.create_index(op.f("ix_board_rules_made_by"), "board_rules", ["made_by"], unique=False)


def _targets() -> None:
    op.create_table(
        "board_targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("signed", Exact(), nullable=False),
        sa.Column("landed", Exact(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("signed >= 0", name=op.f("ck_board_targets_signed")),
        sa.CheckConstraint("landed >= 0", name=op.f("ck_board_targets_landed")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_board_targets_unit_id_units")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_board_targets_made_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_targets")),
    )
    op.create_index(
        "ix_board_targets_unit_id_valid_from", "board_targets", ["unit_id", "valid_from"], unique=False
    )
    op.create_index(op.f("ix_board_targets_made_by"), "board_targets", ["made_by"], unique=False)


def _postgresql() -> list[str]:
    """What was published is changed by nobody: the owner has to take the trigger away first."""
    refuse = """
        CREATE FUNCTION bulletins_published() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a published bulletin stays as it is' USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    return [
        refuse,
        "CREATE TRIGGER bulletins_published BEFORE UPDATE OR DELETE ON bulletins FOR EACH ROW "
        "WHEN (OLD.state = 'published') EXECUTE FUNCTION bulletins_published()",
    ]


def _sqlite() -> list[str]:
    """The same."""
    return [
        f"CREATE TRIGGER bulletins_published_no_{act} BEFORE {act.upper()} ON bulletins "
        "WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, 'a published bulletin stays as it is'); END"
        for act in ("update", "delete")
    ]
