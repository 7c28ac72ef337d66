/**
 * The review queue: what waits for a word, by duty, the oldest first; beside it the evidence on the one that is chosen.
 * Worked through by keyboard: the list moves on by itself.
 * @import {Checkin, Duty, Evidence, Queue, Waiting} from "../wire"
 */
import { read as readAddress, write } from "../lib/address.js";
import { get, Refusal } from "../lib/api.js";
import { desk, may, me, say as either, t } from "../lib/desk.js";
import { tell } from "../lib/dialog.js";
import { byId, el, fill } from "../lib/dom.js";
import { edgeSketch, groundSketch, kmh, wayDrawn } from "../lib/evidence.js";
import { bar, filterBar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { askReason } from "../lib/looks.js";
import { photoTiles } from "../lib/photos.js";
import { answer, answerable, review, reviewLines, say } from "../lib/reviews.js";
import { searchUnits, unitById } from "../lib/sources.js";
import { attempt, blank, failure, loading, toast } from "../lib/states.js";
import { ago, age, fully, shortly, span } from "../lib/time.js";
import { badge, signalTags, windowMark } from "../lib/verdict.js";
import { metLines } from "../lib/visit.js";
import { metres, word } from "../lib/words.js";

const LIMIT = 50;
const reviews = may("checkin.review");

/** @type {Record<string, () => string>} */
const PARTS = {
  ...(reviews ? { open: () => t("待我们复核"), asked: () => t("等本人答复") } : {}),
  mine: () => t("向我提出的"),
};

/** @type {Waiting[]} in the server's order */
let items = [];
/** @type {Map<number, Duty>} by id of the trip, 0 for none */
let duties = new Map();
let total = 0;
/** @type {string | null} */
let next = null;
/** @type {string | null} id of the check-in that is shown */
let chosen = null;
let part = "";
/** @type {Record<string, string>} */
let narrowed = {};
let turn = 0;

/* ── reading ─────────────────────────────────────────────────────────────────────────────────────────── */

/** @param {string | null} cursor @returns {Promise<Queue>} */
function ask(cursor) {
  return get("/reviews", { part, ...narrowed, limit: LIMIT, cursor });
}

/** @param {Queue} answered one that was told before is not told again */
function take(answered) {
  const known = new Set(items.map(({ checkin }) => checkin.id));
  items = [...items, ...answered.items.filter(({ checkin }) => !known.has(checkin.id))];
  for (const duty of answered.duties) duties.set(duty.trip?.id ?? 0, duty);
  total = answered.total;
  next = answered.next;
}

async function read() {
  const mine = ++turn;
  fill(byId("queue"), loading());
  fill(byId("case"));
  try {
    const answered = await ask(null);
    if (mine !== turn) return;
    [items, duties] = [[], new Map()];
    take(answered);
    choose(items[0]?.checkin.id ?? null);
  } catch (error) {
    if (mine === turn)
      fill(
        byId("queue"),
        failure(error, () => void read()),
      );
  }
}

async function readOn() {
  const mine = turn;
  const answered = await attempt(() => ask(next));
  if (!answered || mine !== turn) return;
  take(answered);
  draw();
}

/* ── the list ────────────────────────────────────────────────────────────────────────────────────────── */

function drawParts() {
  fill(
    byId("parts"),
    Object.entries(PARTS).map(([code, words]) =>
      el(
        "button",
        { type: "button", role: "tab", "aria-selected": String(code === part), onclick: () => void open(code) },
        words(),
        code === part && total ? el("span.count", {}, total) : null,
      ),
    ),
  );
}

function draw() {
  drawParts();
  const list = byId("queue");
  const top = list.scrollTop;
  if (!items.length) fill(list, nothing());
  else fill(list, groups().map(group), foot());
  list.scrollTop = top;
}

/** Nothing waits: what that means in this part. */
function nothing() {
  if (part === "mine") return blank(t("没有向您提出的询问"), t("督查询问您的签到时，会列在这里，手机上也能看到。"));
  if (part === "asked") return blank(t("没有等待答复的询问"));
  return blank(t("没有待复核的签到"), t("有疑点或判定不确定的签到会按任务排在这里，时间早的在前。"));
}

/** @returns {Waiting[][]} the items of each duty, in their order */
function groups() {
  /** @type {Map<number, Waiting[]>} */
  const found = new Map();
  for (const item of items) {
    const key = item.checkin.trip?.id ?? 0;
    found.set(key, [...(found.get(key) || []), item]);
  }
  return [...found.values()];
}

/** @param {Waiting[]} waiting of one duty, at least one */
function group(waiting) {
  const trip = waiting[0]?.checkin.trip ?? null;
  const duty = duties.get(trip?.id ?? 0);
  return el(
    "section.review-duty",
    {},
    el(
      "h2",
      {},
      trip ? el("a", { href: `/trips/${trip.id}` }, trip.title) : t("行程外"),
      el("span.faint.small", {}, duty?.unit?.name),
      duty ? el("span.review-count", {}, t("{n} 条", { n: duty.waiting })) : null,
    ),
    el("ul.rows", {}, waiting.map(row)),
  );
}

/** @param {Waiting} item */
function row({ checkin, stand }) {
  const here = checkin.id === chosen;
  const button = el(
    "button.row",
    {
      type: "button",
      dataset: { key: checkin.id },
      "aria-current": here && "true",
      onclick: () => choose(checkin.id, true),
    },
    el(
      "span.row-line",
      {},
      badge(checkin.verdict),
      el("span.end.faint", { title: fully(checkin.happened_at) }, shortly(checkin.happened_at)),
    ),
    el(
      "span.row-line",
      {},
      el("b", {}, checkin.person.name),
      el("span.clip", {}, [word("checkin", checkin.kind), checkin.stop?.name].filter(Boolean).join(" · ")),
    ),
    signalTags(checkin.signals),
    stand === "reply" ? el("span.review-stand", {}, word("stand", stand)) : null,
  );
  if (here) button.classList.add("lit");
  return el("li", {}, button);
}

function foot() {
  const words = t("已列出 {n} 条，共 {total} 条", { n: items.length, total });
  const more = el("button.button.button-small", { type: "button", onclick: () => void readOn() }, t("更多"));
  const lapses = part !== "open" && desk.query_days ? t("{n} 天无人跟进的询问自动失效。", { n: desk.query_days }) : null;
  return el("div.more", {}, words, next ? more : null, lapses ? el("p.small.faint", {}, lapses) : null);
}

/* ── the one that is chosen ──────────────────────────────────────────────────────────────────────────── */

/** @param {string | null} id @param {boolean} [there] whether to go to the case, which lies below the list on a phone */
function choose(id, there = false) {
  chosen = id;
  draw();
  const focused = document.activeElement === document.body || byId("queue").contains(document.activeElement);
  if (id && focused) rowOf(id)?.focus({ preventScroll: true });
  if (id) rowOf(id)?.scrollIntoView({ block: "nearest" });
  void showCase(there);
}

/** @param {string} id @returns {HTMLElement | null} */
function rowOf(id) {
  return byId("queue").querySelector(`[data-key="${CSS.escape(id)}"]`);
}

/** @param {boolean} there */
async function showCase(there) {
  const id = chosen;
  const place = byId("case");
  place.hidden = !id;
  if (!id) return;
  fill(place, loading());
  try {
    const evidence = /** @type {Evidence} */ (await get(`/checkins/${id}/evidence`));
    const feature = await shapeOf(evidence);
    if (id !== chosen) return;
    drawCase(evidence, feature);
    if (there && innerWidth < 1000) place.scrollIntoView({ block: "start" });
  } catch (error) {
    if (id === chosen)
      fill(
        place,
        failure(error, () => void showCase(there)),
      );
  }
}

/** @param {Evidence} evidence @returns {Promise<any>} the boundary it was judged by, in that version; null for a circle */
async function shapeOf({ checkin, against }) {
  if (!checkin.position || !against?.area_id || !against.version) return null;
  try {
    return await get(`/areas/${against.area_id}.geojson`, { version: against.version });
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    return null;
  }
}

/** @param {Evidence} evidence @param {any} feature */
function drawCase(evidence, feature) {
  const { checkin, last, way } = evidence;
  fill(
    byId("case"),
    caseHead(checkin),
    lookNote(checkin),
    el(
      "div.sheet-body.review-body",
      {},
      el("p.review-said", {}, either(checkin.verdict)),
      why(checkin),
      reviewLines(checkin),
      el(
        "div.review-evidence",
        {},
        el(
          "div.review-drawn",
          {},
          groundSketch(evidence, feature) || edgeSketch(checkin.verdict),
          last && way ? wayDrawn(last, checkin, way) : null,
        ),
        facts(evidence),
      ),
      checkin.note ? el("p.review-note", {}, checkin.note) : null,
      metLines(checkin),
      photoTiles(checkin),
    ),
    el("div.review-acts.no-print", {}, acts(checkin)),
  );
}

/** @param {Checkin} checkin */
function caseHead(checkin) {
  return el(
    "div.sheet-head",
    {},
    el("h2", {}, checkin.person.name),
    el("span.soft", {}, checkin.unit.name),
    el("span.soft", {}, [word("checkin", checkin.kind), checkin.stop?.name].filter(Boolean).join(" · ")),
    windowMark(checkin, span),
    el("span.end.faint.small", {}, `${fully(checkin.happened_at)} · ${ago(age(checkin.happened_at))}`),
  );
}

/** That the look is recorded, or the way to open the place. @param {Checkin} checkin */
function lookNote(checkin) {
  if (checkin.person.id === me().id) return null;
  if (checkin.position)
    return el("p.seen-note", { role: "status" }, t("本次查看已记录，本人可以看到是谁、何时、为何查看。"));
  if (checkin.position_withheld !== "reason_needed") return null;
  return el(
    "div.seen-note",
    { role: "status" },
    el("span", {}, t("位置尚未打开：下图只按判定画出离边界的远近。")),
    el(
      "button.button.button-small.end",
      { type: "button", onclick: () => void openPlace(checkin) },
      t("说明理由并打开"),
      key("Enter"),
    ),
  );
}

/** @param {Checkin} checkin */
async function openPlace(checkin) {
  const trip_id = checkin.trip?.id;
  if (await askReason({ ...(trip_id ? { trip_id } : {}), title: t("打开这次签到的位置") })) await showCase(false);
}

/** Why it is here: each signal in the server's words, or the verdict. @param {Checkin} checkin */
function why(checkin) {
  if (!checkin.signals.length) return null;
  return el(
    "ul.review-why",
    {},
    checkin.signals.map((signal) =>
      el(
        "li",
        {},
        el("span.tag.tag-signal", {}, word("signal", signal.code)),
        " ",
        either(signal),
        " ",
        el("span.faint", {}, measured(signal.evidence)),
      ),
    ),
  );
}

/** What was measured, in words. @param {Record<string, unknown>} evidence */
function measured(evidence) {
  /** @type {Record<string, (value: number) => string>} */
  const told = {
    age_s: (s) => t("早了 {span}", { span: span(s) }),
    ahead_s: (s) => t("晚了 {span}", { span: span(s) }),
    skew_s: (s) => t("相差 {span}", { span: span(s) }),
    by_s: (s) => span(s),
    distance_m: (m) => metres(m),
    seconds: (s) => span(s),
    times_before: (n) => t("此前 {n} 次", { n }),
    accuracy_m: (m) => t("给出的精度 {m}", { m: metres(m) }),
    limit_s: (s) => t("上限 {span}", { span: span(s) }),
    limit_mps: (mps) => t("上限 {speed}", { speed: kmh(mps) }),
  };
  return Object.entries(evidence)
    .map(([name, value]) => told[name]?.(Number(value)))
    .filter(Boolean)
    .join(" · ");
}

/** @param {Evidence} evidence */
function facts({ checkin, last }) {
  const { position, verdict } = checkin;
  /** @type {[string, string | null][]} */
  const lines = [
    [
      t("离边界"),
      verdict.edge_m === null ? null : [verdict.edge_m < 0 ? t("外") : t("内"), metres(verdict.edge_m)].join(" "),
    ],
    [
      t("采用精度"),
      verdict.accuracy_used_m === null
        ? null
        : metres(verdict.accuracy_used_m) + (verdict.accuracy_assumed ? t("（按默认）") : ""),
    ],
    [t("定位时间"), checkin.fixed_at ? fully(checkin.fixed_at) : null],
    [t("签到时间"), fully(checkin.made_at)],
    [t("收到时间"), fully(checkin.received_at)],
    [
      t("坐标"),
      position ? `${position.lng.toFixed(5)}, ${position.lat.toFixed(5)}` : word("withheld", checkin.position_withheld),
    ],
    [
      t("上次定位"),
      last
        ? [fully(last.fixed_at || last.made_at), last.position ? "" : word("withheld", last.position_withheld)]
            .filter(Boolean)
            .join(" · ")
        : t("没有，或不在您的权限内"),
    ],
    [t("所在区域"), checkin.areas.map((area) => area.name).join(" / ") || null],
  ];
  return el(
    "dl.facts.review-facts",
    {},
    lines.filter(([, value]) => value).map(([label, value]) => [el("dt", {}, label), el("dd", {}, value)]),
  );
}

/* ── saying something ────────────────────────────────────────────────────────────────────────────────── */

/** @param {Checkin} checkin */
function acts(checkin) {
  if (checkin.person.id === me().id)
    return answerable(checkin) ? act(t("答复"), "a", () => void answer(checkin, done), true) : null;
  if (!reviews) return null;
  return [
    act(t("认可"), "a", () => void accept(checkin), true),
    act(t("询问"), "q", () => void review(checkin, "query", done)),
    el("button.link.small", { type: "button", onclick: () => void review(checkin, "accept", done) }, t("认可并附说明")),
    checkin.trip ? el("a.end.small", { href: `/trips/${checkin.trip.id}` }, t("打开行程页"), " ", key("o")) : null,
  ];
}

/** @param {string} words @param {string} letter @param {() => void} onclick @param {boolean} [main] */
function act(words, letter, onclick, main = false) {
  return el(main ? "button.button.button-main" : "button.button", { type: "button", onclick }, words, key(letter));
}

/** @param {string} letter */
function key(letter) {
  return el("kbd", { "aria-hidden": "true" }, letter);
}

/** Accepted at one stroke; what was accepted can still be asked about. @param {Checkin} checkin */
async function accept(checkin) {
  const id = checkin.id;
  if (accepting.has(id)) return;
  accepting.add(id);
  const changed = await attempt(() => say(checkin, "accept", ""));
  accepting.delete(id);
  if (changed) done(changed);
  else if (chosen === id) void showCase(false);
}

/** @type {Set<string>} what is being accepted: a key that repeats says nothing twice */
const accepting = new Set();

/** Off the list, and on to the one after it; what still waits in this part stays. @param {Checkin} checkin */
function done(checkin) {
  const at = items.findIndex((item) => item.checkin.id === checkin.id);
  if (at < 0) return;
  if (part === "asked" && checkin.reviews.at(-1)?.kind === "query") return void showCase(false);
  items = items.filter((item) => item.checkin.id !== checkin.id);
  total = Math.max(0, total - 1);
  const duty = duties.get(checkin.trip?.id ?? 0);
  if (duty) duty.waiting = Math.max(0, duty.waiting - 1);
  const last = checkin.reviews.at(-1);
  toast(t("已记录：{word}", { word: word("review", last?.kind) }));
  choose((items[at] || items[at - 1])?.checkin.id ?? null);
  if (next && items.length - at < 8) void readOn();
}

/* ── by keyboard ─────────────────────────────────────────────────────────────────────────────────────── */

/** @returns {[string, string][]} every key, and what it does */
function keysInWords() {
  /** @type {[string, string][]} */
  const common = [
    ["j / ↓", t("下一条")],
    ["k / ↑", t("上一条")],
    ["Enter", t("说明理由并打开位置；已打开时打开行程页")],
    ["o", t("打开行程页")],
    ["?", t("显示按键")],
  ];
  /** @type {[string, string][]} */
  const deciding = reviews
    ? [
        ["a", t("认可")],
        ["q", t("询问")],
      ]
    : [["a", t("答复")]];
  return [...common.slice(0, 2), ...deciding, ...common.slice(2)];
}

function drawKeys() {
  fill(
    byId("keys"),
    keysInWords().map(([letters, words]) => el("span", {}, el("kbd", {}, letters), ` ${words}`)),
  );
}

/** @param {number} step */
function move(step) {
  const at = items.findIndex(({ checkin }) => checkin.id === chosen);
  const to = items[Math.max(0, Math.min(items.length - 1, at + step))];
  if (to && to.checkin.id !== chosen) choose(to.checkin.id);
  if (next && at + step > items.length - 5) void readOn();
}

/** @returns {Checkin | undefined} */
function current() {
  return items.find(({ checkin }) => checkin.id === chosen)?.checkin;
}

/** A press on the button of the case, so that a key does what the button would. @param {string} letter @returns {boolean} */
function press(letter) {
  const button = [...byId("case").querySelectorAll("button, a")].find(
    (node) => node.querySelector("kbd")?.textContent === letter,
  );
  /** @type {HTMLElement | undefined} */ (button)?.click();
  return Boolean(button);
}

/** @type {Record<string, () => unknown>} */
const KEYS = {
  j: () => move(1),
  ArrowDown: () => move(1),
  k: () => move(-1),
  ArrowUp: () => move(-1),
  a: () => press("a"),
  q: () => press("q"),
  o: () => press("o"),
  Enter: () => press("Enter") || press("o"),
  "?": () =>
    void tell(
      t("按键"),
      el(
        "dl.facts",
        {},
        keysInWords().map(([letters, words]) => [el("dt", {}, el("kbd", {}, letters)), el("dd", {}, words)]),
      ),
    ),
};

/** @param {KeyboardEvent} event */
function pressed(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const writing = target.closest("input, textarea, select, dialog");
  if (writing || event.ctrlKey || event.metaKey || event.altKey || (event.repeat && !event.key.match(/^(j|k|Arrow)/)))
    return;
  if (event.key === "Enter" && target.closest("a, button") && !byId("queue").contains(target)) return;
  const doing = KEYS[event.key];
  if (!doing || (!current() && event.key !== "?")) return;
  event.preventDefault();
  doing();
}

/* ── beginning ───────────────────────────────────────────────────────────────────────────────────────── */

/** @param {string} code of a part */
async function open(code) {
  part = code;
  total = 0;
  write({ part: code === Object.keys(PARTS)[0] ? null : code });
  drawParts();
  byId("filters").hidden = code === "mine";
  await read();
}

async function begin() {
  frame();
  drawKeys();
  document.addEventListener("keydown", pressed);
  const asked = readAddress(["part", "trip_id"]);
  const values = await filterBar(
    bar(),
    [{ name: "unit_id", label: t("单位"), type: "pick", all: t("全部单位"), search: searchUnits, byId: unitById }],
    (changed) => {
      narrowed = { ...(asked.trip_id ? { trip_id: asked.trip_id } : {}), ...changed };
      void read();
    },
  );
  narrowed = { ...values, ...(asked.trip_id ? { trip_id: asked.trip_id } : {}) };
  await open(asked.part && asked.part in PARTS ? asked.part : String(Object.keys(PARTS)[0]));
}

void begin();
