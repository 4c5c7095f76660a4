"""What residents do: file, add a word, join a neighbour, judge a closing, stop the bot, ask to be forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.case import Accused, Case, CaseId, CaseKind, CaseStatus
from bot.domain.closing import may_be_disputed
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.people import Address, Channel
from bot.domain.thread import EventKind
from bot.domain.ward import Point, WardCode
from bot.ports import UnitOfWork
from bot.services.add_to_case import add_to_case
from bot.services.dispute_case import dispute_case
from bot.services.erase import forget_resident
from bot.services.file_case import file_case
from bot.services.join_case import join_case
from bot.services.rate_case import rate_case
from tests.simulated import officers
from tests.simulated.town import BEGINS, ENDS, WARDS, Town

_CHANNELS = (Channel.TELEGRAM, Channel.TELEGRAM, Channel.ZALO, Channel.WEBCHAT, Channel.COUNTER)
_MATTERS: Sequence[tuple[CaseKind, str, str]] = (
    (CaseKind.VIOLATION, "vio_litter", "Rác chất đống đầu ngõ {n}, bốc mùi hôi"),
    (CaseKind.VIOLATION, "vio_noise", "Quán ở ngõ {n} hát tới nửa đêm"),
    (CaseKind.VIOLATION, "vio_sidewalk", "Vỉa hè trước số nhà {n} bị chiếm hết"),
    (CaseKind.VIOLATION, "vio_other_place", "Đèn đường ngõ {n} hỏng ba đêm nay"),
    (CaseKind.SUGGESTION, "", "Đề nghị đặt thêm thùng rác ở ngõ {n}"),
    (CaseKind.QUESTION, "", "Làm giấy khai sinh cần những gì? Tôi ở ngõ {n}"),
)
_CONDUCT = (CaseKind.CONDUCT, "", "Cán bộ {who} bắt tôi chờ cả buổi ở bàn số {n}")


def plan_year(town: Town, cases: int) -> None:
    """So many filings over the year, and a day of the calendar that is changed each month."""
    span = (ENDS - BEGINS).total_seconds()
    for number in range(cases):
        at = BEGINS + timedelta(seconds=town.random.random() * span)
        town.later(at, partial(files, number=number))
    for number in range(12):
        town.later(BEGINS + (number + town.random.random()) * (ENDS - BEGINS) / 12, officers.changes_the_calendar)
    for _ in range(40):
        town.later(BEGINS + timedelta(seconds=town.random.random() * span), officers.goes_away)


async def files(town: Town, uow: UnitOfWork, *, number: int) -> None:
    """One message becomes a case; then staff come across it, now or weeks later."""
    channel = town.random.choice(_CHANNELS)
    address = Address(channel, f"{channel.value}-{town.random.randrange(3000)}")
    conversation = await uow.conversations.get(address)
    town.forgotten.discard(address)
    ward = town.random.choice(WARDS)
    draft = _draft(town, number, ward)
    main = await _neighbour(town, uow, draft) if town.chance(0.05) else None
    case = (
        await join_case(uow, conversation=conversation, draft=draft, main_id=main, city=town.city, now=town.now)
        if main
        else None
    )
    if case is None:
        case = await file_case(uow, conversation=conversation, draft=draft, city=town.city, now=town.now)
    if case.main_case_id is None:
        days = 0.02 if case.is_emergency else town.random.expovariate(1 / 1.5)
        town.later(await town.office_hour(uow, days), partial(officers.attends, case_id=case.id))
    if town.chance(0.1):
        town.later(town.now + timedelta(days=town.random.random() * 9), partial(adds, case_id=case.id))
    if town.chance(0.02):
        town.later(town.now + timedelta(hours=1), partial(stops_the_bot, address=address))
    if town.chance(0.03):
        town.later(town.now + timedelta(days=town.random.random() * 60), partial(asks_to_be_forgotten, address=address))


def _draft(town: Town, number: int, ward: WardCode) -> Draft:
    is_conduct = town.chance(0.08)
    kind, category, words = _CONDUCT if is_conduct else town.random.choice(_MATTERS)
    named = town.random.choice(town.staff).full_name if town.chance(0.3) else "một cửa"
    text = words.format(n=number, who=named)
    accused = (Accused.LEADER if town.chance(0.1) else Accused.OFFICIAL) if is_conduct else Accused.NOBODY
    return Draft(
        serial=f"d{number}",
        started_at=town.now,
        parts=(DraftPart(source_id=f"m{number}", text=text),),
        kind=kind,
        category=category,
        ward_codes=() if town.chance(0.05) else (ward,),
        point=Point(21.0 + town.random.random() / 10, 105.8) if town.chance(0.3) else None,
        is_sensitive=is_conduct,
        accused=accused,
        is_emergency=not is_conduct and town.chance(0.02),
    )


async def _neighbour(town: Town, uow: UnitOfWork, draft: Draft) -> CaseId | None:
    if draft.ward_code is None or draft.is_about_official:
        return None
    since = town.now - timedelta(days=7)
    alike = await uow.cases.alike(ward_code=draft.ward_code, category=draft.category, since=since, most=5)
    return alike[0].id if alike else None


async def adds(town: Town, uow: UnitOfWork, *, case_id: CaseId) -> None:
    """One more line, whatever became of the case; a closed one opens again."""
    case = await uow.cases.by_id(case_id)
    if case is None or _is_gone(town, case):
        return
    was_closed = case.status is CaseStatus.CLOSED
    part = DraftPart(source_id=f"a{case_id}-{town.random.random()}", text="Hôm nay vẫn thế, tôi gửi thêm vài dòng.")
    await add_to_case(uow, case=case, part=part, now=town.now, city=town.city)
    if was_closed:
        town.later(await town.office_hour(uow, 2), partial(officers.attends, case_id=case_id))


async def asks_to_be_forgotten(town: Town, uow: UnitOfWork, *, address: Address) -> None:
    """Everything that can go goes at once, the rest when it is answered; half of them want no more answers."""
    conversation = await uow.conversations.get(address)
    if conversation.resident_id is not None:
        await forget_resident(uow, conversation, closes_open=town.chance(0.5), now=town.now)
        town.forgotten.add(address)
        town.once_forgotten.add(address)


def _is_gone(town: Town, case: Case) -> bool:
    """Nobody speaks for this case any more."""
    return case.erased_at is not None or case.address in town.forgotten


async def stops_the_bot(town: Town, uow: UnitOfWork, *, address: Address) -> None:
    """From now on nothing reaches them there."""
    if address.channel in (Channel.TELEGRAM, Channel.ZALO):
        town.blocked.add(address.external_id)
        await uow.conversations.put(Conversation(address=address, is_blocked=True), town.now)


async def judges(town: Town, uow: UnitOfWork, *, case_id: CaseId, closed_at: datetime) -> None:
    """Some days after a closing: it is so, it is not so, one more word, or nothing at all."""
    case = await uow.cases.by_id(case_id)
    if case is None or case.closed_at != closed_at or _is_gone(town, case):
        return
    said = town.random.random()
    if said < 0.25:
        await rate_case(uow, case=case, is_resolved=True, now=town.now, stars=town.random.randrange(1, 6))
    elif said < 0.25 + (0.15 if not case.disputes else 0.4):
        assert may_be_disputed(case, town.now)
        await _disputes(town, uow, case)
    elif said < 0.48:
        await adds(town, uow, case_id=case_id)


async def _disputes(town: Town, uow: UnitOfWork, case: Case) -> None:
    part = DraftPart(source_id=f"k{case.id}-{town.random.random()}", text="Không đúng, chưa ai làm gì cả.")
    await dispute_case(uow, case=case, part=part if town.chance(0.7) else None, city=town.city, now=town.now)
    town.later(await town.office_hour(uow, town.random.expovariate(1 / 2)), partial(officers.attends, case_id=case.id))


async def answers_question(town: Town, uow: UnitOfWork, *, case_id: CaseId, closed_at: datetime) -> None:
    """Who was asked again whether it is still so says yes, or no, by one tap."""
    case = await uow.cases.by_id(case_id)
    if case is None or case.closed_at != closed_at or _is_gone(town, case):
        return
    if not any(event.kind is EventKind.QUESTIONED and event.at > closed_at for event in await uow.cases.timeline(case_id)):
        return
    if town.chance(0.8):
        await rate_case(uow, case=case, is_resolved=True, now=town.now)
    elif may_be_disputed(case, town.now):
        await _disputes(town, uow, case)
