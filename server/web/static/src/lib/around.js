/**
 * What lies near a matter: a list with metres, those that may be the same marked, and a small map where it has a place.
 * @import {Matter, MatterAround, MatterInFull} from "../wire"
 */
import { get } from "./api.js";
import { t } from "./desk.js";
import { el, fill } from "./dom.js";
import { deadline, mergeButton } from "./matters.js";
import { failure, loading } from "./states.js";
import { shortly } from "./time.js";
import { metres, word } from "./words.js";

/** @param {HTMLElement} place @param {MatterInFull} matter @param {(matter: MatterInFull) => void} changed hears of a merge */
export async function showAround(place, matter, changed) {
  if (matter.lng === null && !matter.place) return void (place.hidden = true);
  place.hidden = false;
  const body = el("div", {}, loading());
  fill(place, el("div.sheet-head", {}, el("h2", {}, t("附近的事项"))), body);
  try {
    /** @type {{items: MatterAround[]}} */
    const told = await get(`/matters/${matter.id}/around`);
    fill(body, told.items.length ? el("ul.around", {}, told.items.map((other) => row(proposed(matter, other), mergeButton(matter, other, changed)))) : el("p.more", {}, t("一公里内没有其他未办结的事项。")));
    if (matter.lng !== null) await draw(body, matter, told.items);
  } catch (error) {
    fill(
      body,
      failure(error, () => void showAround(place, matter, changed)),
    );
  }
  return undefined;
}

/** @param {HTMLElement} body @param {Matter} matter @param {Matter[]} others */
async function draw(body, matter, others) {
  const frame = el("div.map-frame.around-map", {});
  body.prepend(frame);
  const { aroundMap } = await import("../map/around.js");
  await aroundMap(frame, matter, others);
}

/** Of one that is over nothing is proposed any more. @param {MatterInFull} matter @param {MatterAround} other */
const proposed = (matter, other) => ({ ...other, alike: other.alike && !matter.closed_at });

/** @param {MatterAround} other @param {HTMLElement | null} merge */
function row(other, merge) {
  const far = other.metres === null ? t("地点相同") : metres(other.metres);
  return el(
    "li",
    {},
    el("a", { href: `/matters/${other.id}` }, t("事项 {n}", { n: other.id })),
    " ",
    el("span.tag", {}, far),
    other.alike ? el("span.tag.tag-signal", {}, t("可能是同一件")) : null,
    el("span.clip-lines", {}, other.text),
    el("span.under", {}, [other.category?.name, word("matter", other.state), shortly(other.reported_at)].filter(Boolean).join(" · ")),
    deadline(other),
    other.alike ? merge : null,
  );
}
