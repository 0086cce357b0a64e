"""The words of the pages: both languages say the same things, and every word can be drawn."""

import json
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from relief.field_reports import FLAGS, ReportKind
from relief.vocabulary import INDICATORS, KeyGroup, Stage

WEB = Path(__file__).resolve().parents[2] / "web"
NAMES = WEB.parent / "data" / "boundaries"


def words(language: str, folder: str = "") -> dict[str, str]:
    """The locale file of `language`, of the map or of the page whose folder that is."""
    path = WEB / "locale" / folder / f"{language}.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def glyphs(font: str) -> set[str]:
    """Every character that web/fonts/`font` draws."""
    return {chr(code) for code in TTFont(WEB / "fonts" / font).getBestCmap()}


@pytest.mark.parametrize("folder", ["", "field"])
def test_both_languages_have_the_same_keys_and_blanks(folder: str) -> None:
    chinese, english = words("zh-CN", folder), words("en", folder)
    assert chinese.keys() == english.keys()
    blanks = re.compile(r"\{(\w+)\}")
    for key in chinese:
        assert set(blanks.findall(chinese[key])) == set(blanks.findall(english[key])), key


def test_every_key_that_a_script_names_exists() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in WEB.glob("js/*.js"))
    maps = [path for path in WEB.glob("*.html") if path.name != "report.html"]
    pages = "".join(path.read_text(encoding="utf-8") for path in maps)
    named = set(re.findall(r'\bt\("([^"]+)"', scripts))
    named |= set(re.findall(r'data-i18n(?:-label)?="([^"]+)"', pages))
    assert named - words("zh-CN").keys() == set()


def test_every_key_that_the_field_page_names_exists() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in WEB.glob("field/*.js"))
    page = (WEB / "report.html").read_text(encoding="utf-8")
    named = set(re.findall(r'\bt\("([^"]+)"', scripts))
    named |= set(re.findall(r'data-i18n(?:-label)?="([^"]+)"', page))
    known = words("zh-CN", "field").keys()
    assert named - known == set()
    assert {f"flag.{flag}" for flag in FLAGS} <= known
    assert {f"kind.{kind.value}" for kind in ReportKind} <= known


def test_terms_are_called_what_the_rules_call_them() -> None:
    chinese, english = words("zh-CN"), words("en")
    for indicator in INDICATORS.values():
        assert chinese[f"indicator.{indicator.code}"] == indicator.zh
        assert english[f"indicator.{indicator.code}"] == indicator.en
    for kind, terms in (("stage", Stage), ("group", KeyGroup)):
        for term in terms:
            assert (chinese[f"{kind}.{term}"], english[f"{kind}.{term}"]) == (term.zh, term.en)


@pytest.mark.parametrize("font", ["reliefmap-sans-regular.woff2", "reliefmap-sans-bold.woff2"])
def test_the_fonts_on_board_draw_every_word_and_every_place_name(font: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in WEB.rglob("locale/**/*.json")]
    texts += [path.read_text(encoding="utf-8") for path in NAMES.rglob("*.csv")]
    wanted = {character for text in texts for character in text if character.isprintable()}
    assert "垴" in wanted
    assert wanted - glyphs(font) == set()
