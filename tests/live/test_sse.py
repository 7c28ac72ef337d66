"""Messages on the wire, and what one reader sees of a frame."""

from datetime import UTC, datetime
from decimal import Decimal

from server.live import sse
from server.live.frames import EVERYBODY, Frame, Page, Part, Sight
from server.rules.access import Scope
from tests.support.streams import Parser

INSTANT = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


def sight(*paths: str, person_id: int = 1, reasoned: bool = False, below: str = "") -> Sight:
    """What a reader with a role over these unit paths sees."""
    names = ("checkin.read", "place.read")
    return Sight(person_id, {name: Scope(paths, person_id) for name in names}, reasoned, below)


def part(path: str = "/1/2/", *, own: int = 7, shows: bool = True, permission: str = "checkin.read") -> Part:
    """A check-in of person 7."""
    return Part(permission, path, frozenset({own}), b"whole", b"withheld", (own, 3) if shows else None)


def test_what_is_written_is_what_a_browser_reads() -> None:
    data = {"note": "第一行\n第二行\r𠮷", "at": INSTANT, "amount": Decimal("1.50")}
    [told] = Parser().feed(sse.numbered([sse.message("checkin", data)], 12))
    assert (told.event, told.id) == ("checkin", 12)
    assert told.data == {"note": "第一行\n第二行\r𠮷", "at": "2026-03-01T00:30:00Z", "amount": "1.50"}


def test_of_several_messages_of_one_event_only_the_last_says_that_it_was_heard() -> None:
    both = sse.numbered([sse.message("checkin", 1), sse.message("place", 2)], 12)
    assert [told.id for told in Parser().feed(both)] == [None, 12]


def test_where_one_stands_is_told_without_waking_the_page() -> None:
    parser = Parser()
    assert parser.feed(sse.opening(5) + sse.beat(9)) == []
    assert (parser.last_id, parser.comments) == (9, 1)
    assert Parser().feed(sse.opening(None) + sse.beat(None)) == []


def test_a_part_is_seen_within_its_scope_and_by_whom_it_is_about() -> None:
    assert sight("/1/").of(part()) is not None
    assert sight("/1/3/").of(part()) is None
    assert sight("/1/20/").of(part()) is None
    assert sight(person_id=7).of(part()) is not None


def test_anothers_position_is_shown_only_to_who_said_why_and_noted_as_a_look() -> None:
    silent, reasoned = sight("/1/").of(part()), sight("/1/", reasoned=True).of(part())
    assert silent is not None
    assert reasoned is not None
    assert (silent.message, silent.looks_at) == (b"withheld", None)
    assert (reasoned.message, reasoned.looks_at) == (b"whole", (7, 3))


def test_ones_own_position_is_no_look_and_needs_no_reason() -> None:
    own = sight(person_id=7).of(part())
    assert own is not None
    assert (own.message, own.looks_at) == (b"whole", None)


def test_what_shows_no_position_is_told_whole_to_everybody_in_scope() -> None:
    seen = sight("/1/").of(part(shows=False))
    assert seen is not None
    assert (seen.message, seen.looks_at) == (b"whole", None)


def test_a_narrowed_stream_leaves_out_what_is_beside_it_but_nothing_that_is_for_all() -> None:
    for_all = Part("area.read", "", frozenset(), b"areas", for_all=True)
    narrowed = sight("/1/", below="/1/3/")
    assert narrowed.of(part("/1/2/")) is None
    assert narrowed.of(part("/1/3/4/")) is not None
    assert narrowed.of(for_all) is not None


def test_of_a_page_a_reader_is_handed_what_is_in_scope_about_them_or_for_everybody() -> None:
    here, beside, about = Frame(1, (part(),)), Frame(2, (part("/1/3/"),)), Frame(3, (part("/9/", own=1),))
    mine, all_ = Frame(4, rights=frozenset({1})), Frame(5, rights=frozenset({EVERYBODY}))
    page = Page.of(5, [here, beside, about, mine, all_])
    assert page.for_(sight("/1/2/")) == [here, about, mine, all_]
    assert page.for_(sight("/1/2/", person_id=2)) == [here, all_]
    assert page.for_(sight("/1/", person_id=2, below="/1/3/")) == [beside, all_]
    assert page.for_(sight(person_id=7)) == [here, beside, all_]
    assert page.for_(None) == [here, beside, about, mine, all_]


def test_a_change_of_rights_concerns_those_it_names_or_everybody() -> None:
    assert Frame(1, rights=frozenset({7})).concerns(7)
    assert not Frame(1, rights=frozenset({7})).concerns(8)
    assert Frame(1, rights=frozenset({EVERYBODY})).concerns(8)
    assert not Frame(1).concerns(8)
