"""What somebody may learn of a case outside its chat: by its signature that it is ours, by its code alone how it stands, by
its secret all of it.

Whoever asks about a code that was never given out gets the same answer, after the same work, as for a wrong secret. By the
code alone nothing is learned of what nobody may know of: reports about officials, restricted desks, residents who asked to
stay unknown. Those are answered as a code that was never given out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.case import Case, CaseCode, read_code
from bot.domain.publishing import Published
from bot.domain.staffing import IdentityOpening
from bot.domain.thread import Answer
from bot.ports import Receipts, UnitOfWork

NO_CODE = CaseCode("0000-0000")  # stands in for what is no code, so that the work stays the same


@dataclass(frozen=True, slots=True)
class Tracked:
    """A case as its holder may see it. `answer` is the newest one, None before the first."""

    case: Case
    answer: Answer | None
    openings: Sequence[IdentityOpening]  # of what is sealed, those that were granted, oldest first


@dataclass(frozen=True, slots=True)
class Known:
    """A case as whoever has its code may see it. `published`: what its resident and staff let everybody read."""

    case: Case
    has_answer: bool
    published: Published | None


def is_genuine(receipts: Receipts, code: str, signature: str) -> bool:
    """Did we give this code out? Nothing is looked up: the signature alone proves it, and no answer tells of a case."""
    read = read_code(code[:100])
    fits = receipts.is_genuine(read or NO_CODE, signature)
    return fits and read is not None


async def track_case(uow: UnitOfWork, receipts: Receipts, *, code: CaseCode, secret: str) -> Tracked | None:
    """The case, for whoever holds its secret; None for a wrong one as for a code that nobody has."""
    # Before anything is looked up: reading a row that is there takes longer than finding none.
    if not receipts.is_secret(code, secret):
        return None
    case = await uow.cases.by_code(code)
    if case is None:
        return None
    openings = [opening for opening in await uow.openings.of_case(case.id) if opening.is_granted]
    return Tracked(case, await uow.cases.newest_answer(case.id), openings)


async def know_case(uow: UnitOfWork, *, code: CaseCode, now: datetime) -> Known | None:
    """How the case stands, for whoever has its code; None where nobody may learn that, as for a code that nobody has."""
    case_id = await uow.publications.known(code)
    case = await uow.cases.by_id(case_id) if case_id is not None else None
    if case is None:
        return None
    published = (await uow.publications.public_of([case.id], now)).get(case.id)
    return Known(case, await uow.cases.newest_answer(case.id) is not None, published)
