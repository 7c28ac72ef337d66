"""Projects: stages, money by half-year, commitments, progress, and the visits and matters linked to them."""

import sqlalchemy as sa
from alembic import op

from server.db import Exact, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STAGES = ("lead", "talks", "signed", "land", "started", "completed", "producing")
UNITS = ("亿元", "万元", "元", "USD", "EUR", "HKD", "JPY")
PARTS = ("firm", "department", "township")
STEPS = ("register", "plan", "budget", "reach", "retract", "invest", "amount", "stop", "resume")


def upgrade() -> None:
    _projects()
    _units()
    _members()
    _milestones()
    _investments()
    _commitments()
    _entries()
    _evidence()
    _checkins()
    _matters()
    _steps()


def downgrade() -> None:
    op.drop_table("project_steps")
    op.drop_table("project_matters")
    op.drop_table("project_checkins")
    op.drop_table("project_evidence")
    op.drop_table("project_entries")
    op.drop_table("project_commitments")
    op.drop_table("project_investments")
    op.drop_table("project_milestones")
    op.drop_table("project_members")
    op.drop_table("project_units")
    op.drop_table("projects")


def _projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("investor", sa.String(length=120), nullable=False),
        sa.Column("chain", sa.String(length=60), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("amount", Exact(), nullable=False),
        sa.Column("amount_unit", sa.String(length=8), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("site", sa.String(length=120), nullable=False),
        sa.Column("introducer", sa.String(length=120), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("needs_land", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("stopped_because", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(sa.column("amount_unit").in_(UNITS), name=op.f("ck_projects_amount_unit")),
        sa.CheckConstraint(sa.column("stage").in_(STAGES), name=op.f("ck_projects_stage")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_projects_amount")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_projects_area_id_areas")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_projects_created_by_people")),
        sa.ForeignKeyConstraint(["lead_id"], ["people.id"], name=op.f("fk_projects_lead_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_projects_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("name", name=op.f("uq_projects_name")),
    )
    op.create_index(op.f("ix_projects_area_id"), "projects", ["area_id"], unique=False)
    op.create_index(op.f("ix_projects_chain"), "projects", ["chain"], unique=False)
    op.create_index(op.f("ix_projects_created_by"), "projects", ["created_by"], unique=False)
    op.create_index(op.f("ix_projects_lead_id"), "projects", ["lead_id"], unique=False)
    op.create_index(op.f("ix_projects_stage"), "projects", ["stage"], unique=False)
    op.create_index(op.f("ix_projects_unit_id"), "projects", ["unit_id"], unique=False)


def _units() -> None:
    op.create_table(
        "project_units",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.CheckConstraint(sa.column("part").in_(PARTS), name=op.f("ck_project_units_part")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_units_project_id_projects")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_project_units_unit_id_units")),
        sa.PrimaryKeyConstraint("project_id", "unit_id", name=op.f("pk_project_units")),
    )
    op.create_index(op.f("ix_project_units_unit_id"), "project_units", ["unit_id"], unique=False)


def _members() -> None:
    op.create_table(
        "project_members",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_project_members_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_members_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("project_id", "person_id", name=op.f("pk_project_members")),
    )
    op.create_index(op.f("ix_project_members_person_id"), "project_members", ["person_id"], unique=False)


def _milestones() -> None:
    op.create_table(
        "project_milestones",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.CheckConstraint(sa.column("stage").in_(STAGES), name=op.f("ck_project_milestones_stage")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_milestones_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("project_id", "stage", name=op.f("pk_project_milestones")),
    )
    op.create_index(
        "ix_project_milestones_stage_actual_on", "project_milestones", ["stage", "actual_on"], unique=False
    )
    op.create_index(
        "ix_project_milestones_stage_planned_on", "project_milestones", ["stage", "planned_on"], unique=False
    )


def _investments() -> None:
    op.create_table(
        "project_investments",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("half", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("planned", Exact(), nullable=True),
        sa.Column("done", Exact(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint("done >= 0", name=op.f("ck_project_investments_done")),
        sa.CheckConstraint(sa.column("half").in_((1, 2)), name=op.f("ck_project_investments_half")),
        sa.CheckConstraint("planned >= 0", name=op.f("ck_project_investments_planned")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_investments_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("project_id", "year", "half", name=op.f("pk_project_investments")),
    )


def _commitments() -> None:
    op.create_table(
        "project_commitments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(settled_on IS NULL) = (kept IS NULL)", name=op.f("ck_project_commitments_settled")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_project_commitments_made_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_commitments_project_id_projects")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["people.id"], name=op.f("fk_project_commitments_settled_by_people")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_project_commitments_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_commitments")),
    )
    op.create_index("ix_project_commitments_due_on", "project_commitments", ["due_on"], unique=False)
    op.create_index(op.f("ix_project_commitments_made_by"), "project_commitments", ["made_by"], unique=False)
    op.create_index(
        op.f("ix_project_commitments_project_id"), "project_commitments", ["project_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_commitments_settled_by"), "project_commitments", ["settled_by"], unique=False
    )
    op.create_index(op.f("ix_project_commitments_unit_id"), "project_commitments", ["unit_id"], unique=False)


def _entries() -> None:
    op.create_table(
        "project_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("told_as", sa.Uuid(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(sa.column("stage").in_(STAGES), name=op.f("ck_project_entries_stage")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_project_entries_by_id_people")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_entries_project_id_projects")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_project_entries_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_entries")),
        sa.UniqueConstraint("told_as", name=op.f("uq_project_entries_told_as")),
    )
    op.create_index(op.f("ix_project_entries_by_id"), "project_entries", ["by_id"], unique=False)
    op.create_index(op.f("ix_project_entries_project_id"), "project_entries", ["project_id"], unique=False)
    op.create_index(op.f("ix_project_entries_unit_id"), "project_entries", ["unit_id"], unique=False)


def _evidence() -> None:
    op.create_table(
        "project_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("checkin_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(sa.column("stage").in_(STAGES), name=op.f("ck_project_evidence_stage")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_project_evidence_by_id_people")),
        sa.ForeignKeyConstraint(
            ["checkin_id"], ["checkins.id"], name=op.f("fk_project_evidence_checkin_id_checkins")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_evidence_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_evidence")),
    )
    op.create_index(op.f("ix_project_evidence_by_id"), "project_evidence", ["by_id"], unique=False)
    op.create_index(op.f("ix_project_evidence_checkin_id"), "project_evidence", ["checkin_id"], unique=False)
    op.create_index(op.f("ix_project_evidence_project_id"), "project_evidence", ["project_id"], unique=False)


def _checkins() -> None:
    op.create_table(
        "project_checkins",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("checkin_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_project_checkins_by_id_people")),
        sa.ForeignKeyConstraint(
            ["checkin_id"], ["checkins.id"], name=op.f("fk_project_checkins_checkin_id_checkins")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_checkins_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("project_id", "checkin_id", name=op.f("pk_project_checkins")),
    )
    op.create_index(op.f("ix_project_checkins_by_id"), "project_checkins", ["by_id"], unique=False)
    op.create_index(op.f("ix_project_checkins_checkin_id"), "project_checkins", ["checkin_id"], unique=False)


def _matters() -> None:
    op.create_table(
        "project_matters",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_project_matters_by_id_people")),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matters.id"], name=op.f("fk_project_matters_matter_id_matters")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_matters_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("project_id", "matter_id", name=op.f("pk_project_matters")),
    )
    op.create_index(op.f("ix_project_matters_by_id"), "project_matters", ["by_id"], unique=False)
    op.create_index(op.f("ix_project_matters_matter_id"), "project_matters", ["matter_id"], unique=False)


def _steps() -> None:
    op.create_table(
        "project_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("half", sa.Integer(), nullable=True),
        sa.Column("was", sa.String(length=32), nullable=False),
        sa.Column("now", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(sa.column("step").in_(STEPS), name=op.f("ck_project_steps_step")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_project_steps_by_id_people")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_steps_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_steps")),
    )
    op.create_index(op.f("ix_project_steps_by_id"), "project_steps", ["by_id"], unique=False)
    op.create_index(op.f("ix_project_steps_project_id"), "project_steps", ["project_id"], unique=False)
