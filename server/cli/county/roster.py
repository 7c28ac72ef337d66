"""The demo county's units and people: who sits where, in which post, with which roles. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.cli.county import names
from server.cli.county.places import Place

SEED = 20
GRID_MEMBERS = 30
SIGN_INS = (("ganbu", "干部 cadre"), ("ducha", "督查 supervisor"), ("guanli", "管理员 administrator"))
"""The user names that `demo` prints a password for, and what each is."""


@dataclass(frozen=True, slots=True)
class UnitTold:
    """A unit to make."""

    code: str
    name: str
    kind: str
    parent_code: str


@dataclass(frozen=True, slots=True)
class PersonTold:
    """An account to make, with the roles it holds: each over the unit of that code."""

    username: str
    name: str
    post: str
    unit_code: str
    roles: tuple[tuple[str, str], ...]


def units(places: Sequence[Place]) -> list[UnitTold]:
    """All units below the county, parents before children."""
    offices = [UnitTold(office.code, office.name, office.kind, names.COUNTY_CODE) for office in names.OFFICES]
    land = [
        UnitTold(place.code, place.name, place.unit_kind, place.parent_code)
        for place in places
        if place.unit_kind is not None and place.parent_code is not None
    ]
    return offices + land


def people(places: Sequence[Place]) -> list[PersonTold]:
    """Everybody but the administrator, who is there first."""
    found = names.people(SEED)
    seats = [*_county_seats(), *_office_seats(), *_township_seats(places), *_grid_seats(places)]
    return [_seated(next(found), *seat) for seat in seats]


Seat = tuple[str, str, tuple[tuple[str, str], ...], str]
"""A post, the code of its unit, its roles, and the user name where it is a set one."""


def _seated(
    person: tuple[str, str], post: str, unit: str, roles: tuple[tuple[str, str], ...], username: str
) -> PersonTold:
    name, own = person
    return PersonTold(username or own, name, post, unit, roles)


def _county_seats() -> Iterator[Seat]:
    """Those who lead, watch and audit the whole county."""
    county = names.COUNTY_CODE
    for post in ("县长", "常务副县长", "副县长"):
        yield post, county, (("leader", county), ("cadre", county)), ""
    yield "督查专员", "B09", (("supervisor", county), ("cadre", "B09")), "ducha"
    yield "督查专员", "B09", (("supervisor", county), ("cadre", "B09")), ""
    yield "审计专员", "B10", (("auditor", county), ("cadre", "B10")), ""
    yield "招商一科科长", "B01", (("cadre", "B01"),), "ganbu"


def _office_seats() -> Iterator[Seat]:
    """A head and cadres of each office; investment promotion has the most."""
    for office in names.OFFICES:
        yield office.head, office.code, (("leader", office.code), ("cadre", office.code)), ""
        posts = (
            ("副局长", "招商一科", "招商二科", "招商二科科长", "项目科")
            if office.code == "B01"
            else ("科长", "科员")
        )
        for post in posts:
            yield post, office.code, (("cadre", office.code),), ""


def _township_seats(places: Sequence[Place]) -> Iterator[Seat]:
    """The head of each township, one who watches, and a cadre."""
    for place in places:
        if place.kind == "township":
            head = (
                "街道办主任"
                if place.unit_kind == "street"
                else "镇长"
                if place.name.endswith("镇")
                else "乡长"
            )
            yield head, place.code, (("leader", place.code), ("cadre", place.code)), ""
            yield "纪检监察员", place.code, (("supervisor", place.code),), ""
            yield "经济发展办干部", place.code, (("cadre", place.code),), ""


def _grid_seats(places: Sequence[Place]) -> Iterator[Seat]:
    """Grid members of the first grids of each village that has grids."""
    grids = [place for place in places if place.kind == "grid" and place.code[-3:] in ("001", "002")]
    for place in grids[:GRID_MEMBERS]:
        yield "网格员", place.code, (("grid_member", place.code),), ""
