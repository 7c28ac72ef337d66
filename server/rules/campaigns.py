"""Campaigns 专项行动 as rules: tasks and where they stand on a day, periods of review, and what a review freezes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NoReturn

from server.errors import CampaignRefused

STATES: Final = ("open", "closed")
TASK_STATES: Final = ("open", "done", "dropped")
NOUNS: Final = ("project", "matter", "plan")
"""What a campaign groups: projects, matters, and plans of patrols."""

ENTRIES: Final = {
    "progress": (("open",), "open", "报告进展", "reported progress"),
    "finish": (("open",), "done", "完成", "finished"),
    "drop": (("open",), "dropped", "取消", "dropped"),
    "reopen": (("done", "dropped"), "open", "重新开始", "reopened"),
}
"""What can be told of a task: from which states, to which one, in words."""

STANDS: Final = ("done", "late", "overdue", "soon", "open", "ahead", "dropped")
"""Where a task stands on a day: done in time, done late, overdue, due within a week, under way, not begun, dropped."""

SOON: Final = timedelta(days=7)


def stand(state: str, *, starts_on: date, due_on: date, done_on: date | None, today: date) -> str:
    """Where a task stands on a day, one of `STANDS`."""
    if state == "dropped":
        return "dropped"
    if done_on is not None:
        return "done" if done_on <= due_on else "late"
    if today > due_on:
        return "overdue"
    if today + SOON >= due_on:
        return "soon"
    return "open" if today >= starts_on else "ahead"


def entry(step: str, state: str) -> str:
    """The state that what is told of a task leads to; `CampaignRefused` where it cannot be told of it."""
    sources, target, zh, en = ENTRIES[step]
    if state not in sources:
        refuse(f"任务现在不能“{zh}”", f"the task cannot be {en} now")
    return target


def check_dates(starts_on: date, ends_on: date) -> None:
    """`CampaignRefused` unless it begins before it ends."""
    if ends_on < starts_on:
        refuse("结束日期早于开始日期", "it ends before it begins")


def refuse(zh: str, en: str) -> NoReturn:
    """Raise `CampaignRefused` with its reason in both languages."""
    raise CampaignRefused(why_zh=zh, why_en=en)


# ── periods ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Period:
    """A month (`2026-11`), a quarter (`2026-Q4`) or a year (`2026`), from `starts_on` to before `ends_before`."""

    name: str
    kind: str
    starts_on: date
    ends_before: date

    @property
    def words(self) -> tuple[str, str]:
        """As it is said in both languages."""
        year = self.starts_on.year
        if self.kind == "month":
            return f"{year} 年 {self.starts_on.month} 月", f"{self.starts_on:%B} {year}"
        if self.kind == "quarter":
            quarter = self.name[-1]
            return f"{year} 年第{'一二三四'[int(quarter) - 1]}季度", f"Q{quarter} {year}"
        return f"{year} 年", f"{year}"


_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def period(name: str) -> Period:
    """A period by its name; `CampaignRefused` for anything else."""
    found = re.fullmatch(r"(20\d\d)(?:-(0[1-9]|1[0-2])|-Q([1-4]))?", name)
    if found is None:
        refuse("期间应写作 2026-11、2026-Q4 或 2026", "a period is written 2026-11, 2026-Q4 or 2026")
    year, month, quarter = found.groups()
    kind = "month" if month else "quarter" if quarter else "year"
    first = int(month) if month else 3 * int(quarter) - 2 if quarter else 1
    after = first + _MONTHS[kind]
    ends = date(int(year) + (after > 12), (after - 1) % 12 + 1, 1)
    return Period(name, kind, date(int(year), first, 1), ends)


def check_period(asked: Period, *, starts_on: date, today: date) -> None:
    """`CampaignRefused` for a period that has not begun, or was over before the campaign began."""
    if asked.starts_on > today:
        refuse("这一期间还没有开始", "that period has not begun")
    if asked.ends_before <= starts_on:
        refuse("这一期间早于行动开始", "that period was over before the campaign began")


@dataclass(frozen=True, slots=True)
class Task:
    """What counting needs of a task."""

    state: str
    starts_on: date
    due_on: date
    done_on: date | None


def counts(tasks: Iterable[Task], today: date) -> dict[str, int]:
    """How many tasks stand where on a day; every stand is named."""
    found = dict.fromkeys(STANDS, 0)
    for one in tasks:
        found[
            stand(one.state, starts_on=one.starts_on, due_on=one.due_on, done_on=one.done_on, today=today)
        ] += 1
    return found


def within(tasks: Iterable[Task], asked: Period, on: date) -> dict[str, int]:
    """Of the tasks due in a period, as of a day: how many there are; done in time, done late, overdue, not due yet."""
    due = [
        one for one in tasks if asked.starts_on <= one.due_on < asked.ends_before and one.state != "dropped"
    ]
    in_time = sum(one.done_on is not None and one.done_on <= one.due_on for one in due)
    late = sum(one.done_on is not None and one.done_on > one.due_on for one in due)
    not_done = sum(one.done_on is None and one.due_on < on for one in due)
    to_come = len(due) - in_time - late - not_done
    return {"due": len(due), "in_time": in_time, "late": late, "not_done": not_done, "to_come": to_come}
