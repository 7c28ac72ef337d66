"""The app's files: every word in both languages, every module loaded at once, small, and asking nobody else."""

import gzip
import re
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "mobile_stub" / "webapp"
SCRIPTS = sorted((APP / "src").glob("*.js"))
PAIR = re.compile(r'^  "([^"]+)": \["((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\],$')
PLACE = re.compile(r"\{(\w+)\}")
BUDGET_BYTES = 60 * 1024


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
