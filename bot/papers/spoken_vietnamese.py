"""Vietnamese as it is read aloud: numbers, dates, hours, phone numbers, addresses of pages and abbreviations in words.

For whoever reads a text into a microphone, and for the machine that may: what leaves here holds letters, spaces and the
marks of sentences, nothing that each reader would say in another way. What a bulletin says is `bot.papers.bulletin`'s.
"""

import re
from datetime import date

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 1_000_000_000
_LETTERS = {
    **{"a": "a", "ă": "á", "â": "ớ", "b": "bê", "c": "xê", "d": "dê", "đ": "đê", "e": "e", "ê": "ê", "f": "ép phờ"},
    **{"g": "giê", "h": "hát", "i": "i", "j": "gi", "k": "ca", "l": "lờ", "m": "mờ", "n": "nờ", "o": "o", "ô": "ô"},
    **{"ơ": "ơ", "p": "pê", "q": "quy", "r": "rờ", "s": "sờ", "t": "tê", "u": "u", "ư": "ư", "v": "vê", "w": "vê kép"},
    **{"x": "ích xì", "y": "i dài", "z": "dét"},
}
_IN_ADDRESSES = {".": "chấm", "/": "gạch chéo", "-": "gạch ngang", "_": "gạch dưới", ":": "hai chấm"}
# As a text has them, the longest first; a stop that belongs to them goes with them.
_SHORT = {
    "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân",
    "MTTQ": "Mặt trận Tổ quốc",
    "TDP": "tổ dân phố",
    "TTĐT": "trật tự đô thị",
    "TTXD": "trật tự xây dựng",
    "CSGT": "cảnh sát giao thông",
    "PCCC": "phòng cháy chữa cháy",
    "ANTT": "an ninh trật tự",
    "VSMT": "vệ sinh môi trường",
    "KDC": "khu dân cư",
    "BQL": "ban quản lý",
    "THCS": "trung học cơ sở",
    "THPT": "trung học phổ thông",
    "TNHH": "trách nhiệm hữu hạn",
    "BHYT": "bảo hiểm y tế",
    "CCCD": "căn cước công dân",
    "GPMB": "giải phóng mặt bằng",
    "ATTP": "an toàn thực phẩm",
    "NVH": "nhà văn hóa",
    "SĐT": "số điện thoại",
    "ĐT": "điện thoại",
    "TP.HCM": "Thành phố Hồ Chí Minh",
    "TP": "thành phố",
    "TX": "thị xã",
    "TT": "thị trấn",
    "CA": "công an",
    "HN": "Hà Nội",
    "VN": "Việt Nam",
    "QĐ": "quyết định",
    "NĐ": "nghị định",
    "CP": "Chính phủ",
    "KN": "kiến nghị",
    "PA": "phản ánh",
    "Cty": "công ty",
    "P": "phường",
    "Q": "quận",
    "H": "huyện",
    "v.v": "vân vân",
    "vv": "vân vân",
}
_NEEDS_STOP = frozenset({"P", "Q", "H", "TT", "TX"})  # without one it may be anything
_MAY_HAVE_STOP = frozenset({"TP", "Cty", "v.v", "TP.HCM"})
_UNITS = {
    "km/h": "ki lô mét một giờ",
    "km²": "ki lô mét vuông",
    "km2": "ki lô mét vuông",
    "km": "ki lô mét",
    "m²": "mét vuông",
    "m2": "mét vuông",
    "m³": "mét khối",
    "m3": "mét khối",
    "cm": "xăng ti mét",
    "mm": "mi li mét",
    "kg": "ki lô gam",
    "ha": "héc ta",
    "kWh": "ki lô oát giờ",
    "kW": "ki lô oát",
    "°C": "độ xê",
    "đ": "đồng",
    "W": "oát",
    "V": "vôn",
    "m": "mét",
    "g": "gam",
    "l": "lít",
}
_WEEKDAYS = {"2": "hai", "3": "ba", "4": "tư", "5": "năm", "6": "sáu", "7": "bảy"}

_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_ADDRESS = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,10}(?:/[\w./?=&%-]*)?(?<![.?])", re.IGNORECASE | re.ASCII)
_PHONE = re.compile(
    r"(?<![\d.,/])(?:\+84|0)(?:[ .-]?\d){8,10}(?!\d)|(?<!\d)1[89]00(?:[ .]?\d){4,6}(?!\d)"
    r"|(?<![\d.,/])11[2345](?![\d/])(?!,\d)"
)
_DATE = re.compile(r"(?:(ngày|hôm|sáng|chiều|tối|trưa|đêm) +)?(?<!\d)(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?!\d)", re.IGNORECASE)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DAY = re.compile(r"\b(ngày|hôm|sáng|chiều|tối|trưa|đêm|từ|đến) +(\d{1,2})/(\d{1,2})(?![\d/])", re.IGNORECASE)
_MONTH = re.compile(r"\b(tháng) +(\d{1,2})/(\d{4})(?!\d)", re.IGNORECASE)
_TIME = re.compile(r"(?<!\d)(\d{1,2})(?:[hH:]| ?giờ ?)(\d{2})(?!\d)(?: ?phút)?|(?<!\d)(\d{1,2})[hH](?!\w)")
_WEEKDAY = re.compile(r"\b(thứ) +([2-7])\b", re.IGNORECASE)
_RANGE = re.compile(r"(?<=\d) ?[-–] ?(?=\d)")
_MEASURE = re.compile(rf"({_NUMBER}) ?({'|'.join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))})(?!\w)")
_PERCENT = re.compile(rf"({_NUMBER}) ?%")
_BARE = re.compile(_NUMBER)
_MARKS = {
    **{"&": " và ", "+": " cộng ", "=": " bằng ", "/": ", ", "@": " a còng ", "%": " phần trăm ", "°": " độ "},
    **{"–": ", ", "—": ", ", "…": ". "},
}
_ACRONYM = re.compile(r"\b[A-ZĐ]{2,6}\b")
_NOT_SAID = re.compile(r"[^\w\s.,;:!?]|_")


def spoken_number(number: int) -> str:
    """ "một nghìn không trăm linh năm" for 1005; any whole number."""
    if number < 0:
        return f"âm {spoken_number(-number)}"
    if number < _BILLION:
        return _below_a_billion(number, is_first=True) or DIGITS[0]
    billions, rest = divmod(number, _BILLION)
    told = f"{spoken_number(billions)} tỷ"
    return f"{told} {_below_a_billion(rest, is_first=False)}" if rest else told


def _below_a_billion(number: int, *, is_first: bool) -> str:
    """Its groups of three with what they count. After a larger one a group is read in full: "không trăm linh năm"."""
    groups = ((number // 1_000_000, " triệu"), (number // 1000 % 1000, " nghìn"), (number % 1000, ""))
    told: list[str] = []
    for group, unit in groups:
        if group:
            told.append(_three_digits(group, in_full=bool(told) or not is_first) + unit)
    return " ".join(told)


def _three_digits(number: int, *, in_full: bool) -> str:
    hundreds, rest = divmod(number, 100)
    told = [f"{DIGITS[hundreds]} trăm"] if hundreds or in_full else []
    tens, ones = divmod(rest, 10)
    if tens == 0 and ones:
        told.append(f"linh {DIGITS[ones]}" if told else DIGITS[ones])
    elif tens == 1:
        told.append("mười" + (f" {'lăm' if ones == 5 else DIGITS[ones]}" if ones else ""))
    elif tens:
        last = {0: "", 1: " mốt", 4: " tư", 5: " lăm"}.get(ones, f" {DIGITS[ones]}")
        told.append(f"{DIGITS[tens]} mươi{last}")
    return " ".join(told)


def spoken_digits(text: str) -> str:
    """Digit by digit, with a breath where it was written apart: "không chín một hai, ba bốn năm, sáu bảy tám"."""
    text = text.replace("+84", "0", 1)
    written = [[int(one) for one in group] for group in re.findall(r"[0-9]+", text)]
    if len(written) == 1 or any(len(group) > 4 for group in written):
        digits = [digit for group in written for digit in group]
        first, then = (4, 4) if len(digits) == 8 else (4, 3) if len(digits) == 10 else (3, 3)
        written = [digits[:first], *(digits[at : at + then] for at in range(first, len(digits), then))]
        if len(written) > 1 and len(written[-1]) == 1:
            written[-2] += written.pop()
    return ", ".join(" ".join(DIGITS[digit] for digit in group) for group in written if group)


def spoken_date(day: date) -> str:
    """ "ngày mùng ba tháng tư năm hai nghìn không trăm hai mươi sáu"."""
    return f"ngày {_day_of_month(day.day)} tháng {_month(day.month)} năm {spoken_number(day.year)}"


def spoken_address(address: str) -> str:
    """Of a page, as one writes it down while listening: every letter by its name."""
    told = []
    for letter in re.sub(r"^https?://", "", address.strip().lower()).rstrip("/"):
        if letter.isascii() and letter.isdigit():
            told.append(DIGITS[int(letter)])
        elif letter in _LETTERS:
            told.append(_LETTERS[letter])
        else:
            told.append(_IN_ADDRESSES.get(letter, "dấu"))
    return _in_breaths(told)


def spoken(text: str) -> str:
    """Any text as it is read aloud. What cannot be said (brackets, bullets, emoji) is left out."""
    text = " ".join(text.split())
    text = _ADDRESS.sub(lambda found: spoken_address(found[0]), text)
    text = _PHONE.sub(lambda found: spoken_digits(found[0]), text)
    text = _ISO.sub(lambda found: f"{found[3]}/{found[2]}/{found[1]}", text)
    text = _DATE.sub(_said_date, text)
    text = _DAY.sub(_said_day, text)
    text = _MONTH.sub(_said_month, text)
    text = _TIME.sub(_said_time, text)
    text = _WEEKDAY.sub(lambda found: f"{found[1]} {_WEEKDAYS[found[2]]}", text)
    text = _said_short(text)
    text = _RANGE.sub(" đến ", text)
    text = _MEASURE.sub(lambda found: f"{_said_number(found[1])} {_UNITS[found[2]]}", text)
    text = _PERCENT.sub(lambda found: f"{_said_number(found[1])} phần trăm", text)
    text = re.sub(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])", " ", text)
    text = _BARE.sub(lambda found: f" {_said_number(found[0])} ", text)
    for mark, words in _MARKS.items():
        text = text.replace(mark, words)
    text = _ACRONYM.sub(lambda found: " ".join(_LETTERS.get(one, one) for one in found[0].lower()), text)
    return _tidy(_NOT_SAID.sub(" ", text))


def syllables(text: str) -> int:
    """How many are spoken: in Vietnamese, words between spaces."""
    return len(re.findall(r"\w+", text))


def _tidy(text: str) -> str:
    text = "".join(DIGITS[int(one)] if one.isdecimal() else "" if one.isnumeric() else one for one in text)
    text = re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"\s+", " ", text))
    text = re.sub(r"([,;:])(?:[,;:])+", r"\1", re.sub(r"[,;:]*([.!?])[.,;:!?]*", r"\1", text))
    return re.sub(r"([.,;:!?])(?=\w)", r"\1 ", text).lstrip(" .,;:!?").rstrip(" ,;:")


def _said_short(text: str) -> str:
    for short, words in _SHORT.items():
        stop = r"\." if short in _NEEDS_STOP else r"\.?" if short in _MAY_HAVE_STOP else ""
        text = re.sub(rf"(?<![\w.]){re.escape(short)}(?!\w){stop}", f"{words} ", text)
    return text


def _said_number(written: str) -> str:
    whole, _, part = written.replace(".", "").partition(",")
    if len(whole) > 15:
        return spoken_digits(whole)
    if len(whole) > 1 and whole.startswith("0"):
        told = " ".join(DIGITS[int(one)] for one in whole)
    else:
        told = spoken_number(int(whole))
    return f"{told} phẩy {' '.join(DIGITS[int(one)] for one in part)}" if part else told


def _said_date(found: re.Match[str]) -> str:
    try:
        day = date(int(found[4]), int(found[3]), int(found[2]))
    except ValueError:
        return found[0]
    told = spoken_date(day)
    return told if not found[1] or found[1].lower() == "ngày" else f"{found[1]} {told}"


def _said_day(found: re.Match[str]) -> str:
    if not _is_month(found[3]) or not 1 <= int(found[2]) <= 31:
        return found[0]
    before = "" if found[1].lower() == "ngày" else f"{found[1]} "
    return f"{before}ngày {_day_of_month(int(found[2]))} tháng {_month(int(found[3]))}"


def _said_month(found: re.Match[str]) -> str:
    if not _is_month(found[2]):
        return found[0]
    return f"{found[1]} {_month(int(found[2]))} năm {spoken_number(int(found[3]))}"


def _said_time(found: re.Match[str]) -> str:
    hour, minute = int(found[1] or found[3]), int(found[2] or 0)
    if hour > 24 or minute > 59:
        return found[0]
    return f"{spoken_number(hour)} giờ" + (f" {spoken_number(minute)} phút" if minute else "")


def _is_month(text: str) -> bool:
    return 1 <= int(text) <= 12


def _day_of_month(day: int) -> str:
    return f"mùng {spoken_number(day)}" if day <= 10 else spoken_number(day)


def _month(month: int) -> str:
    return "tư" if month == 4 else spoken_number(month)


def _in_breaths(words: list[str], most: int = 8) -> str:
    """With a breath before every stop, and after so many letters."""
    told, since = "", 0
    for word in words:
        is_break = word == "chấm" or since >= most
        told += ("" if not told else ", " if is_break else " ") + word
        since = 0 if is_break else since + 1
    return told
