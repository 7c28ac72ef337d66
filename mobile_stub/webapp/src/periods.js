// @ts-check
/** Days, ISO weeks and months by their names: 2026-11-25, 2026-W48, 2026-11. Reckoned in UTC, where no day is longer. */

/** @typedef {"day" | "week" | "month"} Kind */

const DAY_MS = 86_400_000;

/** @param {Date} at */
const iso = (at) => at.toISOString().slice(0, 10);

/** @param {string} name @returns {Kind} */
export const kindOf = (name) => (name.includes("W") ? "week" : name.length > 7 ? "day" : "month");

/** The first day of a period. @param {string} name @returns {Date} */
function first(name) {
  const [year = "", rest = ""] = name.split("-");
  if (kindOf(name) !== "week") return new Date(`${name.length > 7 ? name : `${name}-01`}T00:00Z`);
  const fourth = new Date(`${year}-01-04T00:00Z`); // always in the first week
  return new Date(fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * DAY_MS + (Number(rest.slice(1)) - 1) * 7 * DAY_MS);
}

/** The period of a kind that holds a day. @param {Kind} kind @param {string} day YYYY-MM-DD */
export function around(kind, day) {
  if (kind === "day") return day;
  if (kind === "month") return day.slice(0, 7);
  const at = new Date(`${day}T00:00Z`);
  const thursday = new Date(at.getTime() + (3 - ((at.getUTCDay() + 6) % 7)) * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS));
  return `${year}-W${String(week).padStart(2, "0")}`;
}

/** The first and the last day of a period. @param {string} name @returns {[string, string]} */
export function bounds(name) {
  const begin = first(name);
  const end = { day: begin, week: new Date(begin.getTime() + 6 * DAY_MS), month: new Date(Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + 1, 0)) };
  return [iso(begin), iso(end[kindOf(name)])];
}

/** The period before (−1) or after (1). @param {string} name @param {-1 | 1} by */
export function beside(name, by) {
  const [begin, end] = bounds(name);
  return around(kindOf(name), iso(new Date(Date.parse(by < 0 ? begin : end) + by * DAY_MS)));
}
