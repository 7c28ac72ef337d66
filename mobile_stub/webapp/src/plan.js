// @ts-check
/** Planning a duty on the phone: where to, when, with whom, what for; kept at every stroke, submitted when ready. */

/** @import {Area, Companion, Plan, StopPlan, Trip} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { el, refill } from "./dom.js";
import { planKey } from "./drafts.js";
import { finder } from "./finder.js";
import { middle, rings } from "./ground.js";
import { icon } from "./icons.js";
import { keeper } from "./keeping.js";
import * as kept from "./kept.js";
import { metres } from "./lengths.js";
import { button, chips, confirmed, field, notice, para, section } from "./parts.js";
import { pickPoint } from "./picker.js";
import * as queue from "./queue.js";
import { deliver } from "./sender.js";
import * as session from "./session.js";
import { dayOf, timeOf, today } from "./times.js";
import { uuid } from "./uuid.js";
import { go } from "./ways.js";
import { say } from "./words.js";

/** @typedef {Plan & {id: number | null, companions: Companion[]}} Draft */

const PATIENCE_MS = 8_000;
const PURPOSES = /** @type {const} */ (["ordinary", "safety", "emergency"]);
const TRACKINGS = /** @type {const} */ (["none", "checkins", "track"]);

/** @returns {Draft} */
function blank() {
  return { id: null, title: "", aim: "", purpose: "ordinary", basis: "", chain: "", destination: "", destination_area_id: null,
    tracking: "checkins", photos_required: false, starts_on: today(), ends_on: today(), member_ids: [], companions: [], stops: [] };
}

/** What there is to edit of a trip. @param {Trip} trip @param {number} me @returns {Draft} */
function from(trip, me) {
  const { id, title, aim, purpose, destination, destination_area_id, tracking, starts_on, ends_on, revision } = trip;
  const stops = (trip.stops ?? []).map(({ name, area_id, lng, lat, radius_m, tolerance_m, planned_from, planned_to, host_enterprise }) => ({
    name, area_id, lng, lat, radius_m, tolerance_m: tolerance_m ?? 0, planned_from, planned_to, host_enterprise: host_enterprise ?? "" }));
  return { id, title, aim, purpose, destination: destination ?? "", destination_area_id, tracking, starts_on, ends_on, revision,
    photos_required: trip.photos_required ?? false, basis: trip.basis ?? "", chain: trip.chain ?? "", member_ids: [], stops,
    companions: trip.members.filter((member) => member.id !== me).map(({ id, name, unit }) => ({ id, name, unit })) };
}

/** The plan as sent: whoever plans it travels along. @param {Draft} draft @param {number} me @returns {Plan} */
function plan({ id, companions, ...told }, me) {
  return { ...told, title: told.title.trim() || say("plan.title_to", { destination: told.destination }),
    basis: told.purpose === "ordinary" ? "" : told.basis, photos_required: told.purpose !== "ordinary" && told.photos_required, member_ids: [me, ...companions.map((one) => one.id)] };
}

/** A new plan waits in the queue until the server has it; one that is refused goes back to its page. @param {Draft} draft @param {number} me @param {boolean} submit */
async function queued(draft, me, submit) {
  const key = await planKey(null);
  const number = await queue.addPlan({ plan: { id: uuid(), ...plan(draft, me) }, submit, draft });
  await kept.drop(key);
  const item = await deliver(number, PATIENCE_MS);
  if (item?.problem && item.state !== "waiting") {
    await kept.put(key, draft);
    await queue.drop(item);
    throw new api.Refusal(item.problem);
  }
  go(item?.trip_id ? `#/trip/${item.trip_id}` : `#/deliveries?new=${number}`);
}

/** A plan that is there already is changed at once, or not at all. @param {Draft} draft @param {number} me @param {boolean} submit */
async function changed(draft, me, submit) {
  const trip_id = Number(draft.id);
  await api.editTrip(trip_id, plan(draft, me));
  await kept.drop(await planKey(trip_id));
  go(`#/trip/${trip_id}`);
  if (submit) {
    await api.submitTrip({ trip_id, at: new Date().toISOString() });
    go(`#/trip/${trip_id}`);
  }
}

/** An area as found: its name, and what kind of area it is. @param {Area} area @returns {[string, string]} */
const areaWords = ({ name, kind, code }) => [name, `${say(`area.${/** @type {"township"} */ (kind)}`)} · ${code}`];

/** Areas in use whose name holds these words. @param {string} text */
async function findAreas(text) {
  return (await api.areas(text)).items.filter((area) => area.retired_at === null);
}

/** Where to. @param {Draft} draft @param {() => unknown} keep */
function destination(draft, keep) {
  const found = finder({ label: say("plan.destination"), name: "destination", value: draft.destination, hint: say("plan.destination_hint"),
    find: findAreas, words: areaWords,
    typed: (text) => {
      [draft.destination, draft.destination_area_id] = [text, null];
      return keep();
    },
    pick: (/** @type {Area} */ area) => {
      [draft.destination, draft.destination_area_id] = [area.name, area.id];
      found.input.value = area.name;
      return keep();
    } });
  found.input.required = true;
  return found.node;
}

/** First and last day. @param {Draft} draft @param {() => unknown} keep */
function dates(draft, keep) {
  const last = el("input", { type: "date", name: "ends_on", required: true, value: draft.ends_on, min: draft.starts_on });
  const first = el("input", { type: "date", name: "starts_on", required: true, value: draft.starts_on });
  first.addEventListener("change", () => {
    draft.starts_on = last.min = first.value;
    if (last.value < first.value) draft.ends_on = last.value = first.value;
    return keep();
  });
  last.addEventListener("change", () => {
    draft.ends_on = last.value;
    return keep();
  });
  return el("div", { class: "pair" }, field(say("plan.starts_on"), first), field(say("plan.ends_on"), last));
}

/** A text field that writes into the draft. @param {Draft} draft @param {"title" | "aim" | "basis" | "chain"} name @param {() => unknown} keep @param {Record<string, string | number | boolean>} [traits] */
function text(draft, name, keep, traits = {}) {
  const long = name === "aim" || name === "basis";
  const node = long ? el("textarea", { name, rows: 3, ...traits }, draft[name]) : el("input", { name, value: draft[name], ...traits });
  node.addEventListener("input", () => {
    draft[name] = node.value;
    return keep();
  });
  return node;
}

/** When one means to be at a stop: a day and from when to when. @param {StopPlan} stop @param {Draft} draft @param {() => unknown} keep */
function windowFields(stop, draft, keep) {
  const day = el("input", { type: "date", "aria-label": say("plan.day"), value: stop.planned_from ? dayOf(stop.planned_from) : draft.starts_on });
  const [from, to] = [stop.planned_from, stop.planned_to].map((at) => el("input", { type: "time", value: at ? timeOf(at) : "" }));
  const at = (/** @type {HTMLInputElement | undefined} */ time) => (time?.value ? `${day.value}T${time.value}:00+08:00` : null);
  const write = () => {
    [stop.planned_from, stop.planned_to] = [at(from), at(to)];
    return keep();
  };
  for (const one of [day, from, to]) one?.addEventListener("change", write);
  return [field(say("plan.day"), day), el("div", { class: "pair" }, field(say("plan.from"), /** @type {HTMLElement} */ (from)),
    field(say("plan.to"), /** @type {HTMLElement} */ (to)))];
}

/** Where a stop is, in words. @param {StopPlan} stop */
const placeWords = (stop) => (stop.area_id === null ? say("plan.point", { radius: metres(stop.radius_m ?? 0) }) : say("plan.area"));

/** One stop, folded. @param {StopPlan} stop @param {number} n @param {Draft} draft @param {() => unknown} keep @param {() => void} draw */
function stopCard(stop, n, draft, keep, draw) {
  const head = el("strong", {}, stop.name || say("plan.unnamed"));
  const name = el("input", { name: `stop_${n}`, value: stop.name, required: true, maxlength: 120 });
  name.addEventListener("input", () => {
    stop.name = name.value;
    head.textContent = stop.name || say("plan.unnamed");
    return keep();
  });
  const host = el("input", { name: `host_${n}`, value: stop.host_enterprise, maxlength: 120 });
  host.addEventListener("input", () => {
    stop.host_enterprise = host.value;
    return keep();
  });
  return el("details", { class: "card fold", open: !stop.name },
    el("summary", {}, el("span", { class: "count" }, n + 1), el("span", { class: "row-words" }, head, el("small", {}, placeWords(stop)))),
    el("div", { class: "stack" }, field(say("plan.stop_name"), name), field(say("plan.host"), host), ...windowFields(stop, draft, keep),
      button(say("plan.remove"), () => {
        draft.stops.splice(n, 1);
        draw();
        return keep();
      }, { weight: "danger" })));
}

/** A stop without a plan yet. @param {Partial<StopPlan>} where @returns {StopPlan} */
const stopAt = (where) => ({ name: "", area_id: null, lng: null, lat: null, radius_m: null, tolerance_m: 0, planned_from: null,
  planned_to: null, host_enterprise: "", ...where });

/** Where the map of points begins: at the last point, or in the destination. @param {Draft} draft */
async function startOf(draft) {
  const last = [...draft.stops].reverse().find(({ lng, lat }) => lng !== null && lat !== null);
  if (last) return { lng: Number(last.lng), lat: Number(last.lat) };
  return draft.destination_area_id === null ? null : middle(rings(await api.area(draft.destination_area_id)));
}

/** The stops, and two ways to add one. @param {Draft} draft @param {() => unknown} keep */
function stops(draft, keep) {
  const list = el("div", { class: "stack" });
  const draw = () => refill(list, ...draft.stops.map((stop, n) => stopCard(stop, n, draft, keep, draw)));
  const add = (/** @type {StopPlan} */ stop) => {
    draft.stops.push(stop);
    draw();
    return keep();
  };
  draw();
  return section(say("plan.stops"), list,
    finder({ label: say("plan.find_stop"), name: "find_stop", find: findAreas, words: areaWords,
      pick: (/** @type {Area} */ area) => add(stopAt({ name: area.name, area_id: area.id })) }).node,
    button(say("plan.pick_stop"), async () => {
      const point = await pickPoint(await startOf(draft));
      if (point) await add(stopAt(point));
    }, { icon: "pin" }));
}

/** Who comes along. @param {Draft} draft @param {() => unknown} keep @param {number} me */
function companions(draft, keep, me) {
  const list = el("ul", { class: "people" });
  const draw = () => refill(list, ...draft.companions.map((one) => el("li", { class: "badge" }, one.name,
    el("button", { type: "button", class: "round", "aria-label": say("plan.without", { name: one.name }), onclick: () => {
      draft.companions = draft.companions.filter(({ id }) => id !== one.id);
      draw();
      return keep();
    } }, icon("cross")))));
  draw();
  return section(say("plan.companions"), list, finder({ label: say("plan.find_person"), name: "find_person",
    find: async (text) => (await api.companions(text)).items.filter(({ id }) => id !== me && draft.companions.every((one) => one.id !== id)),
    words: (/** @type {Companion} */ { name, unit }) => [name, unit.name],
    pick: (/** @type {Companion} */ one) => {
      draft.companions.push(one);
      draw();
      return keep();
    } }).node);
}

/** What it is for, and on what basis when that is needed. @param {Draft} draft @param {() => unknown} keep */
function purpose(draft, keep) {
  const basis = field(say("trip.basis"), text(draft, "basis", keep, { maxlength: 500 }), say("plan.basis_hint"));
  const photos = el("label", { class: "tick card" }, el("input", { type: "checkbox", name: "photos_required", checked: draft.photos_required,
    onchange: (/** @type {any} */ { target }) => {
      draft.photos_required = target.checked;
      return keep();
    } }), el("span", {}, el("strong", {}, say("plan.photos")), el("small", {}, say("plan.photos_hint"))));
  basis.hidden = photos.hidden = draft.purpose === "ordinary";
  const options = /** @type {[string, string][]} */ (PURPOSES.map((one) => [one, say(`purpose.${one}`)]));
  return [chips("purpose", say("trip.purpose"), options, draft.purpose, (value) => {
    draft.purpose = /** @type {Plan["purpose"]} */ (value);
    basis.hidden = photos.hidden = draft.purpose === "ordinary";
    return keep();
  }), basis, photos];
}

/** How far positions are used, and that each still decides for themselves. @param {Draft} draft @param {() => unknown} keep */
function tracking(draft, keep) {
  const options = /** @type {[string, string][]} */ (TRACKINGS.map((one) => [one, say(`plan.tracking_${one}`)]));
  return [chips("tracking", say("trip.tracking"), options, draft.tracking, (value) => {
    draft.tracking = /** @type {Plan["tracking"]} */ (value);
    return keep();
  }), el("p", { class: "hint" }, say("plan.tracking_hint"))];
}

/** The plan to work on: as it was being written, or as the server has it. @param {number | null} id @param {number} me @returns {Promise<Draft>} */
async function draftOf(id, me) {
  const written = await kept.get(await planKey(id));
  if (written) return written;
  return id === null ? blank() : from(await api.trip(id), me);
}

/** The page that plans a duty, or edits one. @param {Way} way @returns {Promise<View>} */
export async function page(way) {
  const me = (await session.current())?.person.id ?? 0;
  const id = way.id ? Number(way.id) : null;
  const [draft, key] = [await draftOf(id, me), await planKey(id)];
  const { node: space, keep } = keeper(() => kept.put(key, draft));
  const finish = async (/** @type {boolean} */ submit) => {
    if (form.reportValidity()) await (id === null ? queued : changed)(draft, me, submit);
  };
  const discard = async () => {
    if (!(await confirmed({ title: say("plan.discard_title"), text: say("plan.discard_text"), yes: say("plan.discard"), danger: true }))) return;
    await kept.drop(key);
    go(id === null ? "#/" : `#/trip/${id}`);
  };
  const form = el("form", { class: "stack", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    id !== null && notice("note", say("plan.again"), para(say("plan.again_text"))),
    destination(draft, keep), dates(draft, keep),
    field(say("plan.title"), text(draft, "title", keep, { maxlength: 120, placeholder: say("plan.title_hint") })),
    field(say("trip.aim"), text(draft, "aim", keep, { maxlength: 2000, required: true })),
    stops(draft, keep), companions(draft, keep, me),
    ...purpose(draft, keep), ...tracking(draft, keep),
    field(say("trip.chain"), text(draft, "chain", keep, { maxlength: 60, placeholder: say("checkin.note_hint") })),
    space, button(say("plan.save"), () => finish(false)), button(say("plan.discard"), discard, { weight: "plain" }));
  return { title: say(id === null ? "plan.new" : "plan.edit"), back: id === null ? "#/" : `#/trip/${id}`, bare: true, body: [form],
    dock: button(say("plan.submit"), () => finish(true), { weight: "main", icon: "check" }) };
}
