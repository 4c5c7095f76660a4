"""What was said and done about a case: messages with their files, and the timeline."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, insert, select, update

from bot.domain.capabilities import channels_where
from bot.domain.case import CaseCode, CaseId
from bot.domain.clocks.state import Clocks
from bot.domain.incoming import FileKind, FileTrouble, StoredFile
from bot.domain.notices import TOLD_OF, VOIDS_A_PROPOSAL
from bot.domain.people import StaffId
from bot.domain.reply import DeliveryState
from bot.domain.thread import Attachment, Author, CaseEvent, EventKind, NewMessage, ThreadMessage
from bot.ports import Viewer
from storage.case_clocks import step_clocks
from storage.case_tally import count_event
from storage.case_words import CaseWords
from storage.link import Link
from storage.notices import SqlNotices
from storage.own_keys import OF_CASES
from storage.tables import attachments, case_events, cases, message_revisions, messages, outbox, staff
from storage.types import Id
from storage.visible_cases import visible_to

# Of several replies that carry one message, the worst is shown.
_WORST_FIRST = (DeliveryState.FAILED, DeliveryState.WAITING, DeliveryState.SENT)

_message = bindparam("message", type_=Id)
_add_message = insert(messages).returning(messages.c.id)
_add_file = insert(attachments)
_TOLD_BY_STAFF = [channel.value for channel in channels_where(reaches_resident=False)]
_touch = update(cases).where(cases.c.id == bindparam("row")).values(version=cases.c.version + 1)
_answered = (
    update(cases)
    .where(cases.c.id == bindparam("row"))
    .values(
        version=cases.c.version + 1,
        first_answer_at=func.coalesce(cases.c.first_answer_at, bindparam("when", type_=cases.c.first_answer_at.type)),
        tell_since=case(
            (
                cases.c.channel.in_(_TOLD_BY_STAFF),
                func.coalesce(cases.c.tell_since, bindparam("when", type_=cases.c.tell_since.type)),
            ),
            else_=cases.c.tell_since,
        ),
    )
)
_touch_of_message = (
    update(cases)
    .where(cases.c.id == select(messages.c.case_id).where(messages.c.id == _message).scalar_subquery())
    .values(version=cases.c.version + 1)
)
_by_source = (
    select(messages.c.id)
    .where(messages.c.case_id == bindparam("case"), messages.c.source_id == bindparam("source"))
    .order_by(messages.c.id)
    .limit(1)
)
_by_group = (
    select(messages.c.id)
    .where(messages.c.case_id == bindparam("case"), messages.c.group_id == bindparam("group"))
    .order_by(messages.c.id)
    .limit(1)
)
_keep_revision = insert(message_revisions).from_select(
    ["message_id", "text", "sealed", "at"],
    select(messages.c.id, messages.c.text, messages.c.sealed, bindparam("at", type_=messages.c.at.type)).where(
        messages.c.id == _message
    ),
)
_edit = (
    update(messages)
    .where(messages.c.id == _message)
    .values(text=bindparam("words"), sealed=bindparam("seal"), edited_at=bindparam("when"))
)
_sealed = select(messages.c.case_id, messages.c.sealed).where(messages.c.id == _message)
_whose = select(messages.c.case_id).where(messages.c.id == _message)
_carries = and_(outbox.c.message_id == messages.c.id, outbox.c.message_id.is_not(None))
# A row for each reply that carries the message, or one row where none does.
_messages = (
    select(messages, staff.c.full_name, outbox.c.state, outbox.c.error)
    .select_from(messages.outerjoin(staff, staff.c.id == messages.c.staff_id).outerjoin(outbox, _carries))
    .where(messages.c.case_id.in_(bindparam("cases", expanding=True)))
    .order_by(messages.c.id)
)
_files = (
    select(attachments)
    .select_from(attachments.join(messages, messages.c.id == attachments.c.message_id))
    .where(messages.c.case_id.in_(bindparam("cases", expanding=True)))
    .order_by(attachments.c.id)
)
_file_of_case = (
    select(attachments)
    .select_from(
        attachments.join(messages, messages.c.id == attachments.c.message_id).join(cases, cases.c.id == messages.c.case_id)
    )
    .where(attachments.c.id == bindparam("file"), cases.c.code == bindparam("code"))
)
_record = insert(case_events)
_timeline = (
    select(case_events, staff.c.full_name)
    .select_from(case_events.outerjoin(staff, staff.c.id == case_events.c.staff_id))
    .where(case_events.c.case_id == bindparam("case"))
    .order_by(case_events.c.id)
)


class CaseThreads:
    """The part of `bot.ports.Cases` that is about what was said and done."""

    _link: Link
    _words: CaseWords
    _set: dict[CaseId, Clocks]

    async def add_message(self, message: NewMessage) -> int:
        message_id: int = await self._link.value(
            _add_message,
            {
                "case_id": message.case_id,
                "author": message.author.value,
                "staff_id": message.staff_id,
                "text": message.text,
                "at": message.at,
                "source_id": message.source_id,
                "group_id": message.group_id,
                "sealed": await OF_CASES.seal(self._link, message.case_id, message.sealed),
                "repeats": message.repeats,
            },
        )
        await self._keep_files(message_id, message.files)
        if message.author is Author.STAFF:
            await self._link.run(_answered, {"row": message.case_id, "when": message.at})
        else:
            await self._link.run(_touch, {"row": message.case_id})
        self._words.said(message.case_id, message.author, message.text)
        return message_id

    async def message_by_source(self, case_id: CaseId, source_id: str) -> int | None:
        found: int | None = await self._link.value(_by_source, {"case": case_id, "source": source_id})
        return found

    async def message_by_group(self, case_id: CaseId, group_id: str) -> int | None:
        if not group_id:  # most messages are of no album; they are not all one
            return None
        found: int | None = await self._link.value(_by_group, {"case": case_id, "group": group_id})
        return found

    async def edit_message(self, message_id: int, text: str, at: datetime, *, sealed: str = "") -> None:
        await self._link.run(_keep_revision, {"message": message_id, "at": at})
        if sealed:
            sealed = await OF_CASES.seal(self._link, int(await self._link.value(_whose, {"message": message_id})), sealed)
        await self._link.run(_edit, {"message": message_id, "words": text, "seal": sealed, "when": at})
        case_id = await self._link.value(_touch_of_message.returning(cases.c.id), {"message": message_id})
        if case_id is not None:
            self._words.edited(CaseId(case_id))

    async def sealed_words(self, message_id: int) -> str:
        row = await self._link.row(_sealed, {"message": message_id})
        return await OF_CASES.open(self._link, row.case_id, row.sealed) if row else ""

    async def add_files(self, message_id: int, files: Sequence[StoredFile]) -> None:
        if files:
            await self._keep_files(message_id, files)
            await self._link.run(_touch_of_message, {"message": message_id})

    async def thread(self, case_id: CaseId) -> list[ThreadMessage]:
        return (await self._threads([case_id]))[case_id]

    async def threads(self, case_ids: Sequence[CaseId]) -> Mapping[CaseId, Sequence[ThreadMessage]]:
        return await self._threads(case_ids)

    async def attachment(self, viewer: Viewer, code: CaseCode, attachment_id: int) -> Attachment | None:
        row = await self._link.row(_file_of_case.where(visible_to(viewer)), {"file": attachment_id, "code": code})
        return _attachment(row) if row else None

    async def record(self, event: CaseEvent) -> None:
        self._link.has_news = True
        await self._link.run(
            _record,
            {
                "case_id": event.case_id,
                "kind": event.kind.value,
                "at": event.at,
                "staff_id": event.staff_id,
                "details": dict(event.details) if event.details is not None else None,
            },
        )
        # Only the first event of a case finds its clocks as they were when it was added.
        await step_clocks(self._link, event, self._set.pop(event.case_id, None))
        await count_event(self._link, event)
        if event.kind in TOLD_OF:
            await SqlNotices(self._link).note(event.case_id, event.kind, event.at, by=event.staff_id)
        if event.kind in VOIDS_A_PROPOSAL:
            await SqlNotices(self._link).note_void(event.case_id, event.at, by=event.staff_id)

    async def timeline(self, case_id: CaseId) -> list[CaseEvent]:
        return [
            CaseEvent(
                case_id=CaseId(row.case_id),
                kind=EventKind(row.kind),
                at=row.at,
                staff_id=StaffId(row.staff_id) if row.staff_id is not None else None,
                staff_name=row.full_name or "",
                details=row.details,
            )
            for row in await self._link.rows(_timeline, {"case": case_id})
        ]

    async def _keep_files(self, message_id: int, files: Sequence[StoredFile]) -> None:
        if files:
            await self._link.run(_add_file, [_file_values(message_id, file) for file in files])

    async def _threads(self, case_ids: Sequence[CaseId]) -> defaultdict[CaseId, list[ThreadMessage]]:
        threads: defaultdict[CaseId, list[ThreadMessage]] = defaultdict(list)
        if not case_ids:
            return threads
        which = {"cases": list(case_ids)}
        files: defaultdict[int, list[Attachment]] = defaultdict(list)
        for row in await self._link.rows(_files, which):
            files[row.message_id].append(_attachment(row))
        found = await self._link.rows(_messages, which)
        deliveries = _worst_of(found)
        for row in {row.id: row for row in found}.values():
            delivery, error = deliveries.get(row.id, (None, ""))
            threads[CaseId(row.case_id)].append(
                ThreadMessage(
                    id=row.id,
                    author=Author(row.author),
                    staff_name=row.full_name or "",
                    text=row.text,
                    at=row.at,
                    edited_at=row.edited_at,
                    attachments=tuple(files[row.id]),
                    delivery=delivery,
                    delivery_error=error,
                    is_masked=bool(row.sealed),
                    repeats=row.repeats,
                )
            )
        return threads


def _worst_of(rows: Iterable[Row[Any]]) -> dict[int, tuple[DeliveryState, str]]:
    worst: dict[int, tuple[DeliveryState, str]] = {}
    for row in rows:
        if row.state is None:
            continue
        state = DeliveryState(row.state)
        known = worst.get(row.id)
        if known is None or _WORST_FIRST.index(state) < _WORST_FIRST.index(known[0]):
            worst[row.id] = (state, row.error)
    return worst


def _file_values(message_id: int, file: StoredFile) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "key": file.key,
        "shown_key": file.shown_key,
        "kind": file.kind.value,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "trouble": file.trouble.value if file.trouble else None,
    }


def _attachment(row: Row[Any]) -> Attachment:
    file = StoredFile(
        key=row.key,
        kind=FileKind(row.kind),
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        shown_key=row.shown_key,
        trouble=FileTrouble(row.trouble) if row.trouble else None,
    )
    return Attachment(id=row.id, message_id=row.message_id, file=file)
