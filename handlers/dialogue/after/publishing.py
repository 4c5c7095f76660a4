"""Staff ask whether a text about a case may be public: yes, no, and taking it back, each one tap.

A button names the text that stood above it: what was changed, decided or taken down since is not what it speaks of.
"""

from bot.domain.case import Case
from bot.domain.publishing import Ending, Publication, State
from bot.domain.reply import Choice
from bot.services.publish_case import agree_to_publish, asked_of, refuse_to_publish
from bot.services.publish_words import asking
from handlers.dialogue.after.receipts import own_case
from handlers.dialogue.asking import ask_next, new_button, shown_day
from handlers.dialogue.choices import Act
from handlers.dialogue.turn import Turn


async def press(turn: Turn, value: str) -> None:
    """One of its buttons: "7K3M-9QX2:0123456789ab:yes"."""
    code, _, rest = value.partition(":")
    slug, _, what = rest.partition(":")
    case = await own_case(turn, code)
    # Held, so that a text that staff take down in this moment is not agreed to.
    held = await turn.uow.cases.by_id(case.id, for_update=True) if case else None
    if held is None or not await _answered(turn, held, slug, what):
        turn.say("chat_button_stale")
    ask_next(turn)


async def _answered(turn: Turn, case: Case, slug: str, what: str) -> bool:
    turn.case_id = case.id
    if what == "yes":
        day = await agree_to_publish(turn.uow, case=case, slug=slug, zone=turn.city.zone, now=turn.now)
        if day is not None:
            turn.say("publish_thanks_yes", day=shown_day(turn, day), choices=[[_back(turn, case, slug)], [new_button(turn)]])
        return day is not None
    if what == "no":
        ending = await refuse_to_publish(turn.uow, case=case, slug=slug, now=turn.now)
        if ending is not None:
            key = "publish_thanks_back" if ending is Ending.WITHDRAWN else "publish_thanks_no"
            turn.say(key, code=case.code, choices=[[new_button(turn)]])
        return ending is not None
    found = await asked_of(turn.uow, case) if what == "see" else None
    if found is None:
        return False
    if found.state is State.ASKED:
        asked = asking(turn.language, case, found, turn.city.wards)
        turn.say_text(asked.text, choices=asked.choices)
    else:
        turn.say(
            "publish_is_agreed", title=found.wording.title, choices=[[_back(turn, case, found.slug)], [new_button(turn)]]
        )
    return True


async def buttons(turn: Turn, case: Case) -> list[list[Choice]]:
    """Under a case: what was asked and not answered yet, or the way to take back what was agreed to."""
    found: Publication | None = await asked_of(turn.uow, case)
    if found is None:
        return []
    key = "publish_button_see" if found.state is State.ASKED else "publish_button_agreed"
    return [[Choice(turn.word(key), f"{Act.PUBLISH}:{case.code}:{found.slug}:see")]]


def _back(turn: Turn, case: Case, slug: str) -> Choice:
    return Choice(turn.word("publish_button_back"), f"{Act.PUBLISH}:{case.code}:{slug}:no")
