/**
 * The buttons of a project's page: those the server says this reader may press, each with what it asks for.
 * @import {ProjectCommitment, ProjectInFull} from "../wire"
 */
import { get, post, remove } from "./api.js";
import { t } from "./desk.js";
import { ask, textField } from "./dialog.js";
import { el } from "./dom.js";
import { today } from "./periods.js";
import { askProject, choice, input, pick } from "./projects.js";
import { fully } from "./time.js";
import { uuid } from "./uuid.js";
import { codes, word } from "./words.js";

/** @typedef {(project: ProjectInFull) => void} Changed */

/** @param {ProjectInFull} project @param {Changed} changed @returns {HTMLElement[]} */
export function projectButtons(project, changed) {
  const running = !project.stopped_on;
  const ends = project.stage === codes("stage").at(-1);
  /** @type {[string, boolean, string, () => unknown, string][]} */
  const all = [
    ["project.advance", running && project.next_stages.length > 0, t("进入下一阶段"), () => advance(project, changed), "button-main"],
    ["project.progress", true, t("报进展"), () => entry(project, changed), ""],
    ["project.progress", true, t("报完成投资"), () => invest(project, changed), ""],
    ["project.plan", true, t("定计划"), () => plan(project, changed), ""],
    ["project.edit", true, t("修改"), () => edit(project, changed), ""],
    ["project.retract", running && project.stage !== "lead", t("撤回阶段"), () => reason(project, "retract", t("撤回阶段"), changed), "button-stop"],
    ["project.stop", running && !ends, t("终止项目"), () => reason(project, "stop", t("终止项目"), changed), "button-stop"],
    ["project.stop", !running, t("恢复项目"), () => reason(project, "resume", t("恢复项目"), changed), ""],
  ];
  return all
    .filter(([permission, fits]) => fits && project.may.includes(permission))
    .map(([, , words, act, kind]) => small(words, act, kind));
}

/** @param {string} words @param {() => unknown} act @param {string} [kind] */
export function small(words, act, kind = "") {
  const button = el("button.button.button-small", { type: "button", onclick: act }, words);
  if (kind) button.classList.add(kind);
  return button;
}

/** @param {ProjectInFull} project @param {Changed} changed */
async function edit(project, changed) {
  const told = await askProject(project);
  if (told) changed(told);
}

/** @param {ProjectInFull} project @param {Changed} changed */
function advance(project, changed) {
  return ask({
    title: t("进入下一阶段"),
    yes: t("确认进入"),
    body: [
      choice("stage", t("阶段"), project.next_stages.map((stage) => [stage, word("stage", stage)])),
      input("on", t("日期"), { type: "date", required: true, value: today(), max: today() }),
      input("note", t("说明（可不填）"), { maxlength: 500 }),
    ],
    act: async (form) => changed(await post(`/projects/${project.id}/advance`, { ...all(form, ["stage", "on", "note"]), revision: project.revision })),
  });
}

/** @param {ProjectInFull} project @param {string} door @param {string} title @param {Changed} changed */
function reason(project, door, title, changed) {
  return ask({
    title,
    yes: title,
    stop: door !== "resume",
    body: [textField("note", t("原因"), { minlength: 2, maxlength: 500 })],
    act: async (form) => changed(await post(`/projects/${project.id}/${door}`, { note: form.get("note"), revision: project.revision })),
  });
}

/** @param {ProjectInFull} project @param {Changed} changed */
function entry(project, changed) {
  const told_as = uuid();
  return ask({
    title: t("报进展"),
    yes: t("提交"),
    body: [
      input("on", t("日期"), { type: "date", required: true, value: today(), max: today() }),
      textField("text", t("进展"), { minlength: 2, maxlength: 4000 }),
      textField("trouble", t("存在问题（可不填）"), { required: false, maxlength: 2000, rows: 2 }),
      textField("next_step", t("下一步（可不填）"), { required: false, maxlength: 2000, rows: 2 }),
    ],
    act: async (form) => changed(await post(`/projects/${project.id}/entries`, { ...all(form, ["on", "text", "trouble", "next_step"]), told_as })),
  });
}

/** The half-years around now: the last, this one and the next two. @returns {string[]} */
function halves() {
  const year = Number(today().slice(0, 4));
  const now = year * 2 + (Number(today().slice(5, 7)) > 6 ? 1 : 0);
  return [now - 1, now, now + 1, now + 2].map((half) => `${Math.floor(half / 2)}H${(half % 2) + 1}`);
}

/** @param {string} half such as 2026H1 */
export function halfWords(half) {
  const year = half.slice(0, 4);
  return half.endsWith("1") ? t("{year} 年上半年", { year }) : t("{year} 年下半年", { year });
}

/** @param {ProjectInFull} project @param {Changed} changed */
function invest(project, changed) {
  const begun = halves().slice(0, 2).reverse();
  return ask({
    title: t("报完成投资"),
    yes: t("提交"),
    body: [
      choice("half", t("半年"), begun.map((half) => [half, halfWords(half)])),
      input("amount", t("该半年累计完成（{unit}）", { unit: project.amount_unit }), { required: true, inputmode: "decimal" }),
      input("on", t("统计截止日"), { type: "date", required: true, value: today(), max: today() }),
    ],
    act: async (form) => changed(await post(`/projects/${project.id}/investments`, { ...all(form, ["half", "amount", "on"]), revision: project.revision })),
  });
}

/** @param {ProjectInFull} project @param {Changed} changed */
function plan(project, changed) {
  const known = Object.fromEntries(project.milestones.map((each) => [each.stage, each]));
  const money = Object.fromEntries(project.investments.map((each) => [each.half, each]));
  const stages = codes("stage").slice(2).filter((stage) => !known[stage]?.actual_on);
  const open = halves().filter((half) => !money[half]?.planned || half !== halves()[0]);
  return ask({
    title: t("定计划"),
    yes: t("保存"),
    body: [
      el("div.two", {}, stages.map((stage) => input(`day-${stage}`, word("stage", stage), { type: "date", value: known[stage]?.planned_on || "" }))),
      el("div.two", {}, open.map((half) => input(`money-${half}`, t("{half}计划投资（{unit}）", { half: halfWords(half), unit: project.amount_unit }), { inputmode: "decimal", value: money[half]?.planned || "" }))),
      input("note", t("修改原有计划的原因"), { maxlength: 500 }),
    ],
    act: async (form) => {
      const days = stages.map((stage) => ({ stage, on: form.get(`day-${stage}`) || null }));
      const planned = open.map((half) => ({ half, planned: form.get(`money-${half}`) || null }));
      changed(await post(`/projects/${project.id}/plan`, { days, money: planned, note: form.get("note") || "", revision: project.revision }));
    },
  });
}

/** @param {ProjectInFull} project @param {Changed} changed */
export function showEvidence(project, changed) {
  const reached = codes("stage").slice(0, codes("stage").indexOf(project.stage) + 1).reverse();
  const send = fileSender();
  /** @type {ProjectInFull | null} there already, where only a file was refused */
  let shown = null;
  return ask({
    title: t("提交佐证"),
    yes: t("提交"),
    body: [
      choice("stage", t("阶段"), reached.map((stage) => [stage, word("stage", stage)])),
      input("title", t("文件名称"), { required: true, minlength: 2, placeholder: t("如：投资协议") }),
      input("number", t("文号或编号"), { maxlength: 60 }),
      input("dated_on", t("文件日期"), { type: "date" }),
      ...chooseFiles({}),
    ],
    act: async (form) => {
      /** @type {ProjectInFull} */
      const now = shown || (await post(`/projects/${project.id}/evidence`, { ...all(form, ["stage", "title", "number"]), dated_on: form.get("dated_on") || null, revision: project.revision }));
      shown = now;
      await send(now, Math.max(...now.evidence.map((each) => each.id)), form, changed);
    },
  });
}

/** @param {ProjectInFull} project @param {number} evidenceId @param {Changed} changed */
export function addFiles(project, evidenceId, changed) {
  const send = fileSender();
  return ask({
    title: t("上传佐证材料"),
    yes: t("上传"),
    body: chooseFiles({ required: true }),
    act: (form) => send(project, evidenceId, form, changed),
  });
}

/** @param {string} fileId @param {Changed} changed */
export function eraseFile(fileId, changed) {
  return ask({
    title: t("删除这份材料？"),
    yes: t("删除"),
    body: [el("p", {}, t("文件会彻底删除，不能恢复；曾经上传过这件事仍有记录。"))],
    act: async () => changed(await remove(`/evidence-files/${fileId}`)),
  });
}

/** @param {Record<string, unknown>} told */
function chooseFiles(told) {
  const accept = ".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx";
  return [
    input("files", t("扫描件或照片（可多选）"), { type: "file", multiple: true, accept, ...told }),
    el("p.soft.small", {}, t("PDF、JPEG、PNG、WebP、Word（docx）、Excel（xlsx），每项最多 9 个。图片中的拍摄位置等信息会去除。请勿上传与项目无关的个人信息。")),
  ];
}

/** Sends files one after the other; pressed again after a refusal, each under the id it had. */
function fileSender() {
  /** @type {Map<string, string>} */
  const ids = new Map();
  /** @param {ProjectInFull} project @param {number} evidenceId @param {FormData} form @param {Changed} changed */
  return async (project, evidenceId, form, changed) => {
    let now = project;
    try {
      for (const file of form.getAll("files")) {
        if (!(file instanceof File) || !file.size) continue;
        const which = [file.name, file.size, file.lastModified].join("/");
        if (!ids.has(which)) ids.set(which, uuid());
        const body = new FormData();
        body.append("id", ids.get(which) || "");
        body.append("file", file);
        now = await post(`/projects/${project.id}/evidence/${evidenceId}/files`, body);
      }
    } finally {
      changed(now);
    }
  };
}

/** @param {ProjectInFull} project @param {Changed} changed */
export function commit(project, changed) {
  const units = [project.unit, ...project.units.map((each) => each.unit)];
  return ask({
    title: t("立军令状"),
    yes: t("立状"),
    body: [
      choice("unit_id", t("责任单位"), units.map((unit) => [String(unit.id), unit.name])),
      textField("text", t("承诺事项"), { minlength: 2 }),
      textField("standard", t("完成标准"), { minlength: 2, rows: 2 }),
      input("due_on", t("完成日期"), { type: "date", required: true, min: today() }),
    ],
    act: async (form) =>
      changed(await post(`/projects/${project.id}/commitments`, { ...all(form, ["text", "standard", "due_on"]), unit_id: Number(form.get("unit_id")), revision: project.revision })),
  });
}

/** @param {ProjectInFull} project @param {ProjectCommitment} commitment @param {Changed} changed */
export function settle(project, commitment, changed) {
  return ask({
    title: t("核定军令状"),
    yes: t("核定"),
    body: [
      el("p", {}, commitment.text, el("span.under", {}, commitment.standard)),
      choice("kept", t("结果"), [["1", t("已兑现")], ["0", t("未兑现")]]),
      input("on", t("日期"), { type: "date", required: true, value: today(), max: today() }),
      textField("proof", t("依据"), { minlength: 2 }),
    ],
    act: async (form) =>
      changed(await post(`/projects/${project.id}/commitments/${commitment.id}/settle`, { ...all(form, ["on", "proof"]), kept: form.get("kept") === "1", revision: project.revision })),
  });
}

/** @param {ProjectInFull} project @param {"checkin_id" | "matter_id"} what @param {Changed} changed */
export function link(project, what, changed) {
  const visit = what === "checkin_id";
  return ask({
    title: visit ? t("关联走访") : t("关联事项"),
    yes: t("关联"),
    body: [pick(what, visit ? t("企业、内容或人员") : t("事项内容"), visit ? searchVisits : searchMatters)],
    act: async (form) => {
      const id = String(form.get(what));
      changed(await post(`/projects/${project.id}/links`, { [what]: visit ? id : Number(id) }));
    },
  });
}

/** @param {ProjectInFull} project @param {Record<string, string | number>} what @param {Changed} changed */
export async function unlink(project, what, changed) {
  changed(await post(`/projects/${project.id}/unlink`, what));
}

/** @param {string} words */
async function searchVisits(words) {
  const answer = await get("/log", { limit: 30, ...(words ? { q: words } : {}) });
  return answer.items.map((/** @type {import("../wire").Checkin} */ checkin) => ({
    id: checkin.id,
    name: [checkin.visit?.enterprise || checkin.note?.slice(0, 24) || word("checkin", checkin.kind), fully(checkin.happened_at)].join(" "),
    kind: checkin.person.name,
  }));
}

/** @param {string} words */
async function searchMatters(words) {
  const answer = await get("/matters", { limit: 30, ...(words ? { q: words } : {}) });
  return answer.items
    .filter((/** @type {import("../wire").Matter} */ matter) => matter.category)
    .map((/** @type {import("../wire").Matter} */ matter) => ({ id: String(matter.id), name: `${matter.id} ${matter.text.slice(0, 40)}`, kind: word("matter", matter.state) }));
}

/** @param {FormData} form @param {string[]} names */
function all(form, names) {
  return Object.fromEntries(names.map((name) => [name, form.get(name) || ""]));
}
