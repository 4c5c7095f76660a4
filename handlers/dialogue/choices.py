"""What our buttons carry, and what comes back: at most 64 bytes, a short letter for the act and the draft's serial.

Anything may come back, from an old button or a forger: what cannot be read is `Act.UNKNOWN`, and every act is checked
against the open draft before it does anything.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.case import CaseCode, CaseKind
from bot.domain.people import Language
from bot.domain.ward import WardCode

LONGEST = 64  # bytes


class Act(StrEnum):
    """What a pressed button asks for; the value is what it carries."""

    SEND = "s"
    CANCEL = "x"
    BACK = "b"  # to the card
    WARD = "w"  # this one
    OTHER_WARD = "w?"
    NO_WARD = "w0"  # the resident cannot tell
    KIND = "k"
    OTHER_KIND = "k?"
    ANONYMOUS = "a"  # "1": from now on, "0": no longer
    LEADER = "l"  # it is ("1") or is not ("0") about those who lead the ward
    NEW = "new"
    NEW_FROM = "n"  # the message that joined a case is a matter of its own
    LANGUAGE = "lang"
    CONTACT = "ct"  # how the resident may be reached
    DATA = "md"  # what we keep about the resident
    PERSON = "pn"  # somebody to talk to
    BOND = "lk"  # tie this chat and another: "lk:yes:17", "lk:no", "lk:cut:17", "lk:show"
    CODES = "codes"  # a page of the codes of conduct
    CASE = "c"  # look at this one
    CASES = "cs"  # the cases before this one
    RECEIPT = "r"
    KEPT = "rc"  # the last digits of a receipt's secret, typed again: "rc:7K3M-9QX2:1234"
    ADD_HERE = "ah"  # what comes next joins this case
    RESOLVED = "ok"  # of a closing: "ok:7K3M-9QX2:67401234"
    NOT_RESOLVED = "no"
    REOPEN = "ro"  # without further words
    STARS = "st"  # "st:7K3M-9QX2:67401234:5"
    NOTHING_MORE = "nm"  # to say to what staff asked: "nm:7K3M-9QX2"
    CONTEST = "gp"  # enter this praise for the contest of good people: "gp:7K3M-9QX2"
    PUBLISH = "pb"  # a text that everybody may read: "pb:7K3M-9QX2:0123456789ab:yes"
    JOIN = "j"  # a neighbour's case, instead of filing this draft
    UNKNOWN = ""


_OF_A_DRAFT = frozenset(
    {
        Act.SEND,
        Act.CANCEL,
        Act.BACK,
        Act.WARD,
        Act.OTHER_WARD,
        Act.NO_WARD,
        Act.KIND,
        Act.OTHER_KIND,
        Act.ANONYMOUS,
        Act.LEADER,
        Act.JOIN,
    }
)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that was pressed. `serial` names the draft it was made for, empty for buttons of no draft."""

    act: Act
    serial: str = ""
    value: str = ""


def about_draft(act: Act, serial: str, value: str = "") -> str:
    """A button's data about one draft: "w:7K3M9Q:00091"."""
    return f"{act}:{serial}:{value}" if value else f"{act}:{serial}"


def choose_ward(serial: str, code: WardCode) -> str:
    return about_draft(Act.WARD, serial, code)


def choose_kind(serial: str, kind: CaseKind) -> str:
    return about_draft(Act.KIND, serial, kind.value)


def choose_language(language: Language) -> str:
    return f"{Act.LANGUAGE}:{language.value}"


def new_from(source_id: str) -> str:
    """A new matter out of that message; a plain new matter where its id is too long for a button."""
    data = f"{Act.NEW_FROM}:{source_id}"
    return data if len(data.encode()) <= LONGEST else Act.NEW.value


def about_case(act: Act, code: CaseCode) -> str:
    """A button's data about one case: "c:7K3M-9QX2"."""
    return f"{act}:{code}"


def kind_of(value: str) -> CaseKind | None:
    """The kind that a button carried, if it is one."""
    return next((kind for kind in CaseKind if kind.value == value), None)


def language_of(value: str) -> Language | None:
    """The language that a button carried, if it is one."""
    return next((language for language in Language if language.value == value), None)


def is_for_good(data: str) -> bool:
    """Can what this button does not be undone? Then a number never presses it."""
    pressed = read(data)
    return pressed.act is Act.DATA and pressed.value.partition(":")[0] in ("sure", "all")


def read(data: str) -> Pressed:
    """What was pressed; never raises."""
    name, _, rest = data.partition(":")
    try:
        act = Act(name)
    except ValueError:
        return Pressed(Act.UNKNOWN)
    if act in _OF_A_DRAFT:
        serial, _, value = rest.partition(":")
        return Pressed(act, serial, value)
    return Pressed(act, value=rest)
