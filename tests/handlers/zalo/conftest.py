"""A Zalo Bot API server for each test, and the inbox that stands in for intake."""

import json
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.incoming import Incoming
from bot.ports import KeptUpdate, RawUpdate
from handlers.channels.zalo_calls import ZaloCalls
from handlers.channels.zalo_reading import read_update
from handlers.channels.zalo_updates import raw_updates
from tests.handlers.telegram.conftest import Inbox
from tests.zalo_api import ZaloServer

RECEIVED = datetime(2026, 9, 14, 1, 30, tzinfo=UTC)
LAN = "6ede9afa66b88fe6d6a9"


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloServer]:
    async with ZaloServer() as server:
        yield server


@pytest.fixture
async def calls(zalo: ZaloServer) -> AsyncIterator[ZaloCalls]:
    async with ZaloCalls(zalo.token, zalo.base) as calls:
        yield calls


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def kept(raw: RawUpdate) -> KeptUpdate:
    """The row, as claiming it from the inbox would give it."""
    return KeptUpdate(
        id=1,
        channel=raw.channel,
        external_id=raw.external_id,
        address_id=raw.address_id,
        body=raw.body,
        received_at=RECEIVED,
        attempts=0,
    )


def event(name: str = "message.text.received", **content: Any) -> dict[str, Any]:
    """An event of Lan's, as the documentation shows it."""
    message = {
        "from": {"id": LAN, "display_name": "Lan", "is_bot": False},
        "chat": {"id": LAN, "chat_type": "PRIVATE"},
        "message_id": "2d758cb5e222177a4e35",
        "date": 1750316131602,
    }
    return {"event_name": name, "message": message | content}


def read_body(body: bytes) -> Incoming:
    """From an answer's bytes to what the dialogue is given."""
    [raw] = raw_updates(body)
    return read_update(kept(raw))


def read_json(value: object) -> Incoming:
    return read_body(json.dumps(value).encode())


@pytest.fixture
def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
