"""The words of the pages: both languages say the same things, and every word can be drawn."""

import json
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from relief.vocabulary import INDICATORS, KeyGroup, Stage

WEB = Path(__file__).resolve().parents[2] / "web"
NAMES = WEB.parent / "data" / "boundaries"


def words(language: str) -> dict[str, str]:
    """The locale file of `language`."""
    found: dict[str, str] = json.loads(
        (WEB / "locale" / f"{language}.json").read_text(encoding="utf-8")
    )
    return found


def glyphs(font: str) -> set[str]:
    """Every character that web/fonts/`font` draws."""
    return {chr(code) for code in TTFont(WEB / "fonts" / font).getBestCmap()}


def test_both_languages_have_the_same_keys_and_blanks() -> None:
    chinese, english = words("zh-CN"), words("en")
    assert chinese.keys() == english.keys()
    blanks = re.compile(r"\{(\w+)\}")
    for key in chinese:
        assert set(blanks.findall(chinese[key])) == set(blanks.findall(english[key])), key


def test_every_key_that_a_script_names_exists() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in WEB.glob("js/*.js"))
    pages = "".join(path.read_text(encoding="utf-8") for path in WEB.glob("*.html"))
    named = set(re.findall(r'\bt\("([^"]+)"', scripts))
    named |= set(re.findall(r'data-i18n(?:-label)?="([^"]+)"', pages))
    assert named - words("zh-CN").keys() == set()


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
    texts = [path.read_text(encoding="utf-8") for path in WEB.glob("locale/*.json")]
    texts += [path.read_text(encoding="utf-8") for path in NAMES.rglob("*.csv")]
    wanted = {character for text in texts for character in text if character.isprintable()}
    assert "垴" in wanted
    assert wanted - glyphs(font) == set()
