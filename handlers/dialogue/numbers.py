"""Reads a whole message as the number of a line: "2", "số 2", "chọn cái thứ hai nhé ạ", "the second one, please".

Total and strict: whatever says anything besides is no number, and marks count as soon as the writer set any ("cầu 2" is a
bridge, "bà" is no three). Which line it is, and whether a number may press it, is decided in `answers`.
"""

import re
from dataclasses import dataclass
from typing import Literal

from bot.routing.folding import Word, fold, words_of

LONGEST = 60  # characters
MOST_WORDS = 12
LAST = -1  # "cái cuối", "the last one"

Face = Literal["plain", "marked"]

_COUNTED = ("một one", "hai two", "ba three", "bốn tư four", "năm five", "sáu six", "bảy bẩy seven", "tám eight",
            "chín nine", "mười ten", "mười một", "mười hai")  # fmt: skip
_ORDINAL = ("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th", "seventh 7th", "eighth 8th")
# Only what a number may stand in, nothing that could be the beginning of a matter.
_MANNERS = "dạ|vâng|ừ|ok|oke|okay|à|ờ|thế|vậy|thì|thôi|yes|well"
_WHO = "tôi|em|mình|con|cháu|bác|cô|chú|anh|chị|i|i will|i ll|let s"
_WISH = "xin|muốn|will|would|d"
_CHOOSE = "chọn|lấy|bấm|ấn|nhấn|nhắn|gõ|trả lời|choose|pick|select|press|type|take|go for|go with|it is|it s|like|want"
_FOR = "giúp|hộ|luôn|cho|giúp tôi|giúp em|hộ tôi|hộ em|cho tôi|cho em|cho mình"
_GIVE = "cho tôi|cho em|cho mình|cho con|cho cháu|cho xin"
_LINE = "cái|câu|mục|ý|dòng|phương án|lựa chọn|đáp án|option|choice|line|answer|item"
_NUMBER = "số|number"
_AFTER = (
    "ạ|á|nhé|nha|nhá|đi|luôn|thôi|giúp tôi|giúp em|hộ tôi|hộ em|cảm ơn|cám ơn|bạn ơi|em ơi|anh ơi|chị ơi|bot ơi|"
    "nhé em|nhé anh|nhé chị|nhé bạn|ok|oke|okay|please|thanks|thank you"
)
# No "?", "%", "₫", "@", "=", and no sign: "-2" is colder than any line. A keycap's parts are allowed.
_TAME = re.compile("[\\w\\s.,;:!()\\[\\]#\"'“”‘’…/&\\-–—\u20e3\ufe0f👍👌🙏😊]*")
_SIGNED = re.compile(r"(?:^|\s)[\-–—]\s*\d|\d\s*/\s*\D")
_COPIED = re.compile("\\s*[(\\[]?(\\d{1,2})\\s*(?:[.):\\]\\-–—]|\ufe0f?\u20e3)\\s*(?=[^\\W\\d])")


def _folded(words: str, face: Face) -> str:
    return " ".join(fold(word)[face == "marked"] for word in words.split())


def _numbers(lines: tuple[str, ...], face: Face) -> dict[str, int]:
    """Every spelling to its number; "mười hai" and "eleventh" alike."""
    found = {}
    for number, line in enumerate(lines, 1):
        for spelling in [line] if number > 10 else line.split():
            found[_folded(spelling, face)] = number
    return found


_VALUES = {face: _numbers(_COUNTED, face) | _numbers(_ORDINAL, face) for face in ("plain", "marked")}


def _shape(face: Face) -> re.Pattern[str]:
    def any_of(words: str) -> str:
        return "(?:" + "|".join(sorted((loosely(one) for one in words.split("|")), key=len, reverse=True)) + ")"

    def loosely(words: str) -> str:
        """Who sets marks may leave them out in such words, never in the number: "so 2 nhé", but "sau nhé" is later."""
        spellings = (dict.fromkeys((_folded(word, face), _folded(word, "plain"))) for word in words.split())
        return " ".join(f"(?:{'|'.join(known)})" if len(known) > 1 else next(iter(known)) for known in spellings)

    line = rf"(?:the )?{any_of(_LINE)}(?: {any_of(_NUMBER + '|thứ')})? |{any_of(_NUMBER)} "
    choose = rf"(?:{any_of(_WHO)} )?(?:{any_of(_WISH)} )?{any_of(_CHOOSE)}(?: {any_of(_FOR)})? |{any_of(_GIVE)} "
    counted = "|".join(sorted(_numbers(_COUNTED, face), key=len, reverse=True))
    ordinal = "|".join(_numbers(_ORDINAL, face))
    first, last = any_of("đầu|đầu tiên"), any_of("cuối|cuối cùng")
    return re.compile(
        rf"(?:{any_of(_MANNERS)} ){{0,3}}"
        rf"(?:(?P<named>(?:{choose})(?:{line})?|(?:{line})|(?:no|nr) (?=\d))?(?P<number>\d{{1,2}}|{counted})"
        rf"|(?:{choose})?(?:{any_of(_LINE)} )(?:(?P<first>{first})|(?P<last>{last}))"
        rf"|(?P<first_of>{any_of('đầu tiên')})|(?P<last_of>{any_of('cuối cùng')})"
        rf"|(?:{choose})?(?:the )?(?P<ordinal>{ordinal})(?: (?:one|option|choice|line))?"
        rf"|(?:{choose})?(?:the last|last (?:one|option|choice|line)|the last (?:one|option|choice|line))(?P<english_last>))"
        rf"(?: {any_of(_AFTER)}){{0,3}}"
    )


_SHAPES = {face: _shape(face) for face in ("plain", "marked")}
_JOINED = re.compile(
    r"\d{1,2}(?: (?:va|voi|hoac|hay|ca|and|or|so|muc|cau))*(?: (?:(?:va|voi|hoac|hay|ca|and|or|so|muc|cau) )*\d{1,2})+"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the message says: one number; several, and then no `number`; or one with the words of its line behind it."""

    number: int = 0  # `LAST` for the last one
    several: tuple[int, ...] = ()
    line: tuple[Word, ...] = ()  # "2. Phường Tây Hồ", as it was shown
    is_spelled: bool = False  # "hai" and no more: a number only where lines carry numbers


def read(text: str) -> Said | None:
    """The number that the whole message is; None where it is anything else."""
    words = words_of(text) if len(text) <= LONGEST else ()
    if not 0 < len(words) <= MOST_WORDS or not _TAME.fullmatch(text) or _SIGNED.search(text):
        return None
    face: Face = "marked" if any(word.has_marks for word in words) else "plain"
    said = " ".join(getattr(word, face) for word in words)
    if found := _SHAPES[face].fullmatch(said):
        return _one(found, _VALUES[face])
    plain = said if face == "plain" else " ".join(word.plain for word in words)
    if _JOINED.fullmatch(plain):
        return Said(several=tuple(int(number) for number in re.findall(r"\d+", plain)))
    if copied := _COPIED.match(text):
        return Said(int(copied[1]), line=tuple(words[1:]))
    return None


def _one(found: re.Match[str], values: dict[str, int]) -> Said:
    number, ordinal = found["number"], found["ordinal"]
    if number is not None:
        if number[0].isdigit():
            return Said(int(number))
        return Said(values[number], is_spelled=not found["named"])
    if ordinal is not None:
        return Said(values[ordinal])
    return Said(1 if found["first"] or found["first_of"] else LAST)
