"""The catalogue of problems: every failure a person may be told about, with its code and its sentence.

A `Problem` is a domain failure. It knows a stable `code`, an HTTP `status` (the edges translate, once), and one
sentence in Chinese and one in English, filled from the facts given to the constructor. `docs/problems.md` lists
them all; a test keeps the page and this file the same.
"""

from server.problem import Problem as Problem  # noqa: PLC0414  whoever names a problem names it from here

# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────


class BadInput(Problem):
    """The request's fields do not say what they must; `fields` names each."""

    code = "bad_input"
    status = 422
    zh = "填写的内容有误，请按提示修改。"
    en = "Some fields are not right; each is named."


class Unreadable(Problem):
    """The request's body is not the JSON (or form) it claims to be."""

    code = "unreadable"
    status = 400
    zh = "无法读懂这次请求：{why_zh}。"
    en = "The request could not be read: {why_en}."


class TooLarge(Problem):
    """The body is larger than this door takes."""

    code = "too_large"
    status = 413
    zh = "内容太大：此处最多 {limit}。"
    en = "Too large: this door takes at most {limit}."


class NotFound(Problem):
    """Nothing here, or nothing the reader may see: the two are not told apart."""

    code = "not_found"
    status = 404
    zh = "没有找到，或者您无权查看。"
    en = "Not found, or not yours to see."


class MethodNotAllowed(Problem):
    """The address exists, the method does not."""

    code = "method_not_allowed"
    status = 405
    zh = "此地址不接受这种请求方式。"
    en = "This address does not take that method."


class UnsupportedMediaType(Problem):
    """The body has a content type this door does not read."""

    code = "unsupported_media_type"
    status = 415
    zh = "不支持这种内容类型。"
    en = "That content type is not read here."


class HttpProblem(Problem):
    """Any other refusal by the web layer, kept in one shape."""

    code = "http"
    status = 400
    zh = "请求被拒绝（{http_status}）。"
    en = "The request was refused ({http_status})."


class Broken(Problem):
    """Our fault. The sentence gives the request's number, nothing of the inside."""

    code = "broken"
    status = 500
    zh = "系统出错了，已记录（编号 {request_id}）。您的内容没有被部分保存。"
    en = "Something broke on our side and was logged (number {request_id}). Nothing was half-stored."


class DiskFull(Problem):
    """A file had no room on the server; what the database and the photos say of theirs they say themselves."""

    code = "disk_full"
    status = 503
    zh = "服务器磁盘已满，这次没有保存任何内容。请联系管理员，稍后再试。"
    en = "The server's disk is full; nothing of this was saved. Tell an administrator, and try again later."


class Busy(Problem):
    """The database could not be written in time; the same request may be sent again."""

    code = "busy"
    status = 503
    zh = "系统忙，请稍后再发一次。"
    en = "Busy: send the same again shortly."


class TooFast(Problem):
    """One sender asks more than its turn allows; the same may be sent again. Never 429: an iPhone would delete it."""

    code = "too_fast"
    status = 503
    zh = "发送太频繁，请稍后再发一次；已收下的不受影响。"
    en = "Too much at once from here: send the same again shortly. What was taken is kept."


# ── who is asking ───────────────────────────────────────────────────────────────────────────────────────


class SignInNeeded(Problem):
    """No credential, or one that is not valid (any more)."""

    code = "sign_in_needed"
    status = 401
    zh = "请先登录。"
    en = "Please sign in."


class SessionEnded(Problem):
    """The session was revoked, replayed or has run out."""

    code = "session_ended"
    status = 401
    zh = "登录已失效，请重新登录。"
    en = "This session has ended; please sign in again."


class WrongCredentials(Problem):
    """Name or password is wrong; which of them is not said."""

    code = "wrong_credentials"
    status = 401
    zh = "用户名或密码不正确。"
    en = "The user name or the password is not right."


class LockedOut(Problem):
    """Too many failed tries from here; it ends by itself."""

    code = "locked_out"
    status = 403
    zh = "尝试次数过多，请在 {wait_s} 秒后再试。"
    en = "Too many tries; try again in {wait_s} seconds."


class WrongCode(Problem):
    """The code of the second factor is wrong, too old, or was used before."""

    code = "wrong_code"
    status = 422
    zh = "验证码不正确或已用过，请等下一个验证码再试。"
    en = "The code is wrong or was used before; wait for the next one and try again."


class StepLapsed(Problem):
    """Too long went by between the steps of signing in, or something changed meanwhile: begin again."""

    code = "step_lapsed"
    status = 401
    zh = "停留太久，请重新登录。"
    en = "That took too long; please sign in again."


class FactorDue(Problem):
    """The role that may do this sleeps until its person sets up a second factor."""

    code = "factor_due"
    status = 403
    zh = "请先设置两步验证：宽限期已过，您的管理、督查、领导或审计权限暂停，设好即恢复。"
    en = "Set up the second factor first: the time of grace is over, and your role sleeps until then."


class FactorRefused(Problem):
    """The second factor cannot be changed like this."""

    code = "factor_refused"
    status = 409
    zh = "两步验证未更改：{why_zh}。"
    en = "The second factor was not changed: {why_en}."


class ProviderAway(Problem):
    """The county's sign-in provider does not answer, or does not answer sensibly."""

    code = "provider_away"
    status = 503
    zh = "统一身份认证暂时无法使用，请改用密码登录，或稍后再试。"
    en = "The sign-in provider cannot be reached; sign in with your password, or try again later."


class ProviderRefused(Problem):
    """The provider refused, or what it said did not hold."""

    code = "provider_refused"
    status = 401
    zh = "统一身份认证没有通过，请重试，或改用密码登录。"
    en = "The sign-in provider did not confirm who you are; try again, or sign in with your password."


class IdentityUnknown(Problem):
    """The provider's identity is linked to no account here."""

    code = "identity_unknown"
    status = 403
    zh = "这个统一身份还没有绑定账号：请先用密码登录，再到“我的账号”绑定。"
    en = "This identity is not linked to an account: sign in with your password, then link it on your account's page."


class IdentityTaken(Problem):
    """The provider's identity is linked to somebody else."""

    code = "identity_taken"
    status = 409
    zh = "这个统一身份已绑定别人的账号，没有更改。"
    en = "This identity is linked to another account; nothing was changed."


class PasswordMustChange(Problem):
    """Signed in with a password somebody else has set: it must be changed before anything else."""

    code = "password_must_change"
    status = 403
    zh = "请先修改别人为您设定的密码。"
    en = "First change the password that somebody set for you."


class WrongPassword(Problem):
    """Signed in, but the present password, asked for again, is not right."""

    code = "wrong_password"
    status = 422
    zh = "原密码不正确。"
    en = "The present password is not right."


class WeakPassword(Problem):
    """The new password breaks a rule, which is named."""

    code = "weak_password"
    status = 422
    zh = "密码不合要求：{why_zh}。"
    en = "The password is too weak: {why_en}."


class InvitationOver(Problem):
    """A one-time link that was used, replaced or is too old, or never was one: which of these is not said."""

    code = "invitation_over"
    status = 410
    zh = "邀请链接已失效：可能已经用过、过期，或被新的链接取代。"
    en = "This invitation is over: it was used, is too old, or a newer one replaced it."


class CrossSite(Problem):
    """A browser form without this session's token."""

    code = "cross_site"
    status = 403
    zh = "页面已过期，请刷新后重试。"
    en = "This page is out of date; reload it and try again."


class Forbidden(Problem):
    """The role does not allow it."""

    code = "forbidden"
    status = 403
    zh = "您的角色不能进行此操作（{permission_zh}）。"
    en = "Your role does not allow this: {permission_en}."


class ReasonNeeded(Problem):
    """Another person's positions are opened only with a reason, which is kept."""

    code = "reason_needed"
    status = 403
    zh = "查看他人位置前请先说明理由；理由会被记录，本人可以看到。"
    en = "Say why before looking at another person's positions; the reason is kept and they can read it."


class TooManyViews(Problem):
    """A person keeps so many views of the visit log already."""

    code = "too_many_views"
    status = 409
    zh = "最多保存 {most} 个视图，请先删除不用的。"
    en = "At most {most} views are kept; delete one that you no longer use first."


# ── units and people ────────────────────────────────────────────────────────────────────────────────────


class CopyTooSoon(Problem):
    """All that is held about oneself was taken a moment ago."""

    code = "copy_too_soon"
    status = 429
    zh = "刚刚下载过，请在 {minutes} 分钟后再试。"
    en = "It was taken a moment ago; try again in {minutes} min."


class UnitRefused(Problem):
    """A unit cannot be made or moved like this."""

    code = "unit_refused"
    status = 409
    zh = "单位无法保存：{why_zh}。"
    en = "The unit cannot be kept: {why_en}."


class PersonRefused(Problem):
    """A person or their roles cannot be kept like this."""

    code = "person_refused"
    status = 409
    zh = "人员无法保存：{why_zh}。"
    en = "The person cannot be kept: {why_en}."


class RosterRefused(Problem):
    """A roster, a spreadsheet of people, cannot be read."""

    code = "roster_refused"
    status = 422
    zh = "名册无法读入：{why_zh}。"
    en = "The roster cannot be read: {why_en}."


class TrackerRefused(Problem):
    """A tracker cannot be added as asked."""

    code = "tracker_refused"
    status = 409
    zh = "定位设备无法添加：{why_zh}。"
    en = "The tracker cannot be added: {why_en}."


class TrackerUnknown(Problem):
    """A tracker app brings no secret, one that nobody was given, or one that was revoked."""

    code = "tracker_unknown"
    status = 401
    zh = "这部定位设备未登记或已停用。请在“定位设备”页面重新添加。"
    en = "This tracker is not enrolled or was revoked. Add it anew on the page “Trackers”."


# ── areas ───────────────────────────────────────────────────────────────────────────────────────────────


class AreasRefused(Problem):
    """A boundary file is refused whole; every feature at fault is named in `fields`."""

    code = "areas_refused"
    status = 422
    zh = "边界文件未导入（{count} 处问题），没有保存任何内容。"
    en = "The boundary file was not imported (problems: {count}); nothing was stored."


class AreaRefused(Problem):
    """An area cannot be changed like this."""

    code = "area_refused"
    status = 409
    zh = "区域无法修改：{why_zh}。"
    en = "The area cannot be changed: {why_en}."


# ── trips ───────────────────────────────────────────────────────────────────────────────────────────────


class StepNotAllowed(Problem):
    """The trip is in a state from which this step does not lead."""

    code = "step_not_allowed"
    status = 409
    zh = "当前状态“{state_zh}”不能{step_zh}。"
    en = "A trip that is {state_en} cannot be {step_en}."


class OwnTrip(Problem):
    """Nobody decides on a trip of their own."""

    code = "own_trip"
    status = 403
    zh = "不能审批本人参加或提交的行程。"
    en = "Nobody approves or returns a trip of their own."


class TripConflict(Problem):
    """The id is taken by another plan. Whose, and what it says, is not told."""

    code = "trip_conflict"
    status = 409
    zh = "此行程编号已被使用，内容不同；没有保存。"
    en = "This trip id is already used for something else; nothing was stored."


class TripRefused(Problem):
    """The trip's plan does not hold together."""

    code = "trip_refused"
    status = 422
    zh = "行程无法保存：{why_zh}。"
    en = "The trip cannot be kept: {why_en}."


class TripChanged(Problem):
    """Somebody else changed the trip first."""

    code = "trip_changed"
    status = 409
    zh = "行程已被他人修改，请刷新后再操作。"
    en = "Somebody changed this trip first; reload it and look again."


class ConsentRefused(Problem):
    """Consent cannot be given for this."""

    code = "consent_refused"
    status = 409
    zh = "无法记录同意：{why_zh}。"
    en = "The consent cannot be recorded: {why_en}."


# ── check-ins ───────────────────────────────────────────────────────────────────────────────────────────


class CheckinConflict(Problem):
    """The id is taken by another check-in. Whose, and what it says, is not told."""

    code = "checkin_conflict"
    status = 409
    zh = "此签到编号已被使用，内容不同；没有保存。"
    en = "This check-in id is already used for something else; nothing was stored."


class CheckinRefused(Problem):
    """A check-in names a duty or a stop that is not its person's."""

    code = "checkin_refused"
    status = 422
    zh = "签到无法保存：{why_zh}。"
    en = "The check-in cannot be kept: {why_en}."


class ReviewRefused(Problem):
    """A review or an answer that does not fit the check-in's history."""

    code = "review_refused"
    status = 409
    zh = "复核无法保存：{why_zh}。"
    en = "The review cannot be kept: {why_en}."


# ── photos ──────────────────────────────────────────────────────────────────────────────────────────────


class PhotoRefused(Problem):
    """It is no picture we keep, or not one that its check-in told of."""

    code = "photo_refused"
    status = 422
    zh = "照片不能保存：{why_zh}。"
    en = "The photo cannot be kept: {why_en}."


class PhotoConflict(Problem):
    """The id, or the photo's place in its check-in, is taken by another. Whose, and which, is not told."""

    code = "photo_conflict"
    status = 409
    zh = "此照片编号或位置已被使用，内容不同；没有保存。"
    en = "This photo's id or place is already used for another; nothing was stored."


class PhotoDiffers(Problem):
    """What arrived is not what was announced: it is dropped, to be sent again from the beginning."""

    code = "photo_differs"
    status = 409
    zh = "收到的内容与照片的校验值不符，请从头再传一次。"
    en = "What arrived is not what was announced; send it again from the beginning."


class PhotosFull(Problem):
    """No more photos for now: of this person today, or because the server has no room. The phone keeps them."""

    code = "photos_full"
    status = 503
    zh = "暂时不能接收照片：{why_zh}。手机里的照片不会丢失。"
    en = "No photos are taken for now: {why_en}. Nothing on the phone is lost."


# ── logs ────────────────────────────────────────────────────────────────────────────────────────────────


class LogRefused(Problem):
    """The log of that day is not open to be written into."""

    code = "log_refused"
    status = 422
    zh = "日志无法保存：{why_zh}。"
    en = "The log cannot be kept: {why_en}."


class LogConflict(Problem):
    """What one writes follows on something else than what stands there now."""

    code = "log_conflict"
    status = 409
    zh = "这一天的日志已在别处修改过，没有保存；请看过新内容后再改。"
    en = "This log was changed elsewhere meanwhile; nothing was stored. Look at it and write again."


# ── matters ─────────────────────────────────────────────────────────────────────────────────────────────


class OwnMatter(Problem):
    """Nobody answers what they said themselves."""

    code = "own_matter"
    status = 403
    zh = "不能答复本人的投诉建议。"
    en = "Nobody answers a complaint or a suggestion of their own."


class MatterStepNotAllowed(Problem):
    """The matter is in a state from which this step does not lead."""

    code = "matter_step_not_allowed"
    status = 409
    zh = "事项当前为“{state_zh}”，不能{step_zh}。"
    en = "A matter that is {state_en} cannot be taken the step: {step_en}."


class MatterChanged(Problem):
    """Somebody took a step on the matter since it was read."""

    code = "matter_changed"
    status = 409
    zh = "事项已被他人处理，请刷新后再操作。"
    en = "Somebody dealt with this matter first; reload it and look again."


class MatterRefused(Problem):
    """What was told of a matter does not hold together."""

    code = "matter_refused"
    status = 422
    zh = "事项无法处理：{why_zh}。"
    en = "The matter cannot be dealt with so: {why_en}."


class PatrolRefused(Problem):
    """What was told of a patrol plan, or done with a patrol, does not hold together."""

    code = "patrol_refused"
    status = 422
    zh = "巡查无法办理：{why_zh}。"
    en = "The patrol cannot be dealt with so: {why_en}."


class HouseholdReasonNeeded(Problem):
    """What is told of a household is opened by others only with a reason, which is kept."""

    code = "household_reason_needed"
    status = 403
    zh = "打开住户详情前请先说明理由；理由会被记录，联系这一户的人可以看到。"
    en = "Say why before opening this household; the reason is kept, and who looks after it can read it."


class HouseholdRefused(Problem):
    """What was told of a household, or of a visit to it, does not hold together."""

    code = "household_refused"
    status = 422
    zh = "住户信息无法保存：{why_zh}。"
    en = "This cannot be kept of the household: {why_en}."


class PatrolChanged(Problem):
    """Somebody else changed the patrol plan first."""

    code = "patrol_changed"
    status = 409
    zh = "巡查计划已被他人修改，请刷新后再操作。"
    en = "Somebody changed this patrol plan first; reload it and look again."


class BoardRefused(Problem):
    """A rule or target of the boards cannot be kept so."""

    code = "board_refused"
    status = 422
    zh = "榜单规则不能这样设定：{why_zh}。"
    en = "The boards cannot be ruled so: {why_en}."


class BulletinRefused(Problem):
    """A bulletin cannot be drafted, approved or published so."""

    code = "bulletin_refused"
    status = 422
    zh = "通报不能这样办理：{why_zh}。"
    en = "The bulletin cannot be dealt with so: {why_en}."


class BulletinStepNotAllowed(Problem):
    """A step that does not lead on from where the bulletin stands."""

    code = "bulletin_step_not_allowed"
    status = 409
    zh = "通报{state_zh}，不能{step_zh}。"
    en = "The bulletin is {state_en}: one cannot {step_en}."


class BulletinChanged(Problem):
    """Somebody changed the bulletin since it was read."""

    code = "bulletin_changed"
    status = 409
    zh = "通报已被他人修改，请刷新后再操作。"
    en = "Somebody changed this bulletin first; reload it and look again."


class CategoryRefused(Problem):
    """A category of matters cannot be kept so."""

    code = "category_refused"
    status = 422
    zh = "事项类别无法保存：{why_zh}。"
    en = "The category cannot be kept so: {why_en}."


# ── projects and flags ──────────────────────────────────────────────────────────────────────────────────


class ProjectRefused(Problem):
    """What was told of a project does not hold together."""

    code = "project_refused"
    status = 422
    zh = "项目无法保存：{why_zh}。"
    en = "The project cannot be kept so: {why_en}."


class ProjectStepNotAllowed(Problem):
    """The project stands at a stage, or is stopped, so that this step does not follow; it says which stage does."""

    code = "project_step_not_allowed"
    status = 409
    zh = "项目当前为“{state_zh}”，不能{step_zh}。{next_zh}"
    en = "A project that is {state_en} cannot be taken the step: {step_en}.{next_en}"


class ProjectChanged(Problem):
    """Somebody changed the project since it was read."""

    code = "project_changed"
    status = 409
    zh = "项目已被他人修改，请刷新后再操作。"
    en = "Somebody changed this project first; reload it and look again."


class EvidenceRefused(Problem):
    """A file of evidence is of no kind that is kept, is damaged or does something, or is one too many."""

    code = "evidence_refused"
    status = 422
    zh = "佐证材料不能保存：{why_zh}。"
    en = "The file cannot be kept: {why_en}."


class SheetRefused(Problem):
    """A spreadsheet of projects cannot be read."""

    code = "sheet_refused"
    status = 422
    zh = "项目表无法读入：{why_zh}。"
    en = "The sheet of projects cannot be read: {why_en}."


class FlagRefused(Problem):
    """What was told of a flag or of a threshold does not hold together."""

    code = "flag_refused"
    status = 422
    zh = "旗牌无法这样处理：{why_zh}。"
    en = "The flag cannot be dealt with so: {why_en}."


class FlagChanged(Problem):
    """Somebody answered or decided on the flag since it was read."""

    code = "flag_changed"
    status = 409
    zh = "这面旗牌已有新的申诉或裁定，请刷新后再操作。"
    en = "Somebody answered or decided on this flag first; reload it and look again."


class CampaignChanged(Problem):
    """Somebody changed the campaign since it was read."""

    code = "campaign_changed"
    status = 409
    zh = "专项行动已被他人修改，请刷新后再操作。"
    en = "Somebody changed this campaign first; reload it and look again."


class CampaignRefused(Problem):
    """What was told of a campaign does not hold together."""

    code = "campaign_refused"
    status = 422
    zh = "专项行动无法保存：{why_zh}。"
    en = "The campaign cannot be kept so: {why_en}."


class HookRefused(Problem):
    """A robot of a group cannot be kept or tried so."""

    code = "hook_refused"
    status = 422
    zh = "群机器人无法保存或试发：{why_zh}。"
    en = "The robot cannot be kept or tried so: {why_en}."


# ── the machine ─────────────────────────────────────────────────────────────────────────────────────────


class SettingRefused(Problem):
    """A setting in the environment cannot be used."""

    code = "setting_refused"
    status = 500
    zh = "设置 {name} 不可用：{why_zh}。"
    en = "The setting {name} cannot be used: {why_en}."


class KeysRefused(Problem):
    """The server's own keys cannot be read, made or believed, or do not open what was sealed with them."""

    code = "keys_refused"
    status = 500
    zh = "服务器密钥不可用：{why_zh}。"
    en = "The server's keys cannot be used: {why_en}."


class ClosingsRefused(Problem):
    """The closings of the record cannot be read or written, or do not agree with those kept outside the database."""

    code = "closings_refused"
    status = 500
    zh = "每日存证有问题：{why_zh}。"
    en = "There is trouble with the closings: {why_en}."


class BackupRefused(Problem):
    """A backup cannot be made; nothing of it is left behind."""

    code = "backup_refused"
    status = 500
    zh = "备份没有完成，未留下任何文件：{why_zh}。"
    en = "No backup was made and nothing of it is left: {why_en}."


class RestoreRefused(Problem):
    """A backup is not whole, or what it would be restored into is not empty."""

    code = "restore_refused"
    status = 500
    zh = "无法恢复：{why_zh}。"
    en = "The backup cannot be restored: {why_en}."


class DatabaseRefused(Problem):
    """The database cannot be opened, or is not the shape this release needs."""

    code = "database_refused"
    status = 503
    zh = "数据库不可用：{why_zh}。"
    en = "The database cannot be used: {why_en}."
