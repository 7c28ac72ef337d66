/**
 * One project: its way through the stages, its money, commitments, progress, evidence, visits, matters and flags.
 * @import {EvidenceFile, Flag, ProjectInFull} from "../wire"
 */
import { lastPart } from "../lib/address.js";
import { get, Refusal } from "../lib/api.js";
import { say, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { flagLinks, flagMark, isOver } from "../lib/flags.js";
import { frame } from "../lib/frame.js";
import { table } from "../lib/list.js";
import { addFiles, commit, eraseFile, halfWords, link, projectButtons, settle, showEvidence, small, unlink } from "../lib/projecting.js";
import { lateness, money as amount } from "../lib/projects.js";
import { failure, loading, toast } from "../lib/states.js";
import { fully } from "../lib/time.js";
import { codes, word } from "../lib/words.js";

const id = Number(lastPart());

/** @param {ProjectInFull} project */
function draw(project) {
  document.title = [project.name, t("挂图")].join(" · ");
  fill(
    byId("project"),
    head(project),
    sheet(t("节点"), [], way(project), intervals(project)),
    el(
      "div.project-columns",
      {},
      el("div", {}, facts(project), money(project), entries(project), steps(project)),
      el("div", {}, flags(project), commitments(project), evidence(project), visits(project), matters(project)),
    ),
  );
}

/** @param {string} title @param {(Node | null)[]} buttons @param {...(Node | null)} body */
function sheet(title, buttons, ...body) {
  return el("section.sheet", {}, el("div.sheet-head", {}, el("h2", {}, title), el("div.end.buttons.no-print", {}, buttons)), body);
}

/** @param {string} words */
const none = (words) => el("p.project-none", {}, words);

/** @param {ProjectInFull} project */
function head(project) {
  return el(
    "div.title",
    {},
    el("h1", {}, project.name),
    el("span.state.state-under_way", {}, project.stopped_on ? t("{day} 终止", { day: project.stopped_on }) : word("stage", project.stage)),
    flagLinks(project.flags),
    el("div.end.buttons.no-print", {}, projectButtons(project, changed)),
  );
}

/** The stages in their order, each with the day planned, the day reached, and how far behind or ahead. @param {ProjectInFull} project */
function way(project) {
  const known = Object.fromEntries(project.milestones.map((each) => [each.stage, each]));
  const place = codes("stage").indexOf(project.stage);
  const shown = codes("stage").filter((stage) => stage !== "land" || project.needs_land || known[stage]);
  const items = shown.map((stage) => {
    const each = known[stage];
    const reached = codes("stage").indexOf(stage) <= place;
    const item = el(
      "li",
      {},
      el("span.way-dot", { "aria-hidden": "true" }, reached ? "✓" : each?.days_late && each.days_late > 0 ? "!" : ""),
      el("b", {}, word("stage", stage)),
      el(
        "div.way-told",
        {},
        each?.planned_on ? el("span", {}, t("计划 {day}", { day: each.planned_on })) : null,
        each?.actual_on ? el("span", {}, t("实际 {day}", { day: each.actual_on })) : null,
        each ? lateness(each) : null,
      ),
    );
    if (reached) item.classList.add("way-reached");
    if (stage === project.stage) item.classList.add("way-now");
    if (!reached && each?.days_late && each.days_late > 0) item.classList.add("way-late");
    return item;
  });
  return el("ol.way", {}, items);
}

/** @param {ProjectInFull} project */
function intervals(project) {
  const rows = project.intervals
    .filter((each) => each.planned_days !== null || each.actual_days !== null)
    .map((each) => el("tr", {}, el("td", {}, `${word("stage", each.source)} → ${word("stage", each.target)}`), days(each.planned_days), days(each.actual_days)));
  return rows.length ? table([t("节点之间"), t("计划天数"), t("实际天数")], rows, t("节点之间的天数")) : null;
}

/** @param {number | null} n */
const days = (n) => el("td.nowrap.number", {}, n === null ? "—" : t("{n} 天", { n }));

/** @param {ProjectInFull} project */
function facts(project) {
  const one = [{ unit: project.unit, words: t("主责") }, ...project.units.map((each) => ({ unit: each.unit, words: word("part", each.part) }))];
  /** @type {[string, string | Node | null][]} */
  const lines = [
    [t("投资方"), project.investor],
    [t("总投资"), amount(project.amount, project.amount_unit)],
    [t("产业链"), project.chain],
    [t("建设地点"), [project.area?.name, project.site].filter(Boolean).join(" · ")],
    [t("引荐"), project.introducer],
    [t("包联领导"), project.lead?.name || ""],
    [t("责任单位"), one.map((each) => t("{unit}（{part}）", { unit: each.unit.name, part: each.words })).join(t("、"))],
    [t("服务专班"), project.members.map((each) => [each.name, each.unit, each.post].filter(Boolean).join(" ")).join(t("、"))],
    [t("建设内容"), project.content],
    [t("终止原因"), project.stopped_because],
  ];
  return sheet(t("项目情况"), [], el("div.sheet-body", {}, el("dl.facts", {}, lines.filter(([, value]) => value).flatMap(([label, value]) => [el("dt", {}, label), el("dd", {}, value)]))));
}

/** @param {ProjectInFull} project */
function money(project) {
  const unit = project.amount_unit;
  const rows = project.investments.map((each) =>
    el(
      "tr",
      {},
      el("td", {}, halfWords(each.half)),
      el("td.number", {}, each.planned === null ? "—" : amount(each.planned, unit)),
      el("td.number", {}, each.done === null ? "—" : amount(each.done, unit), each.done_on ? el("span.under", {}, t("至 {day}", { day: each.done_on })) : null),
      el("td", {}, each.share === null ? "—" : [meter(each.share), el("span.under", {}, `${each.share}%`)]),
    ),
  );
  return sheet(
    t("分半年投资"),
    [],
    rows.length ? table([t("半年"), t("计划投资"), t("完成投资"), t("完成比例")], rows, t("分半年投资")) : none(t("还没有投资计划。")),
  );
}

/** @param {number} share */
function meter(share) {
  const fillUp = el("i", {});
  fillUp.style.width = `${Math.min(100, share)}%`;
  return el("span.meter", { role: "img", "aria-label": `${share}%` }, fillUp);
}

/** @param {ProjectInFull} project */
function entries(project) {
  const items = project.entries.map((each) =>
    el(
      "li",
      {},
      el("b", {}, each.on),
      " ",
      el("span.tag", {}, word("stage", each.stage)),
      el("p", {}, each.text),
      each.trouble ? el("p", {}, el("b", {}, t("存在问题：")), each.trouble) : null,
      each.next_step ? el("p", {}, el("b", {}, t("下一步：")), each.next_step) : null,
      el("span.under", {}, `${each.by.name} · ${each.unit.name} · ${fully(each.at)}`),
    ),
  );
  return sheet(t("进展"), [], items.length ? el("ul.project-list", {}, items) : none(t("还没有进展。")));
}

/** @param {ProjectInFull} project */
function steps(project) {
  const items = project.steps.map((each) => {
    const about = each.stage ? word("stage", each.stage) : each.half ? halfWords(each.half) : "";
    const value = [each.was, each.now].filter(Boolean).join(" → ");
    return el(
      "li",
      {},
      el("b", {}, word("project_step", each.step)),
      ` ${[about, value].filter(Boolean).join(t("，"))}`,
      each.note ? el("p", {}, each.note) : null,
      el("span.under", {}, `${each.by.name} · ${fully(each.at)}`),
    );
  });
  return el("details.sheet", {}, el("summary.sheet-head", {}, el("h2", {}, t("变动记录"))), el("ul.project-list", {}, items));
}

/** @param {ProjectInFull} project */
function flags(project) {
  const items = project.flag_history.map((flag) => el("li", {}, el("a", { href: `/flags/${flag.id}` }, flagMark(flag.colour, isOver(flag))), " ", el("span.tag", {}, word("flag_standing", flag.standing)), el("p.small", {}, say(flag)), el("span.under", {}, during(flag))));
  return sheet(t("两旗一牌"), [], items.length ? el("ul.project-list", {}, items) : none(t("还没有得过旗牌。")));
}

/** @param {Flag} flag */
function during(flag) {
  return flag.until ? t("{from} 至 {to}", { from: flag.since, to: flag.until }) : t("{from} 起", { from: flag.since });
}

/** @param {ProjectInFull} project */
function commitments(project) {
  const items = project.commitments.map((each) =>
    el(
      "li",
      {},
      el("b", {}, each.due_on),
      " ",
      el(each.standing === "overdue" || each.standing === "broken" ? "span.tag.tag-strong" : "span.tag", {}, word("commitment", each.standing)),
      el("p", {}, each.text),
      el("p.soft", {}, t("标准：{standard}", { standard: each.standard })),
      each.proof ? el("p.soft", {}, t("依据：{proof}", { proof: each.proof })) : null,
      el("span.under", {}, [each.unit.name, each.by.name, each.settled_by && t("{name} 核定", { name: each.settled_by.name })].filter(Boolean).join(" · ")),
      !each.settled_on && project.may.includes("project.settle") ? small(t("核定"), () => settle(project, each, changed)) : null,
    ),
  );
  const button = project.may.includes("project.commit") ? small(t("立军令状"), () => commit(project, changed)) : null;
  return sheet(t("军令状"), [button], items.length ? el("ul.project-list", {}, items) : none(t("还没有军令状。")));
}

/** @param {ProjectInFull} project */
function evidence(project) {
  const items = project.evidence.map((each) =>
    el(
      "li",
      {},
      el("span.tag", {}, word("stage", each.stage)),
      ` ${each.title}`,
      el("span.under", {}, [each.number, each.dated_on, each.by.name, fully(each.at)].filter(Boolean).join(" · ")),
      each.files.length ? el("ul.evidence-files", {}, each.files.map(evidenceFile)) : null,
      project.may.includes("evidence.send") ? small(t("上传材料"), () => addFiles(project, each.id, changed)) : null,
    ),
  );
  const button = project.may.includes("project.progress") ? small(t("提交佐证"), () => showEvidence(project, changed)) : null;
  return sheet(t("阶段佐证"), [button], items.length ? el("ul.project-list", {}, items) : none(t("还没有佐证。")));
}

/** One file: to be saved, or that it was there. @param {EvidenceFile} file */
function evidenceFile(file) {
  if (file.erased) return el("li.soft", {}, t("材料已删除"));
  return el(
    "li",
    {},
    el("a", { href: `/api/v1/evidence-files/${file.id}`, download: "" }, file.name),
    el("span.under", {}, [sized(file.size), file.by.name, fully(file.at)].join(" · ")),
    file.may_erase ? small(t("删除"), () => eraseFile(file.id, changed)) : null,
  );
}

/** @param {number} bytes */
function sized(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** @param {ProjectInFull} project */
function visits(project) {
  const linked = project.may.includes("project.progress");
  const items = project.visits.items.map((each) => {
    const title = each.enterprise || word("visit", each.kind);
    return el(
      "li",
      {},
      each.trip_id ? el("a", { href: `/trips/${each.trip_id}` }, title) : title,
      each.outcome || each.note ? el("p.small", {}, each.outcome || each.note) : null,
      el("span.under", {}, [fully(each.happened_at), each.person.name, each.unit.name].join(" · ")),
      linked ? small(t("取消关联"), () => drop(project, { checkin_id: each.id })) : null,
    );
  });
  return sheet(
    t("相关走访"),
    [linked ? small(t("关联走访"), () => link(project, "checkin_id", changed)) : null],
    items.length ? el("ul.project-list", {}, items) : null,
    rest(project.visits.hidden, items.length, t("还没有关联的走访。")),
  );
}

/** @param {ProjectInFull} project */
function matters(project) {
  const linked = project.may.includes("project.progress");
  const items = project.matters.items.map((each) =>
    el(
      "li",
      {},
      el("a", { href: `/matters/${each.id}` }, t("事项 {n}", { n: each.id })),
      " ",
      el("span.tag", {}, word("matter", each.state)),
      each.overdue ? el("span.late", {}, " ", t("超期")) : null,
      el("p.small", {}, each.text),
      linked ? small(t("取消关联"), () => drop(project, { matter_id: each.id })) : null,
    ),
  );
  return sheet(
    t("相关事项"),
    [linked ? small(t("关联事项"), () => link(project, "matter_id", changed)) : null],
    items.length ? el("ul.project-list", {}, items) : null,
    rest(project.matters.hidden, items.length, t("还没有关联的事项。")),
  );
}

/** @param {number} hidden @param {number} shown @param {string} words */
function rest(hidden, shown, words) {
  if (hidden) return none(t("另有 {n} 条不在您的查看范围内。", { n: hidden }));
  return shown ? null : none(words);
}

/** @param {ProjectInFull} project @param {Record<string, string | number>} what */
async function drop(project, what) {
  try {
    await unlink(project, what, changed);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, true);
  }
}

/** @param {ProjectInFull} project */
function changed(project) {
  draw(project);
  toast(t("已保存。"));
}

async function begin() {
  frame();
  fill(byId("project"), loading());
  try {
    draw(await get(`/projects/${id}`));
  } catch (error) {
    fill(byId("project"), failure(error, () => void begin()));
  }
}

void begin();
