"""What a resident is shown of a case besides its own row: the newest answer, the first photo."""

from sqlalchemy import bindparam, literal_column, select

from bot.domain.case import CaseId
from bot.domain.reply import DeliveryState
from bot.domain.thread import Answer, Author
from storage.link import Link
from storage.tables import attachments, messages, outbox
from storage.types import Id

_newest = (
    select(messages.c.id, messages.c.text, messages.c.at)
    .where(messages.c.case_id == bindparam("case", type_=Id), messages.c.author == bindparam("author"))
    .order_by(messages.c.id.desc())
    .limit(1)
)
_failed = (
    select(outbox.c.id)
    .where(
        outbox.c.message_id == bindparam("message", type_=Id),
        outbox.c.message_id.is_not(None),
        outbox.c.state == DeliveryState.FAILED.value,
    )
    .limit(1)
)
_first_photo = (
    select(attachments.c.shown_key)
    .select_from(attachments.join(messages, messages.c.id == attachments.c.message_id))
    .where(
        messages.c.case_id == bindparam("case", type_=Id),
        messages.c.author == bindparam("author"),
        attachments.c.shown_key != literal_column("''"),
    )
    .order_by(attachments.c.id)
    .limit(1)
)


class ShownCases:
    """The part of `bot.ports.Cases` that residents are told from."""

    _link: Link

    async def newest_answer(self, case_id: CaseId) -> Answer | None:
        row = await self._link.row(_newest, {"case": case_id, "author": Author.STAFF.value})
        if row is None:
            return None
        failed = await self._link.value(_failed, {"message": row.id})
        return Answer(text=row.text, at=row.at, is_undelivered=failed is not None)

    async def first_photo(self, case_id: CaseId) -> str:
        return await self._link.value(_first_photo, {"case": case_id, "author": Author.RESIDENT.value}) or ""
