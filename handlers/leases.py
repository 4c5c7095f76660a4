"""Takes back what an earlier, killed process had claimed. Right only where there can be no other process: on SQLite."""

from bot.ports import Storage


async def take_back_leases(storage: Storage) -> int:
    """Make everything claimed wait again at once, instead of when its lease runs out. Returns how much it was.

    Call it once, before `Intake.work` and `Delivery.run` begin, and only when this is the only process.
    """
    async with storage.begin() as uow:
        taken_back = await uow.inbox.forget_leases() + await uow.outbox.forget_leases()
        await uow.commit()
    return taken_back
