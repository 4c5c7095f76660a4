"""The secret key can be changed: whatever happens on the way, nothing sealed is lost, and paper receipts stay true."""

import asyncio
import stat
import subprocess
import sys

import pytest
from sqlalchemy import insert

from bot import app
from bot.cli import DONE, command
from bot.domain.case import new_code
from bot.errors import NotOurSeal, SettingsError
from bot.keys import FILE_NAME, load_secret_key
from bot.ports.sealing import KeyPurpose
from bot.receipts import KeyedReceipts
from bot.sealed_files import KeyedFileSealer
from bot.settings import Settings, load_settings
from bot.vault import SecretMasterKey
from storage import Database
from storage.claiming import claim_lock
from storage.installation import wrap_anew
from storage.link import Link
from storage.own_keys import OF_RESIDENTS
from storage.tables import residents
from tests.conftest import Place
from tests.ops.homthu import Homthu
from tests.storage.cast import NOW, a_case

KEY, NEXT = "the first key of the tests, forty letters", "the next key of the tests, also forty letters"
RESIDENTS = 60
CODE = new_code()


def settings_of(place: Place, **more: object) -> Settings:
    return load_settings(data_dir=place.data_dir, database_url=place.url, **more)


async def seal_much(settings: Settings) -> dict[int, str]:
    """Many residents left something, each under a key of their own."""
    async with app.open_database(settings) as database:
        await a_case(database)
        async with database._transaction() as connection:
            new = [{"id": number, "created_at": NOW} for number in range(1000, 1000 + RESIDENTS)]
            await connection.execute(insert(residents), new)
            await connection.commit()
        async with database.begin() as uow:
            link = uow._link  # type: ignore[attr-defined]  # the unit of work of the tables
            found = {who: await OF_RESIDENTS.seal(link, who, f"1.{who}") for who in range(1000, 1000 + RESIDENTS)}
            await uow.commit()
    return found


async def opened(database: Database, sealed: dict[int, str]) -> bool:
    async with database.reading() as uow:
        link = uow._link  # type: ignore[attr-defined]  # as above
        return all([await OF_RESIDENTS.open(link, who, text) == f"1.{who}" for who, text in sealed.items()])


async def test_s21_a_change_of_the_secret_key_killed_at_any_moment_loses_nothing(database_place: Place) -> None:
    """S21: After each SIGKILL the old key or the new one opens all of it; done again to its end, the new one does."""
    settings = settings_of(database_place)
    sealed = await seal_much(settings)
    before = load_secret_key(settings)
    homthu = Homthu.at(database_place)
    told = subprocess.run(
        [sys.executable, "-m", "tests.security.rotating", "1", "9", "60", "0"],
        env=homthu.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert told.stdout.split("\n") == ["killed opens", "killed opens", "killed opens", "killed half", ""]
    await app.change_secret_key(settings)
    assert load_secret_key(settings) != before
    assert [path.name for path in database_place.data_dir.glob("secret.key*")] == [FILE_NAME]
    assert stat.S_IMODE((database_place.data_dir / FILE_NAME).stat().st_mode) == 0o600
    async with app.open_database(settings) as database:
        assert await opened(database, sealed)
        receipts = KeyedReceipts(database.keys[KeyPurpose.RECEIPTS])
        assert receipts.secret(CODE) == KeyedReceipts(before).secret(CODE)
    with pytest.raises(SettingsError):
        async with app.open_database(settings_of(database_place, secret_key=before)):
            pass


async def test_a_key_of_the_settings_is_changed_to_the_next_one_of_the_settings(sqlite_place: Place) -> None:
    """Without the next one it is refused; a second time finds it done; then the next one opens, and the first no more."""
    with pytest.raises(SettingsError):
        await app.change_secret_key(settings_of(sqlite_place, secret_key=KEY))
    async with app.open_database(settings_of(sqlite_place, secret_key=KEY)) as database:
        await a_case(database)
    both = settings_of(sqlite_place, secret_key=KEY, secret_key_new=NEXT)
    assert await app.change_secret_key(both) == (len(KeyPurpose), False)
    assert await app.change_secret_key(both) == (0, False)
    async with app.open_database(settings_of(sqlite_place, secret_key=NEXT)) as database:
        assert await database.free_claims_of_the_dead() == 0
    with pytest.raises(SettingsError):
        async with app.open_database(settings_of(sqlite_place, secret_key=KEY)):
            pass


def test_the_command_says_what_is_left_to_do(
    sqlite_place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"DATA_DIR": str(sqlite_place.data_dir), "SECRET_KEY": KEY, "SECRET_KEY_NEW": NEXT}
    for name, value in given.items():
        monkeypatch.setenv(f"HOMTHU_{name}", value)
    assert command(["keys", "rotate"]) == DONE
    said, wrong = capsys.readouterr()
    assert "Set HOMTHU_SECRET_KEY to it now" in said
    assert wrong == ""
    assert KEY not in said
    assert NEXT not in said


def test_names_are_found_again_and_words_never_look_the_same() -> None:
    """One name, one seal, and none that another installation would make; the same words are sealed anew each time."""
    master = SecretMasterKey(KEY)
    keys = {purpose: master.first_key(purpose) for purpose in KeyPurpose}
    vault, other = master.vault(keys), master.vault({purpose: master.first_key(purpose) for purpose in KeyPurpose})
    assert vault.name("1001") == vault.name("1001") != vault.name("1002")
    assert vault.name("1001") != other.name("1001")
    assert vault.named(vault.name("1001")) == "1001"
    assert vault.seal("đèn") != vault.seal("đèn")
    assert vault.open(vault.seal("đèn")) == "đèn"
    assert vault.token("đèn") == vault.token("đèn") != other.token("đèn")
    for broken in (vault.seal("đèn")[:-6] + "AAAAA=", other.seal("đèn")):
        with pytest.raises(NotOurSeal):
            vault.open(broken)
    with pytest.raises(NotOurSeal):
        vault.named(other.name("1001"))
    words = master.vault(keys).new_key()
    assert vault.open_with(words, vault.seal_with(words, "đèn")) == "đèn"
    with pytest.raises(NotOurSeal):
        vault.open_with(vault.new_key(), vault.seal_with(words, "đèn"))


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 9000])
def test_s21_a_file_that_was_changed_or_cut_short_is_not_what_was_kept(data: bytes) -> None:
    """S21: It lies there as other bytes each time, under a name that its hash does not give away."""
    sealer = KeyedFileSealer(b"k" * 32)
    stored = memoryview(sealer.seal(data))
    assert sealer.open(stored) == data
    assert stored != sealer.seal(data)
    assert len(data) < 20 or data[:20] not in bytes(stored)
    assert sealer.place("a" * 64) not in ("a" * 64, KeyedFileSealer(b"l" * 32).place("a" * 64))
    for broken in (stored[:-1], stored[:40], bytes(stored[:70]) + bytes([stored[70] ^ 1]) + bytes(stored[71:])):
        with pytest.raises(NotOurSeal):
            sealer.open(memoryview(broken))
    with pytest.raises(NotOurSeal):
        KeyedFileSealer(b"l" * 32).open(stored)


async def test_s21_the_keys_are_not_changed_while_anybody_is_at_work(postgres_place: Place) -> None:
    """S21: What a running process seals after the change nobody could open: it is refused until all have stopped.

    Short commands beside it are no such process, and a database of the same server with another city is none either.
    """
    settings = settings_of(postgres_place)
    sealed = await seal_much(settings)
    before = load_secret_key(settings)
    async with app.open_database(settings), app.open_database(settings, beside_others=True):
        with pytest.raises(SettingsError, match="1 processes"):
            await app.change_secret_key(settings)
        assert load_secret_key(settings) == before
    async with app.open_database(settings, beside_others=True):
        done, _ = await app.change_secret_key(settings)
    assert done > RESIDENTS
    async with app.open_database(settings) as database:
        assert await opened(database, sealed)


async def test_s21_who_starts_while_the_keys_are_changed_waits_and_is_told(postgres_place: Place) -> None:
    """S21: The one transaction is open: a process with the old key gets no further, and afterwards its key is wrong."""
    settings = settings_of(postgres_place, secret_key=KEY)
    await seal_much(settings)
    changing = Database(postgres_place.url, data_dir=postgres_place.data_dir)
    await changing.open()
    late = Database(postgres_place.url, data_dir=postgres_place.data_dir, master=SecretMasterKey(KEY))
    async with changing._transaction() as connection:
        link = Link(connection)
        await claim_lock(link, "keys")
        starts = asyncio.create_task(late.open())
        await asyncio.sleep(0.5)
        assert not starts.done()
        assert await changing.company() == 2, "it said that it is there before it asked for the keys"
        await wrap_anew(link, SecretMasterKey(KEY), SecretMasterKey(NEXT))
        await connection.commit()
    with pytest.raises(SettingsError, match="HOMTHU_SECRET_KEY"):
        await starts
    await changing.close()
