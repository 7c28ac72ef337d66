"""Nothing is added up by person, outside that person's own pages and a single duty (the rule of January 2026).

Walked: what the tables keep, what the queries group and count, what the doors answer, what the pages say. Each thing
that looks like a figure by person is named here with the reason why it is none, or may be.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

import server.models
from server.db import Base
from server.rules.boards import MEASURES
from server.rules.bulletins import KINDS
from tests.house.source import ROOT
from tests.web.test_words import catalogue

PEOPLE = re.compile(
    r"^(person|by|planner|leader|lead|reader|actor|handler|member|assigned_to|walker|owner|whose|about|traveller"
    r"|(made|created|drafted|edited|approved|published|settled|handled|reviewed|taken)_by)(_id)?$"
)
FIGURES = re.compile(
    r"(^|_)(score|points?|rank|ranking|total|counts?|times|tally|sum|average|mean|streak|online|minutes|hours|days"
    r"|distance|kilometres|checkins_made|visits_made)(_|$)"
)

assert server.models.__all__, "every table is known"

KEPT = {
    ("checkins", "photo_count"): "of one check-in: how many photos the phone said come with it",
    ("matter_proofs", "photo_count"): "of one step on a matter: the same",
    ("patrol_plans", "window_days"): "of a plan: over how many days a patrol may be walked",
    ("patrol_plans", "days_off"): "of a plan: what becomes of it on a day off",
    ("households", "every_days"): "of a household: how often it is to be visited",
}
"""Columns of tables that tell of a person which look like a figure."""

ANSWERED = {
    ("checkins.CheckinOut", "photo_count"): "of one check-in",
    ("matters.StepOut", "photo_count"): "of one step on a matter",
    ("matters.MatterInFullOut", "photo_count"): "of one report of a matter",
    ("logs.LogOut", "days"): "the days of one's own log, one by one",
    ("logs.LogOut", "days_away"): "one's own",
    ("logs.TripRowOut", "days_away"): "of one trip, whoever was on it",
    ("trips.TripOut", "days_away"): "the same",
    ("patrols.PatrolPlanOut", "days_off"): "of a plan: what becomes of it on a day off",
    ("patrols.PatrolPlanOut", "window_days"): "of a plan: over how many days a patrol may be walked",
    (
        "campaigns.ListedCampaignOut",
        "matters",
    ): "of a campaign, beside who leads it: how many matters belong to it",
    ("flags.FlagInFullOut", "days"): "of a project's milestone: how far it is from its plan",
    ("tracks.TrackOut", "fixes"): "of one duty's track",
}
"""Fields of answers that look like a figure and stand beside a person."""


ORDERED = {
    ("server/queries/trackers.py", "grouped"): "what was set aside of one's own device, by reason",
    (
        "server/ingest/projects.py",
        "sorted_by_figures",
    ): "the row of a sheet that has most heads; no person is in it",
}
"""Where rows are put in the order of a count, and of what."""


def about_people() -> Iterator[sa.Table]:
    """The tables that refer to a person."""
    for table in Base.metadata.sorted_tables:
        if any(key.column.table.name == "people" for key in table.foreign_keys):
            yield table


def test_no_table_keeps_a_figure_of_a_person() -> None:
    found = {
        (table.name, column.name)
        for table in about_people()
        for column in table.columns
        if FIGURES.search(column.name)
    }
    assert found == set(KEPT)


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """The calls of a method in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield node


def named(node: ast.AST, told: dict[str, ast.AST] | None = None) -> set[str]:
    """The names and attributes that an expression speaks of, and those that names told above it stand for."""
    words = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    meant = [named(told[name]) for name in names if told and name in told]
    return words.union(names, *meant)


def told_above(tree: ast.AST) -> dict[str, ast.AST]:
    """What each name of a module or function was last said to be."""
    return {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the server, by its path."""
    for path in sorted((ROOT / "server").rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


Found = Iterator[int]
"""Lines of a module where something is added up by person."""


def grouped(tree: ast.Module) -> Found:
    """Rows grouped, numbered or told apart by people, or put in the order of a figure."""
    told = told_above(tree)
    for method in ("group_by", "order_by"):
        for call in calls(tree, method):
            words = set[str]().union(*(named(each, told) for each in call.args))
            if _is_wrong(method, words):
                yield call.lineno
    for call in calls(tree, "over"):
        within = [each.value for each in call.keywords if each.arg == "partition_by"]
        if any(PEOPLE.match(word) for each in within for word in named(each, told)):
            yield call.lineno


def _is_wrong(method: str, words: set[str]) -> bool:
    """Whether rows are grouped by people, or put in the order of a figure."""
    if method == "order_by":
        return bool(words & {"count", "sum", "avg"})
    return any(PEOPLE.match(word) for word in words)


def counted_beside(tree: ast.Module) -> Found:
    """A count or a sum asked for beside each person: a scalar subquery that is tied to a person's number."""
    for call in calls(tree, "scalar_subquery"):
        words = named(call)
        if words & {"count", "sum", "avg"} and "Person" in words:
            yield call.lineno


def accumulated(tree: ast.Module) -> Found:
    """`Counter(row.person_id …)`, `totals[person_id] += 1`, `totals[person_id] = totals.get(…) + 1`, `groupby(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and named(node.func) & {"Counter", "groupby"}:
            words = set[str]().union(*(named(each) for each in (*node.args, *node.keywords)))
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
            words = named(node.target.slice)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
            words = set[str]().union(
                *(named(each.slice) for each in node.targets if isinstance(each, ast.Subscript))
            )
        else:
            continue
        if any(PEOPLE.match(word) for word in words):
            yield node.lineno


def sorted_by_figures(tree: ast.Module) -> Found:
    """Python's own sorting by how much there is of something: `sorted(people, key=lambda each: len(each.trips))`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not named(node.func) & {
            "sorted",
            "sort",
            "nlargest",
            "max",
            "min",
        }:
            continue
        keys = [each.value for each in node.keywords if each.arg == "key"]
        if any(named(key) & {"len", "count", "total"} for key in keys):
            yield node.lineno


IN_SQL = re.compile(r"(group|partition) by [^)]*\b\w*(person|planner|leader|member|by)_id\b", re.IGNORECASE)


def in_sql(tree: ast.Module) -> Found:
    """The same in SQL that is written out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and IN_SQL.search(node.value):
            yield node.lineno


WALKS = (grouped, counted_beside, accumulated, sorted_by_figures, in_sql)

PLANTED = {
    "q.group_by(Checkin.person_id)": grouped,
    "q.group_by(TripMember.member_id, Unit.id)": grouped,
    "key = Checkin.person_id\nq.group_by(key)": grouped,
    "q.order_by(sa.func.count().desc())": grouped,
    "sa.func.row_number().over(partition_by=Checkin.person_id)": grouped,
    "sa.select(sa.func.count()).where(Checkin.person_id == Person.id).scalar_subquery()": counted_beside,
    "Counter(row.person_id for row in rows)": accumulated,
    "collections.Counter(row.person_id for row in rows)": accumulated,
    "found[row.person_id] += 1": accumulated,
    "found[person_id] = found.get(person_id, 0) + 1": accumulated,
    "groupby(rows, key=lambda row: row.person_id)": accumulated,
    "sorted(people, key=lambda each: len(each.trips))": sorted_by_figures,
    "sa.text('SELECT count(*) FROM checkins GROUP BY checkins.person_id')": in_sql,
}
"""What each walk has to find."""


@pytest.mark.parametrize(("source", "walk"), PLANTED.items())
def test_a_figure_of_a_person_that_somebody_writes_is_found(
    source: str, walk: Callable[[ast.Module], Found]
) -> None:
    assert list(walk(ast.parse(source)))


def test_no_module_adds_up_by_person_or_puts_people_in_the_order_of_a_figure() -> None:
    found = {(path, walk.__name__): list(walk(tree)) for path, tree in modules() for walk in WALKS}
    wrong = {where: lines for where, lines in found.items() if lines}
    assert {where: len(lines) for where, lines in wrong.items()} == dict.fromkeys(ORDERED, 1), wrong


def fields_of(app: Flask) -> Iterator[tuple[str, dict[str, object]]]:
    """Every shape the doors answer with: its name and its properties."""
    document = app.test_client().get("/api/openapi.json").get_json()
    for name, shape in document["components"]["schemas"].items():
        if name.endswith("Out"):
            yield name, shape.get("properties", {})


def test_no_answer_holds_a_figure_beside_a_person(spatialite_app: Flask) -> None:
    found = {
        (name, field)
        for name, fields in fields_of(spatialite_app)
        if any(PEOPLE.match(field) or field in {"members", "people"} for field in fields)
        for field, of in fields.items()
        if FIGURES.search(field) or _counts_deeds(field, of)
    }
    assert found == set(ANSWERED)


DEEDS = re.compile(
    r"^(checkins|visits|trips|photos|fixes|tracks|matters|looks|patrols|signals|queries|logins|sessions)$"
)


def _counts_deeds(field: str, of: object) -> bool:
    """Whether a field is a number of what somebody did: `checkins: 17`."""
    told = of.get("type") if isinstance(of, dict) else None
    return bool(DEEDS.match(field)) and told in {"integer", "number"}


def test_no_answer_about_a_board_or_bulletin_names_a_person(spatialite_app: Flask) -> None:
    wrong = [
        (name, field)
        for name, fields in fields_of(spatialite_app)
        if name.startswith(("boards.", "bulletins."))
        for field in fields
        if PEOPLE.match(field) or field in {"person", "members"}
    ]
    assert wrong == []


@pytest.mark.parametrize("path", ["boards.py", "bulletins.py", "bulletin_trips.py"])
def test_what_feeds_a_board_reads_no_check_in_review_or_signal_and_tells_nobody_s_name(path: str) -> None:
    source = (ROOT / "server" / "queries" / path).read_text("utf-8")
    read = {"Review", "Signal", "Fix", "Look", "Waiting"} & named(ast.parse(source))
    assert read == set()
    assert "Person.name" not in source
    assert "Checkin" not in source or path == "bulletin_trips.py"


def test_boards_measure_results_and_never_activity() -> None:
    said = " ".join(f"{each.name} {each.zh} {each.en}".lower() for each in MEASURES.values())
    for word in (
        "签到",
        "打卡",
        "轨迹",
        "在线",
        "天数",
        "里程",
        "走访",
        "check-in",
        "online",
        "days",
        "trip",
        "visit",
        "track",
    ):
        assert word not in said
    assert KINDS == ("boards", "trips")


FORBIDDEN = re.compile(
    "积分|个人排名|人员排名|打卡次数|签到次数|在线时长|签到率|人均|安装率|登录次数|个人得分"
)


def test_no_page_speaks_of_points_or_of_people_in_a_ranking() -> None:
    assert [words for words in catalogue() if FORBIDDEN.search(words)] == []
    phone = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "mobile_stub" / "webapp" / "src").rglob("*.js"))
        if FORBIDDEN.search(path.read_text("utf-8"))
    ]
    assert phone == []


def scripts() -> Iterator[Path]:
    """The scripts of the pages and of the phone."""
    for folder in ("server/web/static/src", "mobile_stub/webapp/src"):
        yield from sorted((ROOT / folder).rglob("*.js"))


BY_PERSON = re.compile(
    r"(groupBy|countBy)\([^)]*(person|member)"
    r"|\[[\w.]*(person|member)(\.id|_id)?\]\s*(\+\+|\+=)"
    r"|\.set\([\w.]*(person|member)(\.id|_id)?,[^;\n]*\+ 1\)"
)


def test_no_script_adds_up_by_person() -> None:
    assert [path.name for path in scripts() if BY_PERSON.search(path.read_text("utf-8"))] == []
    for planted in ("sums[row.person.id] += 1", "n.set(row.person.id, (n.get(row.person.id) ?? 0) + 1)"):
        assert BY_PERSON.search(planted), planted
