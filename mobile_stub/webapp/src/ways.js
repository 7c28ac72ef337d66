// @ts-check
/** Where in the app we are: the part of the address after #, and the ways to move on. */

/**
 * @typedef {object} View what a page hands to the frame
 * @property {string} title
 * @property {Node[]} body
 * @property {string} [back] the way one level up; without it this is a page of the tab bar
 * @property {Node} [dock] the page's main act, held at the thumb
 * @property {"duties" | "log" | "me"} [tab] the tab it belongs to
 * @property {boolean} [bare] without tab bar: sign-in, check-in, a password that must be changed
 * @property {() => void} [leave] called when the page goes away
 */

/** @typedef {{noun: string, id: string, params: URLSearchParams}} Way */

/** The way now shown: #/trip/12?from=log is noun trip, id 12. @returns {Way} */
export function here() {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [noun = "", id = ""] = path.split("/");
  return { noun, id: decodeURIComponent(id), params: new URLSearchParams(query) };
}

/** @param {string} way such as "#/trip/12" */
export function go(way) {
  if (location.hash === way) again();
  else location.hash = way;
}

/** Goes on without leaving this page behind in the history. @param {string} way */
export function instead(way) {
  history.replaceState(null, "", way);
  again();
}

/** Shows the present page afresh. */
export function again() {
  dispatchEvent(new HashChangeEvent("hashchange"));
}
