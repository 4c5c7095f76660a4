"""Whose ledger a page shows, and how its forms are done: read, kept in one unit of work, or shown again with why not."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from aiohttp import web

from admin.guard import Visit
from admin.labels import capital, grouped
from admin.pages import Frame
from admin.settings.choices import ward_options
from admin.settings.fields import Option, Typed
from admin.settings.forms import attempt, is_saved
from admin.uploads import FORM_LIMITS, NotKept, image_type, keep_uploads
from bot.domain.ledger import CodeOf, Photo
from bot.domain.people import Language
from bot.domain.rights import Right
from bot.domain.ward import WardCode
from bot.errors import LedgerChanged
from bot.ports import UnitOfWork
from bot.services.setting import BadFields, GoneMeanwhile, holds
from bot.services.staff_change import ward_name
from bot.web import keys
from bot.web.forms import Form, read_form

HOME = "/staff/campaign"
BOARDS, ENTRIES, GROUPS, PRAISES = f"{HOME}/boards", f"{HOME}/entries", f"{HOME}/groups", f"{HOME}/praises"


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands above every page of the ledger."""

    frame: Frame
    ward: str  # its code; empty: all that the viewer sees
    ward_name: str
    wards: tuple[Option, ...]  # to choose from; empty for whom there is only one
    query: str  # "?ward=00091", or empty: for links to the other pages
    may_enter: bool
    trouble_key: str = ""
    is_saved: bool = False


def head_of(visit: Visit, typed: Typed | None = None, ward: WardCode | None = None) -> Head:
    """Raises web.HTTPForbidden for whom there is no ledger."""
    ward = ward or asked_ward(visit)
    theirs = visit.viewer.wards(Right.DASHBOARD)
    every = visit.request.app[keys.WARDS]
    many = list(every) if theirs is None else [every[code] for code in theirs]
    name = capital(ward_name(visit.language, every[ward])) if ward else visit.say("campaign_all_wards")
    return Head(
        frame=visit.frame,
        ward=ward or "",
        ward_name=name,
        wards=tuple(ward_options(visit, many, "campaign_all_wards" if theirs is None else "")) if len(many) > 1 else (),
        query=f"?ward={ward}" if ward and len(many) > 1 else "",
        may_enter=ward is not None and holds(visit.viewer, Right.LEDGER, ward),
        trouble_key=typed.trouble_key if typed else "",
        is_saved=is_saved(visit),
    )


def asked_ward(visit: Visit, form: Form | None = None) -> WardCode | None:
    """The ward that was asked for, if they read it; else their own; None: all of them.

    Raises:
        web.HTTPForbidden: There is none for them.
    """
    theirs = visit.viewer.wards(Right.DASHBOARD)
    if theirs is not None and not theirs:
        raise web.HTTPForbidden
    asked = (form.text("ward") if form else "") or visit.request.query.get("ward", "")
    if theirs is None:
        return WardCode(asked) if asked in visit.request.app[keys.WARDS] else None
    if asked in theirs:
        return WardCode(asked)
    return visit.staff.ward_code if visit.staff.ward_code in theirs else min(theirs)


def entered_ward(visit: Visit, form: Form) -> WardCode:
    """The ward that something is entered for. Raises web.HTTPForbidden where there is none for them."""
    ward = asked_ward(visit, form)
    if ward is None:
        raise web.HTTPForbidden
    return ward


Act = Callable[[UnitOfWork, Form, Photo | None], Awaitable[object]]
Show = Callable[[Visit, Typed], Awaitable[web.Response]]


async def submit(
    visit: Visit, testid: str, act: Act, show: Show, *, then: str, right: Right = Right.LEDGER
) -> web.StreamResponse:
    """Do what the form asks and lead to `then`; a refusal is shown by `show`, with what was typed.

    Raises:
        web.HTTPForbidden: It is not theirs to do; no file of theirs is kept.
        web.HTTPSeeOther: It is done.
    """
    if not visit.viewer.may(right):
        raise web.HTTPForbidden
    async with read_form(visit.request, token=visit.session.form_token, limits=FORM_LIMITS) as form:
        try:
            photo = await _photo(visit, form)
        except NotKept:
            bad = BadFields(photo="campaign_photo_refused")
            typed: Typed | web.Response | None = Typed(testid, dict(form.fields), bad, bad.wording_key)
        else:
            typed = await attempt(visit, testid, lambda uow, read: act(uow, read, photo), form)
        ward = form.text("ward")
    if isinstance(typed, web.Response):
        return typed
    if typed is None:
        raise web.HTTPSeeOther(
            f"{then}{'&' if '?' in then else '?'}done=saved" + (f"&ward={ward}" if _is_code(ward) else "")
        )
    response = await show(visit, typed)
    response.set_status(409 if typed.trouble_key in (GoneMeanwhile.wording_key, LedgerChanged.wording_key) else 400)
    return response


async def _photo(visit: Visit, form: Form) -> Photo | None:
    """The one picture of the form. Raises NotKept for whatever else was chosen; nothing of it is stored."""
    if any(upload.size and not image_type(upload.read()) for upload in form.uploads):
        raise NotKept("campaign_photo_refused")
    files = await keep_uploads(visit, form)
    if not files:
        return None
    if len(files) > 1 or not files[0].shown_key:
        raise NotKept("campaign_photo_refused")
    return Photo(key=files[0].key, shown_key=files[0].shown_key)


def options(visit: Visit, values: Iterable[StrEnum], prefix: str) -> list[Option]:
    return [Option(value=one.value, label=visit.say(f"{prefix}{one.value}")) for one in values]


def codes(visit: Visit) -> list[Option]:
    return options(visit, (CodeOf.BOTH, CodeOf.PUBLIC, CodeOf.OFFICIALS), "campaign_code_")


def today(visit: Visit) -> date:
    return visit.now.astimezone(visit.request.app[keys.SETTINGS].zone).date()


def shown_day(day: date | None) -> str:
    """ "22/11/2026"; empty for none."""
    return day.strftime("%d/%m/%Y") if day else ""


def number(count: int) -> str:
    """ "16.890", in English too: the forms take dots alone."""
    return grouped(Language.VI, count)


def asked_year(visit: Visit) -> int:
    """The year that the page is about; the present one for anything else."""
    text = visit.request.query.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and 2017 <= int(text[:5]) <= 2100 else today(visit).year


def of_year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _is_code(ward: str) -> bool:
    return len(ward) == 5 and ward.isascii() and ward.isdigit()
