"""Matters that are solved: categories with their terms, steps, who holds them; the county's own working days."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = ("complaint", "suggestion", "patrol", "visit", "enterprise", "leader", "other")
STATES = ("reported", "refused", "accepted", "assigned", "handled", "verified", "closed", "merged")
STEPS = (
    "accept",
    "refuse",
    "assign",
    "transfer",
    "escalate",
    "merge",
    "hold",
    "resume",
    "return",
    "plan",
    "progress",
    "handle",
    "rework",
    "verify",
    "close",
    "reopen",
    "urge",
)
UNITS = ("hours", "working_hours", "working_days", "days", "months")

# name, answer, solve, hand up when overdue by, handled by a plan
CATEGORIES = (
    ("一般事项", (3, "days"), (7, "days"), (3, "working_days"), False),
    ("复杂事项", (3, "days"), (1, "months"), (5, "working_days"), True),
    ("企业诉求", (8, "working_hours"), (48, "hours"), (1, "working_days"), False),
    ("紧急险情", (1, "hours"), (4, "hours"), (2, "hours"), False),
)
REFERRED = {
    "category_id": "matter_categories",
    "holder_id": "units",
    "assigned_unit_id": "units",
    "assigned_to_id": "people",
    "merged_into_id": "matters",
}


def upgrade() -> None:
    _calendar_days()
    _categories()
    for added in _added():
        op.add_column("matters", added)
    op.execute("UPDATE matters SET holder_id = (SELECT id FROM units WHERE parent_id IS NULL)")
    with op.batch_alter_table("matters") as batch:
        batch.drop_constraint(op.f("ck_matters_kind"), type_="check")
        batch.alter_column("holder_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("place", existing_type=sa.String(length=120), server_default=None)
        batch.alter_column("revision", existing_type=sa.Integer(), server_default=None)
        for column, table in REFERRED.items():
            batch.create_foreign_key(op.f(f"fk_matters_{column}_{table}"), table, [column], ["id"])
        batch.create_unique_constraint(op.f("uq_matters_told_as"), ["told_as"])
        batch.create_check_constraint(op.f("ck_matters_kind"), sa.column("kind").in_(KINDS))
        batch.create_check_constraint(op.f("ck_matters_state"), sa.column("state").in_(STATES))
        batch.create_check_constraint(op.f("ck_matters_place"), "(lng IS NULL) = (lat IS NULL)")
    for column in REFERRED:
        op.create_index(op.f(f"ix_matters_{column}"), "matters", [column], unique=False)
    op.create_index("ix_matters_state_due_at", "matters", ["state", "due_at"], unique=False)
    _steps()


def downgrade() -> None:
    op.drop_table("matter_steps")
    op.execute("UPDATE matters SET merged_into_id = NULL")
    op.execute("DELETE FROM matters WHERE kind NOT IN ('complaint', 'suggestion')")
    op.drop_index("ix_matters_state_due_at", table_name="matters")
    for column in REFERRED:
        op.drop_index(op.f(f"ix_matters_{column}"), table_name="matters")
    with op.batch_alter_table("matters") as batch:
        for check in ("kind", "state", "place"):
            batch.drop_constraint(op.f(f"ck_matters_{check}"), type_="check")
        for column, table in REFERRED.items():
            batch.drop_constraint(op.f(f"fk_matters_{column}_{table}"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_matters_told_as"), type_="unique")
        for added in _added():
            batch.drop_column(added.name)
        batch.create_check_constraint(op.f("ck_matters_kind"), sa.column("kind").in_(KINDS[:2]))
    op.drop_table("matter_categories")
    op.drop_table("calendar_days")


def _added() -> list[sa.Column[Any]]:
    return [
        sa.Column("told_as", sa.Uuid(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("assigned_unit_id", sa.Integer(), nullable=True),
        sa.Column("assigned_to_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
    ]


def _calendar_days() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )


def _categories() -> None:
    made = op.create_table(
        "matter_categories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("answer_amount", sa.Integer(), nullable=False),
        sa.Column("answer_unit", sa.String(length=16), nullable=False),
        sa.Column("solve_amount", sa.Integer(), nullable=False),
        sa.Column("solve_unit", sa.String(length=16), nullable=False),
        sa.Column("escalate_amount", sa.Integer(), nullable=True),
        sa.Column("escalate_unit", sa.String(length=16), nullable=True),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            sa.column("answer_unit").in_(UNITS), name=op.f("ck_matter_categories_answer_unit")
        ),
        sa.CheckConstraint(sa.column("solve_unit").in_(UNITS), name=op.f("ck_matter_categories_solve_unit")),
        sa.CheckConstraint(
            sa.column("escalate_unit").in_(UNITS), name=op.f("ck_matter_categories_escalate_unit")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["matter_categories.id"],
            name=op.f("fk_matter_categories_parent_id_matter_categories"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_categories")),
    )
    op.create_index(op.f("ix_matter_categories_parent_id"), "matter_categories", ["parent_id"], unique=False)
    op.bulk_insert(made, [_category(position, *told) for position, told in enumerate(CATEGORIES)])


def _category(
    position: int,
    name: str,
    answer: tuple[int, str],
    solve: tuple[int, str],
    escalate: tuple[int, str],
    planned: bool,
) -> dict[str, object]:
    """What a county begins with; its administrator changes it."""
    terms = {"answer": answer, "solve": solve, "escalate": escalate}
    amounts = {f"{word}_amount": amount for word, (amount, _) in terms.items()}
    units = {f"{word}_unit": unit for word, (_, unit) in terms.items()}
    return {"name": name, "position": position, "planned": planned} | amounts | units


def _steps() -> None:
    op.create_table(
        "matter_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("into_id", sa.Integer(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(sa.column("step").in_(STEPS), name=op.f("ck_matter_steps_step")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_matter_steps_by_id_people")),
        sa.ForeignKeyConstraint(["into_id"], ["matters.id"], name=op.f("fk_matter_steps_into_id_matters")),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matters.id"], name=op.f("fk_matter_steps_matter_id_matters")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_matter_steps_person_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_matter_steps_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_steps")),
    )
    for column in ("by_id", "into_id", "matter_id", "person_id", "unit_id"):
        op.create_index(op.f(f"ix_matter_steps_{column}"), "matter_steps", [column], unique=False)
