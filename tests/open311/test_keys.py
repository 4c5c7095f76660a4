"""Keys of programs that send cases in: told once, kept as what follows from them, counted for all processes together."""

from datetime import timedelta

import pytest

from bot.receipts import KeyedReceipts
from bot.services.api_keys import (
    BadApiKey,
    MadeKey,
    UnknownApiKey,
    add_api_key,
    find_api_key,
    list_api_keys,
    revoke_api_key,
    use_api_key,
)
from storage import Database
from tests.conftest import Place
from tests.ops.homthu import Homthu
from tests.storage.cast import NOW

RECEIPTS = KeyedReceipts("k" * 43)


async def a_key(database: Database, name: str = "Cổng của thành phố", rate: int = 3) -> MadeKey:
    async with database.begin() as uow:
        made = await add_api_key(uow, RECEIPTS, name=name, per_minute=rate, now=NOW)
        await uow.commit()
    return made


async def test_a_secret_finds_its_key_until_that_is_revoked(database: Database) -> None:
    """Whoever has the secret is known by it; with another installation's key, or one letter off, nobody is."""
    made, other = await a_key(database), await a_key(database, "Một cổng khác")
    async with database.begin() as uow:
        assert await find_api_key(uow, RECEIPTS, made.secret) == made.key
        assert await find_api_key(uow, RECEIPTS, other.secret) == other.key
        for wrong in ("", made.secret[:-1], made.secret + "x", made.secret.upper(), "ht_" + "é" * 5000):
            assert await find_api_key(uow, RECEIPTS, wrong) is None
        assert await find_api_key(uow, KeyedReceipts("l" * 43), made.secret) is None
        await revoke_api_key(uow, made.key.id, now=NOW)
        assert await find_api_key(uow, RECEIPTS, made.secret) is None
        assert [key.is_good for key in await list_api_keys(uow)] == [True, False]
        for gone in (made.key.id, 99, -1, 1 << 70):
            with pytest.raises(UnknownApiKey):
                await revoke_api_key(uow, gone, now=NOW)


async def test_a_rate_is_one_for_all_processes(database: Database) -> None:
    """Three in a minute are three, whoever counts them; the fourth is told when the next minute begins."""
    made = await a_key(database, rate=3)
    assert [await use_api_key(database, made.key, NOW) for _ in range(3)] == [0, 0, 0]
    assert await use_api_key(database, made.key, NOW + timedelta(seconds=20)) == 40
    other = await a_key(database, "Một cổng khác", rate=1)
    assert await use_api_key(database, other.key, NOW) == 0
    assert await use_api_key(database, made.key, NOW + timedelta(seconds=60)) == 0
    async with database.reading() as uow:
        assert (await list_api_keys(uow))[-1].used_on == NOW.date()


@pytest.mark.parametrize(("name", "rate"), [("", 1), ("x" * 81, 1), ("x\x00y", 1), ("x", 0), ("x", 6001)])
async def test_a_key_needs_a_name_and_a_rate(sqlite_database: Database, name: str, rate: int) -> None:
    with pytest.raises(BadApiKey):
        await a_key(sqlite_database, name, rate)


def test_an_operator_makes_lists_and_revokes_a_key(sqlite_place: Place) -> None:
    """The secret is printed once; the list tells everything but that."""
    homthu = Homthu.at(sqlite_place)
    made = homthu.does("api-key", "add", "Cổng 1022", "--rate", "30")
    secret = made.stdout.split()[2]
    assert made.returncode == 0
    assert secret.startswith("ht_")
    assert len(secret) > 30
    listed = homthu.does("api-key", "list").stdout
    assert "Cổng 1022\t30/min" in listed
    assert "active" in listed
    assert secret not in listed
    number = listed.split("\t")[0]
    assert homthu.does("api-key", "revoke", number).returncode == 0
    again = homthu.does("api-key", "revoke", number)
    assert again.returncode == 1
    assert "revoked before" in again.stderr
    assert "revoked" in homthu.does("api-key", "list").stdout
