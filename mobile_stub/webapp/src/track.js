// @ts-check
/** What one sees of the recording of a track: the panel on a duty's page, and the bar on every other. */

/** @import {Duty} from "./trips.js" */

import { el, refill } from "./dom.js";
import { icon } from "./icons.js";
import { button, notice, para, section } from "./parts.js";
import * as tracker from "./tracker.js";
import { say } from "./words.js";

/** The line of figures while it records. */
function figures() {
  const { recorded, waiting } = tracker.state();
  return say("track.figures", { recorded, waiting });
}

/** How the recording goes, in words. */
function going() {
  const { resting, awake, trouble } = tracker.state();
  if (trouble) return notice("warn", say(`trouble.${trouble}`), para(figures()), el("a", { href: `#/help/${trouble}` }, say("help.more")));
  return notice("good", say(resting ? "track.resting" : "track.on"), para(figures()), para(say(awake ? "track.awake" : "track.dark")));
}

/** The panel for a duty whose track may be recorded. @param {Duty} trip @returns {{node: HTMLElement, leave: () => void}} */
export function panel(trip) {
  const node = el("div", { class: "stack" });
  const start = button(say("track.begin"), () => tracker.begin(trip), { icon: "track" });
  const stop = button(say("track.end"), () => tracker.end(), { weight: "danger" });
  const draw = () => {
    const { task, why } = tracker.state();
    if (task?.trip_id === trip.id) refill(node, going(), para(say("track.honest")), stop);
    else refill(node, why && notice("warn", say(`track.why_${why}`)), para(say("track.honest")), start, el("a", { class: "button plain", href: "#/trackers" }, say("track.apart")));
  };
  draw();
  return { node: section(say("track.title"), node), leave: tracker.listen(draw) };
}

/** The bar that says a track is being recorded, wherever one is in the app; it keeps itself up to date. */
export function bar() {
  const node = el("div", { class: "tracking", role: "status" });
  const draw = () => {
    const { task, resting, trouble } = tracker.state();
    const words = trouble ? "track.bar_trouble" : resting ? "track.resting" : "track.bar";
    refill(node, task && el("a", { href: `#/trip/${task.trip_id}`, class: trouble ? "troubled" : "" }, icon("track"), el("span", {}, say(words)), icon("next")));
  };
  tracker.listen(draw);
  draw();
  return node;
}
