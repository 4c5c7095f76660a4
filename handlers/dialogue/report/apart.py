"""Words about an official that come after filing: they never join a case that the wrong people read.

Added to a case at the general desk, or put there by an edit, they would lie open to the whole ward. They become a draft of
their own instead, with the case's ward; the resident sends it, and it waits where such reports wait.
"""

from dataclasses import replace

from bot.domain.case import Accused, Case, CaseKind, Desk, choose_desk
from bot.domain.draft import WardSource
from bot.services.tie_chats import is_theirs_by_bond
from bot.understanding import Understanding, load_categories
from bot.understanding.hearing import hear
from bot.understanding.lexicon import load_lexicon
from bot.understanding.text import read
from handlers.dialogue.asking import ask_next
from handlers.dialogue.report.drafting import begin, is_full, understand
from handlers.dialogue.report.filing import receive as receive_into_draft
from handlers.dialogue.report.filing import say_troubles
from handlers.dialogue.turn import Turn

_CLEARLY = 0.6  # of what the words say is about officials
_WAITING = frozenset({"off_delay_red_tape", "off_working_time", "off_formal_complaint"})  # often said of the case itself
_OFFICIALS = frozenset({"official", "official_person"})
_FEWER_READ = (Desk.RESTRICTED, Desk.LEADERS)  # the later, the fewer of the accused's own people


async def keep_apart(turn: Turn) -> bool:
    """Take the message into a draft of its own if the case it would join is read by too many. False: it may join."""
    text = turn.incoming.text
    if not text.strip():
        return False
    found = turn.city.understand(text)
    if not found.is_sensitive or not _accuses(text, found):
        return False
    case = await (_edited_case(turn) if turn.incoming.is_edit else _open_case(turn))
    if case is None or not _is_read_by_too_many(case, found):
        return False
    turn.say("card_kept_apart", code=case.code)
    if turn.incoming.is_edit:  # the message itself stays as it is in the old case; these words are another one
        name = f"{turn.incoming.source_id}~"
        is_known = turn.draft is not None and any(part.source_id == name for part in turn.draft.parts)
        turn.incoming = replace(turn.incoming, source_id=name, is_edit=is_known)
    if turn.draft is not None:
        receive_into_draft(turn)
        return True
    _start(turn, case)
    return True


def _start(turn: Turn, case: Case) -> None:
    incoming = turn.incoming
    draft = begin(incoming, case.ward_code, turn.now)
    if is_full(draft, incoming):
        receive_into_draft(turn)
        return
    draft = understand(incoming, draft, turn.city)
    if draft.ward_source is WardSource.PRESET:  # no notice board's: the resident said so of the case
        draft = replace(draft, ward_source=WardSource.CHOSEN)
    turn.update(draft, None)
    turn.conversation = replace(turn.conversation, last_group_id=incoming.group_id)
    say_troubles(turn)
    ask_next(turn)


def _accuses(text: str, found: Understanding) -> bool:
    """Is somebody's conduct told? "Vẫn chưa ai dọn" only asks how the case goes, and belongs to it."""
    if found.about_leader:
        return True
    known = load_categories()
    shares = ((found.category, found.confidence), *found.alternatives)
    if sum(share for category, share in shares if known[category].is_sensitive) < _CLEARLY:
        return False
    return found.category not in _WAITING or not _OFFICIALS.isdisjoint(hear(read(text), load_lexicon()).said)


async def _open_case(turn: Turn) -> Case | None:
    code = turn.conversation.case_code
    case = await turn.uow.cases.by_code(code) if code and turn.draft is None else None
    is_theirs = case is not None and (
        case.address == turn.incoming.address or await is_theirs_by_bond(turn.uow, case, turn.incoming.address)
    )
    return case if is_theirs else None


async def _edited_case(turn: Turn) -> Case | None:
    resident_id, source_id = turn.conversation.resident_id, turn.incoming.source_id
    if resident_id is None or (turn.draft and any(part.source_id == source_id for part in turn.draft.parts)):
        return None
    for case in await turn.uow.cases.of_resident(resident_id):
        if await turn.uow.cases.message_by_source(case.id, source_id) is not None:
            return case
    return None


def _is_read_by_too_many(case: Case, found: Understanding) -> bool:
    accused = Accused.LEADER if found.about_leader else Accused.OFFICIAL
    wanted = choose_desk(CaseKind.CONDUCT, case.ward_code, is_sensitive=True, accused=accused)
    if case.desk not in _FEWER_READ:
        return True
    return _FEWER_READ.index(case.desk) < _FEWER_READ.index(wanted)
