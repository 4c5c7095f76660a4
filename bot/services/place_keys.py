"""The street or spot that a text is about, as a key that two neighbours' words have in common.

"Ngõ 12 Thụy Khuê tối ba đêm" and "den hong o ngo 12 duong thuy khue" have the same key. It serves to find cases that may
be one matter (`bot.services.alike`), so it says too little rather than too much: a place it is not sure of is left out.
Which ward a text means is `bot.routing`'s.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.routing import Router
from bot.routing.folding import Word, words_of

MOST_TEXT = 2_000  # characters that are read; a place is named early
MOST_SPOTS = 4
_LONGEST_NAME = 4  # words
_NUMBER = re.compile(r"\d{1,4}[a-z]?")


def _spelled(line: str) -> dict[str, set[str]]:
    """Each word without its marks, and the ways it is spelled with them."""
    found: dict[str, set[str]] = {}
    for word in words_of(line):
        found.setdefault(word.plain, set()).add(word.marked)
    return found


def plain_words(line: str) -> frozenset[str]:
    """The line's words without marks."""
    return frozenset(word.plain for word in words_of(line))


_LANES = _spelled("ngõ ngách hẻm kiệt lane alley")
_STREETS = _spelled("đường phố")
_STREETS_AFTER = _spelled("street road st rd")
_HOUSES = _spelled("số no number")
_WARDS = _spelled("phường xã quận huyện ward commune")
# Heads of names that a walker would find, the longer ones first.
_SPOTS: dict[str, list[tuple[Word, ...]]] = {}
for _head in (
    *("sân vận động", "khu đô thị", "nhà văn hóa", "công viên", "bệnh viện", "bến xe", "chung cư", "quảng trường"),
    *("ngã tư", "ngã ba", "ngã năm", "tòa nhà", "chợ", "cầu", "hồ", "trường", "chùa", "đình", "thôn", "ga"),
):
    _SPOTS.setdefault(words_of(_head)[0].plain, []).append(words_of(_head))
_SPOTS_AFTER = {
    "market": "cho", "lake": "ho", "bridge": "cau", "school": "truong", "pagoda": "chua", "park": "cong vien",
    "station": "ga", "hospital": "benh vien",
}  # fmt: skip
# Where a place may begin; a number may too, and in English a name. Most words are none of it.
_BEGINNINGS = frozenset().union(_LANES, _STREETS, _HOUSES, _WARDS, _SPOTS)
# Between a head and the name: "trường tiểu học Chu Văn An".
_SCHOOLS = plain_words("tiểu học trung cơ sở phổ thông mầm non thcs thpt th đại mẫu giáo")
# Where nothing is written with capitals, no name goes on over these.
_STOPS = plain_words(
    "co bi la thi ma o tai va voi cua cho rat qua khong chua da dang se toi em minh nha dau cuoi gan canh truoc sau tren "
    "duoi trong ngoai nay kia do rac den cong nuoc via he ban ham hong tac vo ngap mat bay dem ngay may ba hai mot nhieu "
    "nguoi xe luon lai ra vao tu khi xin de nghi bao gio di ai don the in at on near is are has have been and of to for an "
    "with this please phuong xa quan huyen ward"
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a key holds. `lane` is "12/45", `number` a house's; `spots` are markets, schools, crossings by their names."""

    street: str = ""
    lane: str = ""
    number: str = ""
    spots: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """ "thuy khue|12/45||cho buoi"; empty when nothing is named that a walker could find."""
        found = f"{self.street}|{self.lane}|{self.number}|{','.join(self.spots)}"
        return found if self.street or self.spots else ""

    @classmethod
    def of(cls, key: str) -> "Place":
        """The reverse of `key`; what is no key is no place."""
        pieces = key.split("|")
        if len(pieces) != 4:
            return cls()
        return cls(pieces[0], pieces[1], pieces[2], tuple(filter(None, pieces[3].split(","))))


def place_key(text: str, places: Router) -> str:
    """The key of the place that this text names; empty when it names none that could be found again."""
    return read_place(text, places).key


@lru_cache(maxsize=64)  # of a new case's words it is asked for its key, and for the cases that lie near
def read_place(text: str, places: Router) -> Place:
    """The first street, with its lanes and house number, and the spots that the text names."""
    return _Reader(unicodedata.normalize("NFC", text[:MOST_TEXT]), places).read()


def shown_place(text: str, places: Router) -> str:
    """The same place as its writer spelled it: "Ngõ 12 Thụy Khuê"; empty when there is none."""
    reader = _Reader(unicodedata.normalize("NFC", text[:MOST_TEXT]), places)
    reader.read()
    return reader.shown


class _Reader:
    """One text. Places in it are indexes of its words."""

    def __init__(self, text: str, places: Router) -> None:
        self.text = text
        self.shown = ""
        self.words = words_of(text)
        self.places = places
        pairs = zip(self.words, self.words[1:], strict=False)
        self.gaps = ["", *(text[one.end : two.start].strip(" ") for one, two in pairs)]
        self.has_english = any(word.plain in _STREETS_AFTER or word.plain in _SPOTS_AFTER for word in self.words)
        self.has_capitals = any(word.is_capital and word.plain.isalpha() for word in self.words[1:])

    def read(self) -> Place:
        street, lane, number = "", "", ""
        spots: list[str] = []
        at = 0
        while at < len(self.words):
            begun, plain = at, self.words[at].plain
            if plain not in _BEGINNINGS and not self.has_english and not plain[:1].isdigit():
                at += 1
                continue
            if self._is(at, _WARDS):
                at += 2  # what follows is a ward's name, whatever street it is called after
            elif found := self._numbered(at):
                kind, value, name, at = found
                if kind == "lane" and (not street or not name or name == street):
                    lane = lane or value
                elif kind == "house":
                    number = number or value
                street = street or name
            elif named := self._after_street_word(at):
                name, at = named
                street = street or name
            elif spot := self._spot(at):
                name, at = spot
                spots.append(name)
            elif self.has_english and (before := self._english(at)):
                name, is_street, at = before
                if is_street:
                    street = street or name
                else:
                    spots.append(name)
            else:
                at += 1
            if not self.shown and (street or spots):
                self.shown = " ".join(self.text[self.words[begun].start : self.words[at - 1].end].split())
        return Place(street, lane, number, tuple(sorted(set(spots)))[:MOST_SPOTS])

    def _numbered(self, at: int) -> tuple[str, str, str, int] | None:
        """ "ngõ 12/45 [đường] Thụy Khuê", "số 45 …", "45 Lạc Long Quân": which, its number, its street, where it ends."""
        kind = "lane" if self._is(at, _LANES) else "house"
        start = at
        if kind == "lane":
            start += 1
        elif self._is(at, _HOUSES):
            start += 1
            start += start < len(self.words) and self.words[start].plain == "nha"
        value, end = self._number(start)
        while kind == "lane" and value and end + 1 < len(self.words) and self._is(end, _LANES) and self._number(end + 1)[0]:
            more, end = self._number(end + 1)  # "ngách 45 ngõ 12": the outer one comes last
            value = f"{more}/{value}"
        if not value:
            return None
        named = self._after_street_word(end) or self._name(end, must_be_known=not self.has_capitals)
        if named is not None and self._is(end, _LANES):
            named = None  # "số 12 ngõ 34 Xuân Diệu": the lane is read next
        if named is None and start == at:
            return None  # a bare number before nothing
        return (kind, value, *(named or ("", end)))

    def _number(self, at: int) -> tuple[str, int]:
        """ "12/45A" from here on, and where it ends."""
        found: list[str] = []
        while at < len(self.words) and _NUMBER.fullmatch(self.words[at].plain):
            if found and self.gaps[at] not in ("/", "-"):
                break
            found.append(self.words[at].plain)
            at += 1
        return "/".join(found), at

    def _after_street_word(self, at: int) -> tuple[str, int] | None:
        if not self._is(at, _STREETS) or at + 1 >= len(self.words) or self.gaps[at + 1]:
            return None
        if self.words[at + 1].plain == "so":  # "đường số 3"
            value, end = self._number(at + 2)
            return (f"so {value}", end) if value else None
        value, end = self._number(at + 1)
        if value:  # "phố 8/3"
            return value, end
        return self._name(at + 1)

    def _spot(self, at: int) -> tuple[str, int] | None:
        for head in _SPOTS.get(self.words[at].plain, ()):
            end = at + len(head)
            if all(self._same(at + place, word) for place, word in enumerate(head)) and not any(self.gaps[at + 1 : end]):
                while head[-1].plain == "truong" and end < len(self.words) and self.words[end].plain in _SCHOOLS:
                    end += 1
                named = self._name(end)
                if named is None or not self._is_sure(at, end, named[1]):
                    return None
                name, end = named
                if (
                    end < len(self.words)
                    and self.gaps[end] in ("-", "–", "/")
                    and (other := self._name(end, gap_at_start=True))
                ):
                    name, end = " ".join(sorted((name, other[0]))), other[1]  # a crossing is of two streets
                return f"{' '.join(word.plain for word in head)} {name}", end
        return None

    def _is_sure(self, at: int, start: int, end: int) -> bool:
        """ "cho" is a market and also "give": one small word without its marks is a head before a name in capitals alone."""
        if start - at > 1 or self.words[at].has_marks or self.words[start].is_capital:
            return True
        return self.places.knows_spot([word.plain for word in self.words[at:end]])

    def _english(self, at: int) -> tuple[str, bool, int] | None:
        """ "Thuy Khue street", "Buoi market": the name stands first."""
        for end in range(min(at + _LONGEST_NAME, len(self.words) - 1), at, -1):
            head = self.words[end].plain
            is_street = head in _STREETS_AFTER
            if (is_street or head in _SPOTS_AFTER) and not any(self.gaps[at + 1 : end + 1]):
                words = self.words[at:end]
                if not all(word.is_capital for word in words) and not self.places.knows_street([w.plain for w in words]):
                    continue
                name = " ".join(word.plain for word in words)
                return (name if is_street else f"{_SPOTS_AFTER[head]} {name}"), is_street, end + 1
        return None

    def _name(self, at: int, *, must_be_known: bool = False, gap_at_start: bool = False) -> tuple[str, int] | None:
        """The name that begins here and where it ends: a street we know, else the words with capitals, else two words."""
        most = at
        while most < min(at + _LONGEST_NAME, len(self.words)) and (
            not self.gaps[most] or (gap_at_start and most == at) or most == 0
        ):
            most += 1
        for end in range(most, at, -1):
            if self.places.knows_street([word.plain for word in self.words[at:end]]) and self._looks_like_name(at, end):
                return self._joined(at, end)
        if must_be_known:
            return None
        end = at
        if self.has_capitals:
            while end < most and self.words[end].is_capital:
                end += 1
        else:
            while end < min(most, at + 2) and self.words[end].plain not in _STOPS and self.words[end].plain.isalpha():
                end += 1
            end = at if end == at + 1 else end  # one small word is rather "đường đi" than a name
        return self._joined(at, end) if end > at and not self._is(at, _WARDS) else None

    def _looks_like_name(self, at: int, end: int) -> bool:
        """A lone small word is a name only where nothing else is written with capitals."""
        return self.words[at].is_capital or (end - at > 1) or not self.has_capitals

    def _joined(self, at: int, end: int) -> tuple[str, int]:
        return " ".join(word.plain for word in self.words[at:end]), end

    def _is(self, at: int, known: dict[str, set[str]]) -> bool:
        return at < len(self.words) and _fits(self.words[at], known.get(self.words[at].plain, set()))

    def _same(self, at: int, wanted: Word) -> bool:
        return at < len(self.words) and self.words[at].plain == wanted.plain and _fits(self.words[at], {wanted.marked})


def _fits(word: Word, marked: Sequence[str] | set[str]) -> bool:
    """The same word with the same marks, or written without any."""
    return bool(marked) and (not word.has_marks or word.marked in marked)
