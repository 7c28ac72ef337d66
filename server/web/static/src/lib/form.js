/** Forms whose refusals are shown beside the field they are about. */
import { Refusal } from "./api.js";
import { desk, t } from "./desk.js";
import { el, fill } from "./dom.js";
import { refusalNotice } from "./states.js";

/**
 * A labelled field. The control gets the name as its id, so a refusal's path finds it.
 * @param {string} name the path the server names it by
 * @param {string} label
 * @param {HTMLElement} control
 * @param {{must?: boolean, hint?: string, wide?: boolean}} [more]
 * @returns {HTMLElement}
 */
export function field(name, label, control, { must = false, hint = "", wide = false } = {}) {
  const id = control.id || `f-${name}`;
  const input = control.matches("input, select, textarea") ? control : control.querySelector("input") || control;
  input.id ||= id;
  const words = el("label", { for: input.id }, label);
  if (must) words.classList.add("must");
  const node = el("div.field", { dataset: { path: name } }, words, control, hint ? el("span.hint", {}, hint) : null);
  if (wide) node.classList.add("wide");
  return node;
}

/**
 * Send a form; a refusal is written at its head and at each field it names, and the first of those gets the focus.
 * @param {HTMLElement} form
 * @param {HTMLElement} head
 * @param {(path: string) => string} label
 * @param {() => Promise<void>} act
 */
export async function send(form, head, label, act) {
  clear(form, head);
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("button[type=submit]"));
  buttons.forEach((button) => {
    button.disabled = true;
  });
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    fill(head, refusalNotice(error, label));
    mark(form, error);
  } finally {
    buttons.forEach((button) => {
      button.disabled = false;
    });
  }
}

/** @param {HTMLElement} form @param {HTMLElement} head */
function clear(form, head) {
  fill(head);
  form.querySelectorAll(".wrong").forEach((node) => node.remove());
  form.querySelectorAll("[aria-invalid]").forEach((node) => node.removeAttribute("aria-invalid"));
}

/** @param {HTMLElement} form @param {Refusal} refusal */
function mark(form, refusal) {
  /** @type {HTMLElement | null} */
  let first = null;
  for (const [path, wrongs] of Object.entries(refusal.problem.fields || {})) {
    const box = /** @type {HTMLElement | null} */ (form.querySelector(`[data-path="${CSS.escape(path)}"]`));
    const input = /** @type {HTMLElement | null} */ (box?.querySelector("input, select, textarea") || null);
    if (!box || !input) continue;
    const words = wrongs.map((wrong) => (desk.lang === "en" ? wrong.en : wrong.zh)).join(t("；"));
    input.setAttribute("aria-invalid", "true");
    box.append(el("span.wrong", {}, words));
    first ??= input;
  }
  if (first) first.focus();
  else form.scrollIntoView({ block: "start" });
}

/** @returns {string} what a password must be, said before one is refused */
export const passwordHint = () => t("至少 10 个字符，含大写、小写、数字、符号中的三种；16 个字符以上不限种类。");

/** The datums a coordinate may come in, each with what to look for. */
export const DATUMS = ["WGS-84", "CGCS2000", "GCJ-02", "BD-09"];
