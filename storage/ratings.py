"""What residents think of closings, and their wrong guesses of secrets."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, select

from bot.domain.case import CaseId
from bot.domain.people import Address
from bot.ports.after import Rating
from storage.link import Link, by_engine
from storage.tables import ratings, secret_tries
from storage.types import UtcDateTime

_get = select(ratings).where(ratings.c.case_id == bindparam("case_id"), ratings.c.closed_at == bindparam("closed_at"))
_put = by_engine(
    lambda insert_into: (added := insert_into(ratings)).on_conflict_do_update(
        index_elements=["case_id", "closed_at"],
        set_={name: added.excluded[name] for name in ("is_resolved", "stars", "at")},
    )
)

_tries = select(secret_tries.c.count).where(
    secret_tries.c.channel == bindparam("channel"),
    secret_tries.c.external_id == bindparam("external_id"),
    secret_tries.c.since > bindparam("after", type_=UtcDateTime),
)
_is_over = secret_tries.c.since <= bindparam("after", type_=UtcDateTime)
_add_try = by_engine(
    lambda insert_into: (added := insert_into(secret_tries)).on_conflict_do_update(
        index_elements=["channel", "external_id"],
        set_={
            "count": case((_is_over, 1), else_=secret_tries.c.count + 1),
            "since": case((_is_over, added.excluded.since), else_=secret_tries.c.since),
        },
    )
)


class SqlRatings:
    """See `bot.ports.Ratings`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def get(self, case_id: CaseId, closed_at: datetime) -> Rating | None:
        row = await self._link.row(_get, {"case_id": case_id, "closed_at": closed_at})
        if row is None:
            return None
        return Rating(
            case_id=CaseId(row.case_id), closed_at=row.closed_at, is_resolved=row.is_resolved, stars=row.stars, at=row.at
        )

    async def put(self, rating: Rating) -> bool:
        is_first = await self.get(rating.case_id, rating.closed_at) is None
        await self._link.run(
            _put,
            {
                "case_id": rating.case_id,
                "closed_at": rating.closed_at,
                "is_resolved": rating.is_resolved,
                "stars": rating.stars,
                "at": rating.at,
            },
        )
        return is_first


class SqlTries:
    """See `bot.ports.Tries`. One row an address, written only when somebody guessed wrong."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def since(self, address: Address, *, now: datetime, window: timedelta) -> int:
        return int(await self._link.value(_tries, {**_key(address), "after": now - window}) or 0)

    async def add(self, address: Address, *, now: datetime, window: timedelta) -> None:
        await self._link.run(_add_try, {**_key(address), "count": 1, "since": now, "after": now - window})


def _key(address: Address) -> dict[str, str]:
    return {"channel": address.channel.value, "external_id": address.external_id}
