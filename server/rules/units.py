"""The shape of the unit tree: a county at the top, grids at the bottom, not too deep."""

from typing import NoReturn

from server.errors import UnitRefused

DEEPEST = 7
"""The depth of the lowest unit; the county's is 0."""


def check_place(*, kind: str, path: str, above_kind: str | None, above_path: str) -> None:
    """`UnitRefused` unless a unit of this kind may stand below that one. `path` is its own, `` when it is new."""
    if (kind == "county") != (above_kind is None):
        refuse("只有最上级单位是县", "the county, and only it, stands at the top")
    if above_kind == "grid":
        refuse("网格下面不能再设单位", "nothing stands below a grid")
    if path and above_path.startswith(path):
        refuse("不能移到自己或自己的下级下面", "a unit cannot stand below itself")


def check_depth(depth: int) -> None:
    """`UnitRefused` when the tree would be deeper than its paths can say."""
    if depth > DEEPEST:
        refuse(f"层级不能超过 {DEEPEST + 1} 级", f"the tree has at most {DEEPEST + 1} levels")


def depth_of(path: str) -> int:
    """How deep a path is: 0 for `/1/`."""
    return path.count("/") - 2


def refuse(why_zh: str, why_en: str) -> NoReturn:
    """Raise `UnitRefused` with its reason in both languages."""
    raise UnitRefused(why_zh=why_zh, why_en=why_en)
