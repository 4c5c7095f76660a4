"""What a log line may not carry, whoever wrote it."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.logs import set_up_logs

TOKEN = f"{123456789}:AAH-x_secretsecretsecretsecret12345"  # in two parts: no file holds what looks like one
NEEDLES = [TOKEN, "0912345678", "+84 912 345 678", "0912.345.678", "hunter2-is-the-key", "đèn đường hỏng"]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()
    set_up_logs("debug", ["hunter2-is-the-key"], stream)
    yield stream
    logging.getLogger().handlers[:], level = before[0], before[1]
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


def written(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("needle", NEEDLES[:5])
def test_secrets_and_phones_are_hidden_in_every_place(lines: io.StringIO, needle: str) -> None:
    """In the event, in a field, nested, in a library's line and in an exception's text."""
    log = structlog.get_logger("bot.test")
    log.info(f"calling {needle} now", url=f"https://api/bot{needle}/getMe", nested={"deep": [needle]})
    logging.getLogger("somebody").warning("they say %s", needle)
    try:
        raise ValueError(f"no answer from {needle}")
    except ValueError:
        log.exception("failed")
    assert len(written(lines)) == 3
    assert needle not in lines.getvalue()


def test_words_and_people_never_reach_a_line(lines: io.StringIO) -> None:
    """A field named for what a resident wrote, or for who they are, is dropped whatever it holds."""
    structlog.get_logger("bot.test").info("kept", text=NEEDLES[5], chat_id=5550001, details={"body": NEEDLES[5]})
    assert NEEDLES[5] not in lines.getvalue()
    assert "5550001" not in lines.getvalue()


def test_a_newline_cannot_forge_a_line(lines: io.StringIO) -> None:
    structlog.get_logger("bot.test").info('a\n{"event": "forged", "level": "info"}')
    assert len(written(lines)) == 1


def test_ordinary_values_stay_readable(lines: io.StringIO) -> None:
    """Redaction that hides everything would hide the trouble too."""
    structlog.get_logger("bot.test").warning("late", case="7K3M-9QX2", waiting=12, at="2026-09-14T07:00:00+00:00", port=8080)
    [line] = written(lines)
    assert (line["case"], line["waiting"], line["at"], line["port"]) == ("7K3M-9QX2", 12, "2026-09-14T07:00:00+00:00", 8080)
    assert line["level"] == "warning"
    assert line["logger"] == "bot.test"
