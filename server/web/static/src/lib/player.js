/**
 * Playing a trip: an instant that runs at a speed, is put somewhere by hand, or goes from event to event.
 * @import {Mark, Range} from "./timeline.js"
 * @import {Track} from "../wire"
 */
import { afterGap } from "./along.js";
import { t } from "./desk.js";
import { drawing, el, fill } from "./dom.js";
import { clock, dayShortly } from "./time.js";
import { timechart } from "./timechart.js";
import { at as marksAt, beside, days } from "./timeline.js";

const SPEEDS = [1, 10, 60, 300, 600];
const KEYS = "ArrowLeft ArrowRight PageUp PageDown Home End";

/**
 * @param {object} what
 * @param {(mark: Mark) => string} what.words
 * @param {(at: number, marks: Mark[]) => void} what.shown an instant is shown, and what is at it
 * @param {(mark: Mark) => void} what.chosen
 */
export function player({ words, shown, chosen }) {
  const chart = timechart({ moved: byHand, chosen: choose, words });
  const play = el("button.button.player-play", { type: "button", onclick: toggle });
  const speed = el(
    "select.select",
    { id: "speed", onchange: () => (last = performance.now()) },
    SPEEDS.map((each) => el("option", { value: each, selected: each === 60 }, `${each}×`)),
  );
  const skip = el("input", { type: "checkbox", id: "skip", checked: true });
  const readout = el("output.player-now", { for: "speed" });
  const dayRow = el("span.player-days");
  /** @type {Mark[]} */
  let marks = [];
  /** @type {Range} all of it */
  let all = { from: 0, to: 1 };
  /** @type {Range} what is looked at */
  let range = all;
  /** @type {Track | null} */
  let track = null;
  let now = 0;
  let playing = false;
  let last = 0;

  /* ── an instant ── */

  /** @param {number} at ms */
  function go(at) {
    now = Math.max(range.from, Math.min(range.to, at));
    const here = marksAt(marks, now, (range.to - range.from) / 240);
    const said = here.slice(0, 2).map(words).join(t("；"));
    chart.show(now, said);
    chart.light(here.map((mark) => mark.key));
    fill(readout, el("b", {}, `${dayShortly(iso())} ${clock(iso())}`), " ", said);
    shown(now, here);
  }

  const iso = () => new Date(now).toISOString();

  /** @param {number} at */
  function byHand(at) {
    stop();
    go(at);
  }

  /** @param {Mark} mark */
  function choose(mark) {
    byHand(mark.from);
    chosen(mark);
  }

  /** @param {1 | -1} way */
  function event(way) {
    const mark = beside(marks, now, way);
    if (mark && mark.from >= range.from && mark.from <= range.to) byHand(mark.from);
  }

  /* ── running ── */

  function toggle() {
    if (playing) return stop();
    if (now >= range.to) go(range.from);
    playing = true;
    last = performance.now();
    label();
    return requestAnimationFrame(run);
  }

  function stop() {
    playing = false;
    label();
  }

  /** @param {number} instant of the screen, ms */
  function run(instant) {
    if (!playing) return;
    const passed = Math.max(0, instant - last) * Number(speed.value);
    last = instant;
    const next = now + passed;
    go(track && skip.checked ? afterGap(track, next) : next);
    if (now >= range.to) stop();
    else requestAnimationFrame(run);
  }

  function label() {
    const icon = drawing("0 0 16 16", [
      ["path", { d: playing ? "M3 2h4v12H3zM9 2h4v12H9z" : "M3 1.5 14 8 3 14.5z", fill: "currentColor" }],
    ]);
    fill(play, icon, playing ? t("暂停") : t("播放"));
  }

  /* ── looking closer ── */

  /** @param {Range} over */
  function look(over) {
    range = over;
    chart.put(marks, range);
    drawDays();
    go(now);
  }

  function drawDays() {
    const each = days(all);
    const chip = (/** @type {string} */ name, /** @type {Range} */ over) =>
      el(
        "button.button.button-small",
        {
          type: "button",
          "aria-pressed": String(over.from === range.from && over.to === range.to),
          onclick: () => look(over),
        },
        name,
      );
    fill(
      dayRow,
      each.length > 1
        ? [chip(t("全程"), all), each.map((one) => chip(dayShortly(new Date(one.from + 1).toISOString()), one))]
        : null,
    );
  }

  /** @param {KeyboardEvent} pressed */
  function key(pressed) {
    if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
    if (pressed.key === " ") toggle();
    else if (KEYS.split(" ").includes(pressed.key)) step(pressed.key, pressed.shiftKey);
    else if (pressed.key === "+" || pressed.key === "-") faster(pressed.key === "+" ? 1 : -1);
    else return;
    pressed.preventDefault();
  }

  /** @param {string} name @param {boolean} far */
  function step(name, far) {
    const bit = ((range.to - range.from) / 300) * (far ? 10 : 1);
    if (name === "ArrowRight") byHand(now + bit);
    else if (name === "ArrowLeft") byHand(now - bit);
    else if (name === "Home") byHand(range.from);
    else if (name === "End") byHand(range.to);
    else event(name === "PageDown" ? 1 : -1);
  }

  /** @param {1 | -1} by */
  function faster(by) {
    speed.selectedIndex = Math.max(0, Math.min(SPEEDS.length - 1, speed.selectedIndex + by));
  }

  chart.node.addEventListener("keydown", key);
  label();
  /** @param {string} name @param {string} d @param {1 | -1} way */
  const beyond = (name, d, way) => {
    const icon = drawing("0 0 16 16", [["path", { d, fill: "currentColor" }]]);
    return el(
      "button.button.player-step",
      { type: "button", onclick: () => event(way), title: name, "aria-label": name },
      icon,
    );
  };
  const previous = beyond(t("上一事件"), "M2 2h2.4v12H2zM14 1.5v13L5.5 8z", -1);
  const following = beyond(t("下一事件"), "M11.6 2H14v12h-2.4zM2 1.5 10.5 8 2 14.5z", 1);
  const node = el(
    "div.player",
    {},
    el(
      "div.player-bar.no-print",
      {},
      el("span.buttons", {}, play, previous, following),
      el("span.player-speed", {}, el("label", { for: "speed" }, t("倍速")), speed),
      el("label.choice", {}, skip, t("跳过没有定位的时段")),
      dayRow,
      readout,
    ),
    chart.node,
    el(
      "p.player-keys.faint.small.no-print",
      {},
      t("时间轴上：空格播放或暂停，←→ 移动（按住 Shift 更快），PageUp/PageDown 前后事件，+− 倍速。"),
    ),
  );

  return {
    node,
    /** @param {Mark[]} found @param {Range} over @param {Track | null} of what is known of the way */
    put(found, over, of) {
      const fresh = marks.length === 0;
      const closer = range !== all;
      [marks, all, track] = [found, over, of];
      if (!closer) range = over;
      if (fresh) now = found.find((mark) => mark.lane !== "plan")?.from ?? over.from;
      look(range);
    },
    /** @param {number} at ms */
    go: byHand,
  };
}
