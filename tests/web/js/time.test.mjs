/** Instants as people here read them, wherever the computer thinks it is. */
import assert from "node:assert/strict";
import test from "node:test";

process.env.TZ = "America/New_York";
globalThis.document = { getElementById: () => null };
const time = await import("../../../server/web/static/src/lib/time.js");

test("an instant late in the day in London is the next day here", () => {
  assert.equal(time.day("2026-11-21T17:30:00Z"), "2026-11-22");
  assert.equal(time.clock("2026-11-21T17:30:00Z"), "01:30");
  assert.equal(time.fully("2026-12-31T16:00:00Z"), "2027-01-01 00:00");
});

test("what is typed into a form is meant in Shanghai", () => {
  assert.equal(time.fromField("2026-11-22T09:00"), "2026-11-22T01:00:00.000Z");
  assert.equal(time.toField("2026-11-22T01:00:00Z"), "2026-11-22T09:00");
  assert.equal(time.fromField(""), null);
});

test("how long is said in the largest unit that fits", () => {
  assert.deepEqual([5, 90, 5400, 36000, 200000].map(time.span), ["5 秒", "2 分钟", "1.5 小时", "10 小时", "2 天"]);
  assert.deepEqual([3540, 3599, 84000, 86000].map(time.span), ["59 分钟", "1 小时", "23 小时", "1 天"]);
  assert.equal(time.ago(10), "刚刚");
  assert.equal(time.ago(180), "3 分钟前");
});

test("the server's time is believed by the message that was least late, and counts on by itself", () => {
  const later = new Date(time.now() + 3_600_000);
  time.hear(later.toISOString());
  assert.ok(Math.abs(time.now() - later.getTime()) < 1000);
  time.hear(new Date(later.getTime() - 60_000).toISOString());
  assert.ok(time.now() >= later.getTime());
});
