"""A missing or wrong setting stops the start with one line that names the variable and the mend, and shows no secret."""

import os
import socket
import sqlite3
from pathlib import Path

import pytest

from bot.cli import DONE, FAILED, WRONG, command
from bot.settings import Settings, load_settings
from tests.conftest import Place
from tests.ops.homthu import Homthu

SECRET = "hunter2-hunter2"
WEBHOOK = {"HOMTHU_TELEGRAM_TOKEN": f"4242:{SECRET}", "HOMTHU_TELEGRAM_MODE": "webhook"}
ZALO_WEBHOOK = {"HOMTHU_ZALO_TOKEN": f"4242:{SECRET}", "HOMTHU_ZALO_MODE": "webhook"}
WRONG_SETTINGS = [
    ({"HOMTHU_PORT": "many"}, "HOMTHU_PORT: must be a whole number"),
    ({"HOMTHU_PORT": "65536"}, "HOMTHU_PORT: must be 65535 or less"),
    ({"HOMTHU_PORT": "-1"}, "HOMTHU_PORT: must be 0 or more"),
    ({"HOMTHU_HOST": "no-such-host.invalid"}, "HOMTHU_HOST: no-such-host.invalid is no address of this machine"),
    ({"HOMTHU_HOST": "two\nlines.invalid"}, "HOMTHU_HOST: two lines.invalid is no address"),
    ({"HOMTHU_DATA_DIR": "/dev/null/here"}, "HOMTHU_DATA_DIR: /dev/null/here cannot be used: a file is in the way"),
    ({"HOMTHU_DATABASE_URL": f"mysql://root:{SECRET}@db/x"}, "HOMTHU_DATABASE_URL: must begin with postgresql://"),
    ({"HOMTHU_DATABASE_URL": f"postgresql://a:{SECRET}@db:port/x"}, "HOMTHU_DATABASE_URL: cannot be read"),
    (
        {"HOMTHU_DATABASE_URL": f"postgresql://a:{SECRET}@db/x?sslmod=on"},
        "HOMTHU_DATABASE_URL: has an unknown option 'sslmod'",
    ),
    ({"HOMTHU_DATABASE_URL": "sqlite://"}, "HOMTHU_DATABASE_URL: SQLite needs a file"),
    ({"HOMTHU_FILES_URL": "gopher://files"}, "HOMTHU_FILES_URL: must be a folder or begin with s3://"),
    ({"HOMTHU_FILES_URL": "/dev/null/files"}, "HOMTHU_FILES_URL: /dev/null/files cannot be made"),
    ({"HOMTHU_FILES_URL": "s3://"}, "HOMTHU_FILES_URL: cannot be opened"),
    ({"HOMTHU_PUBLIC_URL": "gopy.example.vn"}, "HOMTHU_PUBLIC_URL: must be an address like https://"),
    ({"HOMTHU_SECRET_KEY": SECRET}, "HOMTHU_SECRET_KEY: must be 32 characters or more"),
    ({"HOMTHU_SECRET_KEY": SECRET * 3 + "\n"}, "HOMTHU_SECRET_KEY: must be printable"),
    ({"HOMTHU_SECRET_KEY_NEW": SECRET}, "HOMTHU_SECRET_KEY_NEW: must be 32 characters or more"),
    ({"HOMTHU_TELEGRAM_TOKEN": SECRET}, "HOMTHU_TELEGRAM_TOKEN: is not a bot token"),
    ({"HOMTHU_TELEGRAM_TOKEN": f"4242:{SECRET}\n"}, "HOMTHU_TELEGRAM_TOKEN: is not a bot token"),
    ({"HOMTHU_TELEGRAM_API_BASE": "ftp://api"}, "HOMTHU_TELEGRAM_API_BASE: must be an address"),
    ({"HOMTHU_TELEGRAM_API_BASE": "http://["}, "HOMTHU_TELEGRAM_API_BASE: must be an address"),
    ({"HOMTHU_TELEGRAM_MODE": "both"}, "HOMTHU_TELEGRAM_MODE: must be 'polling' or 'webhook'"),
    ({"HOMTHU_TELEGRAM_WEBHOOK_SECRET": "too short"}, "HOMTHU_TELEGRAM_WEBHOOK_SECRET: must be 8 to 256"),
    ({"HOMTHU_TELEGRAM_PER_SECOND": "0"}, "HOMTHU_TELEGRAM_PER_SECOND: must be 1 or more"),
    (WEBHOOK, "HOMTHU_TELEGRAM_WEBHOOK_SECRET: is missing"),
    ({**WEBHOOK, "HOMTHU_TELEGRAM_WEBHOOK_SECRET": "w" * 16}, "HOMTHU_PUBLIC_URL: is missing"),
    ({"HOMTHU_ZALO_TOKEN": SECRET}, "HOMTHU_ZALO_TOKEN: is not a bot token"),
    ({"HOMTHU_ZALO_API_BASE": "ws://api"}, "HOMTHU_ZALO_API_BASE: must be an address"),
    ({"HOMTHU_ZALO_MODE": "both"}, "HOMTHU_ZALO_MODE: must be 'polling' or 'webhook'"),
    ({"HOMTHU_ZALO_WEBHOOK_SECRET": "short"}, "HOMTHU_ZALO_WEBHOOK_SECRET: must be 8 to 256"),
    ({"HOMTHU_ZALO_PER_SECOND": "0"}, "HOMTHU_ZALO_PER_SECOND: must be 1 or more"),
    ({"HOMTHU_ZALO_LINK": "javascript:alert(1)"}, "HOMTHU_ZALO_LINK: must be an address that begins with https://"),
    ({"HOMTHU_ZALO_LINK": "https://zalo.me/b/1 2"}, "HOMTHU_ZALO_LINK: must be an address that begins with https://"),
    (ZALO_WEBHOOK, "HOMTHU_ZALO_WEBHOOK_SECRET: is missing"),
    ({**ZALO_WEBHOOK, "HOMTHU_ZALO_WEBHOOK_SECRET": "w" * 16}, "HOMTHU_PUBLIC_URL: is missing, Zalo must be told"),
    ({"HOMTHU_CLAMAV": "clamav.example.vn:3310"}, "HOMTHU_CLAMAV: must be a path, or host:port with a loopback or private"),
    ({"HOMTHU_EMBED_ON": "https://*.example.vn"}, "HOMTHU_EMBED_ON: must be origins like https://phuthuong.example.vn"),
    ({"HOMTHU_OWN_NETWORKS": "10.0.0.1/8"}, "HOMTHU_OWN_NETWORKS: must be networks like 10.0.0.0/8, one space between"),
    ({"HOMTHU_TIMEZONE": "Mars/Olympus"}, "HOMTHU_TIMEZONE: no such time zone: Mars/Olympus; use a name like"),
    ({"HOMTHU_LOG_LEVEL": "loud"}, "HOMTHU_LOG_LEVEL: must be 'debug', 'info', 'warning' or 'error'"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, and no variable but those a test sets."""
    for name in list(os.environ):
        if name.startswith("HOMTHU_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOMTHU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOMTHU_PORT", "0")
    return tmp_path / "data"


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    out, err = capsys.readouterr()
    [line] = err.splitlines()
    assert out == ""
    assert SECRET not in line
    return line.removeprefix("homthu: ")


@pytest.mark.parametrize(
    ("variables", "line"), WRONG_SETTINGS, ids=[f"{next(iter(v))}-{n}" for n, (v, _) in enumerate(WRONG_SETTINGS)]
)
def test_a_wrong_setting_stops_the_start(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variables: dict[str, str],
    line: str,
) -> None:
    """Exit code 2, one line, the variable first, then what to do about it."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert command(["run"]) == WRONG
    assert told(capsys).startswith(line)


def test_every_setting_that_can_be_wrong_is_tried() -> None:
    tried = {line.split(":")[0] for _, line in WRONG_SETTINGS}
    assert tried == {f"HOMTHU_{name.upper()}" for name in Settings.model_fields}


def test_an_empty_variable_is_as_good_as_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files write `HOMTHU_PORT=` for what is not set."""
    untouched = Settings.model_construct()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"HOMTHU_{name.upper()}", "")
    assert load_settings() == untouched


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (
            lambda path: path.write_text("a letter, and no database at all, although it is long enough"),
            "its file is no database",
        ),
        (lambda path: path.mkdir(), "a folder has the database's name"),
    ],
    ids=["a letter", "a folder"],
)
def test_something_else_lies_where_the_database_should(
    folder: Path, capsys: pytest.CaptureFixture[str], make: object, line: str
) -> None:
    folder.mkdir()
    assert callable(make)
    make(folder / "homthu.sqlite3")
    assert command(["run"]) == WRONG
    assert line in told(capsys)


def test_a_database_of_a_newer_version_is_left_alone(
    sqlite_place: Place, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMTHU_DATA_DIR", str(sqlite_place.data_dir))
    with sqlite3.connect(sqlite_place.data_dir / "homthu.sqlite3") as file:
        file.execute("UPDATE alembic_version SET version_num = 'of_next_year'")
    file.close()
    assert command(["run"]) == WRONG
    assert told(capsys).startswith("HOMTHU_DATA_DIR: the database there was made by a newer version")


def test_a_database_out_of_reach_is_a_failure_and_no_wrong_setting(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1: whoever supervises the process may try again."""
    monkeypatch.setenv("HOMTHU_DATABASE_URL", f"postgresql://a:{SECRET}@127.0.0.1:1/x")
    assert command(["run"]) == FAILED
    assert told(capsys).startswith("HOMTHU_DATABASE_URL: no PostgreSQL can be reached there")


def test_a_database_that_is_not_there_is_a_wrong_setting(
    postgres_place: Place, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL itself says so."""
    name = postgres_place.url.rpartition("/")[2].partition("?")[0]
    monkeypatch.setenv("HOMTHU_DATABASE_URL", postgres_place.url.replace(name, "no_such_database"))
    assert command(["run"]) == WRONG
    assert told(capsys).startswith("HOMTHU_DATABASE_URL: the server has no database of this name")


def test_a_port_that_is_taken(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("HOMTHU_PORT", str(port))
        assert command(["run"]) == WRONG
    assert told(capsys).startswith(f"HOMTHU_PORT: {port} on 127.0.0.1 is in use")


def test_work_needs_postgresql(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["work"]) == WRONG
    assert told(capsys).startswith("HOMTHU_DATABASE_URL: `work` needs PostgreSQL")


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("HOMTHU_HOST", "0.0.0.0", "HOMTHU_HOST: the demo has known passwords and starts on 127.0.0.1 only"),
        ("HOMTHU_HOST", "gopy.example.vn", "HOMTHU_HOST: the demo has known passwords"),
        ("HOMTHU_DATABASE_URL", "postgresql://db/x", "HOMTHU_DATABASE_URL: the demo never touches a database of yours"),
        ("HOMTHU_DATABASE_URL", "sqlite:////srv/x.db", "HOMTHU_DATABASE_URL: the demo never touches a database of yours"),
    ],
)
def test_the_demo_is_for_nobody_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, line: str
) -> None:
    monkeypatch.setenv(name, value)
    assert command(["run", "--demo"]) == WRONG
    assert told(capsys).startswith(line)


@pytest.mark.parametrize("words", [[], ["fly"], ["replay", "9" * 30], ["export", "--from", "yesterday"], ["staff"]])
def test_wrong_usage_is_two(folder: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """Argparse says what is wrong; nothing was opened for it."""
    assert command(words) == WRONG
    assert "usage: homthu" in capsys.readouterr().err
    assert not folder.exists()


def test_the_shell_sees_the_same(tmp_path: Path) -> None:
    """Through a real process: the code, the one line, no traceback."""
    done = Homthu(tmp_path, {"HOMTHU_PORT": "many"}).does_from_nothing("run")
    assert (done.returncode, done.stdout, done.stderr) == (WRONG, "", "homthu: HOMTHU_PORT: must be a whole number\n")
    assert Homthu(tmp_path).does_from_nothing("--version").returncode == DONE
