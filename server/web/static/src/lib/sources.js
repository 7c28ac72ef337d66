/**
 * What pickers choose from: units in tree order, areas by name, people by name, trips by title.
 * @import {Area, Person, Trip, Unit} from "../wire"
 * @import {Choice} from "./picker.js"
 */
import { get } from "./api.js";
import { among } from "./picker.js";
import { word } from "./words.js";

/** @type {Promise<Unit[]> | null} */
let known = null;

/** @returns {Promise<Unit[]>} the units of the reader's scope, in tree order, read once a page */
export function units() {
  known ??= get("/units").then((answer) => answer.items);
  return known;
}

/** @returns {Promise<Choice[]>} */
async function unitChoices() {
  const all = await units();
  const top = Math.min(...all.map((unit) => unit.depth));
  return all.map((unit) => ({ id: String(unit.id), name: unit.name, depth: unit.depth - top, kind: word("unit", unit.kind) }));
}

export const searchUnits = among(unitChoices);

/** @param {string} id @returns {Promise<Choice | null>} */
export async function unitById(id) {
  return (await unitChoices()).find((choice) => choice.id === id) || null;
}

/** @param {string} words @returns {Promise<Choice[]>} */
export async function searchAreas(words) {
  const answer = await get("/areas", { name: words });
  return answer.items.slice(0, 40).map((/** @type {Area} */ area) => ({ id: String(area.id), name: area.name, kind: word("area", area.kind) }));
}

/** @param {string} words @returns {Promise<Choice[]>} */
export async function searchPeople(words) {
  const answer = await get("/people", { q: words });
  return answer.items.slice(0, 40).map((/** @type {Person} */ person) => ({ id: String(person.id), name: person.name, kind: person.unit.name }));
}

/** @param {string} words @returns {Promise<Choice[]>} */
export async function searchTrips(words) {
  const answer = await get("/trips", { q: words });
  return answer.items.slice(0, 40).map((/** @type {Trip} */ trip) => ({ id: String(trip.id), name: trip.title, kind: word("trip", trip.state) }));
}
