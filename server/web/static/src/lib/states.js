/** Loading, empty, refused and forbidden, each in words; and short messages in the corner. */
import { Refusal } from "./api.js";
import { desk, t } from "./desk.js";
import { drawing, el } from "./dom.js";

/** @returns {HTMLElement} */
export function loading() {
  return el("div.loading", { role: "status" }, t("正在读取…"));
}

/**
 * @param {string} head
 * @param {string} [words]
 * @param {...Node} actions
 * @returns {HTMLElement}
 */
export function blank(head, words = "", ...actions) {
  return el("div.blank", {}, mark(), el("b", {}, head), words ? el("p", {}, words) : null, actions);
}

/** @returns {SVGElement} an empty sheet with a corner turned */
function mark() {
  const svg = drawing("0 0 44 44", [
    ["path", { d: "M10 5h17l8 8v26H10z", fill: "none", stroke: "currentColor", "stroke-width": 2 }],
    ["path", { d: "M27 5v8h8M16 21h13M16 27h13M16 33h7", fill: "none", stroke: "currentColor", "stroke-width": 2 }],
  ]);
  svg.classList.add("mark");
  return svg;
}

/**
 * A failure in words, with a way to try again where that may help.
 * @param {unknown} error
 * @param {() => void} [again]
 * @returns {HTMLElement}
 */
export function failure(error, again) {
  if (!(error instanceof Refusal)) throw error;
  if (error.status === 403) return blank(t("这里的内容不在您的权限内"), error.message);
  if (error.status === 404 || error.status === 410) return blank(error.message);
  const retry = again ? [el("button.button", { type: "button", onclick: again }, t("重试"))] : [];
  return blank(error.code === "unreachable" ? t("没有连上") : t("没有读到"), error.message, ...retry);
}

/**
 * A message in the corner, read out by screen readers, gone after a while.
 * @param {string} words
 * @param {boolean} [wrong]
 */
export function toast(words, wrong = false) {
  let place = document.querySelector(".toasts");
  if (!place) {
    place = el("div.toasts", { role: "status", "aria-live": "polite" });
    document.body.append(place);
  }
  const note = el("div.toast", {}, words);
  if (wrong) note.classList.add("toast-wrong");
  place.append(note);
  setTimeout(() => note.remove(), wrong ? 9000 : 4500);
}

/**
 * Do something that may be refused and say the refusal in the corner.
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T | undefined>}
 */
export async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, true);
    return undefined;
  }
}

/**
 * A refusal with each field at fault named, for the head of a form.
 * @param {Refusal} refusal
 * @param {(path: string) => string} [label] the reader's word for a field's path
 * @returns {HTMLElement}
 */
export function refusalNotice(refusal, label = (path) => path) {
  const fields = Object.entries(refusal.problem.fields || {});
  const lines = fields.flatMap(([path, wrongs]) =>
    wrongs.map((wrong) => t("{name}：{words}", { name: label(path), words: desk.lang === "en" ? wrong.en : wrong.zh })),
  );
  return el(
    "div.notice.notice-wrong",
    { role: "alert" },
    el("b", {}, refusal.message),
    lines.length
      ? el(
          "ul",
          {},
          lines.map((line) => el("li", {}, line)),
        )
      : null,
  );
}
