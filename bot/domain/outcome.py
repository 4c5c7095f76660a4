"""How a case ended: a small, fixed list. Statistics never add refused to done."""

from enum import StrEnum


class Outcome(StrEnum):
    """Chosen by staff at closing; each has its own wording for the resident (`outcome_<value>`)."""

    DONE = "done"
    PLANNED = "planned"
    NOT_OURS = "not_ours"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    NO_ACTION = "no_action"
