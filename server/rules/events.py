"""The kinds of events, each with its words; `docs/events.md` is checked against this table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event: the permission's word in the past tense, and what it says in both languages."""

    name: str
    zh: str
    en: str


KINDS = {
    name: Kind(name, zh, en)
    for name, zh, en in (
        ("session.started", "登录", "signed in"),
        ("session.ended", "登录结束", "a session ended"),
        (
            "session.replayed",
            "旧令牌被重复使用，登录已结束",
            "a used refresh token came again; the session was ended",
        ),
        ("session.refused", "登录失败", "signing in failed"),
        ("password.changed", "修改密码", "changed their password"),
        ("password.reset", "重置密码", "reset a password"),
        ("factor.confirmed", "启用两步验证", "put a second factor to use"),
        ("factor.renewed", "更换恢复码", "made new recovery codes"),
        ("factor.recovered", "用恢复码代替手机", "used a recovery code in place of the phone"),
        ("factor.removed", "移除两步验证", "took off their second factor"),
        ("factor.reset", "解除他人的两步验证", "took off another's second factor"),
        ("copy.taken", "下载本人全部资料", "took a copy of all that is held about them"),
        ("unit.created", "新建单位", "made a unit"),
        ("unit.updated", "修改单位", "changed a unit"),
        ("person.created", "新建人员", "made an account"),
        ("person.updated", "修改人员", "changed a person"),
        ("person.granted", "变更角色", "changed a person's roles"),
        ("area.published", "发布区域版本", "published a version of an area"),
        ("area.updated", "填写区域户数", "said how many households an area has"),
        ("area.retired", "停用区域", "retired an area"),
        ("tracker.added", "添加定位设备", "added a tracker"),
        ("tracker.renamed", "重命名定位设备", "renamed a tracker"),
        ("tracker.revoked", "停用定位设备", "revoked a tracker"),
        ("trip.planned", "计划行程", "planned a trip"),
        ("trip.edited", "修改行程", "edited a trip"),
        ("trip.submitted", "提交行程", "submitted a trip"),
        ("trip.approved", "批准行程", "approved a trip"),
        ("trip.returned", "退回行程", "returned a trip"),
        ("trip.started", "开始行程", "started a trip"),
        ("trip.completed", "完成行程", "completed a trip"),
        ("trip.cancelled", "取消行程", "cancelled a trip"),
        (
            "trip.lapsed",
            "行程超时自动结束",
            "a trip that nobody had ended was ended by the system",
        ),
        ("trip.exported", "导出行程复核", "took a trip's review as a file"),
        ("consent.given", "同意记录位置", "consented to positions"),
        ("consent.withdrawn", "撤回同意", "withdrew consent"),
        ("checkin.made", "签到", "checked in"),
        ("checkin.reviewed", "复核签到", "reviewed a check-in"),
        ("checkin.answered", "答复复核", "answered a review"),
        ("review.lapsed", "询问逾期未跟进，自动失效", "a query that nobody pursued lapsed"),
        ("checkin.exported", "导出签到记录", "exported check-ins"),
        ("photo.sent", "上传照片", "a photo arrived"),
        ("photo.opened", "查看他人照片原件", "opened the original of another's photo"),
        ("photo.erased", "本人删除照片", "erased a photo of their own"),
        ("photo.expired", "照片保存期满，已删除", "a photo's time was over: it was deleted"),
        ("log.written", "补充日志", "added to their log"),
        ("log.erased", "删除自己写的日志", "erased what they wrote into their log"),
        ("log.exported", "导出自己的日志", "took their own log as a file"),
        ("report.exported", "导出行程月报", "took a monthly trip report as a file"),
        ("view.saved", "保存日志视图", "kept a view of the visit log"),
        ("view.deleted", "删除日志视图", "deleted a view of the visit log"),
        ("track.begun", "开始记录轨迹", "a track began"),
        ("track.exported", "导出轨迹", "exported a track"),
        ("track.erased", "本人删除轨迹", "erased their own track"),
        ("track.expired", "轨迹保存期满，已删除", "a track's time was over: it was deleted"),
        ("crossing.found", "进出区域", "an area was entered or left"),
        (
            "crossing.dropped",
            "撤销进出区域",
            "a crossing was taken back: later fixes showed that it was none",
        ),
        (
            "silence.raised",
            "手机失联：安全或应急任务中久未收到定位",
            "a phone fell silent on a safety or emergency duty",
        ),
        ("silence.ended", "手机失联结束", "a phone's silence ended"),
        ("look.reasoned", "说明查看理由", "said why they look"),
        ("look.opened", "查看他人位置", "opened another's positions"),
        ("look.exported", "导出查看记录", "exported the record of looks"),
        ("event.exported", "导出操作记录", "exported the record of what was done"),
        ("matter.reported", "上报事项或投诉建议", "reported a matter, complained or suggested"),
        ("matter.answered", "答复投诉建议", "answered a complaint or a suggestion"),
        ("matter.accepted", "受理事项", "accepted a matter"),
        ("matter.refused", "不予受理事项", "refused a matter"),
        ("matter.assigned", "交办事项", "assigned a matter"),
        ("matter.transferred", "转办事项", "transferred a matter"),
        ("matter.escalated", "事项提请上级", "handed a matter up"),
        ("matter.merged", "事项并案", "merged a matter into another"),
        ("matter.held", "暂缓事项", "put a matter on hold"),
        ("matter.resumed", "恢复办理事项", "resumed a matter"),
        ("matter.returned", "退回事项", "returned a matter"),
        ("matter.scheduled", "制定事项办理计划", "planned how a matter is solved"),
        ("matter.progressed", "报告事项进展", "reported progress on a matter"),
        ("matter.handled", "事项办理完毕", "reported a matter as handled"),
        ("matter.reworked", "事项退回重办", "sent a matter back to be handled again"),
        ("matter.verified", "核实事项", "verified a matter"),
        ("matter.closed", "办结事项", "closed a matter"),
        ("matter.reopened", "重新办理事项", "reopened a matter"),
        ("matter.urged", "督办事项", "urged a matter"),
        ("category.created", "新建事项类别", "made a category of matters"),
        ("category.updated", "修改事项类别", "changed a category of matters"),
        ("calendar.changed", "修改工作日历", "changed the working calendar"),
    )
}
