/** Keeping a screen awake and full, as far as the browser lets a page. */

/** @typedef {{release: () => Promise<void>}} Lock */

/**
 * Ask that the screen does not go dark, and ask again whenever the page comes back into view.
 * @param {(held: boolean) => void} told whether the browser does so
 */
export function keepAwake(told) {
  const lock = /** @type {{request: (kind: "screen") => Promise<Lock>} | undefined} */ (
    /** @type {any} */ (navigator).wakeLock
  );
  async function ask() {
    if (!lock || document.visibilityState !== "visible") return told(false);
    try {
      await lock.request("screen");
      return told(true);
    } catch {
      return told(false);
    }
  }
  document.addEventListener("visibilitychange", () => void ask());
  void ask();
}

/** The whole screen, or out of it again; where the browser refuses, all stays as it is. */
export async function toggleFull() {
  if (document.fullscreenElement) return document.exitFullscreen();
  return document.documentElement.requestFullscreen?.().catch(() => undefined);
}

/**
 * Tell when nobody has touched mouse or keys for a while, and when somebody does again.
 * @param {number} after_ms
 * @param {(idle: boolean) => void} told
 */
export function whenIdle(after_ms, told) {
  let wait = 0;
  function stir() {
    told(false);
    clearTimeout(wait);
    wait = window.setTimeout(() => told(true), after_ms);
  }
  for (const kind of ["pointermove", "pointerdown", "keydown"]) addEventListener(kind, stir, { passive: true });
  stir();
}
