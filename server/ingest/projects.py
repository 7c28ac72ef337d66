"""Sheets of projects 项目表 as they come in: a spreadsheet → its rows by what their heads mean.

A title may stand above the heads, and the heads may take two rows (`2026年上半年` over `计划` and `完成`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from server.errors import SheetRefused
from server.ingest import spreadsheets

LONGEST_CELL: Final = 2_000
HEADS_WITHIN_ROWS: Final = 8

HEADS: Final = {
    "name": ("项目名称", "项目", "name", "project"),
    "investor": ("投资方", "投资主体", "投资企业", "企业名称", "业主单位", "investor"),
    "chain": ("产业链", "所属产业链", "产业", "chain"),
    "content": ("建设内容", "主要建设内容", "建设内容及规模", "content"),
    "amount": ("总投资", "总投资额", "投资额", "计划总投资", "amount"),
    "amount_unit": ("金额单位", "单位（金额）", "unitofamount"),
    "site": ("建设地点", "选址", "项目选址", "落地区域", "site"),
    "introducer": ("引荐人", "引荐单位", "引荐人（单位）", "引荐方", "introducer"),
    "lead": ("包联领导", "包保领导", "牵头领导", "lead"),
    "unit": ("责任单位", "主责单位", "牵头单位", "unit"),
    "firm": ("国企", "责任国企", "服务国企", "firm"),
    "department": ("部门", "责任部门", "配合部门", "department"),
    "township": ("属地", "乡镇", "属地乡镇", "所在乡镇", "township"),
    "members": ("服务专班", "专班成员", "服务团队", "team"),
    "needs_land": ("是否供地", "需要供地", "needsland"),
}
"""What a column may be called, without blanks and without a unit in brackets."""

STAGE_HEADS: Final = {
    "线索": "lead",
    "在谈": "talks",
    "洽谈": "talks",
    "签约": "signed",
    "供地": "land",
    "拿地": "land",
    "开工": "started",
    "竣工": "completed",
    "投产": "producing",
    "lead": "lead",
    "talks": "talks",
    "signed": "signed",
    "land": "land",
    "started": "started",
    "completed": "completed",
    "producing": "producing",
}
"""What a stage is called in a head."""

NEEDED: Final = ("name", "amount", "unit")
SUMS: Final = ("合计", "小计", "总计", "共计", "total")
_UNIT: Final = re.compile(r"[（(](?:单位[:：])?((?:亿|万)?(?:美元|欧元|港元|日元|元)|USD|EUR|HKD|JPY)[)）]")
_STAGE: Final = re.compile(
    rf"(计划|预计|拟|实际|planned|actual)?({'|'.join(STAGE_HEADS)})(?:时间|日期|on)?(计划|实际|planned|actual)?(?:时间|日期)?"
)
_HALF: Final = re.compile(
    r"(20\d\d)年?(上半年|下半年|H1|H2)(?:投资额?)?(计划|完成|实际|planned|done)(?:完成)?(?:投资额?)?"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number, its cells by what they are, its days by stage, its money by half-year (`2026H1`).

    `units` says in which unit an amount is that does not say its own: by `amount`, or by half-year.
    """

    number: int
    told: dict[str, str]
    planned: dict[str, str] = field(default_factory=dict)
    actual: dict[str, str] = field(default_factory=dict)
    money_planned: dict[str, str] = field(default_factory=dict)
    money_done: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    def unit_of(self, half: str, what: str) -> str:
        """The unit of a half-year's `planned` or `done` that does not say its own."""
        return self.units[f"{half} {what}"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet, and the heads that nobody knows."""

    lines: list[Line]
    unread: list[str]


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column means: `told`, `planned`, `actual`, `money_planned` or `money_done`, of what, and its unit."""

    part: str
    key: str
    unit: str


def read(data: bytes, file_name: str, *, unit: str) -> Sheet:
    """The rows of a sheet; amounts that say no unit are in their head's, or else in `unit`.

    `SheetRefused` for what cannot be read, has not the heads that are needed, or is more than is taken at once.
    """
    rows = spreadsheets.read(data, file_name, refusal=SheetRefused, longest_cell=LONGEST_CELL)
    heads, below = _heads(rows)
    columns = {place: _column(head, unit) for place, head in enumerate(heads) if head}
    known = {place: column for place, column in columns.items() if column is not None}
    lines = [_line(number, cells, known) for number, cells in below]
    lines = [line for line in lines if line.told.get("name", "") not in SUMS]
    spreadsheets.ensure_few(lines, refusal=SheetRefused)
    return Sheet(lines, [heads[place] for place, column in columns.items() if column is None])


def _heads(rows: spreadsheets.Rows) -> tuple[list[str], spreadsheets.Rows]:
    """The heads and the rows below them; `SheetRefused` naming what is missing where no row has all that is needed."""
    fewest = set(NEEDED)
    for place, (_, cells) in enumerate(rows[:HEADS_WITHIN_ROWS]):
        for heads, after in _as_heads(rows, place, cells):
            missing = set(NEEDED) - {_known(head) for head in heads}
            if not missing:
                return heads, rows[after:]
            fewest = min(fewest, missing, key=len)
    words = [HEADS[name][0] for name in NEEDED if name in fewest]
    raise SheetRefused(
        why_zh=f"表头缺少列：{'、'.join(words)}",
        why_en=f"its heads lack: {', '.join(name for name in NEEDED if name in fewest)}",
    )


def _as_heads(rows: spreadsheets.Rows, place: int, cells: Sequence[str]) -> Iterator[tuple[list[str], int]]:
    """A row as heads: with the row below where that tells more of them, else alone; and where the rows begin."""
    if place + 1 < len(rows) and _goes_on(cells, rows[place + 1][1]):
        yield _joined(cells, rows[place + 1][1]), place + 2
    yield [head.replace("\n", "") for head in cells], place + 1


def _goes_on(above: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row is the second row of heads: what names a project is blank in it, and nothing is a figure."""
    names = [place for place, head in enumerate(above) if _known(head) == "name"]
    told = [cell for cell in below if cell]
    return (
        bool(names and told)
        and all(not (below[place] if place < len(below) else "") for place in names)
        and not any(re.fullmatch(r"[\d.,%-]+", cell) for cell in told)
    )


def _joined(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Two rows of heads as one: a head that spans several columns goes before each of those below it."""
    joined, span = [], ""
    for place in range(max(len(above), len(below))):
        over = above[place] if place < len(above) else ""
        under = below[place] if place < len(below) else ""
        span = over or (span if under else "")
        joined.append(f"{span}{under}".replace("\n", ""))
    return joined


def _plain(head: str) -> str:
    """A head without blanks and without its unit, in small letters."""
    return re.sub(r"[\s*＊]", "", _UNIT.sub("", head)).casefold()


def _known(head: str) -> str | None:
    """What a head names among `HEADS`."""
    return _NAMES.get(_plain(head))


_NAMES: Final = {_plain(head): name for name, heads in HEADS.items() for head in heads}


def _column(head: str, unit: str) -> _Column | None:
    """What a column means by its head; None for nothing that is taken in."""
    told = _UNIT.search(head)
    own = told[1] if told else unit
    name, plain = _known(head), re.sub(r"[\s*＊]", "", _UNIT.sub("", head))
    if name is not None:
        return _Column("told", name, own)
    if found := _STAGE.fullmatch(plain):
        planned = (found[1] or found[3] or "实际") in {"计划", "预计", "拟", "planned"}
        return _Column("planned" if planned else "actual", STAGE_HEADS[found[2]], own)
    if found := _HALF.fullmatch(plain):
        half = f"{found[1]}H{1 if found[2] in {'上半年', 'H1'} else 2}"
        return _Column("money_planned" if found[3] in {"计划", "planned"} else "money_done", half, own)
    return None


def _line(number: int, cells: Sequence[str], columns: dict[int, _Column]) -> Line:
    """One row by its heads; where two columns mean the same, the first that is filled in counts."""
    line = Line(number, {})
    for place, column in columns.items():
        text = cells[place] if place < len(cells) else ""
        part: dict[str, str] = getattr(line, column.part)
        if text and column.key not in part:
            part[column.key] = text
            line.units[_unit_key(column)] = column.unit
    return line


def _unit_key(column: _Column) -> str:
    """Under which name a column's unit is kept."""
    if column.part.startswith("money_"):
        return f"{column.key} {column.part.removeprefix('money_')}"
    return column.key
