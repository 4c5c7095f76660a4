"""Invented messages with the wards they mean: every unit, in every way people write.

The truth is taken from the tables by the policy in `data/SOURCES.md`, read here a second time and in the simplest way, so
that a fault of the router is not repeated in what it is held against. Seeded: the same seed gives the same rows.
"""

import csv
import random
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from bot.routing.wards import DATA

TONES = {"\u0300": ("f", "2"), "\u0301": ("s", "1"), "\u0303": ("x", "4"), "\u0309": ("r", "3"), "\u0323": ("j", "5")}
TELEX = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
VNI = {"ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}
WORDS = {"phuong": "phường", "xa": "xã", "thi_tran": "thị trấn"}
SHORT = {
    "phuong": ("p.", "P.", "p ", "P ", "f ", "F.", "p. "),
    "xa": ("x.", "X.", "x ", "X. "),
    "thi_tran": ("TT ", "tt. ", "TT."),
}
ENGLISH = {"phuong": "ward", "xa": "commune", "thi_tran": "township"}
DISTRICTS = {"quan": ("quận", "q.", "Q. "), "huyen": ("huyện", "h.", "H. "), "thi_xa": ("thị xã", "TX ", "tx. ")}

MATTERS = (
    "Rác đổ đầy vỉa hè ở {} mấy hôm nay, mong được thu dọn",
    "Đề nghị kiểm tra quán karaoke hát to sau 22h tại {}",
    "Kính gửi UBND {}: cống tắc, nước tràn vào nhà dân",
    "{} bao giờ sửa xong đường vậy ạ?",
    "Ổ voi to đùng ngay cổng chợ thuộc {}, hôm qua Anh Tuấn ngã xe",
    "Cột điện nghiêng sắp đổ trên địa bàn {}. Gọi Điện lực không ai nghe",
    "mình muốn khen đội tự quản {} dọn dẹp rất sạch sẽ",
    "Mất nước ba ngày ở {}, trẻ con và người già khổ quá",
    "Người ta đốt rơm rạ mù mịt khắp {}, trẻ con ho cả đêm",
    "Cháu xin hỏi làm giấy khai sinh ở {} cần những gì ạ",
    "Bãi xe lậu gần trường học, {}, thu 20k một lượt",
    "Hàng xóm ở {} nuôi gà gáy từ 3 giờ sáng",
)
NOISE = (
    "Cảm ơn các bác nhiều.",
    "Tôi đã gọi ba lần mà không ai trả lời.",
    "Mùa này muỗi nhiều lắm, sợ sốt xuất huyết.",
    "Xe tải chạy suốt đêm.",
    "Bà con ai cũng bức xúc.",
    "My neighbours are angry as well.",
    "Chúc cơ quan thành công, hợp đồng thuận lợi!",
)
ORDINARY = (
    "Chúc cả nhà buổi sáng bình minh rực rỡ",
    "đội bóng thắng lợi rồi mọi người ơi",
    "hợp đồng lao động của tôi bị công ty chấm dứt",
    "Rau này trồng tự nhiên không thuốc sâu",
    "thanh xuân qua nhanh quá",
    "Thành công nhờ đoàn kết, tự nhiên thôi",
    "con tôi học lớp 5, cô giáo tên Hồng Hà",
    "Bạch Mai là bạn tôi",
    "xã hội bây giờ phức tạp quá",
    "phường nào giải quyết việc này vậy?",
    "nhà tôi ở xa trung tâm lắm",
    "toi o xa lam khong den duoc",
    "phương án sửa đường này chưa hợp lý",
    "tôi muốn hỏi về thủ tục đăng ký kết hôn",
    "Cho tôi xin số điện thoại công an phường",
    "xã tôi bao giờ có nước sạch",
    "ở quê tôi chưa có đèn đường",
    "den duong hong ca tuan roi",
    "duong vao xom toi lay loi qua",
    "cam on ban rat nhieu",
    "How do I pay the fine online?",
    "Thank you, the street is clean now",
    "Tối qua 5h sáng loa đã kêu",
    "an toàn giao thông là hạnh phúc của mọi nhà",
    "liên minh hợp tác xã họp hôm qua",
    "1234567",
    "ok",
    "alo alo 123",
    "Ngày mai tôi đi Hà Nội chơi",
    "thành phố Hà Nội nóng quá",
)
ELSEWHERE = (
    ("tỉnh Nghệ An", "Diễn Châu"),
    ("Thanh Hóa", "Hoằng Hóa"),
    ("Hải Dương", "Thanh Miện"),
    ("TP Hải Phòng", "Vĩnh Bảo"),
    ("Bắc Giang", "Hiệp Hòa"),
    ("tỉnh Thái Bình", "Kiến Xương"),
    ("Quảng Ninh", "Đầm Hà"),
    ("tỉnh Đắk Lắk", "Krông Pắc"),
    ("TP.HCM", "Bình Chánh"),
    ("Đồng Tháp", "Lấp Vò"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A text and the wards it means; none: it must not resolve."""

    text: str
    codes: frozenset[str]
    kind: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the tables; `district` is empty for a current one."""

    kind: str
    name: str
    district: str
    district_kind: str
    codes: frozenset[str]
    is_in_text: bool  # policy 6


@cache  # each name is held against every other one
def folded(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def units() -> tuple[Unit, ...]:
    with (DATA / "wards.csv").open(encoding="utf-8", newline="") as file:
        found = [Unit(row["kind"], row["name"], "", "", frozenset({row["code"]}), True) for row in csv.DictReader(file)]
    pieces: dict[tuple[str, str, str, str], list[dict[str, str]]] = defaultdict(list)
    with (DATA / "ward_history.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pieces[row["old_kind"], row["old_name"], row["old_district"], row["old_district_kind"]].append(row)
    for (kind, name, district, district_kind), rows in pieces.items():
        codes = frozenset(row["new_code"] for row in rows if row["population"] != "none")
        is_in_text = all(row["population"] != "none" and row["confidence"] != "low" for row in rows)
        found.append(Unit(kind, name, district, district_kind, codes, is_in_text))
    return tuple(found)


@cache
def wards_of_district(district: str) -> frozenset[str]:
    return frozenset(code for unit in units() if unit.district == district for code in unit.codes)


@cache
def truth(
    name: str, kind: str | None, *, district: str = "", is_old: bool | None = None, marked: bool = True
) -> frozenset[str]:
    """The policy of `data/SOURCES.md`; a name without kind word stands for units of every kind."""
    same = [unit for unit in _alike(name, marked) if kind in (None, unit.kind)]
    if district:
        old = [unit for unit in same if unit.district == district]
        here = [unit for unit in same if not unit.district and unit.codes & wards_of_district(district)]
        return _codes(old or here)
    current = [unit for unit in same if not unit.district]
    old = [unit for unit in same if unit.district]
    if is_old is not None:
        return _codes(old if is_old else current)
    if current:
        known = _codes(current)
        old = [unit for unit in old if not unit.codes & known]
    return _codes(current + old)


@cache
def _alike(name: str, marked: bool) -> list[Unit]:
    face: Callable[[str], str] = (lambda text: text.lower()) if marked else (lambda text: folded(text).lower())
    return [unit for unit in units() if face(unit.name) == face(name)]


def _codes(found: list[Unit]) -> frozenset[str]:
    return frozenset(code for unit in found for code in unit.codes)


def telex(text: str, keys: dict[str, str], column: int) -> str:
    """How the text arrives when the keyboard does not put the marks on."""
    typed = []
    for word in unicodedata.normalize("NFC", text).split(" "):
        tone, letters = "", ""
        for letter in unicodedata.normalize("NFD", word):
            if letter in TONES:
                tone = TONES[letter][column]
            else:
                letters += letter
        letters = unicodedata.normalize("NFC", letters)
        shown = ""
        for letter in letters:
            key = keys.get(letter.lower(), letter)
            shown += key.capitalize() if letter.isupper() and letter.lower() in keys else key
        typed.append(shown + tone)
    return " ".join(typed)


def new_style(text: str) -> str:
    """The tone on the other vowel: "Hòa" → "Hoà"."""
    for old, new in (
        ("òa", "oà"),
        ("óa", "oá"),
        ("ỏa", "oả"),
        ("õa", "oã"),
        ("ọa", "oạ"),
        ("ủy", "uỷ"),
        ("úy", "uý"),
        ("ụy", "uỵ"),
    ):
        text = text.replace(old, new)
    return text


def slip(name: str, chance: random.Random) -> str:
    """One mistake of the fingers within the name."""
    places = [at for at, letter in enumerate(name) if letter.isalpha()]
    at = chance.choice(places)
    match chance.choice(("drop", "double", "swap", "wrong", "tone", "glue")):
        case "drop":
            return name[:at] + name[at + 1 :]
        case "double":
            return name[: at + 1] + name[at].lower() + name[at + 1 :]
        case "swap" if at + 1 < len(name) and name[at + 1].isalpha():
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        case "wrong":
            near = {
                "a": "sq",
                "o": "ip",
                "n": "bm",
                "i": "uo",
                "h": "gj",
                "g": "fh",
                "u": "iy",
                "m": "n",
                "t": "ry",
                "c": "vx",
            }
            return name[:at] + chance.choice(near.get(folded(name[at]).lower(), "ek")) + name[at + 1 :]
        case "glue" if " " in name:
            return name.replace(" ", "", 1)
    letters = list(unicodedata.normalize("NFD", name))
    tones = [place for place, letter in enumerate(letters) if letter in TONES]
    if tones:
        letters[chance.choice(tones)] = chance.choice(list(TONES))
    return unicodedata.normalize("NFC", "".join(letters))


def generate(seed: int, most: int = 150) -> list[Row]:
    """At most that many rows of each kind, in the order of the kinds."""
    chance = random.Random(seed)  # a repeatable choice, no secret
    found: list[Row] = []
    for make in (
        _clean,
        _bare,
        _unmarked,
        _forms,
        _short,
        _keyboards,
        _slips,
        _english,
        _old,
        _districts,
        _sentences,
        _two,
        _none,
        _elsewhere,
    ):
        rows = [row for row in make(chance) if row.kind in ("negative", "elsewhere") or row.codes]
        chance.shuffle(rows)
        by_kind: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_kind[row.kind].append(row)
        for same in by_kind.values():
            found += same[:most]
    return found


def _current() -> list[Unit]:
    return [unit for unit in units() if not unit.district]


def _olds() -> list[Unit]:
    return [unit for unit in units() if unit.district and unit.is_in_text]


def _full(unit: Unit) -> str:
    return f"{WORDS[unit.kind]} {unit.name}"


def _with_district(unit: Unit, chance: random.Random) -> str:
    word = chance.choice((DISTRICTS[unit.district_kind][0] + " ", *DISTRICTS[unit.district_kind][1:], "", ""))
    joint = chance.choice((", ", " - ", " ", " thuộc ", ","))
    if not word and joint == " thuộc ":
        joint = " "
    return f"{_full(unit)}{joint}{word}{unit.district}"


def _clean(chance: random.Random) -> Iterator[Row]:
    for unit in _current():
        codes = truth(unit.name, unit.kind)
        for text in ("{}", "{}, Hà Nội", "UBND {}", "em ở {} ạ", "{} thành phố Hà Nội"):
            yield Row(text.format(chance.choice((_full(unit), _full(unit).upper(), _full(unit).title()))), codes, "clean")
        yield Row(f"{_full(unit)} (mới)", truth(unit.name, unit.kind, is_old=False), "clean")


def _bare(chance: random.Random) -> Iterator[Row]:
    for unit in _current():
        yield Row(unit.name, truth(unit.name, None), "bare")
        yield Row(f"ở {unit.name}", truth(unit.name, None), "bare")
        yield Row(f"{unit.name.lower()}, hà nội", truth(unit.name, None), "bare")
        yield Row(folded(unit.name).lower(), truth(unit.name, None, marked=False), "bare")
    for unit in _olds():
        yield Row(f"{unit.name}, {unit.district}", truth(unit.name, None, district=unit.district), "bare")
        if unit.name not in {one.district for one in units()}:
            yield Row(unit.name, truth(unit.name, None), "bare")
    chance.random()


def _unmarked(chance: random.Random) -> Iterator[Row]:
    for unit in units():
        if unit.is_in_text:
            text = folded(_full(unit))
            yield Row(
                chance.choice((text, text.lower(), f"toi o {text.lower()}")),
                truth(unit.name, unit.kind, marked=False),
                "unmarked",
            )
            if unit.district:
                text = folded(_with_district(unit, chance)).lower()
                yield Row(text, truth(unit.name, unit.kind, district=unit.district, marked=False), "unmarked")


def _forms(chance: random.Random) -> Iterator[Row]:
    for unit in units():
        if unit.is_in_text:
            codes = truth(unit.name, unit.kind)
            yield Row(unicodedata.normalize("NFD", _full(unit)), codes, "nfd")
            if new_style(unit.name) != unit.name:
                yield Row(new_style(_full(unit)), codes, "tone")
    chance.random()


def _short(chance: random.Random) -> Iterator[Row]:
    for unit in units():
        if unit.is_in_text:
            short = chance.choice(SHORT[unit.kind])
            name = chance.choice((unit.name, unit.name.lower()))
            yield Row(short + name, truth(unit.name, unit.kind), "abbrev")
            if unit.district:
                district = chance.choice(DISTRICTS[unit.district_kind][1:]) + chance.choice(
                    (unit.district, unit.district.lower())
                )
                city = chance.choice(("", " HN", ", TP Hà Nội"))
                text = f"{short}{name}{chance.choice((', ', ' - ', ' ', ','))}{district}{city}"
                yield Row(text, truth(unit.name, unit.kind, district=unit.district), "abbrev")
            if " " in unit.name:
                yield Row(short.strip() + unit.name.replace(" ", "").replace("-", ""), truth(unit.name, unit.kind), "glued")


def _keyboards(chance: random.Random) -> Iterator[Row]:
    for unit in units():
        if unit.is_in_text and not unit.name[-1].isdigit():
            codes = truth(unit.name, unit.kind)
            yield Row(telex(_full(unit).lower(), TELEX, 0), codes, "telex")
            yield Row(telex(_full(unit), VNI, 1), codes, "vni")
            yield Row(f"{telex(WORDS[unit.kind], TELEX, 0)} {unit.name}", codes, "telex")
            if unit.district:
                word = DISTRICTS[unit.district_kind][0]
                text = telex(f"{_full(unit)} {word} {unit.district}".lower(), TELEX, 0)
                yield Row(text, truth(unit.name, unit.kind, district=unit.district), "telex")
    chance.random()


def _slips(chance: random.Random) -> Iterator[Row]:
    for unit in units():
        if not unit.is_in_text:
            continue
        for marked in (True, True, False):
            name = unit.name if marked else folded(unit.name)
            typed = slip(name, chance)
            others = {folded(one.name).lower().replace(" ", "") for one in units() if folded(one.name) != folded(unit.name)}
            if folded(typed).lower().replace(" ", "") in others:
                continue  # it became another unit's name
            word = WORDS[unit.kind] if marked else folded(WORDS[unit.kind])
            if unit.district:
                district = f"{DISTRICTS[unit.district_kind][0]} {unit.district}"
                text = f"{word} {typed}, {district if marked else folded(district)}"
                yield Row(text, truth(unit.name, unit.kind, district=unit.district, marked=marked), "typo_district")
            elif folded(typed) == folded(name) and typed != name:
                yield Row(f"{word} {typed}", truth(unit.name, unit.kind, marked=False), "typo")
            else:
                yield Row(f"{word} {typed}", truth(unit.name, unit.kind, marked=marked), "typo")


def _english(chance: random.Random) -> Iterator[Row]:
    for unit in units():
        if not unit.is_in_text:
            continue
        name = folded(unit.name)
        text = chance.choice(
            (
                "{} {}",
                "{} {}, Hanoi",
                "I live in {} {}",
                "the {} {} People's Committee",
                "Noise at night in {} {}, please help",
            )
        )
        yield Row(text.format(name, ENGLISH[unit.kind]), truth(unit.name, unit.kind, marked=False), "english")
        if unit.district:
            district = folded(unit.district)
            text = chance.choice(("{} {}, {} district", "former {} {} ({} district)", "{} {}, old {} District, Hanoi"))
            codes = truth(unit.name, unit.kind, district=unit.district, marked=False)
            yield Row(text.format(name, ENGLISH[unit.kind], district), codes, "english")


def _old(chance: random.Random) -> Iterator[Row]:
    for unit in _olds():
        kind = "old_name" if len(unit.codes) == 1 else "split"
        yield Row(_full(unit), truth(unit.name, unit.kind), kind)
        yield Row(_with_district(unit, chance), truth(unit.name, unit.kind, district=unit.district), kind)
        word = DISTRICTS[unit.district_kind][0]
        for text in (
            f"{_full(unit)} cũ, {word} {unit.district} cũ",
            f"{_full(unit)} (cũ) thuộc {word} {unit.district}",
            f"{word} {unit.district}, {_full(unit)}",
        ):
            yield Row(text, truth(unit.name, unit.kind, district=unit.district), kind)
        for text in (
            f"{_full(unit)} cũ",
            f"{_full(unit)} (cũ)",
            f"{_full(unit)} trước đây",
            f"{folded(_full(unit)).lower()} cu",
        ):
            yield Row(text, truth(unit.name, unit.kind, is_old=True, marked=not text.isascii()), kind)


def _districts(chance: random.Random) -> Iterator[Row]:
    for district, kind in sorted({(unit.district, unit.district_kind) for unit in units() if unit.district}):
        codes = wards_of_district(district)
        word = DISTRICTS[kind][0]
        for text in (
            f"{word} {district}",
            f"khu vực {word} {district} cũ",
            f"{word.title()} {district}, Hà Nội",
            f"Đường ngập ở {word} {district} quá",
        ):
            yield Row(text, codes, "district")
        yield Row(f"{folded(district)} District", codes, "district")
    chance.random()


def _sentences(chance: random.Random) -> Iterator[Row]:
    for unit in units():
        if not unit.is_in_text:
            continue
        place, codes = _full(unit), truth(unit.name, unit.kind)
        if unit.district and chance.random() < 0.6:
            place, codes = _with_district(unit, chance), truth(unit.name, unit.kind, district=unit.district)
        elif chance.random() < 0.4:
            place = chance.choice(SHORT[unit.kind]) + unit.name
        text = chance.choice(MATTERS).format(place)
        text = chance.choice((text, f"{chance.choice(NOISE)} {text}", f"{text.rstrip('?')}. {chance.choice(NOISE)}"))
        yield Row(text, codes, "sentence")
        if unit.district == "" or place != _full(unit):
            marked = truth(
                unit.name,
                unit.kind,
                marked=False,
                district=unit.district if unit.district and codes != truth(unit.name, unit.kind) else "",
            )
            if " thuộc " not in place and unit.district == "":
                yield Row(folded(text).lower(), marked, "sentence_unmarked")


def _two(chance: random.Random) -> Iterator[Row]:
    current = [unit for unit in _current() if len(truth(unit.name, unit.kind)) == 1]
    for unit in current:
        other = chance.choice([one for one in current if one is not unit])
        for text in (
            "giáp ranh giữa {} và {}, rác đổ đầy",
            "chỗ tiếp giáp {} với {} hay ngập",
            "đường nối {} và {} nhiều ổ gà",
        ):
            yield Row(text.format(_full(unit), _full(other)), unit.codes | other.codes, "two")
        for text in (
            "nhà tôi ở {} nhưng rác đổ ở {}",
            "Em ở {}, còn bãi rác ở {} bốc mùi",
            "Tôi sống ở {} nhưng muốn phản ánh quán nhậu tại {}",
        ):
            yield Row(text.format(_full(unit), _full(other)), other.codes, "home")
        old = chance.choice([one for one in _olds() if unit.codes < one.codes or unit.codes == one.codes] or [unit])
        if old is not unit:
            yield Row(f"{_full(old)} cũ, nay là {_full(unit)}, mất điện", unit.codes, "renamed")


def _none(chance: random.Random) -> Iterator[Row]:
    for text in ORDINARY:
        yield Row(text, frozenset(), "negative")
        yield Row(folded(text).lower(), frozenset(), "negative")
        yield Row(f"{text}. {chance.choice(NOISE)}", frozenset(), "negative")


def _elsewhere(chance: random.Random) -> Iterator[Row]:
    for unit in units():
        province, district = chance.choice(ELSEWHERE)
        text = chance.choice(
            ("{0}, huyện {1}, {2}", "{0}, {2}", "{0} huyện {1} {2}", "Rác nhiều ở {0}, huyện {1}, {2}")
        ).format(_full(unit), district, province)
        yield Row(text, frozenset(), "elsewhere")
        if chance.random() < 0.3:
            yield Row(folded(text), frozenset(), "elsewhere")
