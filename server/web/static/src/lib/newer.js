/** Whether the server has a newer release of the page that is open: a wall hangs for months and is never opened anew. */

const TAKEN = "guatu.release";

/** @param {string} html @returns {string} the addresses of its bundles, which change with what is in them */
function bundles(html) {
  return [...html.matchAll(/\/static\/dist\/[^"?]+\?v=\w+/g)].map(([address]) => address).sort().join(" ");
}

const mine = bundles(document.head.outerHTML);

/** @returns {Promise<string>} what the newer release is made of; empty where there is none, or nobody can say */
export async function newer() {
  const page = { headers: { Accept: "text/html" }, credentials: /** @type {const} */ ("same-origin"), cache: /** @type {const} */ ("no-store") };
  const answer = await fetch(location.pathname, page).catch(() => null);
  if (!answer?.ok || answer.redirected) return "";
  const theirs = bundles(await answer.text());
  return theirs === mine ? "" : theirs;
}

/**
 * Open the page anew by itself: once for each release, so that servers of two releases do not turn it round and round.
 * @param {string} release
 */
export function take(release) {
  if (sessionStorage.getItem(TAKEN) === release) return;
  sessionStorage.setItem(TAKEN, release);
  location.reload();
}
