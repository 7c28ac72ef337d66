"""Kinds of notices 提醒 as a table: which event concerns whom, in which words, and how groups count it."""

from dataclasses import dataclass
from typing import Final

OVERDUE: Final = "matter.overdue"
DUE_SOON: Final = "commitment.due"
PAST_DUE: Final = "commitment.overdue"
VISIT_DUE: Final = "household.due"
TERMS: Final = frozenset({OVERDUE, DUE_SOON, PAST_DUE, VISIT_DUE})
"""The kinds that no event stands behind: nothing was done, a day has come."""


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence in both languages, with `{…}` places for facts."""

    zh: str
    en: str

    def told(self, **facts: str | int) -> "Words":
        """The same with its places filled."""
        return Words(self.zh.format(**facts), self.en.format(**facts))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice: the event's name, whom it concerns (see `queries.concerned`), its sentence, what it leads to.

    `group` is how a digest counts such notices of a unit; None where the matter is nobody's but the person's. `guards`
    an account: told also to who did it, for it may have been somebody else in their name.
    """

    name: str
    concerns: tuple[str, ...]
    about: str
    words: Words
    group: Words | None = None
    urgent: bool = False
    guards: bool = False


def _kind(
    name: str,
    concerns: str,
    about: str,
    zh: str,
    en: str,
    group: tuple[str, str] | None = None,
    *,
    urgent: bool = False,
    guards: bool = False,
) -> tuple[str, Kind]:
    """One row of the table, under its name; `concerns` are words with blanks between."""
    counted = None if group is None else Words(*group)
    return name, Kind(name, tuple(concerns.split()), about, Words(zh, en), counted, urgent, guards)


KINDS: Final[dict[str, Kind]] = dict(
    (
        _kind(
            "checkin.reviewed",
            "person",
            "checkin",
            "{actor}询问您{day}的一次签到，请答复",
            "{actor} asks about a check-in of yours of {day}; please answer",
        ),
        _kind(
            "checkin.answered",
            "querier",
            "checkin",
            "{person}答复了您对 {day} 签到的询问",
            "{person} answered your query on a check-in of {day}",
        ),
        _kind(
            "trip.submitted",
            "approvers",
            "trip",
            "{actor}提交了行程“{trip}”，等待审批",
            "{actor} submitted the trip “{trip}”; it waits for approval",
            ("提交行程待审批 {n} 次", "trips submitted for approval: {n}"),
        ),
        _kind("trip.approved", "travellers", "trip", "行程“{trip}”已批准", "The trip “{trip}” is approved"),
        _kind(
            "trip.returned",
            "planners",
            "trip",
            "行程“{trip}”被退回，请按意见修改后再提交",
            "The trip “{trip}” was sent back; change it and submit it again",
        ),
        _kind(
            "trip.cancelled", "travellers", "trip", "行程“{trip}”已取消", "The trip “{trip}” was called off"
        ),
        _kind(
            "trip.lapsed",
            "travellers",
            "trip",
            "行程“{trip}”超时未结束，已由系统自动结束",
            "The trip “{trip}” was not ended by anybody; the system ended it",
        ),
        _kind(
            "silence.raised",
            "person watchers",
            "trip",
            "{person}的手机久未收到定位（“{trip}”），请尽快联系确认平安",
            "{person}'s phone has fallen silent (“{trip}”); please get in touch and make sure they are safe",
            ("安全、应急任务中手机失联 {n} 部", "phones silent on safety or emergency duties: {n}"),
            urgent=True,
        ),
        _kind(
            "look.opened",
            "person",
            "look",
            "{actor}查看了您的位置，理由可在“谁看过我”中查到",
            "{actor} looked at your whereabouts; the reason stands under “Who looked at me”",
        ),
        _kind(
            "matter.reported",
            "holders",
            "matter",
            "新上报的{matter}，等待受理",
            "Newly reported: {matter}; it waits to be accepted",
            ("新上报事项 {n} 件", "matters newly reported: {n}"),
        ),
        _kind("matter.answered", "person", "matter", "您的{matter}有了答复", "Your {matter} was answered"),
        _kind(
            "matter.accepted",
            "reporter",
            "matter",
            "您上报的{matter}已受理",
            "What you reported was accepted: {matter}",
        ),
        _kind(
            "matter.refused",
            "reporter",
            "matter",
            "您上报的{matter}不予受理，原因见事项",
            "What you reported was not taken on: {matter}; the reason stands there",
        ),
        _kind(
            "matter.closed",
            "reporter",
            "matter",
            "您上报的{matter}已办结",
            "What you reported is solved: {matter}",
        ),
        _kind(
            "matter.assigned",
            "handlers",
            "matter",
            "{matter}交由您或您的单位办理",
            "Assigned to you or your unit: {matter}",
            ("新交办事项 {n} 件", "matters newly assigned: {n}"),
        ),
        _kind(
            "matter.transferred",
            "holders",
            "matter",
            "{matter}转到您的单位，等待受理",
            "Handed on to your unit: {matter}; it waits to be accepted",
            ("转来事项 {n} 件", "matters handed on: {n}"),
        ),
        _kind(
            "matter.escalated",
            "holders",
            "matter",
            "{matter}提请您的单位办理，等待受理",
            "Handed up to your unit: {matter}; it waits to be accepted",
            ("提请上级事项 {n} 件", "matters handed up: {n}"),
        ),
        _kind(
            "matter.returned",
            "holders",
            "matter",
            "承办方退回{matter}，请另行交办",
            "Given back by who was to handle it: {matter}; assign it anew",
            ("退回事项 {n} 件", "matters given back: {n}"),
        ),
        _kind(
            "matter.reminded",
            "answerable",
            "matter",
            "{matter}的时限将到，或该报计划、进展",
            "{matter}: its term is about to end, or a plan or a report is due",
        ),
        _kind(
            "matter.handled",
            "verifiers",
            "matter",
            "{matter}已办理，等待核实",
            "Reported as handled: {matter}; it waits to be verified",
            ("待核实事项 {n} 件", "matters to be verified: {n}"),
        ),
        _kind(
            "matter.reworked",
            "handlers",
            "matter",
            "{matter}核实未通过，请重新办理",
            "Sent back to be handled again: {matter}",
        ),
        _kind("matter.reopened", "handlers", "matter", "{matter}需重新办理", "To be handled again: {matter}"),
        _kind(
            "matter.urged",
            "answerable",
            "matter",
            "督办：{matter}，请尽快办理并报告进展",
            "Urged: {matter}; deal with it soon and report how it goes",
            ("督办事项 {n} 件", "matters urged: {n}"),
        ),
        _kind(
            OVERDUE,
            "answerable",
            "matter",
            "{matter}已超过时限",
            "Overdue: {matter}",
            ("超过时限事项 {n} 件", "matters overdue: {n}"),
        ),
        _kind(
            "patrol.called",
            "person",
            "patrol",
            "临时巡查：“{patrol}”，请您或本单位派人前往",
            "Called out: the patrol “{patrol}”, for you or your unit",
            ("临时巡查 {n} 次", "patrols called out: {n}"),
        ),
        _kind(
            "patrol.reminded",
            "person",
            "patrol",
            "巡查“{patrol}”待巡查：{opens} 起",
            "The patrol “{patrol}” is due from {opens} on",
        ),
        _kind(
            "patrol.missed",
            "person",
            "patrol",
            "巡查“{patrol}”（{opens} 起）未在时段内进行",
            "The patrol “{patrol}” of {opens} was not walked in its time",
            ("未按时巡查 {n} 次", "patrols missed: {n}"),
        ),
        _kind(
            "patrol.cancelled",
            "person",
            "patrol",
            "巡查“{patrol}”（{opens} 起）已撤销",
            "The patrol “{patrol}” of {opens} was called off",
        ),
        _kind(
            "flag.given",
            "carers",
            "flag",
            "项目“{project}”得{flag}",
            "The project “{project}” was given a {flag}",
            ("授旗授牌 {n} 面", "flags and medals given: {n}"),
        ),
        _kind(
            "flag.answered",
            "deciders",
            "flag",
            "项目“{project}”的{flag}有申诉，等待裁定",
            "The {flag} of the project “{project}” is contested; it waits for a decision",
        ),
        _kind(
            "flag.decided",
            "carers",
            "flag",
            "项目“{project}”的{flag}已裁定",
            "The {flag} of the project “{project}” was decided on",
        ),
        _kind(
            "campaign.opened",
            "lead heads",
            "campaign",
            "专项行动“{campaign}”已发起",
            "The campaign “{campaign}” was opened",
            ("发起专项行动 {n} 项", "campaigns opened: {n}"),
        ),
        _kind(
            "campaign.changed",
            "lead heads",
            "campaign",
            "专项行动“{campaign}”有变更（名称、牵头人、起止日期或状态）",
            "The campaign “{campaign}” was changed (its name, lead, dates or state)",
            ("专项行动变更 {n} 项", "campaigns changed: {n}"),
        ),
        _kind(
            "campaign.tasked",
            "heads",
            "campaign",
            "您单位在“{campaign}”中的任务新交办或有变更",
            "A task of your unit in “{campaign}” is new or was changed",
            ("专项行动任务有变 {n} 项", "campaigns with tasks given or changed: {n}"),
        ),
        _kind(
            "campaign.linked",
            "heads",
            "campaign",
            "您单位的项目、事项或巡查列入“{campaign}”",
            "A project, matter or patrol of your unit now belongs to “{campaign}”",
        ),
        _kind(
            "campaign.unlinked",
            "heads",
            "campaign",
            "您单位的项目、事项或巡查不再列入“{campaign}”",
            "A project, matter or patrol of your unit no longer belongs to “{campaign}”",
        ),
        _kind(
            "campaign.reported",
            "lead",
            "campaign",
            "“{campaign}”的一项任务已完成",
            "A task of “{campaign}” is finished",
        ),
        _kind(
            "campaign.reviewed",
            "lead heads",
            "campaign",
            "“{campaign}”有了新的评议",
            "“{campaign}” was reviewed",
            ("专项行动评议 {n} 项", "campaigns reviewed: {n}"),
        ),
        _kind(
            "project.committed",
            "carers",
            "project",
            "项目“{project}”立了军令状",
            "A commitment was made to the project “{project}”",
            ("项目新立军令状 {n} 个", "projects committed to: {n}"),
        ),
        _kind(
            "commitment.due",
            "person carers",
            "project",
            "项目“{project}”有一份军令状将在一周内到期",
            "A commitment to the project “{project}” ends within a week",
            ("军令状将到期的项目 {n} 个", "projects with commitments soon due: {n}"),
        ),
        _kind(
            "commitment.overdue",
            "person carers settlers",
            "project",
            "项目“{project}”的军令状已到期，尚未核定",
            "A commitment to the project “{project}” is over and was not settled",
            ("军令状到期未核定的项目 {n} 个", "projects with commitments past their day: {n}"),
        ),
        _kind(
            "bulletin.approved",
            "makers",
            "bulletin",
            "《{bulletin}》已审定，可以发布",
            "“{bulletin}” was approved and may be published",
        ),
        _kind(
            "bulletin.returned",
            "makers",
            "bulletin",
            "《{bulletin}》被退回修改，原因见通报",
            "“{bulletin}” was returned; the reason stands there",
        ),
        _kind(
            "bulletin.published",
            "makers heads",
            "bulletin",
            "《{bulletin}》已发布",
            "“{bulletin}” was published",
            ("通报发布 {n} 份", "bulletins published: {n}"),
        ),
        _kind(
            "household.due",
            "person",
            "household",
            "有联系户到了该走访的日子",
            "A household you look after is due for a visit",
        ),
        _kind(
            "password.reset",
            "person",
            "account",
            "您的密码已被管理员重置；如非您本人要求，请与管理员联系",
            "Your password was reset; if you did not ask for it, speak to the administrator",
        ),
        _kind(
            "factor.reset",
            "person",
            "account",
            "您的两步验证已被管理员解除；如非您本人要求，请与管理员联系",
            "Your second factor was taken off; if you did not ask for it, speak to the administrator",
        ),
        _kind(
            "factor.recovered",
            "person",
            "account",
            "有人用恢复码登录了您的账号；如非您本人，请立即修改密码并更换恢复码",
            "A recovery code was used to sign in as you; if that was not you, change password and codes",
            guards=True,
        ),
        _kind(
            "factor.removed",
            "person",
            "account",
            "您的两步验证已移除；如非您本人操作，请修改密码",
            "Your second factor was taken off; if that was not you, change your password",
            guards=True,
        ),
        _kind(
            "identity.linked",
            "person",
            "account",
            "您的账号绑定了一个统一身份；如非您本人操作，请解除绑定并修改密码",
            "An identity was linked to your account; if that was not you, unlink it and change your password",
            guards=True,
        ),
        _kind(
            "identity.unlinked",
            "person",
            "account",
            "您的账号解除了一个统一身份的绑定；如非您本人操作，请修改密码",
            "An identity was unlinked from your account; if that was not you, change your password",
            guards=True,
        ),
        _kind(
            "person.granted",
            "person",
            "account",
            "您的角色和权限有变更",
            "Your roles and rights were changed",
        ),
        _kind(
            "session.replayed",
            "person",
            "account",
            "您的一次登录因令牌被重复使用而结束；如非您本人操作，请修改密码",
            "A session of yours was ended because its token came again; if that was not you, change your password",
        ),
    )
)

ONCE: Final = (
    "campaign.changed",
    "campaign.tasked",
    "campaign.linked",
    "campaign.unlinked",
    "campaign.reported",
    "campaign.reviewed",
)
"""Told no second time of the same thing and day while the first is unread: it would say the same."""
