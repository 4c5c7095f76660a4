"""A case found by its code: at once in the chat it was written in, elsewhere with the secret of its receipt.

A code that nobody has, and a code with the wrong secret, are answered alike, and wrong ones are counted for each address.
A message that is a code, or asks how the case of a code stands, looks it up. In any other sentence a code of one's own case
says which case the words belong to; somebody else's stays part of a report.
"""

import re
from dataclasses import replace

from bot.domain.case import CaseCode, read_code
from bot.domain.closing import may_be_disputed
from bot.domain.draft import Awaited, Awaits
from bot.routing.folding import words_of
from bot.services.rate_case import closing_choices
from bot.services.reach_resident import show_missed
from bot.services.track_case import track_case
from handlers.dialogue.after import my_cases
from handlers.dialogue.after.receipts import handle_of, is_without_chat, their_case
from handlers.dialogue.after.telling import say_case
from handlers.dialogue.asking import ask_next, shorten, shown_day
from handlers.dialogue.oneself import tying
from handlers.dialogue.turn import Turn
from handlers.dialogue.wrong_tries import are_too_many, count_one

_LONGEST = 60  # characters of a message that is a code or a secret
_READ = 2000  # characters in which a code is looked for
# The words a code may come with: copied from our own receipt, or typed to look it up. Parted from it: codes begin with
# "MA", "TIM" or "CASE" too.
_BEFORE = re.compile(
    r"(?:(?:tra\s+cứu|tra\s+cuu|tìm|tim|xem|find|look\s+up|check)(?:\s*:\s*|\s+))?"
    r"(?:(?:mã\s+hồ\s+sơ|ma\s+ho\s+so|hồ\s+sơ|ho\s+so|mã|ma|case\s+code|case|code)(?:\s*:\s*|\s+))?",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[0-9A-Za-z]{4}[-–—][0-9A-Za-z]{4}")
_WHOLE = re.compile(r"[0-9A-Za-z]{8}|[0-9A-Za-z]{4} [0-9A-Za-z]{4}")
_INSIDE = re.compile(r"(?<![0-9A-Za-z-])[0-9A-Za-z]{4}[-–—][0-9A-Za-z]{4}(?![0-9A-Za-z-])")
_ASKING = frozenset(
    word
    for line in (
        "ho so ma viec phan anh cua toi em minh chau den dau roi the nao ra sao bao gio khi xong chua duoc xem cho biet",
        "hoi tinh trang thai giup xin vui long kiem tra cuu tim xu ly giai quyet a ah nhe voi vay ai dang lam anh chi oi la",
        "gi co ket qua status of case what is the about code my report please check where how when will it be fixed done",
        "any news on has been who handles handling me tell",
    )
    for word in line.split()
)
_MOST_WORDS = 16  # of a question about a case
_PLATE = re.compile(r"\d{2}[A-Za-z]\d{5}")
_SECRET = re.compile(r"[\d\s.,\-–]{1,60}")


async def find(turn: Turn, text: str = "") -> None:
    """Look up the code in these words; without one, ask for it."""
    code = _read(text)
    if code is not None:
        await _look_up(turn, code)
        return
    _await(turn, Awaits(Awaited.CODE))
    turn.say("after_find_no_code" if text.strip() else "after_find_ask")
    ask_next(turn)


async def hears(turn: Turn) -> bool:
    """Is the whole message a code, alone, after "tra cứu", or in a question about it? Then look it up."""
    code = bare_code(turn.incoming.text) or _asked_about(turn.incoming.text)
    if code is None and await _belongs_to_a_case(turn):
        return False
    if code is None:
        loose = _read(turn.incoming.text)
        if loose is None or await their_case(turn, loose) is None:  # "29A 12345" is a plate, unless it is a case of theirs
            return False
        code = loose
    await _look_up(turn, code)
    return True


def _asked_about(text: str) -> CaseCode | None:
    """The code in "hồ sơ 7K3M-9QX2 đến đâu rồi?", where every other word is one of such a question."""
    named = _named(text)
    if named is None:
        return None
    others = [word.plain for word in words_of(_INSIDE.sub(" ", text))]
    return named if others and len(others) <= _MOST_WORDS and set(others) <= _ASKING else None


def _named(text: str) -> CaseCode | None:
    """The one code that these words hold, written as we write it."""
    found = {code for match in _INSIDE.finditer(text[:_READ]) if (code := _if_has_digit(match[0]))}
    return found.pop() if len(found) == 1 else None


async def _belongs_to_a_case(turn: Turn) -> bool:
    """Do these words name a case of one's own? Then they are added to it, whichever case was spoken of last."""
    named = _named(turn.incoming.text) if turn.draft is None else None
    case = await their_case(turn, named) if named is not None else None
    if case is None:
        return False
    turn.conversation = replace(turn.conversation, case_code=case.code)
    return True


def bare_code(text: str) -> CaseCode | None:
    """The code that this text is and can hardly be anything else: parted as we write it, announced, or letters and digits.

    "hello ban" has eight letters of a code too, and a car's plate has eight signs.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    before = _BEFORE.match(text)
    rest = text[before.end() :].rstrip(" .!?") if before else text
    if _PARTED.fullmatch(rest):
        return _if_like_a_code(rest) if before and before.end() else _if_has_digit(rest)
    if not _WHOLE.fullmatch(rest) or _PLATE.fullmatch(rest.replace(" ", "")):
        return None
    has_both = any(letter.isdigit() for letter in rest) and any(letter.isalpha() for letter in rest)
    is_shouted = rest.upper() == rest
    return read_code(rest) if has_both and (is_shouted or (before is not None and before.end() > 0)) else None


def _if_like_a_code(text: str) -> CaseCode | None:
    return read_code(text.replace("–", "-").replace("—", "-"))


def _if_has_digit(text: str) -> CaseCode | None:
    """ "ABCD-EFGH" as we write it; "well-done" is none."""
    return _if_like_a_code(text) if text.upper() == text or any(letter.isdigit() for letter in text) else None


async def hear_code(turn: Turn) -> bool:
    """The answer to "which code?"; anything else is heard as any words."""
    code = _read(turn.incoming.text)
    if code is None:
        return False
    await _look_up(turn, code)
    return True


async def hear_secret(turn: Turn, about: str) -> bool:
    """The second half of the receipt: twelve digits, however they are spaced. Other words are no answer."""
    text, code = turn.incoming.text.strip(), read_code(about)
    digits = sum(letter.isdigit() for letter in text)
    if code is None or len(text) > _LONGEST or not (_SECRET.fullmatch(text) or digits == 12):
        return False
    is_refused = await are_too_many(turn)
    found = await track_case(turn.uow, turn.city.receipts, code=code, secret=text)
    if is_refused:
        turn.say("after_find_too_often")
    elif found is None:
        await count_one(turn)
        _await(turn, Awaits(Awaited.RECEIPT, code))
        turn.say("after_find_wrong")
    else:
        missed = await show_missed(turn.uow, found.case, turn.now)
        for answer in missed[:-1]:  # the newest answer is said with the case
            turn.say("after_case_answer", day=shown_day(turn, answer.at), text=shorten(answer.text))
        say_case(turn, found.case, found.answer)
        if is_without_chat(found.case) and may_be_disputed(found.case, turn.now):
            # No chat of that case reaches them: this is where they say whether it is so.
            turn.choose(closing_choices(turn.language, found.case, handle_of(turn, found.case)))
    ask_next(turn)
    return True


async def _look_up(turn: Turn, code: CaseCode) -> None:
    """Own cases are shown; of any other code only the secret is asked, whether there is such a case or not."""
    case = await their_case(turn, code)
    if case is not None:
        await my_cases.show_case(turn, case)
        return
    if await tying.hear_bare(turn, code):
        return
    _await(turn, Awaits(Awaited.RECEIPT, code))
    turn.say("after_find_secret", code=code)
    ask_next(turn)


def _read(text: str) -> CaseCode | None:
    """A code where one is expected, in any spelling."""
    text = text.strip()
    before = _BEFORE.match(text[: _LONGEST * 2])
    return read_code(text[before.end() :].rstrip(" .!?").replace("–", "-")) if before else read_code(text)


def _await(turn: Turn, awaits: Awaits) -> None:
    turn.conversation = replace(turn.conversation, awaits=awaits)
