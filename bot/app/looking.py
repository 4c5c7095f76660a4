"""What an operator asks of the parts without running them: `homthu routes` and `homthu check`."""

import os
from typing import Any

from bot import checks, upkeep
from bot.app import add_pages, make_city, open_database, open_files
from bot.app.telegram import read_webhook_info
from bot.bell import Bell
from bot.clock import SystemClock
from bot.errors import SettingsError
from bot.file_keeper import SafeFileKeeper
from bot.health import Health
from bot.metrics import Metrics
from bot.ports.sealing import KeyPurpose
from bot.settings import Settings
from bot.standing import Surroundings
from bot.web import make_web_app
from handlers.dialogue import make_dialogue
from handlers.intake import Intake
from storage import Database
from storage.files import open_file_store


def list_routes(settings: Settings) -> list[dict[str, Any]]:
    """Every route that `run` would serve: `methods`, `path`, `area`."""
    database = Database(settings.database_url, data_dir=settings.data_dir)
    city = make_city(settings, {}, dict.fromkeys(KeyPurpose, b"-" * 32))  # nothing is sealed: nothing is served
    files = open_file_store("memory://")
    clock, bell, keeper = SystemClock(), Bell(), SafeFileKeeper(files)
    app = make_web_app(
        settings=settings,
        secret_key="-" * 32,  # nothing is signed: nothing is served
        storage=database,
        clock=clock,
        wards=city.wards,
        bell=bell,
        files=files,
        file_keeper=keeper,
    )
    dialogue = make_dialogue(city)
    intake = Intake(database, {}, dialogue.converse, dialogue.apologise, keeper, clock)
    add_pages(app, intake.keep, Health(database, clock, Metrics(), Surroundings(settings.data_dir)))
    methods: dict[str, set[str]] = {}
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else ""
        methods.setdefault(path, set()).add(route.method)
    if settings.telegram_token.get_secret_value() and settings.telegram_mode == "webhook":
        methods["/hooks/telegram"] = {"POST"}
    if settings.zalo_token.get_secret_value():
        from handlers.channels import zalo_intake, zalo_links

        if settings.zalo_mode == "webhook":
            methods[zalo_intake.PATH] = {"POST"}
        if settings.public_url:
            methods[zalo_links.PATH] = {"GET", "HEAD"}
    return [{"methods": sorted(names), "path": path, "area": _area(path)} for path, names in sorted(methods.items())]


def _area(path: str) -> str:
    first = path.strip("/").split("/")[0]
    return first if first in ("staff", "chat", "hooks", "health", "metrics", "assets") else "public"


async def check(settings: Settings) -> list[checks.Finding]:
    """What `homthu check` prints; never raises for what it looks at."""
    findings = [checks.check_variables(os.environ)]
    try:
        async with open_database(settings, beside_others=True) as database:
            findings.append(await checks.check_storage(database, settings))
            findings += await upkeep.check_server(database, is_sqlite=settings.is_sqlite)
            findings.append(await upkeep.check_neighbours(database))
    except Exception as trouble:  # an operator must read what is wrong, whatever it is
        findings.append(checks.storage_out_of_reach(trouble))
    findings.append(checks.check_space(settings))
    findings.append(upkeep.check_backup(settings.data_dir, SystemClock().now()))
    try:
        findings.append(await checks.check_files(open_files(settings, dict.fromkeys(KeyPurpose, b"-" * 32))))
    except SettingsError as wrong:
        findings.append(checks.Finding(what="files", is_ok=False, found=wrong.values["line"]))
    findings.append(checks.check_font())
    findings += await _check_telegram(settings)
    findings += await _check_zalo(settings)
    findings.append(await checks.check_clock(settings.telegram_api_base))
    return findings


async def telegram_name(settings: Settings) -> str:
    """The bot's name as Telegram says it; empty where it is not set up. Raises what the call raises."""
    token = settings.telegram_token.get_secret_value()
    if not token:
        return ""
    from handlers.channels.telegram_calls import RawCalls

    async with RawCalls(token, settings.telegram_api_base) as calls:
        return str((await calls.call("getMe")).get("username", ""))


async def _check_telegram(settings: Settings) -> list[checks.Finding]:
    token = settings.telegram_token.get_secret_value()
    if not token:
        return [checks.Finding(what="telegram", is_ok=True, found="not set up; the web chat works without it")]
    from handlers.channels.telegram_calls import RawCalls

    async with RawCalls(token, settings.telegram_api_base) as calls:

        async def name() -> str:
            return str((await calls.call("getMe")).get("username", ""))

        async def waiting() -> tuple[int, int]:
            return read_webhook_info(await calls.call("getWebhookInfo"))

        now = SystemClock().now()
        found = [await checks.check_telegram(name)]
        return [*found, await upkeep.check_updates(waiting, now)] if found[0].is_ok else found


async def _check_zalo(settings: Settings) -> list[checks.Finding]:
    token = settings.zalo_token.get_secret_value()
    if not token:
        return [checks.Finding(what="zalo", is_ok=True, found="not set up; the web chat works without it")]
    from handlers.channels.zalo_calls import ZaloCalls
    from handlers.channels.zalo_intake import PATH

    async with ZaloCalls(token, settings.zalo_api_base) as calls:
        found = [await checks.check_zalo(lambda: calls.call("getMe"))]
        wanted = settings.public_url + PATH if settings.zalo_mode == "webhook" else ""
        if found[0].is_ok:
            found.append(await checks.check_zalo_webhook(lambda: calls.call("getWebhookInfo"), wanted))
        return found
