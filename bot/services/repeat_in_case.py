"""The same words again in a case: they count up beside the first, and make the thread no longer for whoever reads it."""

from datetime import datetime, timedelta

from bot.domain.case import Case, CaseStatus
from bot.domain.thread import Author, Said
from bot.ports import Sealer, UnitOfWork
from bot.routing.folding import words_of
from bot.services.masking import hide

RECENT = timedelta(days=1)  # later, the same words say that nothing has happened since


def same_words(text: str, other: str) -> bool:
    """Are these the same words, whatever the case, the spaces and the signs between them? Marks make other words."""
    words = [word.marked for word in words_of(text)]
    if not words:
        return text.split() == other.split()
    return words == [word.marked for word in words_of(other)]


async def repeat_in_case(uow: UnitOfWork, *, case: Case, text: str, now: datetime, sealer: Sealer) -> Said | None:
    """Count these words up if the resident said them a moment ago; None when they are new and must be added.

    Whatever staff said in between makes them an answer, and words after a closing open the case again: those are new.
    """
    if case.status is CaseStatus.CLOSED or not text.strip():
        return None
    shown = hide(text, sealer).text
    for said in await uow.cases.newest_messages(case.id):
        if said.author is Author.STAFF:
            return None
        if said.author is Author.RESIDENT and now - said.at < RECENT and same_words(said.text, shown):
            repeats = await uow.cases.repeat(said.id)
            return Said(id=said.id, author=said.author, text=said.text, at=said.at, repeats=repeats)
    return None
