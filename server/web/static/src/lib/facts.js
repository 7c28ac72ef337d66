/** The plain facts of an event in words: what the record keeps as codes and numbers. */
import { desk, say, t } from "./desk.js";
import { fully } from "./time.js";
import { word } from "./words.js";

const INSTANT = /^\d{4}-\d\d-\d\dT/;
/** Longer than any number of ours: a seal or an id, told by its beginning. */
const LONG = /^[0-9a-f-]{32,}$/;

/** @param {Record<string, unknown>} data @returns {string} what says nothing is left out */
export function facts(data) {
  return Object.entries(data)
    .map(([name, value]) => [label(name), told(name, value)])
    .filter(([, words]) => words)
    .map(([name, words]) => t("{name}：{words}", { name: String(name), words: String(words) }))
    .join(t("；"));
}

/** @param {string} name */
function label(name) {
  const known = desk.facts?.[name];
  return known ? say(known) : name;
}

/** @param {string} name @param {unknown} value @returns {string} */
function told(name, value) {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "boolean") return value ? t("是") : t("否");
  if (Array.isArray(value)) return value.map((each) => told(name, each)).filter(Boolean).join(t("、"));
  if (typeof value === "object") return inner(name, /** @type {Record<string, unknown>} */ (value));
  const text = String(value);
  if (INSTANT.test(text)) return fully(text);
  return LONG.test(text) ? `${text.slice(0, 8)}…` : coded(name, text);
}

/** @param {string} name @param {Record<string, unknown>} value a role over a unit, or values by code */
function inner(name, value) {
  if ("role" in value && "unit" in value)
    return t("{role}（单位 {n}）", { role: word("role", String(value.role)), n: Number(value.unit) });
  return Object.entries(value)
    .map(([code, one]) => `${coded(name, code)} ${told(name, one)}`)
    .join(t("、"));
}

/** @param {string} name @param {string} code @returns {string} the code's word among those the fact may hold */
function coded(name, code) {
  for (const group of desk.facts?.[name]?.groups || []) {
    const words = word(group, code);
    if (words !== code) return words;
  }
  const known = desk.codes?.[code];
  return known ? say(known) : code;
}
