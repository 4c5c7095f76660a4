"""When a text names several places: which of them the matter is about. What is not certain stays, and is asked about."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.domain.ward import WardCode
from bot.routing import vocabulary as words
from bot.routing.gazetteer import Name, Unit
from bot.routing.meaning import codes_of, district_of
from bot.routing.mentions import Mention
from bot.routing.tokens import Token


class Several:
    """The mentions of one text; `notes` says which were passed over, `set_aside` the wards that it is not, as written."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.notes: list[str] = []
        self.set_aside: tuple[WardCode, ...] = ()

    def settled(self, mentions: list[Mention]) -> list[Mention]:
        """Without the places that the writer sets aside: the home when the matter is elsewhere, the old name of a ward."""
        denied = self._denied(mentions)
        self.set_aside = tuple(dict.fromkeys(code for mention in denied for code in mention.codes))
        mentions = self._without(mentions, denied)
        named = [mention for mention in mentions if mention.units]
        if len(named) > 1:
            mentions = self._without(mentions, self._renamed(named) or self._homes(named))
        return [self._narrowed(mention, mentions) for mention in mentions]

    def _without(self, mentions: list[Mention], dropped: Sequence[Mention]) -> list[Mention]:
        self.notes += [f"passed over {mention.shown}" for mention in dropped]
        return [mention for mention in mentions if mention not in dropped]

    def _denied(self, mentions: Sequence[Mention]) -> list[Mention]:
        """ "không phải phường Tây Hồ mà là phường Ba Đình": what is denied, and whatever named the same before it.

        "… phường Tây Hồ. Nhầm, phường Ba Đình" takes back the one before.
        """
        named = [mention for mention in mentions if mention.units]
        denied = [mention for mention in named if self._is_denied(mention)]
        denied += [first for first, second in pairwise(named) if self._is_mistaken(first, second)]
        return [
            mention
            for mention in named
            if any(mention.start <= other.start and set(mention.codes) <= set(other.codes) for other in denied)
        ]

    def _is_denied(self, mention: Mention) -> bool:
        at = mention.start
        while at > 0 and at > mention.start - 3 and self.tokens[at - 1].canon in words.LOCATIVES | {"là", "la"}:
            at -= 1
        return any(words.stands(self.tokens, at - len(said), said) for said in words.DENIED)

    def _is_mistaken(self, first: Mention, second: Mention) -> bool:
        """A clause between them begins with "nhầm", "sorry" or the like."""
        between = range(first.end, second.start)
        return len(between) < 8 and any(
            self.tokens[at].gap in (",", ".") and words.stands(self.tokens, at, said)
            for at in between
            for said in words.MISTAKEN
        )

    def _renamed(self, named: Sequence[Mention]) -> list[Mention]:
        """ "xã Hoa Sơn, nay là xã Ứng Thiên": the second is meant."""
        dropped = []
        for first, second in pairwise(named):
            between = range(first.end, second.start)
            if any(words.stands(self.tokens, at, now) for at in between for now in words.NOW) and len(between) < 6:
                dropped.append(first)
        return dropped

    def _homes(self, named: Sequence[Mention]) -> list[Mention]:
        """ "nhà ở Bưởi nhưng rác ở Thụy Khuê": where the writer lives, when the matter is at another place."""
        homes = [mention for mention in named if self._is_home(mention)]
        others = [mention for mention in named if mention not in homes]
        if not homes or not others:
            return []
        first, last = min(one.end for one in named), max(one.start for one in named)
        is_parted = any(token.canon in words.CONTRAST or token.gap == "." for token in self.tokens[first : last + 1])
        return homes if is_parted or all(self._has_locative(other) for other in others) else []

    def _has_locative(self, mention: Mention) -> bool:
        return mention.start > 0 and self.tokens[mention.start - 1].canon in words.LOCATIVES

    def _is_home(self, mention: Mention) -> bool:
        """Only words about the writer stand before it in its clause."""
        if not self._has_locative(mention) and self.tokens[max(0, mention.start - 1)].canon not in words.HOME:
            return False
        at = mention.start - 1
        is_about_writer = False
        while at >= 0 and self.tokens[at].canon not in words.CONTRAST:
            token = self.tokens[at]
            if token.canon not in words.HOME | words.PERSONS | words.LOCATIVES | {"là", "la", "người", "nguoi", "đang"}:
                return False
            is_about_writer = is_about_writer or token.canon in words.HOME | words.PERSONS
            if token.gap in (",", "."):
                break
            at -= 1
        return is_about_writer

    def _narrowed(self, mention: Mention, mentions: Sequence[Mention]) -> Mention:
        """One of several units of that name, where another sentence names its district, or names it more closely."""
        for other in mentions:
            if other is mention or len(mention.units) < 2:
                continue
            if other.units and {unit.name for unit in other.units} == {unit.name for unit in mention.units}:
                fits = tuple(unit for unit in mention.units if unit in other.units)
            else:
                fits = tuple(unit for unit in mention.units if _lies_in(unit, other.district))
            if fits and len(fits) < len(mention.units):
                return replace(mention, codes=codes_of(fits), units=fits)
        return mention


def _lies_in(unit: Unit, district: Name | None) -> bool:
    if district is None:
        return False
    return set(unit.codes) <= set(district.codes) if unit.is_current else district_of(unit, district)
