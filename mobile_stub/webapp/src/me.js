// @ts-check
/** My own pages: who I am here, who looked at my whereabouts, and where I am signed in. */

/** @import {Device, Look} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { large, switchLang, switchSize } from "./choices.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { button, confirmed, empty, notice, paged, para, row } from "./parts.js";
import * as session from "./session.js";
import { signOut } from "./signin.js";
import { dayOf, dayWords, clock, stamp } from "./times.js";
import { again } from "./ways.js";
import { say } from "./words.js";

/** A row that changes a choice at once. @param {"text" | "speak"} name @param {string} words @param {string} state @param {() => void} act */
function switchRow(name, words, state, act) {
  return el("button", { type: "button", class: "row", onclick: () => {
    act();
    again();
  } }, icon(name), el("span", { class: "row-words" }, words), el("span", { class: "state" }, state));
}

/** The page of the person. @param {Way} way @returns {Promise<View>} */
export async function page(way) {
  const tokens = await session.current();
  if (!tokens) throw new api.SignedOut();
  const { person } = tokens;
  const body = [
    way.params.get("done") === "password" && notice("good", say("password.done")),
    el("div", { class: "person" }, el("span", { class: "initial", "aria-hidden": "true" }, Array.from(person.name).at(0) ?? ""),
      el("div", {}, el("h2", {}, person.name), para([person.unit.name, person.post].filter(Boolean).join(" · ")),
        el("p", { class: "small" }, person.roles.map(({ role }) => say(`role.${role}`)).join(say("comma"))))),
    el("div", { class: "rows" },
      row("bell", say("notices.title"), "#/notices", say("notices.row")),
      row("shield", say("rights.title"), "#/rights", say("rights.row")),
      row("phone", say("devices.title"), "#/devices", say("devices.row")),
      row("track", say("trackers.title"), "#/trackers", say("trackers.row")),
      row("key", say("password.title"), "#/password")),
    el("div", { class: "rows" },
      switchRow("text", say("me.large"), large() ? say("on") : say("off"), switchSize),
      switchRow("speak", say("me.lang"), say("lang.name"), switchLang),
      row("up", say("delivery.title"), "#/deliveries"),
      row("phone", say("phone.title"), "#/phone", say("phone.row")),
      row("help", say("help.title"), "#/help"),
      row("speak", say("matters.title"), "#/matters", say("matters.row"))),
    button(say("signout.do"), signOut, { weight: "plain", icon: "out" }),
  ];
  return { title: say("me.title"), tab: "me", body: body.filter((node) => node instanceof Node) };
}

/** Who looked, when, why. @param {Look} look */
function lookItem(look) {
  const unit = typeof look.by.unit === "string" ? look.by.unit : look.by.unit?.name;
  return el("li", { class: "card look" },
    el("strong", {}, [look.by.name, unit].filter(Boolean).join(" · ")),
    el("small", {}, `${dayWords(dayOf(look.at))} ${clock(look.at)}`),
    el("p", {}, say("looks.reason", { reason: look.reason })),
    el("small", {}, look.trip ? say("looks.trip", { title: look.trip.title }) : look.door === "map" ? say("looks.map") : say("looks.no_trip")));
}

/** The page of looks at my whereabouts. @returns {Promise<View>} */
export async function looksPage() {
  const first = await api.looks();
  const list = first.items.length
    ? paged(first, api.looks, (items) => [el("ul", { class: "stack plain" }, ...items.map(lookItem))])
    : empty(say("looks.none"));
  return { title: say("looks.title"), back: "#/rights", tab: "me", body: [para(say("looks.lead")), list] };
}

/** Ends a device's session after asking. @param {Device} device */
async function revoke(device) {
  const sure = await confirmed({ title: say("devices.end_title", { name: device.device_name }), text: say("devices.end_text"),
    yes: say("devices.end"), danger: true });
  if (!sure) return;
  await api.endDevice(device.id);
  again();
}

/** @param {Device} device */
function deviceItem(device) {
  return el("li", { class: "card device" },
    el("strong", {}, device.device_name || say("devices.nameless")),
    device.current && el("span", { class: "badge state-under_way" }, el("i", { "aria-hidden": "true" }), say("devices.current")),
    el("small", {}, say(`devices.${device.kind}`)),
    el("small", {}, say("devices.used", { at: stamp(device.last_used_at) })),
    el("small", {}, say("devices.since", { at: stamp(device.created_at) })),
    !device.current && button(say("devices.end"), () => revoke(device)));
}

/** The page of sign-ins. @returns {Promise<View>} */
export async function devicesPage() {
  const { items } = await api.devices();
  const sorted = [...items].sort((one, other) => Number(other.current) - Number(one.current));
  return { title: say("devices.title"), back: "#/me", tab: "me",
    body: [para(say("devices.lead")), el("ul", { class: "stack plain" }, ...sorted.map(deviceItem))] };
}
