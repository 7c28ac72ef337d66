/**
 * How the installation stands: each thing with its state as a shape, a word and a colour, and what to do.
 * @import {Status, StatusItem} from "../wire"
 */
import { get } from "../lib/api.js";
import { say, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { failure, loading } from "../lib/states.js";
import { fully } from "../lib/time.js";

const AGAIN_MS = 30_000;
const place = byId("status");

/** @type {Record<string, () => string>} */
const NAMES = {
  sweep: () => t("定时清扫"),
  seal: () => t("每日存证"),
  backup: () => t("备份"),
  disk: () => t("磁盘"),
  photos: () => t("照片空间"),
  database: () => t("数据库"),
  stream: () => t("实时更新"),
  clock: () => t("服务器时钟"),
  certificate: () => t("网站证书"),
};

/** @type {Record<StatusItem["state"], {mark: string, tag: string, word: () => string}>} */
const STATES = {
  good: { mark: "✓", tag: "tag-go", word: () => t("正常") },
  watch: { mark: "", tag: "tag-signal", word: () => t("注意") },
  wrong: { mark: "✕", tag: "tag-strong", word: () => t("有问题") },
};

/** @param {StatusItem} item */
function row(item) {
  const { mark, tag, word } = STATES[item.state];
  return el(
    "li.status-item",
    {},
    el(`span.tag.${tag}`, {}, mark && `${mark} `, word()),
    el("b", {}, NAMES[item.name]?.() ?? item.name),
    el("span.status-fact", {}, say(item), item.do_zh ? el("span.under", {}, say({ zh: item.do_zh, en: item.do_en })) : null),
  );
}

/** @param {Status} status */
function tell(status) {
  const aside = status.set_aside.map((each) => el("li", {}, say(each), el("b.number", {}, each.count)));
  return [
    el("ul.status-items", {}, status.items.map(row)),
    el("h2.status-head", {}, t("今天未保存的定位点")),
    aside.length ? el("ul.status-aside", {}, aside) : el("p.soft", {}, t("没有。")),
    el("p.faint", {}, t("数据库版本 {n}", { n: status.migration })),
  ];
}

async function show() {
  try {
    /** @type {Status} */
    const status = await get("/status");
    byId("status-at").textContent = t("{when} 的情况，每半分钟更新", { when: fully(status.at) });
    fill(place, tell(status));
  } catch (error) {
    fill(place, failure(error, () => void show()));
  }
}

function begin() {
  frame();
  fill(place, loading());
  void show();
  setInterval(() => void show(), AGAIN_MS);
}

begin();
