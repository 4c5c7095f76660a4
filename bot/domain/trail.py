"""The audit trail: a line of it as it is read, how far it was walked, what does not fit, and the signed heads.

A head says "so many rows, and the last one has this hash" and is signed with a key that lies outside the database.
Whoever keeps its line elsewhere can show later that the trail was rewritten, also by somebody who has the key. Writing
and walking the trail is `bot.ports.Audit`; what an operator is told of it, `bot.services.walk_trail`.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

HEAD_EVERY = timedelta(hours=1)  # while something happens
HEAD_ROWS = 200  # or when so many rows are not covered yet
_WORD = "homthu-audit-head"
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """A row of the trail. `who` is a name, empty for a resident or the clock; `details` are as they were recorded."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TrailPoint:
    """A place on the trail: how many rows lie up to it, the last one's id and its hash. Made of nothing: the beginning."""

    rows: int = 0
    last_id: int = 0
    hash: str = ""


class Damage(StrEnum):
    """How the trail does not fit."""

    CHANGED = "changed"  # a row is not what was hashed, or its hash is not what the next one follows
    DROPPED = "dropped"
    SLIPPED_IN = "slipped_in"
    MOVED = "moved"
    REWRITTEN = "rewritten"  # it fits in itself, but a head that was signed says otherwise
    HEAD_CHANGED = "head_changed"  # first and last are numbers of heads
    HEAD_DROPPED = "head_dropped"
    NO_TIP = "no_tip"  # the row that says where the trail ends is gone, or counts otherwise
    NO_HEAD_IS_OURS = "no_head_is_ours"  # there are heads, none of them signed with this key


@dataclass(frozen=True, slots=True)
class TrailBreak:
    """The first place where the trail does not fit: rows `first` to `last`, both included."""

    damage: Damage
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailHead:
    """Where the trail ended at a moment. `previous` is the digest of the head before; empty on the first.

    `key` names the key that signed it: sixteen letters that follow from the public half.
    """

    number: int  # from 1, without a gap
    at: datetime  # whole seconds
    point: TrailPoint
    previous: str
    key: str
    signature: str = ""  # base 32

    @property
    def signed_text(self) -> str:
        """What the signature is over. No part holds a slash, and no digits stand so that a log takes them for a phone."""
        hashed = letters_of(bytes.fromhex(self.point.hash))
        parts = (self.number, f"{self.at.astimezone(UTC):{_MOMENT}}", self.point.rows, self.point.last_id, hashed, self.key)
        return "/".join((_WORD, *map(str, parts), self.previous))

    @property
    def line(self) -> str:
        """All of it in one line, to be kept elsewhere."""
        return f"{self.signed_text}/{self.signature}"

    @property
    def digest(self) -> str:
        """What the next head calls its `previous`."""
        return letters_of(hashlib.sha256(self.line.encode()).digest())

    @classmethod
    def read(cls, line: str) -> Self | None:
        """The head of such a line; None when it is none. Whether it is genuine is not asked here."""
        try:
            word, number, at, rows, last_id, hashed, key, previous, signature = line.strip().split("/")
            moment = datetime.strptime(at, _MOMENT).replace(tzinfo=UTC)
            point = TrailPoint(int(rows), int(last_id), bytes_of(hashed).hex())
            head = cls(number=int(number), at=moment, point=point, previous=previous, key=key, signature=signature)
        except ValueError:
            return None
        return head if word == _WORD and head.line == line.strip() else None


def end_of(point: TrailPoint, told: TrailPoint | None) -> TrailBreak | None:
    """What is wrong where the walk came to its end at `point`, and the tip told that it ends elsewhere."""
    if told == point:
        return None
    if told is None:
        return TrailBreak(Damage.NO_TIP, point.last_id, point.last_id)
    if told.last_id > point.last_id and told.hash != point.hash:
        return TrailBreak(Damage.DROPPED, point.last_id + 1, told.last_id)
    if told.last_id < point.last_id and told.hash != point.hash:
        return TrailBreak(Damage.SLIPPED_IN, told.last_id + 1, point.last_id)
    if told.rows == point.rows:  # its number or its hash is another
        return TrailBreak(Damage.CHANGED, point.last_id, point.last_id)
    return TrailBreak(Damage.NO_TIP, point.last_id, point.last_id)


def next_head(newest: TrailHead | None, point: TrailPoint, key: str, now: datetime) -> TrailHead:
    """The head after `newest`, not yet signed."""
    return TrailHead(
        number=newest.number + 1 if newest else 1,
        at=now.replace(microsecond=0),
        point=point,
        previous=newest.digest if newest else "",
        key=key,
    )


def is_head_due(newest: TrailHead | None, point: TrailPoint, now: datetime) -> bool:
    """Whether rows wait for a head that should be signed now."""
    if newest is None:
        return point.rows > 0
    uncovered = point.rows - newest.point.rows
    return uncovered >= HEAD_ROWS or (uncovered > 0 and now - newest.at >= HEAD_EVERY)


def letters_of(raw: bytes) -> str:
    """Base 32 without padding: it holds neither 0 nor 8, so no run of its digits looks like a phone number in a log."""
    return base64.b32encode(raw).decode().rstrip("=")


def bytes_of(letters: str) -> bytes:
    """Raises ValueError: It is not base 32."""
    return base64.b32decode(letters + "=" * (-len(letters) % 8))
