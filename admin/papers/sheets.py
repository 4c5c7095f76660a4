"""Asking for an export and for the reception register: which days, which ward, what kind of file.

They hold what the one who asks may see, and are made while they wait (`admin.papers.work`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from admin.guard import DeskHandler, Visit
from admin.pages import Frame
from admin.papers.work import ask_for_work
from admin.settings.choices import ward_options
from admin.settings.fields import Field, Option, Typed, ask
from bot.domain.city_day import EARLIEST, LATEST, city_day
from bot.domain.long_work import NewWork, WorkKind
from bot.domain.people import WARD_ROLES
from bot.domain.rights import Right
from bot.domain.ward import WardCode
from bot.routing.wards import Wards
from bot.services.setting import BadFields, read_day
from bot.sheet_making import MEDIA_TYPE, SheetForm, Wanted, file_name
from bot.web import keys, render
from bot.web.forms import Form

EXPORT, REGISTER = "/staff/reports/export", "/staff/reports/register"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One of the two."""

    kind: WorkKind
    path: str
    testid: str
    title_key: str
    text_key: str
    stem: str  # of the file's name
    forms: Sequence[SheetForm]


SHEETS = {
    EXPORT: Sheet(
        *(WorkKind.EXPORT, EXPORT, "export-form", "export_title", "export_text", "xuat-ho-so"),
        (SheetForm.XLSX, SheetForm.CSV, SheetForm.JSONL),
    ),
    REGISTER: Sheet(
        *(WorkKind.REGISTER, REGISTER, "register-form", "register_page_title", "register_page_text", "so-tiep-cong-dan"),
        (SheetForm.XLSX, SheetForm.CSV),
    ),
}


@dataclass(frozen=True, kw_only=True)
class SheetPage:
    """Everything `staff/papers/sheet.html` may use."""

    frame: Frame
    sheet: Sheet
    fields: Sequence[Field]
    trouble_key: str


def show(sheet: Sheet) -> DeskHandler:
    async def shown(visit: Visit) -> web.StreamResponse:
        return await _show(visit, sheet, Typed())

    return shown


def post(sheet: Sheet) -> DeskHandler:
    async def posted(visit: Visit) -> web.StreamResponse:
        async def again(visit: Visit, typed: Typed) -> web.Response:
            return await _show(visit, sheet, typed)

        return await ask_for_work(visit, sheet.testid, lambda form: _wanted(visit, sheet, form), again)

    return posted


def wards_to_choose(visit: Visit) -> list[Option]:
    """Every ward, for whoever sees more than one; a ward's own staff choose nothing."""
    wards: Wards = visit.request.app[keys.WARDS]
    return [] if visit.staff.role in WARD_ROLES else ward_options(visit, wards, "sheet_every_ward")


def read_days(first: str, last: str) -> tuple[date | None, date | None]:
    """What two date fields hold. Raises BadFields: One is no day, or they are not in order."""
    begin, end = read_day(first[:20]), read_day(last[:20])
    read = (("first", first, begin), ("last", last, end))
    is_known = {name: day is not None and EARLIEST <= day.year < LATEST for name, _, day in read}
    troubles = {name: "settings_day_malformed" for name, text, _ in read if text and not is_known[name]}
    if begin and end and begin > end:
        troubles["last"] = "sheet_days_turned"
    if troubles:
        raise BadFields(**troubles)
    return begin, end


def _wanted(visit: Visit, sheet: Sheet, form: Form) -> NewWork:
    first, last = read_days(form.text("first"), form.text("last"))
    ward = form.text("ward")
    if ward and (visit.staff.role in WARD_ROLES or ward not in visit.request.app[keys.WARDS]):
        raise BadFields(ward="ward_unknown")
    if form.text("format") not in {one.value for one in sheet.forms}:
        raise BadFields(format="settings_choice_unknown")
    wanted = Wanted(form=SheetForm(form.text("format")), first=first, last=last, ward=WardCode(ward) if ward else None)
    return NewWork(
        staff_id=visit.staff.id,
        kind=sheet.kind,
        asked=wanted.asked(),
        file_name=file_name(sheet.stem, wanted),
        media_type=MEDIA_TYPE[wanted.form],
    )


async def _show(visit: Visit, sheet: Sheet, typed: Typed) -> web.Response:
    if not visit.viewer.may(Right.EXPORT):
        raise web.HTTPForbidden
    today = city_day(visit.now, visit.request.app[keys.SETTINGS].zone)
    form, wards = sheet.testid, wards_to_choose(visit)
    forms = [Option(value=one.value, label=visit.say(f"sheet_form_{one.value}")) for one in sheet.forms]
    usual = sheet.forms[0].value
    fields = [
        ask(typed, form, "first", "sheet_first", kept=today.replace(month=1, day=1).isoformat(), kind="date"),
        ask(typed, form, "last", "sheet_last", kept=today.isoformat(), kind="date", hint_key="sheet_days_hint"),
        *([ask(typed, form, "ward", "sheet_ward", kind="select", options=wards)] if wards else []),
        ask(typed, form, "format", "sheet_format", kept=usual, kind="select", options=forms, is_needed=True),
    ]
    page = SheetPage(frame=visit.frame, sheet=sheet, fields=fields, trouble_key=typed.about(form))
    return render(visit.request, "staff/papers/sheet.html", page)
