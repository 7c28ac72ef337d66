// @ts-check
/** One's own tracker apps, which record with the screen off: set one up, see when each was last heard, end one. */

/** @import {Added, Tracker} from "./wire.d.ts" */
/** @import {View} from "./ways.js" */

import * as api from "./api.js";
import { el, refill } from "./dom.js";
import { either } from "./failures.js";
import { button, chips, confirmed, empty, facts, notice, para, section } from "./parts.js";
import { stamp } from "./times.js";
import { again } from "./ways.js";
import { say } from "./words.js";

const APPS = /** @type {[string, string][]} */ ([["traccar", "Traccar Client"], ["owntracks", "OwnTracks"]]);

/** What an app is called. @param {string} kind */
const appName = (kind) => APPS.find(([one]) => one === kind)?.[1] ?? say("trackers.phone");

/** Ends one after asking. @param {Tracker} tracker */
async function revoke(tracker) {
  const sure = await confirmed({ title: say("trackers.revoke_title", { name: tracker.name }), text: say("trackers.revoke_text"),
    yes: say("trackers.revoke"), danger: true });
  if (!sure) return;
  await api.revokeTracker(tracker.id);
  again();
}

/** @param {Tracker} tracker */
function item(tracker) {
  return el("li", { class: "card device" }, el("strong", {}, tracker.name || appName(tracker.kind)), el("small", {}, appName(tracker.kind)),
    el("small", {}, tracker.last_seen_at ? say("trackers.heard", { at: stamp(tracker.last_seen_at) }) : say("trackers.unheard")),
    tracker.revoked_at ? el("small", {}, say("trackers.revoked", { at: stamp(tracker.revoked_at) }))
      : button(say("trackers.revoke"), () => revoke(tracker)));
}

/** What sets the app up, told this once. @param {Added} added */
function setup({ setup: { link, qr, typed }, tracker }) {
  return el("section", { class: "section" }, notice("note", say("trackers.once"), para(say("trackers.once_text"))),
    el("a", { class: "button main", href: link }, say("trackers.open", { app: appName(tracker.kind) })),
    el("figure", { class: "code" }, el("img", { src: `data:image/svg+xml,${encodeURIComponent(qr)}`, alt: say("trackers.code"), width: 240, height: 240 }),
      el("figcaption", { class: "small" }, say("trackers.code"))),
    el("details", { class: "card fold" }, el("summary", {}, say("trackers.typed")), facts(typed.map(({ zh, en, value }) => [either({ zh, en }), value]))));
}

/** The form that adds one. @param {HTMLElement} place where what sets it up is shown */
function adding(place) {
  let kind = "traccar";
  return section(say("trackers.add"), chips("app", say("trackers.app"), APPS, kind, (value) => {
    kind = value;
  }), button(say("trackers.do"), async () => {
    refill(place, setup(await api.addTracker(kind, appName(kind))));
    place.scrollIntoView({ block: "start" });
  }, { icon: "plus" }));
}

/** The page of one's trackers. @returns {Promise<View>} */
export async function page() {
  const items = (await api.trackers()).items.filter(({ kind }) => APPS.some(([one]) => one === kind));
  const place = el("div", {});
  return { title: say("trackers.title"), back: "#/me", tab: "me", body: [para(say("trackers.lead")), adding(place), place,
    section(say("trackers.mine"), items.length ? el("ul", { class: "stack plain" }, ...items.map(item)) : empty(say("trackers.none")))] };
}
