/**
 * One's own account: facts, where one is signed in, the password, and who looked at me.
 * @import {Look, Session} from "../wire"
 */
import { download, get, put, remove } from "../lib/api.js";
import { may, me, t } from "../lib/desk.js";
import { ask } from "../lib/dialog.js";
import { byId, el, fill } from "../lib/dom.js";
import { showFactor } from "../lib/factor.js";
import { field, passwordHint, send } from "../lib/form.js";
import { frame } from "../lib/frame.js";
import { showIdentities } from "../lib/identities.js";
import { pagedList, table } from "../lib/list.js";
import { reasons, reasonWords } from "../lib/looks.js";
import { attempt, blank, failure, loading, toast } from "../lib/states.js";
import { fully } from "../lib/time.js";
import { word } from "../lib/words.js";

function drawFacts() {
  const own = me();
  const roles = own.roles.map((role) => `${word("role", role.role)} · ${role.unit.name}`).join(t("、"));
  fill(
    byId("facts"),
    el(
      "dl.facts",
      {},
      el("dt", {}, t("姓名")),
      el("dd", {}, own.name),
      el("dt", {}, t("用户名")),
      el("dd", {}, own.username),
      el("dt", {}, t("单位")),
      el("dd", {}, own.unit.name),
      el("dt", {}, t("职务")),
      el("dd", {}, own.post || "—"),
      el("dt", {}, t("角色")),
      el("dd", {}, roles || t("没有角色")),
    ),
  );
}

/* ── where one is signed in ──────────────────────────────────────────────────────────────────────────── */

async function readSessions() {
  const place = byId("sessions");
  fill(place, loading());
  try {
    const answer = await get("/sessions");
    fill(place, el("ul.rows", {}, answer.items.map(sessionRow)));
  } catch (error) {
    fill(
      place,
      failure(error, () => void readSessions()),
    );
  }
}

/** @param {Session} session */
function sessionRow(session) {
  return el(
    "li.session",
    {},
    el(
      "div",
      {},
      el("b", {}, device(session)),
      session.current ? el("span.tag.tag-go", {}, t("当前")) : null,
      el(
        "span.under.faint.small",
        {},
        t("{kind} · 登录于 {at} · 最近使用 {used}", {
          kind: word("session", session.kind),
          at: fully(session.created_at),
          used: fully(session.last_used_at),
        }),
      ),
    ),
    session.current
      ? null
      : el("button.button.button-small.button-stop", { type: "button", onclick: () => void end(session) }, t("注销")),
  );
}

/** @param {Session} session @returns {string} a browser's own long name made short */
function device(session) {
  const browser = /(Edg|Firefox|Chrome|Safari)\/(\d+)/.exec(session.device_name);
  const system = /Windows|Android|iPhone|Mac OS X|Linux/.exec(session.device_name);
  if (session.kind !== "browser" || !browser) return session.device_name || t("未命名设备");
  return [browser[1] === "Edg" ? "Edge" : browser[1], system?.[0]].filter(Boolean).join(" · ");
}

/** @param {Session} session */
async function end(session) {
  await attempt(() => remove(`/sessions/${session.id}`));
  await readSessions();
}

function wireOthers() {
  byId("end-others").addEventListener("click", async () => {
    const done = await ask({
      title: t("注销其他全部设备"),
      yes: t("注销"),
      stop: true,
      body: [el("p", {}, t("除这里以外，您在其他浏览器和手机上的登录立即失效。"))],
      act: () => remove("/sessions/others"),
    });
    if (done) await readSessions();
  });
}

/* ── the second factor ───────────────────────────────────────────────────────────────────────────────── */

async function drawFactor() {
  await showFactor(byId("factor"));
  if (!new URLSearchParams(location.search).has("factor")) return;
  byId("factor-sheet").classList.add("factor-wanted");
  byId("factor-sheet").scrollIntoView({ block: "center" });
}

/* ── the password ────────────────────────────────────────────────────────────────────────────────────── */

function drawPassword() {
  const form = /** @type {HTMLFormElement} */ (byId("password"));
  /** @param {string} name @param {string} complete */
  const input = (name, complete) =>
    el("input.input", { name, type: "password", required: true, maxlength: 256, autocomplete: complete });
  const repeat = input("repeat", "new-password");
  const next = input("new", "new-password");
  const same = () => repeat.setCustomValidity(repeat.value === next.value ? "" : t("两次输入的新密码不一致"));
  for (const each of [next, repeat]) each.addEventListener("input", same);
  fill(
    form,
    el("div", { id: "password-wrong" }),
    el("input", { type: "text", name: "username", autocomplete: "username", value: me().username, hidden: true }),
    el(
      "div.fields",
      {},
      field("old", t("原密码"), input("old", "current-password"), { must: true }),
      field("new", t("新密码"), next, { must: true, hint: passwordHint() }),
      field("repeat", t("再输一次"), repeat, { must: true }),
    ),
    el(
      "p.buttons.import-go",
      {},
      el("button.button.button-main", { type: "submit" }, t("修改密码")),
      el("span.faint.small", {}, t("修改后，其他设备上的登录全部失效。")),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(
      form,
      byId("password-wrong"),
      (path) => form.querySelector(`[data-path="${CSS.escape(path)}"] label`)?.textContent || path,
      change,
    );
  });

  async function change() {
    const told = new FormData(form);
    await put("/me/password", { old: told.get("old"), new: told.get("new") });
    form.reset();
    toast(t("密码已修改。"));
    if (new URLSearchParams(location.search).has("must_change")) location.assign("/");
    else await readSessions();
  }
}

/* ── who looked at me ────────────────────────────────────────────────────────────────────────────────── */

async function drawLooks() {
  const ready = may("look.give_reason") ? await reasons() : [];
  /** @param {Look} look */
  const row = (look) =>
    el(
      "tr",
      {},
      el("td.nowrap", {}, fully(look.at)),
      el("td.nowrap", {}, el("b", {}, look.by.name), el("span.under", {}, look.by.unit.name)),
      el("td", {}, look.trip ? el("a", { href: `/trips/${look.trip.id}` }, look.trip.title) : t("行程外")),
      el("td", {}, reasonWords(look.reason, ready)),
      el("td.nowrap", {}, word("door", look.door)),
    );
  const list = pagedList({
    place: byId("looks"),
    path: "/looks/mine",
    draw: (/** @type {Look[]} */ looks) =>
      table([t("时间"), t("查看人"), t("行程"), t("理由"), t("从哪里")], looks.map(row), t("谁看过我的位置")),
    empty: () => blank(t("还没有人看过您的位置")),
  });
  await list.read({});
}

/* ── all that is held about me ───────────────────────────────────────────────────────────────────────── */

function wireCopy() {
  const button = /** @type {HTMLButtonElement} */ (byId("copy"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    await attempt(() => download("/me/copy", "guatu.zip"));
    button.disabled = false;
  });
}

async function begin() {
  frame();
  drawFacts();
  drawPassword();
  if (new URLSearchParams(location.search).has("must_change")) {
    byId("must").hidden = false;
    byId("rest").hidden = true;
    return;
  }
  wireCopy();
  wireOthers();
  await Promise.all([drawFactor(), showIdentities(), readSessions(), drawLooks()]);
}

void begin();
