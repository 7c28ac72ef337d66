"""Patrols: plans, who walks them, checkpoints; the patrols made of them, where they walked and what they found."""

import sqlalchemy as sa
from alembic import op

from server.db import JSON, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _patrol_plans()
    _patrol_checkpoints()
    _patrol_walkers()
    _patrols()
    _patrol_findings()
    _patrolled_areas()


def downgrade() -> None:
    op.drop_table("patrolled_areas")
    op.drop_table("patrol_findings")
    op.drop_table("patrols")
    op.drop_table("patrol_walkers")
    op.drop_table("patrol_checkpoints")
    op.drop_table("patrol_plans")


def _patrol_plans() -> None:
    op.create_table(
        "patrol_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("tracking", sa.String(length=16), nullable=False),
        sa.Column("photos_required", sa.Boolean(), nullable=False),
        sa.Column("who", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("days_off", sa.String(length=8), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("in_order", sa.Boolean(), nullable=False),
        sa.Column("route", JSON, nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("days_off IN ('walk', 'skip', 'next')", name=op.f("ck_patrol_plans_days_off")),
        sa.CheckConstraint(
            "purpose IN ('routine', 'safety', 'emergency')", name=op.f("ck_patrol_plans_purpose")
        ),
        sa.CheckConstraint(
            "tracking IN ('none', 'checkins', 'track')", name=op.f("ck_patrol_plans_tracking")
        ),
        sa.CheckConstraint("who IN ('person', 'unit', 'rota')", name=op.f("ck_patrol_plans_who")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_patrol_plans_area_id_areas")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_patrol_plans_made_by_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_patrol_plans_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_plans")),
    )
    op.create_index(op.f("ix_patrol_plans_area_id"), "patrol_plans", ["area_id"], unique=False)
    op.create_index(op.f("ix_patrol_plans_made_by"), "patrol_plans", ["made_by"], unique=False)
    op.create_index(op.f("ix_patrol_plans_unit_id"), "patrol_plans", ["unit_id"], unique=False)


def _patrol_checkpoints() -> None:
    op.create_table(
        "patrol_checkpoints",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("radius_m", sa.Double(), nullable=True),
        sa.Column("tolerance_m", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "(area_id IS NOT NULL AND lng IS NULL AND lat IS NULL AND radius_m IS NULL) OR "
            "(area_id IS NULL AND lng IS NOT NULL AND lat IS NOT NULL AND radius_m > 0)",
            name=op.f("ck_patrol_checkpoints_place"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_patrol_checkpoints_area_id_areas")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["patrol_plans.id"], name=op.f("fk_patrol_checkpoints_plan_id_patrol_plans")
        ),
        sa.PrimaryKeyConstraint("plan_id", "position", name=op.f("pk_patrol_checkpoints")),
    )


def _patrol_walkers() -> None:
    op.create_table(
        "patrol_walkers",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_patrol_walkers_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["patrol_plans.id"], name=op.f("fk_patrol_walkers_plan_id_patrol_plans")
        ),
        sa.PrimaryKeyConstraint("plan_id", "position", name=op.f("pk_patrol_walkers")),
    )
    op.create_index(op.f("ix_patrol_walkers_person_id"), "patrol_walkers", ["person_id"], unique=False)


def _patrols() -> None:
    op.create_table(
        "patrols",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("trip_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("tracking", sa.String(length=16), nullable=False),
        sa.Column("photos_required", sa.Boolean(), nullable=False),
        sa.Column("in_order", sa.Boolean(), nullable=False),
        sa.Column("route", JSON, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("checkpoints", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("walked_at", UtcDateTime(), nullable=True),
        sa.Column("judged_at", UtcDateTime(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("missed_at", UtcDateTime(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("purpose IN ('routine', 'safety', 'emergency')", name=op.f("ck_patrols_purpose")),
        sa.CheckConstraint(
            "state IN ('due', 'under_way', 'done', 'partly_done', 'missed', 'called_off')",
            name=op.f("ck_patrols_state"),
        ),
        sa.CheckConstraint("tracking IN ('none', 'checkins', 'track')", name=op.f("ck_patrols_tracking")),
        sa.CheckConstraint("(plan_id IS NULL) <> (call_id IS NULL)", name=op.f("ck_patrols_origin")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_patrols_area_id_areas")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_patrols_made_by_people")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["patrol_plans.id"], name=op.f("fk_patrols_plan_id_patrol_plans")
        ),
        sa.ForeignKeyConstraint(["trip_id"], ["trips.id"], name=op.f("fk_patrols_trip_id_trips")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_patrols_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrols")),
        sa.UniqueConstraint("trip_id", name=op.f("uq_patrols_trip_id")),
    )
    op.create_index("ix_patrols_day_id", "patrols", ["day", "id"], unique=False)
    op.create_index("ix_patrols_state_closes_at", "patrols", ["state", "closes_at"], unique=False)
    op.create_index(op.f("ix_patrols_unit_id"), "patrols", ["unit_id"], unique=False)
    op.create_index("uq_patrols_call_id_area_id", "patrols", ["call_id", "area_id"], unique=True)
    op.create_index(
        "uq_patrols_plan_id_day",
        "patrols",
        ["plan_id", "day"],
        unique=True,
        postgresql_where=sa.text("state <> 'called_off'"),
        sqlite_where=sa.text("state <> 'called_off'"),
    )


def _patrol_findings() -> None:
    op.create_table(
        "patrol_findings",
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("patrol_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matters.id"], name=op.f("fk_patrol_findings_matter_id_matters")
        ),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrols.id"], name=op.f("fk_patrol_findings_patrol_id_patrols")
        ),
        sa.PrimaryKeyConstraint("matter_id", name=op.f("pk_patrol_findings")),
    )
    op.create_index(op.f("ix_patrol_findings_patrol_id"), "patrol_findings", ["patrol_id"], unique=False)


def _patrolled_areas() -> None:
    op.create_table(
        "patrolled_areas",
        sa.Column("patrol_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_patrolled_areas_area_id_areas")),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrols.id"], name=op.f("fk_patrolled_areas_patrol_id_patrols")
        ),
        sa.PrimaryKeyConstraint("patrol_id", "area_id", name=op.f("pk_patrolled_areas")),
    )
    op.create_index("ix_patrolled_areas_area_id_at", "patrolled_areas", ["area_id", "at"], unique=False)
