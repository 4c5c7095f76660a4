"""What `run --demo` seeds: invented staff and cases, filed and answered through the same services as real ones.

Everybody here is invented and is named so that nobody takes them for real. The demo never starts on an address that others
can reach, and keeps to a data folder of its own.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo_ledger import seed_ledger
from bot.demo_published import seed_published
from bot.domain.case import CaseCode, CaseKind
from bot.domain.closing import ClosingReport
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel, Language, Role, StaffMember
from bot.domain.ward import WardCode
from bot.errors import SettingsError
from bot.ports import Clock, Storage, Viewer
from bot.services.answer_case import answer_case
from bot.services.city import City
from bot.services.close_case import close_case
from bot.services.file_case import file_case
from bot.services.staff_accounts import add_staff, reset_password
from bot.settings import Settings

WARD = WardCode("00091")
OFFICER, LEADER = "demo", "demo-leader"
STAFF = (
    (OFFICER, "Cán bộ Thử Nghiệm", Role.WARD_OFFICER, WARD),
    ("demo-restricted", "Cán bộ Thử Nghiệm Hai", Role.RESTRICTED_OFFICER, WARD),
    (LEADER, "Lãnh đạo Thử Nghiệm", Role.WARD_LEADER, WARD),
    ("demo-city", "Điều phối Thử Nghiệm", Role.CITY_COORDINATOR, None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCase:
    """An invented matter: how old it is, and what staff have done about it so far."""

    words: str
    kind: CaseKind
    category: str = ""
    ward: WardCode | None = WARD
    days_ago: float
    answer: str = ""
    closing: str = ""
    hours: float = 3  # until the answer or the closing


CASES = (
    DemoCase(
        words="Đống rác ở đầu ngõ 12 Thử Nghiệm, phường Phú Thượng, ba hôm nay chưa ai dọn.",
        kind=CaseKind.VIOLATION,
        category="vio_litter",
        days_ago=20,
    ),
    DemoCase(
        words="Đèn đường trước số 5 phố Ví Dụ, phường Phú Thượng tối cả tuần nay, các cháu đi học về rất nguy hiểm.",
        kind=CaseKind.SUGGESTION,
        category="sug_facilities",
        days_ago=15,
        answer="Chào ông/bà, tổ điện đã nhận việc và sẽ thay bóng trong tuần này.",
    ),
    DemoCase(
        words="Quán ở ngõ 7 hát karaoke loa kéo đến 12 giờ đêm, cả xóm mất ngủ.",
        kind=CaseKind.VIOLATION,
        category="vio_noise",
        days_ago=2,
    ),
    DemoCase(
        words="Xin khen bác tổ trưởng Thử Nghiệm, sáng nào bác cũng ra nhắc bà con phân loại rác.",
        kind=CaseKind.COMMENDATION,
        category="com_resident",
        days_ago=1,
    ),
    DemoCase(
        words="The code of conduct board by the market is so faded that nobody can read it.",
        kind=CaseKind.PANEL,
        category="pan_damaged",
        days_ago=0.4,
    ),
    DemoCase(
        words="Chị ở quầy tiếp nhận hồ sơ nói trống không, hỏi thì bảo tự đọc bảng.",
        kind=CaseKind.CONDUCT,
        category="off_attitude",
        days_ago=1.5,
    ),
    DemoCase(
        words="Nắp cống trên đường Ví Dụ bị vỡ, tôi không rõ đoạn này thuộc phường nào.",
        kind=CaseKind.SUGGESTION,
        category="sug_facilities",
        ward=None,
        days_ago=0.2,
    ),
    DemoCase(
        words="Bảng quy tắc ứng xử ở nhà văn hóa bị đổ.",
        kind=CaseKind.PANEL,
        category="pan_damaged",
        days_ago=9,
        closing="Phường đã dựng lại bảng và chốt chân hôm thứ ba.",
    ),
)


def demo_settings(settings: Settings) -> Settings:
    """The same settings with the demo's own folder.

    Raises:
        SettingsError: Others could reach the server, or a database is named.
    """
    try:
        is_loopback = settings.host == "localhost" or ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise SettingsError(line="HOMTHU_HOST: the demo has known passwords and starts on 127.0.0.1 only; unset it")
    if settings.database_url:
        raise SettingsError(line="HOMTHU_DATABASE_URL: the demo never touches a database of yours; unset it")
    return settings.model_copy(update={"data_dir": settings.data_dir / "demo", "database_url": "", "files_url": ""})


async def seed(storage: Storage, city: City, clock: Clock) -> list[tuple[str, str, str]]:
    """Make the staff and, the first time, the cases. Returns username, new one-time password and role of each."""
    now = clock.now()
    async with storage.begin() as uow:
        known = {member.username for member in await uow.staff.everyone()}
        shown = []
        for username, name, role, ward in STAFF:
            if username in known:
                password = await reset_password(uow, username=username, now=now, must_change=False)
            else:
                _, password = await add_staff(
                    uow,
                    username=username,
                    full_name=name,
                    role=role,
                    ward_code=ward,
                    wards=city.wards,
                    now=now,
                    must_change=False,
                )
            shown.append((username, password, role.value))
        await uow.commit()
    if not known:
        await seed_cases(storage, city, CASES, now)
        async with storage.reading() as uow:
            everyone = await uow.staff.everyone()
        leader = _who(everyone, LEADER)
        await seed_ledger(storage, WARD, leader.id, Viewer.of(leader), now)
        await seed_published(storage, city, _who(everyone, OFFICER), leader, now)
    return shown


async def seed_cases(storage: Storage, city: City, cases: Sequence[DemoCase], now: datetime, *, first: int = 1) -> None:
    """File them, each by a resident of its own, and do what staff have done about them.

    Args:
        first: The first one's number; no number may be used twice in a database.
    """
    for number, demo in enumerate(cases, first):
        at = now - timedelta(days=demo.days_ago)
        code = await _file(storage, city, demo, number, at)
        if demo.answer or demo.closing:
            await _work_on(storage, city, demo, code, at + timedelta(hours=demo.hours))


async def _file(storage: Storage, city: City, demo: DemoCase, number: int, at: datetime) -> CaseCode:
    address = Address(Channel.WEBCHAT, f"demo-{number}")
    draft = Draft(
        serial=f"DEMO{number}",
        started_at=at,
        parts=(DraftPart(source_id=f"demo-{number}", text=demo.words),),
        kind=demo.kind,
        category=demo.category,
        ward_codes=(demo.ward,) if demo.ward else (),
        ward_unknown=demo.ward is None,
    )
    async with storage.begin() as uow:
        language = Language.EN if demo.words.isascii() else Language.VI
        conversation = await uow.conversations.put(Conversation(address=address, language=language), at)
        case = await file_case(uow, conversation=conversation, draft=draft, city=city, now=at)
        await uow.commit()
    return case.code


async def _work_on(storage: Storage, city: City, demo: DemoCase, code: CaseCode, at: datetime) -> None:
    async with storage.begin() as uow:
        staff = _who(await uow.staff.everyone(), LEADER if demo.closing else OFFICER)
        case = await uow.cases.visible(Viewer(staff_id=staff.id, role=staff.role, ward_code=staff.ward_code), code)
        if case is None:
            raise LookupError(f"demo case {code} is not visible to its own ward's officer")
        if demo.answer:
            await answer_case(
                uow, staff=staff, code=code, version=case.version, text=demo.answer, files=(), now=at, wards=city.wards
            )
        else:
            await close_case(
                uow,
                staff=staff,
                code=code,
                version=case.version,
                report=ClosingReport(
                    outcome=Outcome.DONE,
                    text="",
                    what=demo.closing,
                    unit="Tổ quản lý đô thị Thử Nghiệm",
                    done_on=city.day_of(at),
                ),
                override="Biên bản bàn giao bằng giấy, lưu tại phường.",
                now=at,
                wards=city.wards,
                zone=city.zone,
            )
        await uow.commit()


def _who(everyone: Sequence[StaffMember], username: str) -> StaffMember:
    return next(member for member in everyone if member.username == username)
