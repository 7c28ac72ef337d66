/** Thousands of people on the live map's own layer, all moving each second; what `bench.dots` runs in a browser. */
import { makeMap } from "../server/web/static/src/map/canvas.js";
import { peopleLayer } from "../server/web/static/src/map/people.js";
import { pointer } from "../server/web/static/src/map/pointing.js";

const MIDDLE = { lng: 118.5, lat: 29.6 };
const SPREAD_DEG = 0.4;
const STEP_DEG = 0.002;

const wall = makeMap(/** @type {HTMLElement} */ (document.getElementById("map")), { label: "bench" });
const people = peopleLayer(wall, pointer(), () => 5);
wall.view.setCenter(wall.place(MIDDLE.lng, MIDDLE.lat));
wall.view.setZoom(10.5);

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
    position: {
      lng: MIDDLE.lng + (Math.random() - 0.5) * SPREAD_DEG,
      lat: MIDDLE.lat + (Math.random() - 0.5) * SPREAD_DEG,
      accuracy_m: 10,
    },
  }));
}

/** @param {ReturnType<typeof crowd>} all */
function step(all) {
  return all.map((one) => {
    const [east, north] = [Math.random() - 0.5, Math.random() - 0.5].map((each) => each * STEP_DEG);
    const { lng, lat } = one.position;
    return { ...one, position: { ...one.position, lng: lng + Number(east), lat: lat + Number(north) } };
  });
}

/**
 * @param {{count: number, seconds: number, panning: boolean}} asked
 * @returns {Promise<{frames: number[], tells: number[]}>} milliseconds between frames, and to take in each second's moves
 */
async function measure({ count, seconds, panning }) {
  let all = crowd(count);
  people.show(all);
  const tells = /** @type {number[]} */ ([]);
  const telling = setInterval(() => {
    all = step(all);
    const begun = performance.now();
    people.show(all);
    tells.push(performance.now() - begun);
  }, 1000);
  const frames = /** @type {number[]} */ ([]);
  const until = performance.now() + seconds * 1000;
  let before = await new Promise(requestAnimationFrame);
  while (performance.now() < until) {
    if (panning) wall.view.adjustCenter([100 * Math.sin(before / 400), 0]);
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
  }
  clearInterval(telling);
  return { frames, tells };
}

Object.assign(globalThis, { measure });
