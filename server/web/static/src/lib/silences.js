/**
 * Phones not heard on a safety or emergency duty, in words: what is known is that nothing came, and no more.
 * @import {Silence} from "../wire"
 */
import { t } from "./desk.js";
import { el } from "./dom.js";
import { age, shortly, span } from "./time.js";

/** @param {Silence} silence @returns {string} 自 10:20 起没有收到定位，已 25 分钟 */
export function sinceWhen(silence) {
  return t("自 {at} 起没有收到定位，已 {span}", { at: shortly(silence.since), span: span(age(silence.since)) });
}

/**
 * A notice of phones that are silent now; nothing when none is.
 * @param {Silence[]} silences
 * @returns {HTMLElement | null}
 */
export function silenceNotice(silences) {
  const lasting = silences.filter((silence) => !silence.ended_at);
  if (!lasting.length) return null;
  return el(
    "div.notice.notice-wrong",
    { role: "status" },
    el("b", {}, t("手机失联")),
    el(
      "ul",
      {},
      lasting.map((silence) => el("li", {}, silence.person.name, " ", silence.unit.name, " · ", sinceWhen(silence))),
    ),
    el("p.under", {}, t("只说明服务器没有收到定位：可能没电、没有信号或应用已关闭。请先打电话。")),
  );
}

/**
 * A silent phone as a row of the list beside the live map.
 * @param {Silence} silence
 * @returns {HTMLLIElement}
 */
export function silenceRow(silence) {
  return el(
    "li",
    {},
    el(
      "a.row.row-silent",
      { href: `/trips/${silence.trip.id}` },
      el(
        "span.row-line",
        {},
        el("b.silent", {}, t("手机失联")),
        el("b", {}, silence.person.name),
        el("span.clip", {}, silence.unit.name),
      ),
      el("span.row-line", {}, el("span.clip", {}, sinceWhen(silence))),
      el("span.row-line", {}, el("span.clip", {}, silence.trip.title)),
    ),
  );
}

/**
 * The alert on the live map: how many phones are silent, and the way to whose.
 * @param {Silence[]} silences
 * @param {() => void} show
 * @returns {HTMLElement[]}
 */
export function silenceAlert(silences, show) {
  if (!silences.length) return [];
  const names = silences.map((silence) => silence.person.name).slice(0, 3).join(t("、"));
  return [
    el("b.silent", {}, t("手机失联 {n} 部", { n: silences.length })),
    el("span.clip", {}, names),
    el("button.link", { type: "button", onclick: show }, t("查看")),
  ];
}
