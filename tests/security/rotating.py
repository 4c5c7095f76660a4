"""Changes the secret key of an installation and is killed in the middle, again and again; run as a process of its own.

    python -m tests.security.rotating <kills> <seconds>

Prints a line after each kill: how the installation stands then, as the next start finds it. Each attempt is a fork, so that
the program is loaded once. The `HOMTHU_…` variables say which installation it is.
"""

import asyncio
import os
import random
import signal
import sys
import time

from bot import app
from bot.errors import SettingsError
from bot.keys import load_secret_key
from bot.settings import load_settings
from bot.vault import SecretMasterKey
from storage import Database


def kill_in_the_middle(kills: int, seconds: float) -> None:
    for _ in range(kills):
        child = os.fork()
        if not child:
            os._exit(_rotate())
        time.sleep(random.uniform(0.02, seconds))
        os.kill(child, signal.SIGKILL)
        _, how = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(how) else "done", _state_apart(), flush=True)


def _rotate() -> int:
    asyncio.run(app.change_secret_key(load_settings()))
    return 0


def _state_apart() -> str:
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.write(write, asyncio.run(_state()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read, "rb") as told:
        return told.read().decode()


async def _state() -> str:
    """Whether it opens with the key that lies there: "opens", or "half" where the change has to be finished first."""
    settings = load_settings()
    database = Database(settings.database_url, data_dir=settings.data_dir, master=SecretMasterKey(load_secret_key(settings)))
    try:
        await database.open()
    except SettingsError:
        return "half"
    finally:
        await database.close()
    return "opens"


if __name__ == "__main__":
    kill_in_the_middle(int(sys.argv[1]), float(sys.argv[2]))
