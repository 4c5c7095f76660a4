"""Posters of a ward with QR codes: which board, how large, as what file; and the file itself. Nothing is changed here.

The codes lead where residents find our pages, so that address has to be set; Telegram has a code where its bot runs.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.labels import sorting_key
from admin.pages import Frame
from bot.domain.ledger import LONGEST_PLACE, Board
from bot.domain.people import WARD_ROLES
from bot.domain.rights import Right
from bot.domain.ward import Ward
from bot.papers.posters import LONGEST, Poster, PosterForm, Size, Ways, short_address, write_posters
from bot.services.staff_change import ward_name
from bot.web import keys, render

POSTERS = "/staff/reports/posters"
MOST_AT_ONCE = 200  # boards of one file
MEDIA_TYPE = {PosterForm.PDF: "application/pdf", PosterForm.SVG: "image/svg+xml"}
# What is handed out is not looked at in the browser: nothing in it runs or loads anything.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_AT_ONCE = asyncio.Semaphore(1)  # a file of many posters takes seconds of a processor


@dataclass(frozen=True, slots=True)
class BoardChoice:
    """A board that a poster can be for."""

    id: int
    place: str


@dataclass(frozen=True, slots=True)
class WardChoice:
    code: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class PostersPage:
    """Everything `staff/papers/posters.html` may use."""

    frame: Frame
    wards: Sequence[WardChoice]  # empty for a ward's own staff
    ward: str
    ward_name: str
    boards: Sequence[BoardChoice]
    address: str  # short, of the ward; empty: nobody set where our pages are
    has_telegram: bool
    longest: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for, made sensible."""

    ward: Ward
    boards: Sequence[Board]  # that hang there, as far as they are seen


async def show_posters(visit: Visit) -> web.StreamResponse:
    asked = await _asked(visit)
    known = visit.request.app[keys.WARDS]
    wards = () if visit.staff.role in WARD_ROLES else tuple(known)
    choices = [WardChoice(one.code, ward_name(visit.language, one), one.code == asked.ward.code) for one in wards]
    ways = _ways(visit)
    page = PostersPage(
        frame=visit.frame,
        wards=sorted(choices, key=lambda one: sorting_key(one.name)),
        ward=asked.ward.code,
        ward_name=ward_name(visit.language, asked.ward),
        boards=[BoardChoice(one.id, one.place) for one in sorted(asked.boards, key=lambda one: one.id)],
        address=short_address(Poster(ward=asked.ward), ways) if ways.public_url else "",
        has_telegram=bool(ways.telegram),
        longest=LONGEST,
    )
    return render(visit.request, "staff/papers/posters.html", page)


async def serve_posters(visit: Visit) -> web.StreamResponse:
    """The file. What nobody can have chosen on the page is left out."""
    asked, ways, query = await _asked(visit), _ways(visit), visit.request.query
    if not ways.public_url:
        raise web.HTTPSeeOther(f"{POSTERS}?ward={asked.ward.code}")
    async with visit.request.app[keys.STORAGE].reading() as uow:
        office = await uow.ward_settings.get(asked.ward.code)
    common = Poster(
        ward=asked.ward,
        place=query.get("place", "")[:LONGEST_PLACE],
        desk=query.get("desk", "")[:LONGEST],
        phone=office.phone,
        hours=office.hours,
    )
    posters = _chosen(common, asked.boards, query.getall("board", []))
    form = PosterForm.SVG if query.get("form") == PosterForm.SVG and len(posters) == 1 else PosterForm.PDF
    size = Size.A3 if query.get("size") == Size.A3 else Size.A4
    is_sheet = query.get("sheet") == "yes"
    async with _AT_ONCE:
        pages = await asyncio.to_thread(write_posters, posters, ways, visit.language, size, form, is_sheet=is_sheet)
    headers = {
        "Content-Disposition": f'attachment; filename="poster-{asked.ward.code}.{form.value}"',
        "Content-Security-Policy": POLICY,
    }
    return web.Response(body=pages[0], content_type=MEDIA_TYPE[form], headers=headers)


def _chosen(common: Poster, boards: Sequence[Board], wanted: Sequence[str]) -> list[Poster]:
    """One for each chosen board, "all" for all of them; for the ward alone where none was chosen."""
    found = [one for one in boards if "all" in wanted or str(one.id) in wanted][:MOST_AT_ONCE]
    of_boards = [
        Poster(ward=common.ward, board_id=one.id, place=one.place, desk=common.desk, phone=common.phone, hours=common.hours)
        for one in sorted(found, key=lambda one: one.id)
    ]
    return of_boards or [common]


def _ways(visit: Visit) -> Ways:
    app = visit.request.app
    ways = app[keys.WAYS_IN]
    return Ways(app[keys.SETTINGS].public_url, ways.telegram_name, ways.zalo_url)


async def _asked(visit: Visit) -> _Asked:
    """A ward's staff have their own ward; the city's the one they chose, else the first."""
    if not visit.viewer.may(Right.DASHBOARD):
        raise web.HTTPForbidden
    wards = visit.request.app[keys.WARDS]
    own = visit.staff.ward_code if visit.staff.role in WARD_ROLES else None
    code = own or visit.request.query.get("ward", "")
    ward = wards[code] if code in wards else next(iter(wards))
    async with visit.request.app[keys.STORAGE].reading() as uow:
        boards = await uow.boards.of(visit.viewer.wanting(Right.DASHBOARD), ward.code)
    return _Asked(ward, boards)
