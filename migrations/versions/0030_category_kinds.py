"""A category of matters says which kind of matters is put into it unless another is told."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("matter_categories", sa.Column("kind", sa.String(length=16), nullable=True))
    op.execute(
        "UPDATE matter_categories SET kind = 'enterprise' WHERE id = "
        "(SELECT min(id) FROM matter_categories WHERE name = '企业诉求' AND retired_at IS NULL)"
    )


def downgrade() -> None:
    op.drop_column("matter_categories", "kind")
