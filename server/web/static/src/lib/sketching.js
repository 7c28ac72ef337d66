/**
 * The tools beside the map with which a boundary is drawn and published: as a new area, as a new version, or cut into
 * several. What is published goes through the same door as a file, and is mended and checked like one.
 * @import {Area} from "../wire"
 * @import {DeskMap} from "../map/canvas.js"
 */
import { get, post } from "./api.js";
import { t } from "./desk.js";
import { ask } from "./dialog.js";
import { el, fill } from "./dom.js";
import { attempt, toast } from "./states.js";
import { codes, word } from "./words.js";
import { sketch } from "../map/sketch.js";

/** How each stroke is drawn, in words. */
const HOW = {
  "": () => t("拖动顶点修改，靠近其他边界时自动吸附。"),
  part: () => t("逐点单击，双击或回车结束；退格撤回一点，Esc 放弃。"),
  hole: () => t("在区域里面逐点单击，双击或回车结束；退格撤回一点，Esc 放弃。"),
  cut: () => t("从区域外面点起，穿过区域，到外面双击结束；Esc 放弃。"),
};

/**
 * @param {DeskMap} wall
 * @param {HTMLElement} place where the tools stand
 * @param {(area: Area | null) => Promise<void>} published called once something was published, with the area that was changed
 */
export function drawTools(wall, place, published) {
  /** @type {Area | null} the area that is being changed; none for a new one */
  let area = null;
  const drawing = sketch(wall, () => show());

  /** @param {string} words @param {() => void} act @param {boolean} [main] */
  const button = (words, act, main = false) =>
    el(`button.button.button-small${main ? ".button-main" : ""}`, { type: "button", onclick: act }, words);

  function stop() {
    drawing.end();
    area = null;
    fill(place, button(t("在地图上画新区域"), () => start(null)));
  }

  /** @param {Area | null} changed @param {object} [boundary] */
  function start(changed, boundary) {
    drawing.end();
    area = changed;
    drawing.begin(boundary);
    show();
    place.scrollIntoView({ block: "nearest" });
  }

  function show() {
    const pieces = drawing.drawn().length;
    const undo = button(t("撤销"), drawing.undo);
    undo.disabled = !drawing.undoable();
    /** @param {"part" | "hole" | "cut"} what @param {string} words @param {() => void} act */
    const tool = (what, words, act) => {
      const made = button(words, act);
      made.setAttribute("aria-pressed", String(drawing.stroking() === what));
      return made;
    };
    fill(
      place,
      el("b", {}, area ? t("修改“{name}”的边界", { name: area.name }) : t("画新区域")),
      el("span.soft.small", { role: "status" }, HOW[drawing.stroking()]()),
      el(
        "span.buttons",
        {},
        tool("part", t("添一块"), () => drawing.draw()),
        pieces ? tool("hole", t("挖洞"), () => drawing.hole(() => toast(t("洞要完全画在区域里面。"), true))) : null,
        pieces === 1 ? tool("cut", t("切分"), () => drawing.line((line) => void cut(line))) : null,
        undo,
        pieces ? button(t("发布…"), () => void publish(), true) : null,
        button(t("取消"), stop),
      ),
    );
  }

  /** @param {number[][]} line */
  async function cut(line) {
    const told = await attempt(() => post("/areas/pieces", { shape: drawing.drawn()[0], line }));
    if (told) drawing.replace(told.items.map((/** @type {{geometry: object}} */ piece) => piece.geometry));
  }

  async function publish() {
    const shapes = drawing.drawn();
    const done = await ask({
      title: shapes.length > 1 ? t("发布 {n} 块", { n: shapes.length }) : t("发布边界"),
      yes: t("发布"),
      body: [kindField(area), ...shapes.flatMap((_, place) => nameFields(area, place, shapes.length)), parentField(area), note(area)],
      act: async (form) => post("/areas/imports", file(form, shapes, area, await parentOf(form, area))),
    });
    if (!done) return;
    toast(t("已发布。"));
    const changed = area;
    stop();
    await published(changed);
  }

  stop();
  return {
    /** @param {Area} changed @param {object} boundary GeoJSON */
    change: (changed, boundary) => start(changed, boundary),
  };
}

/** @param {Area | null} area */
function kindField(area) {
  if (area) return el("input", { type: "hidden", name: "kind", value: area.kind });
  return el(
    "div.field",
    {},
    el("label", { for: "ask-kind" }, t("区域类别")),
    el(
      "select.select",
      { id: "ask-kind", name: "kind" },
      codes("area").map((kind) => el("option", { value: kind, selected: kind === "grid" }, word("area", kind))),
    ),
  );
}

/** @param {Area | null} area @param {number} place @param {number} of the first piece of a changed area stays it */
function nameFields(area, place, of) {
  const stays = area !== null && place === 0;
  /** @param {string} name @param {string} label @param {number} most @param {string} value @param {boolean} fixed */
  const field = (name, label, most, value, fixed) =>
    el(
      "div.field",
      {},
      el("label", { for: `ask-${name}-${place}` }, label),
      el("input.input", { id: `ask-${name}-${place}`, name, required: true, maxlength: most, value, readonly: fixed }),
    );
  return [
    of > 1 ? el("p.small", {}, el("b", {}, t("第 {n} 块（从大到小）", { n: place + 1 }))) : null,
    field("name", t("名称"), 120, stays ? area.name : "", false),
    field("code", t("编码"), 64, stays ? area.code : "", stays),
  ].filter((each) => each !== null);
}

/** @param {Area | null} area what is cut off an area stays below the same parent; a new one's is asked */
function parentField(area) {
  if (area) return "";
  return el(
    "div.field",
    {},
    el("label", { for: "ask-parent" }, t("上级区域的编码（可不填）")),
    el("input.input", { id: "ask-parent", name: "parent_code", maxlength: 64 }),
  );
}

/** @param {FormData} form @param {Area | null} area @returns {Promise<string>} the code of the area above; "" for none */
async function parentOf(form, area) {
  if (!area) return String(form.get("parent_code") || "").trim();
  return area.parent_id === null ? "" : (await get(`/areas/${area.parent_id}`)).code;
}

/** @param {Area | null} area */
function note(area) {
  return el("p.small", {}, area ? t("发布为新版本，从现在起有效；以往的判定不变。") : t("新区域一直有效。"));
}

/**
 * @param {FormData} form
 * @param {object[]} shapes
 * @param {Area | null} area
 * @param {string} parent the code of the area above; "" for none
 * @returns {FormData} as the door for files takes it
 */
function file(form, shapes, area, parent) {
  const names = form.getAll("name").map(String);
  const given = form.getAll("code").map(String);
  const features = shapes.map((geometry, place) => ({
    type: "Feature",
    properties: { name: names[place], code: given[place] },
    geometry,
  }));
  const told = new FormData();
  const text = JSON.stringify({ type: "FeatureCollection", features });
  told.append("file", new File([text], "drawn.geojson", { type: "application/geo+json" }));
  const facts = { kind: area?.kind || String(form.get("kind")), datum: "WGS-84", name_field: "name", code_field: "code" };
  if (parent) told.append("parent_code", parent);
  for (const [name, value] of Object.entries(facts)) told.append(name, value);
  return told;
}
