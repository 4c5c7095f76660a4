"""Which cases everybody may read: one expression, asked at every look by pages, feeds and every other way out.

What may be read is never kept as a flag: a case that goes to a restricted desk, joins another, is disputed or erased is gone
from every public page in the same moment, whoever changed it and without knowing of this. Denies by default.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, exists, insert, literal_column, not_, null, or_, select, update
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from bot.domain.case import CaseCode, CaseId
from bot.domain.people import StaffId
from bot.domain.publishing import (
    PUBLIC_KINDS,
    Ending,
    Listed,
    NewPublication,
    Place,
    Publication,
    PublicationId,
    Published,
    Wording,
)
from bot.domain.ward import Point, WardCode
from bot.ports import Viewer
from storage.link import Link
from storage.tables import case_exclusions, cases, publications, staff
from storage.types import Id, UtcDateTime
from storage.visible_cases import visible_to

NOW = "now"  # the parameter that `is_public` looks at


def may_be_known() -> ColumnElement[bool]:
    """The condition on `cases` without which nobody learns from a code alone that there is such a case, or how it stands."""
    joined = cases.alias("joined")
    holds_such = exists().where(joined.c.main_case_id == cases.c.id, not_(and_(*is_nobodys_secret(joined))))
    is_barred = exists().where(case_exclusions.c.case_id == cases.c.id)
    return and_(
        *is_nobodys_secret(cases),
        cases.c.main_case_id.is_(None),
        cases.c.erased_at.is_(None),
        cases.c.erase_asked_at.is_(None),
        not_(is_barred),
        not_(holds_such),
    )


def may_be_public() -> ColumnElement[bool]:
    """The condition on `cases` without which no text about one may be read by everybody, whoever agreed to it."""
    is_settled = or_(cases.c.disputes == literal_column("0"), cases.c.status == literal_column("'closed'"))
    return and_(may_be_known(), is_settled)


def is_nobodys_secret(which: FromClause) -> Sequence[ColumnElement[bool]]:
    """Of a case by itself: nobody works at it in confidence, and its resident did not ask to stay unknown."""
    return (
        which.c.desk == literal_column("'general'"),
        which.c.kind.in_([literal_column(f"'{kind.value}'") for kind in PUBLIC_KINDS]),
        which.c.accused == literal_column("''"),
        which.c.accused_unit == literal_column("''"),
        not_(which.c.is_sensitive),
        not_(which.c.is_anonymous),
        not_(which.c.is_emergency),
    )


def is_public() -> ColumnElement[bool]:
    """The condition on `publications` joined with `cases` that holds for exactly what everybody may read at `NOW`.

    Also a case whose ward is another now, or that was disputed since, is not what was agreed to any more.
    """
    return and_(
        publications.c.agreed_at.is_not(None),
        publications.c.ended_at.is_(None),
        publications.c.published_at <= bindparam(NOW, type_=UtcDateTime),
        publications.c.ward_code == cases.c.ward_code,
        publications.c.disputes == cases.c.disputes,
        may_be_public(),
    )


_with_case = publications.join(cases, cases.c.id == publications.c.case_id)
_WORDS = ("title", "text", "answer", "lat", "lon", "published_at")
_read = (
    select(*(publications.c[name] for name in ("case_id", "ward_code", "category", "slug", *_WORDS)), cases.c.code)
    .select_from(_with_case)
    .where(is_public())
)
_newest = _read.order_by(publications.c.published_at.desc(), publications.c.slug.desc()).limit(bindparam("most", type_=Id))
_is_after = or_(
    publications.c.published_at < bindparam("at", type_=UtcDateTime),
    and_(publications.c.published_at == bindparam("at", type_=UtcDateTime), publications.c.slug < bindparam("slug")),
)
_of_ward = publications.c.ward_code == bindparam("ward")
_PAGES = {
    (False, False): _newest,
    (True, False): _newest.where(_of_ward),
    (False, True): _newest.where(_is_after),
    (True, True): _newest.where(_of_ward, _is_after),
}
_one = _read.where(publications.c.slug == bindparam("slug"))
_of_cases = _read.where(publications.c.case_id.in_(bindparam("cases", expanding=True)))

_case = publications.c.case_id == bindparam("case", type_=Id)
_row = publications.c.id == bindparam("row", type_=Id)
_goes_on = publications.c.ended_at.is_(None)
_known = select(cases.c.id).where(cases.c.code == bindparam("code"), may_be_known())
_may_be = select(cases.c.id).where(cases.c.id == bindparam("case", type_=Id), may_be_public())
_every = select(publications, cases.c.code).select_from(_with_case)
_of_case = _every.where(_case).order_by(publications.c.id)
_by_slug = _every.where(publications.c.slug == bindparam("slug"))
_listed = (
    select(publications, cases.c.code, staff.c.full_name, is_public().label("is_public"))
    .select_from(_with_case.join(staff, staff.c.id == publications.c.proposed_by))
    .where(_goes_on)
    .order_by(publications.c.id.desc())
    .limit(bindparam("most", type_=Id))
)
_add = insert(publications).returning(publications.c.id)
_approve = (
    update(publications)
    .where(_row, _goes_on, publications.c.asked_at.is_(None), publications.c.proposed_by != bindparam("by", type_=Id))
    .values(approved_by=bindparam("by", type_=Id), asked_at=bindparam("at", type_=UtcDateTime))
)
_agree = (
    update(publications)
    .where(_row, _goes_on, publications.c.asked_at.is_not(None), publications.c.agreed_at.is_(None))
    .values(agreed_at=bindparam("at", type_=UtcDateTime), published_at=bindparam("from_", type_=UtcDateTime))
)
_ended = {
    **{"title": "", "text": "", "answer": "", "lat": null(), "lon": null()},
    "ending": bindparam("why"),
    "ended_at": bindparam("at", type_=UtcDateTime),
    "ended_by": bindparam("by", type_=Id),
}
_end = update(publications).where(_row, _goes_on).values(_ended)
_end_live = update(publications).where(_case, _goes_on).values(_ended)
_forget = delete(publications).where(_case)


class SqlPublications:
    """See `bot.ports.Publications`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def page(
        self, *, now: datetime, most: int, ward_code: WardCode | None = None, after: Place | None = None
    ) -> list[Published]:
        values: dict[str, object] = {NOW: now, "most": most}
        if ward_code is not None:
            values["ward"] = ward_code
        if after is not None:
            values |= {"at": after.published_at, "slug": after.slug}
        rows = await self._link.rows(_PAGES[ward_code is not None, after is not None], values)
        return [_published(row) for row in rows]

    async def public(self, slug: str, now: datetime) -> Published | None:
        row = await self._link.row(_one, {NOW: now, "slug": slug})
        return _published(row) if row else None

    async def public_of(self, case_ids: Collection[CaseId], now: datetime) -> Mapping[CaseId, Published]:
        if not case_ids:
            return {}
        rows = await self._link.rows(_of_cases, {NOW: now, "cases": list(case_ids)})
        return {CaseId(row.case_id): _published(row) for row in rows}

    async def known(self, code: CaseCode) -> CaseId | None:
        found = await self._link.value(_known, {"code": code})
        return CaseId(found) if found is not None else None

    async def may_be_public(self, case_id: CaseId) -> bool:
        return await self._link.value(_may_be, {"case": case_id}) is not None

    async def add(self, new: NewPublication) -> PublicationId:
        gone = {"case": new.case_id, "why": Ending.REPLACED.value, "at": new.at, "by": new.by}
        await self._link.run(_end_live, gone)
        added: int = await self._link.value(
            _add,
            {
                "case_id": new.case_id,
                "ward_code": new.ward_code,
                "category": new.category,
                "slug": new.slug,
                "title": new.wording.title,
                "text": new.wording.text,
                "answer": new.wording.answer,
                "lat": new.wording.point.lat if new.wording.point else None,
                "lon": new.wording.point.lon if new.wording.point else None,
                "disputes": new.disputes,
                "proposed_by": new.by,
                "proposed_at": new.at,
            },
        )
        return PublicationId(added)

    async def of_case(self, case_id: CaseId) -> list[Publication]:
        return [_publication(row) for row in await self._link.rows(_of_case, {"case": case_id})]

    async def by_slug(self, slug: str) -> Publication | None:
        row = await self._link.row(_by_slug, {"slug": slug})
        return _publication(row) if row else None

    async def listed(self, viewer: Viewer, *, now: datetime, most: int, before: int | None = None) -> Sequence[Listed]:
        statement = _listed.where(visible_to(viewer))
        values: dict[str, object] = {NOW: now, "most": most}
        if before is not None:
            statement = statement.where(publications.c.id < bindparam("before", type_=Id))
            values["before"] = before
        return [
            Listed(publication=_publication(row), proposed_by_name=row.full_name, is_public=bool(row.is_public))
            for row in await self._link.rows(statement, values)
        ]

    async def approve(self, publication_id: PublicationId, *, by: StaffId, now: datetime) -> bool:
        return bool(await self._link.run(_approve, {"row": publication_id, "by": by, "at": now}))

    async def agree(self, publication_id: PublicationId, *, now: datetime, published_at: datetime) -> bool:
        return bool(await self._link.run(_agree, {"row": publication_id, "at": now, "from_": published_at}))

    async def end(self, publication_id: PublicationId, ending: Ending, *, now: datetime, by: StaffId | None = None) -> bool:
        return bool(await self._link.run(_end, {"row": publication_id, "why": ending.value, "at": now, "by": by}))

    async def forget(self, case_id: CaseId) -> None:
        """The case is erased: what was agreed to went with its resident. Called by `storage.erasure`."""
        await self._link.run(_forget, {"case": case_id})


def _point(row: Row[Any]) -> Point | None:
    # SQLite hands 21.0 back as 21 from some statements.
    return None if row.lat is None else Point(float(row.lat), float(row.lon))


def _published(row: Row[Any]) -> Published:
    return Published(
        case_id=CaseId(row.case_id),
        code=CaseCode(row.code),
        ward_code=WardCode(row.ward_code),
        category=row.category,
        slug=row.slug,
        title=row.title,
        text=row.text,
        answer=row.answer,
        point=_point(row),
        published_at=row.published_at,
    )


def _publication(row: Row[Any]) -> Publication:
    return Publication(
        id=PublicationId(row.id),
        case_id=CaseId(row.case_id),
        code=CaseCode(row.code),
        ward_code=WardCode(row.ward_code),
        category=row.category,
        slug=row.slug,
        wording=Wording(title=row.title, text=row.text, answer=row.answer, point=_point(row)),
        proposed_by=StaffId(row.proposed_by),
        proposed_at=row.proposed_at,
        approved_by=StaffId(row.approved_by) if row.approved_by is not None else None,
        asked_at=row.asked_at,
        agreed_at=row.agreed_at,
        published_at=row.published_at,
        ended_at=row.ended_at,
        ending=Ending(row.ending) if row.ending else None,
    )
