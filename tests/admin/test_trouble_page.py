"""The operator's page: what failed and what died, to try again or to be done with; nobody's words, nobody else's page."""

from bot.domain.people import Role
from bot.domain.reply import HELD_AFTER_RESTORE, DeliveryResult, DeliveryState, NewReply, Reply
from bot.domain.trail import TrailEntry
from bot.ports import UnitOfWork, Viewer
from bot.web import keys
from storage.tables import inbox, outbox
from tests.admin.desk import Browser, StaffDesk
from tests.storage.cast import HOA, LAN, update

WORDS = "Đèn tắt ở ngõ của Lan 0912 345 678"


async def goes_wrong(desk: StaffDesk, updates: int = 3, replies: int = 3) -> tuple[list[int], list[int]]:
    """Updates that nobody could read and replies that a channel refused; the ids of both, newest first."""
    now = desk.clock.now()
    async with desk.database.begin() as uow:
        kept = [update(number, "1001", f"no JSON at {number}") for number in range(1, updates + 1)]
        await uow.inbox.keep(kept, now)
        added = await uow.outbox.add([NewReply(address=LAN, reply=Reply(text=WORDS)) for _ in range(replies)], now)
        dead = [DeliveryResult(reply_id=one, state=DeliveryState.FAILED, at=now, error="chat not found") for one in added]
        await uow.outbox.record(dead)
        failed = [one.id for one in await uow.inbox.failed()]
        await uow.commit()
    return failed, added[::-1]


async def trail(desk: StaffDesk) -> TrailEntry:
    async with desk.database.reading() as uow:
        return (await uow.audit.page(await auditor(uow), most=1))[0]


async def auditor(uow: UnitOfWork) -> Viewer:
    found = await uow.staff.by_username("van-hanh")
    assert found
    return Viewer(staff_id=found[0].id, role=Role.INSPECTOR, ward_code=None)


async def sends(browser: Browser, testid: str, **fields: str) -> int:
    """The form as it stands on the page, with these in it."""
    answer = await browser.submits(testid, files=None, **fields)
    if answer.status == 303:
        await browser.opens(answer.headers["Location"])
    return answer.status


async def test_an_operator_tries_again_what_failed(desk: StaffDesk) -> None:
    """Ticked one by one or all at once; what was tried waits again, and the trail says who did it."""
    failed, dead = await goes_wrong(desk)
    operator = await desk.signed_in("van-hanh", Role.OPERATOR)
    await operator.opens("/staff/trouble")
    assert (operator.text.count('data-testid="updates-row"'), operator.text.count('data-testid="replies-row"')) == (3, 3)
    assert "no JSON at 2" in operator.text
    assert "chat not found" in operator.text
    for hidden in (WORDS, "0912", "1001", LAN.external_id, "zalo-refused"):
        assert hidden not in operator.text
    desk.server.app[keys.WAYS_IN].zalo_is_refused = True
    await operator.opens("/staff/trouble")
    assert 'data-testid="zalo-refused"' in operator.text
    assert await sends(operator, "updates-form", **{f"updates-{failed[0]}": "on", "act": "again"}) == 303
    entry = await trail(desk)
    assert (entry.action, entry.details["which"], entry.details["how_many"]) == ("trouble_tried_again", "updates", 1)
    assert operator.text.count('data-testid="updates-row"') == 2
    assert await sends(operator, "replies-form", everything="yes", act="again") == 303
    async with desk.database.reading() as uow:
        assert await uow.outbox.dead() == []
        assert (await uow.outbox.backlog(desk.clock.now())).waiting == 3
        assert (await uow.inbox.backlog()).waiting == 1
    assert (await trail(desk)).details["numbers"] == ", ".join(map(str, dead))


async def test_what_is_discarded_needs_a_reason_and_is_gone_for_good(desk: StaffDesk) -> None:
    """Without one the ticks are kept and the field says so; with one the words are gone, and what comes again is known."""
    failed, dead = await goes_wrong(desk)
    operator = await desk.signed_in("van-hanh", Role.OPERATOR)
    await operator.opens("/staff/trouble")
    tick = {f"updates-{failed[0]}": "on", f"updates-{failed[1]}": "on"}
    assert await sends(operator, "updates-form", **tick, act="discard", reason=" ") == 400
    assert 'data-testid="trouble-reason"' in operator.text
    assert operator.text.count('value="on" checked') == 2
    assert await sends(operator, "updates-form", act="discard", reason="thử máy") == 400
    assert operator.shows("trouble_nothing_chosen")
    assert await sends(operator, "updates-form", **tick, act="explode") == 400
    async with desk.database.reading() as uow:
        assert len(await uow.inbox.failed()) == 3
    assert await sends(operator, "updates-form", **tick, act="discard", reason="Tin <b>thử</b> của máy") == 303
    entry = await trail(desk)
    assert (entry.action, entry.details["discard_reason"]) == ("trouble_discarded", "Tin <b>thử</b> của máy")
    assert await sends(operator, "replies-form", everything="yes", act="discard", reason="đã gọi điện") == 303
    async with desk.database.moment() as connection:
        rows = {row.id: row for row in await connection.execute(inbox.select())}
        assert [(rows[one].state, rows[one].body == "") for one in failed] == [("handled", True)] * 2 + [("failed", False)]
        assert [row.id for row in await connection.execute(outbox.select()) if row.id in dead] == []
    async with desk.database.begin() as uow:
        again = [update(number, "1001") for number in range(1, 4)]
        assert await uow.inbox.keep(again, desk.clock.now()) == 0, "what Telegram brings again is known"


async def test_staffs_own_words_are_their_cases_affair_but_for_those_a_restore_holds(desk: StaffDesk) -> None:
    """A dead answer shows on its case; held ones can be sent, or count as sent: they were."""
    case = await desk.case()
    now = desk.clock.now()
    async with desk.database.begin() as uow:
        message = (await uow.cases.thread(case.id))[0].id
        new = NewReply(address=HOA, reply=Reply(text=WORDS), message_id=message, case_id=case.id)
        dead, held = await uow.outbox.add([new, new], now)
        errors = ((dead, "chat not found"), (held, HELD_AFTER_RESTORE))
        await uow.outbox.record(
            [DeliveryResult(reply_id=one, state=DeliveryState.FAILED, at=now, error=why) for one, why in errors]
        )
        await uow.commit()
    operator = await desk.signed_in("van-hanh", Role.OPERATOR)
    await operator.opens("/staff/trouble")
    assert f"replies-{held}" in operator.text
    assert f"replies-{dead}" not in operator.text
    assert case.code not in operator.text
    assert operator.shows("trouble_held")
    assert await sends(operator, "replies-form", **{f"replies-{held}": "on", "act": "discard", "reason": "đã gửi"}) == 303
    async with desk.database.moment() as connection:
        states = {row.id: row.state for row in await connection.execute(outbox.select())}
    assert (states[dead], states[held]) == ("failed", "sent")


async def test_a_thousand_are_shown_by_fifties_and_mended_at_once(desk: StaffDesk) -> None:
    await goes_wrong(desk, updates=120, replies=0)
    operator = await desk.signed_in("van-hanh", Role.OPERATOR)
    await operator.opens("/staff/trouble")
    assert operator.text.count('data-testid="updates-row"') == 50
    assert "(120)" in operator.text
    assert await sends(operator, "updates-form", everything="yes", act="again") == 303
    async with desk.database.reading() as uow:
        assert (await uow.inbox.backlog()).failed == 0
