"""Which ward somebody means: by its name of today or of before, by an old code, carelessly typed; or one of several."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.domain.ward import Ward, WardCode
from bot.routing.folding import folded
from bot.routing.formers import load_formers
from bot.routing.wards import Wards, city_folder
from bot.web import keys

LONGEST = 100  # characters of what is looked for
MOST = 12  # wards that are offered


@dataclass(frozen=True, slots=True)
class Found:
    """`is_sure`: the first one is meant. Empty: nothing was found."""

    wards: Sequence[Ward]
    is_sure: bool = False


def folder_of(request: web.Request) -> Path:
    """Where the tables of this city are."""
    return city_folder(request.app[keys.SETTINGS].data_dir)


def find_wards(request: web.Request, typed: str) -> Found:
    """`typed` is at most `LONGEST` characters of anything."""
    wards, text = request.app[keys.WARDS], " ".join(typed.split())
    if text in wards:
        return Found([wards[text]], is_sure=True)
    if text.isdecimal():
        codes = load_formers(folder_of(request)).now_at.get(text, ())
        return _of_codes(wards, codes, is_sure=len(codes) == 1)
    said = request.app[keys.CITY].places.route(text)
    if said.wards:
        is_sure = said.decision == "ward" and said.is_only_place
        return _of_codes(wards, said.codes, is_sure=is_sure)
    return Found([ward for ward in wards if _holds(ward, text)][:MOST])


def _of_codes(wards: Wards, codes: Sequence[WardCode], *, is_sure: bool) -> Found:
    return Found([wards[code] for code in codes[:MOST] if code in wards], is_sure=is_sure)


def _holds(ward: Ward, text: str) -> bool:
    """The name's words begin with what was typed so far: "phu t" for Phú Thượng."""
    looked_for, name = (folded(one) for one in (text, ward.name))
    return bool(looked_for) and f" {looked_for}" in f" {name}"
