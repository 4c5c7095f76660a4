"""The live stream: replies as they come, each once, also to a page that was away in between."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.people import Address, Channel
from bot.domain.reply import DeliveryResult, DeliveryState, NewReply, Reply
from bot.errors import StorageBusy
from bot.ports import ChatLine, ChatPlace
from handlers.channels import webchat_events
from handlers.channels.webchat_limits import STREAMS_OF_ADDRESS
from storage import Database
from storage.chat_lines import SqlChatLines
from tests.handlers.webchat.town import Town


async def test_an_answer_arrives_while_the_page_is_open(town_on_each: Town) -> None:
    """Lan keeps the page open; the officer's answer appears at once, as the same markup that the page itself has."""
    lan = await town_on_each.visitor()
    async with lan.follows() as stream:
        assert stream.response.content_type == "text/event-stream"
        assert "no-store" in stream.response.headers["Cache-Control"]
        await lan.tells(text="Đèn hỏng", key="lan-0001")
        first = await stream.next()
        assert "Đã nghe: Đèn hỏng" in first.line
        await town_on_each.staff_write("Tổ điện sẽ đến sáng mai.")
        second = await stream.next(within=2)
    assert "Tổ điện sẽ đến sáng mai." in second.line
    assert int(second.id) > int(first.id)
    page = await lan.opens()
    assert f'id="line-{second.id}"' in second.data
    assert f'id="line-{second.id}"' in page.html


async def test_lines_missed_while_away_arrive_exactly_once(town_on_each: Town) -> None:
    """The stream breaks off; three answers are written; the browser comes back with the last id it saw."""
    lan = await town_on_each.visitor()
    await lan.says("xin chào")
    async with lan.follows() as stream:
        seen = (await stream.next()).id
    for number in range(3):
        await town_on_each.staff_write(f"trả lời {number}")
    async with lan.follows(last_id=seen) as stream:
        events = [await stream.next() for _ in range(3)]
        assert await stream.is_quiet()
    assert [f"trả lời {n}" in event.line for n, event in enumerate(events)] == [True] * 3
    async with lan.follows(last_id=events[1].id) as stream:
        assert (await stream.next()).id == events[2].id
        assert await stream.is_quiet()


async def test_the_page_says_where_the_stream_goes_on(town: Town) -> None:
    """What the page shows already is not sent again; `Last-Event-ID` counts more than the address the script began with."""
    lan = await town.visitor()
    page = await lan.says("xin chào")
    [shown] = [a["data-after"] for _, a in page.elements if "data-after" in a]
    assert int(shown) > 0
    async with lan.follows(after=shown) as stream:
        assert await stream.is_quiet()
    async with lan.follows(after=0, last_id=shown) as stream:
        assert await stream.is_quiet()


async def test_a_stream_is_for_its_own_browser(town: Town) -> None:
    lan, minh = await town.visitor(), await town.visitor()
    async with minh.follows() as stream:
        await lan.says("chuyện của Lan")
        assert await stream.is_quiet()


async def test_many_lines_at_once_all_arrive(town: Town) -> None:
    lan = await town.visitor()
    await lan.says("xin chào")
    for number in range(70):
        await town.staff_write(f"dòng {number}")
    async with lan.follows() as stream:
        lines = [(await stream.next()).line for _ in range(71)]
        assert await stream.is_quiet()
    assert "dòng 69" in lines[-1]
    assert len(set(lines)) == 71


async def test_pages_that_wake_together_look_together(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight pages are open, and one commit answers them all: one look finds it, and none follows it in vain."""
    monkeypatch.setattr(webchat_events, "LOOK_EVERY", 600)
    pages = [await town.visitor() for _ in range(8)]
    for page in pages:
        await page.tells(text="xin chào", key="first-one")
    addresses = [update.address_id for update in town.kept]
    looks: list[int] = []
    replies_after_each = SqlChatLines.replies_after_each

    async def count(
        self: SqlChatLines, places: Sequence[ChatPlace], *, since: datetime | None = None
    ) -> list[list[ChatLine]]:
        looks.append(len(places))
        return await replies_after_each(self, places, since=since)

    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(page.follows()) for page in pages]
        for stream in streams:
            assert "xin chào" in (await stream.next()).line
        await asyncio.sleep(0.1)  # all of them are asleep
        monkeypatch.setattr(SqlChatLines, "replies_after_each", count)
        async with town.database.begin() as uow:
            said = [NewReply(address=Address(Channel.WEBCHAT, one), reply=Reply(text="tối nay")) for one in addresses]
            await uow.outbox.add(said, datetime.now(UTC))
            await uow.commit()
        for stream in streams:
            assert "tối nay" in (await stream.next()).line
            assert await stream.is_quiet(0.05)
    assert sum(looks) <= 2 * len(pages)  # once when it was queued, once when it was sent
    assert len(looks) <= 4


async def _count_looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every look from now on, by the pages that share it."""
    looks: list[int] = []
    replies_after_each = SqlChatLines.replies_after_each

    async def count(
        self: SqlChatLines, places: Sequence[ChatPlace], *, since: datetime | None = None
    ) -> list[list[ChatLine]]:
        looks.append(len(places))
        return await replies_after_each(self, places, since=since)

    monkeypatch.setattr(SqlChatLines, "replies_after_each", count)
    return looks


async def _show_at_once(town: Town, *texts: str) -> None:
    """As `handlers.at_once` answers: queued, claimed and sent in one transaction."""
    address = Address(Channel.WEBCHAT, town.kept[-1].address_id)
    now = datetime.now(UTC)
    async with town.database.begin() as uow:
        await uow.outbox.add([NewReply(address=address, reply=Reply(text=text)) for text in texts], now)
        for _ in texts:
            [one] = await uow.outbox.claim(
                owner="1/test", channels=[Channel.WEBCHAT], now=now, lease=timedelta(seconds=9), most=9
            )
            await uow.outbox.record([DeliveryResult(reply_id=one.id, state=DeliveryState.SENT, at=now)])
        await uow.commit()


async def test_what_was_just_written_is_not_read_back(town_on_each: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit that answers tells the open page its lines, in their order; nobody asks the database for them."""
    monkeypatch.setattr(webchat_events, "LOOK_EVERY", 600)
    lan = await town_on_each.visitor()
    await lan.says("xin chào")
    async with lan.follows() as stream:
        await stream.next()
        await asyncio.sleep(0.1)
        looks = await _count_looks(monkeypatch)
        await _show_at_once(town_on_each, "một", "hai", "ba")
        told = [await stream.next() for _ in range(3)]
        assert await stream.is_quiet()
    assert looks == []
    assert [word in event.line for word, event in zip(("một", "hai", "ba"), told, strict=True)] == [True] * 3
    assert 'value=""' not in told[0].data
    async with lan.follows(last_id=told[1].id) as stream:
        again = await stream.next()
    assert (again.id, again.line) == (told[2].id, told[2].line)  # read back, it is the same


async def test_a_page_that_could_not_look_trusts_no_bell(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Storage was out of reach when a line came: the next one that the bell tells must not be shown in its place."""
    monkeypatch.setattr(webchat_events, "LOOK_EVERY", 600)
    lan = await town.visitor()
    await lan.says("xin chào")
    async with lan.follows() as stream:
        await stream.next()
        await asyncio.sleep(0.1)
        replies_after_each = SqlChatLines.replies_after_each

        async def busy(*_: object, **__: object) -> list[list[ChatLine]]:
            raise StorageBusy(reason="for this test")

        monkeypatch.setattr(SqlChatLines, "replies_after_each", busy)
        await town.staff_write("lúc bận")  # rung for when it is queued: a look that finds nobody at home
        assert await stream.is_quiet()
        monkeypatch.setattr(SqlChatLines, "replies_after_each", replies_after_each)
        await _show_at_once(town, "sau đó")
        assert "lúc bận" in (await stream.next()).line
        assert "sau đó" in (await stream.next()).line
        assert await stream.is_quiet()


async def test_a_reply_of_another_process_is_found_without_a_bell(
    town: Town, database_beside: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody rings here for what another process queued and delivered: the stream's own look finds it."""
    monkeypatch.setattr(webchat_events, "LOOK_EVERY", 0.1)
    lan = await town.visitor()
    page = await lan.says("xin chào")
    [shown] = [a["data-after"] for _, a in page.elements if "data-after" in a]
    async with lan.follows(after=shown) as stream:
        town.database = database_beside
        await town.staff_write("từ nơi khác")
        assert "từ nơi khác" in (await stream.next()).line


async def test_a_silent_stream_shows_signs_of_life(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webchat_events, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(webchat_events, "HEARTBEAT", 0.1)
    lan = await town.visitor()
    async with lan.follows() as stream, asyncio.timeout(60):
        rows = [await stream.response.content.readuntil(b"\n\n") for _ in range(3)]
    assert rows == [b"retry: 2000\n\n", b": still here\n\n", b": still here\n\n"]


async def test_streams_end_when_the_process_does(town: Town) -> None:
    """A stop ends every stream cleanly and soon; who comes afterwards is sent away for good."""
    lan = await town.visitor()
    async with lan.follows() as stream, asyncio.timeout(30):
        await stream.response.content.readuntil(b"\n\n")
        town.stop.set()
        assert await stream.response.content.read() == b""
        async with lan.follows() as late:
            assert late.response.status == 204


async def test_a_closed_page_frees_its_place(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """One browser holds six open pages; the seventh is told to wait, until another is closed."""
    monkeypatch.setattr(webchat_events, "LOOK_EVERY", 0.05)
    lan, minh = await town.visitor(), await town.visitor()
    open_pages = [lan.follows() for _ in range(STREAMS_OF_ADDRESS)]
    for opened in open_pages:
        await opened.__aenter__()
    async with lan.follows() as seventh:
        assert seventh.response.status == 429
        assert int(seventh.response.headers["Retry-After"]) > 0
    async with minh.follows() as other:
        assert other.response.status == 200
    for opened in open_pages:
        await opened.__aexit__(None, None, None)
    async with asyncio.timeout(60):
        while True:
            async with lan.follows() as again:
                if again.response.status == 200:
                    break
            await asyncio.sleep(0.05)


async def test_without_a_cookie_there_is_nothing_to_follow(town: Town) -> None:
    async with town.browser().follows() as stream:
        assert stream.response.status == 204
