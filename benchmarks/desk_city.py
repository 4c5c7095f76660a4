"""An invented city for `benchmarks.desk`: its staff, and cases with their threads, as rows of the real tables.

Sentences, streets and wards are combined by a seeded generator; nothing is a real resident's. Two cases in a hundred are of
the last month's open ones more than chance would have it: as in a ward's office, most of what is old is closed.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.domain.case import CaseStatus, Desk
from bot.domain.outcome import Outcome
from bot.domain.words import words_to_find
from storage.case_tally import WEIGHT
from storage.case_words import place_words, row_of

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
YEARS = 3
OUTCOMES = [outcome.value for outcome in Outcome]
CHUNK = 20_000  # cases that are in memory at once
STAFF_OF_WARD = 5
RARE_WORD = "thằn lằn"  # one case in fifty thousand, and at least one
EVERY_WORD = "báo phường"  # every case
COMMON_WORD = "rác thải"  # about one case in seven
_DATA = Path(__file__).parents[1] / "bot" / "routing" / "data"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

MATTERS = [
    ("violation_public", "vio_litter", "Rác thải chất đống bốc mùi hôi thối, ruồi nhặng bay đầy"),
    ("violation_public", "vio_litter", "có người đổ rác thải xây dựng ra ven đường từ đêm qua"),
    ("violation_public", "vio_sidewalk", "vỉa hè bị chiếm hết để bán hàng, người đi bộ phải xuống lòng đường"),
    ("violation_public", "vio_noise", "loa kẹo kéo hát hò inh ỏi tới gần nửa đêm, cả xóm không ngủ được"),
    ("violation_public", "vio_pets", "chó thả rông không rọ mõm, đuổi theo trẻ con đi học về"),
    ("violation_public", "vio_hygiene", "nhiều người hút thuốc ngay bến xe buýt dù có biển cấm"),
    ("violation_public", "vio_traffic", "ô tô đỗ kín lối vào ngõ, xe cứu thương không vào được"),
    ("violation_public", "vio_other_place", "đèn đường hỏng cả đoạn, buổi tối rất tối, chị em sợ không dám đi"),
    ("violation_public", "vio_other_place", "ổ gà to giữa đường, mưa xuống ngập không thấy, đã có người ngã xe"),
    ("violation_public", "vio_other_place", "cống tắc, cứ mưa là nước tràn vào nhà dân"),
    ("suggestion", "sug_facilities", "mong phường đặt thêm ghế đá và cây xanh ở khu vui chơi"),
    ("suggestion", "sug_community_rules", "đề nghị đặt thêm thùng phân loại ở đầu ngõ"),
    ("question", "q_contact", "cho tôi hỏi lịch tiếp công dân và giờ làm việc của bộ phận một cửa"),
    ("question", "q_code", "quy tắc ứng xử nơi công cộng có cấm nuôi gà trong khu tập thể không"),
    ("commendation", "com_official", "cảm ơn anh công an khu vực đã giúp bà cụ qua đường rất tận tình"),
    ("panel_condition", "pan_obscured", "bảng quy tắc ở nhà văn hóa bị mờ chữ, không đọc được nữa"),
    ("conduct_official", "off_attitude", "cán bộ tiếp dân nói năng cộc lốc, bắt dân chờ cả buổi sáng"),
]
_WEIGHTS = [9, 8, 8, 7, 6, 4, 8, 9, 8, 6, 5, 4, 6, 3, 3, 3, 3]
DETAILS = [
    "Tình trạng này đã kéo dài hai tuần nay",
    "Sáng nay tôi đi qua vẫn thấy như vậy",
    "Nhà có cháu nhỏ và người già nên rất lo",
    "Tổ dân phố đã nhắc nhiều lần mà không chuyển biến",
    "Mong được xử lý sớm trước dịp lễ",
    "Hàng xóm ai cũng bức xúc nhưng ngại nói",
    "Tôi có gửi kèm ảnh chụp lúc chiều tối",
    "Nhất là đoạn gần trường mầm non và chợ",
    "Đề nghị cơ quan chức năng kiểm tra giúp",
    "Xin cảm ơn và mong nhận được hồi âm",
]
ANSWERS = [
    "Ủy ban nhân dân phường đã tiếp nhận và cử cán bộ xuống kiểm tra",
    "Tổ trật tự đã nhắc nhở, lập biên bản và yêu cầu khắc phục",
    "Công ty môi trường sẽ thu gom trong ngày mai, mong Bạn thông cảm",
    "Chúng tôi đã chuyển đơn vị chiếu sáng sửa chữa, dự kiến xong trong tuần",
]
MORE = ["Vẫn chưa thấy ai đến xử lý", "Đã đỡ hơn nhưng chưa hết", "Tôi bổ sung thêm ảnh", "Cảm ơn phường đã trả lời"]

# In the order of the rows below; what is not named has its default.
COLUMNS = {
    "staff": "id username folded_username full_name role ward_code language password_hash is_disabled must_change_password"
    " created_at",
    "residents": "id created_at",
    "addresses": "channel external_id resident_id created_at",
    "cases": "id code kind category ward_code desk resident_id channel external_id source_id status outcome text lat lon"
    " routing_trace created_at due_at closed_at version is_sensitive is_emergency main_case_id place_key owner_id"
    " first_answer_at tally",
    "messages": "id case_id author staff_id text at source_id group_id",
    "outbox": "id channel external_id body message_id case_id state attempts owner provider_id error created_at finished_at",
    "case_events": "id case_id kind at staff_id",
    "case_exclusions": "case_id staff_id why",
    "case_words": "case_id words",
}

_words: dict[str, frozenset[str]] = {}


def _words_of(text: str) -> frozenset[str]:
    """Kept: the same few sentences come a million times."""
    if text not in _words:
        _words[text] = frozenset(words_to_find(text))
    return _words[text]


@dataclass
class InventedCity:
    """`size` cases, always the same ones for one size.

    Args:
        size: How many cases.
        years: Over how long.
    """

    size: int
    years: int = YEARS
    wards: list[str] = field(default_factory=list)
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._random = random.Random(self.size)
        with (_DATA / "wards.csv").open(encoding="utf-8", newline="") as file:
            self.wards = [row["code"] for row in csv.DictReader(file)]
        self._message_id = 0
        self._event_id = 0

    @cached_property
    def streets(self) -> dict[str, list[str]]:
        """Streets of each ward."""
        found: dict[str, list[str]] = defaultdict(list)
        with (_DATA / "street_ward_hints.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["ward_code"]].append(row["street"])
        return found

    @property
    def residents(self) -> int:
        """How many people wrote them."""
        return max(100, self.size // 5)

    def people(self) -> dict[str, list[tuple[Any, ...]]]:
        """Rows of staff, residents and addresses. A ward's staff have ids in a row, its leader the first."""
        staff = []
        for place, ward in enumerate(self.wards):
            for number in range(STAFF_OF_WARD):
                role = ("ward_leader", "restricted_officer", "ward_officer", "ward_officer", "ward_officer")[number]
                staff.append(self._member(place * STAFF_OF_WARD + number + 1, role, ward))
        last = len(staff)
        for number, role in enumerate(("city_coordinator", "inspector", "operator"), start=1):
            staff.append(self._member(last + number, role, None))
        ids = range(1, self.residents + 1)
        return {
            "staff": staff,
            "residents": [(number, NOW - timedelta(days=365 * self.years)) for number in ids],
            "addresses": [("telegram", str(number), number, NOW - timedelta(days=365 * self.years)) for number in ids],
        }

    def _member(self, number: int, role: str, ward: str | None) -> tuple[Any, ...]:
        name = f"cb{number}"
        return (number, name, name, f"Cán bộ {number}", role, ward, "vi", "x", False, False, NOW)

    def chunks(self) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
        """The cases and what belongs to them, some thousands at a time, in order of acceptance."""
        step = timedelta(days=365 * self.years) / self.size
        weights = [1 + 9 * self._random.random() ** 3 for _ in self.wards]  # some wards are large
        for begin in range(1, self.size + 1, CHUNK):
            self.rows = defaultdict(list)
            ids = range(begin, min(begin + CHUNK, self.size + 1))
            wards = self._random.choices(range(len(self.wards)), weights, k=len(ids))
            matters = self._random.choices(MATTERS, _WEIGHTS, k=len(ids))
            for case_id, ward, matter in zip(ids, wards, matters, strict=True):
                self._case(case_id, ward, matter, NOW - (self.size - case_id) * step - timedelta(minutes=5))
            yield self.rows

    def _case(self, case_id: int, place: int, matter: tuple[str, str, str], at: datetime) -> None:
        chance, kind = self._random.random, matter[0]
        ward: str | None = self.wards[place]
        desk = Desk.GENERAL
        if kind == "conduct_official":
            desk = Desk.LEADERS if chance() < 0.1 else Desk.RESTRICTED
        elif chance() < 0.01:
            desk, ward = Desk.UNPLACED, None
        street = self._random.choice(self.streets.get(self.wards[place]) or ["Làng"])
        sentences = [matter[2], *self._random.sample(DETAILS, 2), EVERY_WORD]
        if case_id % 50_000 == 7 or case_id == self.size:
            sentences.append(RARE_WORD)
        number = f"Ngõ {self._random.randrange(1, 300)}"
        text = f"{number} {street}: {'. '.join(sentences)}."
        is_open = chance() < (0.85 if at > NOW - timedelta(days=60) else 0.02)
        status = CaseStatus.OPEN if is_open else CaseStatus.CLOSED
        owner = place * STAFF_OF_WARD + self._random.randrange(STAFF_OF_WARD) + 1 if ward and chance() < 0.4 else None
        main = case_id - self._random.randrange(1, 2000) if case_id > 2000 and chance() < 0.03 else None
        due = at + timedelta(days=self._random.randrange(7, 20), minutes=self._random.randrange(600))
        resident = self._random.randrange(1, self.residents + 1)
        closed_at = None if is_open else min(due, NOW)
        row = (
            *(case_id, self.code(case_id), kind, matter[1], ward, desk.value, resident),
            *(self._random.choice(("telegram", "telegram", "zalo", "webchat")), str(resident), f"m{case_id}"),
            *(
                status.value,
                None if is_open else self._random.choice(OUTCOMES),
                text,
                21.0 + chance() / 10,
                105.8 + chance() / 10,
            ),
            *("[]", at, due, closed_at, 3, kind == "conduct_official", chance() < 0.01, main, street.casefold(), owner),
        )
        words: set[str] = set().union(*map(_words_of, (number, street, *sentences)))
        answered_at = self._thread(case_id, resident, place, text, at, is_open, words)
        self.rows["cases"].append((*row, answered_at, self._tally(is_open)))
        self.rows["case_words"].append((case_id, row_of(words | place_words(ward, desk, status))))
        if desk is Desk.RESTRICTED:
            self.rows["case_exclusions"].append(
                (case_id, place * STAFF_OF_WARD + self._random.randrange(STAFF_OF_WARD) + 1, "accused")
            )

    def _tally(self, is_open: bool) -> int:
        """Most cases are closed once and no more is to say of them; of one in four there is something, seldom several."""
        told: int = 0 if is_open else WEIGHT["closings"]
        if self._random.random() < 0.75:
            return told
        return told + sum(WEIGHT[name] for name in self._random.choices(list(WEIGHT), k=self._random.randrange(1, 4)))

    def _thread(
        self, case_id: int, resident: int, place: int, text: str, at: datetime, is_open: bool, words: set[str]
    ) -> datetime | None:
        """Says when staff answered."""
        officer = place * STAFF_OF_WARD + 3
        said: list[tuple[str, str]] = [("resident", text)]
        while self._random.random() < 0.3 and len(said) < 30:
            said.append(("resident", self._random.choice(MORE)))
        if not is_open or self._random.random() < 0.3:
            said.append(("staff", self._random.choice(ANSWERS)))
        answered_at: datetime | None = None
        for number, (author, line) in enumerate(said):
            self._message_id += 1
            when = at + timedelta(hours=number)
            if author == "staff":  # within a week, most of them soon
                answered_at = when = when + timedelta(hours=130 * self._random.random() ** 2)
            by = officer if author == "staff" else None
            self.rows["messages"].append((self._message_id, case_id, author, by, line, when, "", ""))
            self._event_id += 1
            kind = "answered" if by else "filed" if number == 0 else "added"
            self.rows["case_events"].append((self._event_id, case_id, kind, when, by))
            if number:
                words |= _words_of(line)
            if by:
                self._reply(case_id, resident, when)
        return answered_at

    def _reply(self, case_id: int, resident: int, when: datetime) -> None:
        state = "failed" if self._random.random() < 0.007 else "sent"
        key = self._message_id
        row = (key, "telegram", str(resident), "{}", key, case_id, state, 1, "", "1", "", when, when)
        self.rows["outbox"].append(row)

    @staticmethod
    def code(case_id: int) -> str:
        """A code that no other case has."""
        number, letters = (case_id * 0x9E3779B1) % (1 << 40), ""
        for _ in range(8):
            letters += _ALPHABET[number & 31]
            number >>= 5
        return f"{letters[:4]}-{letters[4:]}"
