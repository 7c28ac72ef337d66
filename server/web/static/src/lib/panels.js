/** The panels of a wall, one after the other: each its title and rows, as many pages as it needs. */
import { t } from "./desk.js";
import { byId, el, fill } from "./dom.js";
import { pagesOf, turned } from "./turning.js";

/**
 * @typedef {object} Panel
 * @property {string} name
 * @property {string} title
 * @property {(() => HTMLLIElement)[]} rows makers of its rows, the first on top; those in view are made
 * @property {(() => Node) | null} instead what is said where there are none; null passes the panel over
 */

/**
 * @param {() => Panel[]} made all panels as of now, always the same ones in the same order
 * @param {number} every_ms how long each page stays
 */
export function panels(made, every_ms) {
  const host = byId("panel");
  let turn = { panel: 0, page: 0 };
  let paused = false;
  let wait = 0;

  /** @param {Panel} panel @returns {number} how many of its rows have room, at least one */
  function fit({ rows }) {
    const first = rows[0];
    if (!first) return 1;
    const list = el("ul.big-rows", {}, first());
    fill(host, list);
    const height = list.firstElementChild?.getBoundingClientRect().height || 1;
    return Math.max(1, Math.floor(host.clientHeight / height));
  }

  /** @param {Panel} panel @returns {number} */
  const pages = (panel) => (panel.rows.length ? pagesOf(panel.rows.length, fit(panel)) : Number(panel.instead !== null));

  /** Show the present page with what is known now. */
  function draw() {
    const all = made();
    turn.panel = Math.min(turn.panel, all.length - 1);
    const panel = /** @type {Panel} */ (all[turn.panel]);
    const count = pages(panel);
    if (!count) return step(1);
    turn.page = Math.min(turn.page, count - 1);
    const room = fit(panel);
    const rows = panel.rows.slice(turn.page * room, (turn.page + 1) * room);
    if (rows.length) fill(host, el(`ul.big-rows.big-${panel.name}`, {}, rows.map((make) => make())));
    else fill(host, panel.instead?.());
    byId("panel-title").textContent = panel.title;
    byId("panel-page").textContent = count > 1 ? t("第 {n} / {all} 页", { n: turn.page + 1, all: count }) : "";
    fill(byId("panel-turns"), all.map((each, index) => el(index === turn.panel ? "li.now" : "li", {}, each.title.split(" · ")[0])));
    return undefined;
  }

  /** @param {number} by 1 for the next page, -1 for the one before */
  function step(by) {
    const counts = made().map(pages);
    turn = turned(turn, by, counts);
    if (counts.some(Boolean)) draw();
    again();
  }

  function again() {
    clearTimeout(wait);
    if (!paused) wait = window.setTimeout(() => step(1), every_ms);
  }

  again();
  return {
    draw,
    step,
    /** @returns {boolean} whether the panels stand still now */
    pause() {
      paused = !paused;
      again();
      return paused;
    },
  };
}
