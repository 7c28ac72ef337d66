/** Who is where, from a snapshot and a stream: nothing is lost between the two, and nobody moves backwards. */
import assert from "node:assert/strict";
import test from "node:test";

const { presence } = await import("../../../server/web/static/src/lib/places.js");
const dots = await import("../../../server/web/static/src/map/dots.js");
const { named, room } = await import("../../../server/web/static/src/map/room.js");
const { woven } = await import("../../../server/web/static/src/lib/passing.js");

const at = (second) => `2026-09-01T08:00:${String(second).padStart(2, "0")}Z`;
const place = (person, second, lng = 118.5) => ({
  person: { id: person, name: `人${person}` },
  unit: { id: 1, name: "东河镇" },
  trip: { id: 7, title: "巡查" },
  position: { lng, lat: 29.6, accuracy_m: 10 },
  at: at(second),
});
const told = (places) => places.all().map((one) => [one.person.id, one.at]);

test("what comes while the snapshot is on its way is laid over it", () => {
  const places = presence();
  places.asked();
  places.take({ items: [place(1, 5), place(2, 5)] });
  places.take({ gone: [3] });
  places.answered([place(1, 9), place(2, 1), place(3, 1), place(4, 1)]);
  assert.deepEqual(told(places), [[1, at(9)], [2, at(5)], [4, at(1)]]);
});

test("a snapshot that did not come leaves what was there, and what came meanwhile", () => {
  const places = presence();
  places.take({ items: [place(1, 1)] });
  places.asked();
  places.take({ items: [place(2, 2)] });
  places.answered(null);
  assert.deepEqual(told(places), [[1, at(1)], [2, at(2)]]);
});

test("an older place of the same duty moves nobody, one of another duty does", () => {
  const places = presence();
  places.take({ items: [place(1, 9)] });
  places.take({ items: [place(1, 5)] });
  assert.deepEqual(told(places), [[1, at(9)]]);
  places.take({ items: [{ ...place(1, 5), trip: { id: 8, title: "另一次" } }] });
  assert.deepEqual(told(places), [[1, at(5)]]);
});

const put = (one) => [one.position.lng, one.position.lat];

test("a dot glides from where it is drawn, and arrives", () => {
  const drawn = new Map();
  dots.move(drawn, [place(1, 1, 0)], put, { now: 1000, still: false });
  assert.equal(dots.move(drawn, [place(1, 2, 10)], put, { now: 2000, still: false }), true);
  const [half] = dots.where(drawn.get(1), 2000 + dots.GLIDE_MS / 2);
  assert.equal(half, 5);
  dots.move(drawn, [place(1, 3, 0)], put, { now: 2000 + dots.GLIDE_MS / 2, still: false });
  assert.equal(dots.where(drawn.get(1), 2000 + dots.GLIDE_MS / 2)[0], 5);
  assert.equal(dots.where(drawn.get(1), 9000)[0], 0);
  assert.equal(dots.move(drawn, [place(1, 3, 0)], put, { now: 9000, still: false }), false);
  dots.move(drawn, [], put, { now: 9000, still: false });
  assert.equal(drawn.size, 0);
});

test("who asked for less motion sees nobody glide", () => {
  const drawn = new Map();
  dots.move(drawn, [place(1, 1, 0)], put, { now: 1000, still: true });
  dots.move(drawn, [place(1, 2, 10)], put, { now: 2000, still: true });
  assert.equal(dots.where(drawn.get(1), 2001)[0], 10);
});

test("those who lie together share a dot, across the edges of cells too", () => {
  const drawn = new Map();
  dots.move(drawn, [place(1, 1, 19.9), place(2, 1, 20.1), place(3, 1, 60)], put, { now: 0, still: true });
  const found = dots.groups(drawn.values(), 20);
  assert.deepEqual(found.map(({ places }) => places.map((one) => one.person.id)), [[1, 2], [3]]);
});

test("dots are grouped alike for a while as the map is zoomed", () => {
  assert.equal(dots.stepped(10), dots.stepped(10.5));
  assert.notEqual(dots.stepped(10), dots.stepped(15));
});

test("crossings stand between the check-ins of their time, those in a row together", () => {
  const checkin = (id, second) => ({ id, happened_at: at(second) });
  const crossing = (id, second) => ({ id, at: at(second) });
  const entries = woven(
    [checkin("b", 30), checkin("a", 10)],
    [crossing(1, 5), crossing(2, 20), crossing(3, 25), crossing(4, 40)],
  );
  const ids = entries.map((entry) => ("checkin" in entry ? entry.checkin.id : entry.crossings.map((one) => one.id)));
  assert.deepEqual(ids, [[4], "b", [3, 2], "a"]);
});

test("a name finds the room there is between two marks and beside its own dot", () => {
  const space = room(500, 500);
  const dot = { id: 1, x: 387.8, y: 311.6, width: 31 };
  for (const [x, y] of [[374, 262], [389, 322], [411, 354]]) space.take({ x, y, width: 20, height: 20 });
  space.take({ x: dot.x - 11, y: dot.y - 11, width: 22, height: 22 });
  assert.equal(named([dot], new Map(), space).size, 1);
});
