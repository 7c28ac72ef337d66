// @ts-check
/** What concerns me: a bell in the head of every page, and the list behind it, the last one kept for where there is no signal. */

/** @import {Notice, Unread} from "./wire.d.ts" */
/** @import {View} from "./ways.js" */

import * as api from "./api.js";
import { lang } from "./choices.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { button, empty, oldNotice, paged, para } from "./parts.js";
import { remembered } from "./remember.js";
import * as session from "./session.js";
import { dayOf, dayWords, clock } from "./times.js";
import { again } from "./ways.js";
import { say } from "./words.js";

const EVERY_MS = 60_000;

const count = el("span", { class: "bell-count", hidden: true });
const bell = el("a", { class: "round bell", href: "#/notices", hidden: true }, icon("bell"), count);
let looked_at = 0;
let looked_for = 0;

/** Shows how many are unread. @param {Unread} told */
function ring({ unread, urgent }) {
  count.hidden = unread === 0;
  count.textContent = unread > 99 ? "99+" : String(unread);
  count.classList.toggle("urgent", urgent > 0);
  bell.setAttribute("aria-label", unread ? say("notices.bell", { n: unread }) : say("notices.title"));
}

/** Looks once in a while, when a page is opened; without a network the last count stays. */
async function look() {
  const tokens = await session.current();
  bell.hidden = !tokens || tokens.must_change_password;
  if (!tokens || bell.hidden || !navigator.onLine) return;
  if (tokens.person.id === looked_for && Date.now() - looked_at < EVERY_MS) return;
  [looked_for, looked_at] = [tokens.person.id, Date.now()];
  try {
    ring(await api.unread());
  } catch (failure) {
    if (!(failure instanceof api.Lost || failure instanceof api.Refusal || failure instanceof api.SignedOut)) throw failure;
  }
}

/** The bell for the head of a page. */
export function bellLink() {
  bell.setAttribute("aria-label", bell.getAttribute("aria-label") ?? say("notices.title"));
  void look();
  return bell;
}

/** Where each kind of thing is read on the phone. @type {Record<string, (about: Notice["about"]) => string>} */
const WAYS = {
  trip: (about) => `#/trip/${about.trip_id ?? about.id}`,
  checkin: (about) => `#/record/${about.id}`,
  matter: () => "#/matters",
  look: () => "#/looks",
  patrol: (about) => (about.trip_id ? `#/trip/${about.trip_id}` : "#/"),
  account: () => "#/me",
  household: () => "#/households",
};

/** @param {Notice} notice */
function item(notice) {
  const words = lang() === "en" ? notice.words.en : notice.words.zh;
  const way = WAYS[notice.about.noun]?.(notice.about);
  const inside = [
    el("span", { class: "told-words" }, notice.urgent && el("strong", { class: "urgent" }, say("notices.urgent")), words),
    el("small", {}, `${dayWords(dayOf(notice.at))} ${clock(notice.at)}`, !way && el("span", {}, say("notices.desk")), !notice.read && el("b", {}, say("notices.unread"))),
  ];
  return el("li", {}, way ? card("a", notice, { href: way, onclick: () => mark(notice) }, inside) : card("button", notice, { type: "button", onclick: () => seen(notice) }, inside));
}

/** @param {"a" | "button"} tag @param {Notice} notice @param {Record<string, unknown>} more @param {Node[]} inside */
function card(tag, notice, more, inside) {
  return el(tag, { class: notice.read ? "card told" : "card told unread", ...more }, ...inside);
}

/** What is read at the desk alone leads nowhere here: pressing it says that it was read. @param {Notice} notice */
async function seen(notice) {
  if (notice.read) return;
  await mark(notice);
  again();
}

/** Marks one as read while its page opens; where that fails it stays unread. @param {Notice} notice */
async function mark(notice) {
  if (notice.read) return;
  notice.read = true;
  try {
    ring(await api.readNotice(notice.id));
  } catch (failure) {
    if (!(failure instanceof api.Lost || failure instanceof api.Refusal)) throw failure;
    notice.read = false;
  }
}

/** Marks all there are. */
async function markAll() {
  const { newest } = await api.unread();
  if (newest) ring(await api.readNotices(newest));
  again();
}

/** The page of notices. @returns {Promise<View>} */
export async function page() {
  const { value: first, since } = await remembered("notices", () => api.notices());
  const list = first.items.length
    ? paged(first, api.notices, (items) => [el("ul", { class: "stack plain" }, ...items.map(item))])
    : empty(say("notices.none"), say("notices.none_text"));
  const all = first.items.some(({ read }) => !read) && since === null && button(say("notices.read_all"), markAll);
  const body = [para(say("notices.lead")), oldNotice(since), list, all];
  return { title: say("notices.title"), back: "#/", tab: "me", body: body.filter((node) => node instanceof Node) };
}
