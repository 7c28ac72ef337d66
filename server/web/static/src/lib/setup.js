/**
 * Setting up a phone that was just added: a code to scan, a link for the phone itself, the words to type; told once.
 * @import {AddedTracker, Tracker, TypedSetting} from "../wire"
 */
import { get, Refusal } from "./api.js";
import { say, t } from "./desk.js";
import { el, fill } from "./dom.js";
import { toast } from "./states.js";
import { word } from "./words.js";

const LOOK_EVERY_MS = 4000;
const LOOK_TIMES = 200;

/**
 * Show how to set up the phone, until it is closed; `heard` is called once its first message has come.
 * @param {HTMLElement} place
 * @param {AddedTracker} added
 * @param {() => void} heard
 */
export function showSetup(place, added, heard) {
  const app = word("tracker", added.tracker.kind);
  const waiting = el("p.hearing", { role: "status" }, t("正在等待这部手机的第一条消息…"));
  fill(
    place,
    el(
      "section.sheet.setup",
      { "aria-labelledby": "setup-title" },
      el(
        "div.sheet-head",
        {},
        el("h2", { id: "setup-title", tabindex: -1 }, t("设置“{name}”", { name: added.tracker.name })),
        el("span.setup-once", {}, t("密钥只显示这一次，关闭后无法再看")),
      ),
      warning(),
      el("div.setup-ways", {}, scan(added, app), byLink(added, app), byHand(added.setup.typed)),
      el(
        "div.setup-foot",
        {},
        waiting,
        el("button.button.button-main", { type: "button", onclick: () => fill(place) }, t("设置好了，关闭")),
      ),
    ),
  );
  place.querySelector("h2")?.focus({ preventScroll: true });
  place.scrollIntoView({ block: "start" });
  void listen(added.tracker.id, waiting, heard);
}

/** @returns {HTMLElement | null} words for an address that a phone can hardly reach, or not safely */
export function warning() {
  const near = /^(localhost|127\.|\[::1\])/.test(location.hostname);
  if (location.protocol === "https:" && !near) return null;
  return el(
    "div.notice.notice-wrong.setup-warn",
    {},
    el("b", {}, t("手机可能连不上这个地址。")),
    " ",
    t("您正用 {address} 打开本页，手机会把位置发到同一地址。请改用单位公布的 https 地址打开本页，再添加。", {
      address: location.origin,
    }),
  );
}

/* ── three ways ──────────────────────────────────────────────────────────────────────────────────────── */

/** @param {AddedTracker} added @param {string} app */
function scan({ tracker, setup }, app) {
  const how =
    tracker.kind === "traccar"
      ? t("在手机上打开 {app}，进入设置，点右上角的扫码图标，对准此码。", { app })
      : t("用手机相机对准此码，选择用 {app} 打开，再确认导入。", { app });
  return el(
    "section.setup-way.setup-scan",
    {},
    el("h3", {}, t("扫码")),
    el("img.qr", {
      src: `data:image/svg+xml,${encodeURIComponent(setup.qr)}`,
      alt: t("{app} 的设置二维码", { app }),
      width: 240,
      height: 240,
    }),
    el("p", {}, how),
  );
}

/** @param {AddedTracker} added @param {string} app */
function byLink({ tracker, setup }, app) {
  const then =
    tracker.kind === "traccar"
      ? t("应用会先问是否采用新设置，请确认，再打开主界面上的持续定位开关。点了没有反应的，请扫码或手动填写。")
      : t("应用会先列出设置，请确认导入。用 iPhone 的，任务期间可在应用里切换到 Move 模式，轨迹更细。");
  return el(
    "section.setup-way.setup-link",
    {},
    el("h3", {}, t("正在用这部手机看本页")),
    el("p", {}, t("先从应用商店安装 {app}（商店里没有的，请向本单位管理员要安装包），再点：", { app })),
    el(
      "p.buttons",
      {},
      el("a.button.button-main", { href: setup.link }, t("打开 {app}", { app })),
      el("button.button", { type: "button", onclick: () => void copy(setup.link) }, t("复制链接")),
    ),
    el("p.faint.small", {}, then),
  );
}

/** @param {TypedSetting[]} typed */
function byHand(typed) {
  const row = (/** @type {TypedSetting} */ each) =>
    el(
      "div",
      {},
      el("dt", {}, el("b", {}, say(each)), el("span.under", {}, say({ zh: each.en, en: each.zh }))),
      el(
        "dd",
        {},
        el("code", {}, each.value),
        /^\S{5,}$/.test(each.value) ? copyButton(each) : null,
      ),
    );
  return el("section.setup-way.setup-hand", {}, el("h3", {}, t("手动填写")), el("dl.typed", {}, typed.map(row)));
}

/** @param {TypedSetting} each */
function copyButton(each) {
  return el(
    "button.button.button-small",
    { type: "button", "aria-label": t("复制{what}", { what: say(each) }), onclick: () => void copy(each.value) },
    t("复制"),
  );
}

/** Where a browser keeps pages from the clipboard, the words can still be copied by hand. @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("已复制。"));
  } catch {
    toast(t("浏览器不允许复制，请长按文字选取。"), true);
  }
}

/* ── the first message ───────────────────────────────────────────────────────────────────────────────── */

/**
 * Look now and then whether the phone has reported, as long as the words that say so are on the page.
 * @param {number} id
 * @param {HTMLElement} waiting
 * @param {() => void} heard
 */
async function listen(id, waiting, heard) {
  for (let time = 0; time < LOOK_TIMES; time++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (!waiting.isConnected) return;
    const tracker = document.hidden ? null : await look(id, waiting);
    if (tracker?.last_seen_at) {
      waiting.classList.add("heard");
      fill(waiting, t("已收到这部手机的消息，设置成功。"));
      return heard();
    }
  }
}

/** @param {number} id @param {HTMLElement} waiting @returns {Promise<Tracker | undefined>} */
async function look(id, waiting) {
  try {
    const answer = await get("/trackers");
    fill(waiting, t("正在等待这部手机的第一条消息…"));
    return answer.items.find((/** @type {Tracker} */ each) => each.id === id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    fill(waiting, error.message);
    return undefined;
  }
}
