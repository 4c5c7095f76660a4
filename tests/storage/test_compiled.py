"""Compiled statements are shared by all databases of a run (`tests.compiled`), but for what seals with one's own vault."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.vault import SecretMasterKey
from storage import Database
from storage.tables import cases
from tests import compiled
from tests.databases import fresh_sqlite
from tests.storage.cast import file_case

_texts = select(cases.c.text)


async def as_it_lies(folder: Path, key: str) -> str:
    """A case's words in a database with that key, or without one."""
    database = Database("", data_dir=folder, master=SecretMasterKey(key * 43) if key else None)
    await database.open()
    async with database.begin() as uow:
        case = await file_case(uow)
        await uow.commit()
    async with database._transaction() as connection:
        assert (await connection.execute(_texts)).scalar() == case.text
        lies = (await connection.execute(text("SELECT text FROM cases"))).scalar()
    await database.close()
    return "plain" if lies == case.text else "sealed"


async def in_turn(template: Path, folder: Path) -> list[str]:
    return [await as_it_lies(fresh_sqlite(template, folder / f"{number}"), key) for number, key in enumerate(("a", "", "b"))]


async def test_no_database_seals_with_anothers_vault(
    migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And if sealing statements were shared as well, it would be seen."""
    assert await in_turn(migrated_file, tmp_path) == ["sealed", "plain", "sealed"]
    for cache in (compiled._plain, compiled._unsealed):
        cache.clear()
    monkeypatch.setattr(compiled, "_seals", lambda _: False)
    assert await in_turn(migrated_file, tmp_path / "shared") != ["sealed", "plain", "sealed"]
    compiled._plain.clear()
