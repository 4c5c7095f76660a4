"""What residents write, without the personal data in it: staff read dots, and what stood there is sealed beside them.

Where personal data stands is found in `bot.understanding`. Who may open what is sealed is the desk's affair.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.incoming import StoredFile
from bot.domain.thread import ThreadMessage
from bot.errors import NotOurSeal
from bot.ports import Sealer, UnitOfWork
from bot.understanding import find_personal_data, masked


@dataclass(frozen=True, slots=True)
class Hidden:
    """Words as they are kept: `text` for whoever may read the case, `sealed` empty where nothing had to be hidden."""

    text: str
    sealed: str = ""


def hide(text: str, sealer: Sealer) -> Hidden:
    """The words with dots for personal data, and themselves sealed if there was any."""
    [hidden] = hide_all([text], sealer)
    return hidden


def hide_all(texts: Sequence[str], sealer: Sealer) -> list[Hidden]:
    """The same for words that came one after the other: "my number is" may stand in the message before the number."""
    together = "\n".join(texts)
    dotted = masked(together, find_personal_data(together))
    found, start = [], 0
    for text in texts:
        shown = dotted[start : start + len(text)]  # as long as the words themselves
        found.append(Hidden(shown, sealer.seal(text) if shown != text else ""))
        start += len(text) + 1
    return found


def hide_names(files: Sequence[StoredFile]) -> tuple[StoredFile, ...]:
    """Files whose names say nothing personal: people name photos after phone numbers and plates."""
    return tuple(
        replace(file, name=masked(file.name, find_personal_data(file.name))) if file.name else file for file in files
    )


async def own_words(uow: UnitOfWork, message: ThreadMessage, sealer: Sealer) -> str:
    """What the resident wrote, for the resident's own eyes; with dots where our key no longer opens it."""
    if not message.is_masked:
        return message.text
    try:
        return sealer.open(await uow.cases.sealed_words(message.id))
    except NotOurSeal:
        return message.text
