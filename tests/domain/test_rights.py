"""Who may do what: the table, read role by role as the city would."""

import pytest

from bot.domain.people import Role, StaffId
from bot.domain.rights import CASE_RIGHTS, RIGHTS, Right, may, may_approve
from bot.domain.staffing import Standing
from bot.ports import Viewer

AN, BINH = StaffId(1), StaffId(2)


def test_every_role_has_its_row_and_every_right_somebody() -> None:
    """A new role may do nothing until it is given rights, and a right that nobody has is a door nobody can open."""
    assert set(RIGHTS) == set(Role)
    assert set().union(*RIGHTS.values()) == set(Right)


def test_an_inspector_reads_and_changes_nothing() -> None:
    assert RIGHTS[Role.INSPECTOR] == {Right.READ_CASE, Right.EXPORT, Right.DASHBOARD, Right.AUDIT}


def test_an_operator_meets_no_case() -> None:
    assert not RIGHTS[Role.OPERATOR] & CASE_RIGHTS
    assert may(Role.OPERATOR, Right.ACCOUNTS)


def test_whoever_may_do_anything_to_a_case_may_read_it() -> None:
    for role, rights in RIGHTS.items():
        assert Right.READ_CASE in rights or not rights & CASE_RIGHTS, role


def test_the_rights_about_cases_are_those_that_name_one() -> None:
    assert {
        *(Right.READ_CASE, Right.ANSWER, Right.NOTE, Right.TAKE, Right.ASSIGN, Right.MOVE, Right.CLOSE, Right.MERGE),
        *(Right.FILE_FOR_SOMEONE, Right.PAUSE_RESIDENT, Right.EXCLUDE_STAFF, Right.OPEN_IDENTITY, Right.APPROVE_IDENTITY),
        *(Right.RECORD_WISH, Right.EXPORT, Right.DASHBOARD, Right.CLOSERS, Right.OVERRIDE_GATE),
        Right.PUBLISH,
        *(Right.LEDGER, Right.COMMEND),  # both look at cases: a board's, a praise's
    } == CASE_RIGHTS


def test_only_a_leader_names_who_reads_the_restricted_desk() -> None:
    assert [role for role in Role if may(role, Right.NAME_RESTRICTED)] == [Role.WARD_LEADER]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.WARD_LEADER, True),
        (Role.RESTRICTED_OFFICER, True),
        (Role.CITY_COORDINATOR, True),
        (Role.WARD_OFFICER, False),
        (Role.INSPECTOR, False),
        (Role.OPERATOR, False),
    ],
)
def test_an_identity_takes_two(role: Role, expected: bool) -> None:
    assert may_approve(role, decides=AN, asked_by=BINH) is expected
    assert not may_approve(role, decides=AN, asked_by=AN)


def test_a_deputy_holds_the_rights_of_both() -> None:
    chief = Standing(staff_id=BINH, role=Role.WARD_LEADER, ward_code=None)
    deputy = Viewer(staff_id=AN, role=Role.WARD_OFFICER, ward_code=None, deputises=(chief,))
    assert deputy.may(Right.EXPORT)
    assert not deputy.may(Right.OPERATE)
    assert not Viewer(staff_id=AN, role=Role.WARD_OFFICER, ward_code=None).may(Right.EXPORT)
