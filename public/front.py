"""The front page: what this is, how it works, and every way in. It knows no case and writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.web import keys, render

NUMBERS = ("113", "114", "115", "112")


@dataclass(frozen=True, kw_only=True)
class FrontPage:
    """Everything `public/front.html` may use."""

    ward_count: int
    telegram_url: str  # empty: no Telegram here
    emergencies: Sequence[tuple[str, str]]  # the number, and the wording key of whom it reaches


async def show_front(request: web.Request) -> web.StreamResponse:
    name = request.app[keys.WAYS_IN].telegram_name
    page = FrontPage(
        ward_count=len(request.app[keys.WARDS]),
        telegram_url=f"https://t.me/{name}" if name else "",
        emergencies=[(number, f"public_number_{number}") for number in NUMBERS],
    )
    return render(request, "public/front.html", page)
