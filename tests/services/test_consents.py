from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from server.db import db
from server.errors import ConsentRefused, NotFound
from server.models.checkins import Checkin
from server.models.trips import Consent
from server.queries import places
from server.rules import consents as rules
from server.services import checkins, consents, trips
from tests import people
from tests.support.together import together
from tests.trips import approved, planned, told, under_way


def rows() -> list[tuple[str, bool]]:
    found = db.session.execute(sa.select(Consent).order_by(Consent.id)).scalars()
    return [(consent.level, consent.withdrawn_at is not None) for consent in found]


def test_consent_is_a_record_that_is_added_to_never_rewritten(app: Flask) -> None:
    folk = people.county(app)
    trip = approved(folk.cadre, folk.supervisor_a, tracking="track")
    consents.give(folk.cadre.actor, trip["id"], "checkins")
    consents.give(folk.cadre.actor, trip["id"], "checkins")
    consents.give(folk.cadre.actor, trip["id"], "track")
    consents.withdraw(folk.cadre.actor, trip["id"])
    consents.withdraw(folk.cadre.actor, trip["id"])
    consents.give(folk.cadre.actor, trip["id"], "checkins")
    assert rows() == [("checkins", True), ("track", True), ("checkins", False)]


def test_nobody_is_asked_for_more_than_the_trip_uses(app: Flask) -> None:
    folk = people.county(app)
    with pytest.raises(ConsentRefused):
        consents.give(folk.cadre.actor, approved(folk.cadre, folk.supervisor_a)["id"], "track")
    none = approved(folk.cadre, folk.supervisor_a, tracking="none")
    with pytest.raises(ConsentRefused):
        consents.give(folk.cadre.actor, none["id"], "checkins")


def test_nobody_consents_for_another(app: Flask) -> None:
    folk = people.county(app)
    trip = planned(folk.cadre)
    for other in (folk.supervisor_a, folk.colleague):
        with pytest.raises(NotFound):
            consents.give(other.actor, trip["id"], "checkins")


def test_a_trip_that_is_over_asks_for_nothing(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    trips.complete(folk.cadre.actor, trip["id"])
    with pytest.raises(ConsentRefused):
        consents.give(folk.cadre.actor, trip["id"], "checkins")


def test_withdrawing_takes_one_off_the_map_at_once_and_keeps_nothing_more(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    checkins.make(folk.cadre.actor, told(trip))
    assert len(places.items([folk.cadre.id])) == 1
    consents.withdraw(folk.cadre.actor, trip["id"])
    assert places.items([folk.cadre.id]) == []
    kept = checkins.make(folk.cadre.actor, told(trip)).document
    assert kept["position"] is None
    assert kept["position_withheld"] == "no_consent"
    assert places.items([folk.cadre.id]) == []


def test_of_check_ins_and_a_withdrawal_at_one_instant_none_is_kept_after_the_withdrawal(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a, consenting=[])
    actor = folk.cadre.actor
    for _ in range(12):
        consents.give(actor, trip["id"], "checkins")
        one, many = told(trip), [told(trip) for _ in range(5)]
        send_one, send_many = partial(checkins.make, actor, one), partial(checkins.make_many, actor, many)
        together(app, send_many, partial(consents.withdraw, actor, trip["id"]), send_one)
        db.session.rollback()
        assert places.items([folk.cadre.id]) == []
        withdrawn_at = db.session.execute(sa.select(sa.func.max(Consent.withdrawn_at))).scalar_one()
        sent = sa.select(Checkin.received_at).where(Checkin.id.in_([one.id, *(each.id for each in many)]))
        found = list(db.session.execute(sent.where(Checkin.has_position)).scalars())
        assert withdrawn_at is not None
        assert all(received_at <= withdrawn_at for received_at in found)


def test_the_words_agreed_to_are_told_in_both_languages(app: Flask) -> None:
    folk = people.county(app)
    trip = planned(folk.cadre, tracking="track")
    asked = consents.read(folk.cadre.actor, trip["id"])
    assert asked["asks"] == "track"
    assert "连续记录" in asked["words_zh"]
    assert "continuously" in asked["words_en"]


def test_it_is_told_before_consent_how_long_positions_are_kept(app: Flask) -> None:
    folk = people.county(app)
    track = consents.read(folk.cadre.actor, planned(folk.cadre, tracking="track")["id"])
    assert "签到的位置自收到起保存 730 天" in track["words_zh"]
    assert "轨迹的定位点保存 180 天" in track["words_zh"]
    assert "of the track for 180 days" in track["words_en"]
    checkins_alone = consents.read(folk.cadre.actor, planned(folk.cadre, tracking="checkins")["id"])
    assert "730 days" in checkins_alone["words_en"]
    assert "180" not in checkins_alone["words_en"]


def test_the_words_one_agreed_to_stay_those_of_the_duty_when_newer_ones_come(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    folk = people.county(app)
    trip = approved(folk.cadre, folk.supervisor_a, tracking="track")
    agreed = consents.give(folk.cadre.actor, trip["id"], "checkins")
    newer = dict.fromkeys(rules.LEVELS, ("新的用词", "newer words"))
    monkeypatch.setitem(rules.WORDS, "2030-01", newer)
    monkeypatch.setattr(rules, "CURRENT_WORDS", "2030-01")
    assert consents.give(folk.cadre.actor, trip["id"], "track")["words_zh"] == agreed["words_zh"]
    consents.withdraw(folk.cadre.actor, trip["id"])
    assert "新的用词" in consents.give(folk.cadre.actor, trip["id"], "track")["words_zh"]
    kept = db.session.scalars(sa.select(Consent.words).order_by(Consent.id))
    assert list(kept) == ["2026-01", "2026-01", "2030-01"]
