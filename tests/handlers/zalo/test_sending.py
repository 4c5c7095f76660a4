"""Saying a reply through a real Zalo server: words, numbers, pictures by link, and every way in which Zalo says no."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import aiohttp
import pytest
from aiohttp import web

from bot.domain.incoming import FileKind, StoredFile
from bot.domain.people import Address, Channel, Language
from bot.domain.reply import Choice, Reply
from bot.errors import NeverDeliverable, TryLater
from handlers.channels import zalo_typing
from handlers.channels.zalo import MOST_FORBIDDEN, ZaloChannel
from handlers.channels.zalo_calls import ZaloCalls
from handlers.channels.zalo_fetching import ZaloFetching
from handlers.channels.zalo_links import GOOD_FOR, PATH, PhotoLinks
from storage import Database
from tests.bot_api.faults import Fault
from tests.handlers.cast import TestClock
from tests.handlers.telegram.conftest import FileShelf
from tests.zalo_api import Resident, ZaloServer
from tests.zalo_api.rules import LONGEST_TEXT, units

JPEG = b"\xff\xd8\xff\xe0 not much of a picture"


@dataclass
class World:
    """A channel, Lan's chat, and our own pages that hand pictures out."""

    channel: ZaloChannel
    zalo: ZaloServer
    lan: Resident
    shelf: FileShelf
    links: PhotoLinks
    clock: TestClock
    url: str

    @property
    def address(self) -> Address:
        return Address(Channel.ZALO, self.lan.id)

    async def says(self, text: str = "", **more: object) -> str:
        return await self.channel.send(self.address, Reply(text=text, **more))  # type: ignore[arg-type]  # a reply's fields

    async def picture(self, *, shown: bytes = JPEG) -> StoredFile:
        original = await self.shelf.put(b"the original, with the place it was taken at")
        return StoredFile(original, FileKind.PHOTO, "a.jpg", "image/jpeg", 9, await self.shelf.put(shown))


@pytest.fixture
async def world(calls: ZaloCalls, zalo: ZaloServer, sqlite_database: Database) -> AsyncIterator[World]:
    shelf, clock, app = FileShelf(), TestClock(), web.Application()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    links = PhotoLinks(sqlite_database, shelf, clock, "http://later")
    app.add_routes(links.routes())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    links = PhotoLinks(sqlite_database, shelf, clock, url)
    channel = ZaloChannel(calls, ZaloFetching(zalo.base), links, spacing=0.01)
    yield World(channel, zalo, zalo.resident("Lan"), shelf, links, clock, url)
    await channel.close()
    await runner.cleanup()


async def test_choices_are_numbered_lines_in_the_order_they_are_understood_by(world: World) -> None:
    """What cannot be undone has no number: it takes its words, and the others are counted without it."""
    rows = (
        (Choice("Gửi", "s:1"), Choice("Sửa\nlại", "x:1")),
        (Choice("Vâng, xóa hết", "md:sure:1", in_words=True),),
        (Choice("Hủy", "x:2"),),
    )
    message_id = await world.says("Đúng chưa?", choices=rows, asks_location=True, language=Language.VI)
    [heard] = world.lan.heard
    assert heard.message_id == message_id
    assert heard.text.startswith("Đúng chưa?\n\n")
    assert heard.choices == {1: "Gửi", 2: "Sửa lại", 3: "Hủy"}
    assert "đúng lời: “Vâng, xóa hết”" in heard.text
    assert "địa chỉ" in heard.text
    assert await world.channel.send(world.address, Reply(answers_choice_id="x")) == ""
    assert len(world.lan.heard) == 1


async def test_a_long_text_goes_out_in_pieces_that_zalo_takes(world: World) -> None:
    """Split at line ends, counted in UTF-16 units; none of it is lost, and the numbers stand under the last."""
    lines = [f"Dòng {number} 😡 " + "á" * 60 for number in range(90)]
    await world.says("\n".join(lines) + "\x00\ud800", choices=((Choice("Gửi", "s:1"),),))
    assert len(world.lan.heard) > 2
    assert all(0 < units(text) <= LONGEST_TEXT for text in world.lan.hears)
    assert [line for text in world.lan.hears for line in text.split("\n")][:89] == lines[:89]
    assert world.lan.heard[-1].choices == {1: "Gửi"}


async def test_what_broke_off_goes_on_where_it_stopped(world: World) -> None:
    text = "\n".join(["á" * 1500] * 3)
    world.zalo.breaks("sendMessage", Fault(slow=0.01))  # this one arrives
    world.zalo.breaks("sendMessage", Fault(status=500))
    with pytest.raises(TryLater):
        await world.says(text)
    await world.says(text)
    assert len(world.lan.heard) == 3


async def test_a_picture_goes_out_by_a_link_that_is_good_once(world: World) -> None:
    """With its words under it; the shown copy, never the original; gone after a look, while its head may be looked at."""
    await world.says("Đã sửa xong.", files=(await world.picture(),))
    [heard] = world.lan.heard
    assert (heard.text, heard.file) == ("Đã sửa xong.", JPEG)
    address = heard.call["photo"]
    assert address.startswith(f"{world.url}/hooks/zalo/photos/")
    async with aiohttp.ClientSession() as session:
        async with session.get(address) as again:
            assert again.status == 404
        another = await world.links.make((await world.picture()).shown_key)
        assert another.rpartition("/")[2] != address.rpartition("/")[2]
        for _ in range(2):
            async with session.head(another) as head:
                assert (head.status, head.content_length, head.content_type) == (200, len(JPEG), "image/jpeg")
        async with session.get(another) as once:
            assert (await once.read(), once.headers["Cache-Control"]) == (JPEG, "no-store")
        late = await world.links.make((await world.picture()).shown_key)
        world.clock.moved = GOOD_FOR + timedelta(seconds=1)
        gone = await world.links.make("f" * 64)  # good, and nothing lies in the store under it
        for odd in (late, gone, world.url + PATH.format(token="x" * 32), world.url + PATH.format(token="x.jpg")):
            async with session.get(odd) as none:
                assert none.status == 404


async def test_one_of_many_who_look_at_once_sees_the_picture(world: World) -> None:
    address = await world.links.make((await world.picture()).shown_key)
    async with aiohttp.ClientSession() as session:

        async def look() -> int:
            async with session.get(address) as answer:
                await answer.read()
                return answer.status

        statuses = await asyncio.gather(*(look() for _ in range(8)))
    assert sorted(statuses) == [200] + [404] * 7


async def test_what_cannot_be_shown_there_is_named(world: World, calls: ZaloCalls) -> None:
    """Several pictures after the words; a paper by its name; a picture that Zalo refuses, or where nobody can fetch it."""
    paper = StoredFile("f" * 64, FileKind.DOCUMENT, "biên\nbản.pdf", "application/pdf", 9)
    await world.says("Kèm theo", files=(await world.picture(), await world.picture(shown=JPEG + b"2"), paper))
    assert [heard.file for heard in world.lan.heard] == [b"", JPEG, JPEG + b"2"]
    assert "“biên bản.pdf”" in world.lan.hears[0]
    await world.says("Đã sửa.", files=(await world.picture(shown=b"<html>"),))
    assert world.lan.hears[-1].startswith("Đã sửa.\n\nCó 1 ảnh kèm theo.")
    bare = ZaloChannel(calls, ZaloFetching(world.zalo.base), None, spacing=0.01)
    await bare.send(world.address, Reply(text="Done.", files=(await world.picture(),), language=Language.EN))
    assert world.lan.hears[-1].startswith("Done.\n\n1 picture comes with this.")
    assert "the original" not in repr([call.parameters for call in world.zalo.calls])


@pytest.mark.parametrize("tells_by_status", [False, True])
@pytest.mark.parametrize(
    ("fault", "acted"),
    [
        (Fault(status=408, acts=True), True),
        (Fault(status=500), True),
        (Fault(garbage=b"<html>"), True),
        (Fault(garbage=b'{"ok":true}'), True),
        (Fault(cut=True, acts=True), True),
        (Fault(keeps=20, acts=True), True),
    ],
    ids=str,
)
async def test_an_unknown_outcome_is_tried_again(world: World, fault: Fault, acted: bool, tells_by_status: bool) -> None:
    world.zalo.tells_by_status = tells_by_status
    world.zalo.breaks("sendMessage", fault)
    with pytest.raises(TryLater) as later:
        await world.says("x")
    assert (later.value.after, later.value.acted) == (None, acted)
    await world.says("x")
    assert set(world.lan.hears) == {"x"}


@pytest.mark.parametrize("tells_by_status", [False, True])
async def test_too_many_waits_longer_each_time(world: World, tells_by_status: bool) -> None:
    """Zalo does not say how long: one second, then doubled up to a minute, anew after the first that goes through."""
    world.zalo.tells_by_status = tells_by_status
    world.zalo.breaks("sendMessage", Fault(status=429), times=8)
    waits = []
    for _ in range(8):
        with pytest.raises(TryLater) as later:
            await world.says("x")
        assert later.value.after is not None
        assert not later.value.acted
        waits.append(later.value.after.total_seconds())
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    await world.says("x")
    world.zalo.breaks("sendMessage", Fault(status=429))
    with pytest.raises(TryLater) as later:
        await world.says("x")
    assert later.value.after == timedelta(seconds=1)


async def test_forbidden_is_tried_a_few_times_and_then_put_aside(world: World) -> None:
    """The documentation calls 403 a server's error, other clients a refusal: it is both, one after the other."""
    world.zalo.breaks("sendMessage", Fault(status=403), times=MOST_FORBIDDEN)
    for _ in range(MOST_FORBIDDEN - 1):
        with pytest.raises(TryLater):
            await world.says("x")
    with pytest.raises(NeverDeliverable) as never:
        await world.says("x")
    assert not never.value.blocked
    await world.says("x")
    assert world.lan.hears == ["x"]


async def test_a_refusal_is_final_for_this_reply_and_for_no_other(world: World) -> None:
    world.lan.is_gone = True
    with pytest.raises(NeverDeliverable) as never:
        await world.says("x")
    assert "chat not found" in str(never.value)


async def test_while_the_token_is_refused_nothing_is_asked_and_nothing_is_lost(world: World) -> None:
    """Every reply waits; the first call that is taken opens the way again."""
    right, world.zalo.token = world.zalo.token, "1:another"
    with pytest.raises(TryLater) as later:
        await world.says("x")
    assert later.value.after is not None
    asked = len(world.zalo.calls)
    with pytest.raises(TryLater):
        await world.says("x")
    assert len(world.zalo.calls) == asked
    world.zalo.token = right
    await world.channel._calls.call("getMe")
    await world.says("x")
    assert world.lan.hears == ["x"]


async def test_messages_to_a_chat_keep_their_distance(world: World) -> None:
    world.channel._spacing = 0.4
    await world.says("\n".join(["á" * 1500] * 2))
    await world.says("y")
    times = [heard.at for heard in world.lan.heard]
    assert all(after - before >= 0.2 for before, after in pairwise(times))


async def test_who_waits_longer_than_a_moment_sees_that_we_write(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zalo_typing, "AFTER", 0.05)
    world.channel.typing.expect(world.lan.id)
    async with asyncio.timeout(20):
        while not world.lan.is_typed_to:
            await asyncio.sleep(0.01)
    world.channel.typing.expect(world.lan.id)
    await world.says("xong rồi")
    await asyncio.sleep(0.1)
    assert world.lan.is_typed_to == 1
