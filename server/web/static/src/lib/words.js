/** The project's words for the codes on the wire, in the reader's language. */
import { t } from "./desk.js";
import { el } from "./dom.js";

/** @type {Record<string, () => string>} */
const WORDS = {
  "verdict.inside": () => t("在内"),
  "verdict.uncertain": () => t("不确定"),
  "verdict.outside": () => t("在外"),
  "verdict.not_judged": () => t("未判定"),
  "checkin.arrive": () => t("到达"),
  "checkin.visit": () => t("走访"),
  "checkin.leave": () => t("离开"),
  "checkin.patrol": () => t("巡查"),
  "checkin.note": () => t("记事"),
  "visit.outbound": () => t("外出拜访"),
  "visit.reception": () => t("接待客商"),
  "visit.enterprise_help": () => t("帮扶企业"),
  "visit.household": () => t("入户走访"),
  "window.early": () => t("早到"),
  "window.on_time": () => t("准时"),
  "window.late": () => t("迟到"),
  "trip.draft": () => t("草稿"),
  "trip.submitted": () => t("待审批"),
  "trip.returned": () => t("已退回"),
  "trip.approved": () => t("已批准"),
  "trip.under_way": () => t("进行中"),
  "trip.completed": () => t("已完成"),
  "trip.cancelled": () => t("已取消"),
  "step.draft": () => t("拟定"),
  "step.submitted": () => t("提交"),
  "step.approved": () => t("批准"),
  "step.under_way": () => t("出行"),
  "step.completed": () => t("完成"),
  "purpose.ordinary": () => t("一般公务"),
  "purpose.safety": () => t("安全生产"),
  "purpose.emergency": () => t("应急处置"),
  "tracking.none": () => t("不记位置"),
  "tracking.checkins": () => t("仅签到位置"),
  "tracking.track": () => t("签到与轨迹"),
  "area.county": () => t("县"),
  "area.township": () => t("乡镇街道"),
  "area.village": () => t("村（社区）"),
  "area.grid": () => t("网格"),
  "area.park": () => t("园区"),
  "area.destination": () => t("目的地"),
  "area.site": () => t("点位"),
  "unit.county": () => t("县"),
  "unit.department": () => t("部门"),
  "unit.township": () => t("乡镇"),
  "unit.street": () => t("街道"),
  "unit.firm": () => t("国企"),
  "unit.park": () => t("园区"),
  "unit.village": () => t("村"),
  "unit.community": () => t("社区"),
  "unit.grid": () => t("网格"),
  "role.cadre": () => t("干部"),
  "role.grid_member": () => t("网格员"),
  "role.supervisor": () => t("督查"),
  "role.leader": () => t("领导"),
  "role.administrator": () => t("管理员"),
  "role.auditor": () => t("审计"),
  "review.accept": () => t("认可"),
  "review.query": () => t("询问"),
  "review.answer": () => t("答复"),
  "review.lapse": () => t("无人跟进，询问失效"),
  "stand.look": () => t("待复核"),
  "stand.reply": () => t("已答复，待复核"),
  "stand.answer": () => t("待本人答复"),
  "matter.complaint": () => t("投诉"),
  "matter.suggestion": () => t("建议"),
  "matter.reported": () => t("已登记"),
  "matter.accepted": () => t("已受理"),
  "matter.assigned": () => t("已交办"),
  "matter.handled": () => t("已办理"),
  "matter.verified": () => t("已核实"),
  "matter.closed": () => t("已办结"),
  "matter.refused": () => t("不予受理"),
  "matter.merged": () => t("已并案"),
  "matter.patrol": () => t("巡查发现"),
  "matter.visit": () => t("走访收集"),
  "matter.enterprise": () => t("企业诉求"),
  "matter.leader": () => t("领导交办"),
  "matter.other": () => t("其他事项"),
  "matter_step.accept": () => t("受理"),
  "matter_step.refuse": () => t("不予受理"),
  "matter_step.assign": () => t("交办"),
  "matter_step.transfer": () => t("转办"),
  "matter_step.escalate": () => t("提请上级"),
  "matter_step.merge": () => t("并案"),
  "matter_step.hold": () => t("暂缓"),
  "matter_step.resume": () => t("恢复办理"),
  "matter_step.return": () => t("退回"),
  "matter_step.plan": () => t("制定计划"),
  "matter_step.progress": () => t("报告进展"),
  "matter_step.handle": () => t("办理完毕"),
  "matter_step.rework": () => t("退回重办"),
  "matter_step.verify": () => t("核实"),
  "matter_step.close": () => t("办结"),
  "matter_step.reopen": () => t("重新办理"),
  "matter_step.urge": () => t("督办"),
  "term.hours": () => t("小时（连夜连假）"),
  "term.working_hours": () => t("工作小时"),
  "term.working_days": () => t("工作日"),
  "term.days": () => t("天"),
  "term.months": () => t("个月"),
  "session.app": () => t("手机"),
  "session.browser": () => t("浏览器"),
  "tracker.traccar": () => "Traccar Client",
  "tracker.owntracks": () => "OwnTracks",
  "tracker.app": () => t("挂图手机应用"),
  "period.today": () => t("今天"),
  "period.week": () => t("本周"),
  "period.month": () => t("本月"),
  "period.last_month": () => t("上月"),
  "duty.none": () => t("行程外"),
  "duty.ordinary": () => t("一般公务"),
  "duty.safety": () => t("安全生产"),
  "duty.emergency": () => t("应急处置"),
  "signal.mock_location": () => t("模拟定位"),
  "signal.stale_fix": () => t("定位陈旧"),
  "signal.fix_ahead": () => t("定位晚于签到"),
  "signal.clock_skew": () => t("时钟不准"),
  "signal.too_fast": () => t("速度不合理"),
  "signal.same_coordinates": () => t("坐标反复相同"),
  "signal.accuracy_missing": () => t("没有精度"),
  "signal.accuracy_absurd": () => t("精度不可信"),
  "signal.other_device": () => t("他人手机"),
  "signal.before_start": () => t("早于任务开始"),
  "signal.after_end": () => t("晚于任务结束"),
  "signal.photo_missing": () => t("没带照片"),
  "door.map": () => t("实时地图"),
  "door.log": () => t("走访日志"),
  "door.trip": () => t("行程页"),
  "door.checkin": () => t("单次签到"),
  "door.export": () => t("导出文件"),
  "withheld.reason_needed": () => t("说明理由后可查看位置"),
  "withheld.no_position": () => t("没有位置"),
  "withheld.erased": () => t("位置已按规定删除"),
  "withheld.no_consent": () => t("本人未同意记录位置"),
  "withheld.not_tracked": () => t("本次行程不记录位置"),
  "withheld.not_on_duty": () => t("不在任务时间内，未保存位置"),
  "withheld.start_not_known": () => t("系统收到开始之前，未保存位置"),
};

/**
 * @param {string} group such as "verdict"
 * @param {string | null | undefined} code such as "inside"
 * @returns {string} the word; an unknown code is shown as it is
 */
export function word(group, code) {
  if (!code) return "";
  const known = WORDS[`${group}.${code}`];
  return known ? known() : code;
}

/** @param {string} group @returns {string[]} the codes of a group, in the order people expect */
export function codes(group) {
  return Object.keys(WORDS)
    .filter((key) => key.startsWith(`${group}.`))
    .map((key) => key.slice(group.length + 1));
}

/** @type {Record<string, (n: number) => string>} so much time of a unit that terms are given in */
const SPANS = {
  hours: (n) => t("{n} 小时", { n }),
  working_hours: (n) => t("{n} 个工作小时", { n }),
  working_days: (n) => t("{n} 个工作日", { n }),
  days: (n) => t("{n} 天", { n }),
  months: (n) => t("{n} 个月", { n }),
};

/** A term in words: 7 天. @param {{amount: number, unit: string} | null} term @returns {string} */
export function termWords(term) {
  return term ? SPANS[term.unit]?.(term.amount) || "" : "";
}

/** The mark of a check-in outside any duty. @returns {HTMLElement} */
export function adHoc() {
  return el("span.tag", {}, t("临时签到"));
}

/** @param {number} metres @returns {string} */
export function metres(metres) {
  const m = Math.abs(metres);
  if (m < 1000) return t("{n} 米", { n: m < 10 ? m.toFixed(1).replace(/\.0$/, "") : Math.round(m) });
  return t("{n} 公里", { n: m < 10000 ? (m / 1000).toFixed(1) : Math.round(m / 1000) });
}
