"""Six weeks of an invented ward, for pictures: enough cases for a full queue and for figures that say something.

Nothing here is about a real street or person; the same cases are made each time, for the same day.
"""

import random

from bot import app
from bot.clock import SystemClock
from bot.demo import DemoCase, seed_cases
from bot.domain.case import CaseKind
from bot.settings import Settings

MATTERS = (
    (CaseKind.VIOLATION, "vio_litter", "Rác chất đống ở {place}, mấy hôm nay chưa ai dọn."),
    (CaseKind.VIOLATION, "vio_noise", "Nhà ở {place} hát loa kéo đến khuya, cả xóm mất ngủ."),
    (CaseKind.VIOLATION, "vio_sidewalk", "Hàng quán ở {place} bày kín vỉa hè, người già phải đi xuống lòng đường."),
    (CaseKind.VIOLATION, "vio_traffic", "Ô tô đỗ chắn lối vào {place} từ sáng đến tối."),
    (CaseKind.VIOLATION, "vio_pets", "Chó thả rông ở {place}, các cháu nhỏ không dám ra ngõ chơi."),
    (CaseKind.SUGGESTION, "sug_facilities", "Đèn đường ở {place} tối ba đêm nay, đi lại rất nguy hiểm."),
    (CaseKind.SUGGESTION, "sug_facilities", "Nắp cống ở {place} bị vỡ, xe máy suýt ngã."),
    (CaseKind.SUGGESTION, "sug_communication", "Loa ở {place} nhỏ quá, người cao tuổi nghe không rõ lịch tiêm."),
    (CaseKind.PANEL, "pan_damaged", "Bảng quy tắc ứng xử ở {place} bị rách, không đọc được."),
    (CaseKind.COMMENDATION, "com_resident", "Xin khen các bác ở {place} sáng nào cũng quét ngõ cho cả xóm."),
)
PLACES = ("ngõ {n} Thử Nghiệm", "số {n} phố Ví Dụ", "đầu ngõ {n} phố Ví Dụ", "khu tập thể Thử Nghiệm, nhà B{n}")
ANSWER = "Cảm ơn ông/bà. Phường đã nhận việc và sẽ cử người đến xem trong tuần này."
CLOSING = "Phường đã cho người đến làm xong chiều hôm nay, kèm ảnh lưu tại phường."
HOW_MANY, DAYS = 64, 40


def cases() -> list[DemoCase]:
    """The same ones each time."""
    choose, made = random.Random(11), []
    for _ in range(HOW_MANY):
        kind, category, words = choose.choice(MATTERS)
        place = choose.choice(PLACES).format(n=choose.randint(2, 98))
        days_ago = round(choose.uniform(0.1, DAYS), 2)
        is_closed = days_ago > 1 and choose.random() < min(0.95, 0.4 + days_ago / 40)
        is_answered = not is_closed and choose.random() < 0.4
        made.append(
            DemoCase(
                words=words.format(place=place),
                kind=kind,
                category=category,
                days_ago=days_ago,
                answer=ANSWER if is_answered and days_ago > 0.3 else "",
                closing=CLOSING if is_closed else "",
                hours=round(min(choose.expovariate(1 / 30) + 1, days_ago * 22), 1),
            )
        )
    return sorted(made, key=lambda case: -case.days_ago)


async def fill(settings: Settings) -> None:
    """Into the database of the demo that runs with these settings."""
    async with app.open_database(settings, beside_others=True) as database:
        city = app.load_city(settings, database.keys)
        await seed_cases(database, city, cases(), SystemClock().now(), first=100)
