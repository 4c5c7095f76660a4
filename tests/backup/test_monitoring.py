"""What an operator is shown: every figure of dashboard and alerts exists, every alert and warning was provoked once."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.app.telegram import read_webhook_info
from bot.archive.keeping import Record, remember
from bot.clock import SystemClock
from bot.domain.neighbours import NewSubscription, Told
from bot.domain.people import Address
from bot.domain.reply import DeliveryResult, DeliveryState, NewReply, Reply
from bot.health import Health
from bot.metrics import Metrics
from bot.ports import RawUpdate, UnitOfWork
from bot.services.neighbours import disable_failing
from bot.standing import Disk, Surroundings, is_too_old
from bot.upkeep import check_backup, check_neighbours, check_server, check_updates
from bot.web.siege import Gate, add_gate
from storage import Database
from tests.house.imports import ROOT
from tests.storage.cast import HOA, LAN, update

Figures = dict[str, list[tuple[dict[str, str], float]]]
Step = Callable[[UnitOfWork], Awaitable[None]]

ALERTS = (ROOT / "deploy" / "monitoring" / "alerts.yml").read_text(encoding="utf-8")
DASHBOARD = (ROOT / "deploy" / "monitoring" / "dashboard.json").read_text(encoding="utf-8")
NAME = re.compile(r"\b(?:homthu|process)_[a-z_]+\b")
RULE = re.compile(r"- alert: (\w+)\n +expr: (.+)\n")
OF_THE_SYSTEM = {"HomThuIsDown", "HomThuMemoryGrows"}  # of whether it could be asked at all, and of the process
GB = 1 << 30
ROOMY = Disk(100 * GB, 50 * GB)


@dataclass
class Scene:
    """A health that is asked over HTTP, and everything that can go wrong around it."""

    database: Database
    metrics: Metrics
    data_dir: Path
    client: TestClient[Any, Any]
    gate: Gate
    disk: Disk = ROOMY

    async def ready(self) -> tuple[int, dict[str, Any]]:
        async with self.client.get("/health/ready") as answer:
            return answer.status, await answer.json()

    async def figures(self) -> Figures:
        """By name, as Prometheus reads them."""
        found: Figures = {}
        async with self.client.get("/metrics") as answer:
            assert answer.status == 200
            for family in text_string_to_metric_families(await answer.text()):
                for sample in family.samples:
                    found.setdefault(sample.name, []).append((sample.labels, sample.value))
        return found

    async def commits(self, *steps: Step) -> None:
        async with self.database.begin() as uow:
            for step in steps:
                await step(uow)
            await uow.commit()


@pytest.fixture
async def scene(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Scene]:
    app, metrics, scenes = web.Application(), Metrics(), list[Scene]()
    gate = add_gate(app, "chat", many=3, few=1)
    around = Surroundings(tmp_path, lambda _: scenes[0].disk)
    Health(sqlite_database, SystemClock(), metrics, around).add_routes(app)
    async with TestClient(TestServer(app)) as client:
        scenes.append(Scene(sqlite_database, metrics, tmp_path, client, gate))
        yield scenes[0]


def is_firing(expression: str, now: Figures, before: Figures) -> bool:
    """Whether Prometheus would say so of these two readings: the few forms that the alerts are written in."""
    found = re.fullmatch(r"(time\(\) - |increase\()?(\w+)(?:\{[^}]*\})?(?:\[\w+\]\))? ([<>]) ([\d.e]+)", expression)
    assert found, expression
    how, name, sign, limit = found.groups()
    assert name in now, f"{name} is not in a scrape"
    for labels, value in now[name]:
        if how == "increase(":
            value -= next(old for known, old in before[name] if known == labels)
        elif how:
            value = datetime.now(UTC).timestamp() - value
        if value > float(limit) if sign == ">" else value < float(limit):
            return True
    return False


def alerts() -> dict[str, str]:
    found = dict(RULE.findall(ALERTS))
    assert len(found) > 10
    return found


async def test_every_figure_of_dashboard_and_alerts_is_in_a_scrape(scene: Scene) -> None:
    """A panel of a figure that nobody makes stays empty, and an alert on it is silent for ever."""
    await scene.commits(keeps(update(1, "1")), subscribes())
    there = await scene.figures()
    exprs = [target["expr"] for panel in json.loads(DASHBOARD)["panels"] for target in panel["targets"]]
    assert len(exprs) > 20
    asked = {name for text in (*exprs, *alerts().values()) for name in NAME.findall(text)}
    assert len(asked) > 15
    assert asked - set(there) == set()
    shown = {name for name in there if name.startswith("homthu_") and not name.endswith("_created")}
    assert shown - set(NAME.findall(DASHBOARD)) == set(), "a figure that no panel shows"
    for name, samples in there.items():  # never one of a person, a case or a ward
        if name.startswith("homthu_"):
            assert {label for labels, _ in samples for label in labels} <= {"channel", "result", "where", "subscription"}


def keeps(*updates: RawUpdate, ago: timedelta = timedelta()) -> Step:
    async def step(uow: UnitOfWork) -> None:
        await uow.inbox.keep(updates, datetime.now(UTC) - ago)

    return step


def queues(address: Address, *, ago: timedelta = timedelta(), fails: bool = False) -> Step:
    async def step(uow: UnitOfWork) -> None:
        at = datetime.now(UTC) - ago
        [reply] = await uow.outbox.add([NewReply(address=address, reply=Reply(text="Chào"))], at)
        if fails:
            await uow.outbox.record([DeliveryResult(reply_id=reply, state=DeliveryState.FAILED, at=at, error="400")])

    return step


def subscribes(*, waits: timedelta | None = None) -> Step:
    """Another program, by the name of the address that it has; with an event that has waited so long."""

    async def step(uow: UnitOfWork) -> None:
        now = datetime.now(UTC)
        kinds = frozenset({Told.FILED})
        new = NewSubscription(name="Cổng", address="https://x.example/h", secret="whsec_x", kinds=kinds, made_by=None)
        made = await uow.neighbours.add(new, now)
        if waits is not None:
            await uow.neighbours.ping(made.id, "evt_1", now - waits)

    return step


async def fails_for_days(uow: UnitOfWork) -> None:
    """The one that was subscribed first."""
    await disable_failing(uow, (await uow.neighbours.all())[0].id, now=datetime.now(UTC))


async def test_each_alert_and_each_warning_comes_of_its_cause(scene: Scene) -> None:
    """R16: silent while all is well, then one after the other; readiness says the same, and no more."""
    at_work = datetime.now(UTC)
    remember(scene.data_dir, Record(at_work - timedelta(hours=25), "monday", 1, 1.0))
    scene.metrics.tell_telegram(pending=100, error_at=int(at_work.timestamp()) - 4000)
    await scene.commits(keeps(update(1, "1")), queues(HOA), subscribes())
    status, said = await scene.ready()
    assert (status, said["reasons"], said["warnings"]) == (200, [], [])
    before = await scene.figures()
    judged = {name: expression for name, expression in alerts().items() if name not in OF_THE_SYSTEM}
    assert [name for name, expression in judged.items() if is_firing(expression, before, before)] == []

    async def comes(alert: str, *, warns: str = "", because: str = "") -> None:
        status, said = await scene.ready()
        assert is_firing(judged.pop(alert), await scene.figures(), before), alert
        assert (warns in said["warnings"] or not warns, because in said["reasons"] or not because) == (True, True), alert
        assert (status == 503) == bool(said["reasons"])

    hour = timedelta(hours=1)
    await scene.commits(keeps(update(3, "3", "no JSON")))
    await comes("HomThuUpdatesFailed", warns="failed_updates")
    await scene.commits(queues(LAN, fails=True))
    await comes("HomThuRepliesDead", warns="dead_replies")
    remember(scene.data_dir, Record(at_work - timedelta(hours=27), "monday", 1, 1.0))
    await comes("HomThuBackupIsOld", warns="backup")
    scene.disk = Disk(100 * GB, 9 * GB)
    await comes("HomThuDiskIsShort", warns="disk")
    assert (await scene.ready())[0] == 200, "nine gigabytes are enough to serve residents"
    scene.disk = Disk(100 * GB, GB // 4)
    assert (await scene.ready())[1]["reasons"] == ["disk"]
    pending, error_at = read_webhook_info({"pending_update_count": 101, "last_error_date": int(at_work.timestamp()) - 60})
    scene.metrics.tell_telegram(pending=pending, error_at=error_at)
    await comes("HomThuTelegramIsPending", warns="telegram_pending")
    await comes("HomThuTelegramCannotDeliver")
    scene.metrics.audit_broken.set(1)
    await comes("HomThuTrailIsBroken")
    for _ in range(21):
        scene.metrics.webhook_refused.labels("telegram").inc()
    await comes("HomThuWebhookIsTried")
    for _ in range(20):
        scene.gate.siege.note()
    await comes("HomThuIsBesieged")
    scene.metrics.tell_zalo(is_refused=True)
    await comes("HomThuZaloTokenIsRefused", warns="zalo_token")
    await scene.commits(subscribes(waits=26 * hour))
    await comes("HomThuNeighbourIsNotTold")
    await scene.commits(fails_for_days)
    await comes("HomThuNeighbourIsDisabled", warns="neighbours")
    await scene.commits(queues(LAN, ago=hour))
    await comes("HomThuOutboxLags", because="outbox")
    await scene.commits(keeps(update(9, "9"), ago=hour))
    async with scene.database.begin() as uow:  # handled is what came before it: it is the oldest that waits
        [first] = await uow.inbox.claim(owner="a/b", now=datetime.now(UTC), lease=hour, most=1)
        assert await uow.inbox.mark_handled([first.id], owner="a/b", now=datetime.now(UTC))
        await uow.commit()
    await comes("HomThuInboxLags", because="inbox")
    assert judged == {}, "never provoked"


async def test_readiness_tells_lag_age_space_and_backup_in_figures(scene: Scene) -> None:
    await scene.commits(keeps(update(1, "1"), ago=timedelta(seconds=40)), queues(LAN, ago=timedelta(seconds=20)))
    _, said = await scene.ready()
    assert said["backup_age_seconds"] is None
    assert said["warnings"] == ["backup"]
    assert (said["disk_free_bytes"], said["disk_free_share"]) == (50 * GB, 0.5)
    assert 40 <= said["inbox"]["oldest_seconds"] < 60
    assert 20 <= said["outbox"]["oldest_seconds"] < 40
    assert 40 <= said["last_update_seconds"]["telegram"] < 60
    before = (await scene.figures())["homthu_commits_total"][0][1]
    await scene.commits(keeps(update(2, "2")))
    assert (await scene.figures())["homthu_commits_total"][0][1] == before + 1


async def test_what_a_check_looks_at(tmp_path: Path, database: Database) -> None:
    """An old backup, much that waits at Telegram, a webhook that fails, an old database: a line each, with a mend."""
    now = datetime.now(UTC)
    assert check_backup(tmp_path, now).is_ok, "a new installation has none yet"
    remember(tmp_path, Record(now - timedelta(hours=30), "/backups/monday", 1, 1.0))
    assert not (old := check_backup(tmp_path, now)).is_ok
    assert "30 h" in old.found
    assert "RECOVERY" in old.mend
    for waiting, is_ok in (((100, 0), True), ((101, 0), False), ((0, int(now.timestamp()) - 60), False), ((0, 1), True)):

        async def told(answer: tuple[int, int] = waiting) -> tuple[int, int]:
            return answer

        found = await check_updates(told, now)
        assert (found.is_ok, bool(found.mend)) == (is_ok, not is_ok)
    async with database.begin() as uow:
        await subscribes()(uow)
        await uow.commit()
    assert (await check_neighbours(database)).is_ok
    async with database.begin() as uow:
        await fails_for_days(uow)
        await uow.commit()
    assert not (failing := await check_neighbours(database)).is_ok
    assert "1 of them disabled by failing" in failing.found
    assert "/staff/settings/neighbours" in failing.mend
    findings = await check_server(database, is_sqlite=database.is_sqlite)
    assert [finding.is_ok for finding in findings] == ([True] if database.is_sqlite else [True, True])
    assert [is_too_old(version, is_sqlite=True) for version in ("3.36.0", "3.37.0", "3.40.1", "4.0")] == [
        *(True, False, False, False)
    ]
    assert [is_too_old(version, is_sqlite=False) for version in ("13.22", "14.0", "18.1", "17beta1")] == [
        *(True, False, False, False)
    ]
