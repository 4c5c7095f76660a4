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
