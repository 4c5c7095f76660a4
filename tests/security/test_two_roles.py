"""S19, 1.3.6: on PostgreSQL the role that serves can add to the trail, and change nothing in it, whatever it tries."""

import io
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from bot.cli import DONE, WRONG, command
from bot.domain.people import ResidentId
from bot.domain.privacy import Purpose
from bot.errors import SettingsError
from bot.vault import SecretMasterKey
from storage import Database
from storage.granting import grant, statements
from storage.own_keys import OF_CASES
from tests.conftest import Place
from tests.house.imports import ROOT
from tests.storage.cast import NOW, a_case, file_case, hire

ROLE = 'homthu_app "of the tests"'
TRIES = (
    "UPDATE audit SET action = 'x'",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "UPDATE audit_heads SET signature = ''",
    "DELETE FROM audit_heads",
    "TRUNCATE audit_heads",
    "DELETE FROM audit_tip",
    "INSERT INTO audit_tip (id, rows, last_id, hash) VALUES (2, 0, 0, '')",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "ALTER TABLE audit OWNER TO CURRENT_USER",
    "DROP TABLE audit",
    "CREATE OR REPLACE FUNCTION homthu_only_grows() RETURNS trigger AS 'BEGIN RETURN OLD; END' LANGUAGE plpgsql",
    "CREATE TABLE mine (id int)",
    "SET ROLE postgres",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = 'x'",
    "COPY audit TO 'audit.copy'",
)


async def test_the_serving_role_adds_to_the_trail_and_changes_nothing_of_it(postgres_place: Place) -> None:
    """1.3.6: It files, answers and signs in as usual, and takes destroyed keys out of the files; all else is refused."""
    owner = postgres_place.database()
    await owner.open()
    async with owner._transaction() as connection:
        quoted = connection.dialect.identifier_preparer.quote(ROLE)
        await connection.execute(text(f"DROP ROLE IF EXISTS {quoted}"))
        await connection.execute(text(f"CREATE ROLE {quoted} LOGIN PASSWORD 'serves'"))
        await connection.commit()
    try:
        await grant(owner._transaction, ROLE)
        await grant(owner._transaction, ROLE)
        await owner.close()
        url = make_url(postgres_place.url).set(username=ROLE, password="serves").render_as_string(hide_password=False)
        serves = Database(url, data_dir=postgres_place.data_dir, master=SecretMasterKey("k" * 43))
        await serves.open()
        async with serves.begin() as uow:
            minh, case = await hire(uow), await file_case(uow)
            link = uow._link  # type: ignore[attr-defined]  # the unit of work of the tables
            await OF_CASES.seal(link, case.id, "0912 345 678")
            await uow.audit.record(action="case_answered", now=NOW, staff_id=minh.id, subject=case.code)
            await uow.commit()
        async with serves.begin() as uow:
            await uow.erasure.erase(case, tombstone="–", now=NOW)
            await uow.identities.withdraw(ResidentId(case.resident_id), Purpose.CONTACT, NOW)
            await uow.commit()
        before = await _path(serves)
        assert await serves.wipe()
        assert await _path(serves) != before, "the table of keys was written anew"
        for tried in TRIES:
            with pytest.raises(ProgrammingError, match=r"permission denied|must be (owner|able to)"):
                async with serves._transaction() as connection:
                    await connection.execute(text(tried))
        async with serves._transaction() as connection:
            await connection.execute(text("GRANT ALL ON audit TO CURRENT_USER"))  # the server warns, and gives nothing
            for right in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER"):
                asked = text("SELECT has_table_privilege('audit', :right)")
                assert not (await connection.execute(asked, {"right": right})).scalar()
        async with serves.reading() as uow:
            assert await uow.audit.verify() is None
            assert (tip := await uow.audit.tip()) is not None
            assert tip.rows == 1
        await a_case(serves)
        await serves.close()
    finally:
        again = postgres_place.database()
        await again.open()
        async with again._transaction() as connection:
            await connection.execute(text(f"DROP OWNED BY {quoted}"))
            await connection.execute(text(f"DROP ROLE {quoted}"))
            await connection.commit()
        await again.close()


async def _path(database: Database) -> str:
    async with database._transaction() as connection:
        return str((await connection.execute(text("SELECT pg_relation_filepath('case_keys')"))).scalar())


async def test_whom_nothing_can_be_kept_from_is_refused(postgres_place: Place) -> None:
    """1.3.6: The owner, a superuser, and a role that is not there."""
    database = postgres_place.database()
    await database.open()
    async with database._transaction() as connection:
        me = str((await connection.execute(text("SELECT current_user"))).scalar())
    for role, why in ((me, "owns the tables"), ("nobody_of_that_name", "no role")):
        with pytest.raises(SettingsError, match=why):
            await grant(database._transaction, role)
    await database.close()


def test_on_sqlite_there_is_nobody_to_grant_to(
    sqlite_place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOMTHU_DATA_DIR", str(sqlite_place.data_dir))
    assert command(["migrate", "--grant", "homthu_app"]) == WRONG
    assert "SQLite has no roles" in capsys.readouterr().err
    assert command(["migrate"]) == DONE


def test_the_guide_says_what_the_command_does() -> None:
    """S26: Who would rather type it than run it, types the same."""
    guide = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    missing = [one for one in statements("homthu_app", 18) if one not in guide]
    assert missing == []


def test_kept_heads_that_are_missing_or_empty_are_no_proof(
    sqlite_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """S19: Whoever watches from another machine compares by one line of a crontab, and hears when nothing was compared."""
    monkeypatch.setenv("HOMTHU_DATA_DIR", str(sqlite_place.data_dir))
    assert command(["staff", "add", "lan", "--ward", "00091"]) == DONE
    capsys.readouterr()
    assert command(["audit", "head"]) == DONE
    kept = capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.StringIO(kept))
    assert command(["audit", "verify", "--heads", "-"]) == DONE
    assert capsys.readouterr().out == "The audit trail is whole, and all 1 kept heads are in it.\n"
    file = tmp_path / "heads.txt"
    for content, why in ((None, "cannot be read"), (b"\n \n", "no line"), (b"\xff\xfe", "no text")):
        if content is not None:
            file.write_bytes(content)
        assert command(["audit", "verify", "--heads", str(file)]) == WRONG
        said = capsys.readouterr()
        assert why in said.err
        assert "whole" not in said.out
