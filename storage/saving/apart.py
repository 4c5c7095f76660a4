"""What lies beside a backup and not in it: the keys of cases and residents, and who has been forgotten.

To forget is to destroy a key. A copy of the key in an old backup would undo that, so there is one file of keys, which every
backup writes anew; whoever restores an old backup has the newest keys, and what was forgotten since stays closed. Words that
are not under such a key are taken out again by the list of the forgotten (`storage.saving.settling`).
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import addresses, case_keys, cases, resident_keys, residents, vault_keys
from storage.types import Id

PORTION = 1000  # rows

Line = dict[str, Any]

_after = bindparam("after", type_=Id)
_most = bindparam("most", type_=Id)
_vault = select(vault_keys.c.purpose, vault_keys.c.wrapped).order_by(vault_keys.c.purpose)
# A case by its code and a resident by the moment as well: a number may be given anew after a restore.
_of_cases = (
    select(case_keys.c.case_id, cases.c.code, case_keys.c.wrapped)
    .join(cases, cases.c.id == case_keys.c.case_id)
    .where(case_keys.c.case_id > _after)
    .order_by(case_keys.c.case_id)
    .limit(_most)
)
_of_residents = (
    select(resident_keys.c.resident_id, residents.c.created_at, resident_keys.c.wrapped)
    .join(residents, residents.c.id == resident_keys.c.resident_id)
    .where(resident_keys.c.resident_id > _after)
    .order_by(resident_keys.c.resident_id)
    .limit(_most)
)
_gone_cases = (
    select(cases.c.id, cases.c.code, cases.c.faded_at)
    .where(or_(cases.c.erased_at.is_not(None), cases.c.faded_at.is_not(None)), cases.c.id > _after)
    .order_by(cases.c.id)
    .limit(_most)
)
_asking = (
    select(cases.c.id, cases.c.code)
    .where(cases.c.erase_asked_at.is_not(None), cases.c.id > _after)
    .order_by(cases.c.id)
    .limit(_most)
)
_gone_residents = (
    select(residents.c.id, residents.c.created_at)
    .where(
        ~select(addresses.c.resident_id).where(addresses.c.resident_id == residents.c.id).exists(), residents.c.id > _after
    )
    .order_by(residents.c.id)
    .limit(_most)
)


async def lines_apart(connection: AsyncConnection) -> AsyncIterator[Line]:
    """Every key, wrapped as it lies there, and everybody who was forgotten."""
    for row in (await connection.execute(_vault)).all():
        yield {"what": "vault", "purpose": row.purpose, "wrapped": row.wrapped}
    for statement, make in _LISTS:
        after = 0
        while rows := (await connection.execute(statement, {"after": after, "most": PORTION})).all():
            for row in rows:
                yield make(row)
            after = rows[-1][0]


_LISTS: tuple[tuple[Any, Callable[[Any], Line]], ...] = (
    (_of_cases, lambda row: {"what": "case", "code": row.code, "wrapped": row.wrapped}),
    (_of_residents, lambda row: {"what": "resident", "id": row[0], "since": row[1].isoformat(), "wrapped": row.wrapped}),
    (_gone_cases, lambda row: {"what": "gone", "code": row.code, "faded": row.faded_at is not None}),
    (_asking, lambda row: {"what": "asking", "code": row.code}),
    (_gone_residents, lambda row: {"what": "nobody", "id": row[0], "since": row[1].isoformat()}),
)
_id_of_case = select(cases.c.id).where(cases.c.code == bindparam("code"))
_since = select(residents.c.created_at).where(residents.c.id == bindparam("id", type_=Id))
_rewrap = update(vault_keys).where(vault_keys.c.purpose == bindparam("which")).values(wrapped=bindparam("again"))


async def put_keys(connection: AsyncConnection, lines: list[Line], now: Any) -> None:
    """Lay these keys into a database that has come back without; those of what it does not have are left out."""
    for table in (case_keys, resident_keys):
        await connection.execute(delete(table))
    for line in lines:
        if line["what"] == "vault":
            await connection.execute(_rewrap, {"which": line["purpose"], "again": line["wrapped"]})
        elif line["what"] == "case":
            if (case_id := await connection.scalar(_id_of_case, {"code": line["code"]})) is not None:
                await _lay(connection, case_keys, {"case_id": case_id, "wrapped": line["wrapped"], "made_at": now})
        elif line["what"] == "resident" and await is_resident(connection, line):
            await _lay(connection, resident_keys, {"resident_id": line["id"], "wrapped": line["wrapped"], "made_at": now})


async def is_resident(connection: AsyncConnection, line: Line) -> bool:
    """Whether the database has this resident, and not another under the same number."""
    since = await connection.scalar(_since, {"id": line["id"]})
    return since is not None and since.isoformat() == line["since"]


async def _lay(connection: AsyncConnection, table: Table, values: Line) -> None:
    await connection.execute(insert(table).values(**values))
