"""Posters and stickers with QR codes that lead to a ward's box, and say which ward, and which board, one came by.

Values in, pages out. A code is at least three centimetres on paper without its quiet zone, and corrects errors of 15 %
(level M) or more. Only the ways that there are have a code: the web chat alone is enough. Which board a case came through
is kept with the case (`bot.services.boards`); the mark in the code is `bot.domain.ledger`'s.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.domain.ledger import start_word
from bot.domain.people import Language
from bot.domain.ward import Ward
from bot.papers.blocks import one_line
from bot.wording import say

MOST = 500  # posters at once
NUMBERS = ("113", "114", "115", "112")
LONGEST = 80  # characters of what is printed of a place, a desk or an office's hours
_SEEN = datetime(2026, 1, 1, tzinfo=UTC)  # what a file says it was made at: always the same, so that a poster is too


class Size(StrEnum):
    """Of the paper."""

    A4 = "a4"
    A3 = "a3"


class PosterForm(StrEnum):
    """What kind of file is wanted; the value is its ending."""

    PDF = "pdf"
    SVG = "svg"


@dataclass(frozen=True, slots=True)
class Ways:
    """How one reaches the box. `zalo` is the bot's link; "{start}" in it is where the mark goes, if Zalo takes one."""

    public_url: str  # of the pages, without a slash at its end
    telegram: str = ""  # the bot's name without "@"
    zalo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """One place where it hangs. A board's id makes its reports countable; without one the ward alone is known."""

    ward: Ward
    board_id: int | None = None
    place: str = ""
    desk: str = ""
    phone: str = ""  # of the ward's office, and when somebody is there
    hours: str = ""


def mark_of(poster: Poster) -> str:
    """What is typed for the place: "00103", of a board "00103-17"."""
    return poster.ward.code + (f"-{poster.board_id}" if poster.board_id else "")


def short_address(poster: Poster, ways: Ways) -> str:
    """For who has no camera, as it is read aloud: "gopy.example.vn/p/00103-17"."""
    return f"{ways.public_url.partition('://')[2]}/p/{mark_of(poster)}"


def addresses(poster: Poster, ways: Ways) -> list[tuple[str, str]]:
    """Each way that there is, and what its code says."""
    board = f"&board={poster.board_id}" if poster.board_id else ""
    start = start_word(poster.ward.code, poster.board_id)
    found = [("web", f"{ways.public_url}/chat?ward={poster.ward.code}{board}")]
    if ways.telegram:
        found.append(("telegram", f"https://t.me/{ways.telegram}?start={start}"))
    if ways.zalo:
        found.append(("zalo", ways.zalo.replace("{start}", start)))
    return found


def write_posters(
    posters: Sequence[Poster], ways: Ways, language: Language, size: Size, form: PosterForm, *, is_sheet: bool = False
) -> list[bytes]:
    """One PDF of all, or an SVG a page. A poster has a page of its own; of stickers (`is_sheet`) many stand on one."""
    from bot.papers.review_pdf import set_pages

    data = {
        "language": language.value,
        "size": size.value,
        "is_sheet": is_sheet,
        "posters": [_told(one, ways, language) for one in posters[:MOST]],
        "emergency": say(language, "poster_emergency"),
        "numbers": [[number, say(language, f"public_number_{number}")] for number in NUMBERS],
        "machine": say(language, "poster_machine"),
        "no_camera": say(language, "poster_no_camera"),
    }
    return set_pages("poster.typ", data, _SEEN, form.value)


def _told(poster: Poster, ways: Ways, language: Language) -> dict[str, Any]:
    name = poster.ward.full_name if language is Language.VI else poster.ward.name_en
    place, mark = one_line(poster.place)[:LONGEST], mark_of(poster)
    reached = " · ".join(filter(None, (one_line(poster.phone)[:LONGEST], one_line(poster.hours)[:LONGEST])))
    return {
        "title": say(language, "poster_title", ward=name),
        "desk": one_line(poster.desk)[:LONGEST],
        "lines": [say(language, f"poster_{which}", ward=name) for which in ("first", "second", "third")],
        "codes": list(_codes(poster, ways, language)),
        "address": short_address(poster, ways),
        "office": say(language, "poster_office", way=reached) if reached else "",
        "mark": say(language, "poster_mark", place=place, mark=mark)
        if place
        else say(language, "poster_mark_only", mark=mark),
    }


def _codes(poster: Poster, ways: Ways, language: Language) -> Iterator[dict[str, str]]:
    for way, address in addresses(poster, ways):
        yield {
            "name": say(language, f"poster_{way}"),
            "svg": _qr(address),
            "said": say(language, "poster_said", address=address),
        }


def _qr(text: str) -> str:
    """As SVG with its quiet zone of four modules; level M, or better where that costs no room."""
    import segno

    code = segno.make(text, error="m", boost_error=True, micro=False)
    return code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None)
