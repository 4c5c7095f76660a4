"""How often somebody guessed, by names that tell nothing; gone an hour after the last try."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, select

from bot.domain.guessing import Counted
from storage.link import Link, by_engine
from storage.tables import guesses
from storage.types import Id

_these = guesses.c.name.in_(bindparam("names", expanding=True))
_get = select(guesses).where(_these)
_add = by_engine(lambda insert_into: insert_into(guesses).on_conflict_do_nothing(index_elements=["name"]))
_hold = select(guesses.c.name).where(_these).order_by(guesses.c.name).with_for_update()
_put = by_engine(
    lambda insert_into: (new := insert_into(guesses)).on_conflict_do_update(
        index_elements=["name"], set_={name: new.excluded[name] for name in ("judged", "wrong", "last")}
    )
)
_old = select(guesses.c.name).where(guesses.c.last < bindparam("before")).limit(bindparam("most", type_=Id))
_forget = delete(guesses).where(guesses.c.name.in_(_old.with_for_update(skip_locked=True)))
_AT_ONCE = 100  # that are forgotten at each guess


class SqlGuesses:
    """See `bot.ports.Guesses`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def get(self, names: Sequence[str]) -> Mapping[str, Counted]:
        rows = await self._link.rows(_get, {"names": list(names)})
        return {row.name: Counted(tuple(row.judged), row.wrong, row.last) for row in rows}

    async def hold(self, names: Sequence[str]) -> None:
        if not self._link.is_postgres:  # there is one writer
            return
        for name in sorted(names):  # in one order for everybody: nobody waits in a ring
            await self._link.run(_add, {"name": name, "judged": [], "wrong": 0, "last": 0.0})
        await self._link.rows(_hold, {"names": list(names)})

    async def put(self, counted: Mapping[str, Counted]) -> None:
        for name, known in sorted(counted.items()):
            values = {"judged": list(known.judged), "wrong": known.wrong, "last": known.last}
            await self._link.run(_put, {"name": name, **values})

    async def forget(self, before: float) -> None:
        await self._link.run(_forget, {"before": before, "most": _AT_ONCE})
