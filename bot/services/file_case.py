"""File what the resident confirmed: from here on it is a case with a code, a desk and a deadline.

What a draft still lacks is decided in `handlers.dialogue`; here it is only filed. Filing twice finds the first case.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.case import Accused, Case, CaseKind, NewCase, choose_desk, new_code
from bot.domain.clocks.fold import filed as clocks_when_filed
from bot.domain.clocks.setting import Setting
from bot.domain.draft import Conversation, Draft
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.errors import EmptyText
from bot.ports import UnitOfWork
from bot.services.city import City
from bot.services.deadlines import filed_details, first_round, sooner
from bot.services.exclude import exclude_accused
from bot.services.masking import Hidden, hide_all, hide_names
from bot.services.place_keys import place_key


async def file_case(
    uow: UnitOfWork,
    *,
    conversation: Conversation,
    draft: Draft,
    city: City,
    now: datetime,
    main: Case | None = None,
) -> Case:
    """Make the draft a case, with all its words and files as the thread's first messages; personal data in it is sealed.

    Args:
        conversation: Whose it is; an address not yet remembered is remembered first.
        draft: Its first part's `source_id` is the case's: the same message never opens two.
        now: The moment of acceptance, aware, in UTC; the deadline counts from it.
        main: The case that this one joins, held by the caller: it waits at the same desk, and not longer.

    Raises:
        EmptyText: The draft has no words.
    """
    if not draft.text.strip():
        raise EmptyText(serial=draft.serial)
    words = hide_all([part.text for part in draft.parts], city.sealer)
    setting = await first_round(uow, category=draft.category, is_urgent=draft.is_emergency, calendar=city.calendar, now=now)
    if main is not None and now < main.due_at < setting.due_at:
        setting = sooner(setting, main.clocks)
    new = await _new_case(uow, conversation, draft, words, city, setting, now)
    if main is not None:
        new = replace(new, main_case_id=main.id, ward_code=main.ward_code, desk=main.desk)
    case = await uow.cases.add(new)
    if case.created_at != new.created_at or case.version != 1:  # its message opened it before
        return case
    await _tell_thread(uow, case, draft, words, now)
    await exclude_accused(uow, case, draft.text, now)
    details = {"kind": case.kind.value, "desk": case.desk.value, "ward": case.ward_code or ""}
    filed = {**details, **filed_details(case, setting), **await _board_of(uow, case, conversation.preset_board, now)}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.FILED, at=now, details=filed))
    details = {**details, "channel": case.address.channel.value}
    await uow.audit.record(action="case_filed", now=now, subject=case.code, details=details)
    return case


async def _board_of(uow: UnitOfWork, case: Case, board: int | None, now: datetime) -> dict[str, str]:
    """Whose QR code it came through; of a report about an official nothing is kept: where somebody stood may tell who."""
    if board is None or case.is_sensitive or not await uow.boards.came_from(case.id, board, now):
        return {}
    return {"board": str(board)}


async def _new_case(
    uow: UnitOfWork,
    conversation: Conversation,
    draft: Draft,
    words: Sequence[Hidden],
    city: City,
    setting: Setting,
    now: datetime,
) -> NewCase:
    if conversation.resident_id is None:
        conversation = await uow.conversations.put(conversation, now)
        if conversation.resident_id is None:
            raise LookupError("storage gave this address no resident")
    kind = draft.kind or CaseKind.SUGGESTION
    ward_code = draft.ward_code
    text = "\n".join(hidden.text for hidden in words if hidden.text)
    return NewCase(
        code=new_code(),
        kind=kind,
        category=draft.category,
        ward_code=ward_code,
        desk=choose_desk(kind, ward_code, is_sensitive=draft.is_sensitive, accused=draft.accused),
        resident_id=conversation.resident_id,
        address=conversation.address,
        source_id=draft.parts[0].source_id,
        text=text,
        point=draft.point,
        created_at=now,
        due_at=setting.due_at,
        clocks=clocks_when_filed(setting, now, is_urgent=draft.is_emergency),
        routing_trace=draft.trace,
        draft_serial=draft.serial,
        is_sensitive=draft.is_about_official,
        is_anonymous=draft.is_anonymous,
        is_emergency=draft.is_emergency,
        accused=_accused(draft),
        place_key="" if draft.is_about_official else place_key(text, city.places),
    )


def _accused(draft: Draft) -> Accused:
    """A report about an official accuses somebody, also where a draft of before does not say whom."""
    return Accused.OFFICIAL if draft.is_about_official and draft.accused is Accused.NOBODY else draft.accused


async def _tell_thread(uow: UnitOfWork, case: Case, draft: Draft, words: Sequence[Hidden], now: datetime) -> None:
    for part, hidden in zip(draft.parts, words, strict=True):
        if not part.text and not part.files:
            continue
        await uow.cases.add_message(
            NewMessage(
                case_id=case.id,
                author=Author.RESIDENT,
                text=hidden.text,
                sealed=hidden.sealed,
                at=now,
                source_id=part.source_id,
                group_id=part.group_id,
                files=hide_names(part.files),
                repeats=part.repeats,
            )
        )
