/** GCJ-02 on the page against the vendors' vectors, its inverse, and the projection a GCJ-02 base map is drawn in. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";
import { fromLonLat, get, transform } from "ol/proj.js";
import { fromGcj, toGcj } from "../../../server/web/static/src/map/datum.js";
import { projectionFor } from "../../../server/web/static/src/map/projection.js";

const VECTORS = process.env.DATUM_VECTORS || "";

function metres(a, b) {
  const east = (a[0] - b[0]) * 111320 * Math.cos((a[1] * Math.PI) / 180);
  return Math.hypot(east, (a[1] - b[1]) * 110574);
}

test("the vendors' own values are met within their tolerance", { skip: !existsSync(VECTORS) }, () => {
  const turn = { "WGS84>GCJ02": toGcj, "GCJ02>WGS84": fromGcj };
  let tried = 0;
  for (const each of JSON.parse(readFileSync(VECTORS, "utf-8"))) {
    const convert = turn[`${each.from}>${each.to}`];
    if (!convert) continue;
    tried += 1;
    assert.ok(metres(convert([each.lon, each.lat]), [each.exp_lon, each.exp_lat]) <= each.tol_m, each.name);
  }
  assert.ok(tried > 4);
});

test("there and back again is the same place to a micrometre", () => {
  for (const place of [
    [118.4, 29.6],
    [116.4, 39.9],
    [87.6, 43.8],
    [104.99, 35.01],
  ]) {
    assert.ok(metres(fromGcj(toGcj(place)), place) < 1e-6);
  }
});

test("outside China nothing moves", () => {
  assert.deepEqual(toGcj([139.7, 35.7]), [139.7, 35.7]);
});

test("on a GCJ-02 base map a WGS-84 place is drawn where the tiles show it", () => {
  const projection = projectionFor({ urls: [], kind: "xyz", datum: "GCJ-02", attribution: "" });
  const place = [118.4, 29.6];
  const drawn = transform(place, "EPSG:4326", projection);
  assert.ok(metres(transform(drawn, get("EPSG:3857"), "EPSG:4326"), toGcj(place)) < 1e-3);
  assert.ok(Math.hypot(drawn[0] - fromLonLat(place)[0], drawn[1] - fromLonLat(place)[1]) > 300);
  assert.ok(metres(transform(drawn, projection, "EPSG:4326"), place) < 1e-3);
});

test("other base maps and none are drawn in plain web mercator", () => {
  assert.equal(projectionFor(null).getCode(), "EPSG:3857");
  assert.equal(projectionFor({ urls: [], kind: "wmts", datum: "CGCS2000", attribution: "" }).getCode(), "EPSG:3857");
});
