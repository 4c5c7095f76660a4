"""What staff write into reviews, sealed; and which reviews begin by themselves next."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Date, Row, bindparam, delete, exists, or_, select, update

from bot.domain.counting import Counted
from bot.domain.people import StaffId
from bot.domain.review import Section, Term, TermKind
from bot.domain.review_texts import ReviewTexts, Round, TextsDraft
from bot.domain.ward import WardCode
from bot.ports import Viewer
from storage.link import Link, by_engine
from storage.reviewing.counting import Tell, count_term
from storage.tables import cases, review_drafts, review_rounds, reviews, staff
from storage.types import Id, SealedText, UtcDateTime

_this = (
    (reviews.c.ward_code == bindparam("ward"))
    & (reviews.c.kind == bindparam("what"))
    & (reviews.c.first == bindparam("from", type_=Date()))
    & (reviews.c.last == bindparam("until", type_=Date()))
)
_by = bindparam("by", type_=Id)
_now = bindparam("now", type_=UtcDateTime)
_most = bindparam("most", type_=Id)
_first_case = select(cases.c.created_at).order_by(cases.c.id).limit(1)
_id = select(reviews.c.id).where(_this)
_get = (
    select(reviews, staff.c.full_name).select_from(reviews.outerjoin(staff, staff.c.id == reviews.c.staff_id)).where(_this)
)
_known = (
    select(reviews, staff.c.full_name)
    .select_from(reviews.outerjoin(staff, staff.c.id == reviews.c.staff_id))
    .where(reviews.c.ward_code == bindparam("ward"), or_(reviews.c.begun_at.is_not(None), reviews.c.version > 0))
    .order_by(reviews.c.last.desc(), reviews.c.first, reviews.c.id)
    .limit(_most)
)
_add = by_engine(lambda insert_into: insert_into(reviews).on_conflict_do_nothing())
_write = (
    update(reviews)
    .where(_this, reviews.c.version == bindparam("seen", type_=Id))
    .values(
        **{one.value: bindparam(f"new_{one.value}", type_=SealedText()) for one in Section},
        version=reviews.c.version + 1,
        staff_id=_by,
        at=_now,
    )
)
_begin = update(reviews).where(_this, reviews.c.begun_at.is_(None)).values(begun_at=_now, tell_since=_now)
_untold = (
    select(reviews)
    .where(reviews.c.tell_since.is_not(None))
    .order_by(reviews.c.id)
    .limit(_most)
    .with_for_update(skip_locked=True)
)
_told = update(reviews).where(_this).values(tell_since=None)
_mine = (review_drafts.c.review_id == _id.scalar_subquery(), review_drafts.c.staff_id == _by)
_draft = select(review_drafts).where(*_mine)
_put_draft = by_engine(
    lambda insert_into: (new := insert_into(review_drafts)).on_conflict_do_update(
        index_elements=["review_id", "staff_id"],
        set_={"texts": new.excluded.texts, "version": new.excluded.version, "at": new.excluded.at},
    )
)
_drop_draft = delete(review_drafts).where(*_mine)
_next_round = select(review_rounds).where(review_rounds.c.done_at.is_(None)).order_by(review_rounds.c.due_at).limit(1)
_is_anything_due = select(
    or_(
        exists(select(review_rounds.c.kind).where(review_rounds.c.done_at.is_(None), review_rounds.c.due_at <= _now)),
        exists(select(reviews.c.id).where(reviews.c.tell_since.is_not(None))),
        ~exists(select(review_rounds.c.kind)),
    )
)
_add_round = by_engine(lambda insert_into: insert_into(review_rounds).on_conflict_do_nothing())
_end_round = (
    update(review_rounds)
    .where(
        review_rounds.c.kind == bindparam("what"),
        review_rounds.c.first == bindparam("from", type_=Date()),
        review_rounds.c.done_at.is_(None),
    )
    .values(done_at=_now)
)


class SqlReviews:
    """See `bot.ports.Reviews`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def count(
        self,
        viewer: Viewer,
        *,
        ward_code: WardCode | None,
        start: datetime,
        end: datetime,
        late_at: datetime,
        counts_waiting: bool = True,
        tell: Tell | None = None,
    ) -> Counted:
        return await count_term(
            self._link,
            viewer,
            ward_code=ward_code,
            start=start,
            end=end,
            late_at=late_at,
            counts_waiting=counts_waiting,
            tell=tell,
        )

    async def began_at(self) -> datetime | None:
        row = await self._link.row(_first_case)
        return None if row is None else row.created_at

    async def texts(self, ward_code: WardCode | None, term: Term) -> ReviewTexts:
        row = await self._link.row(_get, _key(ward_code, term))
        return ReviewTexts(ward_code=ward_code, term=term) if row is None else _texts(row, with_words=True)

    async def write(
        self,
        ward_code: WardCode | None,
        term: Term,
        texts: Mapping[Section, str],
        *,
        version: int,
        by: StaffId,
        now: datetime,
    ) -> bool:
        key = _key(ward_code, term)
        await self._link.run(_add, _row(ward_code, term))
        words = {f"new_{one.value}": texts.get(one, "") for one in Section}
        if not await self._link.run(_write, key | words | {"seen": version, "by": by, "now": now}):
            return False
        await self._link.run(_drop_draft, key | {"by": by})
        return True

    async def put_draft(self, ward_code: WardCode | None, term: Term, draft: TextsDraft, *, by: StaffId) -> None:
        await self._link.run(_add, _row(ward_code, term))
        review_id = await self._link.value(_id, _key(ward_code, term))
        words = {one.value: text for one, text in draft.texts.items()}
        row = {"review_id": review_id, "staff_id": by, "texts": words, "version": draft.version, "at": draft.at}
        await self._link.run(_put_draft, row)

    async def draft(self, ward_code: WardCode | None, term: Term, by: StaffId) -> TextsDraft | None:
        row = await self._link.row(_draft, _key(ward_code, term) | {"by": by})
        if row is None:
            return None
        texts = {one: row.texts[one.value] for one in Section if row.texts.get(one.value)}
        return TextsDraft(texts=texts, version=row.version, at=row.at)

    async def drop_draft(self, ward_code: WardCode | None, term: Term, by: StaffId) -> None:
        await self._link.run(_drop_draft, _key(ward_code, term) | {"by": by})

    async def known(self, ward_code: WardCode | None, *, most: int = 12) -> list[ReviewTexts]:
        rows = await self._link.rows(_known, {"ward": ward_code or "", "most": most})
        return [_texts(row, with_words=False) for row in rows]

    async def is_anything_due(self, now: datetime) -> bool:
        return bool(await self._link.value(_is_anything_due, {"now": now}))

    async def next_round(self) -> Round | None:
        row = await self._link.row(_next_round)
        return None if row is None else Round(Term(TermKind(row.kind), row.first, row.last), row.due_at)

    async def set_rounds(self, rounds: Sequence[Round]) -> None:
        for one in rounds:
            term = {"kind": one.term.kind.value, "first": one.term.first, "last": one.term.last}
            await self._link.run(_add_round, term | {"due_at": one.due_at})

    async def end_round(self, round_: Round, now: datetime) -> bool:
        values = {"what": round_.term.kind.value, "from": round_.term.first, "now": now}
        return bool(await self._link.run(_end_round, values))

    async def begin(self, wards: Collection[WardCode | None], term: Term, now: datetime) -> int:
        await self._link.run(_add, [_row(ward, term) for ward in wards])
        begun = [await self._link.run(_begin, _key(ward, term) | {"now": now}) for ward in wards]
        return sum(begun)

    async def untold(self, *, most: int) -> list[ReviewTexts]:
        return [_texts(row, with_words=False) for row in await self._link.rows(_untold, {"most": most})]

    async def told(self, review: ReviewTexts) -> None:
        await self._link.run(_told, _key(review.ward_code, review.term))


def _key(ward_code: WardCode | None, term: Term) -> dict[str, Any]:
    return {"ward": ward_code or "", "what": term.kind.value, "from": term.first, "until": term.last}


def _row(ward_code: WardCode | None, term: Term) -> dict[str, Any]:
    return {"ward_code": ward_code or "", "kind": term.kind.value, "first": term.first, "last": term.last}


def _texts(row: Row[Any], *, with_words: bool) -> ReviewTexts:
    words = {one: getattr(row, one.value) for one in Section} if with_words else {}
    return ReviewTexts(
        ward_code=WardCode(row.ward_code) if row.ward_code else None,
        term=Term(TermKind(row.kind), row.first, row.last),
        texts={one: text for one, text in words.items() if text},
        version=row.version,
        written_by=getattr(row, "full_name", "") or "",
        at=row.at,
        begun_at=row.begun_at,
    )
