"""Takes a resident's words out of the tables, row by row and in one transaction. What stays counts and names nobody.

What the file store holds is `storage.retention`'s affair: bytes can only go when nothing points to them any more.
"""

from datetime import datetime

from sqlalchemy import String, and_, bindparam, cast, delete, exists, literal_column, null, or_, select, update
from sqlalchemy import text as sql
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import Case, CaseId, CaseStatus
from bot.domain.people import Address, Channel, ResidentId
from bot.ports.residents import Erased
from storage.case_rows import case_from
from storage.case_words import CaseWords
from storage.evidence import SqlEvidenceChecks
from storage.link import Link
from storage.own_keys import OF_CASES
from storage.prints import SqlPhotoPrints
from storage.published import SqlPublications
from storage.tables import (
    FINISHED,
    HANDLED,
    addresses,
    attachments,
    bonds,
    case_events,
    cases,
    closings,
    conversations,
    identities,
    identity_openings,
    inbox,
    message_revisions,
    messages,
    outbox,
    proposals,
    routing_corrections,
    secret_tries,
    staff_drafts,
)
from storage.types import Id, SealedName, UtcDateTime


def _named(number: ColumnElement[int]) -> ColumnElement[str]:
    return literal_column("'erased-'", String).concat(cast(number, String))


_case = bindparam("case", type_=Id)
_messages_of = select(messages.c.id).where(messages.c.case_id == _case)
_cases_of = select(cases).where(cases.c.resident_id == bindparam("resident")).order_by(cases.c.id)
_ask = update(cases).where(cases.c.id == _case).values(erase_asked_at=bindparam("when"), version=cases.c.version + 1)
_due = (
    select(cases)
    .where(
        cases.c.erase_asked_at.is_not(None),
        cases.c.status == CaseStatus.CLOSED.value,
        cases.c.closed_at <= bindparam("before", type_=UtcDateTime),
    )
    .order_by(cases.c.closed_at)
    .limit(bindparam("most", type_=Id))
    .with_for_update(skip_locked=True)
)

_keys = select(attachments.c.key, attachments.c.shown_key).where(attachments.c.message_id.in_(_messages_of))
_unlink_files = delete(attachments).where(attachments.c.message_id.in_(_messages_of))
_drop_revisions = delete(message_revisions).where(message_revisions.c.message_id.in_(_messages_of))
_unseal_revisions = update(message_revisions).where(message_revisions.c.message_id.in_(_messages_of)).values(sealed="")
_empty_messages = (
    update(messages)
    .where(messages.c.case_id == _case)
    .values(text=bindparam("tombstone"), sealed="", source_id="", group_id="")
)
_unseal_messages = update(messages).where(messages.c.case_id == _case).values(sealed="", source_id="", group_id="")
_drop_answers = delete(outbox).where(outbox.c.message_id.in_(_messages_of), outbox.c.message_id.is_not(None))
_drop_correction = delete(routing_corrections).where(routing_corrections.c.case_id == _case)
# What staff wrote of it when they closed it; that they did, when and how stays: it only counts.
_blank_closings = (
    update(closings)
    .where(closings.c.case_id == _case)
    .values(words="", what="", unit="", handed_to="", basis="", override_reason="", message_id=null())
)
_drop_proposals = delete(proposals).where(proposals.c.case_id == _case)
_drop_reasons = update(identity_openings).where(identity_openings.c.case_id == _case).values(reason="")
_told = select(case_events.c.id, case_events.c.details).where(
    case_events.c.case_id == _case, case_events.c.details.is_not(None)
)
_tell_less = update(case_events).where(case_events.c.id == bindparam("event", type_=Id)).values(details=bindparam("left"))
_OF_STAFF = "words"  # in an event's details: what staff wrote of it
_drop_staff_drafts = delete(staff_drafts).where(staff_drafts.c.case_id == _case)
_NOBODY = {
    "external_id": "",
    "source_id": _named(cases.c.id),
    "draft_serial": "",
    "erase_asked_at": null(),
    "version": cases.c.version + 1,
}
_leave_words = update(cases).where(cases.c.id == _case).values({**_NOBODY, "erased_at": bindparam("when")})
_empty_case = _leave_words.values(
    text=bindparam("tombstone"), spot=null(), lat=null(), lon=null(), accuracy=null(), routing_trace=[], place_key=""
)

_whose_mail = (inbox.c.channel == bindparam("on"), inbox.c.address_id == bindparam("whom"))
_kept_mail = update(inbox).where(*_whose_mail, sql(HANDLED))
_web_mail = (
    update(inbox)
    .where(inbox.c.channel == literal_column("'webchat'"), inbox.c.address_id == bindparam("whom"), inbox.c.body != "")
    .where(inbox.c.state != literal_column("'waiting'"))
)
_EMPTY = {"body": "", "state": "handled", "reason": ""}
_since = inbox.c.handled_at >= bindparam("since", type_=UtcDateTime)
_whose_replies = (outbox.c.channel == bindparam("on"), outbox.c.external_id == bindparam("whom"))
_drop_sent = delete(outbox).where(*_whose_replies, sql(FINISHED))
_drop_web_sent = delete(outbox).where(
    outbox.c.channel == literal_column("'webchat'"),
    outbox.c.external_id == bindparam("whom"),
    outbox.c.state != literal_column("'waiting'"),
)
_drop_waiting = delete(outbox).where(
    *_whose_replies,
    outbox.c.state == literal_column("'waiting'"),
    outbox.c.case_id.is_(None),
    outbox.c.message_id.is_(None),
    outbox.c.leased_until.is_(None),
)

_needs = or_(
    exists().where(cases.c.channel == bindparam("on"), cases.c.external_id == bindparam("whom")),
    exists().where(
        and_(
            conversations.c.channel == bindparam("on"),
            conversations.c.external_id == bindparam("whom"),
            or_(conversations.c.paused_until > bindparam("now", type_=UtcDateTime), conversations.c.draft.is_not(None)),
        )
    ),
    exists().where(
        and_(
            addresses.c.channel == bindparam("on"),
            addresses.c.external_id == bindparam("whom"),
            identities.c.resident_id == addresses.c.resident_id,
        )
    ),
)
_is_needed = select(_needs)
_FORGET = tuple(
    delete(table).where(table.c.channel == bindparam("on"), table.c.external_id == bindparam("whom"))
    for table in (secret_tries, bonds, conversations, addresses)  # an address goes last: conversations point to it
)
_FORGET_BONDS = delete(bonds).where(
    bonds.c.other_channel == bindparam("on"), bonds.c.other_external_id == bindparam("whom", type_=SealedName)
)


class SqlErasure:
    """See `bot.ports.Erasure`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def cases_of(self, resident_id: ResidentId) -> list[Case]:
        return [case_from(row) for row in await self._link.rows(_cases_of, {"resident": resident_id})]

    async def ask(self, case_id: CaseId, now: datetime) -> None:
        await self._link.run(_ask, {"case": case_id, "when": now})

    async def due(self, *, closed_before: datetime, most: int) -> list[Case]:
        return [case_from(row) for row in await self._link.rows(_due, {"before": closed_before, "most": most})]

    async def erase(self, case: Case, *, tombstone: str, now: datetime, keeps_words: bool = False) -> Erased:
        which = {"case": case.id}
        rows = await self._link.rows(_keys, which)
        await OF_CASES.destroy(self._link, case.id)
        await self._link.run(_drop_answers, which)
        await self._link.run(_drop_correction, which)
        await self._link.run(_drop_staff_drafts, which)
        await self._link.run(_drop_reasons, which)
        await SqlPublications(self._link).forget(case.id)
        if keeps_words:
            await self._link.run(_unseal_revisions, which)
            await self._link.run(_unseal_messages, which)
            await self._link.run(_leave_words, {**which, "when": now})
            return Erased(file_keys=frozenset())
        await self._link.run(_unlink_files, which)
        await self._link.run(_drop_revisions, which)
        await self._link.run(_blank_closings, which)
        await self._forget_words_of_events(case.id)
        await self._link.run(_drop_proposals, which)
        await self._link.run(_empty_messages, {**which, "tombstone": tombstone})
        await self._link.run(_empty_case, {**which, "when": now, "tombstone": tombstone})
        await CaseWords(self._link).forget(case.id)
        keys = frozenset(key for row in rows for key in row if key)
        await SqlPhotoPrints(self._link).forget(keys)
        await SqlEvidenceChecks(self._link).blank(case.id)
        return Erased(file_keys=keys)

    async def _forget_words_of_events(self, case_id: CaseId) -> None:
        for row in await self._link.rows(_told, {"case": case_id}):
            if _OF_STAFF in row.details:
                left = {name: value for name, value in row.details.items() if name != _OF_STAFF}
                await self._link.run(_tell_less, {"event": row.id, "left": left or None})

    async def blank_mail(self, address: Address, *, since: datetime | None = None) -> int:
        of_web = address.channel is Channel.WEBCHAT
        statement = _web_mail if of_web else _kept_mail
        values: dict[str, object] = {"whom": address.external_id}
        if not of_web:
            values["on"] = address.channel.value
        if since is not None:
            return await self._link.run(statement.where(_since).values(body=""), {**values, "since": since})
        nobody: dict[str, str | ColumnElement[str]] = {**_EMPTY, "address_id": ""}
        if of_web:  # its updates are named after the address
            nobody["external_id"] = _named(inbox.c.id)
        return await self._link.run(statement.values(nobody), values)

    async def drop_replies(self, address: Address) -> int:
        whose = {"on": address.channel.value, "whom": address.external_id}
        if address.channel is Channel.WEBCHAT:
            dropped = await self._link.run(_drop_web_sent, {"whom": address.external_id})
        else:
            dropped = await self._link.run(_drop_sent, whose)
        return dropped + await self._link.run(_drop_waiting, whose)

    async def forget(self, address: Address, now: datetime) -> bool:
        whose = {"on": address.channel.value, "whom": address.external_id}
        if await self._link.value(_is_needed, {**whose, "now": now}):
            return False
        for statement in _FORGET:
            await self._link.run(statement, whose)
        await self._link.run(_FORGET_BONDS, whose)
        return True
