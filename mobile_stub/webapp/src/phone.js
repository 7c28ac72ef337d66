// @ts-check
/** This phone: whether the app opens without a network, how much room there is, and whether the browser keeps its word. */

/** @import {View} from "./ways.js" */

import { ahead_ms } from "./clock.js";
import { roomNotice } from "./deliveries.js";
import { el } from "./dom.js";
import { button, facts, notice, para, row } from "./parts.js";
import * as queue from "./queue.js";
import * as release from "./release.js";
import { bytes, held, hold, room } from "./room.js";
import { span } from "./times.js";
import { again } from "./ways.js";
import { say } from "./words.js";

/** What the browser answered to the question whether it keeps what we put there. @param {boolean | null} promised */
function promise(promised) {
  if (promised) return notice("good", say("room.held"), para(say("room.held_text")));
  return notice("warn", say(promised === null ? "room.unasked" : "room.not_held"), para(say("room.not_held_text")),
    promised === false && button(say("room.ask"), async () => {
      await hold();
      again();
    }));
}

/** How far the clock is off, when it is. */
function clockNotice() {
  const off = ahead_ms();
  if (!off) return null;
  const by = span(Math.abs(off) / 1000);
  return notice("warn", say(off > 0 ? "clock.ahead" : "clock.behind", { by }), para(say("clock.text")));
}

/** The page of this phone. @returns {Promise<View>} */
export async function page() {
  const [there, space, version, open] = await Promise.all([release.offline(), room(true), release.version(), queue.unsent()]);
  const body = [
    there ? notice("good", say("phone.offline"), para(say("phone.offline_text")))
      : notice("warn", say("phone.online_only"), para(say("phone.online_only_text"))),
    promise(await held()), clockNotice(),
    await roomNotice(),
    facts([
      [say("phone.waiting"), say("phone.items", { n: open.length })],
      [say("phone.used"), space.used !== null && bytes(space.used)],
      [say("phone.free"), space.free !== null && bytes(space.free)],
      [say("phone.version"), version],
    ]),
    el("div", { class: "rows" }, row("up", say("delivery.title"), "#/deliveries")),
  ];
  return { title: say("phone.title"), back: "#/me", tab: "me", body: body.filter((node) => node instanceof Node) };
}
