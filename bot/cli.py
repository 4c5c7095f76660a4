"""The command line: `homthu …`. Each command opens only what it needs; what the parts are is `bot.app`'s affair.

Exit codes: 0 done, 1 failed, 2 wrong usage or settings.
"""

import argparse
import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import structlog

from bot import (
    app,
    audit_commands,
    backup_commands,
    key_commands,
    neighbour_commands,
    paper_commands,
    review_commands,
    sheet_commands,
)
from bot.app import looking, moving
from bot.app.beforehand import migrate_apart
from bot.clock import SystemClock
from bot.commands import (
    accounts,
    add_account,
    correction_rows,
    disable_account,
    record_export,
    reset_account,
    reset_account_code,
    sign_out_account,
)
from bot.demo import demo_settings
from bot.domain.people import Role
from bot.domain.ward import WardCode
from bot.errors import AuditBroken, BackupRefused, BotError, DatabaseOutOfReach, NotMoved, SettingsError, StorageBusy
from bot.exporting import sheet
from bot.heads import KeyedHeads
from bot.ports import Storage
from bot.ports.sealing import KeyPurpose
from bot.routing import load_router
from bot.routing.importing import import_city
from bot.routing.lines import route_line
from bot.routing.wards import Wards, city_folder, load_wards
from bot.settings import Settings, load_settings
from bot.understanding.as_json import as_json
from storage.granting import grant

DONE, FAILED, WRONG = 0, 1, 2


def command(words: Sequence[str]) -> int:
    """Carry out one command and return the exit code; whatever goes wrong is told in one line on stderr."""
    try:
        chosen = _parser().parse_args(words)
    except SystemExit as told:  # argparse has printed its help or what is wrong
        return int(told.code or 0)
    try:
        settings = load_settings()
        app.prepare_logs(settings, quiet=chosen.do is not _run and chosen.do is not _work)
        if chosen.do is _run:
            migrate_apart(demo_settings(settings) if chosen.demo else settings)
        return int(asyncio.run(chosen.do(settings, chosen)))
    except SettingsError as wrong:
        return _tell(wrong.values["line"], WRONG)
    except DatabaseOutOfReach as gone:
        return _tell(gone.values["line"], FAILED)
    except StorageBusy as busy:
        return _tell(
            f"HOMTHU_DATABASE_URL: the database cannot be used ({busy.values.get('reason')}); see `homthu check`", FAILED
        )
    except (AuditBroken, BackupRefused, NotMoved) as found:
        return _tell(found.values["line"], FAILED)
    except BotError as known:
        return _tell(str(known), FAILED)
    except BrokenPipeError:  # `homthu export … | head`
        sys.stderr.close()
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    except Exception as unknown:
        return _tell_unknown(unknown)


def _tell(line: str, code: int) -> int:
    print("homthu:", " ".join(line.split()), file=sys.stderr)  # one line, also when a name in it has two
    return code


def _tell_unknown(error: BaseException) -> int:
    """Kinds and places for the log, no texts: an error nobody foresaw may quote a resident."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, BotError):
        return _tell(str(error), FAILED)
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    structlog.get_logger(__name__).critical("stopped_by_an_error", error=type(error).__name__, at=places)
    return _tell(
        f"stopped by an error of its own, {type(error).__name__}; the line above says where. Please report it.", FAILED
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="homthu", description="A chatbot and suggestion box for a city's wards.")
    parser.add_argument("--version", action="version", version=f"homthu {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, do: Callable[[Settings, argparse.Namespace], Awaitable[int]], what: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=what)
        made.set_defaults(do=do)
        return made

    add("run", _run, "Start everything in one process: intake, delivery, web.").add_argument(
        "--demo", action="store_true", help="invented staff and cases, in a data folder of their own"
    )
    add("work", _work, "Intake and delivery only, beside other processes, on PostgreSQL.")
    add("migrate", _migrate, "Bring the database to this version's schema.").add_argument(
        "--grant", metavar="ROLE", help="PostgreSQL: give the role that serves its rights, and none over the trail's past"
    )
    add("move-to", _move_to, "Move everything from SQLite to an empty PostgreSQL, and compare.").add_argument(
        "dsn", metavar="DSN", help="postgresql://role:password@host:5432/database, or - to read it from stdin"
    )
    add("check", _check, "Look at settings, database, files, channels and clock; say what is wrong and how to mend it.")
    add("routes", _routes, "Print every route as JSON.")
    add("route", _route, "Read lines of text, or of `lat,lon`, and print as JSON which ward each belongs to.").add_argument(
        "--corrections", action="store_true", help="print instead, as CSV, where staff corrected the ward"
    )
    wards = add("wards", _wards, "The city's wards.")
    wards.add_argument(
        "action", choices=["import"], help="replace the city's data by another folder's, if nothing is wrong in it"
    )
    wards.add_argument(
        "folder", type=Path, metavar="DIR", help="wards.csv, ward_history.csv, ward_boundaries.geojson, hints"
    )
    sheet_commands.add(add)
    _add_staff(add("staff", _staff, "Accounts of the desk."))
    replay = add("replay", _replay, "List the updates that could not be handled, or let them be handled again.")
    replay.add_argument("ids", nargs="*", type=_id, metavar="ID", help="ids from the list; none: only list")
    replay.add_argument("--all", action="store_true", help="every failed update")
    add("understand", _understand, "For each line of stdin, one line of JSON: what it seems to be, and where.")
    keys = add("keys", _keys, "The keys that everything sealed is sealed with. Every other process has to be stopped.")
    keys.add_argument("what", choices=["rotate"], help="wrap them under a new secret key; see HOMTHU_SECRET_KEY_NEW")
    audit = add("audit", _audit, "The audit trail.")
    audit.add_argument(
        "what",
        choices=["verify", "head", "key"],
        help="walk the chain of hashes and its signed heads; sign a head and print its line; print the public key of heads",
    )
    audit.add_argument(
        "--heads",
        type=Path,
        metavar="FILE",
        help="verify: lines of heads that were kept elsewhere (- for what is piped in)",
    )
    backup_commands.add(add)
    review_commands.add(add)
    paper_commands.add(add)
    key_commands.add(add)
    neighbour_commands.add(add)
    return parser


def _add_staff(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="make an account; prints a one-time password")
    add.add_argument("username")
    add.add_argument("--name", default="", help="full name as colleagues see it (default: the username)")
    add.add_argument("--role", choices=[role.value for role in Role], default=Role.WARD_OFFICER.value)
    add.add_argument("--ward", metavar="CODE", help="five digits; for roles of a ward")
    actions.add_parser("list", help="every account")
    for action, what in (
        ("disable", "no more signing in; ends its sessions"),
        ("reset", "a new one-time password"),
        ("reset-code", "take away its verification code, when phone and recovery codes are lost"),
        ("sign-out", "end all its sessions"),
    ):
        actions.add_parser(action, help=what).add_argument("username")


def _id(text: str) -> int:
    number = int(text)
    if not 0 < number < 1 << 63:
        raise ValueError(text)
    return number


def _version() -> str:
    try:
        return version("homthu")
    except PackageNotFoundError:  # run from a checkout, as dev.py does
        return "0.1.0"


async def _run(settings: Settings, chosen: argparse.Namespace) -> int:
    await app.run(settings, demo=chosen.demo)
    return DONE


async def _work(settings: Settings, _chosen: argparse.Namespace) -> int:
    if settings.is_sqlite:
        raise SettingsError(line="HOMTHU_DATABASE_URL: `work` needs PostgreSQL; SQLite allows one process, use `run`")
    await app.work(settings)
    return DONE


async def _migrate(settings: Settings, chosen: argparse.Namespace) -> int:
    async with app.open_database(settings) as database:
        print("The schema is up to date.")
        if chosen.grant:
            await grant(database._transaction, chosen.grant)
            print(f"{chosen.grant} may serve, and may change nothing of the audit trail.")
    return DONE


async def _move_to(settings: Settings, chosen: argparse.Namespace) -> int:
    await moving.move_to(settings, chosen.dsn)
    return DONE


async def _check(settings: Settings, _chosen: argparse.Namespace) -> int:
    findings = await looking.check(settings)
    for finding in findings:
        print(f"{'ok   ' if finding.is_ok else 'WRONG'} {finding.what}: {finding.found}")
        if finding.mend:
            print(f"      {finding.mend}")
    return DONE if all(finding.is_ok for finding in findings) else FAILED


async def _routes(settings: Settings, _chosen: argparse.Namespace) -> int:
    print(json.dumps(looking.list_routes(settings), indent=1))
    return DONE


async def _route(settings: Settings, chosen: argparse.Namespace) -> int:
    if chosen.corrections:
        return await _print_corrections(settings)
    router = load_router(folder=city_folder(settings.data_dir))
    for line in sys.stdin.buffer:
        print(json.dumps(route_line(router, line), ensure_ascii=False), flush=True)
    return DONE


async def _print_corrections(settings: Settings) -> int:
    out = sheet(sys.stdout)
    out.writerow(("text", "lat", "lon", "expected_codes", "kind"))
    async with app.open_database(settings, beside_others=True) as database:
        now = SystemClock().now()
        await record_export(database, what="corrections_exported", now=now, zone=settings.zone, details={})
        async for row in correction_rows(database):
            out.writerow(row.values())
    return DONE


async def _wards(settings: Settings, chosen: argparse.Namespace) -> int:
    problems = import_city(chosen.folder, settings.data_dir / "city")
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return _tell(f"{len(problems)} problems; nothing was changed.", FAILED)
    print(f"The city's data is now in {settings.data_dir / 'city'}; it is read at the next start.")
    return DONE


async def _staff(settings: Settings, chosen: argparse.Namespace) -> int:
    now = SystemClock().now()
    async with app.open_database(settings, beside_others=True) as database:
        if chosen.action == "list":
            for staff in await accounts(database):
                state = "disabled" if staff.is_disabled else "active"
                print("\t".join((staff.username, staff.full_name, staff.role.value, staff.ward_code or "-", state)))
        elif chosen.action == "disable":
            await disable_account(database, username=chosen.username, now=now)
            print(f"{chosen.username} can no longer sign in.")
        elif chosen.action == "reset-code":
            await reset_account_code(database, username=chosen.username, now=now)
            print(f"{chosen.username} signs in by password and sets up a new verification code.")
        elif chosen.action == "sign-out":
            await sign_out_account(database, username=chosen.username, now=now)
            print(f"{chosen.username} is signed out everywhere.")
        else:
            wards = load_wards(city_folder(settings.data_dir))
            print(f"One-time password: {await _new_password(database, wards, chosen, now)}")
    return DONE


async def _new_password(database: Storage, wards: Wards, chosen: argparse.Namespace, now: datetime) -> str:
    if chosen.action == "reset":
        return await reset_account(database, username=chosen.username, now=now)
    return await add_account(
        database,
        wards,
        username=chosen.username,
        full_name=chosen.name or chosen.username,
        role=Role(chosen.role),
        ward=WardCode(chosen.ward) if chosen.ward else None,
        now=now,
    )


async def _replay(settings: Settings, chosen: argparse.Namespace) -> int:
    async with app.open_database(settings, beside_others=True) as database, database.begin() as uow:
        failed = await uow.inbox.failed(most=1000)
        ids = [update.id for update in failed] if chosen.all else chosen.ids
        replayed = await uow.inbox.replay(ids) if ids else 0
        await uow.commit()
    if ids:
        print(f"{replayed} will be handled again.")
        return DONE if replayed == len(ids) else FAILED
    for update in failed:
        print(f"{update.id}\t{update.received_at.isoformat()}\t{update.channel.value}\t{update.reason}")
    return DONE


async def _understand(settings: Settings, _chosen: argparse.Namespace) -> int:
    places = load_router(folder=city_folder(settings.data_dir))
    for line in sys.stdin.buffer:  # bytes, so that no input can be undecodable
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        print(json.dumps(as_json(text, places), ensure_ascii=False), flush=True)
    return DONE


async def _keys(settings: Settings, _chosen: argparse.Namespace) -> int:
    done, is_kept = await app.change_secret_key(settings)
    print(
        f"{done} keys are wrapped under the new secret key." if done else "Every key was wrapped under the new secret key."
    )
    if not is_kept:
        print("Set HOMTHU_SECRET_KEY to it now, and take HOMTHU_SECRET_KEY_NEW away.")
    return DONE


async def _audit(settings: Settings, chosen: argparse.Namespace) -> int:
    async with app.open_database(settings, beside_others=True) as database:
        signer = KeyedHeads(database.keys[KeyPurpose.HEADS].decode())
        if chosen.what == "key":
            print(signer.public)
        elif chosen.what == "head":
            print(await audit_commands.sign(database, signer, SystemClock().now()))
        else:
            print(await audit_commands.verify(database, signer, audit_commands.lines_of(chosen.heads)))
    return DONE
