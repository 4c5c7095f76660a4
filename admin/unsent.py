"""What somebody sent after their session had ended: it travels through the sign-in and can then be sent again.

It travels in the sign-in form itself: nothing is stored for a browser that has not signed in. Files and passwords stay
behind. Nothing here sends anything: the person reads their words once more and presses the button.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.web.forms import MOST_FIELDS, TOKEN_FIELD, Form, Limits

PATH_FIELD, PREFIX = "unsent", "unsent_"
# A form of 256 KiB grows threefold when it is posted in a form without files.
LIMITS = Limits(fields_size=1024 * 1024, total_size=1024 * 1024)
_PLACE = re.compile(r"/staff/(?!log|password|authenticator|sessions)[0-9A-Za-z/_-]{1,120}", re.ASCII)
_SECRET = frozenset({TOKEN_FIELD, "password", "current", "new", "again"})
_SPARE = 8  # fields of the sign-in form itself
# Chosen or carried along by a form, so that showing it as text would tell nobody anything.
_CHOSEN = frozenset(
    {
        *(
            "act",
            "as",
            "day",
            "done_on",
            "draft",
            "end",
            "everything",
            "files_kept",
            "grant",
            "ground",
            "handed_over",
            "kind",
        ),
        *("language", "length", "new_day", "next", "opening", "outcome", "planned_for", "proposal", "role", "seen"),
        *("staff", "state", "step", "template", "unit", "verdict", "version", "view", "ward", "why"),
    }
)
_TICK = re.compile(r"(case_|message-|updates-|replies-)\w+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A form that was not taken: where it was going, what was written in it, what was chosen."""

    path: str
    words: Mapping[str, str]
    chosen: Mapping[str, str]

    def carried(self) -> dict[str, str]:
        """As fields of the sign-in form."""
        return {PATH_FIELD: self.path} | {f"{PREFIX}{name}": value for name, value in self.fields().items()}

    def fields(self) -> dict[str, str]:
        return {**self.words, **self.chosen}


def unsent_of(request: web.Request, form: Form) -> Unsent | None:
    """What this request wanted to send; None where nothing can be sent again.

    A browser so old that it does not say which site its form came from gets nothing to send again: another site's page may
    have written the words.
    """
    if "Sec-Fetch-Site" not in request.headers and "Origin" not in request.headers:
        return None
    return _unsent(request.path, form.fields)


def unsent_in(form: Form) -> Unsent | None:
    """What the sign-in form carries, if it carries anything."""
    fields = {name[len(PREFIX) :]: value for name, value in form.fields.items() if name.startswith(PREFIX)}
    return _unsent(form.text(PATH_FIELD), fields)


def _unsent(path: str, fields: Mapping[str, str]) -> Unsent | None:
    if not _PLACE.fullmatch(path):
        return None
    kept = {name: value for name, value in fields.items() if name not in _SECRET}
    if not kept or len(kept) > MOST_FIELDS - _SPARE:
        return None
    words = {name: value for name, value in kept.items() if value.strip() and not _is_chosen(name)}
    return Unsent(path=path, words=words, chosen={name: value for name, value in kept.items() if name not in words})


def _is_chosen(name: str) -> bool:
    return name in _CHOSEN or _TICK.fullmatch(name) is not None
