/** A trip's line of time and what plays on it: plan and deeds as marks, days by Shanghai's clock, nobody where nothing was measured. */
import assert from "node:assert/strict";
import test from "node:test";

const { along, afterGap } = await import("../../../server/web/static/src/lib/along.js");
const { at, beside, days, daysAway, marks, stacked, stayedAt, ticks, whole } = await import("../../../server/web/static/src/lib/timeline.js");
const { apart, nearest, plane } = await import("../../../server/web/static/src/lib/ground.js");

const when = (time) => `2026-09-01T${time}:00+08:00`;
const ms = (time) => Date.parse(when(time));
const stop = { id: 3, name: "一厂", planned_from: when("09:00"), planned_to: when("11:00") };
const checkin = (kind, time, more = {}) => ({
  id: `${kind}-${time}`, kind, happened_at: when(time), person: { id: 1, name: "陈晓" }, stop: { id: 3, name: "一厂" },
  verdict: { outcome: "inside" }, signals: [], met: null, ...more,
});
const track = {
  person: { id: 1, name: "陈晓" },
  pieces: [
    [[118.0, 29.0, ms("09:00") / 1000], [118.2, 29.0, ms("09:10") / 1000], [118.2, 29.1, ms("10:00") / 1000]],
    [[118.4, 29.1, ms("10:40") / 1000], [118.5, 29.1, ms("10:50") / 1000]],
  ],
  gaps: [{ from: when("10:00"), to: when("10:40"), duration_s: 2400 }],
  stays: [{ from: when("09:20"), to: when("09:50"), lng: 118.21, lat: 29.05 }],
  moves: [],
};
const trip = { starts_on: "2026-09-01", ends_on: "2026-09-02", started_at: when("07:00"), ended_at: null, stops: [stop] };
const happened = (checkins, more = {}) => ({ checkins, silences: [], track: null, crossings: [], ...more });

test("between two fixes one is on the way, in a stay at its middle, and in a gap not measured", () => {
  const there = along(track, ms("09:05"));
  assert.ok(Math.abs(there.lng - 118.1) < 1e-9 && there.measured);
  assert.deepEqual(along(track, ms("09:30")), { lng: 118.21, lat: 29.05, measured: true });
  assert.deepEqual(along(track, ms("10:20")), { lng: 118.2, lat: 29.1, measured: false });
  assert.equal(along(track, ms("10:45")).measured, true);
  assert.equal(along(track, ms("08:59")), null);
  assert.equal(along(track, ms("10:51")), null);
  assert.equal(along({ ...track, pieces: [], stays: [] }, ms("09:05")), null);
  assert.equal(afterGap(track, ms("10:01")), ms("10:40"));
  assert.equal(afterGap(track, ms("10:40")), ms("10:40"));
});

test("a stop is planned, reached and left; without leaving it ends with the last word from there", () => {
  assert.deepEqual(stayedAt(stop, [checkin("visit", "08:50"), checkin("arrive", "09:10"), checkin("leave", "10:30")]), { from: ms("09:10"), to: ms("10:30"), left: true });
  assert.deepEqual(stayedAt(stop, [checkin("arrive", "09:10"), checkin("note", "09:40")]), { from: ms("09:10"), to: ms("09:40"), left: false });
  assert.equal(stayedAt(stop, [checkin("arrive", "09:10", { stop: null })]), null);
});

test("each deed is one mark in its lane, by time", () => {
  const odd = checkin("visit", "09:30", { met: { kind: "outbound" }, signals: [{ code: "stale_fix" }] });
  const all = marks(trip, happened([checkin("arrive", "09:10"), odd], { track, crossings: [{ id: 5, at: when("09:05"), entered: true }] }));
  assert.deepEqual(all.map((mark) => mark.look), ["plan", "enter", "arrived", "inside", "stay", "inside", "visit", "signal", "gap"]);
  assert.equal(beside(all, ms("09:05"), 1).look, "arrived");
  assert.equal(beside(all, ms("09:05"), -1), undefined);
  assert.deepEqual(at(all, ms("09:31"), 120_000).map((mark) => mark.look), ["inside", "visit", "signal", "stay"]);
});

test("a line of time covers all that was planned and done, and the planned days where there is nothing", () => {
  const { from, to } = whole(trip, marks(trip, happened([checkin("leave", "12:00")])));
  assert.ok(from < ms("09:00") && to > ms("12:00"));
  assert.deepEqual(whole({ ...trip, stops: [] }, []), { from: Date.parse("2026-09-01T00:00:00+08:00"), to: Date.parse("2026-09-03T00:00:00+08:00") });
});

test("days and round times are those of Shanghai", () => {
  const night = { from: Date.parse("2026-09-01T23:30:00+08:00"), to: Date.parse("2026-09-02T00:30:00+08:00") };
  assert.equal(days(night).length, 2);
  assert.equal(days(night)[1].from, Date.parse("2026-09-02T00:00:00+08:00"));
  assert.ok(ticks(night, 12).includes(Date.parse("2026-09-02T00:00:00+08:00")));
  assert.ok(ticks(night, 3).length <= 3);
  assert.deepEqual(daysAway({ ...trip, days_away: 3 }), { planned: 2, away: 3 });
});

test("the nearest point of an edge is on the edge, in metres", () => {
  const place = plane({ lng: 118.5, lat: 29.6 });
  const north = place(118.5, 29.601);
  assert.ok(Math.abs(north[1] - 111.3) < 0.5 && north[0] === 0);
  assert.deepEqual(nearest([[[-10, 5], [10, 5], [10, 20]]], [0, 0]), [0, 5]);
  assert.equal(apart([0, 0], [3, 4]), 5);
  assert.equal(nearest([], [0, 0]), null);
});

test("windows of stops that overlap stand under each other, those that follow do not", () => {
  const bar = (from, to) => ({ lane: "plan", look: "plan", from, to, key: "stop:1", of: null });
  assert.deepEqual(stacked([bar(0, 10), bar(0, 10), bar(5, 8), bar(10, 12)]), [0, 1, 2, 0]);
});
