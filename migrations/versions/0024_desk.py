"""One-time links by which people set their own password; visits know their unit and when they were."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_invitations_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invitations_secret_hash")),
    )
    op.add_column("visits", sa.Column("unit_id", sa.Integer(), nullable=True))
    op.add_column("visits", sa.Column("happened_at", UtcDateTime(), nullable=True))
    op.execute(
        "UPDATE visits SET unit_id = (SELECT unit_id FROM checkins WHERE id = checkin_id),"
        " happened_at = (SELECT happened_at FROM checkins WHERE id = checkin_id)"
    )
    with op.batch_alter_table("visits") as visits:
        visits.alter_column("unit_id", existing_type=sa.Integer(), nullable=False)
        visits.alter_column("happened_at", existing_type=UtcDateTime(), nullable=False)
        visits.create_foreign_key(op.f("fk_visits_unit_id_units"), "units", ["unit_id"], ["id"])
    op.create_index("ix_visits_happened_at", "visits", ["happened_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_visits_happened_at", table_name="visits")
    with op.batch_alter_table("visits") as visits:
        visits.drop_constraint(op.f("fk_visits_unit_id_units"), type_="foreignkey")
        visits.drop_column("happened_at")
        visits.drop_column("unit_id")
    op.drop_table("invitations")
