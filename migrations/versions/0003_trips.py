"""Trips, stops, members, consents."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("planner_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("chain", sa.String(length=60), nullable=False),
        sa.Column("destination", sa.String(length=120), nullable=False),
        sa.Column("destination_area_id", sa.Integer(), nullable=True),
        sa.Column("tracking", sa.String(length=16), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("returned_because", sa.Text(), nullable=False),
        sa.Column("cancelled_because", sa.Text(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("start_known_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("purpose IN ('ordinary', 'safety', 'emergency')", name=op.f("ck_trips_purpose")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'approved', 'under_way', 'completed', 'cancelled')",
            name=op.f("ck_trips_state"),
        ),
        sa.CheckConstraint("tracking IN ('none', 'checkins', 'track')", name=op.f("ck_trips_tracking")),
        sa.ForeignKeyConstraint(["approved_by"], ["people.id"], name=op.f("fk_trips_approved_by_people")),
        sa.ForeignKeyConstraint(
            ["destination_area_id"], ["areas.id"], name=op.f("fk_trips_destination_area_id_areas")
        ),
        sa.ForeignKeyConstraint(["leader_id"], ["people.id"], name=op.f("fk_trips_leader_id_people")),
        sa.ForeignKeyConstraint(["planner_id"], ["people.id"], name=op.f("fk_trips_planner_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_trips_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trips")),
    )
    op.create_index(op.f("ix_trips_leader_id"), "trips", ["leader_id"], unique=False)
    op.create_index(op.f("ix_trips_planner_id"), "trips", ["planner_id"], unique=False)
    op.create_index("ix_trips_state_starts_on", "trips", ["state", "starts_on"], unique=False)
    op.create_index(op.f("ix_trips_unit_id"), "trips", ["unit_id"], unique=False)
    op.create_table(
        "trip_members",
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_trip_members_person_id_people")),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name=op.f("fk_trip_members_trip_id_trips")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_trip_members_unit_id_units")),
        sa.PrimaryKeyConstraint("trip_id", "person_id", name=op.f("pk_trip_members")),
    )
    op.create_index(op.f("ix_trip_members_person_id"), "trip_members", ["person_id"], unique=False)
    op.create_index(op.f("ix_trip_members_unit_id"), "trip_members", ["unit_id"], unique=False)
    op.create_table(
        "trip_stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("radius_m", sa.Double(), nullable=True),
        sa.Column("tolerance_m", sa.Double(), nullable=False),
        sa.Column("planned_from", UtcDateTime(), nullable=True),
        sa.Column("planned_to", UtcDateTime(), nullable=True),
        sa.Column("host_enterprise", sa.String(length=120), nullable=False),
        sa.Column("dropped_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(area_id IS NOT NULL AND lng IS NULL AND lat IS NULL AND radius_m IS NULL) OR "
            "(area_id IS NULL AND lng IS NOT NULL AND lat IS NOT NULL AND radius_m > 0)",
            name=op.f("ck_trip_stops_place"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_trip_stops_area_id_areas")),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name=op.f("fk_trip_stops_trip_id_trips")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip_stops")),
    )
    op.create_index(op.f("ix_trip_stops_trip_id"), "trip_stops", ["trip_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=16), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_consents_person_id_people")),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name=op.f("fk_consents_trip_id_trips")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_person_id"), "consents", ["person_id"], unique=False)
    op.create_index("ix_consents_trip_id_person_id", "consents", ["trip_id", "person_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_consents_trip_id_person_id", table_name="consents")
    op.drop_index(op.f("ix_consents_person_id"), table_name="consents")
    op.drop_table("consents")
    op.drop_index(op.f("ix_trip_stops_trip_id"), table_name="trip_stops")
    op.drop_table("trip_stops")
    op.drop_index(op.f("ix_trip_members_unit_id"), table_name="trip_members")
    op.drop_index(op.f("ix_trip_members_person_id"), table_name="trip_members")
    op.drop_table("trip_members")
    op.drop_index(op.f("ix_trips_unit_id"), table_name="trips")
    op.drop_index("ix_trips_state_starts_on", table_name="trips")
    op.drop_index(op.f("ix_trips_planner_id"), table_name="trips")
    op.drop_index(op.f("ix_trips_leader_id"), table_name="trips")
    op.drop_table("trips")
