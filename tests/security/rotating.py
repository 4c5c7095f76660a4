"""Changes the secret key of an installation and is killed in the middle, again and again; run as a process of its own.

    python -m tests.security.rotating 1 7 40 0

Killed (SIGKILL) when it wraps that key in turn; at 0 when all is committed and the key's file is to be changed. Prints after
each how the installation stands then, as the next start finds it. Each attempt is a fork, so that the program is loaded
once. The `HOMTHU_…` variables say which installation it is.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

from bot import app
from bot.errors import SettingsError
from bot.keys import load_secret_key
from bot.settings import load_settings
from bot.vault import SecretMasterKey
from storage import Database


class Mortal(SecretMasterKey):
    """Ends its process when it is asked to wrap for the so many-th time."""

    lives = 0

    def wrap(self, key: bytes) -> str:
        Mortal.lives -= 1
        if Mortal.lives == 0:
            _die()
        return super().wrap(key)


def apart(work: Callable[[], str]) -> str:
    """In a process of its own: what came of it, "killed" when nothing did."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.write(write, work().encode())
        os._exit(0)
    os.close(write)
    _, how = os.waitpid(child, 0)
    with os.fdopen(read, "rb") as told:
        return "killed" if os.WIFSIGNALED(how) else told.read().decode()


def rotate(dies_at: int) -> str:
    Mortal.lives = dies_at
    vars(app)["SecretMasterKey"] = Mortal
    if not dies_at:
        vars(app)["adopt_next_key"] = lambda _: _die()
    asyncio.run(app.change_secret_key(load_settings()))
    return "done"


def opens() -> str:
    return asyncio.run(_opens())


async def _opens() -> str:
    """Whether it opens with the key that lies there; "half" where the change has to be finished first."""
    settings = load_settings()
    database = Database(settings.database_url, data_dir=settings.data_dir, master=SecretMasterKey(load_secret_key(settings)))
    try:
        await database.open()
    except SettingsError:
        return "half"
    finally:
        await database.close()
    return "opens"


def _die() -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    return False


if __name__ == "__main__":
    for word in sys.argv[1:]:
        print(apart(lambda at=int(word): rotate(at)), apart(opens), flush=True)  # type: ignore[misc]  # a number
