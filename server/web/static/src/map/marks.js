/**
 * What stands on the map: people on duty, check-ins with their verdict, stops. Shapes as in lib/verdict.js.
 * @import {Outcome} from "../wire"
 */
import { Circle, Fill, Icon, RegularShape, Stroke, Style, Text } from "ol/style.js";

const FONT = '"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif';
const INK = "#1d2a33",
  TEAL = "#0b4f6c",
  SEAL = "#c8452d",
  SEAL_DEEP = "#a83521",
  GREY = "#66707a";

/** A position older than this (s) fades; older than OLD_S it is hollow. */
export const FADING_S = 10 * 60;
export const OLD_S = 30 * 60;

/** @param {string} words @param {string} colour @param {number} dy @param {number} [weight] @returns {Text} */
function label(words, colour, dy, weight = 600) {
  return new Text({
    text: words,
    font: `${weight} 12.5px ${FONT}`,
    offsetY: dy,
    fill: new Fill({ color: colour }),
    stroke: new Stroke({ color: "rgba(255,254,251,.94)", width: 3.6 }),
  });
}

/**
 * A person: a disc with head and shoulders, so that the shape alone tells people from check-ins; `old` ones are
 * hollow.
 * @param {"now" | "faded" | "old"} look
 * @param {number} scale device pixels per pixel
 * @returns {HTMLCanvasElement}
 */
function personCanvas(look, scale) {
  return canvas(`person-${look}`, scale, (pen) => {
    const fore = look === "old" ? GREY : "#fff";
    disc(pen, 11, look === "old" ? GREY : "#fff");
    disc(pen, 9.6, look === "old" ? "#fff" : look === "faded" ? "#7f9fae" : TEAL);
    pen.fillStyle = fore;
    pen.beginPath();
    pen.arc(12, 9.3, 2.9, 0, 2 * Math.PI);
    pen.fill();
    pen.beginPath();
    pen.arc(12, 18, 5.4, Math.PI, 2 * Math.PI);
    pen.fill();
  });
}

/** @param {number} radius @returns {Style} the ring around what is pointed at or chosen */
function ring(radius) {
  return new Style({ zIndex: 900, image: new Circle({ radius, stroke: new Stroke({ color: SEAL, width: 3 }) }) });
}

/**
 * A person on duty; several at one place are one dot with their number.
 * @param {{names: string[], age_s: number, words: string, lit: boolean}} who youngest position's age in seconds, and that age in words
 * @returns {Style[]}
 */
export function personStyle({ names, age_s, words, lit }) {
  const look = age_s > OLD_S ? "old" : age_s > FADING_S ? "faded" : "now";
  const several = names.length > 1;
  const name = several ? `${names[0]} +${names.length - 1}` : String(names[0]);
  const styles = [
    new Style({ zIndex: lit ? 800 : 400, image: several ? groupMark(look) : personMark(look, lit) }),
    new Style({
      zIndex: lit ? 801 : 401,
      text: label(look === "now" ? name : `${name} · ${words}`, look === "now" ? INK : GREY, -22),
    }),
  ];
  if (several) styles.push(new Style({ zIndex: 402, text: number(names.length, look === "old" ? INK : "#fff") }));
  return lit ? [...styles, ring(16)] : styles;
}

/** @param {"now" | "faded" | "old"} look @param {boolean} lit @returns {Icon} */
function personMark(look, lit) {
  const scale = ratio();
  return new Icon({ img: personCanvas(look, scale), scale: (lit ? 1.12 : 1) / scale, declutterMode: "obstacle" });
}

/** @param {"now" | "faded" | "old"} look @returns {Circle} the disc that several share */
function groupMark(look) {
  const colour = look === "old" ? "#fff" : look === "faded" ? "#7f9fae" : TEAL;
  return new Circle({
    radius: 11.5,
    fill: new Fill({ color: colour }),
    stroke: new Stroke({ color: look === "old" ? GREY : "#fff", width: 2 }),
    declutterMode: "obstacle",
  });
}

/** @param {number} count @param {string} colour @returns {Text} */
function number(count, colour) {
  return new Text({
    text: String(count),
    font: `700 12px ${FONT}`,
    fill: new Fill({ color: colour }),
    offsetY: 1,
    declutterMode: "none",
  });
}

/** @returns {number} whole device pixels per pixel, at most 3 */
function ratio() {
  return Math.min(3, Math.ceil(devicePixelRatio || 1));
}

/** @type {Map<string, HTMLCanvasElement>} */
const drawn = new Map();

/**
 * A drawing of 24 × 24 pixels, made once.
 * @param {string} name
 * @param {number} scale device pixels per pixel
 * @param {(pen: CanvasRenderingContext2D) => void} draw
 * @returns {HTMLCanvasElement}
 */
function canvas(name, scale, draw) {
  const key = `${name}@${scale}`;
  const known = drawn.get(key);
  if (known) return known;
  const made = document.createElement("canvas");
  made.width = made.height = 24 * scale;
  const pen = /** @type {CanvasRenderingContext2D} */ (made.getContext("2d"));
  pen.scale(scale, scale);
  draw(pen);
  drawn.set(key, made);
  return made;
}

/** @type {Record<Outcome, string>} */
const COLOURS = { inside: "#1b7f4d", uncertain: "#b7791f", outside: "#b3261e", not_judged: "#6b7280" };

/**
 * The verdict's shape: full disc, half disc, ring, bar; each on a white plate.
 * @param {Outcome} outcome
 * @param {number} scale device pixels per pixel
 * @returns {HTMLCanvasElement}
 */
function verdictCanvas(outcome, scale) {
  return canvas(`verdict-${outcome}`, scale, (pen) => {
    disc(pen, 10.5, "#fff");
    pen.strokeStyle = "rgba(29,42,51,.35)";
    pen.lineWidth = 1;
    pen.stroke();
    verdictShape(pen, outcome);
  });
}

/** @param {CanvasRenderingContext2D} pen @param {number} radius @param {string} colour */
function disc(pen, radius, colour) {
  pen.beginPath();
  pen.arc(12, 12, radius, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
}

/** @param {CanvasRenderingContext2D} pen @param {Outcome} outcome */
function verdictShape(pen, outcome) {
  const colour = COLOURS[outcome] || COLOURS.not_judged;
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  if (outcome === "inside") return disc(pen, 7, colour);
  if (outcome === "outside" || outcome === "uncertain") {
    pen.lineWidth = 2.4;
    pen.beginPath();
    pen.arc(12, 12, 6, 0, 2 * Math.PI);
    pen.stroke();
    if (outcome === "outside") return undefined;
    pen.beginPath();
    pen.arc(12, 12, 6, Math.PI / 2, 1.5 * Math.PI);
    return pen.fill();
  }
  return pen.fillRect(6.5, 10.6, 11, 2.8);
}

/**
 * A check-in.
 * @param {Outcome} outcome
 * @param {boolean} lit
 * @param {string} [words] shown beside it when lit
 * @returns {Style[]}
 */
export function checkinStyle(outcome, lit, words = "") {
  const scale = ratio();
  const image = new Icon({ img: verdictCanvas(outcome, scale), scale: (lit ? 1 : 0.82) / scale });
  const mark = new Style({ zIndex: lit ? 850 : 500, image });
  return lit ? [mark, ring(15), ...(words ? [new Style({ zIndex: 851, text: label(words, INK, -24) })] : [])] : [mark];
}

/**
 * The ground of a trip's stop: its area, or its radius.
 * @param {boolean} lit
 * @returns {Style}
 */
export function stopStyle(lit) {
  return new Style({
    zIndex: 60,
    fill: new Fill({ color: "rgba(11,79,108,.10)" }),
    stroke: new Stroke({ color: TEAL, width: lit ? 3 : 1.8, lineDash: [7, 4] }),
  });
}

/**
 * The number of a stop, at its middle.
 * @param {number} number
 * @param {string} name
 * @param {boolean} lit
 * @returns {Style[]}
 */
export function stopNumberStyle(number, name, lit) {
  const plate = new RegularShape({
    points: 4,
    radius: 13,
    angle: Math.PI / 4,
    fill: new Fill({ color: lit ? SEAL : TEAL }),
    stroke: new Stroke({ color: "#fff", width: 1.6 }),
  });
  return [
    new Style({
      zIndex: 300,
      image: plate,
      text: new Text({ text: String(number), font: `700 12px ${FONT}`, fill: new Fill({ color: "#fff" }), offsetY: 1 }),
    }),
    new Style({ zIndex: 301, text: label(name, TEAL, 21) }),
  ];
}

/** @returns {Style} the disc of a position's accuracy */
export function accuracyStyle() {
  return new Style({
    zIndex: 90,
    fill: new Fill({ color: "rgba(200,69,45,.10)" }),
    stroke: new Stroke({ color: "rgba(200,69,45,.7)", width: 1.2 }),
  });
}

/** @returns {Style[]} a way that was measured */
export function trackStyles() {
  return [
    new Style({ zIndex: 200, stroke: new Stroke({ color: "rgba(255,254,251,.9)", width: 6.5 }) }),
    new Style({ zIndex: 201, stroke: new Stroke({ color: SEAL, width: 3 }) }),
  ];
}

/** @returns {Style} between two places where nothing was measured */
export function gapStyle() {
  return new Style({ zIndex: 199, stroke: new Stroke({ color: GREY, width: 2, lineDash: [3, 7] }) });
}

/** @param {string} words @returns {Style} where a track begins or ends */
export function trackEndStyle(words) {
  return new Style({
    zIndex: 210,
    image: new Circle({
      radius: 5,
      fill: new Fill({ color: "#fff" }),
      stroke: new Stroke({ color: SEAL, width: 2.6 }),
      declutterMode: "none",
    }),
    text: label(words, SEAL_DEEP, 17),
  });
}

/** @param {string} words from when to when @param {boolean} lit @returns {Style[]} where somebody stayed */
export function stayStyle(words, lit) {
  const place = new Style({
    zIndex: lit ? 190 : 180,
    fill: new Fill({ color: lit ? "rgba(29,42,51,.30)" : "rgba(29,42,51,.16)" }),
    stroke: new Stroke({ color: INK, width: lit ? 3 : 1.6 }),
  });
  const text = label(words, INK, -20);
  text.setOverflow(true);
  return [place, new Style({ zIndex: lit ? 860 : 220, text })];
}
