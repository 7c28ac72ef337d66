"""Units as spreadsheets name them: by code, by name, or by `上级/名称`."""

from collections.abc import Sequence

from server.models.units import Unit
from server.problem import Problem


class UnitNames:
    """Some units, read once for a whole spreadsheet; a name that is none of theirs is a `refusal`."""

    def __init__(self, units: Sequence[Unit], refusal: type[Problem]) -> None:
        """Sort them by what they may be called."""
        names = {unit.id: unit.name for unit in units}
        self._refusal = refusal
        self._by_code = {unit.code: unit.id for unit in units}
        self._by_name: dict[str, list[int]] = {}
        for unit in units:
            above = names.get(unit.parent_id or 0)
            for name in (unit.name, *([f"{above}/{unit.name}"] if above else [])):
                self._by_name.setdefault(name, []).append(unit.id)

    def of(self, told: str) -> int:
        """The unit that a cell names; a refusal for none, or more than one."""
        if told in self._by_code:
            return self._by_code[told]
        found = self._by_name.get(told.replace("／", "/"), [])
        if len(found) == 1:
            return found[0]
        raise self._refused(told, len(found))

    def _refused(self, told: str, count: int) -> Problem:
        """The refusal of a name that is nobody's, or several units'."""
        if not count:
            return self._refusal(
                why_zh=f"没有单位“{told}”，或不在您的管理范围内",
                why_en=f"there is no unit “{told}” that you keep",
            )
        return self._refusal(
            why_zh=f"有 {count} 个单位叫“{told}”，请写编码或“上级/名称”",
            why_en=f"{count} units are called “{told}”; write its code, or above/name",
        )
