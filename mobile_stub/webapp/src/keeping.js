// @ts-check
/** Keeps what is being written, at every stroke; on a full phone a notice says that it stands on the page only. */

import { el, refill } from "./dom.js";
import { full } from "./kept.js";
import { notice, para } from "./parts.js";
import { say } from "./words.js";

/**
 * @param {() => Promise<unknown>} write
 * @returns {{node: HTMLElement, keep: () => Promise<void>}} where the notice appears, and what keeps
 */
export function keeper(write) {
  const node = el("div", { role: "status" });
  const keep = async () => {
    try {
      await write();
      refill(node);
    } catch (failure) {
      if (!full(failure)) throw failure;
      refill(node, notice("warn", say("room.full"), para(say("room.full_text"))));
    }
  };
  return { node, keep };
}
