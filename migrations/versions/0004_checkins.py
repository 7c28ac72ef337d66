"""Check-ins, their personal part, visits, reviews, last places."""

import sqlalchemy as sa
from alembic import op

from server.db import JSON, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checkins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("trip_id", sa.Integer(), nullable=True),
        sa.Column("stop_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("fixed_at", UtcDateTime(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("skew_s", sa.Double(), nullable=True),
        sa.Column("has_position", sa.Boolean(), nullable=False),
        sa.Column("withheld", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=False),
        sa.Column("edge_m", sa.Double(), nullable=True),
        sa.Column("accuracy_used_m", sa.Double(), nullable=True),
        sa.Column("accuracy_assumed", sa.Boolean(), nullable=False),
        sa.Column("against_version", sa.Integer(), nullable=True),
        sa.Column("timing", sa.String(length=8), nullable=True),
        sa.Column("timing_s", sa.Double(), nullable=True),
        sa.Column("areas", JSON, nullable=False),
        sa.Column("signals", JSON, nullable=False),
        sa.CheckConstraint(
            "kind IN ('arrive', 'visit', 'leave', 'patrol', 'note')", name=op.f("ck_checkins_kind")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_checkins_person_id_people")),
        sa.ForeignKeyConstraint(["stop_id"], ["trip_stops.id"], name=op.f("fk_checkins_stop_id_trip_stops")),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name=op.f("fk_checkins_trip_id_trips")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_checkins_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkins")),
    )
    op.create_index("ix_checkins_happened_at_id", "checkins", ["happened_at", "id"], unique=False)
    op.create_index(
        "ix_checkins_person_id_happened_at", "checkins", ["person_id", "happened_at"], unique=False
    )
    op.create_index("ix_checkins_trip_id_happened_at", "checkins", ["trip_id", "happened_at"], unique=False)
    op.create_index("ix_checkins_unit_id_happened_at", "checkins", ["unit_id", "happened_at"], unique=False)
    op.create_table(
        "checkin_details",
        sa.Column("checkin_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.Column("raw_lng", sa.Double(), nullable=True),
        sa.Column("raw_lat", sa.Double(), nullable=True),
        sa.Column("datum", sa.String(length=16), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("accuracy_source", sa.String(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checkin_id"], ["checkins.id"], name=op.f("fk_checkin_details_checkin_id_checkins")
        ),
        sa.PrimaryKeyConstraint("checkin_id", name=op.f("pk_checkin_details")),
    )
    op.create_table(
        "checkin_areas",
        sa.Column("checkin_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_checkin_areas_area_id_areas")),
        sa.ForeignKeyConstraint(
            ["checkin_id"], ["checkins.id"], name=op.f("fk_checkin_areas_checkin_id_checkins")
        ),
        sa.PrimaryKeyConstraint("checkin_id", "area_id", name=op.f("pk_checkin_areas")),
    )
    op.create_index(op.f("ix_checkin_areas_area_id"), "checkin_areas", ["area_id"], unique=False)
    op.create_table(
        "visits",
        sa.Column("checkin_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("enterprise", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("contact_post", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("amount_unit", sa.String(length=8), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('outbound', 'reception', 'enterprise_help', 'household')", name=op.f("ck_visits_kind")
        ),
        sa.ForeignKeyConstraint(["checkin_id"], ["checkins.id"], name=op.f("fk_visits_checkin_id_checkins")),
        sa.PrimaryKeyConstraint("checkin_id", name=op.f("pk_visits")),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checkin_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('accept', 'query', 'answer')", name=op.f("ck_reviews_kind")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_reviews_by_id_people")),
        sa.ForeignKeyConstraint(["checkin_id"], ["checkins.id"], name=op.f("fk_reviews_checkin_id_checkins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_checkin_id"), "reviews", ["checkin_id"], unique=False)
    op.create_table(
        "last_places",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("lng", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("checkin_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_last_places_person_id_people")),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name=op.f("fk_last_places_trip_id_trips")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_last_places_unit_id_units")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_last_places")),
    )
    op.create_index(op.f("ix_last_places_trip_id"), "last_places", ["trip_id"], unique=False)
    op.create_index(op.f("ix_last_places_unit_id"), "last_places", ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_last_places_unit_id"), table_name="last_places")
    op.drop_index(op.f("ix_last_places_trip_id"), table_name="last_places")
    op.drop_table("last_places")
    op.drop_index(op.f("ix_reviews_checkin_id"), table_name="reviews")
    op.drop_table("reviews")
    op.drop_table("visits")
    op.drop_index(op.f("ix_checkin_areas_area_id"), table_name="checkin_areas")
    op.drop_table("checkin_areas")
    op.drop_table("checkin_details")
    op.drop_index("ix_checkins_unit_id_happened_at", table_name="checkins")
    op.drop_index("ix_checkins_trip_id_happened_at", table_name="checkins")
    op.drop_index("ix_checkins_person_id_happened_at", table_name="checkins")
    op.drop_index("ix_checkins_happened_at_id", table_name="checkins")
    op.drop_table("checkins")
