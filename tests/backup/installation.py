"""An installation whose key lies in the safe: its data folder can be lost, and another begun with the key alone."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bot.keys import FILE_NAME as KEY_FILE
from bot.keys import load_secret_key
from bot.settings import Settings
from bot.vault import SecretMasterKey
from storage import Database
from tests.conftest import Place
from tests.ops.homthu import Homthu

CASES = re.compile(r"(\d+) cases")


@dataclass(frozen=True)
class Installation:
    """A data folder and its database, with the commands that an operator has."""

    place: Place

    @property
    def settings(self) -> Settings:
        return Settings.model_validate({"data_dir": self.place.data_dir, "database_url": self.place.url})

    @property
    def secret_key(self) -> str:
        return load_secret_key(self.settings)

    def database(self, *, guest: bool = False) -> Database:
        master = SecretMasterKey(self.secret_key)
        return Database(self.place.url, data_dir=self.place.data_dir, master=master, guest=guest)

    def does(self, *words: str, says: int = 0) -> subprocess.CompletedProcess[str]:
        """A command, to its end, with the exit code it must have."""
        done = Homthu.at(self.place).does(*words)
        assert done.returncode == says, (words, done.stdout[-2000:], done.stderr[-2000:])
        return done

    def is_lost(self) -> None:
        """The disk is gone. What was on paper is not: the secret key."""
        key = self.secret_key
        shutil.rmtree(self.place.data_dir)
        self.place.data_dir.mkdir(mode=0o700)
        (self.place.data_dir / KEY_FILE).write_text(key, encoding="ascii")


def named_cases(said: str) -> int:
    """How many cases a command says there were."""
    found = CASES.search(said)
    assert found, said
    return int(found[1])


def at(engine: str, url: str, data_dir: Path) -> Installation:
    return Installation(Place(engine, url, data_dir))
