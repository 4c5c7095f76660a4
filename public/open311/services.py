"""What can be reported: the categories of suggestions, breaches, praise and boards, and one for everything else.

`service_code` is the category's own id, which never changes its meaning. How officials behave is no service: such reports
come by the chat, where somebody can be asked back and only few read them. Nor are emergencies: those are called.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from bot.domain.case import CaseKind
from bot.domain.people import Language
from bot.understanding import Category, load_categories
from bot.wording import say
from public.open311.attributes import ATTRIBUTES, LISTS, Attribute

OTHER = "other"  # whatever it is: what the words say decides
KINDS = (CaseKind.SUGGESTION, CaseKind.VIOLATION, CaseKind.COMMENDATION, CaseKind.PANEL)


def service_codes() -> tuple[str, ...]:
    """In the table's order, `OTHER` last."""
    return (*(one.id for one in load_categories().values() if _is_service(one)), OTHER)


def service_of(category: str) -> str:
    """The service that a case of this category is shown under."""
    known = load_categories().get(category)
    return category if known is not None and _is_service(known) else OTHER


def categories_of(codes: Sequence[str]) -> tuple[str, ...]:
    """What cases of these services may be called, never an official's; "" is a case that nobody named yet."""
    wanted = frozenset(codes)
    known = [one.id for one in load_categories().values() if not one.is_sensitive]
    return tuple(category for category in (*known, "") if service_of(category) in wanted)


def _is_service(category: Category) -> bool:
    return category.kind in KINDS and not category.is_sensitive


def service(code: str, language: Language) -> dict[str, Any]:
    """One entry of the list."""
    found = load_categories().get(code)
    kind = say(language, f"desk_kind_{found.kind.value}") if found else say(language, "open311_group_other")
    name = service_name(code, language)
    return {
        "service_code": code,
        "service_name": name,
        "description": f"{kind}: {name}",
        "metadata": bool(ATTRIBUTES.get(code)),
        "type": "realtime",
        "keywords": ", ".join(_keywords(name)),
        "group": kind,
    }


def service_name(code: str, language: Language) -> str:
    found = load_categories().get(code)
    if found is None or code == OTHER:
        return say(language, "open311_service_other")
    return found.vi if language is Language.VI else found.en


def _keywords(name: str) -> list[str]:
    words = name.replace("(", ",").replace(")", ",").replace(";", ",").split(",")
    return [word.strip().lower() for word in words if word.strip()]


def definition(code: str, language: Language) -> dict[str, Any]:
    """What is asked about it; without questions, an empty list."""
    asked = ATTRIBUTES.get(code, ())
    return {
        "service_code": code,
        "attributes": [_question(code, one, at, language) for at, one in enumerate(asked, 1)],
    }


def _question(service_code: str, one: Attribute, order: int, language: Language) -> dict[str, Any]:
    told: dict[str, Any] = {
        "variable": one.is_asked,
        "code": one.code,
        "datatype": one.datatype.value,
        "required": one.is_required,
        "datatype_description": say(language, f"open311_type_{one.datatype.value}") if one.is_asked else "",
        "order": order,
        "description": question_words(service_code, one, language),
    }
    if one.datatype in LISTS:
        names = choice_names(service_code, one, language)
        told["values"] = [{"key": key, "name": name} for key, name in names.items()]
    return told


def question_words(service_code: str, one: Attribute, language: Language) -> str:
    return say(language, f"open311_ask_{one.code}" if one.code == "board" else f"open311_ask_{service_code}_{one.code}")


def choice_names(service_code: str, one: Attribute, language: Language) -> dict[str, str]:
    return {key: say(language, f"open311_ask_{service_code}_{one.code}_{key}") for key in one.values}


@cache
def digest() -> str:
    """Another one as soon as anything of the list or of a definition is another, in any language."""
    told = [[service(code, language), definition(code, language)] for language in Language for code in service_codes()]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
