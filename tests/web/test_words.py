"""Every sentence of the pages is in the English catalogue, and the catalogue holds nothing else."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from server.web import words

ROOT = Path(__file__).resolve().parents[2]
IN_CONTEXT = ((1, "c"), 2)
KEYWORDS = {"_": None, "t": None, "lazy_gettext": None, "pgettext": IN_CONTEXT, "lazy_pgettext": IN_CONTEXT}
CALL = re.compile(r'\bt\("([^"]+)"')
PLACE = re.compile(r"\{(\w+)[|}]")


def said() -> set[str]:
    """Every sentence that a page, its template or its script says."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel leaves it untyped
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, strip_comment_tags=False)
    return {str(message) for _, _, message, _, _ in found}


def catalogue() -> dict[str, str]:
    with words.CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_every_sentence_is_translated_and_no_translation_is_left_over() -> None:
    kept = catalogue()
    assert {sentence for sentence in said() if not kept.get(sentence)} == set()
    assert set(kept) - said() == set()


def test_no_script_hides_a_sentence_where_the_catalogue_does_not_look() -> None:
    kept = catalogue()
    spoken = {
        sentence
        for script in (ROOT / "server" / "web" / words.SCRIPTS).rglob("*.js")
        for sentence in CALL.findall(script.read_text("utf-8"))
    }
    assert len(spoken) > 100
    assert spoken - set(kept) == set(), "say it outside of a template string"
    assert spoken - set(words.of_scripts("en")) == set(), "name the script in the catalogue"


def test_a_translation_names_the_same_facts_as_its_sentence() -> None:
    wrong = {zh: en for zh, en in catalogue().items() if set(PLACE.findall(zh)) != set(PLACE.findall(en))}
    assert wrong == {}


def test_scripts_are_given_their_own_words_only() -> None:
    english = words.of_scripts("en")
    assert english["实时"] == "Live"
    assert "登录 · 挂图" not in english
    assert words.of_scripts("zh") == {}
