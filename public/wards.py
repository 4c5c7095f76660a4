"""All wards by kind and name, and a search: who types a ward's name, also an old one, is led to its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.domain.people import Language
from bot.domain.ward import Ward, WardKind
from bot.routing.folding import folded
from bot.services.staff_change import ward_name
from bot.web import keys
from bot.web.language import page_language
from bot.web.shown import shown
from bot.web.still import show_still
from public.finding import LONGEST, Found, find_wards


@dataclass(frozen=True, slots=True)
class WardLink:
    """A ward's page; `kind` is a `WardKind`."""

    path: str
    name: str


@dataclass(frozen=True, kw_only=True)
class WardsPage:
    """Everything `public/wards.html` may use."""

    typed: str
    is_missing: bool  # an address that leads nowhere
    found: Sequence[WardLink]
    groups: Sequence[tuple[str, Sequence[WardLink]]]  # the kind, and its wards by name
    home_url: str


async def show_wards(request: web.Request) -> web.StreamResponse:
    typed = request.query.get("q", "")[:LONGEST]
    found = find_wards(request, typed) if typed.strip() else Found(())
    if found.is_sure:
        raise web.HTTPFound(f"/wards/{found.wards[0].code}")
    return wards_page(request, typed=typed, found=found.wards)


def wards_page(
    request: web.Request, *, typed: str = "", found: Sequence[Ward] = (), is_missing: bool = False
) -> web.Response:
    """The list with what was found above it. `is_missing` makes it the page of what is not there."""
    language = page_language(request)
    known = request.app[keys.WARDS]
    wards = sorted(known, key=lambda ward: folded(ward.name))
    page = WardsPage(
        typed=shown(typed),
        is_missing=is_missing,
        found=[link_to(ward, language) for ward in found],
        groups=[
            (kind.value, [WardLink(_path(ward), _bare(ward, language)) for ward in wards if ward.kind is kind])
            for kind in WardKind
        ],
        home_url=request.app[keys.SETTINGS].public_url.rstrip("/"),
    )
    return show_still(request, "public/wards.html", page, status=404 if is_missing else 200)


def link_to(ward: Ward, language: Language) -> WardLink:
    name = ward_name(language, ward)
    return WardLink(_path(ward), name[:1].upper() + name[1:])


def _path(ward: Ward) -> str:
    return f"/wards/{ward.code}"


def _bare(ward: Ward, language: Language) -> str:
    return ward.name if language is Language.VI else ward.name_en
