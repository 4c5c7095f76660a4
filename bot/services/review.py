"""Make the review of a term: figures counted over what the viewer may see, the words of staff, and what is left out said.

It is the same for whoever makes it twice on one day: what is late is late at the beginning of that day. What a small number
would give away is taken out before anybody gets it (`bot.domain.hushing`).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import count

from bot.domain.case import CaseKind
from bot.domain.city_day import city_day
from bot.domain.counting import Counted
from bot.domain.figures import SMALL, Figures
from bot.domain.hushing import hush
from bot.domain.people import Channel, Role, StaffId, StaffMember
from bot.domain.review import Left, Review, Row, Satisfaction, Section, Term
from bot.domain.review_texts import LONGEST_SECTION, TextsDraft
from bot.domain.rights import Right
from bot.domain.ward import WardCode
from bot.errors import BotError
from bot.ports import UnitOfWork, Viewer
from bot.understanding.categories import load_categories

Tell = Callable[[int, int], Awaitable[None]]  # how many steps are done, of how many


class TermToCome(BotError):
    """The term has not begun: there is nothing to review yet."""

    wording_key = "review_term_to_come"


class ReviewNotYours(BotError):
    """A review of another ward, or of the city, is not this member's to read or to write."""

    wording_key = "review_not_yours"


class ReviewStale(BotError):
    """Somebody changed the words of the review since they were opened."""

    wording_key = "review_stale"


class SectionTooLong(BotError):
    """So much no section of a review holds."""

    wording_key = "review_section_too_long"


# The operator's eyes, at the command line: every case.
COMPLETE = Viewer(staff_id=StaffId(0), role=Role.INSPECTOR, ward_code=None, right=Right.DASHBOARD)


def place_of_review(viewer: Viewer, asked: WardCode | None) -> WardCode | None:
    """The ward whose review they get: of a ward's staff their own, else what they asked for; None: the city.

    Raises:
        ReviewNotYours: They may read no review, or not this one.
    """
    standings = [one for one in viewer.standings() if one.ward_code is None or one.ward_code == asked]
    if not viewer.may(Right.DASHBOARD) or not standings:
        raise ReviewNotYours
    return asked


@dataclass(frozen=True, slots=True)
class _Days:
    """A term's borders as moments: from its first until just after the last day that can be counted."""

    start: datetime
    end: datetime


def _days(term: Term, last: date, zone: tzinfo) -> _Days:
    after = last + timedelta(days=1)
    return _Days(datetime.combine(term.first, time(), zone), datetime.combine(after, time(), zone))


async def make_review(
    uow: UnitOfWork,
    viewer: Viewer,
    term: Term,
    ward_code: WardCode | None,
    *,
    now: datetime,
    zone: tzinfo,
    tell: Tell | None = None,
) -> Review:
    """Count it, over exactly what the viewer may see.

    Args:
        viewer: Wants `Right.DASHBOARD`; `COMPLETE` is the operator's.
        ward_code: Of this ward; None: of the whole city.
        tell: Hears how far it is.

    Raises:
        TermToCome: It begins after today.
        ReviewNotYours: See `place_of_review`.
    """
    today = city_day(now, zone)
    if term.first > today:
        raise TermToCome(term=term.name)
    if viewer != COMPLETE:
        place_of_review(viewer, ward_code)
    last, late_at = min(term.last, today), datetime.combine(today, time(), zone)
    days, before_days = _days(term, last, zone), _days(term.before, term.before.last, zone)
    steps = count(1)
    total = sum(max((one.end - one.start).days, 0) // 124 + 1 for one in (days, before_days))

    async def step() -> None:
        if tell is not None:
            await tell(min(next(steps), total), total)

    async def counted(days: _Days, *, counts_waiting: bool) -> Counted:
        return await uow.reviews.count(
            viewer,
            ward_code=ward_code,
            start=days.start,
            end=days.end,
            late_at=late_at,
            counts_waiting=counts_waiting,
            tell=step,
        )

    now_, before = await counted(days, counts_waiting=True), await counted(before_days, counts_waiting=False)
    campaign = await uow.campaign.figures(viewer, ward_code, term.first, last, zone=zone)
    campaign_before = await uow.campaign.figures(viewer, ward_code, term.before.first, term.before.last, zone=zone)
    texts = await uow.reviews.texts(ward_code, term)
    began_at = await uow.reviews.began_at()
    review = _review(term, ward_code, now_, before)
    return replace(
        hush(review, {category.id: category.kind for category in load_categories().values()}),
        left_out=_left_out(now_, is_complete=viewer == COMPLETE),
        campaign=campaign,
        campaign_before=campaign_before,
        texts=texts.texts,
        is_early=last < term.last or last == today,
        counted_to=last,
        counted_on=today,
        counted_from=city_day(began_at or now, zone),
    )


def _review(term: Term, ward_code: WardCode | None, now: Counted, before: Counted) -> Review:
    categories = list(load_categories())
    return Review(
        term=term,
        ward_code=ward_code,
        total=Row(key="", now=now.total, before=before.total),
        kinds=_rows(now.kinds, before.kinds, [kind.value for kind in CaseKind]),
        categories=_rows(now.categories, before.categories, categories),
        wards=_rows(now.wards, before.wards, ()),
        channels=_rows(now.channels, before.channels, [channel.value for channel in Channel]),
        satisfaction=_satisfaction(now),
        satisfaction_before=_satisfaction(before),
        hot_spots=now.spots,
        wordless=now.wordless,
    )


def _rows(now: Mapping[str, Figures], before: Mapping[str, Figures], order: Sequence[str]) -> list[Row]:
    """In this order; what is not in it stands behind, by its key, and nothing (no ward, no category) last of all."""
    places = {key: place for place, key in enumerate(order)}
    keys = sorted({*now, *before}, key=lambda key: (not key, places.get(key, len(places)), key))
    return [Row(key=key, now=now.get(key, Figures()), before=before.get(key, Figures())) for key in keys]


def _satisfaction(counted: Counted) -> Satisfaction:
    return Satisfaction(
        asked=counted.total.closings, resolved=counted.resolved, unresolved=counted.unresolved, stars=counted.stars
    ).hushed()


def _left_out(counted: Counted, *, is_complete: bool) -> dict[Left, int]:
    found = {Left.JOINED: counted.joined}
    return found if is_complete else {**found, Left.HIDDEN: counted.hidden - counted.hidden % SMALL}


def may_write(viewer: Viewer, ward_code: WardCode | None) -> bool:
    """Whoever leads the ward, or stands in for them, writes its review; coordinators write the city's."""
    wanted = Role.CITY_COORDINATOR if ward_code is None else Role.WARD_LEADER
    return any(one.role is wanted and one.ward_code == ward_code for one in viewer.standings())


async def write_review(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    ward_code: WardCode | None,
    term: Term,
    texts: Mapping[Section, str],
    version: int,
    now: datetime,
) -> None:
    """Keep all sections for everybody; a section that is not named becomes empty.

    Raises:
        ReviewNotYours: See `may_write`.
        SectionTooLong: One has more than `LONGEST_SECTION` characters.
        ReviewStale: Somebody else wrote since `version`; what was typed is kept as a draft by whoever catches this.
    """
    _check(viewer, ward_code, texts)
    before = await uow.reviews.texts(ward_code, term)
    if not await uow.reviews.write(ward_code, term, texts, version=version, by=staff.id, now=now):
        raise ReviewStale(term=term.name)
    changed = [one.value for one in Section if texts.get(one, "") != before.texts.get(one, "")]
    details = {"term": term.name, "sections": ",".join(changed)}
    await uow.audit.record(action="review_written", now=now, staff_id=staff.id, subject=ward_code or "city", details=details)


async def keep_draft(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    ward_code: WardCode | None,
    term: Term,
    texts: Mapping[Section, str],
    version: int,
    now: datetime,
) -> None:
    """Keep what was typed for whoever typed it alone. Raises as `write_review` does, but for `ReviewStale`."""
    _check(viewer, ward_code, texts)
    await uow.reviews.put_draft(ward_code, term, TextsDraft(texts=texts, version=version, at=now), by=staff.id)


def _check(viewer: Viewer, ward_code: WardCode | None, texts: Mapping[Section, str]) -> None:
    if not may_write(viewer, ward_code):
        raise ReviewNotYours
    if any(len(text) > LONGEST_SECTION for text in texts.values()):
        raise SectionTooLong(most=LONGEST_SECTION)
