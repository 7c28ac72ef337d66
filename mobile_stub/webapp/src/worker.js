// @ts-check
/** The service worker: keeps one whole release of the app on the phone and serves the app from it. It keeps nothing
 *  else: what the server tells about people never passes through here. */

/** What this release is made of, written in by the bundler: paths below /m/ with their digests. */
const { version, files } = RELEASE;

const PREFIX = "guatu-app-";
const CACHE = PREFIX + version;
const worker = /** @type {any} */ (self);
const home = new URL(worker.registration.scope);

/** @param {string} path */
const address = (path) => new URL(path, home).href;

/** Brings one file; one that is not exactly this release's fails, and with it the whole installation. @param {Cache} cache @param {{path: string, digest: string}} file */
async function bring(cache, { path, digest }) {
  const answer = await fetch(address(path), { cache: "no-cache", integrity: digest });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  await cache.put(address(path), answer);
}

/** Brings the whole release, or none of it. */
async function install() {
  const cache = await caches.open(CACHE);
  await Promise.all(files.map((file) => bring(cache, file)));
}

/** Lets go of older releases, and serves the pages that are open. */
async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** A file of this release, from the phone; anything else from the network. @param {Request} request */
async function answer(request) {
  const cache = await caches.open(CACHE);
  const wanted = request.mode === "navigate" ? address("./") : request;
  return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
}

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener("message", (/** @type {MessageEvent} */ { data }) => data === "take over" && worker.skipWaiting());
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(home.href)) event.respondWith(answer(request));
});
