/**
 * A one-time link was opened: say for whom it is, take a password, say how to sign in. The secret stands behind the `#`
 * of the address, is sent only in the body of a request, and leaves the address bar once it was read.
 */
import { post } from "../lib/api.js";
import { t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { field, passwordHint, send } from "../lib/form.js";
import { failure, loading } from "../lib/states.js";
import { fully } from "../lib/time.js";

/** @typedef {{name: string, username: string, unit: string, expires_at: string}} Invited */

const KEPT = "guatu-invited";
const secret = taken();
const form = /** @type {HTMLFormElement} */ (byId("invited"));

/** The secret, out of the address; kept for this tab alone, so that another language or a reload finds it. */
function taken() {
  const told = location.hash.slice(1);
  if (!told) return sessionStorage.getItem(KEPT) || "";
  sessionStorage.setItem(KEPT, told);
  history.replaceState(null, "", location.pathname + location.search);
  return told;
}

/** @param {string} words */
const head = (words) =>
  el(
    "h1",
    {},
    el("span.seal.seal-big", { "aria-hidden": "true" }, "挂"),
    el("span", {}, t("挂图"), el("small", {}, words)),
  );

async function begin() {
  fill(form, head(t("设定密码")), loading());
  if (!secret) return fill(form, head(t("设定密码")), over());
  try {
    drawForm(await post("/invitations/read", { secret }));
  } catch (error) {
    fill(form, head(t("设定密码")), failure(error, () => void begin()), over());
  }
}

/** What to do with a link that is no use. */
function over() {
  return el(
    "p.small.faint",
    {},
    t("链接只能用一次，有效时间很短。请联系本单位管理员重新邀请。已经设过密码？"),
    el("a", { href: "/sign-in" }, t("去登录")),
  );
}

/** @param {string} name */
const input = (name) =>
  el("input.input", { name, type: "password", required: true, maxlength: 256, autocomplete: "new-password" });

/** @param {Invited} invited */
function drawForm(invited) {
  const [password, again] = [input("password"), input("again")];
  const wrong = el("div", {});
  const same = () => again.setCustomValidity(again.value === password.value ? "" : t("两次输入的新密码不一致"));
  for (const each of [password, again]) each.addEventListener("input", same);
  fill(
    form,
    head(t("设定密码")),
    el("p", {}, el("b", {}, invited.name), ` ${invited.unit}`),
    wrong,
    field("username", t("用户名"), el("input.input", { name: "username", value: invited.username, readonly: true, autocomplete: "username" })),
    field("password", t("新密码"), password, { must: true, hint: passwordHint() }),
    field("again", t("再输一次"), again, { must: true }),
    el("button.button.button-main", { type: "submit" }, t("设定密码")),
    el("p.small.faint", {}, t("链接在 {at} 前有效，只能用一次。密码只有您自己知道。", { at: fully(invited.expires_at) })),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    void send(form, wrong, (path) => (path === "password" ? t("新密码") : path), async () => {
      await post("/invitations/accept", { secret, password: password.value });
      sessionStorage.removeItem(KEPT);
      drawDone(invited);
    });
  };
  password.focus();
}

/** @param {Invited} invited */
function drawDone(invited) {
  form.onsubmit = null;
  fill(
    form,
    head(t("密码已设定")),
    el("div.notice", { role: "status" }, t("{name}，现在可以用用户名 {username} 和新密码登录。", { ...invited })),
    el("a.button.button-main", { href: "/sign-in" }, t("去登录")),
    el("p.small.faint", {}, t("外勤人员请用手机打开："), el("a", { href: "/m/" }, "/m/")),
  );
}

void begin();
