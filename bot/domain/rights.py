"""Who may do what: one table, from which the guards of the desk and its permission page are both made.

A right says that a role may do a thing at all. On which cases is asked of `storage.visible_cases`, in the same breath:
a `Viewer` that wants a right sees only the cases where it holds it.
"""

from enum import StrEnum

from bot.domain.case import Desk
from bot.domain.people import WARD_ROLES, Role, StaffId


class Right(StrEnum):
    """A thing one can do at the desk. The first group is about cases, the second about everything around them."""

    READ_CASE = "read_case"
    ANSWER = "answer"
    NOTE = "note"
    TAKE = "take"  # for oneself, and handing back
    ASSIGN = "assign"  # to somebody else
    MOVE = "move"
    CLOSE = "close"
    OVERRIDE_GATE = "override_gate"  # close with a part missing, agree to a third new day; with a reason
    MERGE = "merge"  # link, merge, split
    FILE_FOR_SOMEONE = "file_for_someone"  # the counter
    PAUSE_RESIDENT = "pause_resident"
    EXCLUDE_STAFF = "exclude_staff"  # bar a colleague from a case
    RECORD_WISH = "record_wish"  # what somebody without a chat wishes for their own data
    OPEN_IDENTITY = "open_identity"  # ask for it, with a reason
    APPROVE_IDENTITY = "approve_identity"  # somebody else's asking
    EXPORT = "export"
    DASHBOARD = "dashboard"
    PUBLISH = "publish"  # the second pair of eyes on what everybody may read, and taking it down
    CLOSERS = "closers"  # what each one's closings came to

    LEDGER = "ledger"  # enter what was done for the codes
    COMMEND = "commend"  # decide who is commended

    SETTINGS_WARD = "settings_ward"
    SETTINGS_CITY = "settings_city"
    NAME_RESTRICTED = "name_restricted"  # who reads the restricted desk
    ABSENCES = "absences"  # a colleague's; one's own needs no right
    ACCOUNTS = "accounts"
    AUDIT = "audit"
    OPERATE = "operate"  # the health of the system, updates that failed


_OFFICER = frozenset(
    {
        Right.READ_CASE,
        Right.ANSWER,
        Right.NOTE,
        Right.TAKE,
        Right.ASSIGN,
        Right.MOVE,
        Right.CLOSE,
        Right.MERGE,
        Right.FILE_FOR_SOMEONE,
        Right.RECORD_WISH,
        Right.OPEN_IDENTITY,
        Right.DASHBOARD,
    }
)
_CHIEF = frozenset(
    {
        *(
            Right.OVERRIDE_GATE,
            Right.PAUSE_RESIDENT,
            Right.EXCLUDE_STAFF,
            Right.APPROVE_IDENTITY,
            Right.EXPORT,
            Right.PUBLISH,
        ),
        *(Right.CLOSERS, Right.COMMEND),
    }
)

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.WARD_OFFICER: _OFFICER | {Right.LEDGER},
    Role.RESTRICTED_OFFICER: _OFFICER | {Right.EXCLUDE_STAFF, Right.APPROVE_IDENTITY, Right.LEDGER},
    Role.WARD_LEADER: _OFFICER
    | _CHIEF
    | {Right.SETTINGS_WARD, Right.NAME_RESTRICTED, Right.ABSENCES, Right.AUDIT}  # of the own ward, all four
    | {Right.LEDGER},  # whoever answers for it enters it: the city reads
    Role.CITY_COORDINATOR: _OFFICER | _CHIEF | {Right.SETTINGS_CITY, Right.ACCOUNTS},
    Role.INSPECTOR: frozenset({Right.READ_CASE, Right.EXPORT, Right.DASHBOARD, Right.AUDIT}),
    Role.OPERATOR: frozenset({Right.SETTINGS_WARD, Right.SETTINGS_CITY, Right.ABSENCES, Right.ACCOUNTS, Right.OPERATE}),
}

# Whose cases a role sees: at its own ward's desks, the city's, or (an inspector) all of them.
_BOTH_OF_A_WARD = (Desk.GENERAL, Desk.RESTRICTED)
DESKS: dict[Role, tuple[Desk, ...]] = {
    Role.WARD_OFFICER: (Desk.GENERAL,),
    Role.WARD_LEADER: _BOTH_OF_A_WARD,
    Role.RESTRICTED_OFFICER: _BOTH_OF_A_WARD,
    Role.CITY_COORDINATOR: (Desk.UNPLACED, Desk.LEADERS, Desk.DISPUTED),  # as the partial indexes have it, in this order
    Role.INSPECTOR: tuple(Desk),
}

# Rights that speak of cases: whoever has none of these never meets a resident's words.
CASE_RIGHTS = frozenset(list(Right)[: list(Right).index(Right.SETTINGS_WARD)])


def may(role: Role, right: Right) -> bool:
    """Whether this role may do this at all. A role that is not in the table may do nothing."""
    return right in RIGHTS.get(role, frozenset())


def may_approve(role: Role, *, decides: StaffId, asked_by: StaffId) -> bool:
    """Whether this person may decide about opening an identity: it takes two, also where one stands in for the other."""
    return decides != asked_by and may(role, Right.APPROVE_IDENTITY)


def may_give(giver: Role, role: Role) -> bool:
    """Whether an account of this role is this person's to make, change, reset or close.

    Who reads everything and who runs the system are made by operators alone: nobody can make the account that watches them.
    """
    if not may(giver, Right.ACCOUNTS):
        return False
    return giver is Role.OPERATOR or role in WARD_ROLES or role is Role.CITY_COORDINATOR
