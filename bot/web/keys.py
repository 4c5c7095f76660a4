"""What pages find in the application: one typed key each, so that rooms share it without importing each other."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.bell import Bell
from bot.ports import CalendarSource, Clock, FileStore, Imager, PictureKeeper, Receipts, Sealer, Storage, Workshop
from bot.routing.wards import Wards
from bot.services.city import City
from bot.settings import Settings

SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)
STORAGE: web.AppKey[Storage] = web.AppKey("storage", Storage)
CLOCK: web.AppKey[Clock] = web.AppKey("clock", Clock)
WARDS: web.AppKey[Wards] = web.AppKey("wards", Wards)
BELL: web.AppKey[Bell] = web.AppKey("bell", Bell)
FILES: web.AppKey[FileStore] = web.AppKey("files", FileStore)
FILE_KEEPER: web.AppKey[PictureKeeper] = web.AppKey("file_keeper", PictureKeeper)
IMAGER: web.AppKey[Imager] = web.AppKey("imager", Imager)
SECRET_KEY: web.AppKey[str] = web.AppKey("secret_key", str)  # signs cookies and form tokens; from `bot.keys`
RECEIPTS: web.AppKey[Receipts] = web.AppKey("receipts", Receipts)  # made of the same key
SEALER: web.AppKey[Sealer] = web.AppKey("sealer", Sealer)  # of the same key
CITY: web.AppKey[City] = web.AppKey("city", City)  # how words are read; set by whoever composes the pages
CALENDAR: web.AppKey[CalendarSource] = web.AppKey("calendar", CalendarSource)  # by rule; the table's changes come apart
IS_DEMO: web.AppKey[bool] = web.AppKey("is_demo", bool)  # invented people on a loopback address: no codes are asked for
WORKSHOP: web.AppKey[Workshop] = web.AppKey("workshop", Workshop)  # makes what takes long; set as the city is
STOP: web.AppKey[asyncio.Event] = web.AppKey("stop", asyncio.Event)  # set when the process ends: streams must end too


@dataclass
class WaysIn:
    """How else residents reach us. Filled in after the channels have started, hence not frozen."""

    telegram_name: str = ""  # the bot's username without "@"; empty: no Telegram
    zalo_url: str = ""  # the bot's public link; empty: none is shown
    zalo_is_refused: bool = False  # its token is: nothing comes in or goes out there


# How a room says that something went wrong, by how its addresses begin; everywhere else it is a page. Given are the status,
# what was raised (None: nothing that has an answer of its own) and the id of an error of ours, empty where it is none.
Voice = Callable[[web.Request, int, web.HTTPException | None, str], web.Response]
VOICES: web.AppKey[dict[str, Voice]] = web.AppKey("voices", dict)

WAYS_IN: web.AppKey[WaysIn] = web.AppKey("ways_in", WaysIn)
