/**
 * The dates of a campaign as our own SVG: a row for each task and each project, months above, a line for today. One row is
 * reached with Tab, the others with the arrow keys; each is read out as a sentence, and it prints as it is.
 * @import {Campaign, CampaignProject, CampaignTask} from "../wire"
 */
import { STANDS, stageWord, taskWords } from "./campaigns.js";
import { desk, t } from "./desk.js";
import { el } from "./dom.js";

const WIDTH = 1240, LABEL = 270, ROW = 28, HEAD = 34, RIGHT = 14, DAY_MS = 86_400_000;
/** Within how many units two diamonds of a stage share their word. */
const NEAR = 60;
const SPACE = "http://www.w3.org/2000/svg";

/** @typedef {{from: number, to: number, x: (day: string) => number}} Scale days as ms */

/** @param {string} tag @param {Record<string, string | number | null>} attributes @param {...(Node | string)} children */
function shape(tag, attributes, ...children) {
  const node = document.createElementNS(SPACE, tag);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** Whether a day is drawn. @param {Scale} scale @param {string} day */
const within = ({ from, to }, day) => ms(day) >= from && ms(day) <= to;

/** The place of a day, or the edge beyond which it lies. @param {Scale} scale @param {string} day */
const held = (scale, day) => Math.min(Math.max(scale.x(day), LABEL), WIDTH - RIGHT);

/** @param {string} day */
const ms = (day) => Date.parse(`${day}T00:00:00Z`);

/** The days of the campaign and of its tasks; what a project did long before is not drawn. @param {Campaign} campaign @param {string} today */
function scaleOf(campaign, today) {
  const days = [campaign.starts_on, campaign.ends_on, today];
  for (const task of campaign.tasks) days.push(task.starts_on, task.due_on, task.done_on ?? task.due_on);
  const all = days.map(ms);
  const [from, to] = [Math.min(...all) - 4 * DAY_MS, Math.max(...all) + 12 * DAY_MS];
  return { from, to, x: (/** @type {string} */ day) => LABEL + ((ms(day) - from) / (to - from)) * (WIDTH - LABEL - RIGHT) };
}

/** The first days of months between two instants. @param {Scale} scale */
function months({ from, to }) {
  const found = [];
  const at = new Date(from);
  at.setUTCDate(1);
  for (at.setUTCMonth(at.getUTCMonth() + 1); at.getTime() < to; at.setUTCMonth(at.getUTCMonth() + 1)) found.push(at.toISOString().slice(0, 10));
  return found;
}

/** Months above and their lines; every third is named where there are many. @param {Scale} scale @param {number} height */
function calendar(scale, height) {
  const all = months(scale);
  const every = Math.ceil(all.length / 14);
  return all.flatMap((day, index) => [
    shape("line", { class: "month", x1: scale.x(day), x2: scale.x(day), y1: 20, y2: height }),
    ...(index % every === 0 ? [shape("text", { class: "soft", x: scale.x(day) + 4, y: 16 }, monthWord(day))] : []),
  ]);
}

/** @param {string} day */
function monthWord(day) {
  const [year = "", month = ""] = day.split("-");
  const first = month === "01";
  if (desk.lang === "en") return `${new Date(ms(day)).toLocaleString("en", { month: "short", timeZone: "UTC" })}${first ? ` ${year}` : ""}`;
  return first ? `${year}年1月` : `${Number(month)}月`;
}

/** @param {string} words @param {number} most */
const short = (words, most) => (Array.from(words).length > most ? `${Array.from(words).slice(0, most - 1).join("")}…` : words);

/** @param {string} label @param {string} said @param {number} y @param {string} href @param {Node[]} drawn */
function row(label, said, y, href, drawn) {
  const most = desk.lang === "en" || /^[\x20-\x7e]+$/.test(label) ? 36 : 19;
  return shape(
    "g",
    { class: "row", role: "listitem", tabindex: -1, "aria-label": said, "data-href": href },
    shape("title", {}, said),
    shape("rect", { class: "ring", x: 1, y: y + 1, width: WIDTH - 2, height: ROW - 2, rx: 3 }),
    shape("text", { x: 16, y: y + 18 }, short(label, most)),
    ...drawn,
  );
}

/** @param {CampaignTask} task @param {Scale} scale @param {number} y */
function taskRow(task, scale, y) {
  const [left, right] = [scale.x(task.starts_on), scale.x(task.due_on)];
  const bar = { class: `bar bar-${task.stand}`, x: left, y: y + 7, width: Math.max(right - left, 5), height: ROW - 14, rx: 3 };
  const end = task.done_on ? Math.max(scale.x(task.done_on), right) : right;
  const late = task.done_on && scale.x(task.done_on) > right ? [shape("line", { class: "thread", x1: right, x2: end, y1: y + ROW / 2, y2: y + ROW / 2 })] : [];
  const sign = `${STANDS[task.stand]?.sign} ${STANDS[task.stand]?.word()}`;
  const beyond = end + 130 > WIDTH;
  const word = shape("text", { class: "soft word", x: beyond ? left - 6 : end + 6, y: y + 18, "text-anchor": beyond ? "end" : null }, sign);
  return row(task.title, taskWords(task), y, `#task-${task.id}`, [shape("rect", bar), ...late, word]);
}

/** A project: a diamond on each day that is planned, a full one on the day it was reached. @param {CampaignProject} project @param {Scale} scale @param {number} y @param {string} today */
function projectRow(project, scale, y, today) {
  const middle = y + ROW / 2;
  const days = project.milestones.flatMap(({ planned_on, actual_on }) => [planned_on, actual_on].filter((day) => day !== null)).sort();
  const thread = days.length > 1 ? [shape("line", { class: "thread", x1: held(scale, days[0] ?? today), x2: held(scale, days.at(-1) ?? today), y1: middle, y2: middle })] : [];
  const marks = project.milestones.flatMap((one) => milestone(one, scale, middle, today));
  const said = [project.name, project.unit.name, stageWord(project.stage), ...project.milestones.map(milestoneWords)].join(t("，"));
  return row(project.name, said, y, "#linked", [...thread, ...marks]);
}

/** @param {CampaignProject["milestones"][number]} one @param {Scale} scale @param {number} y @param {string} today */
function milestone({ stage, planned_on, actual_on }, scale, y, today) {
  const found = [];
  if (planned_on && planned_on !== actual_on && within(scale, planned_on)) found.push(diamond(scale.x(planned_on), y, !actual_on && planned_on < today ? "mark-late" : "mark-planned"));
  if (actual_on && within(scale, actual_on)) found.push(diamond(scale.x(actual_on), y, "mark-actual"));
  const day = actual_on ?? planned_on;
  if (day && within(scale, day)) found.push(shape("text", { class: "soft", x: rightOf(scale, day, planned_on) + 8, y: y - 3, "font-size": 10.5 }, stageWord(stage)));
  return found;
}

/** Where the last diamond is that lies close to a day. @param {Scale} scale @param {string} day @param {string | null} planned_on */
function rightOf(scale, day, planned_on) {
  const [x, planned] = [scale.x(day), scale.x(planned_on ?? day)];
  return planned > x && planned < x + NEAR && planned_on && within(scale, planned_on) ? planned : x;
}

/** @param {CampaignProject["milestones"][number]} one */
function milestoneWords({ stage, planned_on, actual_on }) {
  const words = actual_on ? t("实际 {day}", { day: actual_on }) : t("计划 {day}", { day: planned_on ?? "—" });
  return `${stageWord(stage)} ${words}`;
}

/** @param {number} x @param {number} y @param {string} name */
const diamond = (x, y, name) => shape("path", { class: name, d: `M${x} ${y - 6}l6 6-6 6-6-6z` });

/** Move along the rows; Enter goes to what a row is about. @param {SVGElement} svg */
function walk(svg) {
  const rows = /** @type {SVGElement[]} */ ([...svg.querySelectorAll(".row")]);
  rows[0]?.setAttribute("tabindex", "0");
  /** @param {SVGElement | undefined} to */
  const move = (to) => {
    if (!to) return;
    for (const one of rows) one.setAttribute("tabindex", one === to ? "0" : "-1");
    to.focus();
  };
  /** @param {EventTarget | null} target */
  const open = (target) => {
    const found = /** @type {Element} */ (target).closest(".row")?.getAttribute("data-href");
    if (found) location.hash = found;
  };
  svg.addEventListener("click", (event) => open(event.target));
  svg.addEventListener("keydown", (event) => {
    const at = rows.indexOf(/** @type {SVGElement} */ (document.activeElement));
    const to = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows.at(-1) }[event.key];
    if (event.key === "Enter") open(event.target);
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  });
}

/** @param {Campaign} campaign @param {string} today @returns {HTMLElement} */
export function gantt(campaign, today) {
  const scale = scaleOf(campaign, today);
  let y = HEAD;
  /** @param {string} words */
  const group = (words) => {
    const node = [shape("rect", { class: "stripe", x: 0, y, width: WIDTH, height: ROW }), shape("text", { class: "group", x: 16, y: y + 18 }, words)];
    y += ROW;
    return node;
  };
  /** @template T @param {T[]} things @param {(thing: T, y: number) => Node} draw */
  const rows = (things, draw) =>
    things.map((thing) => {
      const node = draw(thing, y);
      y += ROW;
      return node;
    });
  const drawn = [
    ...(campaign.tasks.length ? group(t("任务书")) : []),
    ...rows(campaign.tasks, (task, at) => taskRow(task, scale, at)),
    ...(campaign.projects.length ? group(t("项目")) : []),
    ...rows(campaign.projects, (project, at) => projectRow(project, scale, at, today)),
  ];
  const height = y + 8;
  const svg = /** @type {SVGElement} */ (shape("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "list", "aria-label": t("时间表") },
    ...calendar(scale, height), ...now(scale, height, today), ...drawn));
  walk(svg);
  return el("div.gantt", {}, svg);
}

/** The line of today. @param {Scale} scale @param {number} height @param {string} today */
function now(scale, height, today) {
  const x = scale.x(today);
  return [
    shape("line", { class: "today", x1: x, x2: x, y1: 35, y2: height }),
    shape("text", { class: "today-word", x, y: 31, "text-anchor": "middle" }, t("今天")),
  ];
}
