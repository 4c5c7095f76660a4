"""Makes a kept row of a raw update, as claiming it from the inbox would."""

import json
from datetime import UTC, datetime
from typing import Any

from bot.domain.incoming import Incoming
from bot.ports import KeptUpdate, RawUpdate
from handlers.channels.telegram_reading import read_update
from handlers.channels.telegram_updates import raw_update

RECEIVED = datetime(2026, 9, 14, 1, 30, tzinfo=UTC)


def kept(raw: RawUpdate) -> KeptUpdate:
    return KeptUpdate(
        id=1,
        channel=raw.channel,
        external_id=raw.external_id,
        address_id=raw.address_id,
        body=raw.body,
        received_at=RECEIVED,
        attempts=0,
    )


def read_json(update: object) -> Incoming:
    """From the webhook's bytes to what the dialogue is given."""
    return read_update(kept(raw_update(json.dumps(update).encode())))


def private_message(**content: Any) -> dict[str, Any]:
    """An update with a message in Lan's private chat."""
    message = {
        "message_id": 7,
        "date": 1789349000,
        "chat": {"id": 501, "type": "private", "first_name": "Lan"},
        "from": {"id": 501, "is_bot": False, "first_name": "Lan", "language_code": "vi"},
    }
    return {"update_id": 1, "message": message | content}
