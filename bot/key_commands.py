"""`homthu api-key`: keys for programs that send cases in through Open311. What a key is, `bot.services.api_keys` says."""

import argparse
from collections.abc import Awaitable, Callable

from bot.clock import SystemClock
from bot.domain.serving import HIGHEST_RATE, USUAL_RATE, ApiKey
from bot.ports.sealing import KeyPurpose
from bot.receipts import KeyedReceipts
from bot.services.api_keys import add_api_key, list_api_keys, revoke_api_key
from bot.settings import Settings

Do = Callable[[Settings, argparse.Namespace], Awaitable[int]]
Add = Callable[[str, Do, str], argparse.ArgumentParser]


def add(command: Add) -> None:
    """Tell the parser of them."""
    made = command("api-key", _api_key, "Keys for programs that send cases in through Open311.")
    actions = made.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("add", help="make a key; prints its secret, once")
    new.add_argument("name", metavar="NAME", help="whose it is, as operators will read it")
    new.add_argument(
        "--rate",
        type=int,
        default=USUAL_RATE,
        metavar="N",
        help=f"requests a minute, 1 to {HIGHEST_RATE} (default {USUAL_RATE})",
    )
    actions.add_parser("list", help="every key: id, name, rate, when it was made, last used and revoked")
    end = actions.add_parser("revoke", help="end a key; the next request with it is refused")
    end.add_argument("id", type=int, metavar="ID", help="from the list")


async def _api_key(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot import app

    now = SystemClock().now()
    async with app.open_database(settings, beside_others=True) as database:
        if chosen.action == "list":
            async with database.reading() as uow:
                for key in await list_api_keys(uow):
                    print("\t".join(_line(key)))
            return 0
        async with database.begin() as uow:
            if chosen.action == "revoke":
                await revoke_api_key(uow, chosen.id, now=now)
                told = f"Key {chosen.id} is revoked."
            else:
                receipts = KeyedReceipts(database.keys[KeyPurpose.RECEIPTS])
                made = await add_api_key(uow, receipts, name=chosen.name, per_minute=chosen.rate, now=now)
                told = f"Key {made.key.id}: {made.secret}\nIt is shown this once: nobody can ask for it again."
            await uow.commit()
        print(told)
    return 0


def _line(key: ApiKey) -> tuple[str, ...]:
    used = key.used_on.isoformat() if key.used_on else "-"
    state = f"revoked {key.revoked_at.date().isoformat()}" if key.revoked_at else "active"
    return str(key.id), key.name, f"{key.per_minute}/min", key.made_at.date().isoformat(), used, state
