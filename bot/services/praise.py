"""The contest *người tốt, việc tốt*: a submission comes in, is shortlisted and decided, and its sender hears of it.

Nobody decides about themselves. A name leaves this ledger only while the praised person agrees: how and when they said so
is recorded, and once they take it back the name is gone from every row of it at once. The one who told it agreed for
themselves, in the chat or at the counter; that is not the praised person's consent.
"""

from dataclasses import replace
from datetime import datetime, tzinfo

from bot.domain.case import Case, CaseCode, CaseKind
from bot.domain.ledger import LONGEST_NAME, LONGEST_WORDS, Consent, EssayState, NewPraise, Praise, Source
from bot.domain.people import StaffId, StaffMember
from bot.domain.reply import NewReply, Reply
from bot.domain.rights import Right
from bot.domain.thread import Author, NewMessage
from bot.domain.ward import WardCode
from bot.errors import BotError, LedgerChanged
from bot.ports import UnitOfWork, Viewer
from bot.routing.folding import folded
from bot.services.setting import BadFields, GoneMeanwhile, NotAllowed, holds, one_line, trouble_with_line
from bot.services.staff_change import WardNames, office_name, residents_language
from bot.wording import say

LONGEST_ANSWER = 2000  # characters
GONE = "…"  # where a name stood


class NotImpartial(BotError):
    """The one who decides is the one who is praised."""

    wording_key = "praise_not_impartial"


async def enter_contest(uow: UnitOfWork, *, case: Case, zone: tzinfo, now: datetime) -> bool:
    """A resident enters what they told for the contest; False where it is entered, or is no praise.

    The case's own words are the essay: they go with the case when it is forgotten.
    """
    if case.kind is not CaseKind.COMMENDATION or case.is_sensitive or case.erased_at is not None:
        return False
    day = now.astimezone(zone).date()
    new = NewPraise(
        ward_code=case.ward_code,
        name="",
        is_group=False,
        deed="",
        source=Source.CHAT,
        day=day,
        case_id=case.id,
        agreed_at=now,
    )
    if await uow.praises.add(new) is None:
        return False
    await uow.audit.record(action="praise_entered", now=now, subject=case.code, details={"source": Source.CHAT.value})
    return True


async def enter_praise(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    ward_code: WardCode,
    name: str,
    is_group: bool,
    deed: str,
    submitter: str,
    source: str,
    is_essay: bool,
    praised: str,
    zone: tzinfo,
    now: datetime,
) -> int:
    """Enter what was told at the counter, or what staff propose themselves. Returns its id.

    Args:
        submitter: Who told it and how they are reached; may be empty.
        praised: The user name of the colleague who is praised; empty for anybody else.

    Raises:
        NotAllowed: It is not their ward.
        BadFields: `name`, `deed`, `submitter`, `source` or `praised`.
    """
    if not holds(viewer, Right.LEDGER, ward_code):
        raise NotAllowed(ward=ward_code)
    troubles = _troubles(name, deed)
    if source not in (Source.COUNTER.value, Source.STAFF.value):
        troubles["source"] = "settings_choice_unknown"
    if trouble := trouble_with_line(submitter.strip(), 300):
        troubles["submitter"] = trouble
    praised_id = await _colleague(uow, praised, troubles)
    if troubles:
        raise BadFields(**troubles)
    new = NewPraise(
        ward_code=ward_code,
        name=one_line(name),
        is_group=is_group,
        deed=deed.strip(),
        source=Source(source),
        day=now.astimezone(zone).date(),
        is_essay=is_essay,
        submitter=submitter.strip(),
        praised_id=praised_id,
    )
    praise_id = await uow.praises.add(new)
    if praise_id is None:
        raise LookupError("storage gave this submission no id")
    details = {"ward": ward_code, "source": source}
    await uow.audit.record(action="praise_entered", now=now, staff_id=staff.id, subject=f"{praise_id}", details=details)
    return praise_id


async def change_praise(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    praise_id: int,
    version: int,
    name: str,
    is_group: bool,
    deed: str,
    is_listed: bool,
    praised: str,
    zone: tzinfo,
    now: datetime,
) -> None:
    """Put into words who is praised for what, and (`is_listed`) put it on the shortlist or take it off.

    Raises:
        GoneMeanwhile: There is none for them, or its time is over.
        NotAllowed: It is not their ward.
        LedgerChanged: Somebody changed it since the form was opened, or it is decided.
        BadFields: `name`, `deed` or `praised`.
    """
    praise, decider, _ = await _theirs(uow, viewer, praise_id, version, Right.LEDGER)
    if praise.decided_on is not None:
        raise LedgerChanged(praise=praise_id)
    troubles = _troubles(name, deed)
    if praise.consent is Consent.WITHDRAWN:  # nobody writes it down again
        troubles = {}
        name, deed = "", praise.new.deed
    praised_id = await _colleague(uow, praised, troubles)
    if troubles:
        raise BadFields(**troubles)
    today = now.astimezone(zone).date()
    changed = replace(
        praise,
        new=replace(praise.new, name=one_line(name), is_group=is_group, deed=deed.strip(), praised_id=praised_id),
        state=EssayState.SHORTLISTED if is_listed else EssayState.SUBMITTED,
        shortlisted_on=(praise.shortlisted_on or today) if is_listed else None,
    )
    await uow.praises.put(changed, decider=decider)
    details = {"state": changed.state.value}
    await uow.audit.record(action="praise_changed", now=now, staff_id=staff.id, subject=f"{praise_id}", details=details)


async def record_consent(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    praise_id: int,
    version: int,
    consent: str,
    how: str,
    zone: tzinfo,
    now: datetime,
) -> None:
    """What the praised person said about being named, and how they said it. Taken back, the name goes at once.

    Raises:
        GoneMeanwhile, NotAllowed, LedgerChanged: As `change_praise`, decided ones too.
        BadFields: `consent` or `how`.
    """
    praise, decider, _ = await _theirs(uow, viewer, praise_id, version, Right.LEDGER)
    troubles = {}
    if consent not in (Consent.GIVEN.value, Consent.REFUSED.value, Consent.WITHDRAWN.value):
        troubles["consent"] = "settings_choice_unknown"
    elif consent == Consent.GIVEN.value and not praise.new.name:
        troubles["consent"] = "praise_name_needed"
    if trouble := trouble_with_line(how.strip(), 500, is_needed=True):
        troubles["how"] = trouble
    if troubles:
        raise BadFields(**troubles)
    changed = replace(praise, consent=Consent(consent), consent_how=how.strip(), consent_on=now.astimezone(zone).date())
    if changed.consent is Consent.WITHDRAWN:
        changed = _without_name(changed)
    await uow.praises.put(changed, decider=decider)
    details = {"consent": consent}
    await uow.audit.record(action="praise_consent", now=now, staff_id=staff.id, subject=f"{praise_id}", details=details)


async def decide_praise(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    praise_id: int,
    version: int,
    is_commended: bool,
    reason: str,
    answer: str,
    wards: WardNames,
    zone: tzinfo,
    now: datetime,
) -> None:
    """Decide, with a reason, and tell the one who sent it in the chat that they sent it from.

    Args:
        answer: Said to them besides the decision itself; may be empty.

    Raises:
        GoneMeanwhile, LedgerChanged: As `change_praise`.
        NotAllowed: They do not decide for that ward.
        NotImpartial: They are the one who is praised.
        BadFields: `reason`, `answer`, or `outcome`: nobody said yet who is praised for what.
    """
    praise, decider, code = await _theirs(uow, viewer, praise_id, version, Right.COMMEND)
    if decider is not None:
        raise LedgerChanged(praise=praise_id)
    if praise.new.praised_id == staff.id or (not praise.new.is_group and _is_named(staff, praise.new.name)):
        raise NotImpartial(praise=praise_id)
    troubles = {}
    if trouble := trouble_with_line(reason.strip(), LONGEST_WORDS, is_needed=True):
        troubles["reason"] = trouble
    if trouble := trouble_with_line(answer.strip(), LONGEST_ANSWER):
        troubles["answer"] = trouble
    if is_commended and not praise.new.deed:
        troubles["outcome"] = "praise_deed_needed"
    if troubles:
        raise BadFields(**troubles)
    state = EssayState.COMMENDED if is_commended else EssayState.DECLINED
    decided = replace(praise, state=state, decided_on=now.astimezone(zone).date(), reason=reason.strip())
    if await _tell(uow, decided, code, staff, answer.strip(), wards, now):
        decided = replace(decided, answered_at=now)
    await uow.praises.put(decided, decider=staff.id)
    details = {"state": state.value}
    await uow.audit.record(action="praise_decided", now=now, staff_id=staff.id, subject=f"{praise_id}", details=details)


async def _tell(
    uow: UnitOfWork,
    praise: Praise,
    code: CaseCode | None,
    staff: StaffMember,
    answer: str,
    wards: WardNames,
    now: datetime,
) -> bool:
    """The answer to the one who sent it; no name is in it but what staff wrote. False where no chat leads to them."""
    case = await uow.cases.by_code(code) if code else None
    if case is None or case.erased_at is not None or not case.address.external_id:
        return False
    language = await residents_language(uow, case)
    key = "contest_commended" if praise.state is EssayState.COMMENDED else "contest_declined"
    words = say(language, key, code=case.code, office=office_name(language, praise.new.ward_code, wards))
    text = f"{words}\n\n{answer}".strip()
    message_id = await uow.cases.add_message(
        NewMessage(case_id=case.id, author=Author.STAFF, text=text, at=now, staff_id=staff.id)
    )
    reply = Reply(text=text, language=language)
    await uow.outbox.add([NewReply(address=case.address, reply=reply, message_id=message_id, case_id=case.id)], now)
    return True


async def _theirs(
    uow: UnitOfWork, viewer: Viewer, praise_id: int, version: int, right: Right
) -> tuple[Praise, StaffId | None, CaseCode | None]:
    found = await uow.praises.get(viewer, praise_id)
    if found is None or found[0].is_faded:
        raise GoneMeanwhile(praise=praise_id)
    if not holds(viewer, right, found[0].new.ward_code):
        raise NotAllowed(praise=praise_id)
    if found[0].version != version:
        raise LedgerChanged(praise=praise_id)
    return found


def _without_name(praise: Praise) -> Praise:
    name = praise.new.name

    def without(text: str) -> str:
        return text.replace(name, GONE) if name else text

    new = replace(praise.new, name="", deed=without(praise.new.deed))
    return replace(praise, new=new, reason=without(praise.reason), consent_how=without(praise.consent_how))


def _is_named(staff: StaffMember, name: str) -> bool:
    """Also without marks, and with a word of courtesy before it: "Bà Lê Thị Hoa"."""
    own = folded(staff.full_name)
    return bool(own) and f" {folded(name)} ".endswith(f" {own} ")


async def _colleague(uow: UnitOfWork, username: str, troubles: dict[str, str]) -> StaffId | None:
    if not username.strip():
        return None
    found = await uow.staff.by_username(username.strip()[:200])
    if found is None:
        troubles["praised"] = "staff_unknown"
        return None
    return found[0].id


def _troubles(name: str, deed: str) -> dict[str, str]:
    found = {
        "name": trouble_with_line(one_line(name), LONGEST_NAME, is_needed=True),
        "deed": trouble_with_line(deed.strip(), LONGEST_WORDS, is_needed=True),
    }
    return {field: key for field, key in found.items() if key}
