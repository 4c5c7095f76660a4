"""A patient resident who wants one message filed, and counts what it takes: messages written and buttons pressed."""

from dataclasses import dataclass

from bot.domain.draft import Question
from bot.domain.people import Language
from tests.dialogue.driver import CODE, Resident

MOST = 8  # actions; whoever needs more has given up


@dataclass(frozen=True, slots=True)
class Walk:
    """What it took. `actions` is None where it came to no case; `asked` names the questions on the way."""

    actions: int | None
    asked: tuple[str, ...]


async def file(resident: Resident, text: str, *, ward: str) -> Walk:
    """Write the text, answer what is asked with the ward's name or by the button that sends, until there is a code."""
    actions, asked = 1, list[str]()
    await resident.says(text)
    while actions < MOST:
        if any(CODE.search(reply.text) for reply in resident.heard_now):
            return Walk(actions, tuple(asked))
        question = (await resident.conversation()).asked
        asked.append(question.value if question else "nothing")
        actions += 1
        if question is Question.WARD:
            await resident.says(ward)
        elif question in (Question.CONFIRM, Question.MATTER):
            send = "Send" if resident.language is Language.EN else "Gửi"
            labels = [choice.label for reply in resident.heard_now for row in reply.choices for choice in row]
            fits = [label for label in labels if label.startswith(send)]
            if not fits:
                return Walk(None, tuple(asked))
            await resident.presses(fits[0])
        else:
            return Walk(None, tuple(asked))
    return Walk(None, tuple(asked))
