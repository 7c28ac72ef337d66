"""Flags: given and ended by the rules, day by day; answered by a unit, decided on by a supervisor; thresholds set.

Nobody gives or takes a flag by hand. What was given stays as it was, whatever rules come later.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from server import clock
from server.db import db, upsert
from server.errors import FlagChanged, FlagRefused, Forbidden
from server.models.flags import Flag, FlagThreshold, FlagWord
from server.models.projects import Project
from server.queries import flag_pages as pages
from server.queries import flags as reads
from server.queries import projects as of_projects
from server.rules import access, flags
from server.rules.access import Actor
from server.rules.flags import RULES, Finding, Rule
from server.services import events
from server.transaction import verb


@verb
def judge(project_id: int) -> int:
    """Give and end the flags of a project as they are due today; how many changed. For the sweep."""
    project = db.session.get_one(Project, project_id, populate_existing=True, with_for_update=True)
    return judge_now(project)


def judge_now(project: Project) -> int:
    """The same for a project that is locked already. Within a verb."""
    today = clock.day_of(clock.now())
    facts, thresholds = reads.facts_of(project), reads.thresholds(today)
    values = {rule: value for rule, (value, _) in thresholds.items()}
    given = {_key(flag): flag for flag in reads.open_of(project.id)}
    due = {each.key: each for each in flags.judge(facts, values, today)}
    earned = flags.as_given(values, ((flag.colour, flag.rule, flag.threshold) for flag in given.values()))
    stands = due.keys() | {each.key for each in flags.judge(facts, earned, today)}
    over = [flag for key, flag in given.items() if key not in stands]
    for flag in over:
        _end(flag, today)
    new = [each for key, each in due.items() if key not in given]
    for each in new:
        _give(project, each, thresholds, today)
    return len(over) + len(new)


@verb
def answer(actor: Actor, flag_id: int, text: str, revision: int | None = None) -> dict[str, Any]:
    """Answer a flag, for a unit that carries its project. `FlagRefused` where it was lifted or a decision is due."""
    flag, project = _to_speak_of(actor, flag_id, revision)
    if not of_projects.allows(actor, "flag.answer", project):
        raise access.forbidden("flag.answer")
    stands = reads.standing(flag, reads.words_of(flag.id))
    if stands == "lifted":
        raise FlagRefused(why_zh="这面旗牌已被撤销，无须申诉", why_en="this flag was lifted already")
    if stands == "answered":
        raise FlagRefused(
            why_zh="已有申诉，正等待裁定", why_en="it was answered already and waits for a decision"
        )
    return _say(actor, flag, FlagWord(text=text, upheld=None), "flag.answered")


@verb
def decide(
    actor: Actor, flag_id: int, *, upheld: bool, text: str, revision: int | None = None
) -> dict[str, Any]:
    """Decide on an answered flag: it is upheld, or lifted from its beginning. Nobody decides on their own answer."""
    flag, project = _to_speak_of(actor, flag_id, revision)
    if not of_projects.allows(actor, "flag.decide", project):
        raise access.forbidden("flag.decide")
    if reads.standing(flag, reads.words_of(flag.id)) != "answered":
        raise FlagRefused(why_zh="没有待裁定的申诉", why_en="there is no answer to decide on")
    if reads.last_answered_by(flag.id) == actor.person_id:
        raise Forbidden(permission_zh="裁定本人的申诉", permission_en="decide on their own answer")
    if not upheld:
        flag.lifted_at = clock.now()
    return _say(actor, flag, FlagWord(text=text, upheld=upheld), "flag.decided", upheld=upheld)


@verb
def set_threshold(
    actor: Actor, rule_name: str, value: int, *, valid_from: date, reason: str
) -> dict[str, Any]:
    """Set a rule's threshold from a day to come on; `FlagRefused` where that cannot be."""
    access.ensure_holds(actor, "flag.set")
    _check(RULES[rule_name], value, valid_from)
    row = {
        "rule": rule_name,
        "value": value,
        "valid_from": valid_from,
        "reason": reason,
        "made_at": clock.now(),
        "made_by": actor.person_id,
    }
    kept = upsert(FlagThreshold).values(row).on_conflict_do_nothing(index_elements=["rule", "valid_from"])
    made_id = db.session.scalar(kept.returning(FlagThreshold.id))
    if made_id is None:
        raise FlagRefused(
            why_zh="这一天已设定过新规则，请另选生效日期",
            why_en="a rule from that day on is set already; choose another day",
        )
    events.record(
        "flag.set",
        actor_id=actor.person_id,
        subject=made_id,
        rule=rule_name,
        value=value,
        valid_from=valid_from.isoformat(),
    )
    return reads.rules(clock.day_of(clock.now()))


def _check(rule: Rule, value: int, valid_from: date) -> None:
    """`FlagRefused` for a day that has begun, or a value out of bounds."""
    if valid_from <= clock.day_of(clock.now()):
        raise FlagRefused(
            why_zh="新规则最早从明天起生效，已授的旗牌不变",
            why_en="a new rule holds from tomorrow at the earliest; what was given stays",
        )
    if not rule.least <= value <= rule.most:
        raise FlagRefused(
            why_zh=f"数值应在 {rule.least} 到 {rule.most} 之间",
            why_en=f"the value lies between {rule.least} and {rule.most}",
        )


def _to_speak_of(actor: Actor, flag_id: int, revision: int | None) -> tuple[Flag, Project]:
    """A flag of a project the actor may read, locked after it; `FlagChanged` where somebody was faster."""
    project = of_projects.get(actor, reads.get(flag_id).project_id, to_change=True)
    flag = reads.get(flag_id, to_change=True)
    if revision not in {None, flag.revision}:
        raise FlagChanged
    return flag, project


def _say(actor: Actor, flag: Flag, word: FlagWord, event: str, **data: Any) -> dict[str, Any]:
    """Append what is said."""
    word.flag_id, word.by_id, word.unit_id, word.at = flag.id, actor.person_id, actor.unit_id, clock.now()
    db.session.add(word)
    flag.revision += 1
    db.session.flush()
    events.record(
        event,
        actor_id=actor.person_id,
        unit_id=flag.unit_id,
        subject=flag.id,
        project=flag.project_id,
        **data,
    )
    return pages.one(actor, flag.id)


def _give(
    project: Project, found: Finding, thresholds: Mapping[str, tuple[int, int | None]], today: date
) -> None:
    """Give a flag, with the numbers of today."""
    value, threshold_id = thresholds[found.rule]
    flag = Flag(
        project_id=project.id,
        unit_id=project.unit_id,
        colour=found.colour,
        rule=found.rule,
        threshold=value,
        threshold_id=threshold_id,
        stage=found.stage,
        year=found.half and found.half.year,
        half=found.half and found.half.half,
        planned_on=found.planned_on,
        actual_on=found.actual_on,
        days=found.days,
        planned=found.planned,
        done=found.done,
        share=found.share,
        amount_unit=project.amount_unit,
        since=today,
        given_at=clock.now(),
    )
    db.session.add(flag)
    db.session.flush()
    _record("flag.given", flag)


def _end(flag: Flag, today: date) -> None:
    """It is no longer due."""
    flag.until = today
    db.session.flush()
    _record("flag.ended", flag)


def _record(kind: str, flag: Flag) -> None:
    """The event of a flag that the rules gave or ended: nobody's doing."""
    events.record(
        kind,
        actor_id=None,
        unit_id=flag.unit_id,
        subject=flag.id,
        project=flag.project_id,
        colour=flag.colour,
        rule=flag.rule,
    )


def _key(flag: Flag) -> tuple[str, str | None, Any]:
    """What makes it the same finding on another day."""
    return flag.rule, flag.stage, reads.half_of(flag)
