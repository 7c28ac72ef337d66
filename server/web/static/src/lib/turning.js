/** Which panel of a wall is shown, and which page of it: one after the other, empty ones passed over. Pure. */

/** So many pages of one panel are shown before the next has its turn. */
export const MOST_PAGES = 6;

/** @typedef {{panel: number, page: number}} Turn */

/** @param {number} rows @param {number} fit how many have room @returns {number} pages, at least one */
export function pagesOf(rows, fit) {
  return Math.min(MOST_PAGES, Math.max(1, Math.ceil(rows / Math.max(1, fit))));
}

/**
 * @param {Turn} turn
 * @param {number} step 1 for the next, -1 for the one before
 * @param {number[]} pages how many pages each panel has now; 0 for one that has nothing to show
 * @returns {Turn}
 */
export function turned({ panel, page }, step, pages) {
  if (step > 0 && page + 1 < (pages[panel] || 0)) return { panel, page: page + 1 };
  if (step < 0 && page > 0) return { panel, page: Math.min(page, pages[panel] || 1) - 1 };
  for (let tried = 1; tried <= pages.length; tried += 1) {
    const next = (panel + step * tried + pages.length * tried) % pages.length;
    if (pages[next]) return { panel: next, page: step < 0 ? Number(pages[next]) - 1 : 0 };
  }
  return { panel: 0, page: 0 };
}
