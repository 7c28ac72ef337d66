/** The live stream as a page hears it: being one page too many is no end of the session. */
import assert from "node:assert/strict";
import test from "node:test";

globalThis.document ??= { body: { dataset: {} }, documentElement: { lang: "zh-CN", dataset: {} }, getElementById: () => null, querySelector: () => null };
globalThis.location ??= { origin: "http://127.0.0.1" };
globalThis.addEventListener ??= () => undefined;
globalThis.removeEventListener ??= () => undefined;
const { listen } = await import("../../../server/web/static/src/lib/stream.js");

/** What a page is told when the server says this and closes. */
async function told(because) {
  const said = [];
  const words = `id: 7\n\nevent: ended\ndata: {"because":"${because}"}\n\n`;
  globalThis.fetch = async () => new Response(words, { headers: { "Content-Type": "text/event-stream" } });
  const listener = { event: () => said.push("event"), alive: (alive) => said.push(alive ? "alive" : "cut") };
  const ends = ["ended", "crowded", "refused"].map((name) => [name, () => said.push(name)]);
  listen({}, { ...listener, ...Object.fromEntries(ends) });
  await new Promise((resolve) => setTimeout(resolve, 50));
  return said;
}

test("a page too many rests, is not sent to the sign-in page, and does not come back by itself", async () => {
  assert.deepEqual(await told("too_many_streams"), ["alive", "crowded"]);
});

test("a session that is over ends the page", async () => {
  assert.deepEqual(await told("session_ended"), ["alive", "ended"]);
});
