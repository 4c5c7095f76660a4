"""What the places named in a text say together: which of them are wards, what belongs to each, which of them is meant.

A ward's name is often an ordinary word ("Thành Công" is success) or a street ("phố Trần Phú"), so a name alone counts only
where a place is expected: after "ở", before its district, or when nothing else was said. Streets, villages and stops only
hint.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.ward import WardCode
from bot.routing import vocabulary as words
from bot.routing.gazetteer import Gazetteer, Name, Sort
from bot.routing.meaning import Meaning, may_lie_in, meaning_of
from bot.routing.mentions import Mention, Strength
from bot.routing.names import PARTLY, SLIP, mistyped, same_letters
from bot.routing.scanning import Scanner
from bot.routing.several import Several
from bot.routing.spots import Spot, SpotSort
from bot.routing.tokens import Token, tokens_of

_MOST_MENTIONS = 100  # what is named after so many places changes nothing
_FARTHEST_JOINT = 4  # small words between a name and its district


@dataclass(frozen=True, slots=True)
class Reading:
    """All mentions of a text in order.

    `is_only_place`: there is nothing else in it. `notes`: what was passed over. `set_aside`: the wards it is not.
    """

    mentions: tuple[Mention, ...]
    is_only_place: bool
    notes: tuple[str, ...] = ()
    set_aside: tuple[WardCode, ...] = ()


@dataclass(frozen=True, slots=True)
class _Context:
    """What stands beside a name."""

    end: int
    district: Name | None = None
    is_old: bool | None = None
    is_elsewhere: bool = False
    used: tuple[int, ...] = ()  # places in the list of spots


def read(text: str, gazetteer: Gazetteer) -> Reading:
    """Every ward, old unit, district and hint that the text names."""
    tokens = tokens_of(text)
    return _Reader(tokens, gazetteer).read() if tokens else Reading((), False)


class _Reader:
    def __init__(self, tokens: tuple[Token, ...], gazetteer: Gazetteer) -> None:
        self.tokens = tokens
        self.gazetteer = gazetteer
        self.spots = Scanner(tokens, gazetteer).scan()
        self.starts = {spot.start for spot in self.spots}
        self.used: set[int] = set()
        self.notes: list[str] = []

    def read(self) -> Reading:
        contexts = self._contexts()
        is_only = self._is_only_place(contexts, words.FILLERS | words.OFFICES)
        is_bare = self._is_only_place(contexts, words.FILLERS) and not any(context.is_elsewhere for context in contexts)
        found = [self._mention(at, contexts[at], is_bare) for at in range(len(self.spots))]
        mentions = [mention for mention in found if mention is not None][:_MOST_MENTIONS]
        if not mentions and not any(context.is_elsewhere for context in contexts):
            slip = self._only_slip()
            mentions = [slip] if slip else []
            is_only = bool(slip)
        several = Several(self.tokens)
        settled = tuple(several.settled(mentions))
        notes = tuple(dict.fromkeys((*self.notes, *several.notes)))
        if several.set_aside:
            is_only = self._is_only_place(contexts, words.FILLERS | words.OFFICES | words.CORRECTING)
        return Reading(settled, bool(settled or several.set_aside) and is_only, notes, several.set_aside)

    # --- what belongs to a name

    def _contexts(self) -> list[_Context]:
        contexts: list[_Context] = []
        for at, spot in enumerate(self.spots):
            context = _Context(spot.end)
            if at not in self.used and (spot.hits or spot.sort is SpotSort.DISTRICT):
                context = self._context(at, spot)
                self.used.update(context.used)
            contexts.append(context)
        return contexts

    def _context(self, at: int, spot: Spot) -> _Context:
        is_old, end = self._era_after(spot.end)
        context = _Context(end, is_old=is_old if is_old is not None else self._era_before(spot))
        if spot.sort is SpotSort.DISTRICT:
            context = replace(context, district=spot.district)
        for other in range(at + 1, min(at + 5, len(self.spots))):
            after = self._joined(spot, context, other)
            if after is None:
                break
            context = after
        if context.is_elsewhere:
            return context
        return self._context_before(at, spot, context)

    def _joined(self, spot: Spot, context: _Context, other: int) -> _Context | None:
        """The context with the next spot in it, if that belongs to the same address."""
        near = self.spots[other]
        if not self._is_adjacent(context.end, near.start):
            return None
        used = (*context.used, other)
        if near.sort is SpotSort.CITY or (context.is_elsewhere and near.sort in (SpotSort.BARE, SpotSort.DISTRICT)):
            return replace(context, end=near.end, used=used)
        if near.sort in (SpotSort.PROVINCE, SpotSort.FOREIGN):
            return replace(context, end=near.end, is_elsewhere=True, used=used)
        if near.district is not None and context.district is None:
            is_bare = near.sort is SpotSort.BARE
            if is_bare and not may_lie_in(spot.hits, spot.kinds, near.district):
                return replace(context, end=near.end, is_elsewhere=True, used=used) if near.may_be_province else None
            is_old, end = self._era_after(near.end)
            old = context.is_old if context.is_old is not None else is_old
            return replace(context, end=end, district=near.district, is_old=old, used=used)
        return replace(context, end=near.end, is_elsewhere=True, used=used) if near.may_be_province else None

    def _context_before(self, at: int, spot: Spot, context: _Context) -> _Context:
        """A district or a province may also stand first: "huyện Ứng Hòa, xã Đại Cường"."""
        if not at or at - 1 in self.used or spot.sort is SpotSort.DISTRICT:
            return context
        near = self.spots[at - 1]
        if not all(token.plain in {"city", "province", "district"} for token in self.tokens[near.end : spot.start]):
            return context
        if self.tokens[spot.start].gap == ".":
            return context
        if near.sort in (SpotSort.PROVINCE, SpotSort.FOREIGN):
            return replace(context, is_elsewhere=True)
        is_district = near.sort is SpotSort.DISTRICT and near.district is not None and context.district is None
        if is_district and near.district is not None and may_lie_in(spot.hits, spot.kinds, near.district):
            return replace(context, district=near.district, used=(*context.used, at - 1))
        return context

    def _is_adjacent(self, end: int, start: int) -> bool:
        between = self.tokens[end:start]
        if len(between) > _FARTHEST_JOINT or (start < len(self.tokens) and self.tokens[start].gap == "."):
            return False
        return all(token.canon in words.JOINTS and token.gap != "." for token in between)

    def _era_after(self, end: int) -> tuple[bool | None, int]:
        """Is "cũ", "mới" or the like said behind the name, and where does that end?"""
        if end >= len(self.tokens) or self.tokens[end].gap == ".":
            return None, end
        for long, is_old in ((words.LONG_OLD, True), (words.LONG_NEW, False)):
            for said in long:
                if words.stands(self.tokens, end, said):
                    return is_old, end + len(said)
        word = self.tokens[end]
        if word.canon in words.OLD_AFTER or word.plain in words.OLD_BEFORE - {"nguyen"}:
            return (True, end + 1) if word.has_marks or word.plain != "cu" or self._ends_name(end + 1) else (None, end)
        if word.canon in words.NEW_AFTER:
            return (False, end + 1) if self._ends_name(end + 1) else (None, end)
        return None, end

    def _ends_name(self, at: int) -> bool:
        """Is "cu" or "moi" the last word about the name? "phu thuong cu de rac" says that they leave rubbish."""
        if at >= len(self.tokens) or self.tokens[at].gap != " ":
            return True
        return self.tokens[at].canon in words.JOINTS or at in self.starts

    def _era_before(self, spot: Spot) -> bool | None:
        early = {token.plain for token in self.tokens[max(0, spot.start - 2) : spot.start]}
        if spot.start + 1 < spot.end and spot.sort is SpotSort.WARD:
            inner = {token.canon for token in self.tokens[spot.start : spot.start + 3] if token.canon in {"cũ", "mới"}}
            early |= {"old"} if "cũ" in inner else {"new"} if "mới" in inner else set()
        if early & words.OLD_BEFORE or words.stands(self.tokens, spot.start - 3, ("truoc", "day", "la")):
            return True
        return False if early & words.NEW_BEFORE else None

    # --- mentions

    def _mention(self, at: int, context: _Context, is_only: bool) -> Mention | None:
        spot = self.spots[at]
        if at in self.used:
            return None
        if context.is_elsewhere:
            self.notes.append("another province or city is named")
            return None
        if spot.sort is SpotSort.HINT:
            return Mention(Strength.HINT, spot.codes, spot.shown, spot.start, spot.end, is_place=not spot.is_namesake)
        if spot.sort is SpotSort.DISTRICT and spot.district is not None:
            return self._district_mention(spot, spot.district)
        if spot.sort is SpotSort.WARD:
            return self._unit_mention(spot, context, Strength.CLEAR)
        return self._bare_mention(at, context, is_only) if spot.sort is SpotSort.BARE else None

    def _district_mention(self, spot: Spot, district: Name) -> Mention:
        shown = f"old district ‘{district.shown}’"
        return Mention(Strength.HINT, district.codes, shown, spot.start, spot.end, district=district)

    def _unit_mention(self, spot: Spot, context: _Context, strength: Strength) -> Mention:
        meaning = meaning_of(spot.hits, spot.kinds, context.district, context.is_old)
        if meaning.is_doubtful and context.district is not None:
            meaning = self._slip_in(spot, context.district, context.is_old) or meaning
        is_sure = meaning.distance < SLIP
        if meaning.is_doubtful and not is_sure and context.district is not None:
            return self._district_mention(spot, context.district)  # two doubts are too many
        how = (
            " (kind or district does not fit)"
            if meaning.is_doubtful
            else ""
            if meaning.distance <= PARTLY
            else " (mistyped)"
        )
        return Mention(
            strength,
            meaning.codes,
            _shown(meaning) + how,
            spot.start,
            context.end,
            meaning.units,
            is_sure=is_sure,
            is_doubtful=meaning.is_doubtful,
        )

    def _slip_in(self, spot: Spot, district: Name, is_old: bool | None) -> Meaning | None:
        """There is no unit of that name in that district, but one of nearly that name."""
        typed = self.tokens[spot.name[0] : spot.name[1]]
        if not typed:
            return None
        hits = [hit for hit in same_letters(self.gazetteer, typed) if hit.name.sort is Sort.UNIT]
        hits += mistyped(self.gazetteer, typed, Sort.UNIT, has_marks=False)
        raw = [Token(word.typed or word.plain, word.typed or word.plain, word.is_capital, word.gap) for word in typed]
        hits += mistyped(self.gazetteer, raw, Sort.UNIT, has_marks=False)
        fits = sorted((hit for hit in hits if may_lie_in([hit], spot.kinds, district)), key=lambda hit: hit.distance)
        return meaning_of(fits, spot.kinds, district, is_old) if fits else None

    def _bare_mention(self, at: int, context: _Context, is_only: bool) -> Mention | None:
        spot = self.spots[at]
        if spot.may_be_province and not is_only:
            return None
        if not spot.hits:  # a district without its word
            is_meant = spot.district is not None and (is_only or self._is_located(spot))
            return self._district_mention(spot, spot.district) if is_meant and spot.district is not None else None
        is_meant = is_only or self._is_instead(spot)
        if is_meant or (context.district is not None and not self._is_thing(spot)) or self._continues(at):
            return self._unit_mention(spot, context, Strength.CLEAR)
        if (self._is_located(spot) or self._is_grouped(spot)) and (
            spot.end - spot.start > 1 or self.tokens[spot.start].has_marks
        ):
            mention = self._unit_mention(spot, context, Strength.HINT)
            # In a sentence "ở Hà Đông" may also be the old district: its wards come after the one of that name.
            district = spot.district.codes if spot.district is not None else ()
            return replace(mention, codes=tuple(dict.fromkeys((*mention.codes, *district))))
        # "68 Hào Nam", "45 Hàng Bạc": of a street without a line of its own, the ward that was named after it.
        if self._is_numbered(spot) and (spot.codes or self._is_long_name(spot)):
            codes = tuple(dict.fromkeys((*spot.codes, *meaning_of(spot.hits, words.ANY_KIND, None, None).codes)))
            return Mention(Strength.HINT, codes, f"street {spot.shown}", spot.start, spot.end, is_place=True)
        return None

    def _is_thing(self, spot: Spot) -> bool:
        return spot.start > 0 and self.tokens[spot.start].gap == " " and self.tokens[spot.start - 1].canon in words.THINGS

    def _is_numbered(self, spot: Spot) -> bool:
        return spot.start > 0 and self.tokens[spot.start - 1].plain[0].isdigit() and self.tokens[spot.start].is_capital

    def _is_long_name(self, spot: Spot) -> bool:
        return spot.end - spot.start > 1 and all(token.is_capital for token in self.tokens[spot.start : spot.end])

    def _is_instead(self, spot: Spot) -> bool:
        """ "không phải Tây Hồ mà là Ba Đình": it stands in the place of the one that was denied."""
        before = self.tokens[max(0, spot.start - 12) : spot.start]
        is_parted = any(words.stands(self.tokens, spot.start - len(said), said) for said in words.INSTEAD)
        return is_parted and any(words.stands(before, at, said) for at in range(len(before)) for said in words.DENIED)

    def _is_grouped(self, spot: Spot) -> bool:
        """ "tổ 3 Định Công": a group of households, and where it is."""
        is_numbered = self._is_numbered(spot) and spot.start > 1
        return is_numbered and self.tokens[spot.start - 2].canon in words.GROUPS

    def _is_located(self, spot: Spot) -> bool:
        """Does the name stand where a place is expected, and look like a name?"""
        if not spot.start or self.tokens[spot.start - 1].canon not in words.LOCATIVES:
            return False
        return all(token.is_capital for token in self.tokens[spot.start : spot.end])

    def _continues(self, at: int) -> bool:
        """ "phường Tây Hồ, Ba Đình và Ngọc Hà": the others are wards as the first."""
        spot, before = self.spots[at], self.spots[at - 1] if at else None
        if before is None or not all(token.is_capital for token in self.tokens[spot.start : spot.end]):
            return False
        is_last = before.end == spot.start - 1 and self.tokens[spot.start - 1].canon in words.AND
        is_inner = before.end == spot.start and self.tokens[spot.start].gap == "," and self._is_listed(at)
        if not (is_last or is_inner):
            return False
        return before.sort is SpotSort.WARD or (before.sort is SpotSort.BARE and self._continues(at - 1))

    def _is_listed(self, at: int) -> bool:
        """Does the list go on after this name, up to an "and"?"""
        for spot, after in zip(self.spots[at : at + 6], self.spots[at + 1 : at + 7], strict=False):
            if after.start == spot.end + 1 and self.tokens[spot.end].canon in words.AND:
                return True
            if after.start != spot.end or self.tokens[after.start].gap != ",":
                return False
        return False

    # --- nothing but a place

    def _is_only_place(self, contexts: Sequence[_Context], fillers: frozenset[str]) -> bool:
        covered = [False] * len(self.tokens)
        for spot, context in zip(self.spots, contexts, strict=True):
            if spot.sort not in (SpotSort.HINT, SpotSort.THING, SpotSort.FOREIGN):
                covered[spot.start : context.end] = [True] * (context.end - spot.start)
        return all(is_covered or token.canon in fillers for is_covered, token in zip(covered, self.tokens, strict=True))

    def _only_slip(self) -> Mention | None:
        """A text that is nothing but one mistyped name is asked about."""
        rest = [at for at, token in enumerate(self.tokens) if token.canon not in words.FILLERS]
        if len(self.tokens) > 10:
            return None
        rest = [at for at in rest if not any(s.start <= at < s.end and s.sort is SpotSort.CITY for s in self.spots)]
        if not 1 <= len(rest) <= 4 or rest[-1] - rest[0] >= len(rest):
            return None
        typed = self.tokens[rest[0] : rest[-1] + 1]
        hits = [hit for hit in same_letters(self.gazetteer, typed) if hit.name.sort is Sort.UNIT]
        if not hits and sum(len(token.plain) for token in typed) >= 6:
            hits = mistyped(self.gazetteer, typed, Sort.UNIT, has_marks=False)
        if not hits:
            return None
        meaning = meaning_of(hits, words.ANY_KIND, None, None)
        return Mention(
            Strength.HINT,
            meaning.codes,
            _shown(meaning) + " (mistyped)",
            rest[0],
            rest[-1] + 1,
            meaning.units,
            is_sure=False,
        )


def _shown(meaning: Meaning) -> str:
    old = any(not unit.is_current for unit in meaning.units)
    shown = ", ".join(f"‘{unit.shown}’" for unit in meaning.units[:4])
    return f"{'old' if old else 'current'} name {shown}"
