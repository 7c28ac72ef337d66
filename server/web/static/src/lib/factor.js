/**
 * One's own second factor: set up by scanning, confirmed by a first code, recovery codes told once, taken off.
 * @import {Factor} from "../wire"
 */
import { get, post } from "./api.js";
import { t } from "./desk.js";
import { ask, tell } from "./dialog.js";
import { el, fill } from "./dom.js";
import { failure, loading, toast } from "./states.js";
import { fully } from "./time.js";
import { word } from "./words.js";

const FEW = 3;

/** @param {HTMLElement} place */
export async function showFactor(place) {
  fill(place, loading());
  try {
    draw(place, await get("/me/factor"));
  } catch (error) {
    fill(
      place,
      failure(error, () => void showFactor(place)),
    );
  }
}

/** @param {HTMLElement} place @param {Factor} factor */
function draw(place, factor) {
  /** @param {string} words @param {() => Promise<boolean>} act */
  const button = (words, act) => {
    const press = async () => {
      if (await act()) await showFactor(place);
    };
    return el("button.button.button-small", { type: "button", onclick: () => void press() }, words);
  };
  const begin = button(t("设置两步验证"), setUp);
  begin.classList.add("button-main");
  const acts = factor.on ? [button(t("更换恢复码"), renew), button(t("移除"), remove)] : [begin];
  fill(place, el("div.factor", {}, el("div.factor-body", {}, said(factor)), el("span.buttons", {}, acts)));
}

/** @param {Factor} factor */
function said(factor) {
  if (factor.on) {
    return [
      el("b.factor-on", {}, t("已启用")),
      el("span.under.faint.small", {}, t("启用于 {at} · 恢复码还剩 {n} 个", { at: fully(factor.since || factor.now), n: factor.codes_left })),
      factor.codes_left <= FEW ? el("span.under.small.factor-warn", {}, t("恢复码快用完了，请更换。")) : null,
    ];
  }
  return [el("b.factor-off", {}, t("未启用")), el("span.under.faint.small", {}, why(factor))];
}

/** @param {Factor} factor */
function why(factor) {
  const roles = factor.needed.map((role) => word("role", role)).join(t("、"));
  if (factor.asleep) return t("您的{roles}角色须有两步验证，宽限期已过，暂停使用；设好立即恢复。", { roles });
  if (factor.due_at) return t("您的{roles}角色须有两步验证，请在 {at} 前设好。", { roles, at: fully(factor.due_at) });
  return t("您的角色不强制要求；设好后，别人知道密码也登录不了。");
}

/** One's password, said again. */
export function passwordField() {
  return el(
    "div.field",
    {},
    el("label", { for: "ask-password" }, t("登录密码")),
    el("input.input", { id: "ask-password", name: "password", type: "password", autocomplete: "current-password", required: true, maxlength: 256 }),
  );
}

/** @param {string} hint */
function codeField(hint) {
  return el(
    "div.field",
    {},
    el("label", { for: "ask-code" }, t("验证码")),
    el("input.input.code", { id: "ask-code", name: "code", autocomplete: "one-time-code", autocapitalize: "none", spellcheck: "false", required: true, maxlength: 64 }),
    el("span.hint", {}, hint),
  );
}

async function setUp() {
  /** @type {{seed: string, address: string, qr: string} | null} */
  let begun = null;
  await ask({
    title: t("设置两步验证"),
    yes: t("下一步"),
    body: [
      el("p", {}, t("在手机上装一个验证器应用（如 Aegis、FreeOTP、Microsoft Authenticator），下一步扫码添加。")),
      passwordField(),
    ],
    act: async (form) => {
      begun = await post("/me/factor", { password: form.get("password") });
    },
  });
  return begun ? confirm(begun) : false;
}

/** @param {{seed: string, qr: string}} begun */
async function confirm(begun) {
  /** @type {string[]} */
  let codes = [];
  const done = await ask({
    title: t("扫码并输入验证码"),
    yes: t("确认启用"),
    body: [
      el(
        "div.factor-scan",
        {},
        el("img.qr", { src: `data:image/svg+xml,${encodeURIComponent(begun.qr)}`, alt: t("验证器应用扫描的二维码") }),
        el("p.small", {}, t("扫不了时，在应用里选“手动输入”，账号随意，密钥填：")),
        el("code.factor-seed", {}, grouped(begun.seed)),
      ),
      codeField(t("应用里“Guatu”下的六位数字；启用后其他设备上的登录全部失效。")),
    ],
    act: async (form) => {
      codes = (await post("/me/factor/confirm", { code: form.get("code") })).codes;
    },
  });
  if (done) await tellCodes(codes);
  return done;
}

/** A seed in groups of four, to be typed. @param {string} seed */
const grouped = (seed) => seed.replace(/(.{4})(?=.)/g, "$1 ");

/** @param {string[]} codes */
function tellCodes(codes) {
  const head = t("挂图恢复码：每个只能用一次，手机丢失时代替验证码。");
  const text = `${head}\n\n${codes.join("\n")}\n`;
  const file = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  return tell(
    t("请保存恢复码"),
    el("p", {}, t("手机丢失时，用一个恢复码代替验证码登录，每个只能用一次。关闭后无法再次显示：请打印或存到安全的地方，不要存在同一部手机里。")),
    el("ol.codes", {}, codes.map((code) => el("li", {}, el("code", {}, code)))),
    el("p", {}, el("a.button.button-small", { href: file, download: "guatu-recovery-codes.txt" }, t("下载为文本文件"))),
  );
}

async function renew() {
  /** @type {string[]} */
  let codes = [];
  const done = await ask({
    title: t("更换恢复码"),
    yes: t("更换"),
    body: [el("p", {}, t("原有恢复码全部作废。")), passwordField(), codeField(t("验证器应用里的六位数字，或一个恢复码。"))],
    act: async (form) => {
      codes = (await post("/me/factor/codes", { password: form.get("password"), code: form.get("code") })).codes;
    },
  });
  if (done) await tellCodes(codes);
  return done;
}

async function remove() {
  const done = await ask({
    title: t("移除两步验证"),
    yes: t("移除"),
    stop: true,
    body: [
      el("p", {}, t("换手机时先移除，再在新手机上设置。角色要求两步验证的，移除后该角色暂停，设好即恢复。")),
      passwordField(),
      codeField(t("验证器应用里的六位数字，或一个恢复码。")),
    ],
    act: (form) => post("/me/factor/remove", { password: form.get("password"), code: form.get("code") }),
  });
  if (done) toast(t("两步验证已移除。"));
  return done;
}

/** Take off that of somebody who lost their phone. @param {{id: number, name: string}} person @returns {Promise<boolean>} */
export function resetFactor(person) {
  return ask({
    title: t("解除 {name} 的两步验证", { name: person.name }),
    yes: t("解除"),
    stop: true,
    body: [
      el("p", {}, t("请先当面或通过单位确认是本人丢了手机。其现有登录全部失效，解除会记入操作记录。手机可能落入他人之手时，请同时重置密码。")),
    ],
    act: () => post(`/people/${person.id}/factor/reset`, {}),
  });
}
