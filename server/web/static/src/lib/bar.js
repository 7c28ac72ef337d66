/** The live map's bar: words to look for, unit, duty, kind, signal and how many days back. */
import { t } from "./desk.js";
import { byId, el, fill } from "./dom.js";
import { among, picker } from "./picker.js";
import { searchUnits, unitById } from "./sources.js";
import { codes, word } from "./words.js";

const PAUSE_MS = 180;

/** How many days back may be asked for. */
export const DAYS = [1, 3, 7, 30];

/** @param {number} days @returns {string} */
export function daysInWords(days) {
  return days === 1 ? t("24 小时内") : t("{n} 天内", { n: days });
}

/** @param {string} id @returns {{id: string, name: string}} a unit that a shared address names and the reader does not see: it still filters */
function unseen(id) {
  return { id, name: t("您看不到的单位（{id}）", { id }) };
}

/**
 * @param {Record<string, string>} values as the address gave them
 * @param {() => {id: string, name: string}[]} duties those there are on the map
 * @param {(change: Record<string, string>) => void} changed
 */
export async function mapBar(values, duties, changed) {
  select("kind", t("全部种类"), codes("checkin").map((code) => [code, word("checkin", code)]));
  select("signal", t("不限疑点"), [["any", t("有疑点")], ...pairs("signal")]);
  select("days", "", DAYS.map((days) => [String(days), daysInWords(days)]));
  find();
  let waiting = values.duty || "";
  const duty = picker({
    id: "filter-duty",
    placeholder: t("全部任务"),
    search: among(async () => [{ id: "none", name: t("行程外") }, ...duties()]),
    value: waiting ? { id: waiting, name: waiting === "none" ? t("行程外") : `#${waiting}` } : null,
    chosen(choice) {
      waiting = "";
      changed({ duty: choice?.id || "" });
    },
  });
  byId("filter-duty-place").replaceWith(duty.node);
  const unit = picker({
    id: "filter-unit",
    placeholder: t("全部单位"),
    search: searchUnits,
    value: values.unit_id ? (await unitById(values.unit_id)) || unseen(values.unit_id) : null,
    chosen: (choice) => changed({ unit_id: choice?.id || "" }),
  });
  byId("filter-unit-place").replaceWith(unit.node);

  /** @param {string} group @returns {[string, string][]} */
  function pairs(group) {
    return codes(group).map((code) => [code, word(group, code)]);
  }

  /** @param {string} name @param {string} all @param {[string, string][]} options */
  function select(name, all, options) {
    const node = /** @type {HTMLSelectElement} */ (byId(`filter-${name}`));
    fill(
      node,
      all ? el("option", { value: "" }, all) : null,
      options.map(([code, words]) => el("option", { value: code }, words)),
    );
    const given = options.some(([code]) => code === values[name]) ? values[name] : "";
    node.value = given || (all ? "" : String(options[0]?.[0]));
    node.addEventListener("change", () => changed({ [name]: node.value }));
  }

  function find() {
    const node = /** @type {HTMLInputElement} */ (byId("filter-q"));
    let pause = 0;
    node.value = values.q || "";
    node.addEventListener("input", () => {
      clearTimeout(pause);
      pause = window.setTimeout(() => changed({ q: node.value.trim() }), PAUSE_MS);
    });
  }

  return {
    /** The duty of the address is known by its name only once it has been seen. */
    nameDuty() {
      const known = waiting && duties().find(({ id }) => id === waiting);
      if (!known) return;
      waiting = "";
      duty.set(known);
    },
    /** All units again. */
    clearUnit: () => unit.set(null),
    /** All filters but unit and days are taken off. */
    clear() {
      waiting = "";
      duty.set(null);
      for (const name of ["q", "kind", "signal"]) /** @type {HTMLInputElement} */ (byId(`filter-${name}`)).value = "";
    },
  };
}
