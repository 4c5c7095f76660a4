"""What other programs are told of cases: which event, in which words, signed how, and when to try again.

A neighbour is a program of somebody else that an operator subscribed. It is told that something happened to a case, of which
ward and of what sort; never who wrote, what was written, or that there is a case it may not know of. Which cases those are
is decided in `storage.tellable_events`; how it is told, in `handlers.neighbours`.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.case import CaseCode, CaseId, CaseStatus
from bot.domain.people import StaffId
from bot.domain.thread import EventKind
from bot.domain.ward import WardCode

VERSION = 1
MOST_SUBSCRIPTIONS = 20
MOST_SECRETS = 3  # at once, while they are being changed
LONGEST_NAME, LONGEST_ADDRESS = 80, 500  # characters
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=6)
LONGEST_PAUSE = timedelta(minutes=10)  # of one neighbour, after several failures one behind the other
GIVE_UP_AFTER = timedelta(days=3)  # from the first try; then it is parked, until somebody replays it
DISABLED_AFTER = timedelta(days=5)  # without a single success
KEPT_FOR = timedelta(days=30)  # what was told or parked; so long it can be replayed
_MARK = "whsec_"  # as Standard Webhooks writes a secret: https://www.standardwebhooks.com/


class Told(StrEnum):
    """What neighbours are told of."""

    FILED = "filed"
    MOVED = "moved"
    ANSWERED = "answered"
    CLOSED = "closed"
    DISPUTED = "disputed"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    PING = "ping"  # a test, of no case


CHOICES = tuple(kind for kind in Told if kind is not Told.PING)
_BY_KIND = {
    EventKind.FILED: Told.FILED,
    EventKind.MOVED: Told.MOVED,
    EventKind.ANSWERED: Told.ANSWERED,
    EventKind.DISPUTED: Told.DISPUTED,
    EventKind.CAME_BACK: Told.REOPENED,
}
WATCHED = (*_BY_KIND, EventKind.CLOSED, EventKind.ADDED, EventKind.EDITED)  # kinds of which any may be told


def told_as(kind: EventKind, details: Mapping[str, Any] | None) -> Told | None:
    """What an event of a case's timeline is to neighbours; None: nothing."""
    found = details or {}
    if kind is EventKind.CLOSED:
        return Told.WITHDRAWN if found.get("by") == "resident" else Told.CLOSED
    if kind in (EventKind.ADDED, EventKind.EDITED):
        return Told.REOPENED if found.get("reopened") else None
    return _BY_KIND.get(kind)


class DeliveryOf(StrEnum):
    """How far one event has come with one neighbour."""

    WAITING = "waiting"
    SENT = "sent"
    PARKED = "parked"  # nobody tries any more; it can be replayed


class Ended(StrEnum):
    """Why a subscription is told nothing."""

    OPERATOR = "operator"
    FAILING = "failing"  # it took nothing for days


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One neighbour. `secrets` are newest first; each signs."""

    id: int
    name: str
    address: str
    secrets: tuple[str, ...]
    kinds: frozenset[Told]
    made_at: datetime
    disabled_at: datetime | None = None
    ended: Ended | None = None
    accepted: int = 0  # events it took
    failures: int = 0  # tries since the last that it took
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscription:
    """A subscription about to be made."""

    name: str
    address: str
    secret: str
    kinds: frozenset[Told]
    made_by: StaffId | None  # None: by command line


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One event on its way to one neighbour. Of a ping, the case's fields are empty."""

    id: int
    event_id: str
    kind: Told
    at: datetime
    attempts: int  # before this one
    first_tried_at: datetime | None
    sequence: int
    case_id: CaseId | None = None
    ward_code: WardCode | None = None
    category: str = ""
    code: CaseCode | None = None  # only where everybody may know of the case


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of one try. `status` is HTTP's, 0 where there was no answer; `error` a word of ours, empty when taken."""

    at: datetime
    status: int
    error: str
    milliseconds: int

    @property
    def is_taken(self) -> bool:
        return not self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """A delivery as an operator reads it."""

    id: int
    event_id: str
    kind: Told
    at: datetime
    state: DeliveryOf
    attempts: int
    due_at: datetime | None
    finished_at: datetime | None
    status: int
    error: str
    milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How one subscription stands."""

    subscription_id: int
    waiting: int
    parked: int
    oldest: datetime | None  # of those that wait
    failures: int  # tries since the last that it took
    is_disabled: bool  # because it took nothing for days


def new_event_id() -> str:
    """Random: ids of events say nothing of how many there were."""
    return f"evt_{secrets.token_hex(16)}"


def new_secret() -> str:
    """256 bits, as Standard Webhooks writes them."""
    return _MARK + base64.b64encode(secrets.token_bytes(32)).decode()


def body_of(telling: Telling, case_ref: str = "") -> bytes:
    """The JSON that is sent: no name, no place finer than a ward, not one word of anybody.

    Args:
        case_ref: What stands for the case in the events of this subscription; of no use anywhere else.
    """
    told: dict[str, Any] = {
        "v": VERSION,
        "id": telling.event_id,
        "type": "ping" if telling.kind is Told.PING else f"case.{telling.kind}",
        "time": telling.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "sequence": telling.sequence,
    }
    if telling.kind is not Told.PING:
        is_closed = telling.kind in (Told.CLOSED, Told.WITHDRAWN)
        told |= {
            "case": case_ref,
            "ward": telling.ward_code,
            "category": telling.category,
            "status": (CaseStatus.CLOSED if is_closed else CaseStatus.OPEN).value,
        }
        if telling.code is not None:
            told["code"] = telling.code
    return json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode()


def signed_headers(event_id: str, at: datetime, body: bytes, with_secrets: Sequence[str]) -> dict[str, str]:
    """The three headers of Standard Webhooks; a signature for each secret, so that one can be changed at leisure."""
    stamp = str(int(at.timestamp()))
    words = b".".join((event_id.encode(), stamp.encode(), body))
    return {
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_signature(secret, words)}" for secret in with_secrets),
    }


def _signature(secret: str, words: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_MARK))
    return base64.b64encode(hmac.new(key, words, hashlib.sha256).digest()).decode()


def next_try(*, attempts: int, first_tried_at: datetime, now: datetime) -> datetime | None:
    """When this event is tried again; None: it is parked.

    Args:
        attempts: Tries so far, this one included; 1 or more.

    Returns:
        Waits 10, 20, 40 … seconds, at most 6 hours, for 3 days.
    """
    if now - first_tried_at >= GIVE_UP_AFTER:
        return None
    return now + min(FIRST_WAIT * (1 << min(attempts - 1, 16)), LONGEST_WAIT)


def next_turn(*, failures: int, now: datetime) -> datetime:
    """Until when a neighbour is left alone that failed so often in a row: 5, 10, 20 … seconds, at most 10 minutes."""
    return now + min(timedelta(seconds=5) * (1 << min(failures - 1, 16)), LONGEST_PAUSE)
