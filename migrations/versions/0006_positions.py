"""Trackers, what was set aside, fixes (by month on PostgreSQL), standings, crossings; when a last place moved."""

import sqlalchemy as sa
from alembic import op

from server.db import JSON, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _trackers()
    _fixes()
    _crossings()
    op.add_column("last_places", sa.Column("moved_at", UtcDateTime(), nullable=True))
    op.create_index(op.f("ix_last_places_moved_at"), "last_places", ["moved_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_last_places_moved_at"), table_name="last_places")
    op.drop_column("last_places", "moved_at")
    op.drop_index("ix_crossings_trip_id_at", table_name="crossings")
    op.drop_index(op.f("ix_crossings_area_id"), table_name="crossings")
    op.drop_table("crossings")
    op.drop_index(op.f("ix_standings_trip_id"), table_name="standings")
    op.drop_table("standings")
    op.drop_index("ix_fixes_person_id_at", table_name="fixes")
    op.drop_table("fixes")
    op.drop_table("set_aside")
    op.drop_table("trackers")


def _trackers() -> None:
    op.create_table(
        "trackers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("sealed_key", sa.String(length=255), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_seen_at", UtcDateTime(), nullable=True),
        sa.Column("battery", sa.Double(), nullable=True),
        sa.Column("charging", sa.Boolean(), nullable=True),
        sa.CheckConstraint("kind IN ('traccar', 'owntracks', 'app')", name=op.f("ck_trackers_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_trackers_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trackers")),
        sa.UniqueConstraint("person_id", "device_id", name=op.f("uq_trackers_person_id_device_id")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_trackers_secret_hash")),
    )
    op.create_table(
        "set_aside",
        sa.Column("tracker_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tracker_id"], ["trackers.id"], name=op.f("fk_set_aside_tracker_id_trackers")
        ),
        sa.PrimaryKeyConstraint("tracker_id", "day", "reason", name=op.f("pk_set_aside")),
    )


def _fixes() -> None:
    op.create_table(
        "fixes",
        sa.Column("tracker_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("fixed_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("lng", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("datum", sa.String(length=8), nullable=False),
        sa.Column("accuracy_m", sa.REAL(), nullable=True),
        sa.Column("altitude_m", sa.REAL(), nullable=True),
        sa.Column("speed_mps", sa.REAL(), nullable=True),
        sa.Column("heading_deg", sa.REAL(), nullable=True),
        sa.Column("battery", sa.REAL(), nullable=True),
        sa.Column("charging", sa.SmallInteger(), nullable=False),
        sa.Column("mock", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("areas", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tracker_id", "at", name=op.f("pk_fixes")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("ix_fixes_person_id_at", "fixes", ["person_id", "at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE fixes_default PARTITION OF fixes DEFAULT")


def _crossings() -> None:
    op.create_table(
        "standings",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("state", JSON, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_standings_person_id_people")),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name=op.f("fk_standings_trip_id_trips")),
        sa.PrimaryKeyConstraint("person_id", "trip_id", name=op.f("pk_standings")),
    )
    op.create_index(op.f("ix_standings_trip_id"), "standings", ["trip_id"], unique=False)
    op.create_table(
        "crossings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("entered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_crossings_area_id_areas")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_crossings_person_id_people")),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name=op.f("fk_crossings_trip_id_trips")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crossings")),
        sa.UniqueConstraint(
            "person_id",
            "trip_id",
            "area_id",
            "at",
            "entered",
            name=op.f("uq_crossings_person_id_trip_id_area_id_at_entered"),
        ),
    )
    op.create_index(op.f("ix_crossings_area_id"), "crossings", ["area_id"], unique=False)
    op.create_index("ix_crossings_trip_id_at", "crossings", ["trip_id", "at"], unique=False)
