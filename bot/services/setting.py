"""What every change of a setting begins with: may they, and is it well formed.

Nothing here stores anything. Which role has which right is `bot.domain.rights`; here it is asked for one ward.
"""

from collections.abc import Mapping
from datetime import date, datetime

from bot.domain.people import WARD_ROLES
from bot.domain.rights import Right, may
from bot.domain.ward import WardCode
from bot.errors import BotError
from bot.ports import Viewer


class NotAllowed(BotError):
    """This member may not change that."""

    wording_key = "settings_not_allowed"


class BadFields(BotError):
    """Fields of a form are missing or wrong: `troubles` is the field's name to the wording key of what is wrong with it."""

    wording_key = "settings_bad_fields"

    def __init__(self, **troubles: str) -> None:
        super().__init__(fields=", ".join(troubles))
        self.troubles: Mapping[str, str] = troubles


class GoneMeanwhile(BotError):
    """What the form was about is not there any more."""

    wording_key = "settings_gone"


def holds(viewer: Viewer, right: Right, ward_code: WardCode | None) -> bool:
    """Whether they have this right over that ward (None: over the whole city), by themselves or for somebody away."""
    return any(
        may(standing.role, right)
        and (standing.role not in WARD_ROLES or (ward_code is not None and standing.ward_code == ward_code))
        for standing in viewer.standings()
    )


def may_set_ward(viewer: Viewer, ward_code: WardCode) -> bool:
    """A ward's leader their own; who keeps the city's settings, every ward's."""
    return holds(viewer, Right.SETTINGS_WARD, ward_code) or holds(viewer, Right.SETTINGS_CITY, None)


def may_set_city(viewer: Viewer) -> bool:
    return holds(viewer, Right.SETTINGS_CITY, None)


def one_line(text: str) -> str:
    """The text with its runs of space made one."""
    return " ".join(text.split())


def trouble_with_line(text: str, longest: int, *, is_needed: bool = False) -> str:
    """The wording key of what is wrong with a line of text; empty when it is good. `longest` is in characters."""
    if is_needed and not text:
        return "settings_needed"
    if len(text) > longest:
        return "settings_too_long"
    return "" if all(letter.isprintable() or letter == "\n" for letter in text) else "settings_not_printable"


def read_day(text: str) -> date | None:
    """A date as a browser's date field gives it, "2026-11-22", or as people here write it, "22/11/2026"."""
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), shape).date()  # noqa: DTZ007 - a date alone has no time zone
        except ValueError:
            continue
    return None
