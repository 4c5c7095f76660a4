"""Cases of a ward that came in long ago, and what became of them: set on their rows as the years would have left them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, update

from bot.domain.case import Case, CaseKind
from bot.domain.ward import WardCode
from storage.tables import cases, closings
from tests.admin.desk import PHU_THUONG, StaffDesk


@dataclass(frozen=True, kw_only=True)
class Life:
    """Hours before the desk's present moment, but for `answered` and `closed`: hours after it came in; None: never."""

    came: int
    answered: int | None = None
    closed: int | None = None
    disputed: int | None = None
    reopened: int | None = None  # hours before now
    category: str = "vio_noise"
    kind: CaseKind = CaseKind.VIOLATION
    desk: str = "general"
    accused: str = ""
    accused_unit: str = ""
    is_sensitive: bool = False
    is_joined: bool = False
    ward: WardCode = PHU_THUONG


async def live(desk: StaffDesk, lives: Sequence[Life]) -> list[Case]:
    """File them, and give each its past."""
    found = []
    for life in lives:
        case = await desk.case("Ngõ 12 tối ba đêm nay.", ward=life.ward, kind=life.kind)
        await _age(desk, case, life)
        found.append(case)
    return found


async def _age(desk: StaffDesk, case: Case, life: Life) -> None:
    now, hour = desk.clock.now(), timedelta(hours=1)
    came = now - life.came * hour
    closed = came + life.closed * hour if life.closed is not None else None
    values = {
        "created_at": came,
        "clocks_began_at": came if life.reopened is None else now - life.reopened * hour,
        "category": life.category,
        "desk": life.desk,
        "accused": life.accused,
        "accused_unit": life.accused_unit,
        "is_sensitive": life.is_sensitive,
        "main_case_id": 1 if life.is_joined else None,
        "first_answer_at": came + life.answered * hour if life.answered is not None else None,
        "status": "closed" if closed else "open",
        "outcome": "done" if closed else None,
        "closed_at": closed,
        "disputes": int(life.disputed is not None),
    }
    async with desk.database._transaction() as connection:
        await connection.execute(update(cases).where(cases.c.id == case.id).values(values))
        if life.disputed is not None:
            at = now - life.disputed * hour
            told = {"case_id": case.id, "at": at, "outcome": "done", "disputed_at": at}
            await connection.execute(insert(closings).values(told))
        await connection.commit()
