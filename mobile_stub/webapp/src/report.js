// @ts-check
/** Reporting what must be solved, found on a patrol or otherwise: what, where, photos; without a network too, and once. */

/** @import {Known, MatterKind, MatterIn, Category} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { roomNotice } from "./deliveries.js";
import { el, refill } from "./dom.js";
import * as drafts from "./drafts.js";
import { troubleNotice } from "./help.js";
import { keeper } from "./keeping.js";
import * as kept from "./kept.js";
import { metres } from "./lengths.js";
import { button, chips, empty, field, form, notice, oldNotice, para, select } from "./parts.js";
import { photoFields } from "./photos.js";
import { NoPosition, once } from "./position.js";
import * as queue from "./queue.js";
import { recalled, remembered } from "./remember.js";
import { deliver } from "./sender.js";
import * as session from "./session.js";
import * as shots from "./shots.js";
import { stamp } from "./times.js";
import * as uploads from "./uploads.js";
import { uuid } from "./uuid.js";
import { instead } from "./ways.js";
import { say } from "./words.js";

/** @typedef {Omit<MatterIn, "told_as" | "photo_count"> & {photos: string[], accuracy_m: number | null}} Draft */

const PATIENCE_MS = 8_000;
const KINDS = /** @type {MatterKind[]} */ (["patrol", "visit", "enterprise", "other"]);

/** @param {number | null} patrol_id the patrol it was found on @returns {Draft} */
const blank = (patrol_id) => ({ patrol_id, kind: "patrol", category_id: 0, text: "", place: "", lng: null, lat: null, accuracy_m: null, photos: [] });

/** Categories in the order of their tree. @param {Category[]} all @param {number | null} [above] @param {string} [indent] @returns {[string, string][]} */
function options(all, above = null, indent = "") {
  return all.filter(({ parent_id }) => (all.some(({ id }) => id === parent_id) ? parent_id : null) === above)
    .flatMap(({ id, name }) => [[String(id), indent + name], ...options(all, id, `${indent}\u3000`)]);
}

/** The category that a kind of matters is put into: its own, or the first that is for no other kind. @param {Category[]} all @param {MatterKind} kind */
const categoryFor = (all, kind) => (all.find((each) => each.kind === kind) ?? all.find((each) => !each.kind) ?? all[0])?.id ?? 0;

/** What may be the same; nothing while the server cannot be asked: it holds no report up. @param {Draft} draft @returns {Promise<Known[]>} */
async function known({ category_id, place, lng, lat }) {
  if (!place && lng === null) return [];
  try {
    return (await api.known({ category_id, place, lng, lat })).items;
  } catch (failure) {
    if (!(failure instanceof api.Lost || failure instanceof api.Refusal)) throw failure;
    return [];
  }
}

/** @param {Known[]} items */
const knownNotice = (items) => items.length > 0 && notice("note", say("report.known"),
  el("ul", {}, ...items.slice(0, 3).map(({ id, state, reported_at, text }) =>
    el("li", {}, [`${id} ${say(`matters.${state}`)}`, stamp(reported_at), text].filter(Boolean).join(" · ")))), para(say("report.known_text")));

/** Where it is, if one wants to say so by where one stands. @param {Draft} draft @param {() => Promise<unknown>} changed */
function here(draft, changed) {
  const node = el("div", { class: "stack", "aria-live": "polite" });
  /** @param {Node | false | null} [why] */
  const draw = (why = null) => refill(node, ...(draft.lng === null
    ? [button(say("report.here"), measure, { icon: "pin" }), why]
    : [notice("good", say("report.at", { accuracy: draft.accuracy_m ? metres(draft.accuracy_m) : "–" })), button(say("report.no_here"), () => put(null))]));
  /** @param {import("./position.js").Fix | null} fix */
  async function put(fix) {
    Object.assign(draft, { lng: fix?.lng ?? null, lat: fix?.lat ?? null, accuracy_m: fix?.accuracy_m ?? null });
    draw();
    await changed();
  }
  async function measure() {
    refill(node, para(say("report.measuring")));
    try {
      await put(await once());
    } catch (failure) {
      if (!(failure instanceof NoPosition)) throw failure;
      draw(troubleNotice(failure.trouble));
    }
  }
  draw();
  return node;
}

/** Sends one that the full phone cannot keep, while its page is still open. @param {MatterIn} told @param {shots.Shot[]} taken */
async function sendUnkept(told, taken) {
  const { person } = (await session.current()) ?? {};
  if (!person) throw new api.SignedOut();
  await api.reportMatter(told, person.id);
  for (const [at, shot] of taken.entries()) {
    await uploads.send(shot.id, queue.photoTold(shot, { proof_id: told.told_as }, at + 1), person.id, () => {});
  }
}

/** Queues a report, and waits a little until it has arrived; else it is on its way. @param {Draft} draft @param {MatterIn} told */
async function send(draft, told) {
  const taken = await shots.all(draft.photos);
  /** @type {number | null} */
  let number = null;
  try {
    number = await queue.addMatter(told, taken);
  } catch (failure) {
    if (!kept.full(failure)) throw failure;
    await sendUnkept(told, taken);
  }
  await kept.drop(await drafts.reportKey(told.patrol_id));
  const sent = number === null ? null : await deliver(number, PATIENCE_MS);
  const arrived = told.patrol_id ? `#/report?patrol=${told.patrol_id}&done=1` : "#/matters?reported=1";
  instead(number === null || sent?.state === "kept" ? arrived : `#/deliveries?new=${number}`);
}

/** Makes what is sent of a draft: pressed again without a change, it is the same report. @returns {(draft: Draft) => MatterIn} */
function maker() {
  let [before, told_as] = ["", ""];
  return (draft) => {
    const { photos, accuracy_m: _, ...rest } = draft;
    const now = JSON.stringify(draft);
    if (now !== before) [before, told_as] = [now, uuid()];
    return { ...rest, text: rest.text.trim(), place: rest.place.trim(), told_as, photo_count: photos.length };
  };
}

/** Where the page to report leads back to: the duty of the patrol, where that is known. @param {number | null} patrol_id */
async function wayBack(patrol_id) {
  const patrol = patrol_id && (await recalled(`patrol:${patrol_id}`));
  return patrol ? `#/trip/${patrol.trip_id}` : "#/";
}

/** The page to report; with `patrol` what was found on that one. @param {Way} way @returns {Promise<View>} */
export async function page(way) {
  const patrol_id = Number(way.params.get("patrol")) || null;
  const frame = { title: say(patrol_id ? "finding.do" : "report.row"), back: await wayBack(patrol_id), bare: true };
  if (!(await session.current())) throw new api.SignedOut();
  const { value, since } = await remembered("categories", api.categories).catch((failure) => {
    if (!(failure instanceof api.Lost)) throw failure;
    return { value: { items: /** @type {Category[]} */ ([]) }, since: null };
  });
  if (!value.items.length) return { ...frame, body: [empty(say("report.none"))] };
  const done = way.params.has("done") && notice("good", say("finding.done"), para(say("finding.done_text")));
  const { body, leave } = await writing(value.items, since, patrol_id);
  return { ...frame, body: done ? [done, ...body] : body, leave };
}

/** The form. @param {Category[]} all @param {number | null} since @param {number | null} patrol_id */
async function writing(all, since, patrol_id) {
  const key = await drafts.reportKey(patrol_id);
  const draft = /** @type {Draft} */ ({ ...blank(patrol_id), ...(await kept.get(key)) });
  draft.photos = (await shots.all(draft.photos)).map(({ id }) => id);
  const choices = options(all);
  if (!choices.some(([id]) => id === String(draft.category_id))) draft.category_id = categoryFor(all, draft.kind);
  const { node: space, keep } = keeper(() => kept.put(key, draft));
  const same = el("div", { role: "status" });
  const look = async () => refill(same, knownNotice(await known(draft)));
  const make = maker();
  const category = select("category", choices, String(draft.category_id));
  category.addEventListener("change", () => {
    draft.category_id = Number(category.value);
    void look();
    return keep();
  });
  const text = el("textarea", { name: "text", rows: 4, maxlength: 4000, minlength: 2, required: true, placeholder: say("report.hint") }, draft.text);
  text.addEventListener("input", () => ((draft.text = text.value), keep()));
  const place = el("input", { name: "place", maxlength: 120, value: draft.place, placeholder: say("report.place_hint") });
  place.addEventListener("input", () => ((draft.place = place.value), keep()));
  place.addEventListener("change", () => void look());
  const photos = photoFields(draft, null, keep);
  const node = form(() => send(draft, make(draft)), say("report.do"),
    patrol_id === null && chips("kind", say("report.kind"), KINDS.map((kind) => [kind, say(`matters.${kind}`)]), draft.kind, (kind) => {
      draft.kind = /** @type {MatterKind} */ (kind);
      draft.category_id = categoryFor(all, draft.kind);
      category.value = String(draft.category_id);
      void look();
      return keep();
    }),
    field(say("report.category"), category), field(say("report.text"), text), field(say("report.place"), place),
    here(draft, () => Promise.all([keep(), look()])), same, photos.node, space);
  const body = [await roomNotice(true), oldNotice(since), node];
  return { body: body.filter((one) => one instanceof Node), leave: photos.leave };
}
