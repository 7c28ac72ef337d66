"""Projects as tables and arithmetic: stages in their order, the days between them, money done against money planned."""

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
