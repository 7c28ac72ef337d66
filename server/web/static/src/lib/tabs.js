/** Tabs whose choice is kept in the address; arrows go from one to the next. */
import { read, write } from "./address.js";
import { byId } from "./dom.js";

/**
 * Make the tabs work and open the one the address names, or the first.
 * @param {string[]} names as in `tab-NAME` and `panel-NAME`; hidden ones cannot be opened
 * @param {(name: string) => void} opened
 * @returns {void}
 */
export function tabs(names, opened) {
  const shown = names.filter((name) => !byId(`tab-${name}`).hidden);

  /** @param {string} chosen */
  function turnTo(chosen) {
    for (const name of names) {
      byId(`tab-${name}`).setAttribute("aria-selected", String(name === chosen));
      byId(`tab-${name}`).tabIndex = name === chosen ? 0 : -1;
      byId(`panel-${name}`).hidden = name !== chosen;
    }
    write({ tab: chosen === shown[0] ? null : chosen });
    opened(chosen);
  }

  /** @param {KeyboardEvent} event @param {string} name */
  function step(event, name) {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    const next = String(shown[(shown.indexOf(name) + by + shown.length) % shown.length]);
    turnTo(next);
    byId(`tab-${next}`).focus();
  }

  for (const name of shown) {
    byId(`tab-${name}`).addEventListener("click", () => turnTo(name));
    byId(`tab-${name}`).addEventListener("keydown", (event) => step(event, name));
  }
  const named = read(["tab"]).tab || "";
  turnTo(shown.includes(named) ? named : String(shown[0]));
}
