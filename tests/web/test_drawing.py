"""Boundaries drawn by mouse: a new area that snaps to its neighbour, a hole in it; versions held against each other."""

import re

import pytest
import shapely
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from server.db import db
from server.models.areas import Area
from server.queries import boundaries
from tests.people import County
from tests.web.conftest import EAST, Open, publish

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("app", ["spatialite"], indirect=True),
    pytest.mark.usefixtures("land"),
]

PAINTED = """() => {
  const canvas = document.querySelector('#map canvas:not(.map-people, .map-arrivals, .map-names)');
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const [xs, ys] = [[], []];
  for (let y = 0; y < height; y += 2)
    for (let x = 0; x < width; x += 2)
      if (data[4 * (y * width + x) + 3]) { xs.push(x); ys.push(y); }
  const middle = (all) => all.length
    ? (all.reduce((a, b) => Math.min(a, b)) + all.reduce((a, b) => Math.max(a, b))) / 2 : 0;
  const ratio = canvas.width / canvas.getBoundingClientRect().width;
  return [middle(xs) / ratio, middle(ys) / ratio];
}"""
"""The middle of what the map has painted: where the two townships meet."""


def stroke(page: Page, corners: list[tuple[float, float]]) -> None:
    """Click these corners, given from where the townships meet; the last one twice."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = page.evaluate(PAINTED)
    places = [(box["x"] + x + right, box["y"] + y + down) for right, down in corners]
    for place in places[:-1]:
        page.mouse.click(*place)
        page.wait_for_timeout(300)  # two clicks at once would be a double one
    page.mouse.dblclick(*places[-1])


def test_a_new_area_is_drawn_snaps_to_the_edge_beside_it_and_gets_a_hole(desk: Open, people: County) -> None:
    page = desk(people.administrator).open("/areas")
    expect(page.locator("#areas")).to_contain_text("东河镇")
    page.wait_for_timeout(600)
    scale = page.locator(".ol-scale-line-inner").inner_text()
    page.get_by_role("button", name="在地图上画新区域").click()
    stroke(page, [(6, -60), (90, -60), (90, 60), (6, 60)])
    page.get_by_role("button", name="挖洞").click()
    stroke(page, [(30, -20), (60, -20), (60, 20), (30, 20)])
    page.get_by_role("button", name="发布…").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=name]").fill("新一网格")
    dialog.locator("[name=code]").fill("g-new-1")
    dialog.get_by_role("button", name="发布").click()
    expect(page.locator("#areas tr").filter(has_text="新一网格")).to_contain_text("第 1 版")
    area_id = db.session.execute(sa.select(Area.id).where(Area.code == "g-new-1")).scalar_one()
    shape = boundaries.shape_of(area_id, 1)
    assert isinstance(shape, shapely.MultiPolygon)
    [part] = shape.geoms
    assert len(part.interiors) == 1
    west = [lng for lng, _ in part.exterior.coords if abs(lng - 118.50) < 1e-6]
    assert len(west) >= 2
    expect(page.locator(".ol-scale-line-inner")).to_have_text(scale)
    assert EAST.buffer(1e-7).contains(part)


def test_a_version_is_held_against_any_earlier_one(desk: Open, people: County) -> None:
    for east in (118.59, 118.58):
        publish("township", {"东河镇": shapely.box(118.50, 29.50, east, 29.70)})
    page = desk(people.administrator).open("/areas")
    page.locator("#areas").get_by_role("button", name="东河镇").click()
    newest = page.locator("#one tr").filter(has_text="第 3 版").first
    newest.get_by_label("与哪一版相比").select_option("1")
    newest.get_by_role("button", name="比较").click()
    difference = page.locator("#difference")
    expect(difference).to_contain_text("第 3 版与第 1 版相比")
    expect(difference).to_contain_text("减少 42.95 km²")


def test_the_first_drag_moves_a_map_and_the_wheel_zooms_it_where_the_page_does_not_scroll(
    desk: Open, people: County
) -> None:
    page = desk(people.administrator).open("/")
    scale = page.locator(".ol-scale-line-inner")
    expect(scale).to_have_text(re.compile("k?m"))
    page.wait_for_timeout(600)
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = page.evaluate(PAINTED)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 40, steps=4)
    page.mouse.up()
    page.wait_for_function(
        f"before => {{ const at = ({PAINTED})(); return at[0] - before[0] > 20; }}", arg=before
    )
    words = scale.inner_text()
    page.mouse.wheel(0, -600)
    expect(scale).not_to_have_text(words)
