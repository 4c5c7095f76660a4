"""Sign a head of the audit trail: over rows that were walked, never over any that were not."""

from dataclasses import replace
from datetime import datetime

from bot.domain.trail import TrailBreak, TrailHead, TrailPoint, is_head_due, next_head
from bot.ports import HeadSigner, UnitOfWork

ROWS_AT_ONCE = 5000


def begin_of_walk(newest: TrailHead | None, signer: HeadSigner) -> TrailPoint:
    """How far it need not be walked again: up to the newest head if this key signed it, else from the first row."""
    return newest.point if newest and is_ours(newest, signer) else TrailPoint()


def is_ours(head: TrailHead, signer: HeadSigner) -> bool:
    """Whether this key signed it."""
    return head.key == signer.key and signer.is_signed(head.signed_text, head.signature)


async def sign_if_due(
    uow: UnitOfWork, signer: HeadSigner, point: TrailPoint, now: datetime, *, at_once: bool = False
) -> TrailHead | None:
    """The head that was added for a walked point; None when none is due yet, or another process was quicker.

    Args:
        at_once: A head is wanted now, as soon as one row is not covered.
    """
    newest = await uow.audit.newest_head(in_turn=True)
    is_known = newest is not None and is_ours(newest, signer)
    if is_known and newest and (newest.point.rows >= point.rows or not (at_once or is_head_due(newest, point, now))):
        return None
    if not point.rows:
        return None
    head = next_head(newest, point, signer.key, now)
    head = replace(head, signature=signer.sign(head.signed_text))
    await uow.audit.add_head(head)
    return head


async def walk_on(uow: UnitOfWork, signer: HeadSigner) -> tuple[TrailPoint, TrailBreak | None]:
    """To the end of the trail, from the newest head that is ours."""
    point = begin_of_walk(await uow.audit.newest_head(), signer)
    while True:
        before = point
        point, damage = await uow.audit.walk(point, ROWS_AT_ONCE)
        if damage or point == before:
            return point, damage


async def first_not_kept(uow: UnitOfWork, lines: list[str]) -> str:
    """Of lines that were kept elsewhere the first that is not a head of this trail; empty when all are."""
    for line in lines:
        head = TrailHead.read(line)
        found = await uow.audit.heads(head.number - 1, 1) if head else []
        if not found or found[0].line != line.strip():
            return line.strip()
    return ""
