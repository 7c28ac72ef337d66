// @ts-check
/** Who is signed in on this phone, and the one way their access token is renewed. */

/** @import {Tokens} from "./wire.d.ts" */

import * as kept from "./kept.js";
import { alone } from "./turns.js";

const KEY = "session";

/** The signed-in person's tokens, or null. Read afresh each time: another tab may have renewed them. */
export async function current() {
  return /** @type {Tokens | null} */ (await kept.get(KEY));
}

/** @param {Tokens} tokens */
export function keep(tokens) {
  return kept.put(KEY, tokens);
}

/** Forgets the tokens; drafts and check-ins not yet delivered stay, under their person's number. */
export function forget() {
  return kept.drop(KEY);
}

/** Notes that the first password has been replaced. */
export async function passwordChanged() {
  const tokens = await current();
  if (tokens) await keep({ ...tokens, must_change_password: false });
}

/**
 * Renews the tokens, one renewal at a time over all tabs. The same refresh token sent twice would look
 * stolen and end the session, so whoever comes second takes what the first one got.
 * @param {string} stale the access token that was refused
 * @param {(refresh_token: string) => Promise<Tokens | null>} renew asks the server; null when the session is over
 * @returns {Promise<Tokens | null>} null when nobody is signed in any more
 */
export function renewed(stale, renew) {
  return alone("renew", async () => {
    const tokens = await current();
    if (!tokens || tokens.access_token !== stale) return tokens;
    const fresh = await renew(tokens.refresh_token);
    if (fresh) await keep(fresh);
    else await forget();
    return fresh;
  });
}

/**
 * What this device is called in the list of sign-ins, read off the user agent: "Pixel 7 · Chrome".
 * @param {string} agent
 */
export function deviceName(agent) {
  const android = /Android [\d.]+; ([^;)]+)/.exec(agent)?.[1]?.replace(/ Build\/.*/, "").trim();
  const machine = android ? (android.length > 1 ? android : "Android")
    : /iPhone/.test(agent) ? "iPhone" : /iPad/.test(agent) ? "iPad"
    : /HarmonyOS/.test(agent) ? "HarmonyOS" : /Windows/.test(agent) ? "Windows"
    : /Mac OS/.test(agent) ? "Mac" : /Linux/.test(agent) ? "Linux" : "";
  const browsers = /** @type {[RegExp, string][]} */ ([
    [/wxwork/i, "企业微信"], [/MicroMessenger/i, "微信"], [/DingTalk/i, "钉钉"], [/HuaweiBrowser/i, "Huawei"],
    [/MiuiBrowser/i, "Mi"], [/UCBrowser/i, "UC"], [/QQBrowser/i, "QQ"], [/Edg/i, "Edge"], [/Firefox|FxiOS/i, "Firefox"],
    [/Chrome|CriOS/i, "Chrome"], [/Safari/i, "Safari"]]);
  const browser = browsers.find(([mark]) => mark.test(agent))?.[1];
  return [machine, browser].filter(Boolean).join(" · ") || "Web";
}
