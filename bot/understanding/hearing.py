"""What a text says: the ideas of the lexicon that its words carry, each with its places.

Some words say nothing although they look like it: those inside a longer phrase of `_masks` ("cháy hàng" is no fire), an
official who is only called upon ("nhờ cán bộ phường xử lý"), and a wish that only asks for action on a report.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.lexicon import SAYS, Lexicon
from bot.understanding.phrases import Match
from bot.understanding.text import SMALL_WORDS, Text

_CODE = re.compile(
    r"\b(?!\d\d[a-z]{1,2}\d?-\d)(?=[a-z0-9-]{0,20}\d)(?=[0-9-]{0,20}[a-z])[a-z0-9]{2,4}-[a-z0-9]{3,6}(?:-[a-z0-9]{3,8})?\b"
    r"|\bmã (?:số|hồ sơ|vụ|phản ánh)? ?[a-z]{0,9}\d{3,}"
)  # no plate, no date, no phone
_LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]+\.(?:com|net|vip|xyz|top|info|club|shop)\b|t\.me/|bit\.ly|zalo\.me")
_PHONE = re.compile(r"(?<!\d)0\d[\d .]{7,11}\d(?!\d)")
_DIGIT = re.compile(r"\d")
FEW = 6  # words
_OFFICIALS = frozenset({"official", "official_person", "leader", "office", "ward_leader"})
_WISHES = frozenset({"want", "want_firm"})
_GENERAL = frozenset({"cán bộ", "công chức", "viên chức", "nhân viên"})  # titles that say of what next
_UPON = 4  # words that may stand between whoever calls upon an official and the official: "nhờ các anh công an"
_MADE = frozenset({"qmark", "case_code", "link", "has_phone", "few_words"})
_PRAISES = frozenset({"praise", "praise_firm"})
_POINT = 5  # words after "but" that make a point of their own
_CLOSING, _BEGGED = 5, 12  # words: from the thanks to the end of the text, and from what was asked for to the thanks
_TAIL = 6  # words between a wish and the action it asks for


@dataclass(frozen=True, slots=True)
class Heard:
    """`said`: every idea with its places and words; `direct`: what speaks for a category by itself, with its weight.

    `called_upon`: the places of the words that name an official who is only asked to act.
    """

    said: dict[str, list[Match]]
    direct: list[tuple[str, float, Match]]
    called_upon: frozenset[int] = frozenset()


def hear(text: Text, lexicon: Lexicon) -> Heard:
    """Everything that the text says."""
    matches = lexicon.vi.find(text)
    if text.is_english:
        matches = [match for match in matches if not _is_small_word(match, text)] + lexicon.en.find(text)
    matches = _unmasked(matches)
    said: dict[str, list[Match]] = defaultdict(list)
    direct: list[tuple[str, float, Match]] = []
    for match in matches:
        if match.tag.startswith(SAYS):
            _, category, weight = match.tag.split(":")
            direct.append((category, float(weight), match))
        else:
            said[match.tag].append(match)
    called_upon = _leave_out_those_called_upon(said, text, lexicon.between)
    _leave_out_report_tails(said)
    _leave_out_courtesy(said, len(text.tokens))
    _add_made_ideas(said, direct, text, lexicon.no_matter)
    return Heard({tag: found for tag, found in said.items() if found}, direct, called_upon)


def _is_small_word(match: Match, text: Text) -> bool:
    """ "to be replaced" speaks of no "bé"."""
    token = text.tokens[match.start]
    return match.end - match.start == 1 and not token.has_marks and token.plain in SMALL_WORDS


def _unmasked(matches: list[Match]) -> list[Match]:
    ends: dict[int, tuple[int, int]] = {}  # of each word: the longest mask over it
    for mask in matches:
        if mask.tag == "_masks":
            for place in range(mask.start, mask.end):
                start, end = ends.get(place, (place, place))
                if mask.end - mask.start > end - start:
                    ends[place] = (mask.start, mask.end)
    return [match for match in matches if match.tag != "_masks" and not _is_inside(match, ends.get(match.start))]


def _is_inside(match: Match, mask: tuple[int, int] | None) -> bool:
    return mask is not None and match.end <= mask[1] and match.end - match.start < mask[1] - mask[0]


def _leave_out_those_called_upon(said: dict[str, list[Match]], text: Text, between: frozenset[str]) -> frozenset[int]:
    called: set[int] = set()
    for match in said.get("calls_on", ()):
        for place in range(match.end, min(match.end + _UPON, len(text.tokens))):
            called.add(place)
            if text.tokens[place].plain not in between:
                break
    officials = sorted((match.start, match.end, match.words) for tag in _OFFICIALS & said.keys() for match in said[tag])
    for start, end, title in officials:  # "phó | chủ tịch" lies inside, "cán bộ | một cửa" goes on behind
        if start in called and end - start > 1:
            called.update(range(start, end + (title in _GENERAL)))
    starts = {match.start for match in said.get("does", ())}
    plain = {place for match in said.get("not_official", ()) for place in range(match.start, match.end)}
    for tag in _OFFICIALS & said.keys():
        said[tag] = [
            match
            for match in said[tag]
            if match.start not in called
            and match.end not in starts
            and not (match.start in plain and match.end - 1 in plain)
        ]
    named = {place for start, end, _ in officials if start in called for place in range(start, end)}
    return frozenset(named - plain)


def _leave_out_report_tails(said: dict[str, list[Match]]) -> None:
    """ "Đề nghị phường kiểm tra" ends a report; it proposes nothing."""
    before = {place for match in said.get("handle", ()) for place in range(match.start - _TAIL + 1, match.start + 1)}
    for tag in _WISHES & said.keys():
        said[tag] = [match for match in said[tag] if match.end not in before]


def _leave_out_courtesy(said: dict[str, list[Match]], size: int) -> None:
    """ "Mọi người rất tốt, nhưng …" and "…, mong phường xem giúp, xin cảm ơn" praise nobody."""
    turn = max((match.start for match in said.get("contrast", ()) if size - match.end >= _POINT), default=0)
    begs = [match.end for match in said.get("begs", ())]
    for tag in _PRAISES & said.keys():
        said[tag] = [
            match
            for match in said[tag]
            if match.end > turn
            and not (size - match.end <= _CLOSING and any(0 < match.start - end <= _BEGGED for end in begs))
        ]


def _add_made_ideas(said: dict[str, list[Match]], direct: Sequence[object], text: Text, no_matter: frozenset[str]) -> None:
    def add(tag: str, words: str) -> None:
        said[tag] = [Match(tag, 0, len(text.tokens), words)]

    if text.asks:
        add("qmark", "?")
    has_digit = _DIGIT.search(text.lowered) is not None  # there is no code without one, no phone, and no link without a dot
    if has_digit and _CODE.search(text.lowered):
        add("case_code", "a code")
    if ("." in text.lowered or "://" in text.lowered) and _LINK.search(text.lowered):
        add("link", "a link")
    if has_digit and _PHONE.search(text.lowered):
        add("has_phone", "a phone number")
    if len(text.tokens) <= FEW:
        add("few_words", "few words")
    named = [tag for tag in said if tag not in no_matter and tag not in _MADE]
    if not direct and not named:
        add("no_matter", "no matter named")
    else:
        add("has_matter", "a matter named")
