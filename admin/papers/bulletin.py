"""A ward's loudspeaker text: written from the days' figures, changed by staff, kept, printed large. Never sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from admin.guard import Visit
from admin.labels import capital
from admin.pages import Frame
from admin.papers.sheets import read_days, wards_to_choose
from admin.settings.fields import Field, Option, Typed, ask
from admin.settings.forms import change, is_saved
from bot.bulletins import gather
from bot.domain.bulletin import Bulletin
from bot.domain.city_day import city_day, shown_date
from bot.domain.people import WARD_ROLES, Language
from bot.domain.rights import Right
from bot.domain.ward import Ward, WardCode
from bot.papers.bulletin import FEWEST, MOST, minutes, write_bulletin
from bot.papers.spoken_vietnamese import syllables
from bot.ports import UnitOfWork
from bot.routing.wards import Wards
from bot.services.keep_bulletin import LONGEST, begin_bulletin_anew, keep_bulletin, may_tell, may_write
from bot.services.setting import BadFields
from bot.services.staff_change import ward_name
from bot.web import keys, render
from bot.web.forms import Form

BULLETIN = "/staff/reports/bulletin"
FORM, CHOICE = "bulletin-form", "bulletin-choice"
USUAL_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class BulletinPage:
    """Everything `staff/papers/bulletin.html` and `staff/papers/bulletin_print.html` may use."""

    frame: Frame
    place: str  # empty: no ward was chosen, or none that they may tell of
    days: str
    text: str
    paragraphs: Sequence[str]
    version: int  # 0: as it was written from the figures
    ward: str
    first: str
    last: str
    syllables: int
    minutes: str
    length_key: str  # what is to be said of its length; empty: it is as long as it should be
    may_write: bool
    choices: Sequence[Field]
    fields: Sequence[Field]  # of the form, for what is said above it
    longest: int
    print_address: str
    trouble_key: str
    text_trouble_key: str
    is_saved: bool


async def show_bulletin(visit: Visit) -> web.StreamResponse:
    return render(visit.request, "staff/papers/bulletin.html", await _page(visit, Typed()))


async def show_bulletin_print(visit: Visit) -> web.StreamResponse:
    page = await _page(visit, Typed())
    if not page.place:
        raise web.HTTPNotFound
    return render(visit.request, "staff/papers/bulletin_print.html", page)


async def post_bulletin(visit: Visit) -> web.StreamResponse:
    """`act` "keep" or "anew", for the ward, days and version that the form carries."""
    if not visit.viewer.may(Right.DASHBOARD):
        raise web.HTTPForbidden
    kept_at: list[str] = []

    async def act(uow: UnitOfWork, form: Form) -> None:
        first, last = read_days(form.text("first"), form.text("last"))
        ward = form.text("ward")
        if ward not in visit.request.app[keys.WARDS] or not first or not last:
            raise BadFields(ward="ward_unknown")
        bulletin = Bulletin(
            ward_code=WardCode(ward), first=first, last=last, text=form.text("text"), version=form.number("version")
        )
        does = begin_bulletin_anew if form.text("act") == "anew" else keep_bulletin
        await does(uow, bulletin, staff=visit.staff, viewer=visit.viewer, now=visit.now)
        kept_at.append(_address(ward, first, last))

    async def again(visit: Visit, typed: Typed) -> web.Response:
        return render(visit.request, "staff/papers/bulletin.html", await _page(visit, typed))

    try:
        return await change(visit, FORM, act, again, then=BULLETIN)
    except web.HTTPSeeOther:
        raise web.HTTPSeeOther(f"{kept_at[0]}&done=saved") from None


async def _page(visit: Visit, typed: Typed) -> BulletinPage:
    if not visit.viewer.may(Right.DASHBOARD):
        raise web.HTTPForbidden
    wards: Wards = visit.request.app[keys.WARDS]
    first, last = _days(visit, typed)
    code = _asked(visit, typed, "ward") or (visit.staff.ward_code or "" if visit.staff.role in WARD_ROLES else "")
    ward = wards[code] if code in wards and may_tell(visit.viewer, WardCode(code)) else None
    bulletin = await _bulletin(visit, ward, first, last) if ward else None
    text = typed.value(FORM, "text", bulletin.text if bulletin else "")
    number = syllables(text)
    return BulletinPage(
        frame=visit.frame,
        place=capital(ward_name(visit.language, ward)) if ward else "",
        days=f"{shown_date(first)} – {shown_date(last)}",
        text=text,
        paragraphs=[one for one in text.split("\n") if one.strip()],
        version=bulletin.version if bulletin else 0,
        ward=code,
        first=first.isoformat(),
        last=last.isoformat(),
        syllables=number,
        minutes=f"{minutes(text):.1f}".replace(".", "," if visit.language is Language.VI else "."),
        length_key="bulletin_short" if number < FEWEST else "bulletin_long" if number > MOST else "",
        may_write=bool(ward) and may_write(visit.viewer, WardCode(code)),
        choices=_choices(visit, code, first, last),
        fields=[ask(typed, FORM, "text", "bulletin_words", kind="textarea")],
        longest=LONGEST,
        print_address=f"{BULLETIN}/print?{_address(code, first, last).partition('?')[2]}",
        trouble_key=typed.about(FORM),
        text_trouble_key=typed.trouble(FORM, "text"),
        is_saved=is_saved(visit),
    )


async def _bulletin(visit: Visit, ward: Ward, first: date, last: date) -> Bulletin:
    """What staff left of it, or what the figures say now."""
    settings = visit.request.app[keys.SETTINGS]
    async with visit.request.app[keys.STORAGE].reading() as uow:
        kept = await uow.bulletins.get(ward.code, first, last)
        if kept is not None:
            return kept
        facts = await gather(
            uow,
            ward=ward,
            viewer=visit.viewer.wanting(Right.DASHBOARD),
            first=first,
            last=last,
            now=visit.now,
            zone=settings.zone,
            public_url=settings.public_url,
        )
    return Bulletin(ward_code=ward.code, first=first, last=last, text=write_bulletin(facts))


def _days(visit: Visit, typed: Typed) -> tuple[date, date]:
    """What was asked for; else the last thirty days."""
    today = city_day(visit.now, visit.request.app[keys.SETTINGS].zone)
    try:
        first, last = read_days(_asked(visit, typed, "first"), _asked(visit, typed, "last"))
    except BadFields:
        first = last = None
    last = last or today
    return min(first or last - timedelta(days=USUAL_DAYS - 1), last), last


def _asked(visit: Visit, typed: Typed, name: str) -> str:
    return typed.value(FORM, name, visit.request.query.get(name, ""))[:20]


def _choices(visit: Visit, ward: str, first: date, last: date) -> list[Field]:
    wards = [Option(value="", label="—"), *wards_to_choose(visit)[1:]]
    which = [ask(Typed(), CHOICE, "ward", "sheet_ward", kept=ward, kind="select", options=wards)]
    return [
        *(which if len(wards) > 1 else []),
        ask(Typed(), CHOICE, "first", "sheet_first", kept=first.isoformat(), kind="date"),
        ask(Typed(), CHOICE, "last", "sheet_last", kept=last.isoformat(), kind="date"),
    ]


def _address(ward: str, first: date, last: date) -> str:
    return f"{BULLETIN}?ward={ward}&first={first.isoformat()}&last={last.isoformat()}"
