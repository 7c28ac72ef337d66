/**
 * One's own trackers: add a phone's tracker app, see whether it reports, revoke it with one click; and what was not
 * kept of one's positions, by day and reason.
 * @import {AddedTracker, SetAsideDay, Tracker} from "../wire"
 */
import { get, patch, post } from "../lib/api.js";
import { ask } from "../lib/dialog.js";
import { say, t } from "../lib/desk.js";
import { byId, drawing, el, fill } from "../lib/dom.js";
import { field, send } from "../lib/form.js";
import { frame } from "../lib/frame.js";
import { pagedList } from "../lib/list.js";
import { showSetup, warning } from "../lib/setup.js";
import { attempt, blank, failure, loading, toast } from "../lib/states.js";
import { age, ago, dayInWords, fully } from "../lib/time.js";
import { word } from "../lib/words.js";

const APPS = /** @type {const} */ (["traccar", "owntracks"]);

/* ── the list ────────────────────────────────────────────────────────────────────────────────────────── */

async function readTrackers() {
  const place = byId("trackers");
  if (!place.childElementCount) fill(place, loading());
  try {
    draw((await get("/trackers")).items);
  } catch (error) {
    fill(
      place,
      failure(error, () => void readTrackers()),
    );
  }
}

/** @param {Tracker[]} trackers */
function draw(trackers) {
  const live = trackers.filter((tracker) => !tracker.revoked_at);
  const ended = trackers.filter((tracker) => tracker.revoked_at);
  fill(
    byId("acts"),
    live.length > 1
      ? el("button.button.button-small.button-stop", { type: "button", onclick: () => void revokeAll() }, t("全部停用"))
      : null,
    el("button.button.button-small.button-main", { type: "button", onclick: begin }, t("添加设备")),
  );
  fill(
    byId("trackers"),
    live.length ? el("ul.trackers", {}, live.map(liveRow)) : none(),
    ended.length ? past(ended) : null,
  );
}

function none() {
  return blank(
    t("还没有定位设备"),
    t("只用挂图手机应用签到的，不需要添加。行程需要轨迹时，可以添加一个能在锁屏时定位的应用。"),
    el("button.button.button-main", { type: "button", onclick: begin }, t("添加设备")),
  );
}

/** @param {Tracker} tracker */
function liveRow(tracker) {
  return el(
    "li.tracker",
    {},
    phone(),
    el(
      "div.tracker-body",
      {},
      el(
        "p.tracker-name",
        {},
        el("b", {}, tracker.name),
        el("span.tag", {}, word("tracker", tracker.kind)),
        tracker.sealed ? el("span.tag.tag-go", {}, t("消息加密")) : null,
      ),
      el(
        "p.tracker-facts",
        {},
        el("span", {}, seen(tracker)),
        tracker.battery === null ? null : battery(tracker.battery, tracker.charging),
        el("span.faint", {}, t("添加于 {at}", { at: fully(tracker.created_at) })),
      ),
    ),
    el(
      "div.buttons.tracker-acts",
      {},
      el("button.button.button-small", { type: "button", onclick: () => void rename(tracker) }, t("改名")),
      el(
        "button.button.button-small.button-stop",
        {
          type: "button",
          "aria-label": t("停用“{name}”", { name: tracker.name }),
          title: tracker.kind === "app" ? t("同时退出这部手机上的登录") : t("立即停用，不再接收它的任何消息"),
          onclick: () => void revoke(tracker),
        },
        t("立即停用"),
      ),
    ),
  );
}

/** @param {Tracker} tracker @returns {string} */
function seen(tracker) {
  if (!tracker.last_seen_at) return t("还没有收到过它的消息");
  return t("最近消息 {ago}", { ago: ago(age(tracker.last_seen_at)) });
}

/** @param {number} level 0 to 1 @param {boolean | null} charging */
function battery(level, charging) {
  const full = Math.round(Math.min(1, Math.max(0, level)) * 100);
  const svg = drawing("0 0 26 12", [
    [
      "rect",
      { x: 0.75, y: 0.75, width: 21.5, height: 10.5, rx: 2, fill: "none", stroke: "currentColor", "stroke-width": 1.5 },
    ],
    ["rect", { x: 23.5, y: 3.5, width: 2, height: 5, rx: 1, fill: "currentColor" }],
    ["rect", { x: 2.5, y: 2.5, width: (18 * full) / 100, height: 7, rx: 0.5, fill: "currentColor" }],
  ]);
  const words = charging ? t("电量 {n}%，充电中", { n: full }) : t("电量 {n}%", { n: full });
  return el(full <= 20 && !charging ? "span.battery.battery-low" : "span.battery", {}, svg, words);
}

function phone() {
  const svg = drawing("0 0 24 34", [
    ["rect", { x: 2, y: 1, width: 20, height: 32, rx: 3, fill: "#fff", stroke: "currentColor", "stroke-width": 1.8 }],
    ["path", { d: "M9.5 29.5h5", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round" }],
    [
      "path",
      { d: "M12 8a5 5 0 0 1 5 5c0 3.2-5 9-5 9s-5-5.8-5-9a5 5 0 0 1 5-5z", fill: "currentColor", "fill-opacity": 0.16 },
    ],
    ["circle", { cx: 12, cy: 13, r: 2.2, fill: "currentColor" }],
  ]);
  svg.classList.add("tracker-mark");
  return svg;
}

/** @param {Tracker[]} ended */
function past(ended) {
  const row = (/** @type {Tracker} */ tracker) =>
    el(
      "li",
      {},
      el("b", {}, tracker.name),
      el("span.faint", {}, word("tracker", tracker.kind)),
      el("span.faint", {}, t("停用于 {at}", { at: fully(tracker.revoked_at || "") })),
    );
  return el(
    "details.ended",
    {},
    el("summary", {}, t("已停用 {n} 个", { n: ended.length })),
    el("ul", {}, ended.map(row)),
  );
}

/* ── change ──────────────────────────────────────────────────────────────────────────────────────────── */

/** @param {Tracker} tracker */
async function rename(tracker) {
  const name = nameInput(tracker.name);
  const done = await ask({
    title: t("改名"),
    body: [field("name", t("名称"), name, { must: true })],
    yes: t("保存"),
    act: () => patch(`/trackers/${tracker.id}`, { name: name.value }),
  });
  if (done) await readTrackers();
}

/** A lost phone is one click: nothing is asked first. @param {Tracker} tracker */
async function revoke(tracker) {
  const ended = await attempt(() => post(`/trackers/${tracker.id}/revoke`, {}));
  if (ended) toast(t("“{name}”已停用，它发来的消息一律不再接收。", { name: tracker.name }));
  await readTrackers();
}

async function revokeAll() {
  const done = await ask({
    title: t("停用全部设备？"),
    body: [
      el("p", {}, t("所有定位设备立即停用，挂图手机应用也会退出登录。之后要用，需重新添加或登录。")),
    ],
    yes: t("全部停用"),
    stop: true,
    act: () => post("/trackers/revoke", {}),
  });
  if (!done) return;
  fill(byId("setup"));
  toast(t("全部设备已停用。"));
  await readTrackers();
}

/* ── add ─────────────────────────────────────────────────────────────────────────────────────────────── */

/** @param {string} value */
function nameInput(value) {
  return el("input.input", { name: "name", value, required: true, maxlength: 64, autocomplete: "off" });
}

function begin() {
  const head = el("div", {});
  const name = nameInput(t("我的手机"));
  const sealed = el("input", { type: "checkbox", name: "sealed", checked: true });
  const seal = el(
    "label.choice",
    {},
    sealed,
    el("div", {}, t("消息另加密"), el("span.under", {}, t("即使中间的代理也看不到内容；密钥随设置一起交给手机。"))),
  );
  const form = el(
    "form.sheet-body",
    {},
    head,
    warning(),
    el("fieldset.apps", {}, el("legend.visually-hidden", {}, t("定位应用")), APPS.map(appChoice)),
    el("div.fields", {}, field("name", t("给这部手机起个名字"), name, { must: true }), seal),
    el(
      "p.buttons.import-go",
      {},
      el("button.button.button-main", { type: "submit" }, t("添加并显示设置")),
      el("button.button", { type: "button", onclick: () => fill(byId("setup")) }, t("取消")),
    ),
  );
  const kind = () => String(new FormData(form).get("kind"));
  const show = () => {
    seal.hidden = kind() !== "owntracks";
  };
  form.addEventListener("change", show);
  show();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form, head, (path) => (path === "name" ? t("名称") : path), add);
  });
  fill(
    byId("setup"),
    el("section.sheet.setup", {}, el("div.sheet-head", {}, el("h2", {}, t("添加设备"))), form),
  );
  byId("setup").scrollIntoView({ block: "nearest" });
  /** @type {HTMLInputElement | null} */ (form.querySelector("input[name=kind]"))?.focus({ preventScroll: true });

  async function add() {
    /** @type {AddedTracker} */
    const added = await post("/trackers", { kind: kind(), name: name.value, sealed: sealed.checked });
    showSetup(byId("setup"), added, () => void readTrackers());
    await readTrackers();
  }
}

/** @param {"traccar" | "owntracks"} kind */
function appChoice(kind) {
  const words = {
    traccar: t("设置最简单，安卓和苹果都能用。一般选它。"),
    owntracks: t("更省电，消息可另外加密；轨迹较稀。"),
  };
  return el(
    "label.app",
    {},
    el("input", { type: "radio", name: "kind", value: kind, checked: kind === "traccar" }),
    el("div", {}, el("b", {}, word("tracker", kind)), el("span.under", {}, words[kind])),
  );
}

/* ── set aside ───────────────────────────────────────────────────────────────────────────────────────── */

const aside = pagedList({
  place: byId("set-aside"),
  path: "/trackers/set-aside",
  limit: 14,
  draw: (/** @type {SetAsideDay[]} */ days) => el("div.aside", {}, days.map(asideDay)),
  empty: () => blank(t("还没有"), t("收到而没有保存的位置，会在这里写明每天有多少条、为什么。")),
});

/** @param {SetAsideDay} of */
function asideDay(of) {
  return el(
    "section.aside-day",
    {},
    el(
      "h3",
      {},
      dayInWords(`${of.day}T12:00:00+08:00`),
      el("span.faint", {}, t("共 {n} 条", { n: of.count.toLocaleString() })),
    ),
    el(
      "ul",
      {},
      of.reasons.map((each) => el("li", {}, el("span", {}, say(each)), el("b.number", {}, each.count.toLocaleString()))),
    ),
  );
}

frame();
void readTrackers();
void aside.read({});
