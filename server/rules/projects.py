"""Projects as tables and arithmetic: stages in their order, the days between them, money done against money planned."""

from dataclasses import dataclass
from datetime import date
from typing import Final

STAGES: Final = ("lead", "talks", "signed", "land", "started", "completed", "producing")
"""The stages of a project in their order."""

MILESTONES: Final = STAGES[2:]
"""The stages that are promised with a day, and measured."""

STAGE_WORDS: Final = {
    "lead": ("线索", "lead"),
    "talks": ("在谈", "in talks"),
    "signed": ("签约", "signed"),
    "land": ("供地", "land granted"),
    "started": ("开工", "started"),
    "completed": ("竣工", "completed"),
    "producing": ("投产", "producing"),
}

HALVES: Final = (1, 2)

PARTS: Final = ("firm", "department", "township")
PART_WORDS: Final = {
    "firm": ("国企", "state firm"),
    "department": ("部门", "department"),
    "township": ("属地", "township"),
}
"""What a unit is to a project beside the leader: the "1+3"."""

STEPS: Final = {
    "register": ("登记项目", "registered"),
    "plan": ("定计划日期", "planned a stage"),
    "budget": ("定投资计划", "planned the investment"),
    "reach": ("进入阶段", "reached a stage"),
    "retract": ("撤回阶段", "took a stage back"),
    "invest": ("报完成投资", "told what was invested"),
    "amount": ("调整总投资", "changed the amount"),
    "stop": ("终止", "stopped"),
    "resume": ("恢复", "resumed"),
}
"""The changes that are kept one by one."""

FINISHES: Final = ("completed", "producing")
"""The stages that finish a project."""


@dataclass(frozen=True, slots=True, order=True)
class Half:
    """A half-year: `half` 1 is January to June, 2 July to December."""

    year: int
    half: int

    @classmethod
    def of(cls, day: date) -> "Half":
        """The half-year that a day lies in."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    @property
    def before(self) -> "Half":
        """The half-year before it."""
        return Half(self.year, 1) if self.half == 2 else Half(self.year - 1, 2)

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def name(self) -> str:
        """As it is written: `2026H1`."""
        return f"{self.year}H{self.half}"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stage with the day it is planned for and the day it was reached."""

    stage: str
    planned_on: date | None = None
    actual_on: date | None = None
