/**
 * What stands on the map: people on duty, check-ins with their verdict, stops. Shapes as in lib/verdict.js.
 * @import {Outcome} from "../wire"
 */
import { ago } from "../lib/time.js";
import { palette } from "./palette.js";
import { boxAt, NAME_PX } from "./room.js";
import { Circle, Fill, Icon, RegularShape, Stroke, Style, Text } from "ol/style.js";

const FONT = '"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif';
const INK = "#1d2a33",
  TEAL = "#0b4f6c",
  SEAL = "#c8452d",
  SEAL_DEEP = "#a83521",
  GREY = "#66707a";

const NAME_FONT = `600 ${palette.name_px}px ${FONT}`;

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

/** A label on a ground of its own, over whatever lies there. @param {string} words @param {string} colour @param {number} dy @returns {Text} */
function plated(words, colour, dy) {
  const text = label(words, colour, dy);
  text.setBackgroundFill(new Fill({ color: "rgba(255,254,251,.94)" }));
  text.setPadding([1, 4, 0, 4]);
  return text;
}

/**
 * A person: a disc with head and shoulders, so that the shape alone tells people from check-ins; `old` ones are
 * hollow.
 * @param {"now" | "faded" | "old"} look
 * @param {number} scale device pixels per pixel
 * @param {number} px its side
 * @returns {HTMLCanvasElement}
 */
function personCanvas(look, scale, px) {
  return stamp(`person-${look}`, scale, px, (pen) => {
    const fore = look === "old" ? GREY : look === "faded" ? "#fff" : palette.face;
    disc(pen, 11, look === "old" ? GREY : palette.rim);
    disc(pen, 9.6, look === "old" ? "#fff" : look === "faded" ? "#7f9fae" : palette.person);
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
 * A canvas made ready to be drawn on anew, in CSS pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {number[] | null} size of the map, in CSS pixels
 * @param {number} scale device pixels per pixel
 * @returns {CanvasRenderingContext2D}
 */
export function pen(canvas, size, scale) {
  const [width, height] = [Math.round(Number(size?.[0]) * scale), Math.round(Number(size?.[1]) * scale)];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

/**
 * A person on duty; several at one place are one dot with their number. The older the place, the paler the dot.
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number, count: number, name: string, age_s: number, lit: boolean, side?: import("./room.js").Side}} who
 *   where, the youngest position's age in seconds; an empty name is left out, another stands on its side of the dot
 */
export function personMark(context, { x, y, count, name, age_s, lit, side = "above" }) {
  const look = lookOf(age_s);
  const scale = ratio();
  const px = even(lit ? 27 : 24);
  const picture = count > 1 ? groupCanvas(look, count, scale, px) : personCanvas(look, scale, px);
  context.drawImage(picture, x - px / 2, y - px / 2, px, px);
  if (lit) halo(context, x, y);
  if (!name) return;
  const written = labelCanvas(personWords(name, age_s), look === "now" ? palette.ink : palette.faint, scale);
  const box = boxAt({ x, y, width: written.width / scale }, side);
  context.drawImage(written, Math.round(box.x), Math.round(box.y), written.width / scale, written.height / scale);
}

/** @param {number} age_s @returns {"now" | "faded" | "old"} */
function lookOf(age_s) {
  return age_s > OLD_S ? "old" : age_s > FADING_S ? "faded" : "now";
}

/** @param {string} name @param {number} age_s @returns {string} the name, and how old the place is once it is not new */
export function personWords(name, age_s) {
  return lookOf(age_s) === "now" ? name : `${name} · ${ago(age_s)}`;
}

/** @param {CanvasRenderingContext2D} context @param {number[]} from @param {number[]} to from a cluster's place to one that was fanned out */
export function leg(context, from, to) {
  context.beginPath();
  context.moveTo(Number(from[0]), Number(from[1]));
  context.lineTo(Number(to[0]), Number(to[1]));
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.2;
  context.stroke();
}

/**
 * A check-in, or several that share a mark with their number, on a canvas.
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number, count: number, outcome: Outcome, lit: boolean, name?: string}} what `count` 1 for one
 *   alone, 0 for several that are not counted
 */
export function arrivalMark(context, { x, y, count, outcome, lit, name = "" }) {
  const scale = ratio();
  const px = even(lit || count !== 1 ? 24 : 20);
  const picture = count === 1 ? verdictCanvas(outcome, scale, px) : pileCanvas(count, scale, px);
  context.drawImage(picture, x - px / 2, y - px / 2, px, px);
  if (lit) halo(context, x, y);
  if (!name) return;
  const written = labelCanvas(name, palette.ink, scale);
  const box = boxAt({ x, y, width: written.width / scale }, "above");
  context.drawImage(written, Math.round(box.x), Math.round(box.y), written.width / scale, written.height / scale);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} share 0 to 1 of a ring that widens and fades, where something has just come */
export function ripple(context, x, y, share) {
  const eased = 1 - (1 - share) ** 3;
  context.beginPath();
  context.arc(x, y, 8 + 34 * eased, 0, 2 * Math.PI);
  context.strokeStyle = `rgba(${palette.seal},${1 - eased})`;
  context.lineWidth = 1 + 3 * (1 - eased);
  context.stroke();
}

/**
 * The plate that several check-ins share, with their number: square, so that it is not taken for people.
 * @param {number} count
 * @param {number} scale device pixels per pixel
 * @param {number} px its side
 * @returns {HTMLCanvasElement}
 */
function pileCanvas(count, scale, px) {
  return stamp(`pile-${count}`, scale, px, (pen) => {
    pen.fillStyle = "#fff";
    pen.strokeStyle = INK;
    pen.lineWidth = 1.4;
    pen.fillRect(1.5, 3, 21, 18);
    pen.strokeRect(1.5, 3, 21, 18);
    pen.fillStyle = INK;
    pen.font = `700 ${count > 999 ? 9 : count > 99 ? 10.5 : 12}px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(count ? (count > 9999 ? "9999+" : String(count)) : "…", 12, 12.5, 19);
  });
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y the ring around what is pointed at */
function halo(context, x, y) {
  context.beginPath();
  context.arc(x, y, 16 * palette.scale, 0, 2 * Math.PI);
  context.strokeStyle = palette.lit;
  context.lineWidth = 3;
  context.stroke();
}

/**
 * The disc that several share, with their number.
 * @param {"now" | "faded" | "old"} look
 * @param {number} count
 * @param {number} scale device pixels per pixel
 * @param {number} px its side
 * @returns {HTMLCanvasElement}
 */
function groupCanvas(look, count, scale, px) {
  return stamp(`group-${look}-${count}`, scale, px, (pen) => {
    disc(pen, 12, look === "old" ? GREY : palette.rim);
    disc(pen, 10.3, look === "old" ? "#fff" : look === "faded" ? "#7f9fae" : palette.person);
    pen.fillStyle = look === "now" ? palette.face : INK;
    pen.font = `700 ${count > 999 ? 8.5 : count > 99 ? 10 : 12}px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(String(count), 12, 12.5);
  });
}

/**
 * A name, written once: text is dear to draw again for each frame.
 * @param {string} words
 * @param {string} colour
 * @param {number} scale device pixels per pixel
 * @returns {HTMLCanvasElement}
 */
function labelCanvas(words, colour, scale) {
  const name = `label-${colour}-${words}`;
  const known = drawn.get(`${name}@${scale}`);
  if (known) return known;
  if (drawn.size > MOST_DRAWN) drawn.clear();
  return canvas(name, scale, (pen) => write(pen, words, colour, NAME_FONT), { width: nameWidth(words), height: NAME_PX });
}

/** @type {CanvasRenderingContext2D | null} */
let ruler = null;
/** @type {Map<string, number>} */
const widths = new Map();

/** @param {string} words @returns {number} how many pixels a name takes */
export function nameWidth(words) {
  const known = widths.get(words);
  if (known !== undefined) return known;
  if (widths.size > MOST_DRAWN) widths.clear();
  ruler ??= /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  ruler.font = NAME_FONT;
  const width = Math.ceil(ruler.measureText(words).width) + 6;
  widths.set(words, width);
  return width;
}

/** @param {CanvasRenderingContext2D} pen @param {string} words @param {string} colour @param {string} font */
function write(pen, words, colour, font) {
  pen.font = font;
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 3.6;
  pen.strokeStyle = palette.halo;
  pen.strokeText(words, 3, NAME_PX / 2);
  pen.fillStyle = colour;
  pen.fillText(words, 3, NAME_PX / 2);
}

/** @returns {number} whole device pixels per pixel, at most 3 */
function ratio() {
  return Math.min(3, Math.ceil(devicePixelRatio || 1));
}

/** @type {Map<string, HTMLCanvasElement>} */
const drawn = new Map();
const MOST_DRAWN = 3000;

/**
 * A drawing of 24 × 24 pixels, or another size, made once.
 * @param {string} name
 * @param {number} scale device pixels per pixel
 * @param {(pen: CanvasRenderingContext2D) => void} draw
 * @param {{width: number, height: number}} [size]
 * @returns {HTMLCanvasElement}
 */
function canvas(name, scale, draw, { width, height } = { width: 24, height: 24 }) {
  const key = `${name}@${scale}`;
  const known = drawn.get(key);
  if (known) return known;
  const made = document.createElement("canvas");
  made.width = width * scale;
  made.height = height * scale;
  const pen = /** @type {CanvasRenderingContext2D} */ (made.getContext("2d"));
  pen.scale(scale, scale);
  draw(pen);
  drawn.set(key, made);
  return made;
}

/**
 * A drawing of 24 × 24 units made for the pixels it takes: what is drawn as it is costs a fraction of what is scaled.
 * @param {string} name
 * @param {number} scale device pixels per pixel
 * @param {number} px its side
 * @param {(pen: CanvasRenderingContext2D) => void} draw
 * @returns {HTMLCanvasElement}
 */
function stamp(name, scale, px, draw) {
  const sized = (/** @type {CanvasRenderingContext2D} */ pen) => {
    pen.scale(px / 24, px / 24);
    draw(pen);
  };
  return canvas(`${name}-${px}`, scale, sized, { width: px, height: px });
}

/** @param {number} px @returns {number} the nearest even number of pixels at this page's scale */
function even(px) {
  return 2 * Math.round((px * palette.scale) / 2);
}

/** @type {Record<Outcome, string>} */
const COLOURS = { inside: "#1b7f4d", uncertain: "#b7791f", outside: "#b3261e", not_judged: "#6b7280" };

/**
 * The verdict's shape: full disc, half disc, ring, bar; each on a white plate.
 * @param {Outcome} outcome
 * @param {number} scale device pixels per pixel
 * @param {number} [px] its side
 * @returns {HTMLCanvasElement}
 */
function verdictCanvas(outcome, scale, px = 24) {
  return stamp(`verdict-${outcome}`, scale, px, (pen) => {
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
  return lit ? [mark, ring(15), ...(words ? [new Style({ zIndex: 851, text: plated(words, INK, -24) })] : [])] : [mark];
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
 * @param {number} below how far below the middle the name stands, in pixels
 * @param {number} up how far above the middle the number stands, in pixels
 * @returns {Style[]}
 */
export function stopNumberStyle(number, name, lit, below, up) {
  const plate = new RegularShape({
    points: 4,
    radius: 13,
    angle: Math.PI / 4,
    displacement: [0, up],
    fill: new Fill({ color: lit ? SEAL : TEAL }),
    stroke: new Stroke({ color: "#fff", width: 1.6 }),
  });
  return [
    new Style({
      zIndex: 300,
      image: plate,
      text: new Text({ text: String(number), font: `700 12px ${FONT}`, fill: new Fill({ color: "#fff" }), offsetY: 1 - up }),
    }),
    new Style({ zIndex: 301, text: label(name, TEAL, below) }),
  ];
}

/** @param {string} name @param {number} below @param {number} up @returns {Style} the room that a stop's number and name take, so that areas' names leave it free */
export function stopRoomStyle(name, below, up) {
  const unseen = new Fill({ color: "rgba(0,0,0,0)" });
  return new Style({
    image: new Circle({ radius: 15, displacement: [0, up], fill: unseen, declutterMode: "obstacle" }),
    text: new Text({ text: name, font: `600 13px ${FONT}`, fill: unseen, offsetY: below, overflow: true, declutterMode: "obstacle" }),
  });
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

/** @returns {Style} where a track begins or ends */
export function trackEndStyle() {
  const stroke = new Stroke({ color: SEAL, width: 2.6 });
  return new Style({
    zIndex: 210,
    image: new Circle({ radius: 5, fill: new Fill({ color: "#fff" }), stroke, declutterMode: "none" }),
  });
}

/** @param {string} words @returns {Style} when it did, over the check-ins that lie there */
export function trackTimeStyle(words) {
  return new Style({ text: plated(words, SEAL_DEEP, 21) });
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

/** @param {boolean} measured @param {string} words @returns {Style[]} where somebody was at the instant that is played */
export function whereStyle(measured, words) {
  const rim = new Stroke({ color: measured ? "#fff" : GREY, width: 2.4, ...(measured ? {} : { lineDash: [3, 3] }) });
  const image = new Circle({ radius: 9, fill: new Fill({ color: measured ? SEAL_DEEP : "rgba(255,254,251,.9)" }), stroke: rim });
  return [
    new Style({ zIndex: 990, image, text: label(words, measured ? SEAL_DEEP : GREY, -20, 700) }),
    new Style({ zIndex: 989, image: new Circle({ radius: 11.5, stroke: new Stroke({ color: INK, width: 1.2 }) }) }),
  ];
}
