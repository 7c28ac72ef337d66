"""Closed days of the record; rows of the record are only ever added; households of an area."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ONLY_ADDED = ("events", "closings")
KEYS = {"events": "number", "closings": "day"}


def upgrade() -> None:
    op.create_table(
        "closings",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=88), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closings")),
    )
    op.add_column("areas", sa.Column("households", sa.Integer(), nullable=True))
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _postgresql() if on_postgresql else _sqlite():
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in ONLY_ADDED:
            op.execute(f"DROP TRIGGER {table}_only_added ON {table}")
        op.execute("DROP FUNCTION only_added()")
    else:
        for act in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER events_no_{act}")
            op.execute(f"DROP TRIGGER closings_no_{act}")
    op.drop_column("areas", "households")
    op.drop_table("closings")


def _postgresql() -> list[str]:
    """Refuse to change or delete, whoever asks: the owner has to take the trigger away first."""
    refuse = """
        CREATE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    return [refuse] + [
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION only_added()"
        for table in ONLY_ADDED
    ]


def _sqlite() -> list[str]:
    """The same, and that INSERT OR REPLACE, which deletes without asking a trigger, finds nothing to replace."""
    statements = []
    for table, key in KEYS.items():
        refuse = f"SELECT RAISE(ABORT, 'rows of {table} are only ever added')"
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 - of our own names
        statements += [
            f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} {when} BEGIN {refuse}; END"
            for act, when in (("update", ""), ("delete", ""), ("insert", f"WHEN {there}"))
        ]
    return statements
