"""A ward's own page: how it is reached, what it promises and how it keeps that, its border, what it was called before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.domain.city_day import shown_day
from bot.domain.office import Office
from bot.domain.people import Language
from bot.domain.public_record import WardRecord
from bot.domain.ward import WardCode
from bot.routing.formers import Former, load_formers
from bot.routing.outlines import outlines
from bot.services.staff_change import office_name, ward_name
from bot.web import keys
from bot.web.drawing import border
from bot.web.language import page_language
from bot.web.shown import shown
from bot.web.still import show_still
from public.finding import find_wards, folder_of
from public.published import Article, asks_each_time, newest_of
from public.records import RECORDS
from public.wards import wards_page

_CODE = re.compile(r"\d{5}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class OfficePart:
    """How somebody is reached; what the ward did not say is empty."""

    phone: str
    dial: str  # the same as a telephone takes it
    hours: str
    address: str


@dataclass(frozen=True, kw_only=True)
class WardPage:
    """Everything `public/ward.html` may use."""

    code: WardCode
    name: str
    office: OfficePart
    record: WardRecord
    as_of: str  # the day before the record's moment: what is told is true of its end
    border: str  # a path; empty where no border is known
    formers: Sequence[Former]
    published: Sequence[Article]  # the newest few
    office_name: str  # who answered them
    home_url: str


async def show_ward(request: web.Request) -> web.StreamResponse:
    """A code that is no ward's leads to today's ward where there is one; anything else is looked for as a name."""
    typed = request.match_info["place"]
    wards = request.app[keys.WARDS]
    if _CODE.fullmatch(typed) is None or typed not in wards:
        return _elsewhere(request, typed)
    ward, language, now = wards[typed], page_language(request), request.app[keys.CLOCK].now()
    async with request.app[keys.STORAGE].reading() as uow:
        office = await uow.ward_settings.get(ward.code)
    record, folder = await request.app[RECORDS].of(ward.code, now), folder_of(request)
    name = ward_name(language, ward)
    page = WardPage(
        code=ward.code,
        name=name[:1].upper() + name[1:],
        office=_office(office, language),
        record=record,
        as_of=shown_day(record.at, request.app[keys.SETTINGS].zone),
        border=border(outlines(folder).get(ward.code, ())),
        formers=load_formers(folder).of.get(ward.code, ()),
        published=await newest_of(request, ward.code),
        office_name=office_name(language, ward.code, wards),
        home_url=request.app[keys.SETTINGS].public_url.rstrip("/"),
    )
    response = show_still(request, "public/ward.html", page)
    if page.published:
        asks_each_time(response)
    return response


def _elsewhere(request: web.Request, typed: str) -> web.Response:
    words = typed[:100].replace("-", " ").replace("_", " ")
    found = find_wards(request, words)
    if found.is_sure:
        raise web.HTTPFound(f"/wards/{found.wards[0].code}")
    return wards_page(request, typed=words, found=found.wards, is_missing=True)


def _office(office: Office, language: Language) -> OfficePart:
    hours = office.hours_en or office.hours if language is Language.EN else office.hours
    return OfficePart(
        phone=shown(office.phone),
        dial=re.sub(r"[^\d+]", "", office.phone),
        hours=shown(hours),
        address=shown(office.address),
    )
