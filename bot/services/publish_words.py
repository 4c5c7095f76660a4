"""What a resident is asked and told about a text that everybody may read: the text to the letter, and two buttons."""

from bot.domain.case import Case
from bot.domain.people import Language
from bot.domain.publishing import Publication
from bot.domain.reply import Choice, Reply
from bot.services.staff_change import WardNames, office_of
from bot.wording import say

ACT = "pb"  # as `handlers.dialogue.choices` reads it: "pb:7K3M-9QX2:0123456789ab:yes"


def asking(language: Language, case: Case, found: Publication, wards: WardNames) -> Reply:
    """The question, with exactly what would be public."""
    text = say(
        language,
        "publish_ask",
        code=case.code,
        office=office_of(language, case, wards),
        title=found.wording.title,
        text=found.wording.text,
        answer=found.wording.answer,
        place=say(language, "publish_ask_place" if found.wording.point else "publish_ask_no_place"),
    )
    row = tuple(
        Choice(say(language, f"publish_button_{word}"), f"{ACT}:{case.code}:{found.slug}:{word}") for word in ("yes", "no")
    )
    return Reply(text=text, choices=(row,), language=language)


def taken_down(language: Language, case: Case) -> Reply:
    """Staff took it down."""
    return Reply(text=say(language, "publish_told_down", code=case.code), language=language)
