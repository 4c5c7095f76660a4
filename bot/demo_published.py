"""What the demo shows of published texts: two of its cases, proposed, checked and agreed to as real ones are."""

from datetime import datetime, timedelta

from bot.domain.people import Address, Channel, StaffMember
from bot.ports import Storage
from bot.services.city import City
from bot.services.publish_case import TEXTS, Edited, agree_to_publish, decide_publication, propose_publication


def _edited(title: str, text: str, answer: str) -> Edited:
    return Edited(title=title, text=text, answer=answer, shows_place=False, read=TEXTS, is_sure=False)


PUBLISHED = (
    (
        "demo-2",
        10,
        _edited(
            "Đèn đường phố Ví Dụ tối cả tuần",
            "Đèn đường trên phố Ví Dụ tối cả tuần nay, các cháu đi học về rất nguy hiểm.",
            "Tổ điện đã nhận việc và sẽ thay bóng trong tuần này.",
        ),
    ),
    (
        "demo-8",
        5,
        _edited(
            "Bảng quy tắc ứng xử bị đổ",
            "Bảng quy tắc ứng xử ở nhà văn hóa bị đổ.",
            "Phường đã dựng lại bảng và chốt chân hôm thứ ba.",
        ),
    ),
)


async def seed_published(storage: Storage, city: City, officer: StaffMember, leader: StaffMember, now: datetime) -> None:
    """The officer writes, the leader checks, the resident agrees an hour later."""
    for who, days_ago, edited in PUBLISHED:
        at = now - timedelta(days=days_ago)
        async with storage.begin() as uow:
            conversation = await uow.conversations.get(Address(Channel.WEBCHAT, who))
            if conversation.resident_id is None:
                raise LookupError(f"there is no {who}")
            [case] = await uow.cases.of_resident(conversation.resident_id, most=1)
            await propose_publication(uow, staff=officer, code=case.code, version=case.version, edited=edited, now=at)
            [text] = await uow.publications.of_case(case.id)
            await decide_publication(
                uow, staff=leader, code=case.code, slug=text.slug, is_approved=True, now=at, wards=city.wards
            )
            agreed_at = at + timedelta(hours=1)
            await agree_to_publish(uow, case=case, slug=text.slug, zone=city.zone, now=agreed_at)
            await uow.commit()
