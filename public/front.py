"""The front page: what this is and every way in, on one screen. It knows no case and writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.web import keys
from bot.web.still import show_still

NUMBERS = ("113", "114", "115", "112")


@dataclass(frozen=True, kw_only=True)
class FrontPage:
    """Everything `public/front.html` may use."""

    ward_count: int
    telegram_url: str  # empty: no Telegram here
    zalo_url: str  # empty: no Zalo
    emergencies: Sequence[tuple[str, str]]  # the number, and the wording key of whom it reaches
    home_url: str  # where search engines find it; empty where nobody set one


async def show_front(request: web.Request) -> web.StreamResponse:
    ways, settings = request.app[keys.WAYS_IN], request.app[keys.SETTINGS]
    page = FrontPage(
        ward_count=len(request.app[keys.WARDS]),
        telegram_url=f"https://t.me/{ways.telegram_name}" if ways.telegram_name else "",
        zalo_url=ways.zalo_url,
        emergencies=[(number, f"public_number_{number}") for number in NUMBERS],
        home_url=settings.public_url.rstrip("/"),
    )
    return show_still(request, "public/front.html", page)
