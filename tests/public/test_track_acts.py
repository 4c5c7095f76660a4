"""With the secret of a receipt one reads, writes, disputes and rates there; with the code alone, how it stands."""

import asyncio
import re
from collections.abc import AsyncIterator
from html import unescape

import pytest
from sqlalchemy import update

from bot.bell import Bell
from bot.domain.case import Case, CaseCode, CaseKind, CaseStatus
from bot.domain.closing import closing_of
from storage import Database
from storage.tables import cases
from tests.admin.desk import Browser, StaffDesk, open_desk
from tests.public.test_one_deadline import RECEIPTS, tracked

QUIET = re.compile(r'(value|nonce|content)="[^"]*"')


@pytest.fixture
async def desk(database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(database, bell) as opened:
        yield opened


async def opened(desk: StaffDesk, case: Case) -> Browser:
    return await tracked(desk, case.code, RECEIPTS.secret(case.code))


async def closed(desk: StaffDesk, case: Case) -> None:
    minh = await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.closes()).status == 303


async def thread_of(desk: StaffDesk, case: Case) -> list[str]:
    async with desk.database.reading() as uow:
        return [message.text for message in await uow.cases.thread(case.id)]


async def test_the_code_alone_says_how_it_stands_and_nothing_that_was_written(desk: StaffDesk) -> None:
    case = await desk.case("Ngõ 12 tối ba đêm nay.")
    page = (await tracked(desk, case.code, "")).text
    assert "track-due" in page
    for hidden in ("Ngõ 12", "track-own", "track-write-form", "granted"):
        assert hidden not in page


async def test_what_nobody_may_know_of_is_answered_like_an_unknown_code(desk: StaffDesk) -> None:
    """Byte by byte: about an official, at a restricted desk, by somebody who asked to stay unknown, erased."""
    hidden = [await desk.case("Cán bộ một cửa quát dân.", kind=CaseKind.CONDUCT)]
    for became in ({"is_anonymous": True}, {"is_sensitive": True}, {"erase_asked_at": desk.clock.now()}):
        hidden.append(await desk.case("Đèn tắt."))
        async with desk.database._transaction() as connection:
            await connection.execute(update(cases).where(cases.c.id == hidden[-1].id).values(became))
            await connection.commit()
    pages = {
        QUIET.sub("", (await tracked(desk, code, "")).text) for code in (CaseCode("7K3M-9QX2"), *(c.code for c in hidden))
    }
    assert len(pages) == 1
    assert "track-due" in (await tracked(desk, hidden[0].code, RECEIPTS.secret(hidden[0].code))).text


async def test_the_holder_reads_the_whole_thread_and_writes_once(desk: StaffDesk) -> None:
    """A page loaded anew, a double tap: the same words count once."""
    case = await desk.case("Ngõ 12 tối ba đêm nay.")
    holder = await opened(desk, case)
    assert "Ngõ 12 tối ba đêm nay." in holder.text
    fields = dict(holder.form("track-write-form")[1])
    for _ in range(2):
        sent = await holder.posts("/track", {**fields, "text": "Vẫn tối <b>lắm</b>."})
        assert sent.status == 200
    assert "Vẫn tối &lt;b&gt;lắm&lt;/b&gt;." in holder.text
    assert (await thread_of(desk, case)).count("Vẫn tối <b>lắm</b>.") == 1
    empty = await holder.submits("track-write-form", text="   ")
    assert empty.status == 400
    assert "chưa viết gì" in unescape(holder.text)


async def test_the_same_words_sent_six_times_at_once_count_once(desk: StaffDesk) -> None:
    """An impatient thumb on a slow network: no try waits for the answer to the one before."""
    case = await desk.case("Ngõ 12 tối ba đêm nay.")
    holder = await opened(desk, case)
    fields = dict(holder.form("track-write-form")[1]) | {"text": "Vẫn tối lắm."}
    answers = await asyncio.gather(*(holder.posts("/track", fields) for _ in range(6)))
    assert [answer.status for answer in answers] == [200] * 6
    assert (await thread_of(desk, case)).count("Vẫn tối lắm.") == 1


async def test_a_closing_disputed_six_times_at_once_is_disputed_once(desk: StaffDesk) -> None:
    case = await desk.case()
    await closed(desk, case)
    holder = await opened(desk, case)
    fields = dict(holder.form("track-dispute-form")[1]) | {"text": "Đèn vẫn tắt."}
    answers = await asyncio.gather(*(holder.posts("/track", fields) for _ in range(6)))
    assert [answer.status for answer in answers] == [200] * 6
    assert (await desk.now_is(case.code)).disputes == 1
    assert (await thread_of(desk, case)).count("Đèn vẫn tắt.") == 1


async def test_a_closing_is_disputed_here_with_words(desk: StaffDesk) -> None:
    """The case is open again, once, with what is not true in its thread."""
    case = await desk.case()
    await closed(desk, case)
    holder = await opened(desk, case)
    fields = dict(holder.form("track-dispute-form")[1])
    for _ in range(2):
        assert (await holder.posts("/track", {**fields, "text": "Đèn vẫn tắt."})).status == 200
    now = await desk.now_is(case.code)
    assert (now.status, now.disputes) == (CaseStatus.OPEN, 1)
    assert (await thread_of(desk, case)).count("Đèn vẫn tắt.") == 1
    assert "track-write-form" in holder.text


async def test_an_old_page_changes_no_later_closing(desk: StaffDesk) -> None:
    case = await desk.case()
    await closed(desk, case)
    holder = await opened(desk, case)
    fields = dict(holder.form("track-dispute-form")[1]) | {"closing": "1", "text": "Còn tối."}
    assert (await holder.posts("/track", fields)).status == 400
    assert "Còn tối." in unescape(holder.text), "what was typed is kept"
    assert (await desk.now_is(case.code)).disputes == 0


async def test_a_closing_is_rated_here_and_staff_see_nothing_of_it(desk: StaffDesk) -> None:
    case = await desk.case()
    await closed(desk, case)
    before = await desk.now_is(case.code)
    holder = await opened(desk, case)
    assert (await holder.submits("track-rate-form", stars="4")).status == 200
    after = await desk.now_is(case.code)
    assert after.version == before.version
    assert after.closed_at is not None
    async with desk.database.reading() as uow:
        rating = await uow.ratings.get(case.id, after.closed_at)
    assert rating is not None
    assert (rating.is_resolved, rating.stars) == (True, 4)
    assert closing_of(after) == closing_of(before)


async def test_a_pass_is_worth_nothing_elsewhere_or_later(desk: StaffDesk) -> None:
    """In another browser, for another case, half an hour later, made up: nothing is done, and the words are given back."""
    case, other = await desk.case(), await desk.case("Chuyện khác.")
    holder = await opened(desk, case)
    fields = dict(holder.form("track-write-form")[1]) | {"text": "Lời của tôi."}
    stranger = await desk.browser()
    await stranger.opens("/track")
    token = stranger.form("track-case-form")[1]["form_token"]
    assert (await stranger.posts("/track", {**fields, "form_token": token})).status == 403
    for wrong in ({"code": other.code}, {"granted": "99999999999." + "0" * 64}, {"granted": "x"}, {"granted": ""}):
        assert (await holder.posts("/track", {**fields, **wrong})).status == 403
    desk.clock.passes(minutes=31)
    assert (await holder.posts("/track", fields)).status == 403
    assert "Lời của tôi." in unescape(holder.text)
    assert [text for one in (case, other) for text in await thread_of(desk, one) if "Lời" in text] == []
