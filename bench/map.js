/** The live map's own layers and list, with thousands of people moving and check-ins lying and arriving; what `bench.map` runs. */
import { newest } from "../server/web/static/src/lib/newest.js";
import { matcher } from "../server/web/static/src/lib/matching.js";
import { scrolled } from "../server/web/static/src/lib/scroll.js";
import { checkinRow } from "../server/web/static/src/lib/story.js";
import { arrivalLayer } from "../server/web/static/src/map/arrivals.js";
import { makeMap } from "../server/web/static/src/map/canvas.js";
import { nameLayer } from "../server/web/static/src/map/names.js";
import { peopleLayer } from "../server/web/static/src/map/people.js";
import { pointer } from "../server/web/static/src/map/pointing.js";

const MIDDLE = { lng: 118.5, lat: 29.6 };
const SPREAD_DEG = 0.4;
const STEP_DEG = 0.002;
const CELLS = 12;
const ARRIVE = 20;

const pointing = pointer();
const wall = makeMap(/** @type {HTMLElement} */ (document.getElementById("map")), { label: "bench" });
const names = nameLayer(wall, () => [...marks.marks(), ...people.marks()]);
const marks = arrivalLayer(wall, pointing);
const people = peopleLayer(wall, pointing, { ageOf: () => 5, silent: () => false, taken: names.boxes });
const list = scrolled(/** @type {HTMLElement} */ (document.getElementById("list")), {
  make: (/** @type {any} */ item) => checkinRow(item, { key: item.id, fresh: false, go: () => undefined }),
});
wall.showAreas(townships());
wall.view.setCenter(wall.place(MIDDLE.lng, MIDDLE.lat));
wall.view.setZoom(10.5);

/** @returns {object} a square of townships with names */
function townships() {
  const side = SPREAD_DEG / CELLS;
  const features = Array.from({ length: CELLS * CELLS }, (_, at) => {
    const [west, south] = [MIDDLE.lng - SPREAD_DEG / 2 + (at % CELLS) * side, MIDDLE.lat - SPREAD_DEG / 2 + Math.floor(at / CELLS) * side];
    const ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]];
    return { type: "Feature", properties: { kind: "township", name: `云溪${at}镇` }, geometry: { type: "Polygon", coordinates: [ring] } };
  });
  return { type: "FeatureCollection", features };
}

const near = () => ({
  lng: MIDDLE.lng + (Math.random() - 0.5) * SPREAD_DEG,
  lat: MIDDLE.lat + (Math.random() - 0.5) * SPREAD_DEG,
  accuracy_m: 10,
});

/** @param {number} count */
function crowd(count) {
  return Array.from({ length: count }, (_, id) => ({
    person: { id, name: `外勤${id}` },
    unit: { id: 1, name: "镇" },
    trip: { id: 1, title: "巡查" },
    at: "",
    age_s: 0,
    checkin_id: null,
    verdict: null,
    position: near(),
  }));
}

let number = 0;

/** @param {number} at_ms @returns {any} a check-in somewhere */
function checkin(at_ms) {
  number += 1;
  const outcome = ["inside", "uncertain", "outside", "not_judged"][number % 4];
  return {
    id: `c${number}`,
    number,
    person: { id: number % 2000, name: `外勤${number % 2000}` },
    unit: { id: 1, name: "镇" },
    trip: { id: 1, title: "巡查" },
    stop: { id: 1, name: "一厂" },
    areas: [],
    kind: "arrive",
    happened_at: new Date(at_ms).toISOString(),
    position: near(),
    verdict: { outcome, edge_m: 12, zh: "", en: "" },
    signals: [],
    note: number % 3 ? "" : "门口",
    window: null,
    visit: null,
    reviews: [],
  };
}

/** @param {ReturnType<typeof crowd>} all */
function step(all) {
  return all.map((one) => {
    const [east, north] = [Math.random() - 0.5, Math.random() - 0.5].map((each) => each * STEP_DEG);
    const { lng, lat } = one.position;
    return { ...one, position: { ...one.position, lng: lng + Number(east), lat: lat + Number(north) } };
  });
}

const kept = newest(20_000);
let match = matcher({});
let all = crowd(0);

/** @param {Set<string>} fresh what the page does when check-ins have come */
function drawCheckins(fresh) {
  const items = kept.all().filter(match.checkin);
  marks.show(items, fresh);
  list.show(items.map((item) => ({ key: item.id, item, guess_px: 83 })));
}

/** @param {{people: number, checkins: number}} asked */
function fill(asked) {
  all = crowd(asked.people);
  for (let n = 0; n < asked.checkins; n += 1) kept.put(checkin(1.7e12 - n * 60_000));
  people.show(all);
  drawCheckins(new Set());
  names.settle();
}

/** One second: everybody moves, some check in. @returns {number} milliseconds to take it in */
function second() {
  all = step(all);
  const came = Array.from({ length: ARRIVE }, () => checkin(1.7e12 + number * 1000));
  const begun = performance.now();
  people.show(all);
  for (const one of came) kept.put(one);
  drawCheckins(new Set(came.map((one) => one.id)));
  return performance.now() - begun;
}

/** @type {Record<string, (at: number) => void>} what whoever sits before it does meanwhile */
const DOING = {
  still: () => undefined,
  panning: (at) => wall.view.adjustCenter([100 * Math.sin(at / 400), 0]),
  zooming: (at) => wall.view.setZoom(10.5 + Math.sin(at / 900)),
  scrolling: (at) => {
    /** @type {HTMLElement} */ (document.getElementById("list")).scrollTop = 4e5 * (1 + Math.sin(at / 2000));
  },
};

/**
 * @param {{doing: string, seconds: number}} asked
 * @returns {Promise<{frames: number[], tells: number[]}>} milliseconds between frames, and to take in each second's news
 */
async function measure({ doing, seconds }) {
  const tells = /** @type {number[]} */ ([]);
  const telling = setInterval(() => tells.push(second()), 1000);
  const frames = /** @type {number[]} */ ([]);
  const until = performance.now() + seconds * 1000;
  let before = await new Promise(requestAnimationFrame);
  while (performance.now() < until) {
    DOING[doing]?.(before);
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
  }
  clearInterval(telling);
  wall.view.setZoom(10.5);
  return { frames, tells };
}

/** @param {string} q words looked for @returns {number} milliseconds until list and map show what passes */
function find(q) {
  match = matcher({ q });
  const begun = performance.now();
  drawCheckins(new Set());
  match = matcher({});
  return performance.now() - begun;
}

/** @param {number} seconds so many seconds' news at once: a night's, without waiting for it */
function night(seconds) {
  for (let n = 0; n < seconds; n += 1) second();
}

/** @returns {{nodes: number, canvases: number}} what is on the page */
const size = () => ({ nodes: document.querySelectorAll("*").length, canvases: document.querySelectorAll("canvas").length });

Object.assign(globalThis, { fill, measure, find, night, size });
