"""Finds the places that a text names.

A ward's name is often an ordinary word ("Thành Công" is success) or a street ("phố Trần Phú"), so a bare name counts for
little: only a name with its kind word ("phường Tây Hồ", "P. Tây Hồ", "Tay Ho Ward"), or a text that is nothing else, is
strong. What follows from the mentions is decided in `bot.routing.routing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from bot.domain.ward import WardCode
from bot.routing.folding import Word, stands_at, words_of
from bot.routing.gazetteer import District, Gazetteer, Name, Unit, UnitKind

LONGEST_TEXT = 10_000  # characters that are searched; a place is named early, and a turn must stay short


class Strength(IntEnum):
    """How sure it is that the writer means a ward."""

    HINT = 1  # a bare name in a sentence, or a district
    CLEAR = 2  # with its kind word, or alone


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that the text names, and the wards it may be. `why` is one line for staff."""

    strength: Strength
    codes: tuple[WardCode, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """All mentions of a text in order. `is_only_place`: there is nothing else in it."""

    mentions: tuple[Mention, ...]
    is_only_place: bool


_PHUONG, _XA, _TOWN = frozenset({UnitKind.PHUONG}), frozenset({UnitKind.XA}), frozenset({UnitKind.THI_TRAN})
# "marked" faces with marks, plain faces without; "xả" (to litter) and "phương" (way) are other words.
_KINDS_BEFORE = {
    "phường": _PHUONG,
    "phuong": _PHUONG,
    "p": _PHUONG,
    "ward": _PHUONG,
    "xã": _XA,
    "xa": _XA,
    "x": _XA,
    "commune": _XA,
    "tt": _TOWN,
}
_KINDS_AFTER = {"ward": _PHUONG, "commune": _XA, "township": _TOWN, "town": _TOWN}
_KINDS = {words_of(word)[0].marked: kinds for word, kinds in _KINDS_BEFORE.items()}
_DISTRICT_BEFORE = {words_of(word)[0].marked for word in ("quận", "quan", "q", "huyện", "huyen", "h", "district")}
_STREET_WORDS = "duong pho ngo ngach hem cau cho ho truong benh chua den dinh cong ga ben khu toa street road lane st"
_STREETS = frozenset(_STREET_WORDS.split())
_FILLER_WORDS = (
    "o tai trong thuoc in at near the of thanh pho tp city ha noi hanoi hn viet nam vn a nhe day cu moi old former"
)
_FILLERS = frozenset(_FILLER_WORDS.split())
_OLD_AFTER, _OLD_BEFORE = {words_of("cũ")[0].marked, "cu"}, {"old", "former"}
_NEW_AFTER = {words_of("mới")[0].marked, "moi"}
_PROVINCES = (
    "an giang|bac giang|bac kan|bac lieu|bac ninh|ben tre|binh dinh|binh duong|binh phuoc|binh thuan|ca mau|can tho|"
    "cao bang|da nang|dak lak|dak nong|dien bien|dong nai|dong thap|gia lai|ha giang|ha nam|ha tinh|hai duong|"
    "hai phong|hau giang|hoa binh|ho chi minh|hue|hung yen|khanh hoa|kien giang|kon tum|lai chau|lam dong|lang son|"
    "lao cai|long an|nam dinh|nghe an|ninh binh|ninh thuan|phu tho|phu yen|quang binh|quang nam|quang ngai|"
    "quang ninh|quang tri|sai gon|soc trang|son la|tay ninh|thai binh|thai nguyen|thanh hoa|tien giang|tra vinh|"
    "tuyen quang|vinh long|vinh phuc|vinh yen|ha long|vung tau|yen bai"
)
_ELSEWHERE = tuple(tuple(name.split()) for name in _PROVINCES.split("|"))


@lru_cache(maxsize=8)  # a turn looks at the same text several times
def find_places(text: str, gazetteer: Gazetteer) -> Found:
    """Every ward, old unit and district that the text names.

    Args:
        text: Anything of at most `LONGEST_TEXT` characters; whoever has more cuts it.
    """
    return _Reader(words_of(text), gazetteer).read()


class _Reader:
    """Walks the words once; every word is looked at a bounded number of times."""

    def __init__(self, words: Sequence[Word], gazetteer: Gazetteer) -> None:
        self.words = words
        self.gazetteer = gazetteer
        self.taken = [False] * len(words)
        self.mentions: list[Mention] = []

    def read(self) -> Found:
        # A bare name is strong only when nothing else was said, which is known only after the first walk.
        bare: list[tuple[int, Name]] = []
        place = 0
        while place < len(self.words):
            name = self._name_at(place)
            if name is None:
                place = self._district_alone(place) or place + 1
                continue
            end = place + len(name.plain)
            kinds = self._kinds_around(place, end)
            if kinds is not None:
                end = self._take_clear(name, place, end, kinds)
            elif not self._is_street(place):
                bare.append((place, name))
            place = end
        only = self._is_only_place(bare)
        for start, name in bare:
            self._take_bare(name, start, alone=only)
        return Found(tuple(self.mentions), bool(self.mentions) and only)

    def _name_at(self, place: int) -> Name | None:
        """The longest name that begins here; with marks it must be that very name, without marks any that looks so."""
        fits = [name for name in self.gazetteer.names.get(self.words[place].plain, ()) if self._stands(name, place)]
        fits = [name for name in fits if len(name.plain) == len(fits[0].plain)]
        if len(fits) < 2:
            return fits[0] if fits else None
        return Name(fits[0].plain, fits[0].marked, tuple(unit for name in fits for unit in name.units))

    def _stands(self, name: Name | District, place: int) -> bool:
        return stands_at(self.words, place, name.plain, name.marked)

    def _kinds_around(self, start: int, end: int) -> frozenset[UnitKind] | None:
        before = self.words[start - 1] if start else None
        if before is not None and not self.taken[start - 1] and before.marked in _KINDS:
            return _KINDS[before.marked]
        if start > 1 and [word.plain for word in self.words[start - 2 : start]] == ["thi", "tran"]:
            return _TOWN
        if end < len(self.words):
            return _KINDS_AFTER.get(self.words[end].plain)
        return None

    def _is_street(self, start: int) -> bool:
        return start > 0 and self.words[start - 1].plain in _STREETS and self.words[start - 1].plain != "ho"

    def _take(self, start: int, end: int) -> None:
        self.taken[max(start, 0) : end] = [True] * (min(end, len(self.words)) - max(start, 0))

    def _take_clear(self, name: Name, start: int, end: int, kinds: frozenset[UnitKind]) -> int:
        """A name with its kind word; returns where reading goes on."""
        self._take(start - (2 if self._says_town(start) else 1 if self._says_kind(start) else 0), end)
        if end < len(self.words) and self.words[end].plain in _KINDS_AFTER:
            self._take(end, end + 1)
            end += 1
        era = self._era(start, end)
        if self._is_elsewhere(end):
            return end
        district, end = self._district_after(end)
        units = _narrow(name.units, kinds, district, era)
        codes = tuple(dict.fromkeys(code for unit in units for code in unit.codes))
        fits_kind = any(unit.kind in kinds for unit in units)
        self._add(Strength.CLEAR if fits_kind else Strength.HINT, codes, name, units)
        return end

    def _take_bare(self, name: Name, start: int, *, alone: bool) -> None:
        end = start + len(name.plain)
        if self.taken[start]:  # it was the district of the name before it
            return
        capitals = all(word.is_capital for word in self.words[start:end])
        district, after = self._district_after(end)
        if self._is_elsewhere(end) or not (alone or (capitals and len(name.plain) > 1) or district is not None):
            return
        units = _narrow(name.units, frozenset(UnitKind), district, self._era(start, end))
        # Who says only the name and means a ward means today's, if there is one.
        current = [unit for unit in units if unit.is_current]
        units = tuple(current) if current and district is None else units
        codes = tuple(dict.fromkeys(code for unit in units for code in unit.codes))
        self._add(Strength.CLEAR if alone or district is not None else Strength.HINT, codes, name, units)
        self._take(start, after)

    def _add(self, strength: Strength, codes: tuple[WardCode, ...], name: Name, units: Sequence[Unit]) -> None:
        if codes:
            shown = units[0].name if units else " ".join(name.plain)
            how = "current" if all(unit.is_current for unit in units) else "old"
            self.mentions.append(
                Mention(strength, codes, f"{how} name {shown!r} ({strength.name.lower()}) -> {', '.join(codes)}")
            )

    def _says_kind(self, start: int) -> bool:
        return start > 0 and self.words[start - 1].marked in _KINDS

    def _says_town(self, start: int) -> bool:
        return start > 1 and [word.plain for word in self.words[start - 2 : start]] == ["thi", "tran"]

    def _era(self, start: int, end: int) -> bool | None:
        """True: the old unit is meant; False: the current one; None: not said."""
        after = self.words[end].marked if end < len(self.words) else ""
        early = {word.plain for word in self.words[max(0, start - 2) : start]}
        if after in _OLD_AFTER or early & _OLD_BEFORE:
            return True
        return False if after in _NEW_AFTER else None

    def _district_at(self, place: int) -> tuple[District, int] | None:
        for district in self.gazetteer.districts.get(self.words[place].plain, ()) if place < len(self.words) else ():
            if self._stands(district, place):
                return district, place + len(district.plain)
        return None

    def _district_after(self, end: int) -> tuple[District | None, int]:
        """The district that follows a name ("xã Đại Cường, huyện Ứng Hòa"), and where it ends."""
        place = end
        while place < len(self.words) and place < end + 4 and self._is_joint(self.words[place]):
            place += 1
        found = self._district_at(place)
        # "phường Tây Hồ, phường Ba Đình": the second is a ward of its own.
        if found is None or (place > end and self.words[place - 1].marked in _KINDS):
            return None, end
        self._take(end, found[1])
        return found

    def _is_joint(self, word: Word) -> bool:
        return word.marked in _DISTRICT_BEFORE or word.plain in {"cu", "old", "former", "thuoc", "of", "in", "thi", "tx"}

    def _is_elsewhere(self, end: int) -> bool:
        """Is another province named within the next words of the address?"""
        for place in range(end, min(end + 6, len(self.words))):
            for name in _ELSEWHERE:
                if tuple(word.plain for word in self.words[place : place + len(name)]) == name:
                    before = self.words[place - 1].plain
                    is_city = before == "tp" or [word.plain for word in self.words[place - 2 : place]] == ["thanh", "pho"]
                    capitals = all(word.is_capital for word in self.words[place : place + len(name)])
                    return is_city or before == "tinh" or (capitals and before not in _STREETS)
        return False

    def _district_alone(self, place: int) -> int | None:
        """A district by itself ("huyện Thường Tín") hints at all its wards."""
        if self.words[place].marked not in _DISTRICT_BEFORE:
            return None
        found = self._district_at(place + 1)
        if found is None or self._is_elsewhere(found[1]):
            return None
        district, end = found
        self._take(place, end)
        self.mentions.append(Mention(Strength.HINT, district.codes, f"old district {district.key!r}"))
        return end

    def _is_only_place(self, bare: Sequence[tuple[int, Name]]) -> bool:
        rest = list(self.taken)
        for start, name in bare:
            _, after = self._district_after(start + len(name.plain))
            rest[start:after] = [True] * (after - start)
        return all(taken or word.plain in _FILLERS for taken, word in zip(rest, self.words, strict=True))


def _narrow(
    units: Sequence[Unit], kinds: frozenset[UnitKind], district: District | None, is_old: bool | None
) -> tuple[Unit, ...]:
    """Those units that fit what else was said; what fits none of them is taken as a slip and does not narrow."""
    found = [unit for unit in units if unit.kind in kinds] or list(units)
    if is_old is not None:
        found = [unit for unit in found if unit.is_current != is_old] or found
    if district is not None:
        return tuple([unit for unit in found if unit.district == district.key] or found)
    current = [unit for unit in found if unit.is_current]
    if not current or is_old:
        return tuple(found)
    # A current official name is that ward, unless an old unit of this name stood somewhere else.
    here = {code for unit in current for code in unit.codes}
    return tuple(unit for unit in found if unit.is_current or not here & set(unit.codes))
