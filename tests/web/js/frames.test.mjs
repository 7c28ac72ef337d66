/** Server-Sent Events cut anywhere come out the same. */
import assert from "node:assert/strict";
import test from "node:test";
import { reader } from "../../../server/web/static/src/lib/frames.js";

const WIRE =
  ': .\n\nevent: checkin\ndata: {"a":1}\n\nid: 7\nevent: place\ndata: one\ndata: two\n\n: .\nid: 9\n\nevent: ended\ndata: {}\n\n';
const FRAMES = [
  { id: null, event: "checkin", data: '{"a":1}' },
  { id: "7", event: "place", data: "one\ntwo" },
  { id: "9", event: "message", data: "" },
  { id: null, event: "ended", data: "{}" },
];

function read(pieces) {
  const frames = [];
  const feed = reader((frame) => frames.push(frame));
  pieces.forEach(feed);
  return frames;
}

test("a stream in one piece is read into its frames", () => {
  assert.deepEqual(read([WIRE]), FRAMES);
});

test("a stream cut at any place is read into the same frames", () => {
  for (let cut = 1; cut < WIRE.length; cut += 1) assert.deepEqual(read([WIRE.slice(0, cut), WIRE.slice(cut)]), FRAMES);
  assert.deepEqual(read([...WIRE]), FRAMES);
});

test("lines may end as on other systems", () => {
  assert.deepEqual(read([...WIRE.replaceAll("\n", "\r\n")]), FRAMES);
});
