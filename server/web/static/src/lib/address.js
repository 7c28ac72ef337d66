/** The page's filters, kept in its address so that a view can be shared and survives a reload. */

/**
 * @param {string[]} names the filters this page knows
 * @returns {Record<string, string>} those given in the address
 */
export function read(names) {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(names.filter((name) => query.get(name)).map((name) => [name, query.get(name) || ""]));
}

/**
 * Write filters into the address without a new entry in the history; empty ones are left out.
 * @param {Record<string, string | null | undefined>} filters
 */
export function write(filters) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(filters)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const words = query.toString();
  history.replaceState(history.state, "", location.pathname + (words ? `?${words}` : ""));
}

/** @returns {string} the trip number or other last part of a path such as /trips/17 */
export function lastPart() {
  return location.pathname.replace(/\/$/, "").split("/").pop() || "";
}
