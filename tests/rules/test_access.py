"""Who may do what, and which roles are kept apart."""

import pytest

from server.errors import Forbidden, NotFound
from server.rules import access
from server.rules.access import ROLES, Actor, Grant

ROOT, A, A_VILLAGE, B = "/1/", "/1/2/", "/1/2/7/", "/1/3/"


def actor(*grants: Grant, path: str = A) -> Actor:
    return Actor(person_id=9, name="某人", unit_id=2, unit_path=path, grants=grants)


def test_a_role_reaches_its_unit_and_everything_below_and_nothing_beside() -> None:
    supervisor = actor(Grant("supervisor", A))
    assert access.allows(supervisor, "checkin.read", path=A)
    assert access.allows(supervisor, "checkin.read", path=A_VILLAGE)
    assert not access.allows(supervisor, "checkin.read", path=B)
    assert not access.allows(supervisor, "checkin.read", path=ROOT)


def test_a_path_that_only_begins_with_the_same_digits_is_not_below() -> None:
    assert not access.allows(actor(Grant("supervisor", "/1/2/")), "checkin.read", path="/1/22/")


def test_everybody_reaches_their_own() -> None:
    assert access.allows(actor(), "checkin.read", path=B, own=True)
    assert not access.allows(actor(), "checkin.read", path=B)


def test_an_administrator_reads_nobodys_track_by_that_role() -> None:
    administrator = actor(Grant("administrator", ROOT), path=ROOT)
    for permission in ("checkin.read", "trip.read", "place.read", "checkin.export"):
        assert not access.allows(administrator, permission, path=A)
    assert not access.holds(administrator, "place.read")


def test_an_auditor_reads_the_record_and_changes_nothing() -> None:
    auditor = actor(Grant("auditor", ROOT), path=ROOT)
    owns = {name for name, rule in access.PERMISSIONS.items() if rule.own}
    reads = {"event.read", "event.export", "look.read", "look.export", "board.read"}
    assert set(access.held_by(auditor)) - owns == reads


def test_what_needs_the_county_is_not_given_by_a_township() -> None:
    assert access.scope(actor(Grant("administrator", A)), "area.import").paths == ()
    assert access.scope(actor(Grant("administrator", ROOT)), "area.import").paths == (ROOT,)


def test_what_may_not_be_seen_is_not_there_and_what_may_not_be_done_is_forbidden() -> None:
    with pytest.raises(NotFound):
        access.ensure_seen(actor(), "checkin.read", path=B)
    with pytest.raises(Forbidden, match="make accounts"):
        access.ensure(actor(), "person.create", path=A)


def test_a_scope_names_each_subtree_once() -> None:
    both = actor(Grant("supervisor", A_VILLAGE), Grant("leader", A), Grant("supervisor", B))
    assert access.scope(both, "trip.read").paths == (A, B)


@pytest.mark.parametrize(("one", "other"), access.APART)
def test_roles_kept_apart_clash_where_their_subtrees_overlap(one: str, other: str) -> None:
    assert access.clash([Grant(one, ROOT), Grant(other, A_VILLAGE)]) is not None
    assert access.clash([Grant(one, A), Grant(other, A)]) is not None
    assert access.clash([Grant(other, ROOT), Grant(one, A)]) is not None
    assert access.clash([Grant(one, A), Grant(other, B)]) is None


def test_who_administers_may_still_be_a_cadre_and_who_watches_a_leader() -> None:
    assert access.clash([Grant("administrator", ROOT), Grant("cadre", A)]) is None
    assert access.clash([Grant("supervisor", ROOT), Grant("leader", ROOT)]) is None


def test_every_role_has_its_words() -> None:
    assert set(access.ROLE_WORDS) == set(ROLES)
