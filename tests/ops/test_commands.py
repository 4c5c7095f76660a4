"""Every command, as an operator uses it: beside a running program, on real data, with exit codes scripts can rely on."""

import asyncio
import json
import sqlite3
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from aiohttp import web

from bot import app
from bot.bell import Bell
from bot.cli import DONE, FAILED, WRONG
from bot.domain.case import CaseStatus
from bot.domain.outcome import Outcome
from bot.domain.people import Channel
from bot.ports import RawUpdate
from bot.settings import load_settings
from tests.bot_api import BotApiServer, Fault
from tests.conftest import Place
from tests.ops.homthu import LINE_WITHIN, Homthu
from tests.storage.cast import BA_DINH, a_case
from tests.zalo_api import ZaloServer

# DESIGN §5, in this order; `ward_name`, and how the case was closed, are ours.
EXPORTED = [
    *("code", "kind", "category", "ward", "ward_name", "desk", "channel", "source_id", "status", "outcome", "text"),
    *("created_at", "due_at", "closed_at", "resident"),
    *("what", "unit", "done_on", "planned_for", "handed_to", "ground", "basis", "has_evidence", "override"),
    *("disputes", "closings", "messages", "v"),
]


def test_commands_work_beside_a_running_program(sqlite_place: Place) -> None:
    """On SQLite `run` holds the folder; accounts, the export, the replay and the audit go on all the same.

    Each as a shell starts it: what a command forgot to import is missing here.
    """
    homthu = Homthu.at(sqlite_place)
    with homthu.running() as running:
        added = homthu.does_from_nothing("staff", "add", "lan", "--name", "Nguyễn Thị Lan", "--ward", "00091")
        assert (added.returncode, added.stderr) == (DONE, "")
        password = added.stdout.removeprefix("One-time password: ").strip()
        assert len(password) >= 20
        reset = homthu.does("staff", "reset", "lan")
        assert reset.returncode == DONE
        assert password not in reset.stdout
        assert homthu.does("staff", "sign-out", "lan").stdout == "lan is signed out everywhere.\n"
        reset_code = homthu.does("staff", "reset-code", "lan")
        assert reset_code.stdout == "lan signs in by password and sets up a new verification code.\n"
        assert homthu.does("staff", "disable", "lan").stdout == "lan can no longer sign in.\n"
        assert homthu.does("staff", "list").stdout == "lan\tNguyễn Thị Lan\tward_officer\t00091\tdisabled\n"
        assert homthu.does_from_nothing("audit", "verify").stdout == "The audit trail is whole.\n"
        assert (homthu.does_from_nothing("export").stdout, homthu.does_from_nothing("replay").stdout) == ("", "")
        assert homthu.does_from_nothing("check").returncode == DONE
        second = homthu.does_from_nothing("run")
        assert (second.returncode, second.stdout) == (WRONG, "")
        [line] = second.stderr.splitlines()
        assert line.startswith("homthu: HOMTHU_DATA_DIR: ")
        assert "in use by another process" in line
        assert running.readiness() == (200, [])


# What is asked of `staff` when there is an account `lan`, and what the answer says.
REFUSED = (
    ("add Lan --ward 00091", "Another account has this name"),
    ("add hoa --ward 99999", "There is no ward with this code"),
    ("add hoa", "There is no ward with this code"),
    ("add hòa --ward 00091", "A user name is"),
    ("disable nobody", "There is no account with this name"),
    ("reset nobody", "There is no account with this name"),
    ("reset-code nobody", "There is no account with this name"),
    ("sign-out nobody", "There is no account with this name"),
)


def test_what_cannot_be_done_to_an_account_is_told_in_one_line(sqlite_place: Place) -> None:
    homthu = Homthu.at(sqlite_place)
    assert homthu.does("staff", "add", "lan", "--ward", "00091").returncode == DONE
    for words, says in REFUSED:
        refused = homthu.does("staff", *words.split())
        assert (refused.returncode, refused.stdout) == (FAILED, ""), words
        [line] = refused.stderr.splitlines()
        assert says in line, words
    assert homthu.does("staff", "list").stdout.count("\n") == 1


async def test_an_export_has_every_field_in_order_and_the_cases_in_order_of_acceptance(database_place: Place) -> None:
    database = database_place.database()
    await database.open()
    cases = [await a_case(database, source_id=f"m{number}", text=f"Đống rác số {number}") for number in range(3)]
    async with database.begin() as uow:
        await uow.cases.change(cases[1], status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=datetime.now(UTC))
        await uow.cases.change(cases[2], ward_code=BA_DINH)
        await uow.commit()
    await database.close()
    homthu = Homthu.at(database_place)
    done = await asyncio.to_thread(homthu.does, "export", "--format", "jsonl")
    assert (done.returncode, done.stderr) == (DONE, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(row) for row in rows] == [EXPORTED] * 3
    assert [row["code"] for row in rows] == [case.code for case in cases]
    assert [row["source_id"] for row in rows] == ["m0", "m1", "m2"]
    assert [row["status"] for row in rows] == ["open", "closed", "open"]
    assert (rows[1]["outcome"], rows[0]["outcome"], rows[0]["closed_at"]) == ("done", None, None)
    assert rows[0]["text"] == "Đống rác số 0"
    assert datetime.fromisoformat(rows[0]["due_at"]) == cases[0].due_at

    def codes(*words: str) -> list[str]:
        return [json.loads(line)["code"] for line in homthu.does("export", *words).stdout.splitlines()]

    day = cases[0].created_at.astimezone(load_settings().zone).date()
    before, after = str(day - timedelta(days=1)), str(day + timedelta(days=1))
    everything = [case.code for case in cases]
    assert await asyncio.to_thread(codes, "--ward", BA_DINH) == everything[2:]
    assert await asyncio.to_thread(codes, "--from", str(day), "--to", str(day)) == everything
    assert await asyncio.to_thread(codes, "--from", after) == []
    assert await asyncio.to_thread(codes, "--to", before) == []
    assert (await asyncio.to_thread(homthu.does, "export", "--ward", "12345")).returncode == WRONG


async def test_an_update_that_could_not_be_handled_is_listed_and_handled_again(sqlite_place: Place) -> None:
    """What nobody could read stays; once it can be read (here: as the fixed program would see it) it is answered."""
    async with BotApiServer() as api:
        lan = api.resident(5001)
        body = {"update_id": 7, "message": {"message_id": 3, "date": 1, "chat": lan.chat, "from": lan.me, "text": "/help"}}
        database = sqlite_place.database()
        await database.open()
        async with database.begin() as uow:
            update = RawUpdate(
                channel=Channel.TELEGRAM,
                external_id="7",
                address_id="5001",
                body=json.dumps(body),
                unreadable="a bug of ours",
            )
            await uow.inbox.keep([update], datetime.now(UTC))
            await uow.commit()
        await database.close()
        homthu = Homthu.at(sqlite_place, HOMTHU_TELEGRAM_TOKEN=api.token, HOMTHU_TELEGRAM_API_BASE=api.base)
        listed = await asyncio.to_thread(homthu.does, "replay")
        number, _, channel, reason = listed.stdout.strip().split("\t")
        assert (channel, reason) == ("telegram", "a bug of ours")
        assert (await asyncio.to_thread(homthu.does, "replay", "999")).returncode == FAILED
        replayed = await asyncio.to_thread(homthu.does, "replay", number)
        assert (replayed.returncode, replayed.stdout) == (DONE, "1 will be handled again.\n")
        assert (await asyncio.to_thread(homthu.does, "replay")).stdout == ""

        def run_until_answered() -> None:
            with homthu.running() as running:
                until = time.monotonic() + LINE_WITHIN
                while not lan.heard and time.monotonic() < until:
                    time.sleep(0.1)
                assert running.readiness()[0] == 200

        await asyncio.to_thread(run_until_answered)
        assert len(lan.hears) >= 1


def test_a_changed_audit_trail_is_named_by_its_row(sqlite_place: Place) -> None:
    homthu = Homthu.at(sqlite_place)
    for name in ("lan", "minh", "thu"):
        assert homthu.does("staff", "add", name, "--ward", "00091").returncode == DONE
    assert homthu.does("audit", "verify").returncode == DONE
    with sqlite3.connect(sqlite_place.data_dir / "homthu.sqlite3") as file:
        for (trigger,) in file.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        ).fetchall():
            file.execute(f'DROP TRIGGER "{trigger}"')
        [row] = file.execute("SELECT id FROM audit WHERE subject = 'minh'").fetchone()
        file.execute("UPDATE audit SET subject = 'nobody' WHERE id = ?", (row,))
    file.close()
    told = homthu.does("audit", "verify")
    assert (told.returncode, told.stdout) == (FAILED, "")
    assert f"from row {row} on" in told.stderr


async def test_check_says_what_is_wrong_and_how_to_mend_it(sqlite_place: Place) -> None:
    """All is well; then the bot's token is refused, the clock has no other to compare with, the folder takes no file."""
    async with BotApiServer() as api:
        homthu = Homthu.at(sqlite_place, HOMTHU_TELEGRAM_TOKEN=api.token, HOMTHU_TELEGRAM_API_BASE=api.base)
        well = await asyncio.to_thread(homthu.does, "check")
        assert well.returncode == DONE, well.stdout
        assert "@homthu_bot answers" in well.stdout
        assert well.stdout.count("ok ") == len(well.stdout.splitlines()) == 12
        homthu.variables["HOMTHU_TELEGRAM_TOKEN"] = "4242:AAnother-token"
        homthu.variables["HOMTHU_FILES_URL"] = "/proc/self"  # no folder can be made there, whoever asks
        homthu.variables["HOMTHU_TELEGRAM_TOKN"] = "x"
        wrong = await asyncio.to_thread(homthu.does, "check")
        assert wrong.returncode == FAILED
        lines = wrong.stdout.splitlines()
        assert sum(line.startswith("WRONG") for line in lines) == 3
        assert "Did you mean HOMTHU_TELEGRAM_TOKEN?" in wrong.stdout
        assert "Check HOMTHU_TELEGRAM_TOKEN with BotFather" in wrong.stdout
        assert "HOMTHU_FILES_URL: /proc/self cannot be written to" in wrong.stdout
        assert "AAnother-token" not in wrong.stdout + wrong.stderr
        api.breaks("getMe", Fault(status=500), times=50)
        homthu.variables.update(HOMTHU_TELEGRAM_TOKEN=api.token, HOMTHU_FILES_URL="")
        assert (await asyncio.to_thread(homthu.does, "check")).returncode == FAILED


async def test_check_tells_of_zalo(sqlite_place: Place) -> None:
    """The bot's name and where updates are brought; then a webhook of somebody else's, and a token that was reset."""
    async with ZaloServer() as zalo:
        homthu = Homthu.at(sqlite_place, HOMTHU_ZALO_TOKEN=zalo.token, HOMTHU_ZALO_API_BASE=zalo.base)
        well = await asyncio.to_thread(homthu.does, "check")
        assert well.returncode == DONE, well.stdout
        assert f"ok    zalo: {zalo.name} answers" in well.stdout
        assert "ok    zalo webhook: updates are asked for" in well.stdout
        await zalo.use_webhook("http://127.0.0.1:9/of-another", "")
        elsewhere = await asyncio.to_thread(homthu.does, "check")
        assert "WRONG zalo webhook: updates are brought to http://127.0.0.1:9/of-another" in elsewhere.stdout
        right, zalo.token = zalo.token, "1:another"
        refused = await asyncio.to_thread(homthu.does, "check")
        assert refused.returncode == FAILED
        assert "WRONG zalo: The token is no longer taken" in refused.stdout
        assert right.partition(":")[2] not in refused.stdout + refused.stderr


def test_check_goes_on_when_the_database_is_out_of_reach(sqlite_place: Place) -> None:
    homthu = Homthu(sqlite_place.data_dir, {"HOMTHU_DATABASE_URL": "postgresql://a:hunter2@127.0.0.1:1/x"})
    done = homthu.does("check")
    assert done.returncode == FAILED
    assert "WRONG database: HOMTHU_DATABASE_URL: no PostgreSQL can be reached there" in done.stdout
    assert "ok    files" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr


def test_migrate_makes_the_tables_and_says_so(sqlite_place: Place) -> None:
    homthu = Homthu(sqlite_place.data_dir / "new")
    for migrate in (homthu.does_from_nothing, homthu.does):
        done = migrate("migrate")
        assert (done.returncode, done.stdout) == (DONE, "The schema is up to date.\n")
    assert (homthu.data_dir / "homthu.sqlite3").is_file()


async def test_routes_names_every_route_that_is_served(sqlite_place: Place) -> None:
    """Compared with the application that `run` starts, the webhook included."""
    more = {
        "telegram_token": "4242:AAFake-token",
        "telegram_mode": "webhook",
        "telegram_webhook_secret": "s" * 20,
        "public_url": "https://gopy.example.vn",
        "zalo_token": "4242:zaloFake-token",
        "zalo_mode": "webhook",
        "zalo_webhook_secret": "z" * 20,
    }
    variables = {f"HOMTHU_{name.upper()}": value for name, value in more.items()}
    done = await asyncio.to_thread(Homthu.at(sqlite_place, **variables).does_from_nothing, "routes")
    assert (done.returncode, done.stderr) == (DONE, "")
    printed = json.loads(done.stdout)
    assert all(list(route) == ["methods", "path", "area"] for route in printed)
    settings = load_settings(data_dir=sqlite_place.data_dir, **more)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(app.open_database(settings))
        parts = await app.build(settings, database, Bell(), stack)
        served = routes_of(parts.web_app)
    assert {(method, route["path"]) for route in printed for method in route["methods"]} == served
    areas = {route["path"]: route["area"] for route in printed}
    wanted = {"/staff/": "staff", "/chat": "chat", "/hooks/telegram": "hooks", "/metrics": "metrics", "/": "public"}
    assert {path: areas[path] for path in wanted} == wanted


def routes_of(application: web.Application) -> set[tuple[str, str]]:
    found = {(route.method, route.resource.canonical) for route in application.router.routes() if route.resource}
    assert len(found) > 15
    return found
