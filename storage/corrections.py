"""What staff corrected about routing: one row a case, read by the operator's export alone."""

from typing import Any

from sqlalchemy import Row, bindparam, select

from bot.domain.case import CaseId
from bot.domain.correction import DESKS_THAT_TEACH, Correction
from bot.domain.ward import WardCode
from storage.link import Link, by_engine
from storage.spots import point_of, sealed_point
from storage.tables import cases, routing_corrections
from storage.types import Id

_JOINED = ";"  # between the codes of a guess, as in the set of routing's tests

_add = by_engine(
    lambda insert_into: (new := insert_into(routing_corrections)).on_conflict_do_update(
        index_elements=("case_id",), set_={"truth": new.excluded.truth, "at": new.excluded.at}
    )
)
# The desk is asked again here: a case may have come to a restricted one after its words were kept.
_page = (
    select(routing_corrections)
    .join(cases, cases.c.id == routing_corrections.c.case_id)
    .where(
        routing_corrections.c.case_id > bindparam("after", type_=Id),
        routing_corrections.c.truth.is_not(None),
        cases.c.desk.in_(sorted(desk.value for desk in DESKS_THAT_TEACH)),
    )
    .order_by(routing_corrections.c.case_id)
    .limit(bindparam("most", type_=Id))
)


class SqlCorrections:
    """See `bot.ports.Corrections`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, correction: Correction) -> None:
        await self._link.run(
            _add,
            {
                "case_id": correction.case_id,
                "text": correction.text,
                "spot": sealed_point(correction.point) if correction.point else None,
                "guess": _JOINED.join(correction.guess),
                "truth": correction.truth,
                "at": correction.at,
            },
        )

    async def page(self, *, after_id: int = 0, most: int = 500) -> list[Correction]:
        return [_correction(row) for row in await self._link.rows(_page, {"after": after_id, "most": most})]


def _correction(row: Row[Any]) -> Correction:
    return Correction(
        case_id=CaseId(row.case_id),
        text=row.text,
        point=point_of(row),
        guess=tuple(WardCode(code) for code in row.guess.split(_JOINED) if code),
        truth=WardCode(row.truth) if row.truth else None,
        at=row.at,
    )
