"""The citizen reception register, *sổ tiếp công dân*: thirteen columns, a row a matter, in order of reception.

Columns and their order are those of form 03/TCD as the annex of Decree 154/2026 has them (L-30 of the list of duties); the
titles follow the same form of Circular 04/2021/TT-TTCP, annex, where the two agree. Names and numbers of identity cards are
not asked for by this box: where the form wants them stands what staff call the resident, never who it is (that takes two
people and a reason), and that no card was asked for. Which matters there are, and how many people each, storage says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain.case import CaseKind, CaseStatus, Desk
from bot.domain.city_day import shown_date, shown_day
from bot.domain.outcome import Outcome
from bot.domain.people import Language
from bot.domain.privacy import pseudonym
from bot.domain.sheet_rows import LastClosing, ReceivedCase
from bot.papers.streamed_xlsx import FONT, Cell, Column, Layout
from bot.wording import say

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LONGEST_CONTENT = 1500  # characters of a matter: a register is read on paper, the case has it all
_WIDTHS = (5, 11, 18, 14, 52, 14, 9, 15, 9, 17, 19, 36, 24)
_CENTRED = frozenset({0, 1, 5, 6, 8})
# No kind of message to this box is a formal complaint or denunciation: those need a signed form (L-20 and following).
_NO_RECOMMENDATION = frozenset({CaseKind.QUESTION, CaseKind.COMMENDATION, CaseKind.OTHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One row: the case that stands for it, how many people brought it, and what its present closing says, if any."""

    case: ReceivedCase
    people: int
    closing: LastClosing | None
    main_code: str = ""  # of a matter that was received before the days of this register


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOf:
    """Whose register it is, for which days, and how names are told."""

    place: str  # "phường Tây Hồ", or the whole city
    first: date | None
    last: date | None
    zone: tzinfo
    ward_names: Mapping[str, str]
    language: Language = Language.VI


def register_cells(number: int, matter: Matter, of: RegisterOf) -> list[Cell]:
    """The thirteen cells of the matter with this number."""
    case = matter.case
    return [
        number,
        shown_day(case.created_at, of.zone),
        _sender(case, of),
        _word(of.language, "register_no_card"),
        case.text if len(case.text) <= LONGEST_CONTENT else f"{case.text[:LONGEST_CONTENT]} […]",
        _type(case, of),
        matter.people,
        "",  # which bodies decided before is not asked
        "x" if _is_within(case) else "",
        _guided_to(matter),
        _handled_by(matter, of),
        _follow_up(matter, of),
        _note(matter, of),
    ]


def register_layout(of: RegisterOf) -> Layout:
    titles = [say(of.language, f"register_column_{number}") for number in range(1, 14)]
    columns = [
        Column(title, width, place in _CENTRED) for place, (title, width) in enumerate(zip(titles, _WIDTHS, strict=True))
    ]

    def heading(book: "Workbook", sheet: "Worksheet") -> int:
        middle = {"align": "center", "valign": "vcenter", "text_wrap": True} | FONT
        sheet.merge_range(0, 0, 0, 12, say(of.language, "register_form"), book.add_format(middle | {"align": "right"}))
        big = book.add_format(middle | {"bold": True, "font_size": 16})
        sheet.merge_range(1, 0, 1, 12, say(of.language, "register_title"), big)
        place = of.place[:1].upper() + of.place[1:]
        sheet.merge_range(2, 0, 2, 12, f"{place} · {days_of(of)}", book.add_format(middle))
        sheet.write_row(3, 0, titles, book.add_format(middle | {"bold": True, "border": 1, "bg_color": "#EEEEEE"}))
        sheet.write_row(4, 0, [f"({n})" for n in range(1, 14)], book.add_format(middle | {"italic": True, "border": 1}))
        sheet.set_row(1, 26)
        sheet.set_row(3, 64)
        sheet.repeat_rows(3, 4)
        return 5

    return Layout(sheet_name=say(of.language, "register_sheet"), columns=columns, heading=heading, is_for_paper=True)


def days_of(of: RegisterOf) -> str:
    """ "từ 01/01/2026 đến 30/06/2026", as far as they were given."""
    if of.first and of.last:
        return say(of.language, "register_days", first=shown_date(of.first), last=shown_date(of.last))
    if of.first:
        return say(of.language, "register_since", first=shown_date(of.first))
    return say(of.language, "register_until", last=shown_date(of.last)) if of.last else say(of.language, "register_all")


@lru_cache(maxsize=256)
def _word(language: Language, key: str) -> str:
    """A sentence without values, which a hundred thousand rows say again and again."""
    return say(language, key)


def _sender(case: ReceivedCase, of: RegisterOf) -> str:
    key = "register_anonymous" if case.is_anonymous else "register_sender"
    channel = _word(of.language, f"desk_channel_{case.channel.value}")
    return say(of.language, key, name=pseudonym(case.code), channel=channel)


def _type(case: ReceivedCase, of: RegisterOf) -> str:
    kind = _word(of.language, f"desk_kind_{case.kind.value}")
    return kind if case.kind in _NO_RECOMMENDATION else f"KN-PA\n{kind}"


def _is_within(case: ReceivedCase) -> bool:
    return case.desk is not Desk.UNPLACED and case.outcome is not Outcome.NOT_OURS


def _guided_to(matter: Matter) -> str:
    said = _said(matter)
    return said.handed_to if said and said.outcome is Outcome.NOT_OURS and not said.is_handed_over else ""


def _handled_by(matter: Matter, of: RegisterOf) -> str:
    said = _said(matter)
    if said and said.outcome is Outcome.NOT_OURS:
        return said.handed_to if said.is_handed_over else ""
    if said and said.unit:
        return said.unit
    ward = matter.case.ward_code
    return of.ward_names.get(ward, ward) if ward else _word(of.language, "register_city")


def _follow_up(matter: Matter, of: RegisterOf) -> str:
    case, said = matter.case, _said(matter)
    if case.status is CaseStatus.OPEN:
        return say(of.language, "register_open", due=shown_day(case.due_at, of.zone))
    outcome = _word(of.language, f"outcome_{case.outcome.value}") if case.outcome else ""
    closed = say(of.language, "register_closed", day=_day(case.closed_at, of.zone), outcome=outcome)
    return f"{closed}\n{said.what}" if said and said.what else closed


def _note(matter: Matter, of: RegisterOf) -> str:
    case = matter.case
    told = [say(of.language, "register_code", code=case.code)]
    if matter.main_code:
        told.append(say(of.language, "register_same_as", code=matter.main_code))
    if case.desk in (Desk.RESTRICTED, Desk.LEADERS):
        told.append(_word(of.language, "register_restricted"))
    if case.disputes:
        told.append(say(of.language, "register_disputed", n=case.disputes))
    return "\n".join(told)


def _said(matter: Matter) -> LastClosing | None:
    return matter.closing if matter.case.status is CaseStatus.CLOSED else None


def _day(moment: datetime | None, zone: tzinfo) -> str:
    return shown_day(moment, zone) if moment else ""
