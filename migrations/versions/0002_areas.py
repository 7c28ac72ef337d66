"""Areas, their versions, the snapshot's generation."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from server.db import JSON, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area_generation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_generation")),
    )
    op.create_table(
        "areas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("retired_from", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('county', 'township', 'village', 'grid', 'park', 'destination', 'site')",
            name=op.f("ck_areas_kind"),
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["areas.id"], name=op.f("fk_areas_parent_id_areas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("kind", "code", name=op.f("uq_areas_kind_code")),
    )
    op.create_index(op.f("ix_areas_name"), "areas", ["name"], unique=False)
    op.create_index(op.f("ix_areas_parent_id"), "areas", ["parent_id"], unique=False)
    op.create_geospatial_table(
        "area_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("source_datum", sa.String(length=16), nullable=False),
        sa.Column("repairs", JSON, nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_area_versions_area_id_areas")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["people.id"], name=op.f("fk_area_versions_published_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_versions")),
        sa.UniqueConstraint("area_id", "number", name=op.f("uq_area_versions_area_id_number")),
    )
    op.create_geospatial_index(
        "idx_area_versions_boundary",
        "area_versions",
        ["boundary"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.execute("INSERT INTO area_generation (id, number) VALUES (1, 0)")


def downgrade() -> None:
    op.drop_geospatial_index(
        "idx_area_versions_boundary",
        table_name="area_versions",
        postgresql_using="gist",
        column_name="boundary",
    )
    op.drop_geospatial_table("area_versions")
    op.drop_index(op.f("ix_areas_parent_id"), table_name="areas")
    op.drop_index(op.f("ix_areas_name"), table_name="areas")
    op.drop_table("areas")
    op.drop_table("area_generation")
