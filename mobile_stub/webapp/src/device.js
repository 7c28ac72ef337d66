// @ts-check
/** This phone itself: a number of its own, and what it is called among a person's devices. */

import { read, write } from "./local.js";
import { uuid } from "./uuid.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let mine = read("device") ?? "";

/**
 * The number of this phone: made once, and kept through signing out and changes of hands, so that the server
 * can tell a check-in from the usual phone from one made on another person's.
 */
export function deviceId() {
  if (!UUID.test(mine)) {
    mine = uuid();
    write("device", mine);
  }
  return mine;
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
