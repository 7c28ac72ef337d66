// @ts-check
/** The frame around every page: head, tabs, the thumb's dock, and which page the address means. */

/** @import {View, Way} from "./ways.js" */

import { Refusal, SignedOut } from "./api.js";
import * as checkin from "./checkin.js";
import { apply, large, switchLang, switchSize } from "./choices.js";
import * as consent from "./consent.js";
import * as deliveries from "./deliveries.js";
import { el, refill } from "./dom.js";
import { failureBox } from "./failures.js";
import * as help from "./help.js";
import * as households from "./households.js";
import { icon } from "./icons.js";
import * as log from "./log.js";
import * as logs from "./logs.js";
import * as matters from "./matters.js";
import * as me from "./me.js";
import * as notices from "./notices.js";
import { button } from "./parts.js";
import * as phone from "./phone.js";
import * as plan from "./plan.js";
import * as report from "./report.js";
import * as release from "./release.js";
import * as rights from "./rights.js";
import * as sender from "./sender.js";
import * as session from "./session.js";
import * as signin from "./signin.js";
import * as track from "./track.js";
import * as tracker from "./tracker.js";
import * as trackers from "./trackers.js";
import * as trip from "./trip.js";
import * as trips from "./trips.js";
import { again, here, instead } from "./ways.js";
import { say } from "./words.js";

/** @type {Record<string, (way: Way) => View | Promise<View>>} */
const pages = {
  "": trips.page,
  trip: trip.page,
  consent: consent.page,
  checkin: checkin.page,
  record: log.recordPage,
  deliveries: deliveries.page,
  log: log.page,
  logs: logs.page,
  supplement: logs.supplementPage,
  plan: plan.page,
  me: me.page,
  phone: phone.page,
  rights: rights.page,
  looks: me.looksPage,
  devices: me.devicesPage,
  trackers: trackers.page,
  password: signin.passwordPage,
  matters: matters.page,
  households: households.page,
  report: report.page,
  notices: notices.page,
  help: help.page,
  signin: signin.page,
};

const OPEN = new Set(["signin", "matters", "help"]);
const SLOW_MS = 180;
/** What is not there or not theirs to see, and will not be however often it is asked for. */
const GONE = new Set([403, 404, 410]);

const root = el("div", { class: "frame" });
/** @type {View | null} */
let shown = null;
let turn = 0;

/** Head of a page: the way back or the seal, the title, letter size and language. @param {View} view */
function head(view) {
  return el("header", { class: "head" },
    view.back ? el("a", { class: "round", href: view.back, "aria-label": say("back") }, icon("back"))
      : el("img", { class: "seal", src: "icons/mark.svg", alt: say("app.name"), width: 32, height: 32 }),
    el("h1", { tabindex: -1 }, view.title),
    !view.bare && notices.bellLink(),
    el("button", { type: "button", class: "round", "aria-pressed": String(large()), "aria-label": say("me.large"),
      onclick: () => change(switchSize) }, icon("text")),
    el("button", { type: "button", class: "round lang", "aria-label": `${say("lang.other")} · ${say("me.lang")}`, onclick: () => change(switchLang) },
      say("lang.other")));
}

/** The three tabs. @param {View} view */
function tabs(view) {
  const entries = /** @type {const} */ ([["duties", "#/", "duties"], ["log", "#/log", "log"], ["me", "#/me", "person"]]);
  return el("nav", { class: "tabs", "aria-label": say("tabs") }, ...entries.map(([tab, way, drawing]) =>
    el("a", { href: way, "aria-current": view.tab === tab ? "page" : null }, icon(drawing), el("span", {}, say(`tab.${tab}`)))));
}

/** The way to complain or suggest, on every page. */
function foot() {
  const page = encodeURIComponent(location.hash || "#/");
  return el("footer", { class: "foot" }, el("a", { href: `#/matters?page=${page}` }, say("matters.foot")));
}

/** The line that says there is no network. */
function offline() {
  return el("p", { class: "offline", role: "status", hidden: navigator.onLine }, icon("cloud"), say("offline"));
}

/** The bar that offers a newer release of the app, once one is ready. */
const newer = el("p", { class: "newer", role: "status", hidden: true });

/** Shows that bar. */
function offerRelease() {
  refill(newer, el("span", {}, say("release.ready")), button(say("release.take"), release.take, { weight: "main" }));
  newer.hidden = false;
}

/** The bar that says a track is being recorded. */
const recording = track.bar();

/** Puts a page on the screen. @param {View} view */
function draw(view) {
  shown?.leave?.();
  shown = view;
  document.title = `${view.title} · ${say("app.name")}`;
  const bottom = view.bare && !view.dock ? null : el("div", { class: "bottom" },
    view.dock && el("div", { class: "dock" }, view.dock), !view.bare && tabs(view));
  refill(root, head(view), newer, recording, offline(), el("main", { class: "body" }, ...view.body), foot(), bottom);
}

/** What the fields of the page hold now, by their names. */
function typed() {
  const controls = /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll("main [name]"));
  return new Map([...controls].filter((one) => one.type !== "radio" && one.type !== "checkbox").map((one) => [one.name, one.value]));
}

/** Fills the fields again. @param {Map<string, string>} values */
function retype(values) {
  for (const control of /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll("main [name]"))) {
    if (values.has(control.name) && control.type !== "radio" && control.type !== "checkbox") control.value = values.get(control.name) ?? "";
  }
}

/** Changes language or letter size without losing what is typed. @param {() => void} choice */
async function change(choice) {
  const values = typed();
  const scroll = scrollY;
  choice();
  await show();
  retype(values);
  scrollTo(0, scroll);
}

/** The page an address means, or where one has to go first. @param {Way} way @returns {Promise<View | null>} null when sent elsewhere */
async function viewOf(way) {
  const tokens = await session.current();
  if (!tokens && !OPEN.has(way.noun)) return signin.page(way);
  if (tokens?.must_change_password && way.noun !== "matters") return signin.passwordPage();
  if (tokens && way.noun === "signin") {
    instead("#/");
    return null;
  }
  return (pages[way.noun] ?? trips.page)(way);
}

/** A page for when a page could not be made. @param {unknown} failure @param {Way} way @returns {View | Promise<View>} */
function failed(failure, way) {
  if (failure instanceof Refusal && failure.problem.code === "password_must_change") return signin.passwordPage();
  if (failure instanceof SignedOut) return signin.page({ ...way, params: new URLSearchParams({ ended: "1" }) });
  const gone = failure instanceof Refusal && GONE.has(failure.problem.status);
  const act = gone ? button(say("failure.leave"), () => instead("#/")) : button(say("again"), again, { weight: "main" });
  return { title: say("failure.title"), back: "#/", tab: "duties", body: [failureBox(failure, act)] };
}

/** Shows the page of the present address; one that comes too late for its address is dropped. */
async function show() {
  turn += 1;
  const mine = turn;
  const way = here();
  const slow = setTimeout(() => root.classList.add("slow"), SLOW_MS);
  const view = await viewOf(way).catch((failure) => failed(failure, way));
  clearTimeout(slow);
  if (mine !== turn) {
    view?.leave?.();
    return;
  }
  root.classList.remove("slow");
  if (view) draw(view);
}

/** Shows the page a new address means, from its top, and tells screen readers its title. */
async function arrive() {
  await show();
  scrollTo(0, 0);
  root.querySelector("h1")?.focus({ preventScroll: true });
}

apply();
document.body.append(root);
addEventListener("hashchange", arrive);
for (const name of ["online", "offline"]) {
  addEventListener(name, () => root.querySelector(".offline")?.toggleAttribute("hidden", navigator.onLine));
}
show();
release.begin(offerRelease);
sender.begin();
tracker.attend();
