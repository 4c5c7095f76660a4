"""The smaller forms of a case, as staff press them; and that no page tells of a case that its reader may not know of."""

import re

from bot.domain.case import CaseKind
from bot.domain.people import Role
from tests.admin.desk import HOAN_KIEM, StaffDesk


async def test_a_case_is_taken_given_away_and_handed_back(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    hoa = await desk.signed_in("hoa")
    await minh.opens(f"/staff/cases/{case.code}")
    assert minh.shows("desk_case_owner_nobody")
    taken = await minh.submits("take-form")
    await minh.opens(taken.headers["Location"])
    assert minh.shows("desk_done_taken")
    assert "Minh (Bạn)" in minh.text
    assert (await minh.submits("assign-form", username="nobody")).status == 400
    assert minh.shows("desk_case_not_assignable")
    assert 'value="nobody"' in minh.text, "what was typed is gone"
    older, hidden = minh.form("handback-form")
    assert (await minh.submits("assign-form", username="hoa")).status == 303
    await hoa.opens(f"/staff/cases/{case.code}")
    assert "Hoa (Bạn)" in hoa.text
    assert (await minh.posts(older, hidden)).status == 409, "Minh's page is older than the case"
    back = await hoa.submits("handback-form")
    await hoa.opens(back.headers["Location"])
    assert hoa.shows("desk_case_owner_nobody")
    for key in ("desk_event_taken", "desk_event_assigned", "desk_event_handed_back"):
        assert hoa.shows(key)


async def test_cases_are_linked_merged_and_parted(desk: StaffDesk) -> None:
    minh, case, other = await desk.signed_in("minh"), await desk.case(), await desk.case("Đèn ngõ 12 hỏng")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("tie-form", other="????")).status == 400
    assert minh.shows("desk_case_other_not_found")
    await minh.submits("tie-form", other=other.code.lower())
    await minh.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="unlink-form"' in minh.text
    assert "Đèn ngõ 12 hỏng" in minh.text
    await minh.submits("unlink-form")
    await minh.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="unlink-form"' not in minh.text
    _, hidden = minh.form("tie-form")
    merged = await minh.posts(f"/staff/cases/{case.code}/merge", {**hidden, "other": other.code})
    await minh.opens(merged.headers["Location"])
    assert minh.shows("desk_case_is_joined")
    await minh.opens("/staff/")
    assert minh.codes() == [other.code]
    await minh.opens(f"/staff/cases/{other.code}")
    assert minh.shows("desk_case_tie_joined")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("part-form")).status == 303
    await minh.opens("/staff/")
    assert sorted(minh.codes()) == sorted([case.code, other.code])


async def test_a_page_never_names_a_case_that_its_reader_may_not_know_of(desk: StaffDesk) -> None:
    """The leader links a report about an official with a lamp's case; the officer at the lamp's case sees no trace of it."""
    chief, minh = await desk.signed_in("chief", Role.WARD_LEADER), await desk.signed_in("minh")
    lamp, secret = await desk.case(), await desk.case("Ông An vòi tiền", kind=CaseKind.CONDUCT)
    await chief.opens(f"/staff/cases/{lamp.code}")
    assert (await chief.submits("tie-form", other=secret.code)).status == 303
    await chief.opens(f"/staff/cases/{lamp.code}")
    assert secret.code in chief.text
    await minh.opens(f"/staff/cases/{lamp.code}")
    assert secret.code not in minh.text
    assert not minh.shows("desk_event_linked")
    assert not minh.shows("desk_case_tie_linked")


async def test_some_words_are_split_off(desk: StaffDesk) -> None:
    minh, case = await desk.signed_in("minh"), await desk.case()
    await minh.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="split-form"' not in minh.text, "one message cannot be split"
    await desk.resident_adds(case, "Còn đống rác ở ngõ 15.")
    await minh.opens(f"/staff/cases/{case.code}")
    boxes = re.findall(r'name="(message-\d+)"', minh.text)
    assert len(boxes) == 2
    action, hidden = minh.form("split-form")
    assert (await minh.submits("split-form", kind="violation_public")).status == 400
    assert minh.shows("desk_case_nothing_to_split")
    assert (await minh.posts(action, {**hidden, "kind": "<b>", boxes[1]: "1"})).status == 400
    assert re.search(rf'name="{boxes[1]}" value="1" checked', minh.text), "what was ticked is gone"
    split = await minh.posts(action, {**hidden, "kind": "violation_public", boxes[1]: "1"})
    assert split.status == 303
    await minh.opens("/staff/")
    assert len(minh.codes()) == 2


async def test_who_is_named_in_a_note_finds_it_in_a_list(desk: StaffDesk) -> None:
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    await desk.signed_in("lan", ward=HOAN_KIEM)
    case = await desk.case()
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("note-form", text="@lan ơi")).status == 400
    assert "@lan" in minh.text
    assert (await minh.submits("note-form", text="@hoa xem giúp nhé")).status == 303
    await hoa.opens("/staff/mentions")
    assert "@hoa xem giúp nhé" in hoa.text
    assert hoa.shows("desk_case_mention_new")
    await hoa.opens("/staff/mentions")
    assert not hoa.shows("desk_case_mention_new")
    await minh.opens("/staff/mentions")
    assert minh.shows("desk_case_mentions_none")


async def test_an_inspector_sees_a_case_and_no_form_that_changes_it(sqlite_desk: StaffDesk) -> None:
    case, inspector = await sqlite_desk.case(), await sqlite_desk.signed_in("thanh", Role.INSPECTOR)
    assert (await inspector.opens(f"/staff/cases/{case.code}")).status == 200
    assert re.findall(r'action="/staff/cases/[^"]+"', inspector.text) == []
