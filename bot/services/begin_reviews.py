"""Begin the next reviews ten days before their term ends: a draft on the desk of every ward and of the city, and a notice.

Nothing is sent outside: those who write the review are told, in the chats they linked, where it is. When is
`bot.domain.review_texts`; after an outage over that day it is done once the timekeeper looks again.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import islice

from bot.domain.city_day import city_day
from bot.domain.notices import Post
from bot.domain.people import Role
from bot.domain.review_texts import ReviewTexts, rounds_from
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork
from bot.services.tell_staff import link_to, reader_of, say_to
from bot.services.term_names import term_name
from bot.wording import say

PAGE = "/staff/reports/review"
AHEAD = 3  # rounds that wait: two halves and a year


async def begin_due(uow: UnitOfWork, *, wards: Collection[WardCode], now: datetime, zone: tzinfo) -> int:
    """Begin the reviews of the next term, if they are due; returns how many began.

    The first call of all only sets when the next ones are due.
    """
    due = await uow.reviews.next_round()
    if due is None:
        await uow.reviews.set_rounds(list(islice(rounds_from(city_day(now, zone), zone), AHEAD)))
        due = await uow.reviews.next_round()
    if due is None or due.due_at > now:
        return 0
    if not await uow.reviews.end_round(due, now):
        return 0
    await uow.reviews.set_rounds(list(islice(rounds_from(due.term.last + timedelta(days=1), zone), AHEAD)))
    return await uow.reviews.begin([*sorted(wards), None], due.term, now)


async def tell_begun(uow: UnitOfWork, *, now: datetime, public_url: str, most: int) -> int:
    """Tell of reviews that began, whoever writes them; returns of how many."""
    begun = await uow.reviews.untold(most=most)
    posts = await uow.notices.posts(now) if begun else []
    for review in begun:
        await _tell(uow, review, posts, now=now, public_url=public_url)
        await uow.reviews.told(review)
    return len(begun)


async def _tell(uow: UnitOfWork, review: ReviewTexts, posts: Sequence[Post], *, now: datetime, public_url: str) -> None:
    wanted = Role.CITY_COORDINATOR if review.ward_code is None else Role.WARD_LEADER
    whom = {post.to for post in posts if post.stands.role is wanted and post.stands.ward_code == review.ward_code}
    link = link_to(public_url, f"{PAGE}?term={review.term.name}&ward={review.ward_code or ''}")
    for staff_id in sorted(whom):
        reader = await reader_of(uow, staff_id, now)
        if reader is not None:
            member, _ = reader
            words = say(
                member.language,
                "review_begun_notice",
                term=term_name(member.language, review.term),
                last=f"{review.term.last:%d/%m/%Y}",
            )
            await say_to(uow, member, "\n".join(filter(None, (words, link))), now)
