"""Every sentence exists in every language, with the same values in it; every key the code uses exists."""

import re
import string

import pytest

from bot.domain.people import Language
from bot.wording import CATALOGUES, MissingWording, catalogue, say
from tests.house.imports import ROOMS, ROOT

FIELD = string.Formatter()


def fields(forms: tuple[str, ...]) -> set[str]:
    return {name for form in forms for _, name, _, _ in FIELD.parse(form) if name is not None}


def test_the_catalogues_are_seen() -> None:
    assert {path.parent.name for path in CATALOGUES.glob("*/*.po")} == {language.value for language in Language}
    assert len(catalogue(Language.VI)) > 80


def test_every_key_stands_in_every_language() -> None:
    keys = {language: set(catalogue(language)) for language in Language}
    assert keys[Language.VI] == keys[Language.EN]


def test_every_language_uses_the_same_values() -> None:
    vi, en = catalogue(Language.VI), catalogue(Language.EN)
    # A plural's "one" form may leave the number out: "one photo".
    different = {key for key in vi if fields(vi[key]) - {"n"} != fields(en[key]) - {"n"}}
    assert different == set()


def test_a_missing_key_is_an_error_and_not_an_empty_sentence() -> None:
    with pytest.raises(MissingWording):
        say(Language.VI, "no_such_key")


# How code names a key: turn.say("key", …), t("key"), say(language, "key"), wording_key = "key".
_USED = re.compile(
    r"""(?:\bsay\(\s*(?:[\w.\[\]()]+,\s*)?|\bt\(\s*|\bask\(\s*|wording_key(?::\s*\S+)?\s*=\s*)["']([a-z][a-z0-9_]+)["']"""
)


def used_keys() -> dict[str, str]:
    found = {}
    for room in ROOMS:
        for path in (*(ROOT / room).rglob("*.py"), *(ROOT / room).rglob("*.html")):
            for key in _USED.findall(path.read_text(encoding="utf-8")):
                found[key] = str(path.relative_to(ROOT))
    return found


def test_every_key_that_the_code_names_exists() -> None:
    used = used_keys()
    assert len(used) > 60, "the search for used keys has stopped finding them"
    assert {key: where for key, where in used.items() if key not in catalogue(Language.VI)} == {}


# What only somebody with buttons, a menu or a map can do. "press" as in newspapers is another word.
_PRESSED = {
    Language.VI: re.compile(r"\b(?:bấm|nhấn|nút)\b|(?<![\w/])/[a-z]{3,}|gửi vị trí|ảnh, tệp", re.I),
    Language.EN: re.compile(r"\b(?:press|button|tap)\b|(?<![\w/])/[a-z]{3,}|share your location|photos, files", re.I),
}
_SAID_IN_CHATS = (
    "chat",
    "after",
    "card",
    "codes",
    "person",
    "answer",
    "closing",
    "later",
    "reach",
    "lines",
    "ask",
    "contest",
    "linking",
)
_AS_IT_IS = {
    "codes_fine_press",  # newspapers
    "person_consent_contact_1",  # what was agreed to, word by word; its command is understood wherever it is typed
}


@pytest.mark.parametrize("language", list(Language))
def test_nobody_is_told_to_press_where_nothing_can_be_pressed(language: Language) -> None:
    """Each sentence of the chats that names a button, a command or a place to share has one that is typed."""
    said = {key: " ".join(forms) for key, forms in catalogue(language).items() if key.split("_")[0] in _SAID_IN_CHATS}
    pressed = {key for key, text in said.items() if _PRESSED[language].search(text)}
    assert len(pressed) > 12, "the search for such sentences has stopped finding them"
    assert {key for key in pressed if f"{key}_typed" not in said} == _AS_IT_IS & pressed
    typed = {key: key.removesuffix("_typed") for key in said if key.endswith("_typed")}
    assert len(typed) > 15
    assert {key for key in typed if _PRESSED[language].search(said[key])} == set()
    assert {
        key for key, other in typed.items() if other not in said or fields((said[key],)) != fields((said[other],))
    } == set()
