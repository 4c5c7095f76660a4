"""Say what one thinks of a closing: resolved or not, and how many stars. One row for each closing; the last word counts.

Who rates is protected (L-37): nothing of it comes to the case's timeline, its version, the audit trail or a live page. Staff
learn neither what a resident chose nor whether they chose at all. A dispute is no rating: it speaks to staff.
"""

from datetime import datetime

from bot.domain.case import Case
from bot.domain.closing import STARS, closing_of
from bot.domain.people import Language
from bot.domain.reply import Choice
from bot.ports import UnitOfWork
from bot.ports.after import Rating
from bot.wording import say


def closing_choices(language: Language, case: Case, handle: str = "") -> tuple[tuple[Choice, ...], ...]:
    """The buttons under closing words: is it so? They name the closing, so that an older one's are known for stale.

    Args:
        handle: What names the case in the buttons; its code where nothing is given.
    """
    about = f"{handle or case.code}:{closing_of(case)}"
    return (
        (
            Choice(say(language, "after_button_resolved"), f"ok:{about}"),
            Choice(say(language, "after_button_not_resolved"), f"no:{about}"),
        ),
    )


async def rate_case(
    uow: UnitOfWork, *, case: Case, is_resolved: bool, now: datetime, stars: int | None = None
) -> Rating | None:
    """Keep what the resident says of the present closing; an earlier word about the same is replaced.

    Args:
        stars: 1 to 5; None leaves those that were given.

    Returns:
        None where the case is open: there is no closing to speak of.

    Raises:
        ValueError: So many stars there are not.
    """
    if case.closed_at is None:
        return None
    if stars is not None and stars not in STARS:
        raise ValueError("stars go from 1 to 5")
    known = await uow.ratings.get(case.id, case.closed_at)
    if stars is None and known is not None and known.is_resolved == is_resolved:
        stars = known.stars
    rating = Rating(case_id=case.id, closed_at=case.closed_at, is_resolved=is_resolved, stars=stars, at=now)
    if known is not None and (known.is_resolved, known.stars) == (is_resolved, stars):
        return known
    await uow.ratings.put(rating)
    return rating
