/**
 * What concerns the reader, by days, the newest first; pressing one marks it as read and leads on.
 * @import {Notice, Unread} from "../wire"
 */
import { get, post } from "../lib/api.js";
import { ring } from "../lib/bell.js";
import { may, say, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { pagedList } from "../lib/list.js";
import { attempt, blank } from "../lib/states.js";
import { clock, day, dayInWords } from "../lib/time.js";

/** Where each kind of thing is read at the desk. @type {Record<string, (notice: Notice) => string>} */
const PLACES = {
  trip: ({ about }) => `/trips/${about.trip_id ?? about.id}`,
  matter: ({ about }) => `/matters/${about.id}`,
  checkin: () => "/reviews",
  look: () => "/account#looks",
  account: () => "/account",
  patrol: ({ about }) => `/patrols/${about.id}`,
  flag: ({ about }) => `/flags/${about.id}`,
  campaign: ({ about }) => `/campaigns/${about.id}`,
  project: ({ about }) => `/projects/${about.id}`,
  bulletin: ({ about }) => `/bulletins/${about.id}`,
  household: () => "/households",
};

const only = el("input", { type: "checkbox", id: "unread", onchange: () => void read() });

const list = pagedList({
  place: byId("notices"),
  path: "/notices",
  draw: (/** @type {Notice[]} */ notices) => el("div.notices", {}, days(notices)),
  empty: () => (only.checked ? blank(t("没有未读的提醒")) : blank(t("还没有提醒"), t("行程要审批、事项交到您手里、有人询问您的签到时，会在这里看到。"))),
});

/** @param {Notice[]} notices */
function days(notices) {
  /** @type {Map<string, Notice[]>} */
  const found = new Map();
  for (const notice of notices) found.set(day(notice.at), [...(found.get(day(notice.at)) ?? []), notice]);
  return [...found.values()].map((those) => [
    el("h2", {}, dayInWords(/** @type {Notice} */ (those[0]).at)),
    el("ul", {}, those.map((notice) => el("li", {}, row(notice)))),
  ]);
}

/** @param {Notice} notice */
function row(notice) {
  const link = el(
    "a",
    { href: PLACES[notice.about.noun]?.(notice) ?? "/", onclick: (/** @type {MouseEvent} */ event) => void follow(event, notice) },
    el("time", { datetime: notice.at }, clock(notice.at)),
    el("span", {}, notice.urgent ? el("span.tag.tag-urgent", {}, t("紧急")) : null, say(notice.words)),
    notice.read ? null : el("span.tag.unread-word", {}, t("未读")),
  );
  link.classList.toggle("unread", !notice.read);
  return link;
}

/** Mark it as read before the page is left. @param {MouseEvent} event @param {Notice} notice */
async function follow(event, notice) {
  if (notice.read || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const link = /** @type {HTMLAnchorElement} */ (event.currentTarget);
  const told = await attempt(() => post(`/notices/${notice.id}/read`));
  if (told) ring(told);
  location.assign(link.href);
}

async function readAll() {
  /** @type {Unread | undefined} */
  const seen = await attempt(() => get("/notices/unread"));
  if (!seen?.newest) return;
  const told = await attempt(() => post("/notices/read", { upto: seen.newest }));
  if (!told) return;
  ring(told);
  await read();
}

function read() {
  return list.read(only.checked ? { unread: "1" } : {});
}

frame();
fill(byId("filters"), el("label.choice", { for: "unread" }, only, t("只看未读")));
fill(
  byId("acts"),
  may("hook.read") ? el("a.button", { href: "/hooks" }, t("群机器人")) : null,
  el("button.button", { type: "button", onclick: () => void readAll() }, t("全部标为已读")),
);
void read();
