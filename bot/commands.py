"""What the command line does with an open database: accounts and exports. Printing and parsing are `bot.cli`'s."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.people import Role, StaffMember
from bot.domain.ward import WardCode
from bot.exporting import correction_row, export_row
from bot.ports import EVERY_CASE, Chosen, Storage
from bot.routing.wards import Wards
from bot.services.staff_accounts import add_staff, disable_staff, list_staff, reset_code, reset_password, sign_out_staff
from bot.services.tell_auditors import is_night, tell_of_export


async def export_rows(storage: Storage, wards: Wards, chosen: Chosen = EVERY_CASE) -> AsyncIterator[dict[str, Any]]:
    """These cases in order of acceptance, read a page at a time: the export of a million cases needs no more memory."""
    ward_names = {str(ward.code): ward.full_name for ward in wards}
    after = 0
    while True:
        async with storage.reading() as uow:
            page = await uow.cases.export(chosen, after_id=after)
            closings = await uow.closings.last_of([case.id for case in page])
        for case in page:
            yield export_row(case, ward_names, closings.get(case.id))
        if not page:
            return
        after = page[-1].id


async def record_export(storage: Storage, *, what: str, now: datetime, zone: ZoneInfo, details: Mapping[str, str]) -> None:
    """Say in the trail, and to the inspectors, that somebody with the server in their hands takes data away; before the
    first row leaves.

    Args:
        what: The action: `cases_exported` or `corrections_exported`.
        now: At night, by the city's clock, it is said so: nobody has to export then.
        details: What was asked for; never what was found.
    """
    at_night = is_night(now, zone)
    async with storage.begin() as uow:
        await uow.audit.record(action=what, now=now, details={**details, **({"at_night": True} if at_night else {})})
        await tell_of_export(uow, at_night=at_night, now=now)
        await uow.commit()


async def correction_rows(storage: Storage) -> AsyncIterator[dict[str, str]]:
    """Every case whose ward staff corrected, for `homthu route --corrections`; read a page at a time.

    For the operator only: `text` is what the resident wrote, with whatever personal data is in it. Reports about officials
    are never among them.
    """
    after = 0
    while True:
        async with storage.reading() as uow:
            page = await uow.corrections.page(after_id=after)
        for correction in page:
            yield correction_row(correction)
        if not page:
            return
        after = page[-1].case_id


async def add_account(
    storage: Storage, wards: Wards, *, username: str, full_name: str, role: Role, ward: WardCode | None, now: datetime
) -> str:
    """Make an account and return its one-time password."""
    async with storage.begin() as uow:
        _, password = await add_staff(
            uow, username=username, full_name=full_name, role=role, ward_code=ward, now=now, wards=wards
        )
        await uow.commit()
    return password


async def reset_account(storage: Storage, *, username: str, now: datetime) -> str:
    """A new one-time password."""
    async with storage.begin() as uow:
        password = await reset_password(uow, username=username, now=now)
        await uow.commit()
    return password


async def disable_account(storage: Storage, *, username: str, now: datetime) -> None:
    async with storage.begin() as uow:
        await disable_staff(uow, username=username, now=now)
        await uow.commit()


async def reset_account_code(storage: Storage, *, username: str, now: datetime) -> None:
    """Take away the second factor; its owner is told at the next sign-in."""
    async with storage.begin() as uow:
        await reset_code(uow, username=username, now=now)
        await uow.commit()


async def sign_out_account(storage: Storage, *, username: str, now: datetime) -> None:
    """End every session of the account."""
    async with storage.begin() as uow:
        await sign_out_staff(uow, username=username, now=now)
        await uow.commit()


async def accounts(storage: Storage) -> list[StaffMember]:
    async with storage.reading() as uow:
        return await list_staff(uow)
