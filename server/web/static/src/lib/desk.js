/**
 * What the server told this page: the language, who is signed in, the base map, the words in English.
 * @import {Desk, Me, Words} from "../wire"
 */

/** @returns {Desk} */
function read() {
  const block = document.getElementById("desk");
  const given = block ? JSON.parse(block.textContent || "{}") : {};
  return { lang: "zh", me: null, tiles: null, now: new Date().toISOString(), words: {}, ...given };
}

export const desk = read();

/**
 * The sentence in the page's language; `{name}` places are filled from `facts`, `{n|day|days}` says one or many.
 * @param {string} chinese the Chinese sentence, which is also its key
 * @param {Record<string, string | number>} [facts]
 * @returns {string}
 */
export function t(chinese, facts = {}) {
  const sentence = desk.lang === "en" ? desk.words[chinese] || chinese : chinese;
  return sentence
    .replace(/\{(\w+)\|([^|}]+)\|([^|}]+)\}/g, (_, name, one, many) => (Number(facts[name]) === 1 ? one : many))
    .replace(/\{(\w+)\}/g, (all, name) => (name in facts ? String(facts[name]) : all));
}

/**
 * The half of a bilingual pair that the reader reads.
 * @param {Words} pair
 * @returns {string}
 */
export function say(pair) {
  return desk.lang === "en" ? pair.en || pair.zh : pair.zh || pair.en;
}

/**
 * Whether the reader holds a permission anywhere; what it covers is the server's to say.
 * @param {string} permission
 * @returns {boolean}
 */
export function may(permission) {
  return Boolean(desk.me && desk.me.permissions.includes(permission));
}

/**
 * The signed-in person; pages behind the guard always have one.
 * @returns {Me}
 */
export function me() {
  if (!desk.me) throw new Error("nobody is signed in on this page");
  return desk.me;
}
