/** The live map's pure parts: what passes the filters, what is kept, where names stand, how a wall's panels turn. */
import assert from "node:assert/strict";
import test from "node:test";

const SRC = "../../../server/web/static/src";
const { matcher } = await import(`${SRC}/lib/matching.js`);
const { newest } = await import(`${SRC}/lib/newest.js`);
const view = await import(`${SRC}/lib/view.js`);
const { turned, pagesOf, MOST_PAGES } = await import(`${SRC}/lib/turning.js`);
const { room, named, boxAt, NAME_PX } = await import(`${SRC}/map/room.js`);
const { fan, MOST } = await import(`${SRC}/map/fan.js`);

const checkin = (id, minute, more = {}) => ({
  id,
  number: minute,
  person: { id: 1, name: "陈晓" },
  unit: { id: 1, name: "东河镇" },
  trip: { id: 7, title: "赴临江考察" },
  stop: { id: 1, name: "临江一厂" },
  areas: [{ name: "柳树村" }],
  kind: "arrive",
  happened_at: `2026-09-01T08:${String(minute).padStart(2, "0")}:00Z`,
  signals: [],
  note: "",
  met: null,
  reviews: [],
  ...more,
});
const ids = (kept) => kept.all().map((one) => one.id);

test("a check-in passes by kind, duty, signal and words, all of them together", () => {
  const one = checkin("a", 1, { signals: [{ code: "too_fast" }], note: "Met Mr Wang", met: { enterprise: "华东电机" } });
  for (const filters of [{}, { kind: "arrive" }, { duty: "7" }, { signal: "any" }, { signal: "too_fast" }, { q: "陈晓 临江" }, { q: "WANG" }, { q: "华东" }])
    assert.equal(matcher(filters).checkin(one), true, JSON.stringify(filters));
  for (const filters of [{ kind: "leave" }, { duty: "8" }, { duty: "none" }, { signal: "clock_skew" }, { q: "陈晓 南京" }, { kind: "arrive", duty: "8" }])
    assert.equal(matcher(filters).checkin(one), false, JSON.stringify(filters));
  assert.equal(matcher({ duty: "none" }).checkin({ ...one, trip: null }), true);
});

test("people pass by duty and words; kind and signal are of check-ins, and leave crossings out", () => {
  const place = { person: { id: 1, name: "陈晓" }, unit: { id: 1, name: "东河镇" }, trip: { id: 7, title: "巡查" } };
  assert.equal(matcher({ kind: "leave", signal: "any", q: "东河" }).place(place), true);
  assert.equal(matcher({ q: "西岭" }).place(place), false);
  const crossing = { ...place, area: { name: "柳树村" } };
  assert.equal(matcher({ q: "柳树" }).crossing(crossing), true);
  assert.equal(matcher({ kind: "leave" }).crossing(crossing), false);
});

test("check-ins stand newest first whatever order they come in, each once, the oldest beyond the bound let go", () => {
  const kept = newest(3);
  assert.equal(kept.put(checkin("b", 2)), true);
  for (const [id, minute] of [["d", 4], ["a", 1], ["c", 3]]) kept.put(checkin(id, minute));
  assert.deepEqual(ids(kept), ["d", "c", "b"]);
  assert.equal(kept.put(checkin("c", 3, { note: "后来补的" })), false);
  assert.deepEqual(ids(kept), ["d", "c", "b"]);
  assert.equal(kept.of("c").note, "后来补的");
  kept.put(checkin("0", 0));
  assert.deepEqual(ids(kept), ["d", "c", "b"]);
  assert.equal(kept.of("0"), undefined);
});

test("a reading that is through takes away what it has not met, but nothing that came meanwhile", () => {
  const kept = newest(9);
  for (const [id, minute] of [["gone", 1], ["stays", 2]]) kept.put(checkin(id, minute));
  kept.begin();
  kept.put(checkin("stays", 2));
  kept.put(checkin("new", 5));
  kept.end();
  assert.deepEqual(ids(kept), ["new", "stays"]);
  kept.begin();
  kept.giveUp();
  assert.deepEqual(ids(kept), ["new", "stays"]);
});

test("what grows older than was asked for goes, also over midnight", () => {
  const kept = newest(9);
  kept.put(checkin("before", 0, { happened_at: "2026-09-01T15:59:00Z" }));
  kept.put(checkin("after", 0, { happened_at: "2026-09-01T16:01:00Z" }));
  assert.equal(kept.forget(Date.parse("2026-09-01T15:00:00Z")), false);
  assert.equal(kept.forget(Date.parse("2026-09-01T16:00:00Z")), true);
  assert.deepEqual(ids(kept), ["after"]);
});

test("nothing of a check-in is kept that the map does not show", () => {
  const kept = newest(9);
  kept.put(checkin("a", 1, { met: { contact: "李四", enterprise: "华东电机" }, reviews: [{}], areas: [{ name: "县" }, { name: "村" }] }));
  const one = kept.of("a");
  assert.deepEqual([one.met, one.reviews, one.areas], [null, [], [{ name: "村" }]]);
});

test("a view is read back as it was written, and nonsense is none", () => {
  const sight = { lng: 118.5012, lat: 29.60345, zoom: 11.25 };
  assert.deepEqual(view.fromText(view.toText(sight)), sight);
  for (const text of [undefined, "", "a,b,c", "118,29", "118,29,11,4", "500,29,11", "118,29,99", "118,,11", "NaN,1,2"])
    assert.equal(view.fromText(text), null, String(text));
});

test("names stand where there is room, beside the dot when not above it, and keep their side", () => {
  const space = () => room(400, 300);
  const asked = [1, 2].map((id) => ({ id, x: 100 + id, y: 100, width: 40 }));
  assert.deepEqual([...named(asked, new Map(), space())], [[1, "above"], [2, "right"]]);
  assert.deepEqual([...named(asked, new Map([[2, "above"]]), space())], [[2, "above"], [1, "right"]]);
});

test("a name leaves free what the areas' names take, and stands nowhere when all sides are taken", () => {
  const one = { id: 1, x: 100, y: 100, width: 40 };
  const space = room(400, 300);
  space.take(boxAt(one, "above"));
  assert.equal(named([one], new Map(), space).get(1), "right");
  const full = room(400, 300);
  full.take({ x: 0, y: 0, width: 400, height: 300 });
  assert.equal(named([one], new Map(), full).size, 0);
  assert.equal(space.free({ x: 300, y: 200, width: 50, height: NAME_PX }), true);
});

test("a cluster opens into places that do not cover each other, however many they are", () => {
  for (const count of [2, 5, 10, 11, 30, 200]) {
    const places = fan(count);
    assert.equal(places.length, Math.min(count, MOST));
    for (const [index, [x, y]] of places.entries())
      for (const [right, down] of places.slice(index + 1)) assert.ok(Math.hypot(x - right, y - down) > 22, `${count}`);
  }
});

test("panels turn page by page, pass over empty ones, and come round", () => {
  const pages = [2, 0, 1];
  const seen = [];
  for (let turn = { panel: 0, page: 0 }, n = 0; n < 4; n += 1, turn = turned(turn, 1, pages)) seen.push([turn.panel, turn.page]);
  assert.deepEqual(seen, [[0, 0], [0, 1], [2, 0], [0, 0]]);
  assert.deepEqual(turned({ panel: 0, page: 0 }, -1, pages), { panel: 2, page: 0 });
  assert.deepEqual(turned({ panel: 2, page: 0 }, -1, pages), { panel: 0, page: 1 });
  assert.deepEqual(turned({ panel: 1, page: 5 }, 1, [0, 0, 0]), { panel: 0, page: 0 });
});

test("as many pages as the rows need, and no panel keeps the wall for itself", () => {
  assert.deepEqual([pagesOf(0, 5), pagesOf(5, 5), pagesOf(6, 5), pagesOf(9, 0), pagesOf(1e6, 5)], [1, 1, 2, MOST_PAGES, MOST_PAGES]);
});
