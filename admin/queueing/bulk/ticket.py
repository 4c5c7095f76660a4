"""What was done to several cases, signed, as it travels in an address: nothing is stored for an undo that seldom comes.

Only whoever did it can read it again, so the address gives nobody else a right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer

from admin.guard import Visit
from admin.queueing.bulk.doing import Done
from admin.queueing.bulk.order import Act
from admin.queueing.bulk.pages import Skipped
from bot.domain.case import CaseCode, Desk
from bot.domain.correction import MoveReason
from bot.domain.people import StaffId
from bot.domain.ward import WardCode
from bot.services.take_back import Before
from bot.web import keys

LONGEST = 7_000  # characters; an address line holds 8,190


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An order that was carried out, or undone again."""

    act: Act
    at: datetime
    done: Sequence[Done]
    skipped: Sequence[Skipped] = ()
    reason: MoveReason = MoveReason.WRONG_WARD
    is_undo: bool = False


def write(visit: Visit, ticket: Ticket) -> str:
    rows = [
        [
            done.code,
            done.version,
            done.message_id,
            int(done.can_be_undone),
            done.before.version,
            done.before.ward_code,
            done.before.desk.value,
            done.before.owner_id,
            int(done.before.owner_until.timestamp()) if done.before.owner_until else None,
            done.before.hops,
        ]
        for done in ticket.done
    ]
    skipped = [[skip.code, skip.wording_key, int(skip.may_open)] for skip in ticket.skipped]
    value = [ticket.act.value, ticket.at.timestamp(), rows, skipped, ticket.reason.value, int(ticket.is_undo)]
    return str(_signer(visit).dumps(value))


def read(visit: Visit, text: str) -> Ticket | None:
    """None for whatever we did not write for this member."""
    try:
        act, at, rows, skipped, reason, is_undo = _signer(visit).loads(text[:LONGEST])
    except BadData:
        return None
    return Ticket(
        act=Act(act),
        at=datetime.fromtimestamp(at, UTC),
        done=[_done(*row) for row in rows],
        skipped=[Skipped(code=CaseCode(code), wording_key=key, may_open=bool(may)) for code, key, may in skipped],
        reason=MoveReason(reason),
        is_undo=bool(is_undo),
    )


def _done(
    code: str,
    version: int,
    message_id: int,
    can_be_undone: int,
    version_before: int,
    ward: str | None,
    desk: str,
    owner: int | None,
    until: int | None,
    hops: int,
) -> Done:
    before = Before(
        version=version_before,
        ward_code=WardCode(ward) if ward else None,
        desk=Desk(desk),
        owner_id=StaffId(owner) if owner is not None else None,
        owner_until=datetime.fromtimestamp(until, UTC) if until is not None else None,
        hops=hops,
    )
    return Done(
        code=CaseCode(code), version=version, before=before, message_id=message_id, can_be_undone=bool(can_be_undone)
    )


def _signer(visit: Visit) -> URLSafeSerializer:
    return URLSafeSerializer(visit.request.app[keys.SECRET_KEY], salt=f"bulk:{visit.staff.id}")
