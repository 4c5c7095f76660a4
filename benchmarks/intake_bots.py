"""The programs that `benchmarks.intake` measures beside each other, and what their residents say."""

import json
import shlex
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SECRET = "of-the-benchmark-0123456789"  # of a stand-in on loopback

SCENARIO: dict[str, Any] = {
    "name": "homthu",
    "notes": "four steps: start, the matter without its ward, the ward, send; then a case code",
    "accept": "Mã hồ sơ: (?P<case>[0-9A-Z-]+)",
    "steps": [
        {"text": "/start", "until": "@any"},
        {"text": "Đèn đường hỏng cả đoạn, buổi tối rất tối, đề nghị sửa {marker}", "until": "phường"},
        {"text": "phường Tây Hồ", "until": "@any", "until_button": "Gửi"},
        {"press": "Gửi", "until": "@accept"},
    ],
}
SHORT: dict[str, Any] = {
    **SCENARIO,
    "notes": "three steps: start, a message that names its ward, one tap",
    "steps": [
        {"text": "/start", "until": "@any"},
        {
            "text": "Đèn đường ở phường Tây Hồ hỏng cả đoạn, buổi tối rất tối, đề nghị sửa {marker}",
            "until": "@any",
            "until_button": "Gửi",
        },
        {"press": "Gửi", "until": "@accept"},
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A program under measure. `floor` is a file of the load generator's `floors/`; None: this program."""

    name: str
    mode: str = "polling"
    floor: str | None = None
    is_durable: bool = True
    scenario: dict[str, Any] | None = None  # None: the floors' own, of five steps


OURS = Bot(name="homthu, polling", scenario=SCENARIO)
OURS_WEBHOOK = Bot(name="homthu, webhook", mode="webhook", scenario=SCENARIO)
OURS_SHORT = Bot(name="homthu, polling, one message and one tap", scenario=SHORT)
REFERENCE = Bot(name="reference (aiogram, a FULL commit a report), polling", floor="aiogram_flow.py")
REFERENCE_WEBHOOK = Bot(name="reference, webhook", mode="webhook", floor="aiogram_flow.py")
PLAIN = Bot(name="aiogram in memory, polling", floor="aiogram_flow.py", is_durable=False)
RAW = Bot(name="bare asyncio, durable by group commit (the limit)", floor="raw_flow.py")
BOTS = (OURS, OURS_WEBHOOK, OURS_SHORT, REFERENCE, REFERENCE_WEBHOOK, PLAIN, RAW)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def words(bot: Bot, loadgen: Path, folder: Path, data: Path | None = None) -> list[str]:
    """The load generator's arguments for a fresh process of this bot; without `data`, on an empty folder in `folder`."""
    scenario = loadgen / "scenarios" / "flow.json"
    if bot.scenario is not None:
        scenario = folder / "scenario.json"
        scenario.write_text(json.dumps(bot.scenario), encoding="utf-8")
    port = free_port()
    path = "/webhook" if bot.floor else "/hooks/telegram"
    data = data or Path(tempfile.mkdtemp(dir=folder))
    command = _floor(bot, loadgen, data) if bot.floor else _ours(bot, port, data)
    return [
        *("--scenario", str(scenario), "--bot-cmd", command, "--bot-cwd", str(ROOT), "--mode", bot.mode),
        *("--port", str(free_port()), "--webhook-url", f"http://127.0.0.1:{port}{path}", "--webhook-secret", SECRET),
        *("--bot-log", str(folder / "bot.log")),
    ]


def _ours(bot: Bot, port: int, data: Path) -> str:
    # The load generator names things TELEGRAM_…, and starts one program: a shell renames them.
    settings = (
        'HOMTHU_TELEGRAM_API_BASE="$TELEGRAM_API_BASE" HOMTHU_TELEGRAM_TOKEN="$TELEGRAM_TOKEN" '
        f'HOMTHU_TELEGRAM_MODE={bot.mode} HOMTHU_TELEGRAM_WEBHOOK_SECRET="$WEBHOOK_SECRET" HOMTHU_PORT={port} '
        f"HOMTHU_PUBLIC_URL=http://127.0.0.1:{port} HOMTHU_TELEGRAM_PER_SECOND=1000 HOMTHU_LOG_LEVEL=warning "
        f"HOMTHU_DATA_DIR={shlex.quote(str(data))}"
    )
    return f"sh -c {shlex.quote(f'{settings} exec {shlex.quote(sys.executable)} -m bot run')}"


def _floor(bot: Bot, loadgen: Path, data: Path) -> str:
    settings = f"FLOOR_DB_PATH={shlex.quote(str(data / 'floor.db'))}" + (" FLOOR_DB=sqlite" if bot.is_durable else "")
    return f"env {settings} {shlex.quote(sys.executable)} {shlex.quote(str(loadgen / 'floors' / str(bot.floor)))}"
