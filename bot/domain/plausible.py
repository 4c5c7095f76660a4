"""When a typed number is doubted, and how a number is read as people here write it.

A doubt is a warning that staff may answer with "it is right"; nothing is changed and nothing refused for being large. A
report of 2021 claimed 16.890.000 leaflets for one rural district, most likely 16.890 (LEGAL.md §12).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from bot.domain.ledger import EntryKind, LedgerSetting, NewEntry

MOST_DIGITS = 15  # what both engines and JSON keep exactly
CODES_SINCE = date(2017, 1, 25)  # the officials' code, Decision 522/QĐ-UBND; the public one followed in March
UNUSUAL = 50  # times the middle of the earlier entries of its kind
_DOTTED = re.compile(r"\d{1,3}(?:[. \u00a0\u202f]\d{3})+", re.ASCII)
_PLAIN = re.compile(r"\d+", re.ASCII)
# For a ward whose inhabitants nobody entered: Hanoi's have some 70,000 on average.
_BOUND = {
    EntryKind.INSPECTION: 500,
    EntryKind.SEMINAR: 5_000,
    EntryKind.LEAFLETS: 100_000,
    EntryKind.RADIO: 2_000,
    EntryKind.MEETING: 100,
    EntryKind.PANELS: 2_000,
}
_FOUND = 2_000  # violations at one inspection
_LEAFLETS_EACH = 2  # an inhabitant, in a year


def read_number(text: str) -> int | str:
    """The number, or the wording key of why it is none. Empty is nothing: 0.

    "16.890" and "16 890" are 16890, "16.890.000" is 16890000. A comma is refused, whatever it may have meant, and a dot
    that does not part thousands: guessing would change the number silently.
    """
    text = text.strip()
    if not text:
        return 0
    if "," in text:
        return "campaign_number_comma"
    if not (_PLAIN.fullmatch(text) or _DOTTED.fullmatch(text)):
        return "campaign_number_dots" if re.fullmatch(r"[\d. ]+", text, re.ASCII) else "campaign_number_malformed"
    digits = re.sub(r"\D", "", text)
    return "campaign_number_long" if len(digits) > MOST_DIGITS else int(digits)


def doubts(new: NewEntry, *, setting: LedgerSetting, year_before: int, earlier: Sequence[int], today: date) -> list[str]:
    """The wording keys of what is not credible about it; empty when nothing is.

    Args:
        year_before: The sum of this kind's numbers that the ward has entered for the same year.
        earlier: Numbers of the ward's other entries of this kind.
    """
    return [*_of_the_day(new.day, today), *_of_the_number(new, setting, year_before, earlier), *_of_an_inspection(new)]


def _of_the_day(day: date, today: date) -> Iterator[str]:
    if day > today:
        yield "doubt_future"
    elif day < CODES_SINCE:
        yield "doubt_before_codes"


def _of_the_number(new: NewEntry, setting: LedgerSetting, year_before: int, earlier: Sequence[int]) -> Iterator[str]:
    people = setting.inhabitants
    if new.kind is EntryKind.LEAFLETS and people:
        if new.number + year_before > _LEAFLETS_EACH * people:
            yield "doubt_leaflets_people"
    elif new.kind is EntryKind.SEMINAR and people:
        if new.number > people:
            yield "doubt_seminar_people"
    elif new.number + (0 if new.kind in (EntryKind.SEMINAR, EntryKind.MEETING) else year_before) > _BOUND[new.kind]:
        yield f"doubt_{new.kind.value}_many"
    usual = sorted(earlier)[len(earlier) // 2] if len(earlier) > 2 else 0
    if usual and new.number > UNUSUAL * usual:
        yield "doubt_unusual"
    if not new.number and new.kind not in (EntryKind.SEMINAR, EntryKind.INSPECTION):
        yield "doubt_nothing"


def _of_an_inspection(new: NewEntry) -> Iterator[str]:
    if new.found > _FOUND:
        yield "doubt_found_many"
    if new.reminded + new.criticised + new.disciplined > new.found:
        yield "doubt_outcomes"
