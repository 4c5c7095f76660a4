"""Wards' records, counted at most once a day each, one at a time: a page costs the same however many cases wait."""

import asyncio
from datetime import datetime

from aiohttp import web

from bot.domain.public_record import WardRecord, told_at
from bot.domain.ward import WardCode
from bot.ports import CalendarSource, Storage
from bot.services.ward_record import ward_record


class Records:
    """Of the wards that somebody asked for today. It grows no further than the city has wards."""

    def __init__(self, storage: Storage, calendar: CalendarSource) -> None:
        self._storage, self._calendar = storage, calendar
        self._kept: dict[WardCode, WardRecord] = {}
        self._counting = asyncio.Lock()

    async def of(self, ward_code: WardCode, now: datetime) -> WardRecord:
        """As it was when yesterday began, the whole day long; the code is that of a ward.

        Raises:
            StorageBusy: The database is out of reach.
        """
        at = told_at(now, self._calendar.current().timezone)
        if (found := self._fresh(ward_code, at)) is not None:
            return found
        async with self._counting:
            if (found := self._fresh(ward_code, at)) is not None:
                return found
            async with self._storage.reading() as uow:
                found = await ward_record(uow, ward_code, calendar=self._calendar, now=now)
            self._kept[ward_code] = found
        return found

    def _fresh(self, ward_code: WardCode, at: datetime) -> WardRecord | None:
        found = self._kept.get(ward_code)
        return found if found is not None and found.at == at else None


RECORDS: web.AppKey[Records] = web.AppKey("ward_records", Records)
