"""Zalo, from a resident's phone to the desk and back, through the program as a process of its own."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from yarl import URL

from tests.ops.homthu import Homthu, Running
from tests.stories.cast import Officer, code_in
from tests.stories.things import LAMP, picture
from tests.zalo_api import ZaloServer


@asynccontextmanager
async def running(zalo: ZaloServer, folder: Path, **more: str) -> AsyncIterator[tuple[Running, Officer]]:
    """`run` with this Zalo, where its pages can be fetched from; and Minh of Phú Thượng, signed in."""
    with socket.socket() as found:  # Zalo must be told the port before the program listens on it
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    homthu = Homthu(
        folder,
        {
            "HOMTHU_PORT": str(port),
            "HOMTHU_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "HOMTHU_ZALO_TOKEN": zalo.token,
            "HOMTHU_ZALO_API_BASE": zalo.base,
            "HOMTHU_ZALO_PER_SECOND": "1000",
            **more,
        },
    )
    added = await asyncio.to_thread(homthu.does, "staff", "add", "minh", "--ward", "00091")
    password = re.findall(r"\S{12,}", added.stdout.strip())[-1]
    starting = homthu.running()
    started = await asyncio.to_thread(starting.__enter__)
    try:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Accept-Language": "vi"}) as session:
            minh = Officer(session, URL(started.url), password, "minh")
            await minh.signs_in()
            yield started, minh
    finally:
        await asyncio.to_thread(starting.__exit__, None, None, None)


@pytest.mark.slow
async def test_a_photo_becomes_a_case_is_answered_with_a_picture_and_disputed_by_number(tmp_path: Path) -> None:
    """Lan has no buttons: she types numbers. The bare events of live traffic, pictures named as the documentation does."""
    async with ZaloServer(is_flat=True, photo_key="photo") as zalo, running(zalo, tmp_path / "d") as (process, minh):
        lan = zalo.resident("Lan")
        lan.sends_photo(picture(10), LAMP)
        await lan.next_like("Nơi nhận: phường Phú Thượng")
        lan.chooses("Gửi")
        code = code_in((await lan.next_like("Mã hồ sơ")).text)
        assert await minh.sees_waiting() == [code]
        assert (await minh.opens_case(code)).count('data-testid="photo"') == 1

        await minh.answers(code, "Tổ điện đến sáng mai.", file=("ke-hoach.jpg", picture(90), "image/jpeg"))
        answered = await lan.next_like("Tổ điện đến sáng mai")
        assert answered.file.startswith(b"\xff\xd8")

        await minh.closes(code, "done", "Đã thay bóng đèn.", proof=("xong.jpg", picture(150), "image/jpeg"))
        closed = await lan.next_like("Đã thay bóng đèn")
        assert any(label.startswith("Chưa") for label in closed.choices.values()), closed.choices
        lan.chooses("Chưa")
        await lan.next_like("điều gì chưa đúng")
        lan.sends("Tối qua đèn vẫn tắt")
        await lan.next_like(f"{code} đã được mở lại")

        lan.sends_unsupported()
        other_ways = await lan.next_like("Zalo không chuyển nội dung")
        assert f"{process.url}/chat" in other_ways.text
        ready = process.shows("/health/ready")
        assert ready[0] == 200
        assert "zalo_token" not in ready[1]
        assert zalo.token.partition(":")[2] not in "".join(process.logged)


@pytest.mark.slow
async def test_a_webhook_brings_each_message_once_and_a_lost_token_is_seen(tmp_path: Path) -> None:
    """Every delivery comes twice; then the token is reset: that is said where operators look, and the answer waits."""
    secret = "-".join(["a", "secret", "of", "Zalo", "and", "us"])
    async with (
        ZaloServer(brings_twice=True) as zalo,
        running(zalo, tmp_path / "d", HOMTHU_ZALO_MODE="webhook", HOMTHU_ZALO_WEBHOOK_SECRET=secret) as (process, minh),
    ):
        lan = zalo.resident("Lan")
        lan.sends(LAMP)
        await lan.next_like("Nơi nhận: phường Phú Thượng")
        lan.chooses("Gửi")
        code = code_in((await lan.next_like("Mã hồ sơ")).text)
        assert zalo.webhook_url == f"{process.url}/hooks/zalo"
        assert await minh.sees_waiting() == [code], "twice brought, once filed"

        zalo.token = "1:another"
        await minh.answers(code, "Sáng mai tổ điện đến.")
        async with asyncio.timeout(60):
            while "zalo_token" not in process.shows("/health/ready")[1]:
                await asyncio.sleep(0.1)
        assert "Sáng mai tổ điện đến." not in "".join(lan.hears)
        assert '"outbox": {"waiting": 0, "oldest_seconds": 0.0, "failed": 0}' in process.shows("/health/ready")[1]
