"""A case of the desk with a text that everybody may read, made in one line."""

from datetime import timedelta
from typing import Any

from bot.domain.case import Case, CaseKind
from bot.domain.people import Role
from bot.domain.publishing import NewPublication, Wording, new_slug
from bot.domain.ward import Point, WardCode
from tests.admin.desk import PHU_THUONG, StaffDesk


async def publish(
    desk: StaffDesk,
    title: str = "Đèn đường tắt",
    text: str = "Đèn tắt ba đêm liền.",
    answer: str = "Đã thay bóng.",
    *,
    days_ago: int = 0,
    point: Point | None = None,
    slug: str = "",
    ward: WardCode = PHU_THUONG,
    **case: Any,
) -> tuple[Case, str]:
    """The case, and the text's slug. It is public since the last midnight, or so many days before."""
    filed = await desk.case(kind=CaseKind.SUGGESTION, ward=ward, **case)
    if not desk.filed or not await _has_staff(desk):
        await desk.staff("writes", Role.WARD_OFFICER, ward)
        await desk.staff("checks", Role.WARD_LEADER, ward)
    writes, checks = await desk.member("writes"), await desk.member("checks")
    now = desk.clock.now()
    midnight = now.replace(hour=17, minute=0, second=0, microsecond=0) - timedelta(days=days_ago + 1)  # 0 h in Hanoi
    new = NewPublication(
        case_id=filed.id,
        ward_code=ward,
        category="vio_noise",
        slug=slug or new_slug(),
        wording=Wording(title=title, text=text, answer=answer, point=point),
        by=writes.id,
        at=now,
        disputes=0,
    )
    async with desk.database.begin() as uow:
        added = await uow.publications.add(new)
        await uow.publications.approve(added, by=checks.id, now=now)
        await uow.publications.agree(added, now=now, published_at=midnight)
        await uow.commit()
    return filed, new.slug


async def _has_staff(desk: StaffDesk) -> bool:
    async with desk.database.reading() as uow:
        return await uow.staff.by_username("writes") is not None
