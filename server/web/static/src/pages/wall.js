/**
 * The wall (大屏): the live map for a room, dark and large, with panels that turn. Nobody stands at it: it says of itself
 * how old it is, comes back by itself after a cut, and takes people off the screen when the session is over.
 * @import {Place} from "../wire"
 * @import {Kept} from "../lib/newest"
 * @import {Panel} from "../lib/panels"
 */
import { containsCoordinate } from "ol/extent.js";
import { read } from "../lib/address.js";
import { get, Refusal, whenSignedOut } from "../lib/api.js";
import { keepAwake, toggleFull, whenIdle } from "../lib/awake.js";
import { daysInWords, DAYS } from "../lib/bar.js";
import { may, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { watch } from "../lib/live.js";
import { askReason } from "../lib/looks.js";
import { matcher } from "../lib/matching.js";
import { newer, take } from "../lib/newer.js";
import { panels } from "../lib/panels.js";
import { silenceAlert } from "../lib/silences.js";
import { unitById } from "../lib/sources.js";
import { blank, failure, loading } from "../lib/states.js";
import { age, ago, clock, day, dayInWords, now, shortly, span, toTheSecond } from "../lib/time.js";
import { badge } from "../lib/verdict.js";
import { fromText } from "../lib/view.js";
import { word } from "../lib/words.js";
import { arrivalLayer } from "../map/arrivals.js";
import { makeMap } from "../map/canvas.js";
import { readAreas } from "../map/ground.js";
import { legend } from "../map/legend.js";
import { nameLayer } from "../map/names.js";
import { peopleLayer } from "../map/people.js";
import { pointer } from "../map/pointing.js";

/** What a wall keeps: a night of it must not grow. */
const MOST = 3_000;
const LATEST = 16;
const PAGE_MS = 15_000;
const KEEP_MS = 4 * 60_000;
const SETTLE_MS = 5_000;
const NEAR_ZOOM = 13;
const SOON_S = 3_600;
const NEWS_MS = 9_000;

const filters = read(["unit_id", "duty", "kind", "signal", "days", "q", "view", "at"]);
const match = matcher(filters);
const days = DAYS.includes(Number(filters.days)) ? Number(filters.days) : 1;
const wall = makeMap(byId("map"), { label: t("地图：区域、在岗人员和签到") });
const names = nameLayer(wall, () => [...marks.marks(), ...people.marks()]);
const pointing = pointer();
const marks = arrivalLayer(wall, pointing);
const people = peopleLayer(wall, pointing, {
  ageOf: (place) => age(place.at),
  silent: (place) => live.silent(place),
  taken: () => [...names.boxes(), ...marks.boxes()],
});
const live = watch(
  { unit_id: filters.unit_id || "", days },
  {
    checkins: drawCheckins,
    people: drawPeople,
    silences: tellSilences,
    state: tellState,
    areas: () => void readBase(),
    ended: signedOut,
    refused: () => end("refused"),
  },
  { most: MOST },
);
const turning = panels(madePanels, PAGE_MS);

/** @type {"" | "ended" | "refused"} why nothing more is shown */
let over = "";
let asked = false;
let expires_at = "";
let news_ms = -NEWS_MS;
let settled_ms = -SETTLE_MS;
let settling = 0;
/** What a newer release is made of, once there is one. */
let release = "";
let paused = false;
let idle = false;

/* ── the map ─────────────────────────────────────────────────────────────────────────────────────────── */

/** Nobody stands there to press: it tries again by itself. */
async function readBase() {
  await readAreas(wall, look);
  if (wall.areaSource.isEmpty()) setTimeout(() => wall.areaSource.isEmpty() && !over && void readBase(), 30_000);
}

function look() {
  const sight = fromText(filters.view);
  if (!sight && pointing.chosen()) return undefined;
  if (!sight) return wall.fit(wall.whole());
  wall.view.setCenter(wall.place(sight.lng, sight.lat));
  return wall.view.setZoom(sight.zoom);
}

/** @param {Set<string>} fresh ids of check-ins that have just come */
function drawCheckins(fresh) {
  const items = live.checkins().filter(match.checkin);
  marks.show(items, fresh);
  keepInSight();
  const newest = items.find((item) => fresh.has(item.id));
  if (newest) tellNews(newest);
  settle();
  turning.draw();
}

function drawPeople() {
  people.show(live.places().filter(match.place));
  keepInSight();
  settle();
}

/** Whom or what the address chooses stays lit; the map goes to them, and after them when they leave what it shows. */
function keepInSight() {
  const [kind, id = ""] = (filters.at || "").split(":");
  const where = kind === "person" ? live.place(Number(id))?.position : kind === "checkin" && live.checkin(id)?.position;
  if (!filters.at || !where) return pointing.choose(null, "list");
  const first = pointing.chosen() === null;
  const spot = wall.place(where.lng, where.lat);
  pointing.choose(filters.at, "list");
  if (first && !filters.view) wall.view.setZoom(Math.max(NEAR_ZOOM, wall.view.getZoom() || 0));
  if ((first && !filters.view) || (wall.view.isDef() && !containsCoordinate(wall.view.calculateExtent(), spot)))
    wall.view.setCenter(spot);
}

/** Names find their places again a moment after marks have; not with each of them. */
function settle() {
  settling ||= window.setTimeout(
    () => {
      settling = 0;
      settled_ms = performance.now();
      names.settle();
      people.refresh();
    },
    Math.max(100, settled_ms + SETTLE_MS - performance.now()),
  );
}

/** @param {Kept} checkin the newest of those that have just come, told over the map for a while */
function tellNews(checkin) {
  news_ms = performance.now();
  byId("news").hidden = false;
  fill(byId("news"), el("b", {}, t("刚刚签到")), ...lineOf(checkin));
}

/* ── the panels ──────────────────────────────────────────────────────────────────────────────────────── */

/** @returns {Panel[]} */
function madePanels() {
  if (over) return [{ name: "over", title: t("已停止"), rows: [], instead: () => blank(t("已停止显示"), overWords()) }];
  const items = live.checkins().filter(match.checkin);
  const places = live.places().filter(match.place);
  const today = day(new Date(now()).toISOString());
  const count = items.filter((item) => item.at_ms >= Date.parse(`${today}T00:00:00+08:00`)).length;
  return [
    {
      name: "checkins",
      title: filters.q ? t("最新签到") : t("最新签到 · 今天 {n} 次", { n: count }),
      rows: items.slice(0, LATEST).map((item) => () => checkinItem(item)),
      instead: () => insteadOf(live.state.come.checkins, live.state.failed.checkins, t("{span}还没有签到", { span: daysInWords(days) })),
    },
    {
      name: "units",
      title: live.state.reasonMissing ? t("在岗人员") : t("在岗 · 按单位，共 {n} 人", { n: places.length }),
      rows: grouped(places, (place) => place.unit.id).map((all) => () => unitItem(all)),
      instead: () => insteadOf(live.state.come.places, live.state.failed.places, t("现在没有人在岗")),
    },
    {
      name: "duties",
      title: t("进行中的任务 · 有位置的 {n} 项", { n: new Set(places.map((place) => place.trip?.id)).size }),
      rows: grouped(places, (place) => place.trip?.id || 0).map((all) => () => dutyItem(all)),
      instead: null,
    },
  ];
}

/** @param {boolean} come @param {Refusal | null} failed @param {string} words @returns {HTMLElement} */
function insteadOf(come, failed, words) {
  if (live.state.reasonMissing && words === t("现在没有人在岗")) return blank(t("位置未打开"), t("说明理由后可查看在岗人员的最新位置。"));
  if (failed) return failure(failed, () => void live.load());
  return come ? blank(words) : loading();
}

/** @param {Place[]} places @param {(place: Place) => number} by @returns {Place[][]} in the order of what they are grouped by */
function grouped(places, by) {
  /** @type {Map<number, Place[]>} */
  const groups = new Map();
  for (const place of places) groups.set(by(place), [...(groups.get(by(place)) || []), place]);
  return [...groups.entries()].sort(([one], [other]) => one - other).map(([, all]) => all);
}

/** @param {Kept} checkin @returns {(Node | string)[]} */
function lineOf(checkin) {
  const where = checkin.stop?.name || checkin.areas[0]?.name || checkin.trip?.title || t("行程外");
  return [badge(checkin.verdict), el("b", {}, checkin.person.name), el("span.clip", {}, `${checkin.unit.name} · ${word("checkin", checkin.kind)} · ${where}`)];
}

/** @param {Kept} checkin @returns {HTMLLIElement} */
function checkinItem(checkin) {
  const today = day(checkin.happened_at) === day(new Date(now()).toISOString());
  const [verdict, name, where] = lineOf(checkin);
  return el(
    "li",
    {},
    el("span.row-line", {}, verdict, el("span.end", {}, today ? clock(checkin.happened_at) : shortly(checkin.happened_at))),
    el("span.row-line", {}, name, where),
  );
}

/** @param {Place[]} all of one unit @returns {HTMLLIElement} */
function unitItem(all) {
  const first = /** @type {Place} */ (all[0]);
  return el(
    "li",
    {},
    el("span.row-line", {}, el("b", {}, first.unit.name), el("span.end", {}, t("{n} 人", { n: all.length }))),
    el("span.row-line", {}, el("span.clip", {}, all.map((place) => place.person.name).join(t("、")))),
  );
}

/** @param {Place[]} all on one duty @returns {HTMLLIElement} */
function dutyItem(all) {
  const first = /** @type {Place} */ (all[0]);
  const youngest = Math.min(...all.map((place) => age(place.at)));
  return el(
    "li",
    {},
    el("span.row-line", {}, el("b.clip", {}, first.trip?.title || t("行程外"))),
    el(
      "span.row-line",
      {},
      el("span.clip", {}, `${first.unit.name} · ${t("{n} 人", { n: all.length })}`),
      el("span.end", {}, t("{ago}的位置", { ago: ago(youngest) })),
    ),
  );
}

function tellSilences() {
  const lasting = live.silences();
  byId("silent").hidden = !lasting.length;
  fill(
    byId("silent"),
    lasting.map((silence) => el("p", {}, el("b.silent", {}, t("手机失联")), ` ${silence.person.name} `, el("span.clip", {}, silence.unit.name), ` · ${span(age(silence.since))}`)).slice(0, 4),
    lasting.length > 4 ? silenceAlert(lasting, () => undefined)[0] : null,
  );
  drawPeople();
}

/* ── how old it all is ───────────────────────────────────────────────────────────────────────────────── */

function tellState() {
  const { crowded, stalled_s, heard_ms, reasonMissing, failed } = live.state;
  const cut = live.state.cut || crowded;
  const silent_s = Math.max(1, (performance.now() - heard_ms) / 1000);
  const stopped = new Date(now() - silent_s * 1000).toISOString();
  const node = byId("live");
  node.className = over || cut ? "live live-cut" : stalled_s ? "live live-wait" : "live";
  node.textContent = over ? t("已停止") : crowded ? t("已暂停") : cut ? t("已断开") : stalled_s ? t("消息停滞") : t("实时");
  const words = over
    ? overWords()
    : crowded
      ? t("打开的页面太多，这一页的实时更新已暂停，停在 {at}。", { at: toTheSecond(stopped) })
      : cut
        ? t("网络已断开：画面停在 {at}，已过 {span}，正在重连。", { at: toTheSecond(stopped), span: span(silent_s) })
        : stalled_s
          ? t("服务器的消息停滞了 {span}，画面可能不是最新的。", { span: span(stalled_s) })
          : failed.places || failed.checkins
            ? t("没有读全：{why}", { why: (failed.places || failed.checkins)?.message || "" })
            : "";
  tellOld(words);
  document.body.classList.toggle("big-stale", Boolean(over || cut));
  if (reasonMissing && !asked) void giveReason();
  asked = asked || reasonMissing;
  byId("note").hidden = !reasonMissing || Boolean(over);
}

/** @returns {string} */
function overWords() {
  if (over === "refused") return t("这个账号现在无权查看实时地图，人员和签到已从屏幕上撤下。");
  return t("登录已到期或已在别处结束，人员和签到已从屏幕上撤下。重新登录后继续。");
}

/** @param {string} words */
function tellOld(words) {
  const place = byId("old");
  place.hidden = !words;
  const door = `/sign-in?${new URLSearchParams({ next: location.pathname + location.search, ended: "1" })}`;
  if (place.dataset.words === words) return;
  place.dataset.words = words;
  const on = live.state.crowded && !over ? el("button.button", { type: "button", onclick: live.resume }, t("继续更新")) : null;
  fill(place, words, over === "ended" ? el("a.button", { href: door }, t("重新登录")) : on);
}

async function giveReason() {
  if (await askReason({ title: t("打开实时位置") })) await live.load();
}

function signedOut() {
  end("ended");
}

/** @param {"ended" | "refused"} because the reader may see nothing more: so does the screen */
function end(because) {
  if (over) return;
  over = because;
  live.stop();
  live.forget();
  byId("news").hidden = true;
  tellState();
  turning.draw();
}

/** Once in a while: all places anew, which also keeps the session in use, and until when it lasts. */
async function keep() {
  if (over) return back();
  if (live.state.cut) return undefined;
  await live.readPlaces();
  await readSession();
  release = await newer();
  return renew();
}

/** A newer release comes by itself as soon as that disturbs nobody: it would end a full screen, so there it waits. */
function renew() {
  byId("newer").hidden = !release;
  const words = document.fullscreenElement ? t("有新版本，退出全屏后自动更新") : t("有新版本，稍后自动更新");
  if (byId("newer-words").textContent !== words) byId("newer-words").textContent = words;
  if (release && idle && !paused && !document.fullscreenElement) take(release);
}

/** Somebody may have signed in again in another window. */
async function back() {
  const answer = await fetch("/api/v1/sessions", { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
  if (answer?.ok && over === "ended") location.reload();
}

async function readSession() {
  try {
    const answer = await get("/sessions");
    expires_at = answer.items.find((/** @type {{current: boolean}} */ each) => each.current)?.expires_at || "";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function tellExpiry() {
  const left_s = expires_at ? (Date.parse(expires_at) - now()) / 1000 : Infinity;
  if (left_s <= 0) end("ended"); // also while cut off, when nobody can say so
  const soon = !over && left_s < SOON_S;
  byId("expiry").classList.toggle("big-soon", soon);
  byId("expiry").textContent =
    expires_at && !over ? t("登录有效至 {at}", { at: shortly(expires_at) }) + (soon ? t("，请及时重新登录") : "") : "";
}

/** Each second: the clock, and what grows older. */
function tick() {
  const instant = new Date(now()).toISOString();
  byId("clock").textContent = toTheSecond(instant);
  byId("date").textContent = dayInWords(instant);
  if (performance.now() - news_ms > NEWS_MS) byId("news").hidden = true;
  tellState();
  tellExpiry();
}

/** Each ten seconds: ages on the map, and what has become too old for it. */
function grow() {
  live.age();
  people.refresh();
  tellSilences();
  turning.draw();
}

/* ── beginning ───────────────────────────────────────────────────────────────────────────────────────── */

function wire() {
  const pause = byId("pause");
  const hold = () => {
    paused = turning.pause();
    pause.textContent = paused ? t("继续轮播") : t("暂停轮播");
  };
  pause.addEventListener("click", hold);
  byId("before").addEventListener("click", () => turning.step(-1));
  byId("next").addEventListener("click", () => turning.step(1));
  byId("full").addEventListener("click", () => void toggleFull());
  byId("say-why").addEventListener("click", () => void giveReason());
  byId("leave").setAttribute("href", `/${location.search}`);
  addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const on = /** @type {HTMLElement} */ (event.target).matches("button, a");
    if (event.key === "ArrowRight") turning.step(1);
    else if (event.key === "ArrowLeft") turning.step(-1);
    else if (event.key === " " && !on) hold();
    else if (event.key === "f") void toggleFull();
  });
  wall.map.on("change:size", () => filters.view || wall.fit(wall.whole()));
  byId("renew").addEventListener("click", () => location.reload());
  whenIdle(5_000, (now_idle) => {
    idle = now_idle;
    document.body.classList.toggle("big-idle", idle);
    renew();
  });
  keepAwake((held) => {
    byId("awake").textContent = held ? t("已阻止屏幕休眠") : t("浏览器不能阻止屏幕休眠（需要 HTTPS），请在系统中关闭休眠");
  });
}

/** What this wall shows: a unit's subtree, and what it was narrowed to. */
async function tellScope() {
  const unit = filters.unit_id ? await unitById(filters.unit_id) : null;
  const parts = [unit?.name, daysInWords(days), filters.kind && word("checkin", filters.kind), filters.q && `“${filters.q}”`];
  byId("scope").textContent = parts.filter(Boolean).join(" · ");
}

async function begin() {
  whenSignedOut(signedOut);
  byId("map").append(legend(true, false));
  byId("map").tabIndex = -1;
  wire();
  tick();
  setInterval(tick, 1_000);
  await readBase();
  if (!may("place.read")) return end("refused");
  live.connect();
  await Promise.all([tellScope(), readSession()]);
  setInterval(grow, 10_000);
  setInterval(() => void keep(), KEEP_MS);
  return undefined;
}

void begin();
