/**
 * The live map (挂图): areas, people on duty, check-ins as they come, and the list that tells the same story. What is
 * filtered, chosen and in view stands in the address.
 * @import {Crossing, Place, Silence} from "../wire"
 * @import {Kept} from "../lib/newest"
 */
import Overlay from "ol/Overlay.js";
import { boundingExtent, containsCoordinate, getHeight, getWidth } from "ol/extent.js";
import { transform } from "ol/proj.js";
import { read, write } from "../lib/address.js";
import { get, Refusal, signInAgain } from "../lib/api.js";
import { DAYS, daysInWords, mapBar } from "../lib/bar.js";
import { may, t } from "../lib/desk.js";
import { tell } from "../lib/dialog.js";
import { byId, el, fill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { watch, MOST } from "../lib/live.js";
import { askReason } from "../lib/looks.js";
import { matcher } from "../lib/matching.js";
import { SHOWN, woven } from "../lib/passing.js";
import { scrolled } from "../lib/scroll.js";
import { silenceAlert, silenceRow } from "../lib/silences.js";
import { blank, failure, loading, toast } from "../lib/states.js";
import { agePersonRow, checkinCard, checkinRow, crossingRow, personCard, personRow } from "../lib/story.js";
import { age, span } from "../lib/time.js";
import { fromText, toText } from "../lib/view.js";
import { arrivalLayer } from "../map/arrivals.js";
import { makeMap } from "../map/canvas.js";
import { readAreas } from "../map/ground.js";
import { matterCard, matterLayer } from "../map/matters.js";
import { key as checkinKey } from "../map/checkins.js";
import { legend } from "../map/legend.js";
import { FADING_S } from "../map/marks.js";
import { nameLayer } from "../map/names.js";
import { key as personKey, peopleLayer } from "../map/people.js";
import { follow, pointer, rows as wireRows } from "../map/pointing.js";
import { shown as outline } from "../map/shown.js";

const TICK_MS = 10_000;
const MATTERS_EVERY_MS = 60_000;
const NAMES_EVERY_MS = 3_000;
const OPEN_ZOOM = 15.5;
const FOUND = 6;
const NAMES = ["unit_id", "duty", "kind", "signal", "days", "q", "tab", "view", "at", "matters"];

const filters = read(NAMES);
const wall = makeMap(byId("map"), { label: t("地图：区域、在岗人员和签到") });
const pointing = pointer();
const names = nameLayer(wall, () => [...marks.marks(), ...people.marks()]);
const marks = arrivalLayer(wall, pointing);
const people = peopleLayer(wall, pointing, {
  ageOf: (place) => age(place.at),
  silent: (place) => live.silent(place),
  taken: () => [...names.boxes(), ...marks.boxes()],
});
const matters = matterLayer(wall, pointing);
const areaShown = outline(wall);
const lists = { checkins: byId("checkins"), people: byId("people") };
const card = el("div.map-card", { hidden: true });
const live = watch(
  { unit_id: filters.unit_id || "", days: daysOf(filters.days) },
  {
    checkins: drawCheckins,
    people: drawPeople,
    silences: tellSilences,
    state: tellState,
    areas: () => void readAreas(wall),
    ended: signInAgain,
    refused: () => location.reload(),
  },
);

/** @typedef {{checkin: Kept} | {crossing: Crossing} | {rest: number}} Line one row of the list of check-ins */
/** @typedef {{silence: Silence} | {place: Place}} Who one row of the list of people */

const checkinRows = scrolled(lists.checkins, { make: makeLine, drawn: () => relight.checkins() });
const peopleRows = scrolled(lists.people, {
  name: "people-rows",
  make: makeWho,
  renew: renewWho,
  drawn: () => relight.people(),
});
/** Light what is pointed at again where rows were made. */
const relight = { checkins: wireRows(lists.checkins, pointing), people: wireRows(lists.people, pointing) };

/** @type {Awaited<ReturnType<typeof mapBar>> | null} */
let bar = null;
let match = matcher(filters);
/** @type {Set<string>} */
let fresh = new Set();
let asked = false;
let more = false;
let named_ms = -NAMES_EVERY_MS;
let settling = 0;
/** Whether the address says where to look; what is in view is written there as soon as the map is drawn. */
const sightTold = Boolean(filters.view);
/** @type {string | null} what the address says is chosen, until it is found */
let sought = filters.at || null;

/** @param {string | undefined} text @returns {number} */
function daysOf(text) {
  const days = Number(text);
  return DAYS.includes(days) ? days : Number(DAYS[0]);
}

/* ── areas ───────────────────────────────────────────────────────────────────────────────────────────── */

/** Areas whose names hold the words looked for: chosen, they are shown. */
function tellFound() {
  const place = byId("found");
  const words = (filters.q || "").trim();
  const found = words
    ? wall.areaSource.getFeatures().filter((feature) => String(feature.get("name")).includes(words)).slice(0, FOUND)
    : [];
  place.hidden = !found.length;
  fill(
    place,
    el("span.faint", {}, t("区域")),
    found.map((feature) =>
      el("button.link", { type: "button", onclick: () => showArea(feature) }, String(feature.get("name"))),
    ),
  );
}

/** @param {import("ol/Feature.js").default} feature */
function showArea(feature) {
  areaShown.put(feature);
  wall.fit(/** @type {any} */ (feature.getGeometry()).getExtent(), 350);
}

/* ── the state of things ─────────────────────────────────────────────────────────────────────────────── */

function tellState() {
  const { crowded, stalled_s, heard_ms } = live.state;
  const cut = live.state.cut || crowded;
  const silent = span(Math.max(1, (performance.now() - heard_ms) / 1000));
  const node = byId("live");
  node.className = cut ? "live live-cut" : stalled_s ? "live live-wait" : "live";
  const words = crowded
    ? t("已暂停 · {span}前的数据", { span: silent })
    : cut
      ? t("已断开 · {span}前的数据", { span: silent })
      : stalled_s
        ? t("消息停滞 · 已等待 {span}", { span: span(stalled_s) })
        : t("实时");
  if (node.textContent !== words) node.textContent = words;
  byId("map").classList.toggle("map-stale", cut);
  tellMissing();
  tellReading();
}

/** Say on the map that positions are closed, and how to open them, or that they could not be read. */
function tellMissing() {
  const { crowded, reasonMissing, failed } = live.state;
  if (reasonMissing && !asked) void giveReason();
  asked = asked || reasonMissing;
  const place = byId("note");
  place.hidden = !crowded && !reasonMissing && !failed.places;
  if (crowded) fill(place, t("打开的页面太多，这一页的实时更新已暂停。"), button(t("继续更新"), live.resume));
  else if (reasonMissing)
    fill(place, t("位置未打开：尚未说明理由。"), button(t("说明理由"), () => void giveReason()));
  else if (failed.places)
    fill(place, t("位置没有读到：{why}", { why: failed.places.message }), button(t("重试"), () => void live.load()));
}

/** @param {string} words @param {() => void} onclick */
function button(words, onclick) {
  return el("button.button.button-small", { type: "button", onclick }, words);
}

/** Say how far the reading has come, that it broke off, or that there are more than are kept. */
function tellReading() {
  const { reading, failed } = live.state;
  const count = live.checkins().length;
  const place = byId("list-note");
  const broken = failed.checkins && count > 0;
  const words = broken
    ? t("签到没有读全：{why}", { why: failed.checkins?.message || "" })
    : reading && count
      ? t("正在读取，已读 {n} 次", { n: count })
      : count >= MOST
        ? t("只含最近 {n} 次签到", { n: MOST })
        : "";
  place.hidden = !words || lists.checkins.hidden;
  fill(place, words, broken ? button(t("重试"), () => void live.load()) : null);
}

/** Ask why; whoever would rather not say keeps the areas and the list without positions. */
async function giveReason() {
  if (await askReason({ title: t("打开实时位置") })) await live.load();
}

function tellSilences() {
  const lasting = live.silences();
  byId("silent").hidden = !lasting.length;
  fill(
    byId("silent"),
    silenceAlert(lasting, () => turnTo("people")),
  );
  drawPeople();
}

/* ── check-ins ───────────────────────────────────────────────────────────────────────────────────────── */

/** @param {Set<string>} came ids of those that have just come */
function drawCheckins(came) {
  fresh = came; // nobody's check-ins are counted: no figure where the words looked for may name a person
  const items = live.checkins().filter(match.checkin);
  marks.show(items, came);
  settle();
  const [told, all] = [items.length, live.checkins().length];
  byId("checkin-count").textContent = filters.q ? "" : told === all ? String(all) : t("{n} / {all}", { n: told, all });
  listCheckins(items);
  tellReading();
  tellCard();
  bar?.nameDuty();
  seek();
}

/** @param {Kept[]} items */
function listCheckins(items) {
  if (!live.state.loaded || (live.state.reading && !live.checkins().length)) return fill(lists.checkins, loading());
  const { checkins: failed } = live.state.failed;
  if (failed && !live.checkins().length) return fill(lists.checkins, failure(failed, () => void live.load()));
  const lines = woven(items, live.crossings().filter(match.crossing)).flatMap(linesOf);
  if (lines.length) return checkinRows.show(lines);
  return fill(lists.checkins, live.checkins().length ? nothingMatches() : none());
}

/** @returns {HTMLElement} */
function none() {
  const days = daysOf(filters.days);
  const next = DAYS[DAYS.indexOf(days) + 1];
  const wider = next ? [button(t("看{span}的", { span: daysInWords(next) }), () => refilter({ days: String(next) }))] : [];
  if (filters.unit_id) wider.push(button(t("看全部单位的"), everyUnit));
  return blank(t("{span}还没有签到", { span: daysInWords(days) }), t("有人签到时会立刻出现在这里。"), ...wider);
}

function everyUnit() {
  bar?.clearUnit();
  void refilter({ unit_id: "" });
}

/** @returns {HTMLElement} */
function nothingMatches() {
  return blank(
    t("没有相符的"),
    t("地图和列表只显示符合筛选条件的内容。"),
    button(t("清除筛选"), () => {
      bar?.clear();
      refilter({ q: "", duty: "", kind: "", signal: "" });
    }),
  );
}

/** @param {import("../lib/passing.js").Entry} entry @returns {import("../lib/scroll.js").Row<Line>[]} */
function linesOf(entry) {
  if ("checkin" in entry) {
    return [lineOf(/** @type {Kept} */ (entry.checkin))];
  }
  const told = more ? entry.crossings : entry.crossings.slice(0, SHOWN);
  const rest = entry.crossings.length - told.length;
  const lines = told.map((crossing) => ({ key: `crossing:${crossing.id}`, item: { crossing }, guess_px: 29 }));
  return rest ? [...lines, { key: `rest:${told[0]?.id}`, item: { rest }, guess_px: 28 }] : lines;
}

/** @type {WeakMap<Kept, import("../lib/scroll.js").Row<Line>>} the same line for the same check-in, so that its row stays */
const known = new WeakMap();

/** @param {Kept} checkin @returns {import("../lib/scroll.js").Row<Line>} */
function lineOf(checkin) {
  const line = known.get(checkin);
  if (line) return line;
  const guess_px = 83 + (checkin.signals.length ? 24 : 0) + (checkin.note ? 21 : 0);
  const made = { key: checkinKey(checkin), item: { checkin }, guess_px };
  known.set(checkin, made);
  return made;
}

/** @param {Line} line @returns {HTMLLIElement} */
function makeLine(line) {
  if ("checkin" in line) {
    const key = checkinKey(line.checkin);
    return checkinRow(line.checkin, { key, fresh: fresh.has(line.checkin.id), go: () => go(key) });
  }
  if ("crossing" in line) {
    const key = `person:${line.crossing.person.id}`;
    return crossingRow(line.crossing, { key, go: () => go(key) });
  }
  const open = () => {
    more = true;
    drawCheckins(new Set());
  };
  return el("li", {}, el("button.link.passing-more", { type: "button", onclick: open }, t("另有 {n} 次进出", { n: line.rest })));
}

/* ── people ──────────────────────────────────────────────────────────────────────────────────────────── */

function drawPeople() {
  const all = live.places();
  const items = all.filter(match.place);
  people.show(items);
  settle();
  tellOutside();
  tellCard();
  byId("people-count").textContent =
    items.length === all.length ? String(all.length) : t("{n} / {all}", { n: items.length, all: all.length });
  if (!lists.people.hidden) listPeople(items);
  seek();
}

/** @param {Place[]} [items] */
function listPeople(items = live.places().filter(match.place)) {
  const silent = live.silences().map((silence) => ({ key: `silence:${silence.id}`, item: { silence }, guess_px: 85 }));
  const lines = items.map((place) => ({ key: personKey(place), item: { place }, guess_px: 62 }));
  if (lines.length || (silent.length && !live.state.reasonMissing)) return peopleRows.show([...silent, ...lines]);
  if (silent.length) return fill(lists.people, el("ul.rows", {}, silent.map(({ item }) => silenceRow(item.silence))), nobody());
  return fill(lists.people, nobody());
}

/** @returns {HTMLElement} why nobody is in the list */
function nobody() {
  const { reasonMissing, failed, loaded } = live.state;
  if (reasonMissing) return blank(t("位置未打开"), t("说明理由后可查看在岗人员的最新位置。"), button(t("说明理由"), () => void giveReason()));
  if (failed.places) return failure(failed.places, () => void live.load());
  if (!loaded) return loading();
  if (live.places().length) return nothingMatches();
  return blank(t("现在没有人在岗"), t("行程开始后，同意记录位置的人会出现在这里。"));
}

/** @param {Who} who @returns {HTMLLIElement} */
function makeWho(who) {
  if ("silence" in who) return silenceRow(who.silence);
  const key = personKey(who.place);
  const row = personRow(who.place, { key, ...aged(who.place), go: () => go(key) });
  row.dataset.trip = String(who.place.trip?.id);
  return row;
}

/** @param {HTMLLIElement} node @param {Who} who @returns {boolean} */
function renewWho(node, who) {
  if ("silence" in who) return false;
  if (node.dataset.trip !== String(who.place.trip?.id)) return false;
  agePersonRow(node, who.place, aged(who.place));
  return true;
}

/** @param {Place} place */
function aged(place) {
  const age_s = age(place.at);
  return { age_s, old: age_s > FADING_S };
}

/** Many are on duty far away: say how many the map does not show just now, and show them on request. */
function tellOutside() {
  const size = wall.map.getSize();
  if (!size) return;
  const view = wall.view.calculateExtent(size);
  const outside = people.everywhere().filter((where) => !containsCoordinate(view, where)).length;
  const chip = byId("outside");
  chip.hidden = outside === 0;
  const all = () => wall.fit(boundingExtent(people.everywhere()), 350);
  if (outside)
    fill(
      chip,
      t("地图外还有 {n} 人在岗", { n: outside }),
      el("button.link", { type: "button", onclick: all }, t("看全部")),
    );
}

/* ── what is pointed at, and what is chosen ──────────────────────────────────────────────────────────── */

/** @param {string} key @returns {number[] | undefined} where a thing is drawn */
function whereIs(key) {
  if (key.startsWith("checkin:")) return marks.where(key);
  if (key.startsWith("matter:")) return matters.where(key);
  return people.where(Number(key.slice("person:".length)));
}

/** @param {string | null} key what stays lit, and in the address; null for nothing */
function choose(key) {
  sought = null;
  pointing.choose(key, "map");
  keep({ at: key || "" });
  tellCard();
}

/** @param {string} key choose it and bring it into view */
function go(key) {
  const where = whereIs(key);
  if (!where) return toast(t("这次签到没有可显示的位置。"));
  const zoom = Math.max(wall.view.getZoom() || 0, 12);
  wall.view.animate({ center: where, zoom, duration: 350 });
  return choose(key);
}

/** What the address says is chosen: it is found, or it is not the reader's to see. */
function seek() {
  if (!sought) return;
  if (sought.startsWith("matter:")) return matters.where(sought) ? go(sought) : undefined;
  const { come, reading } = live.state;
  const person = sought.startsWith("person:") && live.place(Number(sought.slice("person:".length)));
  const checkin = sought.startsWith("checkin:") && live.checkin(sought.slice("checkin:".length));
  if (person || checkin) {
    const key = sought;
    turnTo(person ? "people" : "checkins");
    if (sightTold) choose(key);
    else go(key);
    reveal(key);
  } else if (come.places && come.checkins && !reading) {
    choose(null);
    toast(t("链接中所选的内容不在您可见的范围内，或已不在挂图上。"), true);
  }
  return undefined;
}

/** @param {import("../map/pointing.js").Found} found chosen on the map: one thing, or a cluster that opens */
function chosen(found) {
  if (found.key.startsWith("matter:")) return choose(found.key);
  const isPerson = found.key.startsWith("person:");
  turnTo(isPerson ? "people" : "checkins");
  const together = isPerson
    ? (found.together || []).map((place) => wall.place(place.position.lng, place.position.lat))
    : marks.places(found.keys || []);
  if (together.length > 1) open(found.key, boundingExtent(together));
  else choose(found.key);
  return reveal(found.key);
}

/** @param {string} key of a cluster @param {number[]} extent of its members: nearer, or fanned out where nearer is of no use */
function open(key, extent) {
  const apart = Math.max(getWidth(extent), getHeight(extent)) / wall.view.getResolutionForZoom(OPEN_ZOOM);
  if (apart > 24 && Number(wall.view.getZoom()) < OPEN_ZOOM) return wall.fit(extent, 350);
  if (key.startsWith("person:")) people.open(key);
  else marks.open(key);
  return pointing.point(null, "map"); // the card would cover what has opened
}

function closeAll() {
  people.open(null);
  marks.open(null);
  choose(null);
}

/** @param {string} key */
function reveal(key) {
  if (key.startsWith("matter:")) return;
  (key.startsWith("person:") ? peopleRows : checkinRows).reveal(key);
}

const overlay = new Overlay({ element: card, stopEvent: true });
wall.map.addOverlay(overlay);
pointing.hear((now, _before, from) => {
  if (now && from === "map") reveal(now);
  tellCard();
});

let carded = "";

/** The card over what is pointed at, which goes along with it. */
function tellCard() {
  const now = pointing.now();
  const where = now ? whereIs(now) : undefined;
  const words = now && where ? cardOf(now) : null;
  card.hidden = !words;
  if (!now || !where || !words) return;
  const held = pointing.chosen() === now;
  const told = `${now} ${held} ${words.map((node) => node.textContent).join()}`;
  if (told !== carded) {
    card.classList.toggle("map-card-chosen", held);
    const close = el("button.map-card-close", { type: "button", "aria-label": t("关闭"), onclick: closeAll }, "×");
    fill(card, words, held ? close : null);
  }
  carded = told;
  overlay.setPosition(where);
}

/** @param {string} key @returns {Node[] | null} */
function cardOf(key) {
  const matter = matters.one(key);
  if (matter) return matterCard(matter);
  const place = live.place(Number(key.slice("person:".length)));
  const checkin = live.checkin(key.slice("checkin:".length));
  if (key.startsWith("person:")) return place ? personCard(place, age(place.at)) : null;
  return checkin ? checkinCard(checkin) : null;
}

/* ── matters ─────────────────────────────────────────────────────────────────────────────────────────── */

let mattersRead_ms = -MATTERS_EVERY_MS;

/** Open matters with a place, while they are switched on; read anew now and then. */
async function drawMatters() {
  mattersRead_ms = performance.now();
  if (!filters.matters) return void (matters.show([]), tellCard());
  try {
    const told = await get("/matters/placed", { unit_id: filters.unit_id });
    if (filters.matters) matters.show(told.items);
    if (told.cut) toast(t("事项很多，地图上只画最近的 {n} 件。", { n: told.items.length }));
    seek();
    tellCard();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(t("事项没有读到：{why}", { why: error.message }), true);
  }
}

/** The switch of matters in the bar, for whoever may read any. */
function mattersSwitch() {
  const box = /** @type {HTMLInputElement} */ (byId("show-matters"));
  byId("matters-switch").hidden = !may("matter.read");
  if (sought?.startsWith("matter:")) filters.matters = "1";
  box.checked = Boolean(filters.matters);
  box.addEventListener("change", () => {
    keep({ matters: box.checked ? "1" : "" });
    void drawMatters();
  });
  if (box.checked) void drawMatters();
}

/* ── the address ─────────────────────────────────────────────────────────────────────────────────────── */

/** @param {Record<string, string>} change */
function keep(change) {
  Object.assign(filters, change);
  write(Object.fromEntries(NAMES.map((name) => [name, filters[name]])));
  byId("to-wall").setAttribute("href", `/wall${location.search}`);
}

function keepView() {
  const [lng, lat] = transform(wall.view.getCenter() || [0, 0], wall.projection, "EPSG:4326");
  keep({ view: toText({ lng: Number(lng), lat: Number(lat), zoom: wall.view.getZoom() || 0 }) });
}

/** @param {Record<string, string>} change */
function refilter(change) {
  keep({ ...change, ...(change.days === String(DAYS[0]) ? { days: "" } : {}) });
  match = matcher(filters);
  tellFound();
  if ("unit_id" in change) void drawMatters();
  if ("unit_id" in change || "days" in change) {
    if (change.days) /** @type {HTMLSelectElement} */ (byId("filter-days")).value = change.days;
    return live.want({ unit_id: filters.unit_id || "", days: daysOf(filters.days) });
  }
  drawPeople();
  return drawCheckins(new Set());
}

/** The address into the clipboard; where there is none (no HTTPS), to be copied by hand. */
async function share() {
  const words = t("对方打开后，只看到其权限范围内的内容。");
  try {
    await navigator.clipboard.writeText(location.href);
    toast(t("链接已复制。") + words);
  } catch {
    const field = el("input.input", { value: location.href, readonly: true, "aria-label": t("链接"), onfocus: () => field.select() });
    await tell(t("复制这个链接"), field, el("p", {}, words));
  }
}

/** Where the address says, or the whole county. */
function look() {
  const sight = fromText(filters.view);
  if (!sight) return wall.fit(wall.whole());
  wall.view.setCenter(wall.place(sight.lng, sight.lat));
  return wall.view.setZoom(sight.zoom);
}

/** @returns {{id: string, name: string}[]} the duties that people and check-ins on the map belong to */
function duties() {
  const trips = [...live.places(), ...live.checkins()].flatMap(({ trip }) => (trip ? [trip] : []));
  const byTrip = new Map(trips.map((trip) => [trip.id, { id: String(trip.id), name: trip.title }]));
  return [...byTrip.values()].sort((a, b) => a.name.localeCompare(b.name, "zh"));
}

/* ── tabs and keys ───────────────────────────────────────────────────────────────────────────────────── */

/** @param {string} name "checkins" or "people" */
function turnTo(name) {
  for (const tab of /** @type {const} */ (["checkins", "people"])) {
    byId(`tab-${tab}`).setAttribute("aria-selected", String(tab === name));
    byId(`tab-${tab}`).tabIndex = tab === name ? 0 : -1;
    lists[tab].hidden = tab !== name;
  }
  keep({ tab: name === "people" ? name : "" });
  if (name === "people") listPeople();
  else checkinRows.draw();
  tellReading();
}

/** @param {KeyboardEvent} event @param {string} name */
function turnByKey(event, name) {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  const other = name === "people" ? "checkins" : "people";
  turnTo(other);
  byId(`tab-${other}`).focus();
}

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -Infinity, End: Infinity };

/** Up and down the list, row by row. @param {KeyboardEvent} event */
function walk(event) {
  const step = STEPS[event.key];
  const host = /** @type {HTMLElement} */ (event.currentTarget);
  if (step === undefined) return;
  event.preventDefault();
  const rows = host === lists.people ? peopleRows : checkinRows;
  const at = /** @type {HTMLElement | null} */ (document.activeElement?.closest("li"))?.dataset.row || null;
  const next = rows.beside(at, step);
  if (!next || !rows.reveal(next)) return;
  /** @type {HTMLElement | null} */ (host.querySelector(`li[data-row="${CSS.escape(next)}"] > *`))?.focus({ preventScroll: true });
}

/** @param {KeyboardEvent} event keys that hold anywhere on the page */
function press(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && !target.matches("input, select")) return closeAll();
  if (target.matches("input, select, textarea")) return;
  if (event.key === "/") {
    event.preventDefault();
    byId("filter-q").focus();
  }
}

function wire() {
  for (const name of /** @type {const} */ (["checkins", "people"])) {
    byId(`tab-${name}`).addEventListener("click", () => turnTo(name));
    byId(`tab-${name}`).addEventListener("keydown", (event) => turnByKey(event, name));
    lists[name].addEventListener("keydown", walk);
  }
  addEventListener("keydown", press);
  addEventListener("resize", () => [checkinRows, peopleRows].forEach((rows) => rows.draw()));
  byId("share").addEventListener("click", () => void share());
  follow(wall.map, pointing, chosen, (at) => people.under(at) || marks.under(at), closeAll);
  wall.map.on("moveend", () => {
    keepView();
    settle();
    tellOutside();
  });
}

/** Names find their places again a moment after marks have; not with each of them. */
function settle() {
  settling ||= window.setTimeout(
    () => {
      settling = 0;
      named_ms = performance.now();
      names.settle();
      people.refresh();
    },
    Math.max(100, named_ms + NAMES_EVERY_MS - performance.now()),
  );
}

/* ── beginning ───────────────────────────────────────────────────────────────────────────────────────── */

function tick() {
  if (filters.matters && performance.now() - mattersRead_ms > MATTERS_EVERY_MS) void drawMatters();
  tellState();
  live.age();
  people.refresh();
  if (!lists.people.hidden) listPeople();
}

/** Whoever administers areas but may not see people gets the map and is told so. */
function areasOnly() {
  const words = t("您的角色不能查看人员的位置和签到，这里只显示区域。需要查看请联系县级督查部门。");
  for (const list of Object.values(lists)) fill(list, blank(t("这里的内容不在您的权限内"), words));
  for (const node of document.querySelectorAll(".wall > .filters .field, #live, #share, #to-wall")) node.setAttribute("hidden", "");
}

async function begin() {
  frame();
  byId("map").append(legend(may("place.read")));
  fill(lists.checkins, loading());
  await readAreas(wall, look);
  if (!may("place.read")) return areasOnly();
  wire();
  turnTo(filters.tab === "people" || sought?.startsWith("person:") ? "people" : "checkins");
  tellFound();
  live.connect();
  mattersSwitch();
  bar = await mapBar(filters, duties, refilter);
  bar.nameDuty();
  setInterval(tick, TICK_MS);
  return undefined;
}

void begin();
