"""The answers to a service's questions: `attribute[CODE]=value`, of several values `attribute[CODE][]=a` each."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.people import Language
from public.open311.asking import read_moment
from public.open311.attributes import ATTRIBUTES, LISTS, LONGEST_STRING, LONGEST_TEXT, Attribute, Datatype
from public.open311.fields import Fields
from public.open311.refusing import Fault
from public.open311.services import choice_names, question_words

_NAME = re.compile(r"attribute\[([A-Za-z0-9_-]{1,64})\](?:\[\d{0,3}\])?")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what was said to it, in words for staff."""

    question: str
    said: Sequence[str]


def read_answers(service_code: str, fields: Fields) -> tuple[list[Answer], list[Fault]]:
    """What was answered, in the questions' order and in staff's language, and everything that is wrong with it."""
    given, faults = _given(service_code, fields)
    answers = []
    for one in ATTRIBUTES.get(service_code, ()):
        values = given.get(one.code, [])
        if not values:
            if one.is_required:
                faults.append(Fault(400, "open311_attribute_missing", {"code": one.code}))
        elif fault := _fault(one, values):
            faults.append(fault)
        else:
            names = choice_names(service_code, one, Language.VI)
            said = [names.get(value, value) for value in dict.fromkeys(values)]
            answers.append(Answer(question_words(service_code, one, Language.VI), said))
    return answers, faults


def _given(service_code: str, fields: Fields) -> tuple[dict[str, list[str]], list[Fault]]:
    """Values by code; an empty one equals none. A name that is no attribute of the service is a fault, told once."""
    known = {one.code for one in ATTRIBUTES.get(service_code, ()) if one.is_asked}
    given: dict[str, list[str]] = {}
    is_foreign = False
    for name, value in fields:
        if not name.startswith("attribute"):
            continue
        matched = _NAME.fullmatch(name)
        if matched is None or matched[1] not in known:
            is_foreign = True
        elif value:
            given.setdefault(matched[1], []).append(value)
    return given, [Fault(400, "open311_attribute_unknown")] if is_foreign else []


def _fault(one: Attribute, values: Sequence[str]) -> Fault | None:
    if one.datatype is not Datatype.SOME_OF and len(values) > 1:
        return Fault(400, "open311_attribute_once", {"code": one.code})
    if one.datatype in LISTS:
        is_good = set(values) <= set(one.values)
        return None if is_good else Fault(400, "open311_attribute_choice", {"code": one.code})
    if _is_of(one.datatype, values[0]):
        return None
    return Fault(400, "open311_attribute_bad", {"code": one.code, "datatype": one.datatype.value})


def _is_of(datatype: Datatype, value: str) -> bool:
    match datatype:
        case Datatype.NUMBER:
            return bool(_NUMBER.fullmatch(value)) and math.isfinite(float(value))
        case Datatype.DATETIME:
            return read_moment(value) is not None
        case Datatype.STRING:
            return len(value) <= LONGEST_STRING and "\n" not in value
        case _:
            return len(value) <= LONGEST_TEXT
