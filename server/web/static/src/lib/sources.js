/**
 * What pickers choose from: units in tree order, areas by name, people by name, trips by title.
 * @import {Area, Person, Trip, Unit} from "../wire"
 * @import {Choice} from "./picker.js"
 */
import { get, Refusal } from "./api.js";
import { among } from "./picker.js";
import { word } from "./words.js";

/** @type {Promise<Unit[]> | null} */
let known = null;

/** @returns {Promise<Unit[]>} the units of the reader's scope, in tree order, read once a page; a refusal is not kept */
export function units() {
  known ??= get("/units").then(
    (answer) => answer.items,
    (error) => {
      known = null; // the next who asks may be luckier
      throw error;
    },
  );
  return known;
}

/** @returns {Promise<Choice[]>} */
async function unitChoices() {
  const all = await units();
  const top = Math.min(...all.map((unit) => unit.depth));
  return all.map((unit) => ({
    id: String(unit.id),
    name: unit.name,
    depth: unit.depth - top,
    kind: word("unit", unit.kind),
  }));
}

export const searchUnits = among(unitChoices);

/** @param {string} id @returns {Promise<Choice | null>} */
export async function unitById(id) {
  return (await orNone(unitChoices))?.find((choice) => choice.id === id) || null;
}

/** @param {string} words @returns {Promise<Choice[]>} */
export async function searchAreas(words) {
  const answer = await get("/areas", { name: words });
  return answer.items
    .slice(0, 40)
    .map((/** @type {Area} */ area) => ({ id: String(area.id), name: area.name, kind: word("area", area.kind) }));
}

/** @param {string} words @returns {Promise<Choice[]>} */
export async function searchPeople(words) {
  const answer = await get("/people", { q: words });
  return answer.items
    .slice(0, 40)
    .map((/** @type {Person} */ person) => ({ id: String(person.id), name: person.name, kind: person.unit.name }));
}

/** Colleagues of any unit; asked only once there is something to look for. @param {string} words @returns {Promise<Choice[]>} */
export async function searchCompanions(words) {
  if (!words.trim()) return [];
  const answer = await get("/companions", { q: words.trim() });
  return answer.items.map((/** @type {Person} */ person) => ({
    id: String(person.id),
    name: person.name,
    kind: person.unit.name,
  }));
}

/** @param {string} words @returns {Promise<Choice[]>} */
export async function searchTrips(words) {
  const answer = await get("/trips", { q: words });
  return answer.items
    .slice(0, 40)
    .map((/** @type {Trip} */ trip) => ({ id: String(trip.id), name: trip.title, kind: word("trip", trip.state) }));
}

/** @param {string} id @returns {Promise<Choice | null>} */
export function areaById(id) {
  return named(() => get(`/areas/${id}`));
}

/** @param {string} id @returns {Promise<Choice | null>} */
export function tripById(id) {
  return named(async () => {
    const trip = await get(`/trips/${id}`);
    return { id: trip.id, name: trip.title };
  });
}

/** @param {string} id @returns {Promise<Choice | null>} */
export function personById(id) {
  return named(async () => (await get("/people", { person_id: id })).items[0]);
}

/**
 * One thing by its name; null when it is not there, or not the reader's to see.
 * @param {() => Promise<{id: number, name: string} | undefined>} ask
 * @returns {Promise<Choice | null>}
 */
async function named(ask) {
  const found = await orNone(ask);
  return found ? { id: String(found.id), name: found.name } : null;
}

/** @template T @param {() => Promise<T>} ask @returns {Promise<T | null>} null where it was refused, or could not be read */
async function orNone(ask) {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}
