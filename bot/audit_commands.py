"""`homthu audit …`: walk the trail, sign a head of it, print the key that heads are checked with."""

import sys
from datetime import datetime
from pathlib import Path

from bot.domain.trail import Damage, TrailBreak
from bot.errors import AuditBroken, SettingsError
from bot.heads import KeyedHeads
from bot.ports import Storage
from bot.services.sign_trail import first_not_kept, sign_if_due, walk_on

TOLD_EVERY = 50_000  # rows

_SAYS = {
    Damage.CHANGED: "it was changed after it was written.",
    Damage.DROPPED: "{rows} missing, dropped after being written.",
    Damage.SLIPPED_IN: "{rows} not of it, but slipped in later.",
    Damage.MOVED: "its place was changed with that of row {last}.",
    Damage.REWRITTEN: "rows {first} to {last} were written anew, with new hashes; a signed head shows the old ones.",
    Damage.HEAD_CHANGED: "signed head {first} was changed after it was signed.",
    Damage.HEAD_DROPPED: "a signed head is missing before head {first}.",
    Damage.NO_TIP: "the count of its rows was changed or taken away.",
    Damage.NO_HEAD_IS_OURS: "none of its {last} signed heads is signed with this secret key. Is HOMTHU_SECRET_KEY right?",
}
_ABOUT_HEADS = (Damage.HEAD_CHANGED, Damage.HEAD_DROPPED, Damage.NO_HEAD_IS_OURS)


def sentence(found: TrailBreak) -> str:
    """What was found, in one sentence that names the rows."""
    rows = f"row {found.first} is" if found.first == found.last else f"rows {found.first} to {found.last} are"
    what = _SAYS[found.damage].format(rows=rows, first=found.first, last=found.last)
    if found.damage in _ABOUT_HEADS:
        return f"The audit trail is not what was signed: {what}"
    return f"The audit trail does not fit from row {found.first} on: {what}"


def lines_of(kept: Path | None) -> list[str]:
    """What was kept elsewhere, a head a line; "-" is what is piped in.

    Raises:
        SettingsError: There is no such file, or no line in it: to compare with nothing would prove nothing.
    """
    if kept is None:
        return []
    try:
        text = sys.stdin.read() if str(kept) == "-" else kept.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        why = trouble.strerror if isinstance(trouble, OSError) else "it is no text"
        raise SettingsError(line=f"--heads: {kept} cannot be read ({why})") from trouble
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise SettingsError(line=f"--heads: there is no line in {kept}; nothing was compared")
    return lines


async def verify(storage: Storage, signer: KeyedHeads, kept: list[str]) -> str:
    """Walk the whole trail; what to print when it is whole.

    Args:
        kept: Lines of heads that lay elsewhere: each must be a head of this trail.

    Raises:
        AuditBroken: It is not whole.
    """
    async with storage.reading() as uow:
        found = await uow.audit.verify(signer, _tell)
        if found:
            raise AuditBroken(line=sentence(found))
        if lost := await first_not_kept(uow, kept):
            raise AuditBroken(line=f"The audit trail was cut or written anew: this head that was kept is not in it: {lost}")
        tip, head = await uow.audit.tip(), await uow.audit.newest_head()
    rows = tip.rows if tip else 0
    signed = f", signed up to row {head.point.last_id}" if head else ""
    print(f"{rows} rows{signed}", file=sys.stderr)
    return f"The audit trail is whole, and all {len(kept)} kept heads are in it." if kept else "The audit trail is whole."


async def sign(storage: Storage, signer: KeyedHeads, now: datetime) -> str:
    """The newest head's line, signed now where rows wait for one.

    Raises:
        AuditBroken: The rows after the last head do not fit; they are not signed.
    """
    async with storage.begin() as uow:
        point, found = await walk_on(uow, signer)
        if found:
            raise AuditBroken(line=sentence(found))
        head = await sign_if_due(uow, signer, point, now, at_once=True)
        if head:
            await uow.commit()
            return head.line
        newest = await uow.audit.newest_head()
    return newest.line if newest else ""


def _tell(rows: int) -> None:
    if rows % TOLD_EVERY == 0:
        print(f"{rows} rows fit so far", file=sys.stderr, flush=True)
