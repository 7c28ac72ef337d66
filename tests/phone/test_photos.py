"""Photos on the phone: shrunk, kept without a network, sent after their check-in, once, whatever happens meanwhile."""

import os
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Page, Route, expect

from server.config import Settings
from server.db import db
from server.held import held
from server.models.checkins import Checkin, CheckinDetail
from server.models.photos import Photo
from server.services import originals
from tests.people import County, Someone
from tests.phone.conftest import NewPhone, Phone
from tests.phone.test_offline import fill, prepared
from tests.photos import MAKER, drawn, exif, written
from tests.support.serving import Served
from tests.support.waiting import until
from tests.trips import under_way

pytestmark = pytest.mark.browser

PART = re.compile(r"/api/v1/photos/[^/]+\?offset=")
SHRUNK = 1600


def camera(tmp_path: Path, name: str, *, noise: bool = False) -> Path:
    """A photo as a phone's camera writes it: large, on its side, with the place in it; noisy ones stay large."""
    image = drawn(2000, 1500)
    if noise:
        image = Image.frombytes("L", (1000, 750), os.urandom(750_000)).convert("RGB")
    file = tmp_path / f"{name}.jpg"
    file.write_bytes(written(image, exif=exif(orientation=6)))
    return file


def write(here: Phone, page: Page, note: str, *files: Path) -> None:
    """Check in with a note and photos out of the album."""
    page.goto(f"{here.url}/m/#/checkin")
    page.locator("[name=note]").fill(note)
    page.locator("[name=album]").set_input_files(files)
    expect(page.locator(".tile img")).to_have_count(len(files))
    expect(page.locator(".figure")).to_have_text("15 米")
    page.get_by_role("button", name="送出签到").click()


def kept(who: Someone) -> list[tuple[str, int, UUID]]:
    """Their photos that are kept, in the order in which they arrived: the check-in's note, which of its photos, id."""
    db.session.rollback()
    rows = db.session.execute(
        sa.select(CheckinDetail.note, Photo.number, Photo.id)
        .join(Checkin, Checkin.id == Photo.checkin_id)
        .join(CheckinDetail, CheckinDetail.checkin_id == Checkin.id)
        .where(Photo.person_id == who.id, Photo.kept_at.is_not(None))
        .order_by(Photo.kept_at)
    )
    return [(note, number, photo_id) for note, number, photo_id in rows]


def counts(who: Someone) -> list[int]:
    """How many photos each of their check-ins told of."""
    db.session.rollback()
    asked = sa.select(Checkin.photo_count).where(Checkin.person_id == who.id).order_by(Checkin.received_at)
    return list(db.session.scalars(asked))


def original(photo_id: UUID) -> Path:
    """The file of a photo that is kept."""
    sha256 = db.session.get_one(Photo, photo_id).sha256
    assert sha256 is not None
    return originals.original(sha256)


def test_three_check_ins_with_photos_outlive_reload_and_closing_and_arrive_once_in_order(
    phone: NewPhone, cadre: Someone, people: County, tmp_path: Path
) -> None:
    under_way(cadre, people.leader)
    here = phone(offline=True)
    page = prepared(here, cadre)
    taken = [camera(tmp_path, name, noise=name == "b") for name in ("a", "b")]
    write(here, page, "其一", *taken)
    expect(page.locator("main")).to_contain_text("已存在本机")
    page.reload()
    for note in ("其二", "其三"):
        write(here, page, note, camera(tmp_path, note))
        expect(page.locator("main")).to_contain_text("已存在本机")
    page.close()
    pages = [here.context.new_page() for _ in range(2)]
    for each in pages:
        each.goto(f"{here.url}/m/#/deliveries")
        expect(each.locator(".delivery-waiting")).to_have_count(7)
    assert kept(cadre) == []
    parts: list[str] = []
    here.context.on("request", lambda asked: parts.append(asked.url) if PART.search(asked.url) else None)
    here.reconnect(pages[0])
    here.back_online(pages[1])
    for each in pages:
        expect(each.locator(".delivery-kept")).to_have_count(7)
    arrived = kept(cadre)
    assert [(note, number) for note, number, _ in arrived] == [
        ("其一", 1),
        ("其一", 2),
        ("其二", 1),
        ("其三", 1),
    ]
    assert len(parts) == len(set(parts)) > len(arrived)
    content = original(arrived[0][2]).read_bytes()
    assert MAKER.encode() not in content
    with Image.open(original(arrived[0][2])) as sent:
        assert (sent.size, sent.getexif().get(0x0112)) == ((SHRUNK * 3 // 4, SHRUNK), None)
        grey = sent.convert("L").tobytes()
    assert grey[600 + 100 * 1200] < grey[600 + 1500 * 1200]  # the dark left half is on top
    left = "import('/m/src/kept.js').then((kept) => kept.run('photos', 'readonly', (table) => table.count()))"
    assert pages[0].evaluate(left) == 0


def test_a_server_killed_between_receiving_and_answering_a_part_keeps_the_photo_once(
    phone: NewPhone, cadre: Someone, people: County, server: Served, tmp_path: Path
) -> None:
    under_way(cadre, people.leader)
    here = phone(offline=True)
    page = prepared(here, cadre)
    write(here, page, "坝体裂缝", camera(tmp_path, "a", noise=True))
    expect(page.locator(".delivery-waiting")).to_have_count(2)

    def swallow_the_answer(route: Route) -> None:
        here.way.swallow()
        route.continue_()

    page.route(PART, swallow_the_answer, times=1)
    here.reconnect(page)
    parts = held(Settings).instance / "photos" / "parts"

    def has_come() -> bool:
        page.wait_for_timeout(20)  # lets the page's request be seen to
        return any(file.stat().st_size for file in parts.glob("*"))

    until(has_come)
    [part] = parts.glob("*")
    received = part.stat().st_size
    server.kill_workers()
    offsets: list[str] = []
    here.context.on("request", lambda asked: offsets.append(asked.url) if PART.search(asked.url) else None)
    here.way.restore()
    expect(page.locator(".delivery-kept")).to_have_count(2)
    assert offsets[0].endswith(f"offset={received}")
    assert [(note, number) for note, number, _ in kept(cadre)] == [("坝体裂缝", 1)]
    page.locator(".verdict-link").click()
    expect(page.locator(".tile img[src]")).to_have_count(1)
    page.get_by_role("button", name="照片 1").click()
    expect(page.locator(".viewer .stamped")).to_be_visible()


def test_a_full_phone_says_so_before_takes_no_photo_in_and_checks_in_all_the_same(
    phone: NewPhone, cadre: Someone, people: County, tmp_path: Path
) -> None:
    under_way(cadre, people.leader)
    here = phone(offline=True)
    tools = here.context.new_cdp_session(here.page)
    tools.send("Storage.overrideQuotaForOrigin", {"origin": here.url, "quotaSize": 2_000_000})
    page = prepared(here, cadre)
    fill(page)
    here.open("#/checkin")
    expect(page.locator("main")).to_contain_text("手机存储快满了")
    page.locator("[name=album]").set_input_files([camera(tmp_path, "a")])
    expect(page.locator("main")).to_contain_text("这张照片没有放进来")
    expect(page.locator(".tile")).to_have_count(0)
    page.locator("[name=note]").fill("没有照片")
    expect(page.locator(".figure")).to_have_text("15 米")
    here.reconnect(page)
    here.send()
    until(lambda: counts(cadre) == [0], seconds=20)


def test_what_is_no_picture_is_said_one_can_be_taken_out_and_a_draft_keeps_the_rest(
    phone: NewPhone, cadre: Someone, people: County, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {
        "purpose": "safety",
        "basis": "县防汛指挥部 2026 年第 3 号令",
        "photos_required": True,
    }
    under_way(cadre, people.leader, **asked)
    here = phone()
    page = here.sign_in(cadre)
    here.open("#/checkin")
    expect(page.locator("main")).to_contain_text("本任务要求照片")
    expect(page.locator("main")).to_contain_text("县防汛指挥部 2026 年第 3 号令")
    (broken := tmp_path / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    page.locator("[name=album]").set_input_files([camera(tmp_path, "a"), broken, camera(tmp_path, "b")])
    expect(page.locator("main")).to_contain_text("有一张图片读不出来")
    expect(page.locator(".tile img")).to_have_count(2)
    page.get_by_role("button", name="去掉照片 1").click()
    expect(page.locator(".tile img")).to_have_count(1)
    page.reload()
    expect(page.locator(".tile img")).to_have_count(1)
    expect(page.locator(".figure")).to_have_text("15 米")
    here.send()
    expect(page.locator(".verdict-word")).to_have_text("在内")
    expect(page.locator(".tile img[src]")).to_have_count(1)
    page.get_by_role("button", name="照片 1").click()
    page.get_by_role("dialog").get_by_role("button", name="删除照片").click()
    here.page.get_by_role("dialog", name="删除这张照片？").get_by_role("button", name="删除照片").click()
    expect(page.locator(".tile")).to_have_text("已删除")
