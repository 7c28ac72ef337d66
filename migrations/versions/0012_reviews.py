"""The review queue: which check-ins wait for a word; queries that lapse without anybody's."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KIND = "ck_reviews_kind"

WAITING = """
INSERT INTO waiting_reviews (checkin_id, person_id, unit_id, trip_id, happened_at, stand, since)
SELECT checkins.id, checkins.person_id, checkins.unit_id, checkins.trip_id, checkins.happened_at,
       CASE last.kind WHEN 'query' THEN 'answer' WHEN 'answer' THEN 'reply' ELSE 'look' END,
       COALESCE(last.at, checkins.received_at)
FROM checkins
LEFT JOIN trip_stops ON trip_stops.id = checkins.stop_id
LEFT JOIN reviews last ON last.id = (SELECT max(id) FROM reviews WHERE reviews.checkin_id = checkins.id)
WHERE last.kind IN ('query', 'answer')
   OR (last.kind IS NULL AND CAST(checkins.signals AS TEXT) <> '[]')
   OR (last.kind IS NULL AND checkins.outcome = 'uncertain'
       AND (checkins.accuracy_used_m > 1000 OR trip_stops.radius_m IS NULL
            OR checkins.accuracy_used_m <= trip_stops.radius_m + trip_stops.tolerance_m))
"""
"""What is there already waits as well, by the rule of `rules.reviews`; an area's size is not looked at here."""


def upgrade() -> None:
    with op.batch_alter_table("reviews") as reviews:
        reviews.drop_constraint(op.f(_KIND), type_="check")
        reviews.create_check_constraint(op.f(_KIND), "kind IN ('accept', 'query', 'answer', 'lapse')")
        reviews.alter_column("by_id", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "waiting_reviews",
        sa.Column("checkin_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=True),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("stand", sa.String(length=8), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.CheckConstraint("stand IN ('look', 'answer', 'reply')", name=op.f("ck_waiting_reviews_stand")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_waiting_reviews_{column}_{table}")
            )
            for column, table in (
                ("checkin_id", "checkins"),
                ("person_id", "people"),
                ("trip_id", "trips"),
                ("unit_id", "units"),
            )
        ),
        sa.PrimaryKeyConstraint("checkin_id", name=op.f("pk_waiting_reviews")),
    )
    op.create_index("ix_waiting_reviews_stand_since", "waiting_reviews", ["stand", "since"], unique=False)
    for column in ("person_id", "trip_id", "unit_id"):
        op.create_index(op.f(f"ix_waiting_reviews_{column}"), "waiting_reviews", [column], unique=False)
    op.execute(WAITING)


def downgrade() -> None:
    op.drop_table("waiting_reviews")
    op.execute("DELETE FROM reviews WHERE kind = 'lapse'")
    with op.batch_alter_table("reviews") as reviews:
        reviews.drop_constraint(op.f(_KIND), type_="check")
        reviews.create_check_constraint(op.f(_KIND), "kind IN ('accept', 'query', 'answer')")
        reviews.alter_column("by_id", existing_type=sa.Integer(), nullable=False)
