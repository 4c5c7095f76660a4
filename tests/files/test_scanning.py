"""ClamAV, where it is set up: asked about every file before it is kept; what it cannot be asked about is not kept.

The server here speaks clamd's protocol as its manual says, and knows the EICAR test file; where clamd itself is installed
it is asked too.
"""

import asyncio
import shutil
import struct
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import pytest
from yarl import URL

from bot.domain.incoming import FileKind, FileTrouble, RemoteFile
from bot.errors import ScannerAway, SettingsError
from bot.file_keeper import SafeFileKeeper
from bot.scanned_files import ScannedFiles
from bot.scanning import ClamdScanner
from bot.settings import load_settings
from storage.files import open_file_store
from tests.bot_api import BotApiServer
from tests.conftest import Place
from tests.security.attackers import outsider
from tests.security.uploading import FILE, filed
from tests.stories.cast import Officer, running_city

# In two parts: a scanner of whoever has this repository must not take it for the thing itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PAPER = RemoteFile("x", FileKind.DOCUMENT, "a.pdf")
PDF = b"%PDF-1.4\n%%EOF\n"


@dataclass
class Clamd:
    """Knows one thing; `most` is its StreamMaxLength."""

    path: Path
    most: int = 25 * 1024 * 1024
    seen: list[int] = field(default_factory=list)
    says: bytes = b""  # in place of an answer
    is_mute: bool = False
    serving: list[asyncio.Task[None]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.serving.append(task)
        try:
            await self._serve(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command, data = await reader.readuntil(b"\0"), bytearray()
        while length := struct.unpack("!I", await reader.readexactly(4))[0]:
            data += await reader.readexactly(length)
            if len(data) > self.most:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.seen.append(len(data))
        if self.is_mute:
            await reader.read()
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
        writer.write(self.says or (found if command == b"zINSTREAM\0" else b"UNKNOWN COMMAND\0"))
        await writer.drain()


@asynccontextmanager
async def running(clamd: Clamd) -> AsyncIterator[ClamdScanner]:
    server = await asyncio.start_unix_server(clamd.serve, clamd.path)
    async with server:
        yield ClamdScanner(str(clamd.path), within=5.0)
        await asyncio.gather(*clamd.serving, return_exceptions=True)


async def test_a_clean_file_is_kept_and_an_infected_one_never_is(tmp_path: Path) -> None:
    """1.3: staff and resident are told that it was malicious; nothing of it lies anywhere."""
    store = open_file_store(str(tmp_path / "files"))
    async with running(clamd := Clamd(tmp_path / "s")) as scanner:
        keeper = SafeFileKeeper(store, scanner=scanner)
        kept = await keeper.keep(PDF, PAPER)
        assert kept.trouble is None
        assert await store.get(kept.key) == PDF
        infected = await keeper.keep(EICAR + b" " * 200_000, PAPER)
        assert (infected.trouble, infected.key, infected.shown_key) == (FileTrouble.INFECTED, "", "")
    assert clamd.seen == [len(PDF), len(EICAR) + 200_000]
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file() and EICAR in path.read_bytes()] == []


@pytest.mark.parametrize(
    "says", [b"stream: Can't allocate memory ERROR\0", b"INSTREAM size limit exceeded. ERROR\0", b"OK\0", b"\0", b"x" * 9000]
)
async def test_whatever_is_no_verdict_leaves_the_file_unkept(tmp_path: Path, says: bytes) -> None:
    """1.3: unscanned is not served, because it is not kept: whoever sent it is asked to come again."""
    store = open_file_store(str(tmp_path / "files"))
    async with running(Clamd(tmp_path / "s", says=says)) as scanner:
        with pytest.raises(ScannerAway):
            await SafeFileKeeper(store, scanner=scanner).keep(PDF, PAPER)
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


async def test_a_scanner_that_is_away_mute_or_takes_no_more_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(ScannerAway):
        await ClamdScanner(str(tmp_path / "nobody")).is_clean(PDF)
    async with running(Clamd(tmp_path / "s", most=1000)) as scanner:
        with pytest.raises(ScannerAway):
            await scanner.is_clean(b"x" * 3_000_000)
    async with running(Clamd(tmp_path / "m", is_mute=True)):
        with pytest.raises(ScannerAway):
            await ClamdScanner(str(tmp_path / "m"), within=0.1).is_clean(PDF)


async def test_what_was_kept_before_there_was_a_scanner_is_scanned_before_it_is_handed_out(tmp_path: Path) -> None:
    """1.3: once for each file; an infected one is as if it were not there, and without an answer nothing is handed out."""
    store = open_file_store(str(tmp_path / "files"))
    clean, infected = await store.put(PDF), await store.put(EICAR + b" " * 1000)
    away = ScannedFiles(store, ClamdScanner(str(tmp_path / "nobody")))
    with pytest.raises(ScannerAway):
        await away.get(clean)
    async with running(clamd := Clamd(tmp_path / "s")) as scanner:
        files = ScannedFiles(store, scanner)
        for _ in range(3):
            assert await files.get(clean) == PDF
            with pytest.raises(FileNotFoundError):
                await files.get(infected)
        assert clamd.seen == [len(PDF), len(EICAR) + 1000]
        await files.remove(clean)
        with pytest.raises(FileNotFoundError):
            await files.get(clean)


async def test_the_whole_program_serves_nothing_unscanned(sqlite_place: Place, tmp_path: Path) -> None:
    """1.3: two files were kept before the ward set up ClamAV; with it, the officer gets the clean one, and the page."""
    async with BotApiServer() as api:
        async with running_city(sqlite_place, api) as city:
            code = await filed(city.url, ("a.txt", EICAR, "text/plain"), ("b.pdf", PDF, "application/pdf"))
            minh = await city.staff("minh")
            assert await served(minh, code) == {EICAR: 200, PDF: 200}
        async with (
            running(Clamd(tmp_path / "s")),
            running_city(sqlite_place, api, clamav=str(tmp_path / "s")) as city,
            outsider() as session,
        ):
            again = Officer(session, URL(city.url), minh.password, minh.username)
            await again.signs_in()
            found = await served(again, code)
            assert EICAR not in found
            assert found.pop(PDF) == 200
            assert set(found.values()) == {404}


async def served(officer: Officer, code: str) -> dict[bytes, int]:
    """The status of each file of the case's page by what came."""
    await officer.opens_case(code)
    assert officer.status == 200
    found = {}
    for path in sorted({unescape(path) for path in FILE.findall(officer.html)}):
        async with officer.session.get(officer.root.join(URL(path))) as answer:
            found[await answer.read()] = answer.status
    return found


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("/run/clamav/clamd.ctl", True),
        ("127.0.0.1:3310", True),
        ("localhost:3310", True),
        ("[::1]:3310", True),
        ("10.1.2.3:3310", True),
        ("8.8.8.8:3310", False),
        ("clamav.example.vn:3310", False),
        ("127.0.0.1", False),
        ("127.0.0.1:99999", False),
    ],
)
def test_files_go_to_a_scanner_near_by_alone(address: str, is_taken: bool) -> None:
    """What is sent there is a resident's, and not encrypted."""
    if is_taken:
        assert load_settings(clamav=address).clamav == address
    else:
        with pytest.raises(SettingsError, match="HOMTHU_CLAMAV: must be a path"):
            load_settings(clamav=address)


@pytest.mark.skipif(not shutil.which("clamd"), reason="no clamd; Debian and Ubuntu: apt-get install clamav-daemon")
async def test_clamd_itself_knows_the_test_file(tmp_path: Path) -> None:
    """With a database of one signature, so that nothing has to be fetched: the MD5 of the test file."""
    import hashlib

    signatures, socket = tmp_path / "db", tmp_path / "clamd.sock"
    signatures.mkdir()
    digest = hashlib.md5(EICAR, usedforsecurity=False).hexdigest()
    (signatures / "test.hdb").write_text(f"{digest}:{len(EICAR)}:Eicar-Test\n")
    config = tmp_path / "clamd.conf"
    config.write_text(f"LocalSocket {socket}\nDatabaseDirectory {signatures}\nForeground yes\nPidFile {tmp_path / 'pid'}\n")
    with subprocess.Popen(["clamd", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as clamd:
        try:
            async with asyncio.timeout(60):
                while not socket.exists():
                    await asyncio.sleep(0.1)
            scanner = ClamdScanner(str(socket))
            assert [await scanner.is_clean(data) for data in (EICAR, PDF)] == [False, True]
        finally:
            clamd.terminate()
