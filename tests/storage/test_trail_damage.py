"""Whatever single thing is done to the trail, on either engine, the walk finds it and says where.

The place, the row and the kind of each damage are drawn; a seed that ever failed is added to SEEDS.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Executable, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from bot import audit_commands
from bot.domain.trail import Damage, TrailBreak, TrailHead, TrailPoint, bytes_of
from bot.errors import AuditBroken
from bot.heads import KeyedHeads, is_signed_by
from bot.metrics import Metrics
from bot.services.sign_trail import sign_if_due, walk_on
from handlers.timekeeping import DueHeads, trail
from storage import Database, audit
from storage.tables import audit as table
from storage.tables import audit_heads, audit_tip
from tests.storage.cast import LATER, NOW
from tests.storage.tampering import tamper
from tests.storage.test_audit import record

KEY = KeyedHeads("k" * 40)
SEEDS = (1, 20261122)
DRAWN = 24  # damages a seed
Row = dict[str, Any]


async def rows_of(database: Database) -> list[Row]:
    async with database._transaction() as connection:
        return [row._asdict() for row in await connection.execute(select(table).order_by(table.c.id))]


async def verify(database: Database, signer: KeyedHeads | None = KEY) -> TrailBreak | None:
    async with database.reading() as uow:
        return await uow.audit.verify(signer)


async def sign(database: Database, signer: KeyedHeads = KEY) -> TrailHead:
    async with database.begin() as uow:
        point, damage = await walk_on(uow, signer)
        assert damage is None
        head = await sign_if_due(uow, signer, point, NOW, at_once=True)
        assert head is not None
        await uow.commit()
    return head


async def put_back(database: Database, rows: list[Row]) -> None:
    """The trail as it was before it was damaged."""
    await tamper(database, delete(table), *(insert(table).values(row) for row in rows))
    assert await verify(database) is None


def changed(draw: random.Random, rows: list[Row]) -> tuple[list[Executable], set[int]]:
    row = draw.choice(rows)
    every: list[Row] = [{"subject": "x"}, {"staff_id": 99}, {"at": LATER}, {"action": "x"}, {"details": "{}"}]
    what = draw.choice(every)
    forged = {**row, **what}
    if draw.random() < 0.5:  # and the hash with it
        forged["hash"] = audit.hash_of(forged)
    return [update(table).where(table.c.id == row["id"]).values(forged)], {row["id"]}


def dropped(draw: random.Random, rows: list[Row]) -> tuple[list[Executable], set[int]]:
    first = draw.randrange(len(rows))
    gone = {row["id"] for row in rows[first : first + draw.randint(1, 3)]}
    return [delete(table).where(table.c.id.in_(gone))], gone


def slipped_in(draw: random.Random, rows: list[Row]) -> tuple[list[Executable], set[int]]:
    """Between two rows (whose numbers leave room), before the first or behind the last; its own hash may be right."""
    at = draw.randrange(len(rows) + 1)
    number = rows[at]["id"] - 1 if at < len(rows) else rows[-1]["id"] + 5
    forged = {**rows[0], "id": number, "subject": "nobody did this", "prev_hash": rows[at - 1]["hash"] if at else ""}
    forged["hash"] = audit.hash_of(forged) if draw.random() < 0.7 else "0" * 64
    return [insert(table).values(forged)], {number}


def moved(draw: random.Random, rows: list[Row]) -> tuple[list[Executable], set[int]]:
    one, other = sorted(draw.sample(range(len(rows)), 2))
    first, second = rows[one], rows[other]
    exchanged = [{**second, "id": first["id"]}, {**first, "id": second["id"]}]
    ids = {first["id"], second["id"]}
    return [delete(table).where(table.c.id.in_(ids)), *(insert(table).values(row) for row in exchanged)], ids


DAMAGES: dict[Damage, Callable[[random.Random, list[Row]], tuple[list[Executable], set[int]]]] = {
    Damage.CHANGED: changed,
    Damage.DROPPED: dropped,
    Damage.SLIPPED_IN: slipped_in,
    Damage.MOVED: moved,
}


async def leave_gaps(database: Database) -> None:
    """Numbers a few apart, as PostgreSQL leaves them where a transaction came to nothing."""
    rows = await rows_of(database)
    wider = [{**row, "id": row["id"] * 3} for row in rows]
    end = {"last_id": wider[-1]["id"]}
    await tamper(database, delete(table), *(insert(table).values(row) for row in wider), update(audit_tip).values(end))


@pytest.mark.parametrize("seed", SEEDS)
async def test_any_single_damage_is_found_and_named(database: Database, seed: int) -> None:
    """S19: changed, dropped (also at either end), slipped in or moved: named by its row, and by what was done to it."""
    draw = random.Random(seed)
    await record(database, *"abcdefgh")
    await leave_gaps(database)
    rows = await rows_of(database)
    assert await verify(database) is None
    for kind in [*DAMAGES, *draw.choices(list(DAMAGES), k=DRAWN)]:
        statements, touched = DAMAGES[kind](draw, rows)
        await tamper(database, *statements)
        found = await verify(database)
        assert found is not None, (kind, touched)
        assert found.damage is kind or (kind is Damage.SLIPPED_IN and found.damage is Damage.CHANGED), (kind, touched, found)
        assert touched & set(range(found.first, found.last + 1)), (kind, touched, found)
        assert await verify(database, None) == found
        await put_back(database, rows)


async def test_what_was_signed_cannot_be_written_anew(database: Database) -> None:
    """S19: somebody changes a row and makes every hash after it anew, the tip too: the signed head tells it."""
    await record(database, *"abc")
    first = await sign(database)
    await record(database, *"defg")
    await sign(database)
    rows = await rows_of(database)
    rows[4]["subject"] = "somebody else"
    for before, row in pairwise(rows[3:]):
        row["prev_hash"] = before["hash"]
        row["hash"] = audit.hash_of(row)
    written = [update(table).where(table.c.id == row["id"]).values(row) for row in rows]
    await tamper(database, *written, update(audit_tip).values(hash=rows[-1]["hash"]))
    assert await verify(database) == TrailBreak(Damage.REWRITTEN, first.point.last_id + 1, rows[-1]["id"])


async def test_an_end_that_was_cut_off_with_its_tip_is_missed_by_the_head(database: Database) -> None:
    await record(database, *"abc")
    await sign(database)
    kept = (await rows_of(database))[1]
    end = {"rows": 2, "last_id": kept["id"], "hash": kept["hash"]}
    await tamper(database, delete(table).where(table.c.subject == "c"), update(audit_tip).values(end))
    assert await verify(database) == TrailBreak(Damage.DROPPED, 3, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"rows": 1},
        {"last_id": 1},
        {"hash": "0" * 64},
        {"hash": "none"},
        {"at": LATER},
        {"previous": "A"},
        {"signature": "A"},
        {"key": "A" * 16},
        {"number": 9},
    ],
)
async def test_a_head_that_was_changed_is_named(database: Database, change: Row) -> None:
    for subject in "abc":
        await record(database, subject)
        await sign(database)
    await tamper(database, update(audit_heads).where(audit_heads.c.number == 2).values(change))
    found = await verify(database)
    assert found is not None
    assert found.damage in (Damage.HEAD_CHANGED, Damage.HEAD_DROPPED)
    assert found.first in (2, 3)


async def test_a_tip_that_was_changed_or_taken_away_shows_and_stops_nobody(database: Database) -> None:
    """An act is recorded all the same: what staff do must not depend on a row that somebody took away."""
    await record(database, *"abc")
    await tamper(database, update(audit_tip).values(rows=2))
    assert await verify(database) == TrailBreak(Damage.NO_TIP, 3, 3)
    await tamper(database, delete(audit_tip))
    await record(database, "d")
    assert await verify(database) == TrailBreak(Damage.NO_TIP, 4, 4)
    assert [row["subject"] for row in await rows_of(database)] == list("abcd")


async def test_heads_of_an_earlier_key_are_held_by_those_of_the_present_one(database: Database) -> None:
    """After the secret key was changed the trail is signed anew from its first row; before that, the walk says so."""
    await record(database, *"ab")
    await sign(database, KeyedHeads("o" * 40))
    assert await verify(database) == TrailBreak(Damage.NO_HEAD_IS_OURS, 1, 1)
    await record(database, "c")
    await sign(database)
    assert await verify(database) is None
    await tamper(database, update(audit_heads).where(audit_heads.c.number == 2).values(key="A" * 16))
    assert await verify(database) == TrailBreak(Damage.NO_HEAD_IS_OURS, 1, 2)


GUARDED = [
    *(f"{act} audit{rest}" for act, rest in (("UPDATE", " SET subject = 'x'"), ("DELETE FROM", ""))),
    *(f"{act} audit_heads{rest}" for act, rest in (("UPDATE", " SET hash = 'x'"), ("DELETE FROM", ""))),
    "DELETE FROM audit_tip",
    "UPDATE audit_tip SET rows = 1",
    "UPDATE audit_tip SET hash = 'x'",
]


async def test_nobody_changes_the_trail_by_mistake(database: Database) -> None:
    """S19, 1.3: the database itself refuses, whoever asks; on PostgreSQL the tables' owner has not even the right."""
    await record(database, *"ab")
    await sign(database)
    more = ["INSERT OR REPLACE INTO audit SELECT * FROM audit"] if database.is_sqlite else [f"TRUNCATE {one}" for one in
            ("audit", "audit_heads", "audit_tip")]  # fmt: skip
    for statement in (*GUARDED, *more):
        async with database._transaction() as connection:
            with pytest.raises(DBAPIError, match=r"the audit trail only grows"):
                await connection.execute(text(statement))
    assert await verify(database) is None
    if not database.is_sqlite:
        async with database._transaction() as connection:
            asked = "SELECT relacl::text FROM pg_class WHERE relname = 'audit'"
            [rights] = (await connection.execute(text(asked))).scalars().all()
        assert not set("wdD") & set(rights.split("=")[1].split("/")[0]), rights


async def test_a_head_proves_itself_by_the_public_key_alone(database: Database) -> None:
    """Whoever keeps the line needs neither us nor the secret key, and no log takes a part of it for a phone number."""
    await record(database, "a")
    head = await sign(database)
    assert head.line.startswith("homthu-audit-head/1/")
    assert is_signed_by(KEY.public, *head.line.rsplit("/", 1))
    assert not is_signed_by(KEY.public, head.line.rsplit("/", 1)[0] + "A", head.signature)
    assert TrailHead.read(head.line + "\n") == head
    for odd in ("", "x", head.line + "/", head.line.replace("/1/", "/one/", 1), head.line.lower()):
        assert TrailHead.read(odd) is None
    assert bytes_of(head.signature)
    async with database.reading() as uow:
        assert await uow.audit.heads() == [head]


async def test_a_head_is_signed_when_rows_have_waited_for_it(database: Database) -> None:
    async with database.begin() as uow:
        assert await sign_if_due(uow, KEY, TrailPoint(), NOW) is None
    await record(database, "a")
    head = await sign(database)
    more = TrailPoint(2, 2, "0" * 64)
    async with database.begin() as uow:
        assert await sign_if_due(uow, KEY, head.point, NOW + timedelta(days=9), at_once=True) is None
        assert await sign_if_due(uow, KEY, more, NOW + timedelta(minutes=59)) is None
        later = await sign_if_due(uow, KEY, more, NOW + timedelta(minutes=61))
        many = await sign_if_due(uow, KEY, replace(more, rows=1000), NOW)
    assert later is not None
    assert (later.number, later.previous) == (2, head.digest)
    assert many is not None


async def test_a_line_that_lies_elsewhere_tells_of_a_trail_that_was_cut_with_all_that_knew(database: Database) -> None:
    """`homthu audit head` gave the line; then the last act is taken away, and every row that tells of it."""
    await record(database, "a")
    first = await audit_commands.sign(database, KEY, NOW)
    await record(database, "b")
    line = await audit_commands.sign(database, KEY, NOW)
    assert await audit_commands.sign(database, KEY, LATER) == line  # nothing happened: no other is made
    assert (
        await audit_commands.verify(database, KEY, [first, line])
        == "The audit trail is whole, and all 2 kept heads are in it."
    )
    kept = (await rows_of(database))[0]
    await tamper(
        database,
        delete(table).where(table.c.subject == "b"),
        delete(audit_heads).where(audit_heads.c.number == 2),
        update(audit_tip).values(rows=1, last_id=kept["id"], hash=kept["hash"]),
    )
    assert await audit_commands.verify(database, KEY, [first])
    with pytest.raises(AuditBroken, match=r"this head that was kept is not in it: homthu-audit-head/2/"):
        await audit_commands.verify(database, KEY, [first, line])
    with pytest.raises(AuditBroken, match=r"is not in it: nonsense"):
        await audit_commands.verify(database, KEY, ["nonsense"])
    await tamper(database, update(table).values(subject="x"))
    with pytest.raises(AuditBroken, match=r"does not fit from row 1 on: it was changed after it was written"):
        await audit_commands.verify(database, KEY, [])


async def test_the_clock_signs_what_fits_and_tells_of_what_does_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed once when rows wait, over as many looks as it takes; over a row that does not fit never."""
    metrics = Metrics()
    work = DueHeads(database, KEY, metrics)
    assert await work.do(NOW) == 0
    await record(database, *"abcde")
    monkeypatch.setattr(trail, "ROWS_AT_ONCE", 2)
    assert [await work.do(NOW) for _ in range(5)] == [1, 1, 1, 0, 0]
    async with database.reading() as uow:
        [head] = await uow.audit.heads()
    assert head.point.rows == 5
    await record(database, "f")
    assert await work.do(NOW) == 0  # not yet due
    await tamper(database, update(table).where(table.c.subject == "f").values(subject="x"))
    beside = DueHeads(database, KEY, metrics)  # another process, from the newest head on
    assert metrics.registry.get_sample_value("homthu_audit_broken") == 0
    assert [await beside.do(LATER) for _ in range(2)] == [0, 0]
    assert metrics.registry.get_sample_value("homthu_audit_broken") == 1
