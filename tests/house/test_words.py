"""Words: each in Chinese and English, neither empty, neither the other; sentences ask only for facts they are given."""

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from server.cli import docs
from server.config import Settings
from server.errors import Problem
from server.geo.polygon import Mend
from server.ingest.boundary_limits import REASONS, BoundaryFileError
from server.rules import checkins, consents, looks, signals, trips
from server.rules.access import PERMISSIONS
from server.rules.events import KINDS
from tests.house.source import SERVER, Module, calls, is_open, keywords, modules, name_of, words

Pair = tuple[str, str]

HAN = re.compile(r"[\u4e00-\u9fff]")
LETTERS = re.compile(r"[A-Za-z]{2,}")
LOCALE = re.compile(r"[a-z]{2}(_[A-Za-z]+)+")
NOT_FACTS = {"fields", "retry_after_s"}
TWINS = {"zh": "en", "why_zh": "why_en", "state_zh": "state_en", "step_zh": "step_en", "next_zh": "next_en"}
"""Keywords that are told in Chinese, and their English twins."""

PROBLEMS = {kind.__name__: kind for kind in docs.problems()}


def tables() -> dict[str, list[Pair]]:
    """Every table of words, by what it is about."""
    return {
        "permissions": [(each.zh, each.en) for each in PERMISSIONS.values()],
        "events": [(each.zh, each.en) for each in KINDS.values()],
        "problems": [(kind.zh, kind.en) for kind in PROBLEMS.values()],
        "settings": [(each.metadata["zh"], each.metadata["en"]) for each in fields(Settings)],
        "reasons": [(each.zh, each.en) for each in looks.REASONS.values()],
        "signals": list(signals.WORDS.values()),
        "withheld": list(checkins.WITHHELD.values()),
        "consents": [pair for version in consents.WORDS.values() for pair in version.values()],
        "trip states": list(trips.STATE_WORDS.values()),
        "trip steps": [(step.zh, step.en) for step in trips.STEPS.values()],
        "mends": [(mend.zh, mend.en) for mend in Mend],
        "boundary files": list(REASONS.values()),
    }


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_word_is_said_in_both_languages(name: str) -> None:
    wrong = [pair for pair in tables()[name] if not in_both(pair)]
    assert tables()[name]
    assert not wrong


def in_both(pair: Pair) -> bool:
    """Whether the first is Chinese and the second is not."""
    zh, en = pair
    return bool(HAN.search(zh)) and bool(en.strip()) and not HAN.search(en)


def test_a_sentence_asks_for_the_same_facts_in_both_languages() -> None:
    sentences = [(kind.__name__, kind.zh, kind.en) for kind in PROBLEMS.values()]
    sentences += [(reason, zh, en) for reason, (zh, en) in REASONS.items()]
    assert not [name for name, zh, en in sentences if alike(facts_of(zh)) != alike(facts_of(en))]


def facts_of(sentence: str) -> set[str]:
    """The facts that a sentence asks for."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def alike(facts: set[str]) -> set[str]:
    """Facts that are words themselves, without their language."""
    return {re.sub(r"_(zh|en)$", "", fact) for fact in facts}


def test_every_problem_is_made_with_the_facts_its_sentences_ask_for() -> None:
    wrong = [f"{at}: {kind.__name__} lacks {lacking}" for at, kind, lacking in made() if lacking]
    assert not wrong


def made() -> Iterator[tuple[str, type[Problem], set[str]]]:
    """Everywhere a problem is made: where, which, and what its sentences ask for in vain."""
    for module, call in calls():
        kind = PROBLEMS.get(name_of(call))
        if kind is not None and kind is not BoundaryFileError and not is_open(call):
            yield module.at(call), kind, asked(kind) - keywords(call).keys()
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name | ast.Attribute):
                bare = PROBLEMS.get(name_of(node.exc))
                if bare is not None:
                    yield module.at(node), bare, asked(bare)


def asked(kind: type[Problem]) -> set[str]:
    """All the facts that a problem's sentences ask for."""
    return facts_of(kind.zh) | facts_of(kind.en)


def test_every_refused_file_is_told_with_the_facts_its_reason_asks_for() -> None:
    seen = []
    for module, call in calls():
        if name_of(call) == "BoundaryFileError" and call.args and (reason := words(call.args[0])) is not None:
            zh, en = REASONS[reason]
            assert facts_of(zh) | facts_of(en) <= keywords(call).keys(), f"{module.at(call)}: {reason}"
            seen.append(reason)
    assert seen


def test_a_problem_fills_its_sentences() -> None:
    for kind in PROBLEMS.values():
        if kind is BoundaryFileError:
            continue
        facts: dict[str, Any] = dict.fromkeys(asked(kind), "…")
        document = kind(**facts).document()
        assert "{" not in document["title"] + document["title_en"]
        assert (document["code"], document["status"]) == (kind.code, kind.status)


def test_a_sentence_without_its_fact_is_a_programming_error() -> None:
    with pytest.raises(KeyError, match="why_"):
        PROBLEMS["TripRefused"]()


def test_whatever_is_said_in_chinese_in_the_code_is_said_in_english_beside_it() -> None:
    wrong = [f"{module.at(node)}: {said}" for module, node, said in said_alone()]
    assert not wrong


def said_alone() -> Iterator[tuple[Module, ast.AST, dict[str, str | None]]]:
    """Calls and literal documents that speak in one language only, or in the wrong one."""
    for module in modules():
        for node in ast.walk(module.tree):
            said = spoken(node)
            for zh, en in TWINS.items():
                if zh in said or en in said:
                    both = zh in said and en in said
                    if not (both and told_well(said[zh], said[en])):
                        yield module, node, said


def spoken(node: ast.AST) -> dict[str, str | None]:
    """What a call or a literal dict says under which word; None where it is not written out."""
    if isinstance(node, ast.Call):
        return {name: words(value) for name, value in keywords(node).items()}
    if isinstance(node, ast.Dict):
        return {words(key) or "": words(value) for key, value in zip(node.keys, node.values, strict=True)}
    return {}


def told_well(zh: str | None, en: str | None) -> bool:
    """Whether two texts are Chinese and English; a name or a number that fills a hole may be anything."""
    if zh is None or en is None or LOCALE.fullmatch(zh):
        return True
    return bool(HAN.search(zh) or not LETTERS.search(zh)) and bool(en.strip()) and not HAN.search(en)


def test_every_sentence_of_a_schema_has_both_halves() -> None:
    halves = [
        (module.at(call), text.partition(" / "))
        for module, call in calls(SERVER / "api" / "schemas")
        for text in sentences_in(call)
        if HAN.search(text) or LETTERS.search(text)
    ]
    assert halves
    assert not [(at, zh, en) for at, (zh, _, en) in halves if not in_both((zh, en))]


def sentences_in(call: ast.Call) -> Iterator[str]:
    """The sentences that a validator or a refusal of a schema would say."""
    said = [keywords(call).get("error")]
    if name_of(call) == "ValidationError" and call.args:
        said.append(call.args[0])
    yield from (text for node in said if (text := words(node)) is not None)
