// @ts-check
/** Signing in and out, and replacing a password. */

/** @import {Tokens} from "./wire.d.ts" */
/** @import {View, Way} from "./ways.js" */

import * as api from "./api.js";
import { deviceId, deviceName } from "./device.js";
import { el } from "./dom.js";
import * as session from "./session.js";
import { button, confirmed, field, form, notice, para } from "./parts.js";
import * as queue from "./queue.js";
import { forgetAll } from "./remember.js";
import { hold } from "./room.js";
import { send } from "./sender.js";
import * as tracker from "./tracker.js";
import { again, go, instead } from "./ways.js";
import { say } from "./words.js";

/** @param {string} name @param {string} autocomplete */
function passwordInput(name, autocomplete) {
  return el("input", { name, type: "password", autocomplete, required: true, maxlength: 256 });
}

/** The seal, the name, and what this is. */
function banner() {
  return el("div", { class: "banner" }, el("img", { src: "icons/mark.svg", alt: "", width: 84, height: 84 }),
    el("p", { class: "banner-name" }, say("app.name")), el("p", { class: "banner-line" }, say("app.line")));
}

/** The ticket of the first step, while the code of the second factor is asked for. @type {string | null} */
let ticket = null;

/** Somebody is signed in on this phone from now on. @param {Tokens} tokens */
async function begun(tokens) {
  ticket = null;
  await session.keep(tokens);
  hold();
  send(true);
  tracker.resume();
  instead(tokens.must_change_password ? "#/password" : "#/");
}

/** Which phone this is. */
const device = () => ({ device_name: deviceName(navigator.userAgent), device_id: deviceId() });

/**
 * The second step: a code of the authenticator app, or a recovery code.
 * @param {string} held the ticket
 * @returns {View}
 */
function secondPage(held) {
  const code = el("input", { name: "code", autocomplete: "one-time-code", autocapitalize: "none", spellcheck: "false",
    required: true, maxlength: 64 });
  const body = form(async () => {
    try {
      await begun(await api.prove({ ticket: held, code: code.value, ...device() }));
    } catch (failure) {
      if (failure instanceof api.Refusal && failure.problem.code === "step_lapsed") ticket = null;
      throw failure;
    }
  }, say("signin.do"), notice("note", say("second.title"), para(say("second.text"))), field(say("second.code"), code));
  const back = button(say("second.back"), () => {
    ticket = null;
    again();
  }, { weight: "plain" });
  return { title: say("second.title"), bare: true, body: [banner(), body, para(say("second.lost")), back] };
}

/**
 * The sign-in page.
 * @param {Way} way
 * @returns {View}
 */
export function page(way) {
  if (ticket) return secondPage(ticket);
  const name = el("input", { name: "username", autocomplete: "username", autocapitalize: "none", spellcheck: "false",
    required: true, maxlength: 64 });
  const password = passwordInput("password", "current-password");
  const body = form(async () => {
    const told = await api.signIn({ username: name.value.trim(), password: password.value, ...device() });
    if (!("ticket" in told)) return begun(told);
    ticket = told.ticket;
    again();
  }, say("signin.do"),
  way.params.has("ended") && notice("warn", say("signin.ended"), para(say("signin.ended_text"))),
  field(say("signin.username"), name), field(say("signin.password"), password));
  return { title: say("signin.title"), bare: true, body: [banner(), body] };
}

/** Signs out; what was not yet delivered stays on the phone for when this person comes back. */
export async function signOut() {
  const waiting = (await queue.unsent()).length;
  const text = waiting ? say("signout.waiting", { n: waiting }) : say("signout.text");
  if (!(await confirmed({ title: say("signout.title"), text, yes: say("signout.do"), danger: waiting > 0 }))) return;
  try {
    await api.signOut();
  } catch (failure) {
    if (failure instanceof api.Refusal) throw failure;
  }
  if (tracker.state().task) await tracker.end();
  await queue.tidy(true);
  await forgetAll();
  await session.forget();
  go("#/signin");
}

/**
 * The page that replaces a password: of one's own will, or because the first one must be replaced.
 * @returns {Promise<View>}
 */
export async function passwordPage() {
  const forced = (await session.current())?.must_change_password ?? false;
  const old = passwordInput("old", "current-password");
  const fresh = passwordInput("new", "new-password");
  const repeated = passwordInput("again", "new-password");
  repeated.addEventListener("input", () => repeated.setCustomValidity(repeated.value === fresh.value ? "" : say("password.differs")));
  fresh.addEventListener("input", () => repeated.setCustomValidity(repeated.value === fresh.value ? "" : say("password.differs")));
  const body = form(async () => {
    await api.changePassword(old.value, fresh.value);
    await session.passwordChanged();
    send(true);
    instead(forced ? "#/" : "#/me?done=password");
  }, say("password.do"),
  forced && notice("note", say("password.forced"), para(say("password.forced_text"))),
  field(say("password.old"), old), field(say("password.new"), fresh, say("password.rule")),
  field(say("password.again"), repeated));
  return { title: say("password.title"), body: [body], ...(forced ? { bare: true } : { back: "#/me", tab: "me" }) };
}
