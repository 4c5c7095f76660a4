"""Talk to a person: the ward's phone, hours and address, whether somebody is there now, and a call back if one wants."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.case import CaseStatus
from bot.domain.draft import Awaited, Awaits, DraftPart
from bot.domain.office import is_office_time, next_office_day
from bot.domain.people import Language
from bot.domain.reply import Choice
from bot.domain.ward import WardCode
from bot.services.add_to_case import add_to_case
from bot.services.deadlines import calendar_of
from handlers.dialogue.asking import ask_next
from handlers.dialogue.choices import Act
from handlers.dialogue.labels import ward_name
from handlers.dialogue.oneself.contact import ask_consent, go_on, identity
from handlers.dialogue.turn import Turn

MOST = 5  # wards of one name that are offered


async def show(turn: Turn) -> None:
    """The office of the ward one is at; without one, ask which."""
    ward = await ward_of(turn)
    if ward is None:
        turn.conversation = replace(turn.conversation, awaits=Awaits(Awaited.PERSON))
        turn.say("person_office_which")
        return
    await _show_office(turn, ward)


async def press(turn: Turn, value: str) -> None:
    """A button of this topic: a ward's code, "call", or nothing."""
    if value == "call":
        await _ask_for_call(turn)
    elif value in turn.city.wards:
        await _show_office(turn, turn.city.wards[value].code)
    elif value == "other":
        turn.conversation = replace(turn.conversation, awaits=Awaits(Awaited.PERSON))
        turn.say("person_office_which")
    else:
        await show(turn)


async def hear_ward(turn: Turn, _about: str) -> bool:
    """The name of the ward. Words that are more than a place are a resident's matter and no answer."""
    found = turn.city.places.route(turn.incoming.text)
    if not found.codes or not found.is_only_place:
        return False
    if len(found.codes) == 1:
        await _show_office(turn, found.codes[0])
        return True
    rows = [[Choice(ward_name(turn, code), f"{Act.PERSON}:{code}")] for code in found.codes[:MOST]]
    turn.say("person_office_several", choices=rows)
    return True


async def ward_of(turn: Turn) -> WardCode | None:
    """The ward of the draft, of the case one is at, of the notice board, or of the last case."""
    conversation = turn.conversation
    if turn.draft is not None and turn.draft.ward_code:
        return turn.draft.ward_code
    case = await turn.uow.cases.by_code(conversation.case_code) if conversation.case_code else None
    found = (case.ward_code if case else None) or conversation.preset_ward or conversation.last_ward
    return found if found in turn.city.wards else None


async def _show_office(turn: Turn, ward: WardCode) -> None:
    turn.say("person_office", ward=ward_name(turn, ward), office="\n".join(await office_lines(turn, ward)))
    calendar = await calendar_of(turn.uow, turn.city.calendar)
    if is_office_time(turn.now, calendar):
        turn.say("person_office_open")
    else:
        turn.say("person_office_closed", day=f"{next_office_day(turn.now, calendar):%d/%m/%Y}")
    rows = [[Choice(turn.word("person_button_other_office"), f"{Act.PERSON}:other")]]
    if await _may_be_called(turn):
        rows.insert(0, [Choice(turn.word("person_button_call"), f"{Act.PERSON}:call")])
    turn.say("person_office_chat", choices=rows)
    go_on(turn)


async def office_lines(turn: Turn, ward: WardCode) -> list[str]:
    """What the ward's staff entered; an honest line where they entered nothing."""
    office = await turn.uow.ward_settings.get(ward)
    hours = office.hours_en if turn.language is Language.EN and office.hours_en else office.hours
    lines = [
        turn.word(f"person_office_{name}", value=value)
        for name, value in (("phone", office.phone), ("hours", hours), ("address", office.address))
        if value
    ]
    if not office.phone:
        lines.append(turn.word("person_office_unknown", ward=ward_name(turn, ward)))
    return lines


async def _may_be_called(turn: Turn) -> bool:
    code = turn.conversation.case_code
    case = await turn.uow.cases.by_code(code) if code and turn.draft is None else None
    return case is not None and case.status is CaseStatus.OPEN and not case.is_anonymous


async def _ask_for_call(turn: Turn) -> None:
    """A line of the case's thread, in the resident's name: staff read it where they read everything else."""
    code = turn.conversation.case_code
    case = await turn.uow.cases.by_code(code) if code else None
    if case is None or not await _may_be_called(turn):
        turn.say("chat_button_stale")
        ask_next(turn)
        return
    if await identity(turn) is None:
        await ask_consent(turn, case.code)
        return
    # One line a day, however often it is tapped.
    source_id = f"call:{_day(turn.now)}:{case.code}"
    part = DraftPart(source_id=source_id, text=turn.word("person_call_words"))
    await add_to_case(turn.uow, case=case, part=part, now=turn.now, city=turn.city)
    turn.case_id = case.id
    turn.say("person_call_asked", code=case.code)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%d}"
