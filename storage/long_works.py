"""Papers that are being made, or wait to be fetched: see `bot.domain.long_work`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, literal_column, select, update

from bot.domain.long_work import BEATS_WITHIN, LongWork, NewWork, WorkKind, WorkState
from bot.domain.people import StaffId
from storage.link import Link, by_engine
from storage.tables import long_works
from storage.types import Id, UtcDateTime

_runs = long_works.c.state == literal_column("'running'")
_one = long_works.c.id == bindparam("work", type_=Id)
_mine = long_works.c.staff_id == bindparam("member", type_=Id)
# Ended by nobody: its maker was killed with its process. It must not stand in the way of a new one.
_bury = (
    update(long_works)
    .where(_mine, _runs, long_works.c.beat_at < bindparam("before", type_=UtcDateTime))
    .values(state=WorkState.FAILED.value, ended_at=bindparam("when", type_=UtcDateTime))
)
_begin = by_engine(lambda insert_into: insert_into(long_works).on_conflict_do_nothing().returning(long_works))
_running = (
    select(func.count()).select_from(long_works).where(_runs, long_works.c.beat_at >= bindparam("since", type_=UtcDateTime))
)
_newest = select(long_works).where(_mine).order_by(long_works.c.id.desc()).limit(1)
_get = select(long_works).where(_one)
_beat = (
    update(long_works)
    .where(_one, _runs)
    .values(
        {name: bindparam(f"new_{name}", type_=long_works.c[name].type) for name in ("done", "total", "size", "keys")}
        | {"beat_at": bindparam("when", type_=UtcDateTime)}
    )
)
_end = (
    update(long_works)
    .where(_one, _runs)
    .values(
        state=bindparam("new_state"),
        beat_at=bindparam("when", type_=UtcDateTime),
        ended_at=bindparam("when", type_=UtcDateTime),
    )
)
_old = (
    select(long_works)
    .where(long_works.c.beat_at < bindparam("before", type_=UtcDateTime))
    .order_by(long_works.c.beat_at)
    .limit(bindparam("most", type_=Id))
    .with_for_update(skip_locked=True)
)
_remove = delete(long_works).where(_one)


class SqlLongWorks:
    """See `bot.ports.LongWorks`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def begin(self, new: NewWork, now: datetime) -> LongWork | None:
        await self._link.run(_bury, {"member": new.staff_id, "before": now - BEATS_WITHIN, "when": now})
        values = {
            "staff_id": new.staff_id,
            "kind": new.kind.value,
            "state": WorkState.RUNNING.value,
            "asked": dict(new.asked),
            "file_name": new.file_name,
            "media_type": new.media_type,
            **{"done": 0, "total": 0, "size": 0, "keys": [], "begun_at": now, "beat_at": now},
        }
        row = await self._link.row(_begin, values)
        return _work(row) if row else None

    async def running(self, since: datetime) -> int:
        return int(await self._link.value(_running, {"since": since}))

    async def newest(self, staff_id: StaffId) -> LongWork | None:
        row = await self._link.row(_newest, {"member": staff_id})
        return _work(row) if row else None

    async def get(self, work_id: int) -> LongWork | None:
        row = await self._link.row(_get, {"work": work_id})
        return _work(row) if row else None

    async def beat(self, work: LongWork, now: datetime) -> bool:
        values = {"new_done": work.done, "new_total": work.total, "new_size": work.size, "new_keys": list(work.keys)}
        return bool(await self._link.run(_beat, {"work": work.id, "when": now, **values}))

    async def end(self, work_id: int, state: WorkState, now: datetime) -> bool:
        return bool(await self._link.run(_end, {"work": work_id, "new_state": state.value, "when": now}))

    async def forget(self, before: datetime, *, most: int) -> Sequence[LongWork]:
        found = [_work(row) for row in await self._link.rows(_old, {"before": before, "most": most})]
        for work in found:
            await self._link.run(_remove, {"work": work.id})
        return found


def _work(row: Row[Any]) -> LongWork:
    return LongWork(
        id=row.id,
        staff_id=StaffId(row.staff_id),
        kind=WorkKind(row.kind),
        state=WorkState(row.state),
        asked=row.asked,
        file_name=row.file_name,
        media_type=row.media_type,
        done=row.done,
        total=row.total,
        size=row.size,
        keys=tuple(row.keys),
        begun_at=row.begun_at,
        beat_at=row.beat_at,
        ended_at=row.ended_at,
    )
