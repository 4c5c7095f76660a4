"""What the demo's ward did for the codes: invented, and set on days around today so that some of it is due."""

from datetime import date, datetime, timedelta

from bot.domain.ledger import CodeOf, Condition, EntryKind, Look, NewBoard, NewEntry, NewPraise, Source
from bot.domain.people import StaffId
from bot.domain.ward import Point, WardCode
from bot.ports import Storage, Viewer

# Where it hangs, of which code, where that is, days since it was put up and since somebody last looked, and how it was then.
_BOARDS = (
    ("Cổng nhà văn hóa khu 3", CodeOf.PUBLIC, Point(21.0869, 105.8108), 240, 20, Condition.GOOD),
    ("Sảnh bộ phận một cửa", CodeOf.OFFICIALS, Point(21.0854, 105.8091), 240, 35, Condition.GOOD),
    ("Cổng chợ Phú Gia", CodeOf.PUBLIC, Point(21.0902, 105.8076), 200, 110, Condition.WORN),
    ("Bến xe buýt đường An Dương Vương", CodeOf.PUBLIC, Point(21.0921, 105.8120), 150, 6, Condition.TORN),
)
_GROUPS = 12
# Days ago, what, of which code, how many, and the groups that a seminar reached.
_ENTRIES = (
    (8, EntryKind.INSPECTION, CodeOf.PUBLIC, 6, ()),
    (15, EntryKind.MEETING, CodeOf.BOTH, 1, ()),
    (21, EntryKind.SEMINAR, CodeOf.PUBLIC, 64, (0, 1, 2)),
    (30, EntryKind.RADIO, CodeOf.BOTH, 12, ()),
    (33, EntryKind.LEAFLETS, CodeOf.PUBLIC, 850, ()),
    (47, EntryKind.MEETING, CodeOf.BOTH, 1, ()),
    (52, EntryKind.SEMINAR, CodeOf.OFFICIALS, 38, (3, 4)),
)
_PRAISED = (
    (12, "Tổ liên gia ngõ 45 (mẫu)", True, "Cùng nhau sơn lại tường ngõ và trồng hoa thay chỗ đổ rác cũ."),
    (5, "Cụ Mẫu", False, "Sáng nào cũng quét đoạn vỉa hè trước cổng trường cho các cháu đi học."),
)


async def seed_ledger(storage: Storage, ward: WardCode, staff_id: StaffId, viewer: Viewer, now: datetime) -> None:
    """Enter all of it, as this member."""
    today = now.date()
    async with storage.begin() as uow:
        for place, code, point, posted, looked, condition in _BOARDS:
            day, seen = today - timedelta(days=posted), today - timedelta(days=looked)
            due = seen + timedelta(days=91)
            new = NewBoard(ward_code=ward, code=code, place=place, point=point, posted_on=day, due_on=due)
            board = await uow.boards.get(viewer, await uow.boards.add(new, staff_id=staff_id, now=now))
            assert board is not None, "it was just put up"
            await uow.boards.look(
                board,
                day=seen,
                look=Look.LOOKED,
                condition=condition,
                due_on=due,
                note="",
                photo=None,
                staff_id=staff_id,
                now=now,
            )
        await uow.ledger.add_groups(ward, [f"Tổ dân phố {number}" for number in range(1, _GROUPS + 1)])
        groups = await uow.ledger.groups(ward, first=date(today.year, 1, 1), last=today)
        for ago, kind, of, number, reached in _ENTRIES:
            entry = NewEntry(
                ward_code=ward,
                kind=kind,
                day=today - timedelta(days=ago),
                code=of,
                number=number,
                found=2 if kind is EntryKind.INSPECTION else 0,
                reminded=2 if kind is EntryKind.INSPECTION else 0,
                groups=tuple(groups[at].id for at in reached),
            )
            await uow.ledger.add(entry, doubts=(), staff_id=staff_id, now=now)
        for ago, name, is_group, deed in _PRAISED:
            praise = NewPraise(
                ward_code=ward,
                name=name,
                is_group=is_group,
                deed=deed,
                source=Source.COUNTER,
                day=today - timedelta(days=ago),
            )
            await uow.praises.add(praise)
        await uow.commit()
