"""Copies 副本: all that is held about one person, table by table, for that person.

Names of others stand in it only where the person can read them already (who looked, who reviewed or answered), or
wrote them down themself. Secrets, and fingerprints made of content, are left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from server.db import db
from server.models.checkins import Checkin
from server.models.events import Event
from server.models.logs import LogDay, Supplement
from server.models.looks import Look, LookReason
from server.models.matters import MatterAnswer, MatterStep
from server.models.people import Person
from server.models.photos import Photo
from server.models.positions import Standing
from server.models.reviews import Review, Waiting
from server.models.sessions import SignInSession
from server.models.trips import Consent, Trip, TripMember, TripStop
from server.queries import (
    households,
    log,
    looks,
    matters,
    own_account,
    own_bulletins,
    own_projects,
    own_supervision,
    own_tracks,
)
from server.queries.log import Filter
from server.queries.rows import PAGE, Pages, Row, columns, mine_of, rows
from server.rules import consents
from server.rules.access import Actor


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a copy: its name, what it holds in both languages, the tables it comes from, and how it is read."""

    name: str
    zh: str
    en: str
    tables: tuple[str, ...]
    read: Callable[[Actor], Pages]


def last_taken(person_id: int) -> datetime | None:
    """When a person last took their copy."""
    statement = sa.select(Event.at).where(Event.kind == "copy.taken", Event.actor_id == person_id)
    return db.session.execute(statement.order_by(Event.number.desc()).limit(1)).scalar_one_or_none()


def _consents(actor: Actor) -> Pages:
    """Each consent with the words agreed to."""
    for page in mine_of(Consent, Consent.id, Consent.person_id == actor.person_id, leave={"person_id"}):
        yield [row | _words(row) for row in page]


def _words(row: Row) -> Row:
    """The words of a consent."""
    zh, en = consents.words(row["level"], row["words"])
    return {"words_zh": zh, "words_en": en}


_OTHERS = {"leader_id", "planner_id", "approved_by", "told_digest"}


def _trips(actor: Actor) -> Pages:
    """The trips they are or were on, planned or lead, with their stops; companions where they named them."""
    member_of = sa.select(TripMember.trip_id).where(TripMember.person_id == actor.person_id)
    kept_of = sa.select(Standing.trip_id).where(Standing.person_id == actor.person_id)
    mine = sa.or_(
        Trip.id.in_(member_of),
        Trip.id.in_(kept_of),
        Trip.planner_id == actor.person_id,
        Trip.leader_id == actor.person_id,
    )
    for page in mine_of(Trip, Trip.id, mine):
        stops, companions = _stops([row["id"] for row in page]), _companions(actor, page)
        yield [_trip(actor, row, stops, companions) for row in page]


def _trip(actor: Actor, row: Row, stops: dict[int, list[Row]], companions: dict[int, list[Row]]) -> Row:
    """One trip: of its people, whether they are oneself."""
    told = {name: value for name, value in row.items() if name not in _OTHERS}
    return told | {
        "planned_by_me": row["planner_id"] == actor.person_id,
        "led_by_me": row["leader_id"] == actor.person_id,
        "stops": stops.get(row["id"], []),
        "companions": companions.get(row["id"]),
    }


def _stops(trip_ids: Sequence[int]) -> dict[int, list[Row]]:
    """The stops of trips, by trip."""
    wanted = sa.select(*columns(TripStop)).where(TripStop.trip_id.in_(trip_ids))
    return _by("trip_id", rows(wanted.order_by(TripStop.trip_id, TripStop.position, TripStop.id)))


def _companions(actor: Actor, trips: Sequence[Row]) -> dict[int, list[Row]]:
    """Whom the person named on the trips they planned."""
    planned = [row["id"] for row in trips if row["planner_id"] == actor.person_id]
    wanted = (
        sa.select(TripMember.trip_id, Person.name)
        .join(Person, Person.id == TripMember.person_id)
        .where(TripMember.trip_id.in_(planned), TripMember.person_id != actor.person_id)
        .order_by(TripMember.trip_id, TripMember.person_id)
    )
    return _by("trip_id", rows(wanted))


def _by(name: str, rows: Sequence[Row]) -> dict[int, list[Row]]:
    """Rows under what they belong to."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        belongs_to = row.pop(name)
        found.setdefault(belongs_to, []).append(row)
    return found


def checkins(actor: Actor) -> Pages:
    """Their check-ins with positions, notes, visits, verdicts, signals and reviews, newest first."""
    for page in log.pages_of(actor, Filter(person_id=actor.person_id)):
        db.session.rollback()
        yield page


def _sittings(actor: Actor) -> Pages:
    """From which session each check-in was made."""
    made = sa.select(Checkin.id, Checkin.session_id).where(Checkin.person_id == actor.person_id)
    page = rows(made.order_by(Checkin.id).limit(PAGE))
    while page:
        yield page
        page = rows(made.where(Checkin.id > page[-1]["id"]).order_by(Checkin.id).limit(PAGE))


def _looks_at_me(actor: Actor) -> Pages:
    """Who looked at their positions, when, through which door and why."""
    cursor: str | None = None
    while True:
        page = looks.at_me(actor, cursor=cursor, limit=PAGE)
        db.session.rollback()
        yield page["items"]
        cursor = page["next"]
        if cursor is None:
            return


def _looks_by_me(actor: Actor) -> Pages:
    """When and why they looked at others, without whom."""
    return mine_of(Look, Look.id, Look.reader_id == actor.person_id, leave={"reader_id", "subject_id"})


def _reasons_by_me(actor: Actor) -> Pages:
    """The reasons they gave for single trips."""
    own = sa.select(SignInSession.id).where(SignInSession.person_id == actor.person_id)
    wanted = sa.select(*columns(LookReason)).where(LookReason.session_id.in_(own))
    yield rows(wanted.order_by(LookReason.at, LookReason.trip_id))


def _reviews_by_me(actor: Actor) -> Pages:
    return mine_of(Review, Review.id, Review.by_id == actor.person_id, leave={"by_id"})


def _waiting(actor: Actor) -> Pages:
    """What their check-ins wait for, and since when."""
    return mine_of(Waiting, Waiting.checkin_id, Waiting.person_id == actor.person_id, leave={"person_id"})


def _photos(actor: Actor) -> Pages:
    """Their photos by number and size."""
    return mine_of(Photo, Photo.id, Photo.person_id == actor.person_id, leave={"person_id", "sha256"})


def _log_days(actor: Actor) -> Pages:
    """What they wrote into the logs of days, every saving."""
    return mine_of(LogDay, LogDay.id, LogDay.person_id == actor.person_id, leave={"person_id"})


def _supplements(actor: Actor) -> Pages:
    """What they added to check-ins afterwards, every saving."""
    return mine_of(Supplement, Supplement.id, Supplement.person_id == actor.person_id, leave={"person_id"})


def _matters(actor: Actor) -> Pages:
    """What they reported, complained of or suggested, with the steps and the answers."""
    cursor: str | None = None
    while True:
        page = matters.listed(actor, matters.Asked(mine=True), cursor=cursor, limit=PAGE)
        db.session.rollback()
        yield [matters.document(actor, matter["id"]) for matter in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return


def _answers_by_me(actor: Actor) -> Pages:
    """What they answered to complaints and suggestions."""
    return mine_of(MatterAnswer, MatterAnswer.id, MatterAnswer.by_id == actor.person_id, leave={"by_id"})


def _steps_by_me(actor: Actor) -> Pages:
    """The steps they took on matters."""
    return mine_of(MatterStep, MatterStep.id, MatterStep.by_id == actor.person_id, leave={"by_id"})


def _events(actor: Actor) -> Pages:
    """What they did, and what was done that names them; others by their numbers alone."""
    mine = sa.or_(Event.actor_id == actor.person_id, Event.person_id == actor.person_id)
    return mine_of(Event, Event.number, mine)


PARTS = (
    Part(
        "person.json",
        "账号、单位、角色、被拒绝的登录、在岗时的最新位置",
        "account, unit, roles, refused sign-ins, last place while on duty",
        ("people", "role_grants", "sign_in_failures", "last_places"),
        own_account.person,
    ),
    Part(
        "factor.json",
        "两步验证",
        "your second factor",
        ("second_factors", "recovery_codes"),
        own_account.factor,
    ),
    Part(
        "identities.json",
        "绑定的统一身份",
        "identities linked to your account",
        ("identities",),
        own_account.identities,
    ),
    Part("sessions.json", "登录过的设备", "devices signed in", ("sessions",), own_account.sessions),
    Part(
        "invitations.json",
        "设定密码的邀请",
        "an invitation to set a password",
        ("invitations",),
        own_account.invitations,
    ),
    Part("consents.json", "位置使用的同意与撤回", "consents given and withdrawn", ("consents",), _consents),
    Part(
        "trips.json",
        "参加、计划或带队的行程和行程点",
        "trips you were on, planned or led, and their stops",
        ("trips", "trip_members", "trip_stops"),
        _trips,
    ),
    Part(
        "checkins.json",
        "签到：位置、备注、走访、判定、疑点、复核",
        "check-ins: position, note, visit, verdict, signals, reviews",
        ("checkins", "checkin_details", "checkin_areas", "visits", "reviews"),
        checkins,
    ),
    Part("sittings.json", "每次签到来自哪次登录", "from which session each check-in came", (), _sittings),
    Part(
        "standings.json",
        "每条轨迹处理到何时",
        "up to when each track was read",
        ("standings",),
        own_tracks.standings,
    ),
    Part("crossings.json", "进出区域", "areas entered and left", ("crossings",), own_tracks.crossings),
    Part("silences.json", "手机失联", "silences of your phone", ("silences",), own_tracks.silences),
    Part("trackers.json", "定位设备", "your trackers", ("trackers",), own_tracks.trackers),
    Part(
        "set_aside.json",
        "没有保存的定位点数量（约数）",
        "how many positions were not kept (approximate)",
        ("set_aside",),
        own_tracks.set_aside,
    ),
    Part(
        "looks_at_me.json",
        "谁、何时、为什么看过您的位置",
        "who looked at your positions, when and why",
        ("looks",),
        _looks_at_me,
    ),
    Part(
        "looks_by_me.json", "您何时、为什么看过他人位置", "when and why you looked", ("looks",), _looks_by_me
    ),
    Part(
        "reasons_by_me.json",
        "您为查看行程说过的理由",
        "reasons you gave for looking at trips",
        ("look_reasons",),
        _reasons_by_me,
    ),
    Part(
        "reviews_by_me.json",
        "您写的复核和答复",
        "reviews and answers you wrote",
        ("reviews",),
        _reviews_by_me,
    ),
    Part(
        "waiting_reviews.json",
        "您的签到在等什么",
        "what your check-ins wait for",
        ("waiting_reviews",),
        _waiting,
    ),
    Part(
        "photos.json",
        "签到和事项照片的清单，照片本身在 photos/ 中",
        "a list of your photos; the pictures are under photos/",
        ("photos",),
        _photos,
    ),
    Part(
        "log_days.json", "您写的当日补记和次日计划", "remarks and plans you wrote", ("log_days",), _log_days
    ),
    Part(
        "supplements.json",
        "您给签到补充的内容",
        "what you added to check-ins",
        ("supplements",),
        _supplements,
    ),
    Part("views.json", "您保存的日志视图", "views of the visit log you keep", ("views",), own_account.views),
    Part(
        "chosen_columns.json",
        "您选的日志列",
        "the columns of the visit log you chose",
        ("chosen_columns",),
        own_account.chosen_columns,
    ),
    Part(
        "matters.json",
        "您上报的事项、投诉建议，经过和答复",
        "what you reported, complained of or suggested, what became of it and the answers",
        ("matters", "matter_answers", "matter_steps", "matter_proofs"),
        _matters,
    ),
    Part(
        "answers_by_me.json",
        "您对投诉建议的答复",
        "what you answered to complaints and suggestions",
        ("matter_answers",),
        _answers_by_me,
    ),
    Part(
        "steps_by_me.json",
        "您对事项做过的处理",
        "the steps you took on matters",
        ("matter_steps",),
        _steps_by_me,
    ),
    Part(
        "patrol_plans.json",
        "您制定或执行的巡查计划",
        "patrol plans you made or walk",
        ("patrol_plans",),
        own_supervision.patrol_plans,
    ),
    Part(
        "patrols.json",
        "您巡查或发起的巡查",
        "patrols you walk or called out",
        ("patrols",),
        own_supervision.patrols,
    ),
    Part(
        "turns.json",
        "您在巡查轮值中的位置",
        "your places in rotas of patrols",
        ("patrol_walkers",),
        own_supervision.turns,
    ),
    Part("households.json", "您联系的住户", "households you look after", ("households",), households.own),
    Part(
        "household_looks.json",
        "您何时、为什么打开过住户，谁打开过您联系的住户",
        "when and why you opened households, and who opened those you look after",
        ("household_looks",),
        households.own_looks,
    ),
    Part(
        "household_visits.json",
        "您的入户走访",
        "your visits to households",
        ("household_visits",),
        households.own_visits,
    ),
    Part(
        "findings.json",
        "您在哪次巡查中发现了哪件事项",
        "on which patrol you found which matter",
        ("patrol_findings",),
        own_supervision.findings,
    ),
    Part(
        "campaigns.json",
        "您牵头或发起的专项行动",
        "campaigns you lead or opened",
        ("campaigns",),
        own_supervision.campaigns,
    ),
    Part(
        "campaign_entries.json",
        "您报过的任务进展",
        "what you told of tasks",
        ("campaign_entries",),
        own_supervision.campaign_entries,
    ),
    Part(
        "campaign_reviews.json",
        "您写的评议",
        "reviews of campaigns you wrote",
        ("campaign_reviews",),
        own_supervision.campaign_reviews,
    ),
    Part("notices.json", "给您的提醒", "what you were told", ("notices",), own_supervision.notices),
    Part(
        "projects.json",
        "您包联、服务或登记的项目，您报的进展、佐证、军令状和变更",
        "projects you lead, serve or made, and what you told of their progress, evidence, commitments and changes",
        own_projects.TABLES,
        own_projects.mine,
    ),
    Part(
        "bulletins.json",
        "您起草、修改、审定或发布的通报，您设定的榜单规则和目标",
        "bulletins you drafted, edited, approved or published, and rules and targets you made for the boards",
        ("bulletins", "board_rules", "board_targets"),
        own_bulletins.mine,
    ),
    Part(
        "events.json",
        "您做过的和涉及您的操作记录",
        "what you did, and what was done that names you",
        ("events",),
        _events,
    ),
)
"""The files of a copy that are lists of documents; tracks, which may be long, come beside them."""
