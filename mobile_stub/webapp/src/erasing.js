// @ts-check
/** Erasing one's own track of one duty, for good, whenever one likes. */

import * as api from "./api.js";
import { el } from "./dom.js";
import { either } from "./failures.js";
import { button, confirmed, notice, para, section } from "./parts.js";
import { say } from "./words.js";

/** The button, and in its place the server's answer once it is done. @param {number} trip_id */
export function eraser(trip_id) {
  const told = el("div", { class: "stack", role: "status" });
  const erase = button(say("erase.do"), async () => {
    const sure = await confirmed({ title: say("erase.title"), text: say("erase.text"), yes: say("erase.do"), danger: true });
    if (!sure) return;
    const { goes_on, words_zh, words_en } = await api.eraseTrack(trip_id);
    told.replaceChildren(notice(goes_on ? "warn" : "good", "", para(either({ zh: words_zh, en: words_en }))));
  }, { weight: "danger" });
  return section(say("erase.mine"), para(say("erase.lead")), told, erase);
}
