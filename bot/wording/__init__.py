"""What residents and staff read, one key a sentence, every key in every language.

The catalogues are gettext files, `<language>/<area>.po`, whose msgid is the key and not a sentence: a sentence mended in
one language must not change its key in the other. Areas: `chat` (the dialogue), `webchat`, `telegram`, `public`, `desk`.
Values stand in braces, `{code}`; plurals use msgid_plural with the number as `{n}`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from bot.domain.people import Language

CATALOGUES = Path(__file__).parent


class MissingWording(KeyError):
    """A key that no catalogue of this language has."""


@cache
def catalogue(language: Language) -> Mapping[str, tuple[str, ...]]:
    """Key to its sentence, or to its plural forms in gettext's order.

    Raises:
        ValueError: Two areas define the same key, or a sentence is empty.
    """
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((CATALOGUES / language.value).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language.value):
                if not message.id:
                    continue
                key = message.id if isinstance(message.id, str) else message.id[0]
                forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                if key in found or not forms or not all(forms):
                    raise ValueError(f"{path.name}: {key} is defined twice or empty")
                found[key] = forms
    return found


def has(language: Language, key: str) -> bool:
    """Is there a sentence of this key? For names that only some of a list have."""
    return key in catalogue(language)


def say(language: Language, key: str, **values: object) -> str:
    """The sentence of this key, its values filled in. Plain text: whoever shows it escapes it.

    `n` picks the plural form (Vietnamese has one, English two).

    Raises:
        MissingWording: No such key; the tests look every used key up, so a resident never meets this.
    """
    forms = catalogue(language).get(key)
    if forms is None:
        raise MissingWording(f"{language.value}: {key}")
    form = forms[0] if len(forms) == 1 or values.get("n") == 1 else forms[-1]
    return form.format(**values) if values else form.replace("{{", "{").replace("}}", "}")
