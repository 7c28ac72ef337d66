/** Modal dialogs: the browser's own <dialog>, so that Escape, focus and the backdrop behave. */
import { el } from "./dom.js";
import { t } from "./desk.js";
import { Refusal } from "./api.js";
import { refusalNotice } from "./states.js";

/**
 * Ask something; resolves true once `act` has gone through, false when it was given up.
 * @param {object} what
 * @param {string} what.title
 * @param {(Node | string | null)[]} what.body
 * @param {string} what.yes the word on the acting button
 * @param {string} [what.no]
 * @param {boolean} [what.stop] whether acting ends or refuses something
 * @param {(form: FormData) => Promise<unknown>} what.act
 * @returns {Promise<boolean>}
 */
export function ask({ title, body, yes, no = t("取消"), stop = false, act }) {
  const wrong = el("div", {});
  const main = el("button.button", { type: "submit" }, yes);
  main.classList.add(stop ? "button-stop" : "button-main");
  const form = el(
    "form",
    { method: "dialog" },
    el("h2", { id: "dialog-title" }, title),
    el("div.dialog-body", {}, wrong, body),
    el("div.dialog-foot", {}, el("button.button", { type: "button", onclick: () => dialog.close() }, no), main),
  );
  if (form.querySelector("textarea")) sentByKeys(form, main);
  const dialog = el("dialog.dialog", { "aria-labelledby": "dialog-title" }, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let done = false;
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(done);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      main.disabled = true;
      try {
        await act(new FormData(form));
        done = true;
        dialog.close();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        wrong.replaceChildren(refusalNotice(error, (path) => form.querySelector(`label[for="ask-${CSS.escape(path)}"]`)?.textContent || path));
      } finally {
        main.disabled = false;
      }
    });
    dialog.showModal();
  });
}

/** In a text of several lines Enter begins a line: Ctrl (⌘) and Enter send it. @param {HTMLFormElement} form @param {HTMLButtonElement} main */
function sentByKeys(form, main) {
  main.title = "Ctrl + Enter";
  main.setAttribute("aria-keyshortcuts", "Control+Enter");
  form.querySelector(".dialog-foot")?.prepend(el("span.dialog-keys", {}, el("kbd", {}, "Ctrl"), " + ", el("kbd", {}, "Enter")));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || main.disabled) return;
    event.preventDefault();
    form.requestSubmit(main);
  });
}

/**
 * Show something to be read and closed.
 * @param {string} title
 * @param {...(Node | string)} body
 * @returns {Promise<void>}
 */
export function tell(title, ...body) {
  const dialog = el(
    "dialog.dialog",
    { "aria-labelledby": "dialog-title" },
    el("h2", { id: "dialog-title" }, title),
    el("div.dialog-body", {}, body),
    el(
      "div.dialog-foot",
      {},
      el("button.button.button-main", { type: "button", onclick: () => dialog.close() }, t("知道了")),
    ),
  );
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve();
    });
    dialog.showModal();
  });
}

/**
 * A labelled text field for a dialog.
 * @param {string} name
 * @param {string} label
 * @param {Record<string, unknown>} [more] further attributes
 * @returns {HTMLElement}
 */
export function textField(name, label, more = {}) {
  return el(
    "div.field",
    {},
    el("label", { for: `ask-${name}` }, label),
    el("textarea.area-input", { id: `ask-${name}`, name, required: true, maxlength: 1000, ...more }),
  );
}
