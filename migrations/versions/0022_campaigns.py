"""Campaigns: their tasks, what was told of them, what belongs to them, and their reviews."""

import sqlalchemy as sa
from alembic import op

from server.db import JSON, UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ONE = (
    "(project_id IS NOT NULL AND matter_id IS NULL AND plan_id IS NULL) OR "
    "(project_id IS NULL AND matter_id IS NOT NULL AND plan_id IS NULL) OR "
    "(project_id IS NULL AND matter_id IS NULL AND plan_id IS NOT NULL)"
)


def upgrade() -> None:
    _campaigns()
    _campaign_tasks()
    _campaign_entries()
    _campaign_links()
    _campaign_reviews()


def downgrade() -> None:
    for table in ("campaign_reviews", "campaign_links", "campaign_entries", "campaign_tasks", "campaigns"):
        op.drop_table(table)


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_campaigns_state")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_campaigns_dates")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_campaigns_created_by_people")),
        sa.ForeignKeyConstraint(["lead_id"], ["people.id"], name=op.f("fk_campaigns_lead_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_campaigns_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("name", name=op.f("uq_campaigns_name")),
    )
    op.create_index(op.f("ix_campaigns_created_by"), "campaigns", ["created_by"], unique=False)
    op.create_index(op.f("ix_campaigns_lead_id"), "campaigns", ["lead_id"], unique=False)
    op.create_index(op.f("ix_campaigns_unit_id"), "campaigns", ["unit_id"], unique=False)


def _campaign_tasks() -> None:
    op.create_table(
        "campaign_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name=op.f("ck_campaign_tasks_done")),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name=op.f("ck_campaign_tasks_state")),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_campaign_tasks_dates")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_tasks_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_campaign_tasks_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_tasks")),
    )
    op.create_index(op.f("ix_campaign_tasks_campaign_id"), "campaign_tasks", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_campaign_tasks_unit_id"), "campaign_tasks", ["unit_id"], unique=False)


def _campaign_entries() -> None:
    op.create_table(
        "campaign_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "step IN ('progress', 'finish', 'drop', 'reopen')", name=op.f("ck_campaign_entries_step")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_campaign_entries_by_id_people")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["campaign_tasks.id"], name=op.f("fk_campaign_entries_task_id_campaign_tasks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_entries")),
    )
    op.create_index(op.f("ix_campaign_entries_by_id"), "campaign_entries", ["by_id"], unique=False)
    op.create_index(op.f("ix_campaign_entries_task_id"), "campaign_entries", ["task_id"], unique=False)


def _campaign_links() -> None:
    op.create_table(
        "campaign_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("matter_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(ONE, name=op.f("ck_campaign_links_one")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_links_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matters.id"], name=op.f("fk_campaign_links_matter_id_matters")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_campaign_links_project_id_projects")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["patrol_plans.id"], name=op.f("fk_campaign_links_plan_id_patrol_plans")
        ),
        sa.UniqueConstraint("campaign_id", "plan_id", name=op.f("uq_campaign_links_campaign_id_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_links")),
        sa.UniqueConstraint("campaign_id", "matter_id", name=op.f("uq_campaign_links_campaign_id_matter_id")),
        sa.UniqueConstraint(
            "campaign_id", "project_id", name=op.f("uq_campaign_links_campaign_id_project_id")
        ),
    )
    op.create_index(op.f("ix_campaign_links_matter_id"), "campaign_links", ["matter_id"], unique=False)
    op.create_index(op.f("ix_campaign_links_plan_id"), "campaign_links", ["plan_id"], unique=False)
    op.create_index(op.f("ix_campaign_links_project_id"), "campaign_links", ["project_id"], unique=False)


def _campaign_reviews() -> None:
    op.create_table(
        "campaign_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_campaign_reviews_by_id_people")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_reviews_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_reviews")),
    )
    op.create_index(op.f("ix_campaign_reviews_by_id"), "campaign_reviews", ["by_id"], unique=False)
    op.create_index(
        "ix_campaign_reviews_campaign_id_period", "campaign_reviews", ["campaign_id", "period"], unique=False
    )
