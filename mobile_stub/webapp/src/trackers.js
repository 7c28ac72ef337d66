// @ts-check
/** One's own tracker apps, which record with the screen off: set one up, see when each was last heard, end one. */

/** @import {Added, SetAsideDay, Tracker} from "./wire.d.ts" */
/** @import {View} from "./ways.js" */

import * as api from "./api.js";
import { el, refill } from "./dom.js";
import { either } from "./failures.js";
import { button, chips, empty, facts, notice, paged, para, section } from "./parts.js";
import { dayWords, stamp } from "./times.js";
import { again } from "./ways.js";
import { say } from "./words.js";

const APPS = /** @type {[string, string][]} */ ([["traccar", "Traccar Client"], ["owntracks", "OwnTracks"]]);

/** What an app is called. @param {string} kind */
const appName = (kind) => APPS.find(([one]) => one === kind)?.[1] ?? say("trackers.phone");

/** How full its battery is, as it last said. @param {Tracker} tracker */
function battery({ battery: level, charging }) {
  if (level === null) return null;
  const n = Math.round(100 * Math.min(1, Math.max(0, level)));
  return el("small", {}, say(charging ? "trackers.charging" : "trackers.battery", { n }));
}

/** One that is in use. A lost phone is one press: nothing is asked first. @param {Tracker} tracker */
function live(tracker) {
  const name = tracker.name || appName(tracker.kind);
  const end = button(say("trackers.revoke"), async () => {
    await api.revokeTracker(tracker.id);
    again();
  });
  end.setAttribute("aria-label", say("trackers.revoke_one", { name }));
  return el("li", { class: "card device" }, el("strong", {}, name), el("small", {}, appName(tracker.kind)),
    el("small", {}, tracker.last_seen_at ? say("trackers.heard", { at: stamp(tracker.last_seen_at) }) : say("trackers.unheard")),
    battery(tracker), end);
}

/** Those that were ended. @param {Tracker[]} trackers */
function past(trackers) {
  return el("details", { class: "card fold" }, el("summary", {}, say("trackers.ended", { n: trackers.length })),
    el("ul", { class: "stack plain" }, ...trackers.map(({ name, kind, revoked_at }) => el("li", { class: "device" },
      el("strong", {}, name || appName(kind)), el("small", {}, appName(kind)), el("small", {}, say("trackers.revoked", { at: stamp(revoked_at ?? "") }))))));
}

/** One's own. @param {Tracker[]} trackers */
function mine(trackers) {
  const used = trackers.filter((tracker) => !tracker.revoked_at);
  const ended = trackers.filter((tracker) => tracker.revoked_at);
  return section(say("trackers.mine"), ...(used.length ? [para(say("trackers.revoke_lead")), el("ul", { class: "stack plain" }, ...used.map(live))]
    : [empty(say("trackers.none"))]), ended.length > 0 && past(ended));
}

/** Why positions of one day were not kept, and how many. @param {SetAsideDay} of */
const asideDay = (of) => el("article", { class: "card" }, el("h3", {}, dayWords(of.day)), el("ul", { class: "counts plain" },
  ...of.reasons.map((one) => el("li", {}, el("span", {}, either(one)), el("b", {}, one.count.toLocaleString())))));

/** What was not kept of one's positions: how many by day and reason, never where. */
async function aside() {
  const first = await api.setAside();
  return section(say("trackers.aside"), para(say("trackers.aside_lead")), first.items.length
    ? paged(first, api.setAside, (days) => days.map(asideDay)) : empty(say("trackers.aside_none")));
}

/** What sets the app up, told this once. @param {Added} added */
function setup({ setup: { link, qr, typed }, tracker }) {
  return el("section", { class: "section" }, notice("note", say("trackers.once"), para(say("trackers.once_text"))),
    el("a", { class: "button main", href: link }, say("trackers.open", { app: appName(tracker.kind) })),
    el("figure", { class: "code" }, el("img", { src: `data:image/svg+xml,${encodeURIComponent(qr)}`, alt: say("trackers.code"), width: 240, height: 240 }),
      el("figcaption", { class: "small" }, say("trackers.code"))),
    el("details", { class: "card fold" }, el("summary", {}, say("trackers.typed")), facts(typed.map(({ zh, en, value }) => [either({ zh, en }), value]))));
}

/** The form that adds one. @param {HTMLElement} place where what sets it up is shown @param {(tracker: Tracker) => void} added */
function adding(place, added) {
  let kind = "traccar";
  return section(say("trackers.add"), chips("app", say("trackers.app"), APPS, kind, (value) => {
    kind = value;
  }), button(say("trackers.do"), async () => {
    const answer = await api.addTracker(kind, appName(kind));
    refill(place, setup(answer));
    added(answer.tracker);
    place.scrollIntoView({ block: "start" });
  }, { icon: "plus" }));
}

/** The page of one's trackers. @returns {Promise<View>} */
export async function page() {
  const [{ items }, notKept] = await Promise.all([api.trackers(), aside()]);
  const [place, list] = [el("div", {}), el("div", {})];
  const own = items.filter(({ kind }) => APPS.some(([one]) => one === kind));
  /** @param {Tracker} tracker */
  const added = (tracker) => {
    own.unshift(tracker);
    refill(list, mine(own));
  };
  refill(list, mine(own));
  return { title: say("trackers.title"), back: "#/me", tab: "me", body: [para(say("trackers.lead")), adding(place, added), place, list, notKept] };
}
