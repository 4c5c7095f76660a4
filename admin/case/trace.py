"""Why a case came to its ward, in sentences: what `bot.routing` noted, which words it read, which wards it weighed.

The notes are stored as they were written, so those of an earlier version may be here too: what is not known is shown as it
stands. No coordinates are among them.
"""

import re
from collections.abc import Callable, Sequence

from admin.guard import Visit
from bot.errors import UnknownWard
from bot.services.staff_change import ward_name
from bot.web import keys

MOST = 20  # lines shown
_MATCHED = re.compile(r"matched (.+) → (.*?)(?: and (\d+) more)?(?:, (whole|part))?")
_SORTS = {
    "street ": "desk_page_trace_street",
    "current name ": "desk_page_trace_current",
    "old name ": "desk_page_trace_old",
    "old district ": "desk_page_trace_district",
}
_DOUBTS = {
    " (kind or district does not fit)": "desk_page_trace_doubtful",
    " (mistyped)": "desk_page_trace_mistyped",
}
_SAID = {
    "words: no ward named": "desk_page_trace_no_words",
    "words: another province or city is named": "desk_page_trace_elsewhere",
    "point: outside the city": "desk_page_trace_outside",
    "chosen: cannot tell": "desk_page_trace_cannot_tell",
}


def trace_lines(visit: Visit, trace: Sequence[str]) -> list[str]:
    """A sentence for each note, in order."""
    return [_sentence(visit, line) for line in trace[:MOST]]


def _sentence(visit: Visit, line: str) -> str:
    if line in _SAID:
        return visit.say(_SAID[line])
    source, _, rest = line.partition(": ")
    teller = _TELLERS.get(source)
    return (teller(visit, rest) if teller else "") or line


def _words(visit: Visit, rest: str) -> str:
    if rest.startswith("passed over "):
        return visit.say("desk_page_trace_passed_over", what=_named(visit, rest.removeprefix("passed over ")))
    found = _MATCHED.fullmatch(rest)
    if found is None:
        return ""
    what, wards, more, share = found.groups()
    rivals = visit.say("desk_page_trace_more", wards=wards, n=int(more)) if more else wards
    is_one = not more and "," not in wards
    said = visit.say(
        "desk_page_trace_to_one" if is_one else "desk_page_trace_to_several", what=_named(visit, what), wards=rivals
    )
    return f"{said} {visit.say('desk_page_trace_part')}" if share == "part" else said


def _named(visit: Visit, what: str) -> str:
    """What kind of name was read, and which."""
    doubt = next((known for known in _DOUBTS if what.endswith(known)), "")
    name = what.removesuffix(doubt)
    sort = next((known for known in _SORTS if name.startswith(known)), "")
    if sort:
        bare = name.removeprefix(sort).replace("‘", "“").replace("’", "”")
        name = visit.say(_SORTS[sort], name=bare)
    return f"{name} ({visit.say(_DOUBTS[doubt])})" if doubt else name


def _point(visit: Visit, rest: str) -> str:
    if rest.startswith("in "):
        return visit.say("desk_page_trace_point", ward=rest.removeprefix("in "))
    if rest.startswith("near a border: "):
        return visit.say("desk_page_trace_border", wards=rest.removeprefix("near a border: "))
    return ""


def _preset(visit: Visit, rest: str) -> str:
    return visit.say("desk_page_trace_preset", ward=rest)


def _chosen(visit: Visit, rest: str) -> str:
    try:
        ward = visit.request.app[keys.WARDS][rest]
    except UnknownWard:  # a ward that the city had once
        return ""
    return visit.say("desk_page_trace_chosen", ward=ward_name(visit.language, ward))


_TELLERS: dict[str, Callable[[Visit, str], str]] = {
    "words": _words,
    "point": _point,
    "preset": _preset,
    "chosen": _chosen,
}
