"""Bringing a resident's file over, in one piece or with a clear reason why not."""

import json
from collections.abc import AsyncIterator

import pytest

from bot.domain.incoming import LARGEST_FILE, FileKind, RemoteFile
from bot.domain.people import Address, Channel
from bot.domain.reply import Reply
from bot.errors import FileNotFetched, FileTooLarge, TryLater
from handlers.channels.telegram import TelegramChannel
from handlers.channels.telegram_calls import RawCalls
from tests.bot_api import BotApiServer, Fault
from tests.handlers.telegram.conftest import FileShelf


@pytest.fixture
async def telegram(api: BotApiServer, shelf: FileShelf) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(api.token, shelf, api_base=api.base)
    yield channel
    await channel.close()


def remote(file_id: str, size: int | None = None) -> RemoteFile:
    return RemoteFile(file_id, FileKind.PHOTO, size=size)


async def test_a_file_arrives_byte_for_byte(api: BotApiServer, telegram: TelegramChannel) -> None:
    data = bytes(range(256)) * 4000
    assert await telegram.fetch(remote(api.keep_file(data))) == data


async def test_exactly_twenty_megabytes_still_arrive(api: BotApiServer, telegram: TelegramChannel) -> None:
    assert len(await telegram.fetch(remote(api.keep_file(bytes(LARGEST_FILE))))) == LARGEST_FILE


async def test_a_larger_one_is_refused_without_asking_when_its_size_is_known(
    api: BotApiServer, telegram: TelegramChannel
) -> None:
    with pytest.raises(FileTooLarge):
        await telegram.fetch(remote("x", LARGEST_FILE + 1))
    assert api.calls == []


async def test_a_larger_one_is_refused_when_telegram_says_so(api: BotApiServer, telegram: TelegramChannel) -> None:
    with pytest.raises(FileTooLarge):
        await telegram.fetch(remote(api.keep_file(b"", size=LARGEST_FILE + 1)))


async def test_a_file_longer_than_declared_is_not_read_to_its_end(api: BotApiServer, telegram: TelegramChannel) -> None:
    file_id = api.keep_file(bytes(LARGEST_FILE + 1), size=10)
    with pytest.raises(FileTooLarge):
        await telegram.fetch(remote(file_id, 10))


async def test_an_unknown_file_is_final(telegram: TelegramChannel) -> None:
    with pytest.raises(FileNotFetched) as told:
        await telegram.fetch(remote("nobody-has-this"))
    assert not isinstance(told.value, FileTooLarge)


@pytest.mark.parametrize("where", ["getFile", "file"])
@pytest.mark.parametrize(
    "fault", [Fault(status=500), Fault(status=429, retry_after=2, description="Too Many Requests"), Fault(cut=True)]
)
async def test_what_may_work_later_is_worth_another_try(
    api: BotApiServer, telegram: TelegramChannel, where: str, fault: Fault
) -> None:
    file = remote(api.keep_file(b"x"))
    # aiohttp itself repeats a download once when the connection breaks off.
    times = 2 if fault.cut and where == "file" else 1
    api.breaks(where, fault, times)
    with pytest.raises(TryLater) as told:
        await telegram.fetch(file)
    assert api.token not in repr((told.value, told.value.values))
    assert await telegram.fetch(file) == b"x"


@pytest.mark.parametrize("status", [302, 403, 404])
async def test_a_download_that_is_refused_is_final_and_tells_no_token(
    api: BotApiServer, telegram: TelegramChannel, status: int
) -> None:
    api.breaks("file", Fault(status=status, description="no"))
    with pytest.raises(FileNotFetched) as told:
        await telegram.fetch(remote(api.keep_file(b"x")))
    assert api.token not in repr((told.value, str(told.value), told.value.values))


@pytest.mark.parametrize("path", ["/etc/passwd", "../../bot/x", "", 7, None])
async def test_a_path_that_leads_elsewhere_is_not_followed(
    api: BotApiServer, telegram: TelegramChannel, path: object
) -> None:
    answer = {"ok": True, "result": {"file_id": "x", "file_unique_id": "u", "file_path": path}}
    api.breaks("getFile", Fault(garbage=json.dumps(answer).encode()))
    with pytest.raises(FileNotFetched):
        await telegram.fetch(remote("x"))


async def test_nobody_is_followed_to_another_address(api: BotApiServer, telegram: TelegramChannel, calls: RawCalls) -> None:
    """The token stands in the address and a reply in the body: neither goes where a redirect points."""
    async with BotApiServer() as elsewhere:
        elsewhere.resident(501)
        file = remote(api.keep_file(b"x"))
        lure = f"{elsewhere.base}/bot{elsewhere.token}/getMe"
        for method in ("file", "sendMessage", "getUpdates"):
            api.breaks(method, Fault(location=lure))
        with pytest.raises(FileNotFetched):
            await telegram.fetch(file)
        with pytest.raises(TryLater):
            await telegram.send(Address(Channel.TELEGRAM, "501"), Reply(text="x"))
        with pytest.raises(TryLater):
            await calls.call_raw("getUpdates", {})
        assert elsewhere.calls == []
