"""Who may do what: one table of permissions, and the scope it gives a person over the unit tree.

A permission is held over oneself (`own`), over the subtree of a unit where one has one of `roles`, or, with
`at_root`, only where that unit is the root (the county). `docs/permissions.md` is checked against this table.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from uuid import UUID

from server.errors import FactorDue, Forbidden, NotFound

ROLES = ("cadre", "grid_member", "supervisor", "leader", "administrator", "auditor")

ROLE_WORDS = {
    "cadre": ("干部", "cadre"),
    "grid_member": ("网格员", "grid member"),
    "supervisor": ("督查", "supervisor"),
    "leader": ("领导", "leader"),
    "administrator": ("管理员", "administrator"),
    "auditor": ("审计", "auditor"),
}

APART = (
    ("administrator", "supervisor"),
    ("administrator", "leader"),
    ("administrator", "auditor"),
    ("auditor", "supervisor"),
    ("auditor", "leader"),
)
"""Pairs of roles that one person does not hold over the same units: who gives rights, who watches, who audits."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over the subtree below a unit's path."""

    role: str
    path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting, as of now: person, session, own unit and grants. `session_id` is None for the command line."""

    person_id: int
    name: str
    unit_id: int
    unit_path: str
    grants: tuple[Grant, ...]
    session_id: UUID | None = None
    map_reason: str = ""
    must_change_password: bool = False
    asleep: tuple[Grant, ...] = ()
    """Roles that cannot be used until a second factor is set up."""
    factor_due_at: datetime | None = None
    """When the first of the roles falls asleep, where one will."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One word for the permission; the recorded event is its past tense."""

    name: str
    zh: str
    en: str
    roles: frozenset[str] = frozenset()
    own: bool = False
    at_root: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What a permission opens to one reader: unit subtrees by path, and (where `own`) what is theirs."""

    paths: tuple[str, ...]
    person_id: int | None

    @property
    def empty(self) -> bool:
        """Whether it opens nothing at all."""
        return not self.paths and self.person_id is None

    def covers(self, path: str) -> bool:
        """Whether a unit's path lies in one of the subtrees."""
        return any(path.startswith(root) for root in self.paths)


_WATCHERS = ("supervisor", "leader")
_HANDLERS = ("cadre", "grid_member", *_WATCHERS)


def _permission(
    name: str, zh: str, en: str, *roles: str, own: bool = False, at_root: bool = False
) -> tuple[str, Permission]:
    """One row of the table, under its name."""
    return name, Permission(name, zh, en, frozenset(roles), own, at_root)


PERMISSIONS: dict[str, Permission] = dict(
    (
        _permission("session.list", "查看自己的登录设备", "see one's own sessions", own=True),
        _permission("session.revoke", "注销自己的登录设备", "end one's own sessions", own=True),
        _permission("password.change", "修改自己的密码", "change one's own password", own=True),
        _permission("person.read_self", "查看自己的账号", "see one's own account", own=True),
        _permission(
            "copy.take", "下载本人全部资料", "take a copy of all that is held about oneself", own=True
        ),
        _permission("notice.read", "查看自己的提醒", "read one's own notices", own=True),
        _permission("notice.mark", "标记自己的提醒为已读", "mark one's own notices as read", own=True),
        _permission("hook.read", "查看群机器人", "see robots of groups", "administrator", at_root=True),
        _permission("hook.add", "添加群机器人", "add robots of groups", "administrator", at_root=True),
        _permission("hook.change", "修改群机器人", "change robots of groups", "administrator", at_root=True),
        _permission(
            "hook.remove", "删除群机器人", "take robots of groups away", "administrator", at_root=True
        ),
        _permission("hook.try", "试发群消息", "try robots of groups", "administrator", at_root=True),
        _permission("unit.read", "查看单位", "see units", *ROLES, own=True),
        _permission("unit.create", "新建单位", "make units", "administrator"),
        _permission("unit.update", "修改单位", "change units", "administrator"),
        _permission("person.read", "查看人员", "see people", "administrator", *_WATCHERS),
        _permission("person.create", "新建人员", "make accounts", "administrator"),
        _permission("person.update", "修改人员", "change people", "administrator"),
        _permission("person.import", "导入名册", "take a roster in", "administrator"),
        _permission("role.read", "查看角色权限", "see what each role may do", *ROLES, own=True),
        _permission("person.grant", "授予角色", "give and take roles", "administrator"),
        _permission(
            "person.invite", "邀请人员自设密码", "invite people to set their own password", "administrator"
        ),
        _permission("password.reset", "重置密码", "reset passwords", "administrator"),
        _permission("factor.read", "查看自己的两步验证", "see one's own second factor", own=True),
        _permission("factor.begin", "设置两步验证", "begin to set up a second factor", own=True),
        _permission("factor.confirm", "启用两步验证", "put a second factor to use", own=True),
        _permission("factor.renew", "更换恢复码", "make new recovery codes", own=True),
        _permission("factor.remove", "移除两步验证", "take off one's second factor", own=True),
        _permission(
            "factor.reset", "解除他人的两步验证", "take off another's second factor", "administrator"
        ),
        _permission("identity.read", "查看自己的统一身份", "see one's own identities", own=True),
        _permission("identity.link", "绑定统一身份", "link an identity to one's account", own=True),
        _permission("identity.unlink", "解除绑定统一身份", "end a link of one's own", own=True),
        _permission("area.read", "查看区域", "see areas", *ROLES, own=True),
        _permission("area.import", "导入区域", "import areas", "administrator", at_root=True),
        _permission(
            "area.update",
            "填写区域户数",
            "say how many households there are",
            "administrator",
            at_root=True,
        ),
        _permission("area.retire", "停用区域", "retire areas", "administrator", at_root=True),
        _permission("tracker.read", "查看自己的定位设备", "see one's own trackers", own=True),
        _permission("tracker.add", "添加定位设备", "add a tracker", own=True),
        _permission("tracker.rename", "重命名定位设备", "rename a tracker", own=True),
        _permission("tracker.revoke", "停用定位设备", "revoke trackers", own=True),
        _permission("trip.read", "查看行程", "see trips", *_WATCHERS, own=True),
        _permission("trip.plan", "计划行程", "plan trips", own=True),
        _permission("companion.find", "查找同行人员", "find people to travel with", own=True),
        _permission("trip.edit", "修改行程", "edit a trip", own=True),
        _permission("trip.submit", "提交行程", "submit a trip", own=True),
        _permission("trip.approve", "审批行程", "approve trips", *_WATCHERS),
        _permission("trip.return", "退回行程", "return trips", *_WATCHERS),
        _permission("trip.start", "开始行程", "start a trip", own=True),
        _permission("trip.complete", "完成行程", "complete a trip", own=True),
        _permission("trip.cancel", "取消行程", "cancel a trip", *_WATCHERS, own=True),
        _permission("trip.export", "导出行程复核", "take a trip's review as a file", *_WATCHERS, own=True),
        _permission("consent.read", "查看自己的同意", "see one's own consent", own=True),
        _permission("consent.give", "同意记录位置", "consent to positions", own=True),
        _permission("consent.withdraw", "撤回同意", "withdraw consent", own=True),
        _permission("checkin.make", "签到", "check in", own=True),
        _permission("position.send", "发送定位点", "send positions", own=True),
        _permission("checkin.read", "查看签到", "see check-ins", *_WATCHERS, own=True),
        _permission("checkin.review", "复核签到", "review check-ins", "supervisor"),
        _permission("review.read", "查看复核队列", "see the review queue", "supervisor", own=True),
        _permission("checkin.answer", "答复复核", "answer a review", own=True),
        _permission("checkin.erase", "清除自己签到的个人内容", "blank one's own check-ins", own=True),
        _permission("checkin.export", "导出签到记录", "export the visit log", *_WATCHERS, own=True),
        _permission("photo.send", "上传自己的照片", "send photos of what one tells oneself", own=True),
        _permission("photo.read", "查看照片", "see photos", *_WATCHERS, own=True),
        _permission("photo.open", "查看照片原件", "open the originals of photos", "supervisor", own=True),
        _permission("photo.erase", "删除自己的照片", "erase one's own photos", own=True),
        _permission("log.read", "查看自己的日志", "read one's own log", own=True),
        _permission("log.write", "补充自己的日志", "add to one's own log", own=True),
        _permission("log.erase", "删除自己写的日志", "erase what one wrote into one's log", own=True),
        _permission("log.export", "导出自己的日志", "take one's own log as a file", own=True),
        _permission("report.read", "查看行程月报", "see the monthly trip report of units", *_WATCHERS),
        _permission(
            "report.export", "导出行程月报", "take the monthly trip report of units as a file", *_WATCHERS
        ),
        _permission("view.read", "查看日志视图", "see views of the visit log", own=True),
        _permission("view.save", "保存日志视图", "keep a view of the visit log", own=True),
        _permission("view.delete", "删除日志视图", "delete one's own view", own=True),
        _permission("track.read", "查看轨迹", "see tracks", *_WATCHERS, own=True),
        _permission("track.erase", "删除自己的轨迹", "erase one's own track", own=True),
        _permission(
            "crossing.read", "查看进出区域", "see when areas were entered and left", *_WATCHERS, own=True
        ),
        _permission("track.export", "导出轨迹", "export tracks", *_WATCHERS, own=True),
        _permission("arrival.read", "查看自己的到达提议", "see proposals of one's own arrivals", own=True),
        _permission("silence.read", "查看手机失联", "see whose phone is silent", *_WATCHERS, own=True),
        _permission("place.read", "查看在岗位置", "see places of people on duty", *_WATCHERS),
        _permission("stream.read", "接收实时消息", "read the stream", *_WATCHERS, own=True),
        _permission("look.give_reason", "说明查看理由", "say why one looks", *_WATCHERS),
        _permission("look.read_self", "查看谁看过我", "see who looked at oneself", own=True),
        _permission("look.read", "查阅查看记录", "read the record of looks", "auditor"),
        _permission("look.export", "导出查看记录", "export the record of looks", "auditor"),
        _permission("event.read", "查阅操作记录", "read the record of what was done", "auditor"),
        _permission("event.export", "导出操作记录", "export the record of what was done", "auditor"),
        _permission("matter.report", "上报事项、投诉建议", "report matters, complain or suggest", own=True),
        _permission(
            "matter.read",
            "查看事项、投诉建议",
            "see matters, complaints and suggestions",
            *_WATCHERS,
            "administrator",
            "auditor",
            own=True,
        ),
        _permission("matter.route", "受理和流转事项", "accept matters and hand them on", *_WATCHERS),
        _permission("matter.handle", "办理事项", "handle matters", *_HANDLERS, own=True),
        _permission("matter.verify", "核实和办结事项", "verify and close matters", *_WATCHERS),
        _permission("matter.urge", "督办事项", "urge matters", *_WATCHERS),
        _permission("patrol.read", "查看巡查", "see patrols", *_WATCHERS, own=True),
        _permission("patrol.plan", "制定巡查计划", "plan patrols", *_WATCHERS),
        _permission("patrol.edit", "修改巡查计划", "change patrol plans", *_WATCHERS),
        _permission("patrol.end", "停止巡查计划", "end patrol plans", *_WATCHERS),
        _permission("patrol.call", "发起临时巡查", "call out patrols", *_WATCHERS),
        _permission("patrol.cancel", "撤销巡查", "call off patrols", *_WATCHERS),
        _permission("patrol.take", "认领本单位的巡查", "take patrols of one's own unit", own=True),
        _permission("patrol.find", "上报巡查发现", "report what a patrol found", own=True),
        _permission("household.read", "查看住户", "see households", *_WATCHERS, own=True),
        _permission(
            "household.open", "打开住户详情", "open what is told of a household", "supervisor", own=True
        ),
        _permission("household.add", "新增联系户", "take a household on", own=True),
        _permission(
            "household.visit", "走访自己联系的住户", "tell of visits to one's own households", own=True
        ),
        _permission("household.release", "不再联系住户", "let a household go", *_WATCHERS, own=True),
        _permission("household.erase", "删除住户信息", "forget a household", *_WATCHERS, own=True),
        _permission(
            "matter.erase",
            "删除事项的内容",
            "erase what a matter tells",
            "supervisor",
            "administrator",
            own=True,
            at_root=True,
        ),
        _permission("campaign.read", "查看专项行动", "see campaigns", *_WATCHERS, own=True),
        _permission("campaign.open", "发起专项行动", "open campaigns", *_WATCHERS),
        _permission(
            "campaign.change", "修改和结束专项行动", "change and close campaigns", *_WATCHERS, own=True
        ),
        _permission(
            "campaign.report", "报专项行动任务进展", "tell of the tasks of campaigns", *_HANDLERS, own=True
        ),
        _permission("campaign.review", "评议专项行动", "review campaigns", *_WATCHERS, own=True),
        _permission("category.read", "查看事项类别", "see categories of matters", *ROLES, own=True),
        _permission(
            "category.change",
            "修改事项类别和时限",
            "change categories and terms",
            "administrator",
            at_root=True,
        ),
        _permission(
            "status.read", "查看运行状况", "see how the installation stands", "administrator", at_root=True
        ),
        _permission("calendar.read", "查看工作日历", "see the working calendar", *ROLES, own=True),
        _permission(
            "calendar.change", "修改工作日历", "change the working calendar", "administrator", at_root=True
        ),
        _permission("project.read", "查看项目", "see projects", "cadre", *_WATCHERS, own=True),
        _permission("project.create", "登记项目", "register projects", "cadre", *_WATCHERS),
        _permission("project.edit", "修改项目", "change projects", *_WATCHERS),
        _permission(
            "project.plan", "定项目节点和投资计划", "plan the days and the money of projects", *_WATCHERS
        ),
        _permission(
            "project.advance",
            "报项目进入阶段",
            "say which stage a project has reached",
            "cadre",
            *_WATCHERS,
            own=True,
        ),
        _permission("project.retract", "撤回项目阶段", "take a project's stage back", "supervisor"),
        _permission(
            "project.progress", "报项目进展", "tell of a project's progress", "cadre", *_WATCHERS, own=True
        ),
        _permission("evidence.send", "上传佐证材料", "put files to evidence", "cadre", *_WATCHERS, own=True),
        _permission("evidence.read", "查看佐证材料", "open files of evidence", "cadre", *_WATCHERS, own=True),
        _permission("evidence.erase", "删除佐证材料", "erase files of evidence", "supervisor", own=True),
        _permission("project.commit", "立项目军令状", "commit to a project", "cadre", *_WATCHERS, own=True),
        _permission("project.settle", "核定军令状", "say whether a commitment was kept", "supervisor"),
        _permission("project.stop", "终止和恢复项目", "stop and resume projects", *_WATCHERS),
        _permission("project.import", "导入项目表", "take a sheet of projects in", *_WATCHERS),
        _permission("flag.read", "查看两旗一牌", "see flags", "cadre", "administrator", *_WATCHERS, own=True),
        _permission("flag.answer", "申诉两旗一牌", "answer a flag", "cadre", "leader", own=True),
        _permission("flag.decide", "裁定两旗一牌", "decide on a flag", "supervisor"),
        _permission("flag.set", "设定两旗一牌规则", "set the rules of flags", "administrator", at_root=True),
        _permission(
            "board.read",
            "查看全县榜单",
            "see the county's boards",
            *_WATCHERS,
            "administrator",
            "auditor",
            at_root=True,
        ),
        _permission("board.change", "设定榜单规则和目标", "rule the boards", "administrator", at_root=True),
        _permission("bulletin.read", "查看通报", "read bulletins", *ROLES, own=True),
        _permission("bulletin.export", "下载通报", "take a bulletin as a file", *ROLES, own=True),
        _permission("bulletin.draft", "起草通报", "draft bulletins", "supervisor", at_root=True),
        _permission("bulletin.edit", "修改通报文字", "edit bulletins", *_WATCHERS, at_root=True),
        _permission("bulletin.approve", "审定通报", "approve bulletins", "leader", at_root=True),
        _permission("bulletin.return", "退回通报", "return bulletins", *_WATCHERS, at_root=True),
        _permission("bulletin.publish", "发布通报", "publish bulletins", *_WATCHERS, at_root=True),
        _permission("bulletin.drop", "作废通报草稿", "drop drafts of bulletins", "supervisor", at_root=True),
        _permission("matter.answer", "答复投诉建议", "answer matters", "administrator", at_root=True),
    )
)


def scope(actor: Actor, permission: str) -> Scope:
    """What `permission` opens to `actor`: the subtrees their roles give, and themself where it is own."""
    rule = PERMISSIONS[permission]
    paths = (grant.path for grant in actor.grants if grant.role in rule.roles)
    if rule.at_root:
        paths = (path for path in paths if is_root(path))
    return Scope(tuple(_widest(paths)), actor.person_id if rule.own else None)


def is_root(path: str) -> bool:
    """Whether a unit path is the root's: `/1/`."""
    return path.count("/") == 2


def holds(actor: Actor, permission: str) -> bool:
    """Whether `actor` has `permission` over anything at all."""
    return not scope(actor, permission).empty


def allows(actor: Actor, permission: str, *, path: str, own: bool = False) -> bool:
    """Whether `actor` may, on something of the unit at `path` (`own`: it is theirs)."""
    given = scope(actor, permission)
    return (own and given.person_id is not None) or given.covers(path)


def ensure(actor: Actor, permission: str, *, path: str, own: bool = False) -> None:
    """`Forbidden` unless `allows`."""
    if not allows(actor, permission, path=path, own=own):
        raise forbidden(permission)


def ensure_seen(actor: Actor, permission: str, *, path: str, own: bool = False) -> None:
    """`NotFound` unless `allows`: what may not be seen is not there."""
    if not allows(actor, permission, path=path, own=own):
        raise NotFound


def ensure_holds(actor: Actor, permission: str) -> None:
    """`Forbidden` unless the actor has the permission over anything; `FactorDue` when only a role asleep has it."""
    if holds(actor, permission):
        return
    if holds(replace(actor, grants=actor.asleep), permission):
        raise FactorDue
    raise forbidden(permission)


def ensure_holds_for_others(actor: Actor, permission: str) -> None:
    """`Forbidden` unless the actor has the permission by a role, not only over what is their own."""
    if not scope(actor, permission).paths:
        raise forbidden(permission)


def forbidden(permission: str) -> Forbidden:
    """The refusal that names the permission in words."""
    words = PERMISSIONS[permission]
    return Forbidden(permission_zh=words.zh, permission_en=words.en)


def held_by(actor: Actor) -> list[str]:
    """The names of all permissions the actor holds over anything, sorted."""
    return sorted(name for name in PERMISSIONS if holds(actor, name))


def clash(grants: Iterable[Grant]) -> tuple[Grant, Grant] | None:
    """Two grants that one person may not hold together: roles kept apart, over subtrees that overlap; or None."""
    for one, other in combinations(grants, 2):
        overlap = one.path.startswith(other.path) or other.path.startswith(one.path)
        if overlap and ((one.role, other.role) in APART or (other.role, one.role) in APART):
            return one, other
    return None


def _widest(paths: Iterable[str]) -> list[str]:
    """The paths without those that lie below another of them, sorted."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(wider) for wider in kept):
            kept.append(path)
    return kept
