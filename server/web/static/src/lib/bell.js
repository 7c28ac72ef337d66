/**
 * The bell in the head: how many notices are unread. It looks when a page is opened or looked at again, never by itself:
 * a page that asked on and on would keep an idle session open.
 * @import {Unread} from "../wire"
 */
import { get } from "./api.js";
import { t } from "./desk.js";
import { byId } from "./dom.js";
import { attempt } from "./states.js";

/** @param {Unread} told */
export function ring({ unread, urgent }) {
  const link = document.getElementById("bell");
  const count = /** @type {HTMLElement | null} */ (link?.querySelector(".bell-count"));
  if (!link || !count) return;
  count.hidden = unread === 0;
  count.textContent = unread > 99 ? "99+" : String(unread);
  count.classList.toggle("urgent", urgent > 0);
  const words = urgent > 0 ? t("提醒：{n} 条未读，{m} 条紧急", { n: unread, m: urgent }) : t("提醒：{n} 条未读", { n: unread });
  link.setAttribute("aria-label", unread ? words : t("提醒"));
  link.title = link.getAttribute("aria-label") || "";
}

async function look() {
  if (new URLSearchParams(location.search).has("must_change")) return; // nothing is told before the password is changed
  const told = await attempt(() => get("/notices/unread"));
  if (told) ring(told);
}

/** Let the bell say how many there are; nothing on pages without it, nor while a new password is all that is allowed. */
export function bell() {
  if (!document.getElementById("bell") || new URLSearchParams(location.search).has("must_change")) return;
  void look();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void look();
  });
  byId("bell").addEventListener("focus", () => void look());
}
