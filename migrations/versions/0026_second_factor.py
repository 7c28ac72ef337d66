"""Second factors: seeds, recovery codes, and since when each role is held."""

import sqlalchemy as sa
from alembic import op

from server import clock
from server.db import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed_seed", sa.String(length=255), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_second_factors_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id_people")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_person_id"), "recovery_codes", ["person_id"], unique=False)
    op.add_column("role_grants", sa.Column("given_at", UtcDateTime(), nullable=True))
    # Nobody knows any more when the roles of before were given: their time of grace begins now.
    grants = sa.table("role_grants", sa.column("given_at", UtcDateTime()))
    op.execute(grants.update().values(given_at=clock.now()))


def downgrade() -> None:
    with op.batch_alter_table("role_grants") as batch:
        batch.drop_column("given_at")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
