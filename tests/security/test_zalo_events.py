"""R4 on Zalo: whatever it brings is kept and confirmed, breaks nothing, and words that can be read are not lost.

A few hundred, each time; `python -m benchmarks.attacks --zalo 10000` sends ten thousand.
"""

import logging
import random

import pytest
from sqlalchemy import select

from bot import app
from bot.domain.people import Channel
from handlers.channels.zalo_updates import raw_updates
from storage.tables import inbox
from tests.bot_api import BotApiServer
from tests.conftest import Place
from tests.security.attackers import mutated_zalo_events
from tests.security.mutating import mutated_zalo_event
from tests.stories.cast import PATIENCE, running_city
from tests.stories.things import LAMP
from tests.zalo_api import ZaloServer

EVENTS = 300
SECRET = "-".join(["a", "secret", "of", "Zalo", "and", "us"])


async def test_mutated_events_are_all_kept_and_confirmed(sqlite_place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """R4: nothing but 200; every one that differs has its row; and Lan is still answered."""
    rng = random.Random(1)
    bodies = [mutated_zalo_event(rng) for _ in range(EVENTS)]
    async with ZaloServer() as zalo, BotApiServer() as api:
        more = {"zalo_token": zalo.token, "zalo_api_base": zalo.base, "zalo_mode": "webhook", "zalo_webhook_secret": SECRET}
        public = {"public_url": "http://127.0.0.1:9", "zalo_per_second": 1000}
        async with running_city(sqlite_place, api, **more, **public) as city:
            with caplog.at_level(logging.ERROR):
                tally = await mutated_zalo_events(city.url, SECRET, bodies)
            assert set(tally.statuses) == {200}
            assert [record.getMessage() for record in caplog.records] == []
            await zalo.use_webhook(f"{city.url}/hooks/zalo", SECRET)
            lan = zalo.resident("Lan")
            lan.sends(LAMP)
            await lan.next_like("Nơi nhận: phường Phú Thượng", timeout=PATIENCE)
        async with app.open_database(city.settings) as database, database._transaction() as connection:
            where = inbox.c.channel == Channel.ZALO.value
            rows = (await connection.execute(select(inbox.c.external_id).where(where))).scalars().all()
    brought = {update.external_id for body in bodies for update in raw_updates(body)}
    assert len(brought) > EVENTS / 2
    assert brought <= set(rows)
