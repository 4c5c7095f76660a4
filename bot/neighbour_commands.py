"""`homthu webhook`: programs that are told what happens to cases. What they are told, `bot.domain.neighbours` says."""

import argparse
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.clock import SystemClock
from bot.domain.neighbours import CHOICES, DeliveryOf, Subscription
from bot.outward import Outward, look_at_address
from bot.ports import UnitOfWork
from bot.services.neighbours import disable, enable, kinds_in, replay, subscribe
from bot.settings import Settings

Do = Callable[[Settings, argparse.Namespace], Awaitable[int]]
Add = Callable[[str, Do, str], argparse.ArgumentParser]

SHOWN = 10  # last deliveries of each, in the list


def add(command: Add) -> None:
    """Tell the parser of them."""
    made = command("webhook", _webhook, "Programs that are told what happens to cases.")
    actions = made.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("add", help="tell an address from now on; prints its secret, once")
    new.add_argument("name", metavar="NAME", help="whose it is, as operators will read it")
    new.add_argument("address", metavar="HTTPS-ADDRESS", help="what is asked; a test goes there at once")
    new.add_argument(
        "--events",
        type=kinds_in,
        default=[],
        metavar="KINDS",
        help=f"some of {','.join(CHOICES)} (default: all)",
    )
    actions.add_parser("list", help="every subscription, and how its last events fared")
    for name, what in (
        ("disable", "tell it nothing more"),
        ("enable", "tell it again, also of what happened meanwhile"),
        ("replay", "tell it again what it did not take"),
    ):
        one = actions.add_parser(name, help=what)
        one.add_argument("id", type=int, metavar="ID", help="from the list")
        if name == "replay":
            one.add_argument("--days", type=int, metavar="N", help="everything of the last N days, taken or not")
            one.add_argument("--event", type=int, metavar="NUMBER", help="this one only, from the list")


async def _webhook(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot import app

    now = SystemClock().now()
    trouble = await look_at_address(Outward(settings.networks), chosen.address) if chosen.action == "add" else ""
    async with app.open_database(settings, beside_others=True) as database:
        if chosen.action == "list":
            async with database.reading() as uow:
                for one in await uow.neighbours.all():
                    print("\n".join(await _lines(uow, one)))
            return 0
        async with database.begin() as uow:
            told = await _act(uow, chosen, trouble, now)
            await uow.commit()
        print(told)
    return 0


async def _act(uow: UnitOfWork, chosen: argparse.Namespace, trouble: str, now: datetime) -> str:
    if chosen.action == "disable":
        await disable(uow, chosen.id, now=now)
        return f"Subscription {chosen.id} is disabled."
    if chosen.action == "enable":
        await enable(uow, chosen.id, now=now)
        return f"Subscription {chosen.id} is told again."
    if chosen.action == "replay":
        count = await replay(uow, chosen.id, now=now, delivery_id=chosen.event, days=chosen.days)
        return f"{count} events are told again."
    made = await subscribe(
        uow, name=chosen.name, address=chosen.address, address_trouble=trouble, kinds=chosen.events, now=now
    )
    return f"Subscription {made.subscription.id}: {made.secret}\nIt is shown this once: nobody can ask for it again."


async def _lines(uow: UnitOfWork, one: Subscription) -> list[str]:
    state = f"disabled ({one.ended}) {one.disabled_at.date()}" if one.disabled_at else "told"
    head = [str(one.id), one.name, one.address, state, f"{one.accepted} taken", ",".join(sorted(one.kinds))]
    found = ["\t".join(head)]
    for line in await uow.neighbours.lines(one.id, SHOWN):
        when = (line.finished_at or line.at).isoformat(timespec="seconds")
        why = line.error or ("" if line.state is DeliveryOf.WAITING else "taken")
        found.append("\t".join(("", str(line.id), when, line.kind, line.state, f"{line.attempts} tries", why)))
    return found
