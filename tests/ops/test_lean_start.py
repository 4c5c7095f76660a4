"""What a start leaves out, and gives back: each is made sure of, and is there as soon as somebody asks for it."""

import importlib
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.app.beforehand import migrate_apart
from bot.memory import let_go_of_the_start, unchanged
from bot.settings import Settings
from bot.sparing import SPARED
from storage.migrations import HEAD
from tests.house.imports import ROOT

UNUSED = (
    "aiohttp.client",
    "aiohttp.connector",
    "alembic",
    "obstore",
    "prometheus_client.exposition",
    "rich",
    "segno",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.orm",
)

SHOW = """
import json, sys
from bot.sparing import spare
spare()
import bot.cli
print(json.dumps([name for name in sys.argv[1:] if name in sys.modules]))
import aiohttp, sqlalchemy.ext.asyncio
import sqlalchemy.ext.asyncio.engine as engine
asked = [
    aiohttp.ClientSession is sys.modules["aiohttp.client"].ClientSession,
    aiohttp.BodyPartReader is sys.modules["aiohttp.multipart"].BodyPartReader,
    aiohttp.__version__ == __import__("importlib.metadata").metadata.version("aiohttp"),
    sqlalchemy.ext.asyncio.AsyncSession is sys.modules["sqlalchemy.ext.asyncio.session"].AsyncSession,
    sqlalchemy.ext.asyncio.AsyncEngine is engine.AsyncEngine,
    not hasattr(aiohttp, "no_such_name"),
    __import__("structlog.dev").dev.rich is None,
    __import__("rich").print is not None,
]
print(json.dumps([asked, [name for name in sys.argv[1:] if name in sys.modules]]))
"""


def test_a_start_leaves_out_what_it_does_not_use_and_whoever_asks_has_it() -> None:
    """The second look, after the packages' other names were asked for, shows that the first one sees what is there."""
    done = subprocess.run(
        [sys.executable, "-c", SHOW, *UNUSED], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first == []
    asked, loaded = second
    assert all(asked), asked
    assert set(loaded) == {"aiohttp.client", "aiohttp.connector", "rich", "sqlalchemy.orm"}


@pytest.mark.parametrize("package", SPARED)
def test_the_names_that_are_known_are_the_packages_own(package: str) -> None:
    """A new version that moved one would otherwise be noticed by residents."""
    whole = importlib.import_module(package)
    for name, module in SPARED[package].items():
        assert getattr(whole, name) is getattr(importlib.import_module(f"{package}.{module}"), name)


def test_the_tables_are_made_by_another_process(tmp_path: Path) -> None:
    """Once; a file that is no database is left to whoever opens it, who says what is wrong."""
    settings = Settings.model_validate({"data_dir": tmp_path})
    migrate_apart(settings)
    file = tmp_path / "homthu.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
        connection.execute("CREATE TABLE ours (a)")
        connection.commit()
    migrate_apart(settings)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM ours").fetchall() == [(0,)]
    file.write_bytes(b"no database" * 100)
    migrate_apart(settings)
    assert file.read_bytes() == b"no database" * 100


SMAPS = """\
00400000-00452000 r-xp 00000000 fd:00 42 /usr/bin/program
Size:                328 kB
Rss:                 300 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
00651000-00652000 r--p 00051000 fd:00 42 /usr/bin/program
Rss:                   4 kB
Anonymous:             4 kB
00652000-00655000 rw-p 00052000 fd:00 42 /usr/bin/program
Rss:                  12 kB
Anonymous:             0 kB
7f0000000000-7f0000021000 rw-p 00000000 00:00 0
Rss:                 132 kB
Anonymous:             0 kB
7f0000100000-7f0000200000 r--p 00000000 fd:00 77 /usr/lib/a library.so
Rss:                  64 kB
Anonymous:             0 kB
7f0000300000-7f0000310000 r--s 00000000 fd:00 78 /data/shared
Rss:                  64 kB
Anonymous:             0 kB
7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0 [vdso]
Rss:                   8 kB
Anonymous:             0 kB
"""


def test_only_what_lies_in_a_file_as_it_is_is_given_back() -> None:
    """What was written to, might be, or belongs to no file stays where it is."""
    assert unchanged(SMAPS) == [(0x400000, 0x52000, 300 * 1024), (0x7F0000100000, 0x100000, 64 * 1024)]


@pytest.mark.skipif(sys.platform != "linux", reason="asked of Linux")
def test_a_process_goes_on_after_it_gave_back_what_it_had_read() -> None:
    code = (
        "import hashlib, json, re, sqlite3, bot.memory as memory; given = memory.let_go_of_the_start();"
        "sqlite3.connect(':memory:').execute('SELECT 1'); re.compile('a+'); hashlib.sha256(b'a').hexdigest();"
        "print(json.dumps(given))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) > 1 << 20
    assert let_go_of_the_start() > 1 << 20
