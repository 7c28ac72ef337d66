"""The app's files: every word in both languages, every module loaded at once, small, and asking nobody else."""

import gzip
import re
from pathlib import Path

from server.exports import csv

DESK_WORDS = Path(__file__).resolve().parents[2] / "server/web/static/src/lib/words.js"
SAID_ON_DESK = re.compile(r'^  "(verdict|checkin|visit)\.(\w+)": \(\) => t\("([^"]+)"\),$', re.MULTILINE)
APP = Path(__file__).resolve().parents[2] / "mobile_stub" / "webapp"
SCRIPTS = sorted((APP / "src").glob("*.js"))
PAIR = re.compile(r'^  "([^"]+)": \["((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\],$')
PLACE = re.compile(r"\{(\w+)\}")
BUDGET_BYTES = 60 * 1024
LEAST_CONTRAST = 4.5
ON = {
    "paper": ("ink", "ink-soft", "link", "good", "unsure", "bad"),
    "card": ("ink", "ink-soft", "link", "unsure", "bad"),
    "sunk": ("ink", "ink-soft"),
    "map-paper": ("ink", "ink-soft"),
    "note-soft": ("ink", "link"),
    "good-soft": ("ink", "good"),
    "unsure-soft": ("ink", "unsure"),
    "bad-soft": ("ink", "bad"),
    "plain-soft": ("plain",),
    "primary": ("on-primary",),
}
"""Which colours are written with on which ground."""


def pairs() -> dict[str, tuple[str, str]]:
    """Every word of the app: key → Chinese, English."""
    lines = (APP / "src" / "words.js").read_text("utf-8").split("({\n")[1].split("\n});")[0].splitlines()
    found = [PAIR.match(line) for line in lines if line]
    assert all(found), [line for line, match in zip(filter(None, lines), found, strict=True) if not match]
    return {match[1]: (match[2], match[3]) for match in found if match}


def test_every_word_is_there_in_both_languages() -> None:
    words = pairs()
    assert len(words) > 200
    assert [key for key, (zh, en) in words.items() if not zh or not en] == []
    spoken = {"unit.USD", "lang.name", "lang.other", "me.lang"}
    assert [key for key, (zh, _) in words.items() if zh.isascii() and key not in spoken] == []
    assert [key for key, (zh, en) in words.items() if set(PLACE.findall(zh)) != set(PLACE.findall(en))] == []


def test_phone_desk_and_table_call_a_verdict_a_kind_and_a_visit_by_the_same_words() -> None:
    phone = {key: zh for key, (zh, _) in pairs().items()}
    desk = {(group, code): zh for group, code, zh in SAID_ON_DESK.findall(DESK_WORDS.read_text("utf-8"))}
    assert len(desk) == 13
    on_phone = {"checkin": "kind"}
    assert {key: phone[f"{on_phone.get(key[0], key[0])}.{key[1]}"] for key in desk} == desk
    table = {"verdict": csv.OUTCOME_WORDS, "checkin": csv.KIND_WORDS, "visit": csv.VISIT_WORDS}
    assert {(group, code): zh for group, said in table.items() for code, zh in said.items()} == desk


def test_no_word_is_left_over() -> None:
    said = "\n".join(script.read_text("utf-8") for script in SCRIPTS if script.name != "words.js")
    made = set(re.findall(r"say\([^)]*?`([\w.]+)\$\{", said))
    left = [key for key in pairs() if f'"{key}"' not in said and not key.startswith(tuple(made))]
    assert left == []


def test_every_module_is_part_of_the_app() -> None:
    imported = re.compile(r'from "\./(\w+\.js)"')
    used = {name for script in SCRIPTS for name in imported.findall(script.read_text("utf-8"))}
    assert used | {"main.js", "worker.js"} == {script.name for script in SCRIPTS}


def test_the_page_loads_one_script() -> None:
    page = (APP / "index.html").read_text("utf-8")
    assert re.findall(r'src="([\w./]+)"', page) == ["dist/main.js"]


def test_the_scripts_are_at_most_60_kilobytes_packed() -> None:
    bundles = [APP / "dist" / name for name in ("main.js", "worker.js")]
    packed = sum(len(gzip.compress(bundle.read_bytes(), 6)) for bundle in bundles)
    assert 0 < packed <= BUDGET_BYTES


def test_nothing_names_another_host() -> None:
    files = [*SCRIPTS, APP / "index.html", APP / "app.css", APP / "manifest.webmanifest"]
    named = re.compile(r"https?://(?!www\.w3\.org/2000/svg)[\w.]+")
    assert {
        file.name: named.findall(file.read_text("utf-8"))
        for file in files
        if named.search(file.read_text("utf-8"))
    } == {}


def test_data_never_becomes_markup() -> None:
    markup = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    assert [script.name for script in SCRIPTS if markup.search(script.read_text("utf-8"))] == []


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_what_is_written_stands_out_by_day_and_by_night() -> None:
    style = (APP / "app.css").read_text("utf-8")
    by_day, by_night = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{\n(.*?)\n *\}\n", style, re.DOTALL)[:2]
    )
    pairs = [(ink, ground) for ground, inks in ON.items() for ink in inks]
    for colours in (by_day, by_day | by_night):
        faint = [pair for pair in pairs if contrast(*(colours[name] for name in pair)) < LEAST_CONTRAST]
        assert faint == []
