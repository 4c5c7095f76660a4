"""What staff wrote of a case that is done, as a ward's loudspeakers may tell it: short, and pointing at nobody.

A sentence is told only where nothing in it can lead to a person: no name, house, number of an alley, phone, plate or date.
It is left out whole; a dot in its place would make everybody guess. What is left may be nothing: then it is told what sort
of matter it was, and that it is done.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from bot.papers.spoken_vietnamese import spoken, syllables
from bot.understanding import find_personal_data

MOST_OF_A_SENTENCE = 25  # syllables that one hears and still knows the beginning of
MOST_OF_A_STORY = 45

_PERSON = re.compile(
    r"\b(?:ông|bà(?! con)|anh|chị|cô|chú|bác|cụ|(?<!trẻ )em|(?<!các )cháu|thầy|mợ|dì|cậu|mr|mrs|ms|họ tên|tên là|chủ hộ"
    r"|hộ nhà|gia đình|nhà dân|vợ|chồng|con trai|con gái|đồng chí|đ/c)\b"
    r"|\b(?:nguyễn|trần|lê|phạm|huỳnh|hoàng|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đinh|mai|trịnh|lưu|cao)\s+"
    r"(?:văn|thị|đức|minh|hữu|thanh|thu|xuân|ngọc|quang|đình|hồng|kim|bá|công|duy|gia|hoài|khánh|mạnh|phương|quốc|tuấn)\b",
    re.IGNORECASE,
)
_HOME = re.compile(
    r"\b(?:số nhà|nhà số|sn|số|nhà|ngõ|ngách|hẻm|kiệt|phòng|căn|lô|tòa|toà|block|tầng|thửa|biển|xe|tổ)\s*(?:số\s*)?"
    r"(?:\d|(?-i:[A-ZĐ]\d))",
    re.IGNORECASE,
)
_WATTS = re.compile(r"(?<=\d)\s?[kK]?[WVA]\b")
_DATE = re.compile(
    r"\d{1,2}\s*[/.-]\s*\d{1,2}|\bngày\s*\d|\b\d{1,2}\s*(?:h(?!\w)|giờ|:)\s*\d{0,2}|\b(?:19|20)\d\d\b", re.IGNORECASE
)
_LONG_NUMBER = re.compile(r"\d[\d .\-]{4,}\d")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
# After these a name is a place's, an office's or a firm's.
_PLACES = frozenset(
    {
        *("ban", "bến", "chùa", "chợ", "công", "cầu", "dân", "ga", "hoa", "huyện", "hồ", "hội", "khu", "làng"),
        *("môi", "ngã", "nhân", "phòng", "phường", "phố", "quận", "sông", "thành", "thôn", "trường", "trạm"),
        *("ty", "tư", "tổ", "viên", "vườn", "xã", "xóm", "đoàn", "đình", "đường", "đền", "đội", "ủy"),
    }
)
# In capitals, and nobody's name.
_OURS = frozenset(
    {
        *("An", "Ban", "CA", "CSGT", "Chiếu", "Công", "Dân", "Dựng", "Hà", "HĐND", "Hội", "Lực", "MTTQ", "Môi"),
        *("Mặt", "Nam", "Nhân", "Niên", "Nước", "Nội", "Nữ", "PCCC", "Phường", "Phố", "Phụ", "Quốc", "Sáng"),
        *("TDP", "TP", "Thanh", "Thoát", "Thành", "Thị", "Trường", "Trạm", "Trận", "Trật", "Ty", "Tổ", "Tự"),
        *("UBND", "Uỷ", "Việt", "Xây", "Xã", "Điện", "Đoàn", "Đô", "Đồng", "Đội", "Ủy"),
    }
)
# With which a sentence may begin: any other first word may be somebody's name.
_BEGINNINGS = frozenset(
    {
        *("Ba", "Ban", "Biển", "Bóng", "Bảng", "Bốn", "Bổ", "Chuyển", "Chúng", "Chủ", "Cành", "Các", "Cán"),
        *("Cây", "Công", "Cắt", "Cống", "Cửa", "Dọn", "Giải", "Gỡ", "Hai", "Hiện", "Hoàn", "Hàng", "Hố", "Khu"),
        *("Không", "Khắc", "Kiểm", "Làm", "Lòng", "Lập", "Lắp", "Lực", "Mặt", "Một", "Nay", "Người", "Nhân"),
        *("Nhắc", "Nước", "Nạo", "Nắp", "Phường", "Phối", "Quán", "Quét", "Rác", "Sau", "Sửa", "TDP", "Thay"),
        *("Tháo", "Thùng", "Toàn", "Trong", "Trả", "Trồng", "Tuyên", "Tại", "Tỉa", "Tổ", "Từ", "UBND", "Uỷ"),
        *("Việc", "Vá", "Vận", "Vỉa", "Xe", "Xã", "Xóa", "Xử", "Yêu", "Điểm", "Đoạn", "Đã", "Đèn", "Đơn", "Đường"),
        *("Đặt", "Đội", "Ở", "Ủy"),
    }
)
_MARKUP = re.compile(r"[<>{}\[\]|\\`~^*#$]|https?:|www\.")


def tellable(words: str) -> str:
    """Its first sentences that may be told, in words as they are spoken; empty where there are none."""
    told: list[str] = []
    for sentence in _sentences(words):
        if not points_at_nobody(sentence):
            continue
        said = short_sentences(spoken(sentence))
        if said and sum(map(syllables, told)) + sum(map(syllables, said)) <= MOST_OF_A_STORY:
            told += said
    return " ".join(told)


def points_at_nobody(sentence: str) -> bool:
    """Whether nothing in it can lead to a person; in doubt it does."""
    if _MARKUP.search(sentence) or not sentence.isprintable() or find_personal_data(sentence):
        return False
    if any(found.search(sentence) for found in (_PERSON, _HOME, _DATE, _LONG_NUMBER)):
        return False
    return not _names_somebody(_WORD.findall(_WATTS.sub("", sentence)))


def _names_somebody(words: Sequence[str]) -> bool:
    """A capital within the sentence that no word before it makes a place's; so may be a beginning that is not known."""
    is_place = False
    for before, word in pairwise(words):
        if not word[:1].isupper() or word in _OURS or (len(word) > 1 and word.isupper()):
            is_place = False
        elif before.lower() in _PLACES or is_place or before in _OURS:
            is_place = True
        else:
            return True
    return bool(words) and words[0][:1].isupper() and words[0] not in _BEGINNINGS


def short_sentences(text: str, most: int = MOST_OF_A_SENTENCE) -> list[str]:
    """The text in sentences of at most so many syllables, parted where there is a comma; empty where that does not do."""
    found: list[str] = []
    for sentence in _sentences(text):
        if syllables(sentence) <= most:
            found.append(_ended(sentence))
            continue
        for part in _joined(re.split(r"[,;:]\s*", sentence.rstrip(".!?")), most):
            if syllables(part) > most:
                return []
            found.append(_ended(part))
    return found


def _joined(parts: Iterable[str], most: int) -> list[str]:
    """Parts side by side as long as they fit into one sentence."""
    found: list[str] = []
    for part in filter(None, parts):
        if found and syllables(found[-1]) + syllables(part) <= most:
            found[-1] += f", {part}"
        else:
            found.append(part)
    return found


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in re.split(r"(?<=[.!?…])\s+|\n+", text) if one.strip()]


def _ended(sentence: str) -> str:
    sentence = sentence[:1].upper() + sentence[1:]
    return sentence if sentence[-1] in ".!?" else f"{sentence.rstrip(',;:')}."
