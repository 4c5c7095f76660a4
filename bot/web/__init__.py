"""The web kit every page is built with; it shows nothing itself and knows no room.

Read in this order: `keys` (what a page finds in the application), `door` (who may hold a connection), `security` (headers,
no foreign forms), `language`, `pages` (template and page class), `forms` (what a browser posts), `errors`, then `tokens`,
`cookies`, `assets`, `still`, `throttle`, `siege`; `drawing` and `qr` draw.
"""

import asyncio

from aiohttp import web

from bot.bell import Bell
from bot.imager import PrintsImager
from bot.ports import Clock, FileStore, PictureKeeper, Storage
from bot.receipts import KeyedReceipts
from bot.routing.wards import Wards
from bot.sealing import SecretKeySealer
from bot.services.working_calendar import CityCalendar
from bot.settings import Settings
from bot.web import keys
from bot.web.assets import add_assets, load_assets
from bot.web.door import within_bounds
from bot.web.errors import show_errors
from bot.web.pages import ENVIRONMENT, FORM_TOKEN, make_environment, render, render_text
from bot.web.security import nonce, same_origin, set_headers

__all__ = ["FORM_TOKEN", "keys", "make_web_app", "nonce", "render", "render_text"]

BODY_LIMIT = 4 * 1024 * 1024  # bytes; for what is read whole (a webhook's update). Forms have limits of their own.


def make_web_app(
    *,
    settings: Settings,
    secret_key: str,
    storage: Storage,
    clock: Clock,
    wards: Wards,
    bell: Bell,
    files: FileStore,
    file_keeper: PictureKeeper,
    stop: asyncio.Event | None = None,
) -> web.Application:
    """An application with the kit installed and no page yet; rooms add theirs with `add_routes(app)`."""
    app = web.Application(middlewares=[show_errors, within_bounds, same_origin], client_max_size=BODY_LIMIT)
    app[keys.SETTINGS] = settings
    app[keys.SECRET_KEY] = secret_key
    app[keys.RECEIPTS] = KeyedReceipts(secret_key)
    app[keys.SEALER] = SecretKeySealer(secret_key)
    app[keys.CALENDAR] = CityCalendar(settings.zone, changes={}, now=clock.now())
    app[keys.STORAGE] = storage
    app[keys.CLOCK] = clock
    app[keys.WARDS] = wards
    app[keys.BELL] = bell
    app[keys.FILES] = files
    app[keys.FILE_KEEPER] = file_keeper
    app[keys.IMAGER] = PrintsImager()
    app[keys.IS_DEMO] = False
    app[keys.STOP] = stop or asyncio.Event()
    app[keys.VOICES] = {}
    app[keys.WAYS_IN] = keys.WaysIn(zalo_url=settings.zalo_link)
    assets = load_assets()
    app[ENVIRONMENT] = make_environment(settings.zone, assets)
    app.on_response_prepare.append(set_headers)
    add_assets(app, assets)
    return app
