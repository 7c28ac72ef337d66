// @ts-check
/** The app kept on the phone by its service worker, and how a newer release takes over: when the person says so. */

const HOUR_MS = 3_600_000;

/** @type {ServiceWorkerRegistration | null} */
let registered = null;
let asked_at = 0;
let wanted = false;

/** Whether the app opens without a network. @returns {Promise<boolean>} */
export async function offline() {
  return Boolean(registered?.active);
}

/** The release kept on the phone. @returns {Promise<string>} empty when none is */
export async function version() {
  if (!("caches" in window)) return "";
  const names = (await caches.keys()).filter((name) => name.startsWith("guatu-app-"));
  return names.at(0)?.replace("guatu-app-", "") ?? "";
}

/** Lets the waiting release take over; the page then opens anew. What is written and queued stays. */
export function take() {
  wanted = true;
  if (registered?.waiting) registered.waiting.postMessage("take over");
  else location.reload();
}

/** Calls back when a release waits beside the one in use. @param {ServiceWorker | null} worker @param {() => void} onready */
function whenReady(worker, onready) {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && navigator.serviceWorker.controller) onready();
  });
}

/** Looks for a newer release, at most once an hour. */
function look() {
  if (document.visibilityState !== "visible" || Date.now() - asked_at < HOUR_MS) return;
  asked_at = Date.now();
  registered?.update().catch(() => null); // no network: at another time
}

/**
 * Puts the app on the phone, where the browser can (a secure page).
 * @param {() => void} onready called when a newer release is ready to take over
 */
export async function begin(onready) {
  if (!navigator.serviceWorker) return;
  const controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (wanted) location.reload();
    else if (controlled) onready();
  });
  try {
    registered = await navigator.serviceWorker.register("dist/worker.js", { scope: "./", updateViaCache: "none" });
  } catch {
    return; // refused: a private window, or a page with an untrusted certificate; the app goes on without
  }
  if (!registered) return; // some web views promise a worker and give none
  asked_at = Date.now();
  if (registered.waiting && controlled) onready();
  whenReady(registered.installing, onready);
  registered.addEventListener("updatefound", () => whenReady(registered?.installing ?? null, onready));
  document.addEventListener("visibilitychange", look);
}
