/**
 * The live stream, read with fetch rather than EventSource: so the page sees heartbeats (a cable that was pulled is
 * noticed), can tell "signed out" from "cut off", and resumes with Last-Event-ID after any cut.
 */
import { address } from "./api.js";
import { reader } from "./frames.js";

const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * @typedef {object} Listener
 * @property {(event: string, data: any) => void} event a named event with its parsed data
 * @property {(alive: boolean) => void} alive heard from, or cut off
 * @property {() => void} ended the session is over
 * @property {() => void} crowded too many pages of this sitting listen: this one, which began first, hears no more
 * @property {() => void} refused the reader may not listen (any more)
 */

/**
 * Listen until `stop` is called.
 * @param {Record<string, string | undefined>} query
 * @param {Listener} listener
 * @returns {{stop: () => void}}
 */
export function listen(query, listener) {
  let last = "";
  let wait = FIRST_WAIT_MS;
  let stopped = false;
  /** @type {AbortController | null} */
  let cut = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let silence;

  function heard() {
    clearTimeout(silence);
    silence = setTimeout(() => cut?.abort(), SILENCE_MS);
  }

  const feed = () =>
    reader((frame) => {
      if (frame.id) last = frame.id;
      if (frame.event === "ended") return end(over(frame.data));
      if (frame.data) listener.event(frame.event, JSON.parse(frame.data));
      return undefined;
    });

  /** @param {string} data why the server ended it */
  const over = (data) => (JSON.parse(data).because === "too_many_streams" ? listener.crowded : listener.ended);

  /** @param {() => void} say */
  function end(say) {
    stop();
    say();
  }

  async function once() {
    cut = new AbortController();
    heard();
    const headers = { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}) };
    const answer = await fetch(address("/stream", query), {
      headers,
      signal: cut.signal,
      credentials: "same-origin",
      cache: "no-store",
    });
    if (answer.status === 401) return end(listener.ended);
    if (answer.status === 403) return end(listener.refused);
    if (!answer.ok || !answer.body) throw new Error(`stream answered ${answer.status}`);
    listener.alive(true);
    wait = FIRST_WAIT_MS;
    const take = feed();
    const letters = new TextDecoder();
    const bytes = answer.body.getReader();
    for (let part = await bytes.read(); !part.done; part = await bytes.read()) {
      heard();
      take(letters.decode(part.value, { stream: true }));
    }
  }

  async function run() {
    while (!stopped) {
      await once().catch(() => undefined);
      clearTimeout(silence);
      if (stopped) return;
      listener.alive(false);
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  const pulled = () => cut?.abort();

  function stop() {
    stopped = true;
    removeEventListener("offline", pulled);
    clearTimeout(silence);
    cut?.abort();
  }

  addEventListener("offline", pulled);
  void run();
  return { stop };
}
