/**
 * The search that every page has: trips by number or words, people, companies, projects, areas; Enter opens the first.
 * @import {Choice} from "./picker.js"
 */
import { get, Refusal } from "./api.js";
import { may, t } from "./desk.js";
import { picker } from "./picker.js";
import { toast } from "./states.js";
import { dates, dayInWords } from "./time.js";
import { word } from "./words.js";

/** @param {string} path @param {Record<string, string | number>} query */
function to(path, query) {
  const told = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return `${path}?${new URLSearchParams(told)}`;
}

/** @param {import("../wire").TripFound} trip */
function tripChoice(trip) {
  const reached = trip.stops ? t("已到 {reached} / {stops} 点", { reached: trip.reached, stops: trip.stops }) : "";
  const about = [word("trip", trip.state), dates(trip.starts_on, trip.ends_on), reached];
  return { id: `/trips/${trip.id}`, name: `#${trip.id} ${trip.title}`, kind: about.filter(Boolean).join(" · ") };
}

/** @param {{id: number, name: string, unit: {name: string}, trip: {title: string} | null}} person */
function personChoice(person) {
  const onMap = person.trip && may("place.read");
  const unit = person.unit.name;
  return {
    id: onMap ? to("/", { at: `person:${person.id}` }) : to("/log", { person_id: person.id, period: "month" }),
    name: person.name,
    kind: person.trip ? t("{unit} · 在岗：{trip}", { unit, trip: person.trip.title }) : unit,
  };
}

/** @param {{name: string, last_met_at: string}} company */
function companyChoice(company) {
  const kind = t("本月见过谁 · 最近 {day}", { day: dayInWords(company.last_met_at) });
  return { id: to("/log", { q: company.name, period: "month" }), name: company.name, kind };
}

/** @param {{id: number, name: string, investor: string, stage: string}} project */
function projectChoice({ id, name, investor, stage }) {
  return { id: `/projects/${id}`, name, kind: [t("项目"), word("stage", stage), investor].filter(Boolean).join(" · ") };
}

/** @param {{id: number, name: string, kind: string}} area */
function areaChoice(area) {
  return { id: to("/log", { area_id: area.id }), name: area.name, kind: word("area", area.kind) };
}

/** What is asked for often enough to be found by its own words. @param {string} words @returns {Choice[]} */
function questions(words) {
  const name = t("本周无人巡查的网格");
  const asked = [name, t("未巡查的网格")].some((phrase) => phrase.toLowerCase().includes(words.toLowerCase()));
  if (!may("patrol.read") || words.length < 2 || !asked) return [];
  return [{ id: "/patrols/walked", name, kind: t("网格最近巡查") }];
}

/** @param {string} words @returns {Promise<Choice[]>} where each leads is its id */
async function found(words) {
  if (!words) return [];
  try {
    const answer = await get("/search", { q: words.slice(0, 60) });
    return [
      ...questions(words),
      ...answer.trips.map(tripChoice),
      ...answer.people.map(personChoice),
      ...answer.companies.map(companyChoice),
      ...answer.projects.map(projectChoice),
      ...answer.areas.map(areaChoice),
      { id: to("/log", { q: words.slice(0, 60) }), name: t("在日志中查找“{words}”", { words }), kind: t("走访日志") },
    ];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, true);
    return [];
  }
}

/** Put the search where the template has a place for it; "/" leads to it from anywhere but a field. */
export function searchBox() {
  const place = document.getElementById("search");
  if (!place) return;
  const box = picker({
    id: "search-words",
    placeholder: t("查找行程、人员、企业、项目、区域"),
    search: found,
    chosen: (choice) => choice && location.assign(choice.id),
    once: true,
    first: true,
  });
  place.append(box.node);
  const field = /** @type {HTMLInputElement} */ (document.getElementById("search-words"));
  field.setAttribute("aria-label", t("查找"));
  document.addEventListener("keydown", (event) => {
    const inField = /** @type {HTMLElement} */ (event.target).closest?.("input, textarea, select, dialog");
    if (event.key !== "/" || inField || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
  });
}
