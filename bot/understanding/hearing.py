"""What a text says: the ideas of the lexicon that its words carry, each with its places.

Some words say nothing although they look like it: those inside a longer phrase of `_masks` ("cháy hàng" is no fire), an
official who is only called upon ("nhờ cán bộ phường xử lý"), and a wish that only asks for action on a report.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.understanding.lexicon import SAYS, Lexicon
from bot.understanding.phrases import Match
from bot.understanding.text import Text

_CODE = re.compile(r"\b(?=[a-z0-9-]*\d)[a-z0-9]{2,4}-[a-z0-9]{3,6}(?:-[a-z0-9]{3,8})?\b|\bmã (?:số|hồ sơ|vụ|phản ánh)? ?[a-z]*\d{3,}")
_LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]+\.(?:com|net|vip|xyz|top|info|club|shop)\b|t\.me/|bit\.ly|zalo\.me")
_PHONE = re.compile(r"(?<!\d)0\d[\d .]{7,11}\d(?!\d)")
FEW = 6  # words
_OFFICIALS = frozenset({"official", "official_person", "leader", "office"})
_WISHES = frozenset({"want", "want_firm"})
_UPON = 4  # words between whoever calls upon an official and the official
_TAIL = 6  # words between a wish and the action it asks for

# Ideas that are no matter by themselves: a text that has only these says nothing to act upon.
_NO_MATTER = frozenset(
    "want want_firm add lack handle ask ask_firm now not_now blank hello swear future told nice home person child victim worn gone hidden "
    "wrong demand money victim broken mine mine_told status how send_where praise good_deed whereis norm content occupies dump "
    "by_hand stuck waiting quick absent times my_issue rude place_of_board fed_up accuse calls_on does group "
    "rescue report_it if_so emergency_word gang asset_use see_places threat violence slow quick leader child_off not_official help_cry weapon".split()
)


@dataclass(frozen=True, slots=True)
class Heard:
    """`said`: every idea with its places and words; `direct`: what speaks for a category by itself, with its weight."""

    said: dict[str, list[Match]]
    direct: list[tuple[str, float, Match]]


def hear(text: Text, lexicon: Lexicon) -> Heard:
    """Everything that the text says."""
    matches = lexicon.vi.find(text)
    if text.is_english:
        matches += lexicon.en.find(text)
    matches = _unmasked(matches)
    said: dict[str, list[Match]] = defaultdict(list)
    direct: list[tuple[str, float, Match]] = []
    for match in matches:
        if match.tag.startswith(SAYS):
            _, category, weight = match.tag.split(":")
            direct.append((category, float(weight), match))
        else:
            said[match.tag].append(match)
    _leave_out_those_called_upon(said)
    _leave_out_report_tails(said)
    _add_made_ideas(said, direct, text)
    return Heard({tag: found for tag, found in said.items() if found}, direct)


def _unmasked(matches: list[Match]) -> list[Match]:
    masks = [match for match in matches if match.tag == "_masks"]
    if not masks:
        return matches
    hidden = {(mask.start, mask.end) for mask in masks}
    return [
        match
        for match in matches
        if match.tag != "_masks"
        and not any(start <= match.start and match.end <= end and (match.end - match.start) < (end - start) for start, end in hidden)
    ]


def _leave_out_those_called_upon(said: dict[str, list[Match]]) -> None:
    calls = [match.end for match in said.get("calls_on", ())]
    starts = {match.start for match in said.get("does", ())}
    plain = [(match.start, match.end) for match in said.get("not_official", ())]

    def is_meant(match: Match) -> bool:
        if any(0 <= match.start - end < _UPON for end in calls) or match.end in starts:
            return False
        return not any(start <= match.start and match.end <= end for start, end in plain)

    for tag in _OFFICIALS & said.keys():
        said[tag] = [match for match in said[tag] if is_meant(match)]


def _leave_out_report_tails(said: dict[str, list[Match]]) -> None:
    """"Đề nghị phường kiểm tra" ends a report; it proposes nothing."""
    actions = [match.start for match in said.get("handle", ())]
    for tag in _WISHES & said.keys():
        said[tag] = [match for match in said[tag] if not any(0 <= at - match.end < _TAIL for at in actions)]


def _add_made_ideas(said: dict[str, list[Match]], direct: Sequence[object], text: Text) -> None:
    def add(tag: str, words: str) -> None:
        said[tag] = [Match(tag, 0, len(text.tokens), words)]

    if text.asks:
        add("qmark", "?")
    if _CODE.search(text.lowered):
        add("case_code", "a code")
    if _LINK.search(text.lowered):
        add("link", "a link")
    if _PHONE.search(text.lowered):
        add("has_phone", "a phone number")
    if len(text.tokens) <= FEW:
        add("few_words", "few words")
    if not direct and not _matters(said):
        add("no_matter", "no matter named")
    else:
        add("has_matter", "a matter named")


def _matters(said: Iterable[str]) -> bool:
    made = {"qmark", "case_code", "link", "has_phone", "few_words"}
    return any(tag not in _NO_MATTER and tag not in made for tag in said)
