// @ts-check
/** What to do when no position comes: a box on the check-in page, and a page with the steps. */

/** @import {Trouble} from "./position.js" */
/** @import {View, Way} from "./ways.js" */

import { el } from "./dom.js";
import { notice, para, section } from "./parts.js";
import { webview } from "./position.js";
import { say } from "./words.js";

const TROUBLES = /** @type {Trouble[]} */ (["denied", "unavailable", "timeout", "insecure", "missing"]);

/** The steps out of a trouble; inside a chat app, that app's own come first. @param {Trouble} trouble */
function steps(trouble) {
  const inside = webview(navigator.userAgent);
  return el("ul", { class: "steps" },
    inside && trouble !== "insecure" && el("li", {}, say(`help.${inside}`)),
    ...say(`help.${trouble}`).split("\n").map((line) => el("li", {}, line)));
}

/** What is wrong and what helps. @param {Trouble} trouble */
export function troubleNotice(trouble) {
  return notice("warn", say(`trouble.${trouble}`), steps(trouble), para(say("trouble.still")),
    el("a", { href: `#/help/${trouble}` }, say("help.more")));
}

/** The help page; the trouble one came from stands first. @param {Way} way @returns {View} */
export function page(way) {
  const order = [...TROUBLES].sort((one, other) => Number(other === way.id) - Number(one === way.id));
  return { title: say("help.title"), back: way.id ? "#/checkin" : "#/me", tab: "me", body: [
    para(say("help.lead")),
    ...order.map((trouble) => section(say(`trouble.${trouble}`), steps(trouble))),
    section(say("help.chat_title"), el("ul", { class: "steps" },
      el("li", {}, say("help.wechat")), el("li", {}, say("help.wecom")), el("li", {}, say("help.dingtalk")))),
  ] };
}
