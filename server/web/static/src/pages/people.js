/**
 * People of the reader's units. Administrators make accounts, invite, give roles, reset passwords and let people go; a
 * link and a new password are shown once.
 * @import {Invitation, Person} from "../wire"
 */
import { patch, post, put } from "../lib/api.js";
import { ask, tell } from "../lib/dialog.js";
import { may, me, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { resetFactor } from "../lib/factor.js";
import { filterBar, bar } from "../lib/filters.js";
import { frame } from "../lib/frame.js";
import { pagedList, table } from "../lib/list.js";
import { picker } from "../lib/picker.js";
import { showRoles } from "../lib/roles.js";
import { showRoster } from "../lib/rosters.js";
import { searchUnits, unitById } from "../lib/sources.js";
import { blank, toast } from "../lib/states.js";
import { tabs } from "../lib/tabs.js";
import { fully } from "../lib/time.js";
import { showUnits } from "../lib/units.js";
import { codes, word } from "../lib/words.js";

const keeps = may("person.update");

const list = pagedList({
  place: byId("people"),
  path: "/people",
  draw,
  more: t("更多"),
  empty: () => blank(t("没有相符的人员")),
});

/** @param {Person[]} people */
function draw(people) {
  return table(
    [t("姓名"), t("单位"), t("职务"), t("角色"), ...(keeps ? [t("用户名"), el("span.no-print", {}, t("操作"))] : [])],
    people.map(row),
    t("人员"),
  );
}

/** @param {Person} person */
function row(person) {
  return el(
    "tr",
    {},
    el(
      "td.nowrap",
      {},
      el("b", {}, person.name),
      person.left_at
        ? el("span.under", {}, t("已离开"))
        : person.must_change_password && keeps
          ? el("span.under", {}, t("尚未设定自己的密码"))
          : null,
    ),
    el("td", {}, person.unit.name),
    el("td", {}, person.post || el("span.faint", {}, "—")),
    el(
      "td",
      {},
      el(
        "span.tags",
        {},
        person.roles.map((role) =>
          el("span.tag", { title: role.unit.name }, `${word("role", role.role)} · ${role.unit.name}`),
        ),
      ),
    ),
    keeps ? [el("td.soft", {}, person.username, person.second_factor ? el("span.under.faint.small", {}, t("有两步验证")) : null), el("td.nowrap", {}, el("span.buttons", {}, acts(person)))] : null,
  );
}

/** @param {Person} person */
function acts(person) {
  /** @param {string} words @param {() => unknown} act */
  const button = (words, act) => el("button.link.small", { type: "button", onclick: () => void act() }, words);
  if (!person.username || person.id === me().id) return [];
  if (person.left_at) return [button(t("重新启用"), () => setLeft(person, false))];
  return [
    button(t("修改"), () => change(person)),
    may("person.grant") ? button(t("角色"), () => grant(person)) : null,
    may("person.invite") ? button(t("邀请"), () => invite(person)) : null,
    may("password.reset") ? button(t("重置密码"), () => reset(person)) : null,
    may("factor.reset") && person.second_factor ? button(t("解除两步验证"), () => loseFactor(person)) : null,
    button(t("停用"), () => setLeft(person, true)),
  ].filter((each) => each !== null);
}

/* ── what an administrator does ──────────────────────────────────────────────────────────────────────── */

/** @param {string} name @param {string} label @param {Record<string, unknown>} [more] */
function textInput(name, label, more = {}) {
  return el(
    "div.field",
    {},
    el("label", { for: `ask-${name}` }, label),
    el("input.input", { id: `ask-${name}`, name, maxlength: 64, ...more }),
  );
}

/**
 * A unit picker in a dialog; what is chosen is in the form under `unit_id`.
 * @param {string} id
 * @param {string} label
 * @param {{id: number, name: string} | null} unit
 */
function unitInput(id, label, unit) {
  const kept = el("input", { type: "hidden", name: "unit_id", value: unit ? String(unit.id) : "" });
  const field = picker({
    id,
    placeholder: t("按名称查找单位"),
    search: searchUnits,
    value: unit ? { id: String(unit.id), name: unit.name } : null,
    chosen: (choice) => {
      kept.value = choice?.id || "";
    },
  });
  return el("div.field", {}, el("label", { for: id }, label), field.node, kept);
}

async function create() {
  /** @type {(Person & {password: string | null, invitation: Invitation | null}) | null} */
  let made = null;
  await ask({
    title: t("新建人员"),
    yes: t("建立"),
    body: [
      textInput("name", t("姓名"), { required: true }),
      textInput("username", t("用户名"), { required: true, minlength: 2, autocapitalize: "none", spellcheck: "false" }),
      textInput("post", t("职务")),
      unitInput("ask-unit", t("单位"), me().unit),
      el(
        "fieldset.choices",
        {},
        el("legend", {}, t("第一次怎样登录")),
        choice("link", t("邀请链接：本人打开后自己设定密码"), true),
        choice("password", t("初始密码：由您转告，第一次登录时必须修改"), false),
      ),
    ],
    act: async (form) => {
      made = await post("/people", {
        name: form.get("name"),
        username: form.get("username"),
        post: form.get("post") || "",
        unit_id: Number(form.get("unit_id")),
        invite: form.get("way") === "link",
      });
    },
  });
  if (!made) return;
  const { invitation } = /** @type {{invitation: Invitation | null}} */ (made);
  await (invitation ? tellLink(made, invitation) : tellPassword(made));
  await list.read();
}

/** @param {string} value @param {string} words @param {boolean} checked */
const choice = (value, words, checked) =>
  el("label.choice", {}, el("input", { type: "radio", name: "way", value, checked }), words);

/**
 * The link, shown once: its secret stands behind the `#`, which no browser sends to a server.
 * @param {{name: string}} whose
 * @param {Invitation} invitation
 */
function tellLink({ name }, { secret, expires_at }) {
  const link = `${location.origin}/invited#${secret}`;
  const copy = el("button.button.button-small", { type: "button" }, t("复制"));
  copy.onclick = async () => {
    await navigator.clipboard.writeText(link);
    toast(t("已复制。"));
  };
  return tell(
    t("{name} 的邀请链接", { name }),
    el("p", {}, t("只能用一次，{at} 前有效。请只发给本人；关闭后无法再次显示，需要时可重新邀请。", { at: fully(expires_at) })),
    el("output.secret.secret-link", {}, link),
    navigator.clipboard ? el("p", {}, copy) : "",
  );
}

/** @param {Person} person */
async function invite(person) {
  /** @type {Invitation | null} */
  let made = null;
  await ask({
    title: t("邀请 {name}", { name: person.name }),
    yes: t("生成链接"),
    body: [el("p", {}, t("本人打开链接，自己设定密码；设定后，其原有登录全部失效。此前发出的链接随即作废。"))],
    act: async () => {
      made = await post(`/people/${person.id}/invitation`);
    },
  });
  if (made) await tellLink(person, made);
}

/** @param {{name: string, username?: string | null, password: string | null}} made */
function tellPassword({ name, username, password }) {
  return tell(
    t("{name} 的初始密码", { name }),
    el("p", {}, t("请当面或通过安全渠道转交。关闭后无法再次显示。")),
    el("p", {}, t("用户名：{username}", { username: username || "" })),
    el("output.secret", {}, password || ""),
  );
}

/** @param {Person} person */
async function change(person) {
  const done = await ask({
    title: t("修改 {name}", { name: person.name }),
    yes: t("保存"),
    body: [
      textInput("name", t("姓名"), { required: true, value: person.name }),
      textInput("post", t("职务"), { value: person.post || "" }),
      unitInput("ask-unit", t("单位"), person.unit),
      el(
        "label.check",
        {},
        el("input", { type: "checkbox", name: "roles_move", value: "1", checked: true }),
        t("调动时，原单位上的角色随之移到新单位"),
      ),
    ],
    act: (form) =>
      patch(`/people/${person.id}`, {
        name: form.get("name"),
        post: form.get("post") || "",
        unit_id: Number(form.get("unit_id")),
        roles_move: form.get("roles_move") === "1",
      }),
  });
  if (done) await list.read();
}

/** @param {Person} person */
async function grant(person) {
  const place = el("div.role-rows", {});
  /** @param {{role: string, unit: {id: number, name: string}} | null} held */
  const roleRow = (held) => {
    const id = `ask-role-${place.children.length}`;
    const select = el(
      "select.select",
      { name: "role", "aria-label": t("角色") },
      codes("role").map((code) => el("option", { value: code, selected: held?.role === code }, word("role", code))),
    );
    const line = el(
      "div.role-row",
      {},
      select,
      unitInput(id, t("范围"), held?.unit || person.unit),
      el("button.button.button-small", { type: "button", onclick: () => line.remove() }, t("去掉")),
    );
    return line;
  };
  fill(place, person.roles.map(roleRow));
  const done = await ask({
    title: t("{name} 的角色", { name: person.name }),
    yes: t("保存"),
    body: [
      el("p", {}, t("角色对所选单位及其下级有效。管理、督查、审计不能由同一人兼任。")),
      place,
      el(
        "p",
        {},
        el("button.button.button-small", { type: "button", onclick: () => place.append(roleRow(null)) }, t("添加角色")),
      ),
    ],
    act: (form) => {
      const units = form.getAll("unit_id");
      return put(`/people/${person.id}/roles`, {
        roles: form.getAll("role").map((role, index) => ({ role, unit_id: Number(units[index]) })),
      });
    },
  });
  if (done) await list.read();
}

/** @param {Person} person */
async function reset(person) {
  /** @type {string | null} */
  let password = null;
  await ask({
    title: t("重置 {name} 的密码", { name: person.name }),
    yes: t("重置"),
    stop: true,
    body: [el("p", {}, t("其现有登录全部失效；新密码只显示一次，登录后必须修改。"))],
    act: async () => {
      password = (await post(`/people/${person.id}/password`, {})).password;
    },
  });
  if (password) await tellPassword({ name: person.name, username: person.username, password });
}

/** @param {Person} person */
async function loseFactor(person) {
  if (!(await resetFactor(person))) return;
  toast(t("已解除。"));
  await list.read();
}

/** @param {Person} person @param {boolean} left */
async function setLeft(person, left) {
  const done = await ask({
    title: left ? t("停用 {name}", { name: person.name }) : t("重新启用 {name}", { name: person.name }),
    yes: left ? t("停用") : t("启用"),
    stop: left,
    body: [el("p", {}, left ? t("登录和定位设备立即失效，角色收回，同意撤回；独自进行中的行程随即结束，未开始的取消。做过的事保留。") : t("启用后没有任何角色，需要另行授予。"))],
    act: () => patch(`/people/${person.id}`, { left }),
  });
  if (!done) return;
  toast(t("已保存。"));
  await list.read();
}

/** @param {string} tab */
function opened(tab) {
  if (tab === "units") void showUnits(byId("units"));
  if (tab === "roles") void showRoles(byId("roles"));
}

async function begin() {
  frame();
  byId("tab-roster").hidden = !may("person.import");
  showRoster(byId("roster"), () => void list.read());
  tabs(["people", "units", "roles", "roster"], opened);
  const actions = may("person.create")
    ? [el("button.button.button-main.button-small", { type: "button", onclick: () => void create() }, t("新建人员"))]
    : [];
  const values = await filterBar(
    bar(),
    [
      { name: "unit_id", label: t("单位"), type: "pick", all: t("全部单位"), search: searchUnits, byId: unitById },
      { name: "q", label: t("姓名"), type: "text", all: t("姓名或用户名") },
      { name: "left", label: t("已离开"), type: "switch", all: t("否") },
    ],
    (changed) => void list.read(changed),
    ...actions,
  );
  await list.read(values);
}

void begin();
