"""Reporting a matter from the phone: without a network, with a place and photos, once; what is known is proposed."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from server.db import db
from server.models.matters import Matter, MatterProof
from server.models.photos import Photo
from tests.matters import category, ordinary
from tests.people import County, Someone
from tests.phone.conftest import NewPhone
from tests.phone.test_photos import camera
from tests.support.waiting import until
from tests.trips import FACTORY

pytestmark = pytest.mark.browser


def reported(who: Someone) -> list[Matter]:
    """What they reported, in order."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Matter).where(Matter.by_id == who.id).order_by(Matter.id)))


def photos_of(matter: Matter) -> list[int]:
    """Which of a matter's photos are kept."""
    db.session.rollback()
    statement = sa.select(Photo.number).join(MatterProof, MatterProof.id == Photo.proof_id)
    kept = statement.where(MatterProof.matter_id == matter.id, Photo.kept_at.is_not(None))
    return list(db.session.scalars(kept.order_by(Photo.number)))


def test_a_matter_reported_without_a_network_arrives_once_with_its_place_and_photos(
    phone: NewPhone, cadre: Someone, people: County, tmp_path: Path
) -> None:
    above = ordinary()
    category(name="路灯照明", parent_id=above)
    here = phone(offline=True)
    page = here.sign_in(cadre)
    page.evaluate("navigator.serviceWorker.ready")
    page.get_by_role("link", name="上报事项").click()
    expect(page.locator("[name=category]")).to_contain_text("路灯照明")
    here.cut()
    page.locator("[name=category]").select_option(label="\u3000路灯照明")
    page.locator("[name=text]").fill("村口路灯不亮")
    page.locator("[name=place]").fill("柳树村口")
    page.get_by_role("button", name="带上我现在的位置").click()
    expect(page.locator("main")).to_contain_text("已带上位置（约 15 米）")
    page.locator("[name=album]").set_input_files([camera(tmp_path, "a")])
    expect(page.locator(".tile img")).to_have_count(1)
    page.reload()  # what is written stays
    expect(page.locator("[name=text]")).to_have_value("村口路灯不亮")
    page.get_by_role("button", name="上报", exact=True).dblclick()
    expect(page.locator("main")).to_contain_text("已存在本机", timeout=20_000)
    expect(page.locator("main")).to_contain_text("上报事项")
    assert reported(cadre) == []
    here.reconnect(page)
    until(lambda: [photos_of(matter) for matter in reported(cadre)] == [[1]])
    [matter] = reported(cadre)
    assert (matter.kind, matter.text, matter.place) == ("patrol", "村口路灯不亮", "柳树村口")
    assert (matter.lng, matter.lat) == pytest.approx((FACTORY["lng"], FACTORY["lat"]), abs=1e-6)
    page.goto(f"{here.url}/m/#/report")
    expect(page.locator("[name=text]")).to_have_value("")
    page.locator("[name=category]").select_option(label="\u3000路灯照明")
    page.locator("[name=place]").fill("柳树村口")
    page.locator("[name=text]").fill("路灯还是不亮")
    expect(page.locator("main")).to_contain_text("七天内同一地点已有同类事项")
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.locator("main")).to_contain_text("已上报")
    assert [each.text for each in reported(cadre)] == ["村口路灯不亮", "路灯还是不亮"]


def test_what_the_server_does_not_take_is_shown_with_its_reason_and_can_be_corrected(
    phone: NewPhone, cadre: Someone, people: County, tmp_path: Path
) -> None:
    chosen = category(name="积水")
    here = phone()
    page = here.sign_in(cadre)
    page.goto(f"{here.url}/m/#/report")
    page.locator("[name=category]").select_option(label="积水")
    page.locator("[name=text]").fill("桥下积水")
    page.locator("[name=album]").set_input_files([camera(tmp_path, "b")])
    expect(page.locator(".tile img")).to_have_count(1)
    db.session.execute(
        sa.text("UPDATE matter_categories SET retired_at = '2026-01-01' WHERE id = :id"), {"id": chosen}
    )
    db.session.commit()
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.locator("main")).to_contain_text("请选择事项类别")
    page.get_by_role("button", name="改好再送").click()
    expect(page.locator("[name=text]")).to_have_value("桥下积水")
    expect(page.locator(".tile img")).to_have_count(1)
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.locator("main")).to_contain_text("已上报")
    until(lambda: [photos_of(matter) for matter in reported(cadre)] == [[1]])
