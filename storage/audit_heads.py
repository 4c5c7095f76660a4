"""The signed heads of the audit trail, kept beside it: each says where the trail ended at a moment."""

from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from bot.domain.trail import Damage, TrailBreak, TrailHead, TrailPoint
from bot.ports import HeadSigner
from storage.link import Link
from storage.tables import audit_heads
from storage.types import Id

PAGE = 500  # heads read at a time

_newest = select(audit_heads).order_by(audit_heads.c.number.desc()).limit(1)
_page = (
    select(audit_heads)
    .where(audit_heads.c.number > bindparam("after", type_=Id))
    .order_by(audit_heads.c.number)
    .limit(bindparam("most", type_=Id))
)
_add = insert(audit_heads)


async def newest(link: Link) -> TrailHead | None:
    """The last one, if there is any."""
    row = await link.row(_newest)
    return _head(row) if row else None


async def page(link: Link, after: int, most: int) -> list[TrailHead]:
    """Those after this number, in order."""
    return [_head(row) for row in await link.rows(_page, {"after": after, "most": most})]


async def add(link: Link, head: TrailHead) -> None:
    """Keep it; its number must be new."""
    point = head.point
    kept = {"number": head.number, "at": head.at, "rows": point.rows, "last_id": point.last_id, "hash": point.hash}
    kept |= {"previous": head.previous, "key": head.key, "signature": head.signature}
    await link.run(_add, kept)


def _head(row: Row[Any]) -> TrailHead:
    return TrailHead(
        number=row.number,
        at=row.at,
        point=TrailPoint(row.rows, row.last_id, row.hash),
        previous=row.previous,
        key=row.key,
        signature=row.signature,
    )


class HeadsOnTheWay:
    """Compares the heads with the trail while it is walked, in step."""

    def __init__(self, link: Link, signer: HeadSigner | None) -> None:
        self._link = link
        self._signer = signer
        self._waiting: list[TrailHead] = []
        self._is_read = False
        self._before: TrailHead | None = None
        self._ours = 0  # heads seen that this key signed

    async def passed(self, point: TrailPoint) -> TrailBreak | None:
        """What is wrong with the heads that say something of the trail up to here."""
        while (head := await self._next()) and head.point.last_id <= point.last_id:
            self._waiting.pop(0)
            if damage := self._wrong_in(head):
                return TrailBreak(damage, head.number, head.number)
            if head.point != point:
                first = self._before.point.last_id + 1 if self._before else 1
                return TrailBreak(Damage.REWRITTEN, first, head.point.last_id)
            self._before = head
        return None

    async def left(self, end: TrailPoint) -> TrailBreak | None:
        """What is wrong once the trail is at its end: a head of more than there is, or none that we can check."""
        if head := await self._next():
            if damage := self._wrong_in(head):
                return TrailBreak(damage, head.number, head.number)
            return TrailBreak(Damage.DROPPED, end.last_id + 1, head.point.last_id)
        if self._signer and self._before and not self._ours:
            return TrailBreak(Damage.NO_HEAD_IS_OURS, 1, self._before.number)
        return None

    async def _next(self) -> TrailHead | None:
        if not self._waiting and not self._is_read:
            self._waiting = await page(self._link, self._before.number if self._before else 0, PAGE)
            self._is_read = len(self._waiting) < PAGE
        return self._waiting[0] if self._waiting else None

    def _wrong_in(self, head: TrailHead) -> Damage | None:
        """Before the first head of ours there may be those of an earlier key: what they say is held by ours after them."""
        if head.number != (self._before.number + 1 if self._before else 1):
            return Damage.HEAD_DROPPED
        try:
            text = head.signed_text
        except ValueError:  # its hash is none
            return Damage.HEAD_CHANGED
        if head.previous != (self._before.digest if self._before else ""):
            return Damage.HEAD_CHANGED
        if self._signer is None or (head.key != self._signer.key and not self._ours):
            return None
        if not self._signer.is_signed(text, head.signature):
            return Damage.HEAD_CHANGED
        self._ours += 1
        return None
