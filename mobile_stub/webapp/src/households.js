// @ts-check
/** The households one looks after: whose visit is due first, and telling of a visit. */

/** @import {Household, Me} from "./wire.d.ts" */
/** @import {View} from "./ways.js" */

import * as api from "./api.js";
import { el } from "./dom.js";
import { empty, field, form, oldNotice, row } from "./parts.js";
import { remembered } from "./remember.js";
import { dayShort, today } from "./times.js";
import { uuid } from "./uuid.js";
import { again } from "./ways.js";
import { say } from "./words.js";

/** One household, with the folded form for a visit. @param {Household} each */
function item(each) {
  const note = el("textarea", { name: "note", rows: 2, maxlength: 1000 });
  const told_as = uuid();
  const due = each.due_on <= today();
  return el("details", { class: "card fold" },
    el("summary", {}, el("span", { class: "trip-words" }, el("strong", {}, [each.door, each.name].filter(Boolean).join(" · ")),
      el("small", { class: due ? "asking" : "" }, say(due ? "household.due" : "household.next", { day: dayShort(each.due_on) })))),
    each.concern && el("p", {}, each.concern),
    form(async () => {
      await api.visitHousehold(each.id, { told_as, visited_on: today(), note: note.value.trim() });
      again();
    }, say("household.visited"), field(say("household.note"), note)));
}

/** How many visits are due, as far as the server or the phone knows. */
async function due() {
  try {
    const { value } = await remembered("households", () => api.households());
    return value.items.filter(({ due_on }) => due_on <= today()).length;
  } catch (failure) {
    if (failure instanceof api.Lost) return 0;
    throw failure;
  }
}

/** The row that leads here from the first page, for grid members, with how many visits are due. @param {Me} me */
export async function toHere({ roles }) {
  if (!roles.some(({ role }) => role === "grid_member")) return false;
  const n = await due();
  return row("person", say("household.title"), "#/households", n > 0 && el("span", { class: "asking" }, say("household.due_many", { n })));
}

/** The page of one's households. @returns {Promise<View>} */
export async function page() {
  const { value, since } = await remembered("households", () => api.households());
  const body = [oldNotice(since), ...(value.items.length ? value.items.map(item) : [empty(say("household.none"), say("household.none_text"))])];
  return { title: say("household.title"), back: "#/", tab: "duties", body: body.filter((node) => node instanceof Node) };
}
