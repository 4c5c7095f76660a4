"""What a case's page asks of the database: few statements, however much has happened to the case."""

from typing import Any

import pytest

from bot.domain.people import Language, Role, Unit
from bot.domain.staffing import DraftForm, NewTemplate, StaffDraft
from bot.domain.ward import Point
from storage.link import Link
from tests.admin.desk import StaffDesk
from tests.storage.cast import photo

MOST = 15  # statements of a page, who is asking included


async def test_a_busy_case_costs_no_more_than_a_page_may(desk: StaffDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Point(21.0895, 105.8101)
    case, minh = await desk.case(point=here, files=(photo("a"),)), await desk.signed_in("minh")
    other, neighbour = await desk.case(point=here), await desk.case(files=(photo("b"),))
    await desk.staff("chief", Role.WARD_LEADER, unit=Unit.LEADERSHIP)
    member = await desk.member("minh")
    for number in range(12):
        await desk.resident_adds(case, f"Thêm {number}")
        await minh.opens(f"/staff/cases/{case.code}")
        await minh.submits("reply-form", text=f"Vâng {number}")
    await minh.opens(f"/staff/cases/{case.code}")
    await minh.submits("take-form")
    await minh.opens(f"/staff/cases/{case.code}")
    await minh.submits("tie-form", other=other.code)
    await minh.opens(f"/staff/cases/{neighbour.code}")
    await minh.posts(f"/staff/cases/{neighbour.code}/merge", minh.form("tie-form")[1] | {"other": case.code})
    async with desk.database.begin() as uow:
        [first, *_] = await uow.cases.thread(case.id)
        await uow.cases.edit_message(first.id, "Tối bốn đêm nay.", desk.clock.now())
        await uow.templates.add(NewTemplate(ward_code=None, name="x", language=Language.VI, text="x"))
        draft = StaffDraft(staff_id=member.id, case_id=case.id, form=DraftForm.NOTE, text="x", updated_at=desk.clock.now())
        await uow.drafts.put(draft)
        await uow.commit()
    await desk.settle()
    asked: list[str] = []
    for name in (
        "rows",
        "row",
        "value",
    ):  # every question goes through one of them; that the page is open is written beside it
        original = getattr(Link, name)

        async def counted(link: Link, statement: Any, *values: Any, _original: Any = original) -> Any:
            asked.append(str(statement)[:60])
            return await _original(link, statement, *values)

        monkeypatch.setattr(Link, name, counted)
    assert (await minh.opens(f"/staff/cases/{case.code}")).status == 200
    told = len(asked)
    for sign in ("edit", "reporter", "gallery-photo", "tied", "clocks"):
        assert f'data-testid="{sign}"' in minh.text, f"the page does not show its {sign}"
    await desk.settle()
    assert 8 <= told <= MOST, asked
