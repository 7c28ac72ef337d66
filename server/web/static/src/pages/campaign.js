/**
 * The wall chart of one campaign: its dates, its map, what belongs to it, its task list, its reviews.
 * @import {Campaign, CampaignReview, CampaignTask} from "../wire"
 */
import { get, Refusal, remove } from "../lib/api.js";
import { campaignForm, entryForm, linkForm, planForm, projectForm, reviewForm, taskForm } from "../lib/campaign-forms.js";
import { stand, stands, stageWord } from "../lib/campaigns.js";
import { say, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { gantt } from "../lib/gantt.js";
import { today } from "../lib/periods.js";
import { printWhole } from "../lib/printing.js";
import { attempt, blank, failure, loading, toast } from "../lib/states.js";
import { fully } from "../lib/time.js";
import { word } from "../lib/words.js";
import { campaignMap } from "../map/campaign.js";

const id = Number(location.pathname.split("/").pop());
/** Whether it hangs on a wall: nothing to press, and it reads anew by itself. */
const WALL = new URLSearchParams(location.search).has("wall");
const EVERY_MS = 60_000;
/** How long a screenful of a long chart is shown on the wall. */
const TURN_MS = 20_000;
let shown = "";

/** @type {Record<string, () => string>} */
const STEPS = { progress: () => t("进展"), finish: () => t("完成"), drop: () => t("取消"), reopen: () => t("重新开始") };

async function read() {
  fill(byId("head"), loading());
  try {
    show(await get(`/campaigns/${id}`));
  } catch (error) {
    fill(byId("head"), failure(error, () => void read()));
  }
}

/** On the wall: the next screenful of a chart that is longer than the screen, and from its end back to its top. */
function turn() {
  const page = document.documentElement;
  const atEnd = Math.ceil(scrollY + innerHeight) >= page.scrollHeight;
  scrollTo({ top: atEnd ? 0 : scrollY + innerHeight * 0.8 });
}

/** Draw it unless it is as it was, on the same day. @param {Campaign} campaign */
function show(campaign) {
  const told = JSON.stringify([today(), campaign]);
  if (WALL && told === shown) return;
  shown = told;
  draw(campaign);
}

/** On the wall: what changed meanwhile; what stands there stays while the network is away. */
async function keepUp() {
  try {
    show(await get(`/campaigns/${id}`));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, true);
  }
}

/** A button that opens a form and reads anew once it has gone through. @param {string} words @param {() => Promise<boolean>} act @param {string} [kind] */
function button(words, act, kind = "button.button.button-small") {
  return el(/** @type {"button"} */ (kind), { type: "button", onclick: () => void act().then((done) => (done ? read() : undefined)) }, words);
}

/** @param {Campaign} campaign */
function draw(campaign) {
  const leads = !WALL && campaign.may.includes("campaign.change");
  document.title = `${campaign.name} · ${t("挂图")}`;
  fill(byId("head"), title(campaign, leads));
  const dated = campaign.tasks.length || campaign.projects.length;
  fill(byId("chart"), sheetHead(t("时间表"), t("方向键逐行移动，回车查看")), dated ? gantt(campaign, today()) : blank(t("还没有任务和项目")));
  fill(byId("map"), sheetHead(t("位置")), el("div.campaign-map.map-frame", {}));
  void campaignMap(/** @type {HTMLElement} */ (byId("map").querySelector(".campaign-map")), campaign);
  fill(byId("linked"), linked(campaign, leads));
  const add = leads && campaign.state === "open" ? button(t("添加任务"), () => taskForm(campaign, null)) : null;
  fill(byId("tasks"), sheetHead(t("任务书"), "", add), campaign.tasks.length ? el("div.task-list", {}, campaign.tasks.map((one) => task(campaign, one, leads))) : blank(t("还没有任务")));
  const write = !WALL && campaign.may.includes("campaign.review") ? button(t("写评议"), () => reviewForm(campaign, today())) : null;
  fill(byId("reviews"), sheetHead(t("月度、季度、年度评议"), "", write), campaign.reviews.length ? campaign.reviews.map(review) : blank(t("还没有评议")));
}

/** @param {string} words @param {string} [under] @param {Node | null} [act] */
function sheetHead(words, under = "", act = null) {
  return el("div.sheet-head", {}, el("h2", {}, words), under ? el("span.faint.small.no-print", {}, under) : null, act ? el("span.end.buttons", {}, act) : null);
}

/** @param {Campaign} campaign @param {boolean} leads */
function title(campaign, leads) {
  return [
    el(
      "div.title",
      {},
      el("h1", {}, campaign.name),
      campaign.state === "closed" ? el("span.tag", {}, t("{day} 结束", { day: campaign.closed_on ?? "" })) : null,
      el("p", {}, t("{unit} · 总指挥 {lead} · {from} 至 {to}", { unit: campaign.unit.name, lead: campaign.lead.name, from: campaign.starts_on, to: campaign.ends_on })),
      el(
        "span.end.buttons",
        {},
        leads ? button(t("修改"), () => campaignForm(campaign), "button.button") : null,
        WALL
          ? el("a.button.button-small.wall-leave", { href: location.pathname }, t("退出大屏"))
          : [el("a.button", { href: "?wall" }, t("上墙")), el("button.button", { type: "button", onclick: () => void printWhole() }, t("打印"))],
      ),
    ),
    campaign.aim ? el("p", {}, campaign.aim) : null,
    stands(campaign.stands),
  ];
}

/** Projects and matters. @param {Campaign} campaign @param {boolean} leads */
function linked(campaign, leads) {
  /** @param {string} path */
  const drop = (path) =>
    leads ? el("button.link.small.no-print", { type: "button", onclick: () => void attempt(() => remove(`/campaigns/${id}/${path}`)).then(() => read()) }, t("取消关联")) : null;
  const projects = campaign.projects.map((one) =>
    el("li", {}, one.readable ? el("a", { href: `/projects/${one.id}` }, one.name) : el("b", {}, one.name), el("span.faint.small", {}, one.unit.name), el("span.tag.end", {}, stageWord(one.stage)), drop(`projects/${one.id}`)),
  );
  const matters = campaign.matters.map((one) =>
    el(
      "li",
      {},
      el("a", { href: `/matters/${one.id}` }, one.text.slice(0, 60)),
      el("span.faint.small", {}, one.place),
      el("span.tag.end", {}, word("matter", one.state)),
      one.overdue ? stand("overdue") : null,
      drop(`matters/${one.id}`),
    ),
  );
  const patrols = campaign.patrols.map((one) =>
    el("li", {}, el("a", { href: `/patrols/plans/${one.id}` }, one.title), el("span.faint.small", {}, one.unit.name), el("span.small.end", {}, walks(one.walks)), drop(`plans/${one.id}`)),
  );
  const hidden = campaign.matters_hidden ? el("p.sheet-body.faint.small", {}, t("另有 {n} 件事项不在您的查看范围", { n: campaign.matters_hidden })) : null;
  const act = leads ? el("span.buttons", {}, button(t("关联项目"), () => projectForm(campaign)), button(t("关联事项"), () => linkForm(campaign)), button(t("关联巡查"), () => planForm(campaign))) : null;
  return el(
    "div.linked",
    {},
    sheetHead(t("项目与事项"), "", act),
    projects.length ? [el("h3", {}, t("关联的项目")), el("ul", {}, projects)] : null,
    matters.length ? [el("h3", {}, t("关联的事项")), el("ul", {}, matters)] : null,
    patrols.length ? [el("h3", {}, t("关联的巡查")), el("ul", {}, patrols)] : null,
    projects.length + matters.length + patrols.length ? null : blank(t("还没有关联项目和事项")),
    hidden,
  );
}

/** How the walks of a plan ended. @param {Record<string, number>} counts */
function walks({ done = 0, partly_done = 0, missed = 0, due = 0 }) {
  return t("已巡 {n} 次，部分 {m} 次，未巡 {k} 次，待巡 {d} 次", { n: done, m: partly_done, k: missed, d: due });
}

/** @param {Campaign} campaign @param {CampaignTask} one @param {boolean} leads */
function task(campaign, one, leads) {
  const open = !WALL && campaign.state === "open";
  const tells = open && one.may_report && (one.state === "open" || leads);
  return el(
    "article.task",
    { id: `task-${one.id}` },
    el(
      "div",
      {},
      el("h3", {}, one.title),
      el("span.small.soft", {}, t("{unit} · {from} 至 {to}", { unit: one.unit.name, from: one.starts_on, to: one.due_on })),
      one.standard ? el("span.under", {}, t("标准：{standard}", { standard: one.standard })) : null,
      stand(one.stand),
    ),
    el(
      "span.buttons",
      {},
      tells ? button(one.state === "open" ? t("报进展") : t("重新开始"), () => entryForm(campaign, one)) : null,
      open && leads ? button(t("修改"), () => taskForm(campaign, one)) : null,
    ),
    one.entries.length
      ? el("div.task-entries", {}, one.entries.map((each) => el("span", {}, el("span.faint", {}, `${fully(each.at)} ${each.by.name} · ${STEPS[each.step]?.()}　`), each.text)))
      : null,
  );
}

/** @param {CampaignReview} one */
function review(one) {
  const { due = 0, in_time = 0, late = 0, not_done = 0, to_come = 0 } = one.facts.tasks;
  const figures = t("截至 {on}：本期任务 {due} 项，按期完成 {in_time}，逾期完成 {late}，逾期未完成 {not_done}，未到期 {to_come}", { on: one.facts.on, due, in_time, late, not_done, to_come });
  const stages = Object.entries(one.facts.stages).map(([stage, count]) => `${stageWord(stage)} ${count}`).join(t("、"));
  return el(
    "article.campaign-review",
    {},
    el("h3", {}, say(one.period), " ", el("span.faint.small", {}, `${one.by.name} · ${fully(one.at)}`)),
    el("p", {}, one.text),
    one.trouble ? el("p", {}, el("b", {}, t("主要问题")), "　", one.trouble) : null,
    one.next_step ? el("p", {}, el("b", {}, t("下一步")), "　", one.next_step) : null,
    el("p.small.soft", {}, figures, stages ? t("；项目 {stages}", { stages }) : ""),
  );
}

frame();
document.body.classList.toggle("on-wall", WALL);
void read();
if (WALL) {
  setInterval(() => void keepUp(), EVERY_MS);
  setInterval(turn, TURN_MS);
}
