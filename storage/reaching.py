"""Words of staff that did not arrive: which cases owe them to their resident, and what is set right once they know them.

An answer that reached nobody is no answer: the moment of the first one is taken back, and given anew when it is known.
Who may read it meanwhile, and how staff reach the resident, is decided in `bot.services.reach_resident`.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, case, func, insert, literal_column, not_, select, update

from bot.domain.capabilities import channels_where
from bot.domain.case import CaseId
from bot.domain.people import Address
from bot.domain.reaching import ReachedBy
from bot.domain.thread import Answer, Author, CaseEvent, EventKind
from storage.case_clocks import step_clocks
from storage.claiming import is_state
from storage.link import Link
from storage.notices import SqlNotices
from storage.tables import case_events, cases, conversations, messages, outbox
from storage.types import Id, UtcDateTime

_REACHED = [channel.value for channel in channels_where(reaches_resident=True)]
_at = bindparam("at_moment", type_=UtcDateTime)
_failed_of_message: Select[tuple[str]] = (
    select(literal_column("1")).where(outbox.c.message_id == messages.c.id, is_state("failed", outbox)).correlate(messages)
)
_of_staff = and_(messages.c.case_id == cases.c.id, messages.c.author == Author.STAFF.value)
# The first answer of those that may still be on their way, or have arrived.
_first_left = (
    select(func.min(messages.c.at, type_=UtcDateTime))
    .where(_of_staff, not_(_failed_of_message.exists()))
    .correlate(cases)
    .scalar_subquery()
)
_message = bindparam("message", type_=Id)
_said_at = select(messages.c.at).where(messages.c.id == _message).scalar_subquery()
_since_opened = func.coalesce(cases.c.clocks_began_at, cases.c.created_at, type_=UtcDateTime)
_else = messages.alias("said_else")
_before = select(
    cases.c.id,
    cases.c.first_answer_at,
    select(literal_column("1"))
    .where(
        _else.c.case_id == cases.c.id,
        _else.c.author == Author.STAFF.value,
        _else.c.id != _message,
        _else.c.at >= _since_opened,
        not_(select(literal_column("1")).where(outbox.c.message_id == _else.c.id, is_state("failed", outbox)).exists()),
    )
    .correlate(cases)
    .exists()
    .label("is_answered"),
).where(cases.c.id == select(messages.c.case_id).where(messages.c.id == _message).scalar_subquery())
_missed = (
    update(cases)
    .where(
        cases.c.id == select(messages.c.case_id).where(messages.c.id == _message).scalar_subquery(),
        cases.c.channel.in_(_REACHED),
        cases.c.erased_at.is_(None),
    )
    .values(
        reach_since=func.coalesce(cases.c.reach_since, _at),
        # A later answer's failure takes nothing from an earlier one that arrived.
        first_answer_at=case((cases.c.first_answer_at == _said_at, _first_left), else_=cases.c.first_answer_at),
    )
    .returning(cases.c.id, cases.c.first_answer_at)
)
_mark = (
    update(conversations)
    .where(conversations.c.channel == bindparam("on"), conversations.c.external_id == bindparam("whom"))
    .values(has_missed=bindparam("is_so", type_=conversations.c.has_missed.type))
)
_still_missed = (
    select(literal_column("1"))
    .where(outbox.c.case_id == cases.c.id, outbox.c.message_id.is_not(None), is_state("failed", outbox))
    .correlate(cases)
    .exists()
)
_know = (
    update(cases)
    .where(cases.c.id == bindparam("row", type_=Id), cases.c.reach_since.is_not(None))
    .values(
        reach_since=None,
        heard_at=_at,
        first_answer_at=func.coalesce(cases.c.first_answer_at, _at),
        version=cases.c.version + 1,
    )
    .returning(cases.c.id)
)
_arrived = _know.where(not_(_still_missed))
_add_event = insert(case_events)
_missed_at = (
    select(outbox.c.id)
    .where(
        outbox.c.channel == bindparam("channel"),
        outbox.c.external_id == bindparam("external_id"),
        is_state("failed", outbox),
        outbox.c.message_id.is_not(None),
    )
    .order_by(outbox.c.id)
)
_missed_by = (
    select(messages.c.text, messages.c.at)
    .where(
        messages.c.case_id == bindparam("case", type_=Id),
        messages.c.author == Author.STAFF.value,
        _failed_of_message.exists(),
    )
    .order_by(messages.c.id)
)


class Reaching:
    """The part of the outbox that is about staff's words and whether their resident knows them."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def missed(self, message_id: int, address: Address, at: datetime) -> Mapping[str, str]:
        """These words can never be delivered: somebody of the desk has to hear of it.

        Returns:
            What the timeline says of it. `answer`: "yes" where nothing else answers the case since it was last opened, else
            "again"; `first`: the case's first answer is now another, or (empty) none.
        """
        before = await self._link.row(_before, {"message": message_id})
        if before is None:
            return {}
        row = await self._link.row(_missed, {"message": message_id, "at_moment": at})
        if row is not None:
            await self._link.run(_mark, {**_key(address), "is_so": True})
            await SqlNotices(self._link).note(CaseId(row.id), EventKind.UNDELIVERED, at)
        details = {"answer": "again" if before.is_answered else "yes"}
        if row is not None and row.first_answer_at != before.first_answer_at:
            details["first"] = row.first_answer_at.isoformat() if row.first_answer_at else ""
        return details

    async def arrived(self, case_id: int, at: datetime) -> None:
        """Some words of the case were delivered. Nearly always nothing was missing."""
        if await self._link.value(_arrived, {"row": case_id, "at_moment": at}) is not None:
            details = {"way": ReachedBy.DELIVERED.value}
            event = CaseEvent(case_id=CaseId(case_id), kind=EventKind.REACHED, at=at, details=details)
            row = {"case_id": case_id, "kind": event.kind.value, "at": at, "staff_id": None, "details": details}
            await self._link.run(_add_event, row)
            await step_clocks(self._link, event)
            self._link.has_news = True

    async def reached(self, case_id: CaseId, at: datetime) -> bool:
        """The resident knows what had not arrived. False where nothing was missing."""
        return await self._link.value(_know, {"row": case_id, "at_moment": at}) is not None

    async def missed_at(self, address: Address) -> list[int]:
        """The replies to this address that carry such words, oldest first; from now on they are known to be looked after."""
        await self._link.run(_mark, {**_key(address), "is_so": False})
        key = {"channel": address.channel.value, "external_id": address.external_id}
        return [row.id for row in await self._link.rows(_missed_at, key)]

    async def missed_by(self, case_id: CaseId) -> list[Answer]:
        rows = await self._link.rows(_missed_by, {"case": case_id})
        return [Answer(text=row.text, at=row.at, is_undelivered=True) for row in rows]


def _key(address: Address) -> dict[str, str]:
    return {"on": address.channel.value, "whom": address.external_id}
