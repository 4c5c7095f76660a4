"""Hands out a picture to Zalo, which takes pictures by address only: a link that cannot be guessed, good for one look.

Only shown copies, never originals. A look at the head does not use a link up: who fetches pictures often looks there first.
"""

import re
import secrets
from datetime import timedelta
from hashlib import sha256

from aiohttp import web

from bot.errors import StorageBusy
from bot.media_types import SHOWN_TYPE
from bot.ports import Clock, FileStore, Storage

PATH = "/hooks/zalo/photos/{token}"
GOOD_FOR = timedelta(minutes=2)
_TOKEN = re.compile(r"([A-Za-z0-9_-]{32})\.jpg", re.ASCII)
_BYTES = 24  # of chance, in 32 letters


class PhotoLinks:
    """Makes links, and serves them, whichever process made them.

    Args:
        public_url: Of our own pages, without a slash at its end; never empty.
        files: What may be handed out lies here.
    """

    def __init__(self, storage: Storage, files: FileStore, clock: Clock, public_url: str) -> None:
        self._storage = storage
        self._files = files
        self._clock = clock
        self._base = public_url.rstrip("/")

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self.serve)]

    async def make(self, shown_key: str) -> str:
        """An address that hands out this copy once, within two minutes.

        Raises:
            StorageBusy: It could not be remembered.
        """
        token, now = secrets.token_urlsafe(_BYTES), self._clock.now()
        async with self._storage.begin() as uow:
            await uow.file_links.add(_hash(token), shown_key, until=now + GOOD_FOR, now=now)
            await uow.commit()
        return f"{self._base}{PATH.format(token=token)}.jpg"

    async def serve(self, request: web.Request) -> web.Response:
        """The picture, once. What was never there, was used or is over, is the same 404."""
        found = _TOKEN.fullmatch(request.match_info["token"])
        if found is None:
            raise web.HTTPNotFound
        try:
            data = await self._data(_hash(found[1]), uses_up=request.method == "GET")
        except StorageBusy:
            raise web.HTTPServiceUnavailable from None
        if data is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}
        return web.Response(body=data, content_type=SHOWN_TYPE, headers=headers)

    async def _data(self, token_hash: str, *, uses_up: bool) -> bytes | None:
        now = self._clock.now()
        async with self._storage.reading() as uow:
            key = await uow.file_links.key_of(token_hash, now)
        if key is None:
            return None
        try:
            data = await self._files.get(key)
        except FileNotFoundError:
            return None
        if uses_up:
            async with self._storage.begin() as uow:
                is_ours = await uow.file_links.use_up(token_hash, now)
                await uow.commit()
            if not is_ours:  # somebody was faster
                return None
        return data


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
