"""What in a text may lead to somebody besides numbers: names, homes, places finer than a street.

Marked for whoever edits a text that everybody will read; a person decides. Missing nothing matters more than marking too
much: "bà Triệu" is marked though it may be a street. Numbers, plates and the like are `personal_data`'s.
"""

import re
import unicodedata
from collections.abc import Iterator

from bot.understanding.personal_data import Span, find_personal_data

GAP = "[…]"  # where something stood that everybody need not read

_WORD = re.compile(r"[^\W\d_]+")
_HONORIFICS = re.compile(
    r"\b(?:ông|bà|anh|chị|cô|chú|bác|dì|cậu|mợ|thím|em|cháu|cụ|thầy|mẹ|bố|con|bạn|tôi là|tên là|tên|bé|đồng chí|đ/c"
    r"|mrs?\.?|ms|miss)\s+",
    re.IGNORECASE,
)
_SURNAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đào|Mai|Trịnh|Đoàn|Lương|Cao|Tạ|Hà|Thái"
    "|Vương|Nguyen|Tran|Le|Pham|Hoang|Vu|Vo|Dang|Bui|Do|Ngo|Duong|Dinh|Dao|Trinh|Doan|Luong|Ta|Thai|Vuong"
)
_SURNAME = re.compile(rf"\b(?:{_SURNAMES})\b")
_LONGEST_NAME = 5  # words
_A_STREET = re.compile(
    r"\b(?:phố|đường|ngõ|phường|xã|chợ|trường|công viên|hồ|cầu|quận|khu|tượng đài|street|road|ward)\s+$", re.I
)
_HOME = re.compile(
    r"\b(?:(?:số nhà|nhà số|số|ngõ|ngách|hẻm|kiệt|phòng|căn hộ|căn|tầng|lầu|tòa|toà|lô|tổ|cụm|house|flat|room|floor|no\.?)"
    r"\s*(?:số\s*)?[a-z]?\d+[a-z]?(?:[/.-]\d+[a-z]?)*"
    r"|\d+[a-z]?(?:/\d+[a-z]?)+(?!\d)|(?:nhà|cửa nhà|trước nhà) (?:tôi|em|mình|cháu|chúng tôi|bác|ông|bà|anh|chị|cô)"
    r"|my (?:house|home|flat|neighbou?r))",
    re.IGNORECASE,
)
_LEADS_BACK = re.compile(r"https?://\S+|\bwww\.\S+|(?<!\w)@\w{3,}|\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")


def find_identifying(text: str) -> tuple[Span, ...]:
    """Where it may: `name` or `place`, in the order of the text. What is personal for sure is not among them."""
    text = unicodedata.normalize("NFC", text)
    found = [*_names(text), *(Span("place", one.start(), one.end()) for one in _HOME.finditer(text))]
    return tuple(sorted(found, key=lambda span: (span.start, span.end)))


def find_never_public(text: str) -> tuple[Span, ...]:
    """What nobody may let stand: personal data, links, names of accounts, codes of cases (`link`)."""
    text = unicodedata.normalize("NFC", text)
    links = (Span("link", one.start(), one.end()) for one in _LEADS_BACK.finditer(text))
    return tuple(sorted((*find_personal_data(text), *links), key=lambda span: (span.start, span.end)))


def without_identifying(text: str) -> str:
    """The text with a gap for each of both: what an editor begins with."""
    text = unicodedata.normalize("NFC", text)
    pieces, place = [], 0
    for span in sorted((*find_never_public(text), *find_identifying(text)), key=lambda span: (span.start, span.end)):
        if span.end <= place:
            continue
        pieces += [text[place : max(place, span.start)], GAP if span.start >= place else ""]
        place = span.end
    # What was masked when it came are dots already.
    return re.sub(r"•(?:[\s./-]*•)*", GAP, "".join([*pieces, text[place:]]))


def pieces_of(text: str, spans: tuple[Span, ...]) -> list[str]:
    """The words that stand there, each once, for showing them."""
    text = unicodedata.normalize("NFC", text)
    return list(dict.fromkeys(text[span.start : span.end] for span in spans))


def _names(text: str) -> Iterator[Span]:
    for found in _HONORIFICS.finditer(text):
        end = _name_ends(text, found.end())
        if end > found.end() and not _A_STREET.search(text[: found.start()]):
            yield Span("name", found.end(), end)
    for word in _SURNAME.finditer(text):
        if not _A_STREET.search(text[: word.start()]):
            end = _name_ends(text, word.start())
            if end > word.end():
                yield Span("name", word.start(), end)


def _name_ends(text: str, start: int) -> int:
    """Where the words with capitals that begin here end; `start` where there is none."""
    end = start
    for _ in range(_LONGEST_NAME):
        place = end if end == start else end + len(text[end:]) - len(text[end:].lstrip(" "))
        word = _WORD.match(text, place)
        if word is None or not word.group()[0].isupper():
            break
        end = word.end()
    return end
