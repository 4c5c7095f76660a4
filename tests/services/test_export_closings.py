"""What an export says of closings: what each outcome owed, safe for a spreadsheet, and nothing where nobody was asked."""

from collections.abc import AsyncIterator

import pytest

from bot.bell import Bell
from bot.commands import export_rows
from bot.domain.closing import Ground
from bot.domain.outcome import Outcome
from bot.domain.people import Role
from bot.routing.wards import load_wards
from storage import Database
from tests.admin.desk import StaffDesk, open_desk
from tests.admin.test_disputes import disputed
from tests.services.test_closing_gate import closes

COLUMNS = ("outcome", "what", "unit", "done_on", "ground", "basis", "has_evidence", "override", "disputes", "closings")


@pytest.fixture
async def desk(database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(database, bell) as opened:
        yield opened


async def test_a_row_says_how_its_case_was_closed(desk: StaffDesk) -> None:
    minh, chief = await desk.staff("minh"), await desk.staff("chief", Role.WARD_LEADER)
    await desk.staff("hoa")
    done, refused, bare, again, waits = [await desk.case() for _ in range(5)]
    await closes(desk, minh, done, Outcome.DONE, what="=1+1", unit="@tổ")
    await closes(desk, minh, refused, Outcome.REFUSED)
    await closes(desk, chief, bare, Outcome.DONE, "Máy ảnh hỏng", files=())
    await closes(desk, minh, again, Outcome.DONE)
    await disputed(desk, again)
    rows = {row["code"]: row async for row in export_rows(desk.database, load_wards())}
    assert {code: tuple(rows[code][name] for name in COLUMNS) for code in rows} == {
        done.code: ("done", "'=1+1", "'@tổ", "2026-11-18", None, None, True, "no", 0, 1),
        refused.code: (
            *("refused", None, None, None, Ground.REPEATED.value, "Điều 9 Luật Tiếp công dân", False, "no", 0, 1),
        ),
        bare.code: ("done", "Thay bóng đèn", "Tổ điện", "2026-11-18", None, None, False, "yes", 0, 1),
        again.code: (None, *[None] * 7, 1, 1),
        waits.code: (None, *[None] * 7, 0, 0),
    }
    assert not any("minh" in str(row).lower() for row in rows.values()), "who closed it is nobody's business outside"
