"""Events, looks, matters."""

import sqlalchemy as sa
from alembic import op

from server.db import JSON, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("trip_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_kind_number", "events", ["kind", "number"], unique=False)
    op.create_index("ix_events_unit_id_number", "events", ["unit_id", "number"], unique=False)
    op.create_table(
        "looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("door", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("door IN ('map', 'trip', 'log', 'export', 'checkin')", name=op.f("ck_looks_door")),
        sa.ForeignKeyConstraint(["reader_id"], ["people.id"], name=op.f("fk_looks_reader_id_people")),
        sa.ForeignKeyConstraint(["subject_id"], ["people.id"], name=op.f("fk_looks_subject_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        sa.UniqueConstraint(
            "session_id",
            "subject_id",
            "trip_id",
            "door",
            name=op.f("uq_looks_session_id_subject_id_trip_id_door"),
        ),
    )
    op.create_index(op.f("ix_looks_reader_id"), "looks", ["reader_id"], unique=False)
    op.create_index(op.f("ix_looks_subject_id"), "looks", ["subject_id"], unique=False)
    op.create_table(
        "look_reasons",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_look_reasons_session_id_sessions")
        ),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name=op.f("fk_look_reasons_trip_id_trips")),
        sa.PrimaryKeyConstraint("session_id", "trip_id", name=op.f("pk_look_reasons")),
    )
    op.create_table(
        "matters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("page", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('complaint', 'suggestion')", name=op.f("ck_matters_kind")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_matters_by_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_matters_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matters")),
    )
    op.create_index(op.f("ix_matters_by_id"), "matters", ["by_id"], unique=False)
    op.create_index(op.f("ix_matters_unit_id"), "matters", ["unit_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _number_after_the_transaction()


def downgrade() -> None:
    op.drop_index(op.f("ix_matters_unit_id"), table_name="matters")
    op.drop_index(op.f("ix_matters_by_id"), table_name="matters")
    op.drop_table("matters")
    op.drop_table("look_reasons")
    op.drop_index(op.f("ix_looks_subject_id"), table_name="looks")
    op.drop_index(op.f("ix_looks_reader_id"), table_name="looks")
    op.drop_table("looks")
    op.drop_index("ix_events_unit_id_number", table_name="events")
    op.drop_index("ix_events_kind_number", table_name="events")
    op.drop_table("events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION events_number()")


def _number_after_the_transaction() -> None:
    """Give an event its number only after its transaction has its own id.

    Whoever then reads `(last number, newest transaction id)` knows: once every older transaction is over, no
    number up to that one can still appear. (A sequence may otherwise be asked before the id is given.)
    """
    op.execute("ALTER TABLE events ALTER COLUMN number DROP DEFAULT")
    op.execute(
        """
        CREATE FUNCTION events_number() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_current_xact_id();
            NEW.number := nextval(format('%I.events_number_seq', TG_TABLE_SCHEMA)::regclass);
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER events_number BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION events_number()"
    )
