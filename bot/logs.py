"""Log lines: one JSON object each on stderr, with nothing in them that belongs to a resident or opens a door.

Three nets, because any one can be forgotten: fields whose name says that they carry words or people are dropped, known
secrets are replaced wherever they stand, and what looks like a token or a phone number is replaced in every value.
"""

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, TextIO

import structlog

HIDDEN = "[hidden]"
# Named like what they carry; a log line about a case names its code and nothing more.
PRIVATE_FIELDS = frozenset(
    {
        "text",
        "body",
        "caption",
        "words",
        "address",
        "address_id",
        "external_id",
        "chat_id",
        "phone",
        "password",
        "token",
        "cookie",
    }
)
_TOKEN = re.compile(r"\b(?:bot)?\d{3,}:[A-Za-z0-9_-]{3,}")
# Vietnamese numbers in the usual spellings: 0901234567, +84 90 123 45 67, 0901.234.567; nine to eleven digits.
_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)")
_EXCEPTION_FIELD = "exception"


def redact(value: object, secrets: Iterable[str] = ()) -> object:
    """The value without secrets, tokens and phone numbers; containers are walked, newlines cannot forge a line (JSON)."""
    if isinstance(value, Mapping):
        return {
            str(name): HIDDEN if str(name) in PRIVATE_FIELDS else redact(inner, secrets) for name, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(inner, secrets) for inner in value]
    if isinstance(value, int | float | bool) or value is None:
        return value
    text = str(value)
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return _PHONE.sub(HIDDEN, _TOKEN.sub(HIDDEN, text))


class Redactor:
    """A structlog processor that knows this installation's secrets."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(secret for secret in secrets if secret)

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for name in list(event):
            if name in ("timestamp", "level"):
                continue
            event[name] = HIDDEN if name in PRIVATE_FIELDS else redact(event[name], self._secrets)
        return event


def set_up_logs(level: str, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send every log line, ours and the libraries', through the redactor to `stream` (stderr)."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        Redactor(secrets),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            *shared[:1],
            *shared[2:],
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Their debug lines carry request bodies; their info lines say nothing that ours do not.
    for chatty in ("aiogram", "aiohttp", "sqlalchemy", "alembic", "asyncio", "aiosqlite", "asyncpg", "PIL"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
