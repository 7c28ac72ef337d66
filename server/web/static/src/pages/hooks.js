/**
 * The robots of groups: whether the server speaks to them at all, each with what was last said to it and what became of it.
 * @import {Hook, HookMessage} from "../wire"
 */
import { get, patch, post, remove } from "../lib/api.js";
import { t } from "../lib/desk.js";
import { ask } from "../lib/dialog.js";
import { byId, el, fill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { picker } from "../lib/picker.js";
import { searchUnits } from "../lib/sources.js";
import { attempt, blank, failure, loading, toast } from "../lib/states.js";
import { shortly } from "../lib/time.js";

/** @type {Record<string, () => string>} */
const KINDS = { wecom: () => t("企业微信"), dingtalk: () => t("钉钉") };

/** @type {Record<HookMessage["state"], () => string>} */
const STATES = {
  waiting: () => t("待发送"),
  sending: () => t("发送中"),
  sent: () => t("已送达"),
  unsure: () => t("结果不明"),
  given_up: () => t("未送达"),
};

async function read() {
  const place = byId("hooks");
  fill(place, loading());
  try {
    const told = await get("/hooks");
    fill(byId("state"), standing(told));
    fill(place, told.items.length ? told.items.map(sheet) : el("section.sheet", {}, none()));
  } catch (error) {
    fill(place, failure(error, () => void read()));
  }
}

const none = () => blank(t("还没有群机器人"), t("在工作群里添加自定义机器人，把它给出的地址填到这里。"));

/** Whether anything is sent at all, and when. @param {{on: boolean, digest_times: string[], quiet_hours: string}} told */
function standing({ on, digest_times, quiet_hours }) {
  if (!on) {
    const words = t("服务器没有开启此功能，不会发出任何消息。由运维人员设置 GUATU_HOOKS=1 开启。");
    return el("div.notice", {}, el("b", {}, t("未开启")), " ", words);
  }
  const when = t("工作日 {times} 各汇总一次；{quiet} 不打扰。紧急情况随时发送。", { times: digest_times.join(t("、")), quiet: quiet_hours });
  return el("div.notice.notice-good", {}, el("b", {}, t("已开启")), " ", when);
}

/** @param {Hook} hook */
function sheet(hook) {
  /** @param {string} words @param {() => Promise<unknown>} act */
  const button = (words, act) => el("button.button.button-small", { type: "button", onclick: () => void act() }, words);
  return el(
    "section.sheet.hook",
    {},
    el(
      "div.sheet-head",
      {},
      el("h2", {}, hook.name),
      el("span.tag", {}, hook.enabled ? t("已启用") : t("暂停发送")),
      el("span.faint.small", {}, [KINDS[hook.kind]?.(), hook.unit.name, hook.signed ? t("加签") : null].filter(Boolean).join(" · ")),
      el(
        "span.buttons.end",
        {},
        button(t("试发"), () => tryOut(hook)),
        button(t("修改"), () => edit(hook)),
        button(t("删除"), () => drop(hook)),
      ),
    ),
    hook.messages.length ? hook.messages.map(message) : blank(t("还没有发过消息")),
  );
}

/** @param {HookMessage} one */
function message(one) {
  const state = STATES[one.state]();
  const again = one.state === "waiting" && one.tries > 0 && one.next_at ? t("{at} 再试", { at: shortly(one.next_at) }) : "";
  const more = one.state === "sent" ? "" : [one.said, again].filter(Boolean).join(" · ");
  return el(
    "div.hook-message",
    {},
    el("time", { datetime: one.made_at }, shortly(one.made_at)),
    el(one.state === "given_up" ? "span.hook-lost" : "span", {}, state, el("span.under", {}, more)),
    el("pre", {}, one.text),
  );
}

/** @param {Hook} hook */
async function tryOut(hook) {
  const told = await attempt(() => post(`/hooks/${hook.id}/try`));
  if (!told) return;
  const good = told.state === "sent";
  toast(good ? t("群里应已收到测试消息") : t("没有送达：{said}", { said: told.said }), !good);
  await read();
}

/** @param {Hook} hook */
async function drop(hook) {
  const words = el("p", {}, t("不再向这个群发送，以往的发送记录一并删除。"));
  const done = await ask({ title: t("删除 {name}", { name: hook.name }), yes: t("删除"), stop: true, body: [words], act: () => remove(`/hooks/${hook.id}`) });
  if (done) await read();
}

/** Add one, or change one that is there. @param {Hook | null} hook */
async function edit(hook) {
  const unit = el("input", { type: "hidden", name: "unit_id", value: hook ? String(hook.unit.id) : "" });
  const units = picker({
    id: "ask-unit",
    placeholder: t("按名称查找单位"),
    search: searchUnits,
    value: hook ? { id: String(hook.unit.id), name: hook.unit.name } : null,
    chosen: (choice) => {
      unit.value = choice?.id || "";
    },
  });
  const kept = hook ? t("不填则不变") : "";
  const done = await ask({
    title: hook ? t("修改 {name}", { name: hook.name }) : t("添加群机器人"),
    yes: t("保存"),
    body: [
      field("name", t("名称"), { required: true, maxlength: 60, value: hook?.name ?? "" }),
      choice("kind", t("平台"), [["wecom", t("企业微信")], ["dingtalk", t("钉钉")]], hook?.kind ?? "wecom"),
      el("div.field", {}, el("label", { for: "ask-unit" }, t("汇总哪个单位及其下级")), units.node, unit),
      field("address", t("机器人地址（Webhook）"), { required: !hook, maxlength: 500, placeholder: kept || "https://", autocomplete: "off" }),
      field("secret", t("加签密钥（钉钉，可不填）"), { maxlength: 200, placeholder: kept, autocomplete: "off" }),
      choice("lang", t("消息语言"), [["zh", "中文"], ["en", "English"]], hook?.lang ?? "zh"),
      el("label.choice", {}, el("input", { type: "checkbox", name: "enabled", checked: hook?.enabled ?? true }), t("向这个群发送")),
    ],
    act: (form) => (hook ? patch(`/hooks/${hook.id}`, told(form)) : post("/hooks", told(form))),
  });
  if (done) await read();
}

/** What the form says; what is left empty is not told. @param {FormData} form */
function told(form) {
  const facts = [...form].filter(([name, value]) => name !== "enabled" && value !== "");
  return {
    ...Object.fromEntries(facts),
    ...(form.get("unit_id") ? { unit_id: Number(form.get("unit_id")) } : {}),
    enabled: form.has("enabled"),
  };
}

/** @param {string} name @param {string} label @param {Record<string, unknown>} more */
function field(name, label, more) {
  return el("div.field", {}, el("label", { for: `ask-${name}` }, label), el("input.input", { id: `ask-${name}`, name, ...more }));
}

/** @param {string} name @param {string} label @param {[string, string][]} options @param {string} chosen */
function choice(name, label, options, chosen) {
  const words = options.map(([value, text]) => el("option", { value, selected: value === chosen }, text));
  return el("div.field", {}, el("label", { for: `ask-${name}` }, label), el("select.select", { id: `ask-${name}`, name }, words));
}

frame();
fill(byId("acts"), el("button.button.button-main", { type: "button", onclick: () => void edit(null) }, t("添加群机器人")));
void read();
