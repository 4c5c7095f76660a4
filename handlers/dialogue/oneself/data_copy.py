"""A copy of what we keep about a resident, as text, in pages that fit one message on every channel."""

from collections.abc import Iterator, Sequence

from bot.domain.case import Case, CaseStatus
from bot.domain.thread import Author, ThreadMessage
from bot.errors import NotOurSeal
from bot.services.erase import erasable
from bot.services.masking import own_words
from bot.services.move_answers import chat_name
from handlers.dialogue.labels import kind_name, shown_day, ward_name
from handlers.dialogue.turn import Turn

PAGE = 3_400  # characters; Telegram takes 4,096, and a heading comes before them
MOST_CASES = 100  # the newest ones
LONGEST_REASON = 200  # characters


async def copy_pages(turn: Turn) -> list[str]:
    """At least one page, oldest first: the address, how to reach the resident, then each case with every word in it."""
    lines = [
        turn.word(
            "person_copy_address",
            channel=turn.incoming.address.channel.value.title(),
            tongue=turn.word("chat_language_name"),
        )
    ]
    lines += await _contact(turn)
    lines += await _bonds(turn)
    resident_id = turn.conversation.resident_id
    cases = list(await erasable(turn.uow, resident_id)) if resident_id is not None else []
    lines += await opening_lines(turn)
    if turn.draft is not None:
        lines.append(turn.word("person_copy_draft", text=turn.draft.text))
    for case in cases[-MOST_CASES:]:
        lines += await _case(turn, case)
    return pages_of(lines)


async def opening_lines(turn: Turn) -> list[str]:
    """When the sealed words or the identity were opened: the resident may know about which case, and why. Oldest first."""
    resident_id = turn.conversation.resident_id
    openings = await turn.uow.openings.of_resident(resident_id) if resident_id is not None else []
    return [
        turn.word(
            "person_data_opening",
            day=shown_day(turn, opening.decided_at or opening.asked_at),
            code=code,
            reason=opening.reason[:LONGEST_REASON],
        )
        for code, opening in openings
    ]


def pages_of(lines: Sequence[str], most: int = PAGE) -> list[str]:
    """The lines on pages; a line that is longer than a page goes on on the next."""
    pages, page = [], ""
    for line in _cut(lines, most):
        if page and len(page) + len(line) + 1 > most:
            pages.append(page)
            page = ""
        page = f"{page}\n{line}" if page else line
    return [*pages, page]


def _cut(lines: Sequence[str], most: int) -> Iterator[str]:
    for line in lines:
        for start in range(0, max(len(line), 1), most):
            yield line[start : start + most]


async def _bonds(turn: Turn) -> list[str]:
    address = turn.incoming.address
    return [
        turn.word("linking_data", chat=chat_name(other.channel, turn.language), day=shown_day(turn, bond.tied_at))
        for bond in await turn.uow.bonds.of(address)
        if (other := bond.beyond(address)) is not None and bond.tied_at is not None
    ]


async def _contact(turn: Turn) -> list[str]:
    resident_id = turn.conversation.resident_id
    identity = await turn.uow.identities.get(resident_id) if resident_id is not None else None
    if identity is None:
        return []
    try:
        return [turn.word("person_copy_contact", text=turn.city.sealer.open(identity.sealed))]
    except NotOurSeal:
        return []


async def _case(turn: Turn, case: Case) -> list[str]:
    ward = ward_name(turn, case.ward_code) if case.ward_code else turn.word("chat_ward_not_known")
    state = turn.word(f"chat_status_{case.status.value}")
    if case.status is CaseStatus.CLOSED and case.outcome is not None:
        state = f"{state} ({turn.word(f'outcome_{case.outcome.value}')})"
    head = turn.word(
        "person_copy_case",
        code=case.code,
        kind=kind_name(turn, case.kind),
        ward=ward,
        day=shown_day(turn, case.created_at),
        state=state,
    )
    messages = [
        await _message(turn, message)
        for message in await turn.uow.cases.thread(case.id)
        if message.author is not Author.NOTE  # what staff say among themselves is theirs
    ]
    place = [f"📍 {case.point.lat:.6f}, {case.point.lon:.6f}"] if case.point else []
    return ["", head, *place, *messages, *await _published(turn, case)]


async def _published(turn: Turn, case: Case) -> list[str]:
    """What they agreed to have published of it: since when, in which words, and how that ends; or when it ended."""
    lines = []
    for one in await turn.uow.publications.of_case(case.id):
        if one.agreed_at is None:
            continue
        day = shown_day(turn, one.agreed_at)
        if one.ended_at is not None:
            lines.append(turn.word("person_copy_published_ended", day=day, ended=shown_day(turn, one.ended_at)))
            continue
        words = one.wording
        place = [f"📍 {words.point.lat:.3f}, {words.point.lon:.3f}"] if words.point else []
        lines.append(turn.word("person_copy_published", day=day, text=": ".join((words.title, words.text))))
        lines += [turn.word("person_copy_published_answer", text=words.answer), *place]
        lines.append(turn.word("person_copy_published_end", choice=turn.word("publish_button_agreed")))
    return lines


async def _message(turn: Turn, message: ThreadMessage) -> str:
    key = "person_copy_yours" if message.author is Author.RESIDENT else "person_copy_ours"
    text = await own_words(turn.uow, message, turn.city.sealer)
    line = turn.word(key, day=shown_day(turn, message.at), text=text)
    names = [attachment.file.name or attachment.file.kind.value for attachment in message.attachments]
    return f"{line} [{', '.join(names)}]" if names else line
