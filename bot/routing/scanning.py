"""Walks over the tokens once and marks every spot that may name a place. What the spots say together: `reading`.

Every token is looked at a bounded number of times, so the time grows with the length of the text and with nothing else.
"""

from bot.routing.gazetteer import Name, Sort, UnitKind
from bot.routing.meaning import codes_of
from bot.routing.names import PARTLY, SLIP, UNMARKED, Hit, mistyped, same_letters
from bot.routing.spots import Spot, SpotSort, Windows
from bot.routing.tokens import Token
from bot.routing.vocabulary import (
    ANY_KIND,
    ENGLISH_THINGS,
    LOCATIVES,
    NEW_AFTER,
    NUMBER_WORDS,
    OLD_AFTER,
    PARTICLES,
    STREETS,
    THINGS,
    VILLAGES,
    Kinds,
    city_before,
    district_before,
    glued_kinds,
    kind_after,
    kind_before,
    loose_kind,
    stands,
)

_LONGEST = 6  # tokens of a ward's name
_LONGEST_BEFORE = 4  # tokens of a mistyped name before "ward"
_SHORTEST_GLUED = 6  # letters
_MOST_NAMESAKES = 2  # wards
_LONGEST_NUMBER = 5  # tokens of a house's number and its lanes


class Scanner(Windows):
    """One text."""

    def scan(self) -> list[Spot]:
        spots: list[Spot] = []
        place = 0
        while place < len(self.tokens):
            spot = self._at(place, spots[-1].end if spots else 0)
            if spot is None:
                place += 1
            else:
                spots.append(spot)
                place = spot.end
        return spots

    def _at(self, at: int, free: int) -> Spot | None:
        return (
            self._district(at)
            or self._ward(at)
            or self._ward_glued(at)
            or self._city(at)
            or self._street(at)
            or self._village(at)
            or self._bare(at)
            or self._before_kind(at, free)
        )

    # --- a ward with its kind word

    def _ward(self, at: int) -> Spot | None:
        found = kind_before(self.tokens, at)
        if found is None:
            return self._loose(at)
        if stands(self.tokens, at - 2, ("hop", "tac")):
            return None  # a cooperative
        kinds, size = found
        start = at + size
        if start >= len(self.tokens) or (at and self.tokens[at].gap == "" and self.tokens[at - 1].plain.isdigit()):
            return None
        if start + 1 < len(self.tokens) and self.tokens[start].canon in OLD_AFTER | NEW_AFTER:
            return self._named(at, start + 1, kinds) or self._named(at, start, kinds)
        return self._named(at, start, kinds)

    def _loose(self, at: int) -> Spot | None:
        kinds = loose_kind(self.tokens, at)
        spot = self._named(at, at + 1, kinds) if kinds is not None else None
        if spot is None or spot.hits[0].distance > 0 or not any(_fits(hit, spot.kinds) for hit in spot.hits):
            return None
        is_name = spot.end - at > 2 and all(token.is_capital for token in self.tokens[at + 1 : spot.end])
        return spot if is_name else None

    def _named(self, at: int, start: int, kinds: Kinds) -> Spot | None:
        if start >= len(self.tokens) or (self.tokens[start].gap == "." and not self.tokens[start].is_capital):
            return None
        end, hits = self._exact_unit(start, kinds)
        if hits and hits[0].name.plain in self.gazetteer.prefixes:
            longer = self._longer_slip(start, end, kinds)
            end, hits = longer or (end, hits)
        if not hits and self.tokens[start].gap != ".":
            end, hits = self._near_unit(start, kinds)
        if not hits:
            return None
        if not any(_fits(hit, kinds) for hit in hits):
            # "phường Xuân Đình" is an old xã to the letter, or Xuân Đỉnh with a slip: both may be meant.
            near = [hit for hit in self._same(start, end) if hit.name.sort is Sort.UNIT and _fits(hit, kinds)]
            hits = hits + [Hit(hit.name, hits[0].distance) for hit in near]
        after = kind_after(self.tokens, end)
        return Spot(SpotSort.WARD, at, end + (after == kinds), tuple(hits), kinds, name=(start, end))

    def _exact_unit(self, start: int, kinds: Kinds) -> tuple[int, list[Hit]]:
        """The longest name of these letters, of that kind if there is one."""
        found: list[tuple[int, list[Hit]]] = []
        for end in range(min(start + _LONGEST, len(self.tokens)), start, -1):
            hits = [hit for hit in self._same(start, end) if hit.name.sort is Sort.UNIT and hit.distance <= PARTLY]
            if hits:
                found.append((end, hits))
        fitting = [one for one in found if any(_fits(hit, kinds) for hit in one[1])] or found
        # "Kim An H. Thanh Oai" has the letters of Kim Anh, but is parted otherwise.
        parted = [one for one in fitting if any(hit.name.size == one[0] - start for hit in one[1])]
        return (parted or fitting or [(start, [])])[0]

    def _longer_slip(self, start: int, end: int, kinds: Kinds) -> tuple[int, list[Hit]] | None:
        """ "Láng Hạj" is not Láng: the longer name, mistyped, if the next word looks like a part of it."""
        for longer in range(min(end + 3, len(self.tokens)), end, -1):
            is_last = longer == len(self.tokens) or self.tokens[longer].gap != " "
            word = self.tokens[longer - 1]
            if not (word.is_capital or is_last) or word.canon in PARTICLES | OLD_AFTER | NEW_AFTER:
                continue
            hits = self._slips(start, longer, Sort.UNIT) or [
                hit for hit in self._same(start, longer) if hit.name.sort is Sort.UNIT
            ]
            hits = [hit for hit in hits if _fits(hit, kinds)]
            if hits:
                return longer, hits
        return None

    def _near_unit(self, start: int, kinds: Kinds) -> tuple[int, list[Hit]]:
        """A name with wrong marks, or else with one wrong letter; only of the kind that was said."""
        for end in range(min(start + _LONGEST, len(self.tokens)), start, -1):
            hits = [hit for hit in self._same(start, end) if hit.name.sort is Sort.UNIT and _fits(hit, kinds)]
            if hits:
                return end, hits + self._undecoded(start, end, kinds, hits[0].distance)
        best: tuple[int, list[Hit]] = (start, [])
        for end in range(min(start + _LONGEST, len(self.tokens)), start, -1):
            hits = [hit for hit in self._slips(start, end, Sort.UNIT) if _fits(hit, kinds)]
            if hits and (not best[1] or _stretch(hits, end - start) < _stretch(best[1], best[0] - start)):
                best = end, hits
        return best

    def _undecoded(self, start: int, end: int, kinds: Kinds, distance: float) -> list[Hit]:
        """ "Kim Anj" may be Kim Ạn or a slip for Kim Anh: as far as the marks are wrong, so far is the slip."""
        typed = [
            Token(word.typed or word.plain, word.typed or word.plain, word.is_capital, word.gap)
            for word in self.tokens[start:end]
        ]
        if not any(word.typed for word in self.tokens[start:end]):
            return []
        slips = mistyped(self.gazetteer, typed, Sort.UNIT, has_marks=False)
        return [Hit(hit.name, distance) for hit in slips if _fits(hit, kinds)]

    def _ward_glued(self, at: int) -> Spot | None:
        token = self.tokens[at]
        if len(token.plain) < 7 or len(token.plain) != len(token.canon):
            return None
        for word, kinds in glued_kinds(token.plain):
            rest = Token(token.plain[len(word) :], token.canon[len(word) :], token.is_capital, token.gap)
            if len(rest.plain) < 5:
                continue
            for end in range(min(at + 3, len(self.tokens)), at, -1):
                words = (rest, *self.tokens[at + 1 : end])
                if any(token.gap != " " for token in words[1:]):
                    continue
                hits = [hit for hit in same_letters(self.gazetteer, words) if hit.name.sort is Sort.UNIT]
                hits = [hit for hit in hits if hit.is_exact and _fits(hit, kinds)]
                if hits:
                    return Spot(SpotSort.WARD, at, end, tuple(hits), kinds)
        return None

    def _before_kind(self, at: int, free: int) -> Spot | None:
        """ "Phu Thuonng ward": the name stood before, mistyped."""
        kinds = kind_after(self.tokens, at)
        if kinds is None or self.tokens[at].gap != " ":
            return None
        for start in range(at - 1, max(free, at - _LONGEST_BEFORE) - 1, -1):
            if self.tokens[start + 1].gap != " ":
                break
            hits = [hit for hit in self._same(start, at) if hit.name.sort is Sort.UNIT] or self._slips(start, at, Sort.UNIT)
            hits = [hit for hit in hits if _fits(hit, kinds)]
            if hits:
                return Spot(SpotSort.WARD, start, at + 1, tuple(hits), kinds)
        return None

    # --- districts, provinces, the city

    def _district(self, at: int) -> Spot | None:
        size = district_before(self.tokens, at)
        start = at + size
        if not size or start >= len(self.tokens) or self.tokens[start].gap == ".":
            return None
        if at and self.tokens[at].gap == "" and self.tokens[at - 1].plain.isdigit():
            return None  # "5h"
        if kind_before(self.tokens, start) is not None:
            return None  # "đội tự quản xã Yên Bài"
        found = self._district_name(start)
        if found is not None:
            return Spot(SpotSort.DISTRICT, at, found[1], district=found[0], codes=found[0].codes)
        return self._foreign(at, start)

    def _district_name(self, start: int) -> tuple[Name, int] | None:
        for end in range(min(start + 3, len(self.tokens)), start, -1):
            hits = [hit for hit in self._same(start, end) if hit.name.sort in (Sort.DISTRICT, Sort.ABROAD, Sort.PROVINCE)]
            if hits and hits[0].name.sort is Sort.DISTRICT:
                return hits[0].name, end
            if hits and hits[0].is_exact:
                return None
        for end in range(min(start + 3, len(self.tokens)), start, -1):
            hits = self._slips(start, end, Sort.DISTRICT)
            if hits:
                return hits[0].name, end
        return None

    def _foreign(self, at: int, start: int) -> Spot | None:
        """A district of that name is not ours: "quận 1", "huyện Hòn Đất"."""
        first = self.tokens[start]
        if first.plain.isdigit():
            is_urban = self.tokens[at].plain in {"quan", "q", "district"}
            return Spot(SpotSort.FOREIGN, at, start + 1) if is_urban and len(first.plain) < 3 else None
        known = [hit.name.sort for hit in self._same(start, start + 2)]
        if Sort.ABROAD in known or Sort.PROVINCE in known:
            return Spot(SpotSort.FOREIGN, at, start + 2)
        if Sort.UNIT in known:
            return Spot(SpotSort.FOREIGN, at, start + 2) if start - at == 2 else None  # "thị xã Bình Minh" is no xã
        end = start
        while (
            end < min(start + 3, len(self.tokens)) and self.tokens[end].is_capital and (end == start or self._is_near(end))
        ):
            end += 1
        if end > start + 1:
            return Spot(SpotSort.FOREIGN, at, end)
        for end in range(start + 1, min(start + 4, len(self.tokens))):
            if any(hit.name.sort is Sort.PROVINCE and hit.is_exact for hit in self._same(end, end + 2)):
                return Spot(SpotSort.FOREIGN, at, end)
        return None

    def _is_near(self, at: int) -> bool:
        return self.tokens[at].gap in (" ", "")

    def _city(self, at: int) -> Spot | None:
        """A city or a province with its word: "TP Hạ Long", "tỉnh Nam Định", "thành phố Hà Nội"."""
        size = city_before(self.tokens, at)
        start = at + size
        if not size or start >= len(self.tokens) or self.tokens[start].gap == ".":
            return None
        for end in range(min(start + 3, len(self.tokens)), start, -1):
            for hit in self._same(start, end):
                if not hit.is_exact:
                    continue
                if hit.name.sort is Sort.CITY:
                    return Spot(SpotSort.CITY, at, end)
                if hit.name.sort in (Sort.PROVINCE, Sort.ABROAD):
                    return Spot(SpotSort.PROVINCE, at, end)
                if hit.name.sort is Sort.DISTRICT and self.tokens[at].plain != "t":
                    return Spot(SpotSort.DISTRICT, at, end, district=hit.name, codes=hit.name.codes)
        is_word = size == 2 or self.tokens[at].plain in {"tp", "tinh"}
        end = start
        while (
            end < min(start + 3, len(self.tokens)) and self.tokens[end].is_capital and (end == start or self._is_near(end))
        ):
            end += 1
        return Spot(SpotSort.FOREIGN, at, end) if is_word and end > start + 1 and self.has_capitals else None

    # --- names alone, and hints

    def _bare(self, at: int) -> Spot | None:
        token = self.tokens[at]
        # A word that begins no name may still be a name written together.
        longest = self.gazetteer.starts.get(token.plain) or (2 if len(token.plain) >= _SHORTEST_GLUED else 0)
        for end in range(min(at + longest, len(self.tokens)), at, -1):
            hits = [hit for hit in self._same(at, end) if hit.distance <= UNMARKED]
            spot = self._bare_spot(at, end, hits) if hits else None
            if spot is not None:
                return spot
        return None

    def _bare_spot(self, at: int, end: int, hits: list[Hit]) -> Spot | None:
        sorts = {hit.name.sort: hit.name for hit in reversed(hits)}
        if Sort.CITY in sorts:
            return Spot(SpotSort.CITY, at, end)
        units = tuple(hit for hit in hits if hit.name.sort is Sort.UNIT)
        district = sorts.get(Sort.DISTRICT)
        if not units and district is None:
            return self._other_spot(at, end, hits)
        if self._eats_kind_word(at, end):
            return None
        if end < len(self.tokens) and self.tokens[end].plain in ENGLISH_THINGS and self._is_near(end):
            street = sorts.get(Sort.STREET)
            is_street = street is not None and self.tokens[end].plain in STREETS
            codes = street.codes if street is not None and is_street else ()
            sort = SpotSort.HINT if codes else SpotSort.THING
            return Spot(sort, at, end + 1, codes=codes, shown=f"street {hits[0].name.shown}", is_street=True)
        kinds = kind_after(self.tokens, end) if end < len(self.tokens) and self._is_near(end) else None
        if kinds is not None and units:
            return Spot(SpotSort.WARD, at, end + 1, units, kinds, name=(at, end))
        if district is not None and end < len(self.tokens) and self.tokens[end].plain == "district":
            return Spot(SpotSort.DISTRICT, at, end + 1, district=district, codes=district.codes)
        may_be_province = self._is_province(at, end) if Sort.PROVINCE in sorts else False
        street = sorts.get(Sort.STREET)
        codes = street.codes if street is not None else ()
        return Spot(SpotSort.BARE, at, end, units, ANY_KIND, district, may_be_province, codes, hits[0].name.shown)

    def _other_spot(self, at: int, end: int, hits: list[Hit]) -> Spot | None:
        name = hits[0].name
        if any(hit.name.sort in (Sort.PROVINCE, Sort.ABROAD) for hit in hits):
            return Spot(SpotSort.PROVINCE, at, end) if self._is_province(at, end) else None
        if name.sort is Sort.LANDMARK:
            return Spot(SpotSort.HINT, at, end, codes=name.codes, shown=name.shown)
        is_english = end < len(self.tokens) and self.tokens[end].plain in STREETS and self._is_near(end)
        is_numbered = is_english or (at > 0 and self.tokens[at - 1].plain[:1].isdigit() and self.tokens[at].gap == " ")
        is_sure = self.tokens[at].is_capital and (end - at > 1 or self.tokens[at].has_marks)
        if name.sort is Sort.STREET and is_sure and (is_numbered or self._is_located(at)):
            return Spot(SpotSort.HINT, at, end, codes=name.codes, shown=f"street {name.shown}", is_street=True)
        return None

    def _is_located(self, at: int) -> bool:
        return at > 0 and self.tokens[at - 1].canon in LOCATIVES

    def _is_province(self, at: int, end: int) -> bool:
        capitals = all(token.is_capital for token in self.tokens[at:end])
        is_street = at > 0 and self.tokens[at].gap == " " and self.tokens[at - 1].canon in THINGS
        return (capitals or not self.has_capitals or self.tokens[at].gap == ",") and not is_street

    def _eats_kind_word(self, at: int, end: int) -> bool:
        """ "den duong xa Ung Thien" names no Dương Xá: the last word belongs to what follows."""
        last = self.tokens[end - 1]
        if end - at < 2 or last.has_marks or kind_before(self.tokens, end - 1) is None:
            return False
        ward = self._ward(end - 1)
        if ward is None or not ward.hits[0].is_exact:
            return False
        before = self.tokens[at - 1].canon if at else ""
        begins = not at or self.tokens[at].gap != " " or before in LOCATIVES or kind_before(self.tokens, at - 1) is not None
        return self.tokens[at].canon in STREETS or not begins

    def _street(self, at: int) -> Spot | None:
        """A street with its word and, before it, its lanes and numbers: "ngõ 12/3 phố Thụy Khuê"."""
        if self.tokens[at].canon not in STREETS:
            return None
        if at + 1 >= len(self.tokens) or self.tokens[at + 1].gap in (",", "."):
            return None  # "Xuan Dieu street, Quang An ward"
        if any(hit.name.sort is Sort.UNIT and hit.distance <= UNMARKED for hit in self._same(at, at + 2)):
            return None  # a ward that is called after its street: "Phố Huế"
        start = at + 1
        while start < min(at + _LONGEST_NUMBER, len(self.tokens)) and self._is_number(start):
            start += 1
        for end in range(min(start + 4, len(self.tokens)), start, -1):
            if self._is_ward_after_number(at, start, end):
                return None
            for hit in self._same(start, end):
                is_word = end - start == 1 and not self.tokens[start].has_marks  # "duong lang": the village road
                if hit.name.sort is Sort.STREET and hit.distance <= UNMARKED and not is_word:
                    shown = f"street {hit.name.shown}"
                    return Spot(SpotSort.HINT, at, end, codes=hit.name.codes, shown=shown, is_street=True)
            near = [hit for hit in self._same(start, end) if hit.distance <= UNMARKED]
            if any(hit.name.sort in (Sort.UNIT, Sort.DISTRICT) for hit in near):
                return self._namesake(at, end, near) if self._is_thing(at, start, end) else None
        return None

    def _namesake(self, at: int, end: int, hits: list[Hit]) -> Spot:
        """ "phố Hàng Bạc": a street without a line of its own lies, more often than not, in the phường that was named after
        it. That is worth a question, never an answer; a name that several share says nothing.
        """
        called = [unit for hit in hits if hit.name.sort is Sort.UNIT for unit in hit.name.units]
        codes = codes_of(unit for unit in called if unit.kind is UnitKind.PHUONG)
        if not 1 <= len(codes) <= _MOST_NAMESAKES:
            return Spot(SpotSort.THING, at, end)
        shown = f"street {hits[0].name.shown}"
        return Spot(SpotSort.HINT, at, end, codes=codes, shown=shown, is_street=True, is_namesake=True)

    def _is_ward_after_number(self, at: int, start: int, end: int) -> bool:
        """ "lane 12, Phu Thuong ward": only the lane has a number, the name is the ward's."""
        if kind_after(self.tokens, end) is None or (end < len(self.tokens) and not self._is_near(end)):
            return False
        return start > at + 1 and any(
            hit.name.sort is Sort.UNIT and hit.distance <= UNMARKED for hit in self._same(start, end)
        )

    def _is_thing(self, at: int, start: int, end: int) -> bool:
        """A street of that name; "đường Phường Mai Động" is a street in a ward, "duong lang" the village road."""
        is_plain_name = end - start > 1 and not self.marked and not self.has_capitals
        return is_plain_name or self.tokens[at].has_marks or self.tokens[start].is_capital or end == len(self.tokens)

    def _is_number(self, at: int) -> bool:
        token = self.tokens[at]
        is_letter = len(token.plain) == 1 and self.tokens[at - 1].plain.isdigit() and token.gap == ""
        return token.plain[0].isdigit() or token.canon in NUMBER_WORDS or token.canon in STREETS or is_letter

    def _village(self, at: int) -> Spot | None:
        if self.tokens[at].canon not in VILLAGES:
            return None
        for end in range(min(at + 4, len(self.tokens)), at + 1, -1):
            for hit in self._same(at + 1, end):
                if hit.name.sort is Sort.VILLAGE and hit.distance <= UNMARKED:
                    return Spot(SpotSort.HINT, at, end, codes=hit.name.codes, shown=f"village {hit.name.shown}")
        return None


def _fits(hit: Hit, kinds: Kinds) -> bool:
    return any(unit.kind in kinds for unit in hit.name.units)


def _stretch(hits: list[Hit], size: int) -> int:
    """By how many words a mistyped name differs in length from what was typed."""
    return min(abs(hit.name.size - size) for hit in hits if hit.distance >= SLIP)
