/**
 * Saying why before another person's positions are opened; the reason is kept and the person can read it.
 * @import {Words} from "../wire"
 */
import { get, post } from "./api.js";
import { ask } from "./dialog.js";
import { desk, may, me, say, t } from "./desk.js";
import { el } from "./dom.js";

const OWN = "";

/** @type {Promise<({code: string} & Words)[]> | null} */
let known = null;

/** @returns {Promise<({code: string} & Words)[]>} the ready-made reasons */
export function reasons() {
  known ??= get("/looks/reasons").then((answer) => answer.items);
  return known;
}

/**
 * The words of a kept reason: a ready-made one by its code, anything else as it was typed.
 * @param {string} reason
 * @param {({code: string} & Words)[]} ready
 * @returns {string}
 */
export function reasonWords(reason, ready) {
  const one = ready.find((item) => item.code === reason || item.zh === reason);
  return one ? say(one) : reason;
}

/**
 * Whether the server would refuse these positions until it is told why: then it is asked before they are asked for.
 * A single trip's reason is known to the server alone, so of one trip the answer is no: its refusal asks.
 * @param {{person_id?: string | number | null, trip_id?: string | number | null}} [of] whose, on which trip
 * @returns {boolean}
 */
export function unexplained({ person_id, trip_id } = {}) {
  return may("place.read") && !desk.reasoned && !trip_id && Number(person_id) !== me().id;
}

/**
 * Ask for the reason to look at positions and record it.
 * @param {{trip_id?: number, title: string}} what
 * @returns {Promise<boolean>} whether a reason was given
 */
export function askReason({ trip_id, title }) {
  return askWhy({
    title,
    about: t("位置属于敏感个人信息，查看前请说明理由。本次登录期间只问一次。"),
    note: t("查看人、时间和理由会被记录，被查看的人可以看到。"),
    act: async (reason) => {
      await post("/looks", { reason, ...(trip_id ? { trip_id } : {}) });
      desk.reasoned ||= !trip_id;
    },
  });
}

/**
 * Ask for a reason, a ready-made one or other words.
 * @param {{title: string, about: string, note: string, leave?: string[], act: (reason: string) => Promise<unknown>}} what
 * @returns {Promise<boolean>} whether a reason was given
 */
export async function askWhy({ title, about, note, leave = [], act }) {
  const ready = (await reasons()).filter(({ code }) => !leave.includes(code));
  const own = el("textarea.area-input", {
    name: "own",
    maxlength: 200,
    rows: 2,
    "aria-label": t("用自己的话说明"),
    placeholder: t("用自己的话说明"),
    hidden: true,
  });
  const list = el(
    "fieldset.reasons",
    { onchange: change },
    el("legend.visually-hidden", {}, t("理由")),
    ready.map((reason) => option(reason.code, say(reason))),
    option(OWN, t("其他理由")),
  );

  function change() {
    const chosen = /** @type {HTMLInputElement | null} */ (list.querySelector("input:checked"));
    own.hidden = chosen?.value !== OWN;
    own.required = !own.hidden;
    own.minLength = 2;
    if (!own.hidden) own.focus();
  }

  return ask({
    title,
    yes: t("说明并查看"),
    no: t("暂不查看"),
    body: [
      el("p", {}, about),
      list,
      own,
      el("p.seen-note", {}, note),
    ],
    act: (form) => act(String(form.get("reason") || form.get("own")).trim()),
  });
}

/**
 * @param {string} value
 * @param {string} words
 * @returns {HTMLElement}
 */
function option(value, words) {
  return el("label", {}, el("input", { type: "radio", name: "reason", value, required: true }), words);
}
