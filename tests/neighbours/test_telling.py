"""Programs of others are told what happens to cases: signed, in order, at least once, and nothing they may not know."""

import asyncio
import json
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.domain.case import CaseKind, Desk
from bot.domain.neighbours import CHOICES, GIVE_UP_AFTER, next_try
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import EventKind
from bot.services.neighbours import change_secret, drop_old_secrets, enable, replay
from storage.deliveries import MOST_DROPPED
from tests.neighbours.conftest import Street
from tests.neighbours.receiver import receiving
from tests.storage.cast import NOW, hire

ALLOWED = {"v", "id", "type", "time", "sequence", "case", "ward", "category", "status"}


async def test_a_case_is_told_from_its_filing_to_its_closing(street: Street) -> None:
    """Every event arrives once, signed, in order, without a word of the resident's and without the code."""
    async with receiving() as portal:
        subscription = await street.subscribed(portal)
        case = await street.files(text="Ngõ 12 của bà Bưởi Tía tối om")
        await street.happens(case, EventKind.NOTED)
        for kind, details in (
            (EventKind.MOVED, {"ward": "00103"}),
            (EventKind.ANSWERED, None),
            (EventKind.CLOSED, {"outcome": "done"}),
            (EventKind.DISPUTED, None),
            (EventKind.ADDED, {"reopened": "yes"}),
            (EventKind.ADDED, None),
            (EventKind.CLOSED, {"outcome": "no_action", "by": "resident"}),
        ):
            await street.happens(case, kind, details)
        await street.looks(2)
        told = ["moved", "answered", "closed", "disputed", "reopened", "withdrawn"]
        assert [event["type"] for event in portal.taken] == ["ping", "case.filed", *(f"case.{kind}" for kind in told)]
        assert [event["sequence"] for event in portal.taken] == list(range(1, 9))
        assert len({event["id"] for event in portal.taken}) == 8
        assert len({event["case"] for event in portal.taken[1:]}) == 1
        assert all(set(event) == ALLOWED for event in portal.taken[1:])
        assert [event["status"] for event in portal.taken[1:]] == [
            "open",
            "open",
            "open",
            "closed",
            "open",
            "open",
            "closed",
        ]
        assert "Bưởi" not in json.dumps(portal.taken, ensure_ascii=False)
        assert case.code not in json.dumps(portal.taken)
        assert portal.foreign == 0
        assert {state for state, _, _ in await street.lines(subscription)} == {"sent"}


HIDDEN: dict[str, dict[str, Any]] = {
    "conduct": {"kind": CaseKind.CONDUCT, "desk": Desk.RESTRICTED},
    "sensitive": {"is_sensitive": True, "desk": Desk.RESTRICTED},
    "leaders": {"desk": Desk.LEADERS, "ward": None},
    "anonymous": {"is_anonymous": True},
    "unplaced": {"desk": Desk.UNPLACED, "ward": None},
}


@pytest.mark.parametrize("what", HIDDEN, ids=str)
async def test_what_is_confidential_leaves_no_trace(lane: Street, what: str) -> None:
    """Not a body, not a gap in the numbers, not a row that an operator could count."""
    async with receiving() as portal:
        subscription = await lane.subscribed(portal)
        before = await lane.files()
        hidden = await lane.files(**HIDDEN[what])
        await lane.happens(hidden, EventKind.ANSWERED)
        await lane.happens(before, EventKind.ANSWERED)
        await lane.looks(2)
        assert [event["type"] for event in portal.taken] == ["ping", "case.filed", "case.answered"]
        assert [event["sequence"] for event in portal.taken] == [1, 2, 3]
        assert len(await lane.lines(subscription)) == 3


async def test_a_case_that_becomes_confidential_is_never_told_again(street: Street) -> None:
    """What waits of it when the neighbour is back is dropped, and numbers go on as if it had not been."""

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=500)

    async with receiving(refuse) as portal:
        subscription = await street.subscribed(portal)
        cases = [await street.files() for _ in range(4)]
        await street.looks()
        await street.becomes(cases[0], desk="restricted", is_sensitive=True)
        await street.becomes(cases[1], is_anonymous=True)
        async with street.database.begin() as uow:
            minh = await hire(uow)
            await uow.exclusions.add([Exclusion(case_id=cases[2].id, staff_id=minh.id, why=Why.OTHER)])
            await uow.commit()
        portal.behave = None
        street.clock.passes(hours=1)
        await street.looks(2)
        assert [event["type"] for event in portal.taken] == ["ping", "case.filed"]
        assert [event["sequence"] for event in portal.taken] == [1, 2]
        assert len(await street.lines(subscription)) == 2 < MOST_DROPPED


async def test_what_a_neighbour_does_not_take_is_tried_again_and_keeps_its_order(street: Street) -> None:
    """500, then cut off, then taken: one case's events arrive in order, another case's pass by the one that waits."""
    refusals = {"case.filed": 2}

    async def moody(request: web.Request) -> web.StreamResponse:
        kind = json.loads(await request.read())["type"]
        if refusals.get(kind, 0):
            refusals[kind] -= 1
            if refusals[kind]:
                return web.Response(status=503, text="x" * 100_000)
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=599)
        return web.Response(status=200)

    async with receiving(moody) as portal:
        subscription = await street.subscribed(portal, "filed", "answered")
        case = await street.files()
        await street.happens(case, EventKind.ANSWERED)
        await street.looks()
        assert [event["type"] for event in portal.taken] == ["ping"]
        for _ in range(4):
            street.clock.passes(minutes=2)
            await street.looks()
        assert [event["type"] for event in portal.taken] == ["ping", "case.filed", "case.answered"]
        assert [event["sequence"] for event in portal.taken] == [1, 2, 3]
        tries = [event["id"] for event in portal.tries if event["type"] == "case.filed"]
        assert len(tries) == 3
        assert len(set(tries)) == 1
        assert [attempts for _, _, attempts in await street.lines(subscription)] == [1, 3, 1]


async def test_a_redirect_is_a_refusal_and_nobody_goes_there(lane: Street) -> None:
    async with receiving() as elsewhere:

        async def redirect(_: web.Request) -> web.Response:
            return web.Response(status=307, headers={"Location": elsewhere.address})

        async with receiving(redirect) as portal:
            subscription = await lane.subscribed(portal)
            await lane.looks()
            assert await lane.lines(subscription) == [("waiting", "redirect", 1)]
            assert elsewhere.tries == []


async def test_a_slow_neighbour_holds_nobody_else(lane: Street) -> None:
    """One never answers; the other has all its events meanwhile."""
    never, lane.within = asyncio.Event(), 1.5

    async def hang(_: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    async with receiving(hang) as slow, receiving() as quick:
        waits = await lane.subscribed(slow)
        await lane.subscribed(quick)
        for _ in range(5):
            await lane.files()
        began = time.monotonic()
        stop = asyncio.Event()
        running = asyncio.create_task(lane.neighbourhood().run(stop))
        await quick.has(6)
        took = time.monotonic() - began
        assert slow.taken == []
        async with asyncio.timeout(20):
            while (await lane.lines(waits))[0][1] != "too_slow":
                await asyncio.sleep(0.05)
        never.set()
        stop.set()
        await running
        assert took < 1.5, took


async def test_after_days_an_event_is_parked_and_a_neighbour_disabled_until_replayed(street: Street) -> None:
    """Nothing is lost: what was parked, what waited and what happened meanwhile is told once somebody says so."""

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=500)

    async with receiving(refuse) as portal:
        subscription = await street.subscribed(portal, "filed")
        heard = await street.operator_with_a_chat()
        await street.files()
        for hours in range(0, 124, 4):
            street.clock.at = NOW + timedelta(hours=hours)
            await street.looks()
        assert "parked" in {state for state, _, _ in await street.lines(subscription)}
        await street.files()
        street.clock.passes(hours=4)
        await street.looks()
        async with street.database.reading() as uow:
            found = await uow.neighbours.get(subscription.id)
        assert found is not None
        assert found.disabled_at is not None
        assert found.ended == "failing"
        await street.files()
        tries = len(portal.tries)
        street.clock.passes(days=1)
        await street.looks()
        assert len(portal.tries) == tries, "a disabled one is left alone"
        assert [text.count("Cổng") for text in await heard()] == [1], "an operator is told, once"
        portal.behave = None
        async with street.database.begin() as uow:
            await enable(uow, subscription.id, now=street.clock.now())
            await replay(uow, subscription.id, now=street.clock.now())
            await uow.commit()
        await street.looks(2)
        assert [event["type"] for event in portal.taken] == ["ping", *["case.filed"] * 3]
        async with street.database.begin() as uow:
            assert await replay(uow, subscription.id, now=street.clock.now(), days=7) == 4
            await uow.commit()
        await street.looks(2)
        assert len(portal.taken) == 8
        assert len({event["id"] for event in portal.taken}) == 4


async def test_a_secret_is_changed_at_leisure(lane: Street) -> None:
    """The old and the new one both fit until the old is dropped."""
    async with receiving() as portal:
        subscription = await lane.subscribed(portal)
        old = portal.secrets
        async with lane.database.begin() as uow:
            made = await change_secret(uow, subscription.id, now=lane.clock.now())
            await uow.commit()
        await lane.looks()
        portal.secrets = [made.secret]
        await lane.files()
        await lane.looks()
        async with lane.database.begin() as uow:
            await drop_old_secrets(uow, subscription.id, now=lane.clock.now())
            await uow.commit()
        await lane.files()
        await lane.looks()
        assert (len(portal.taken), portal.foreign) == (3, 0)
        portal.secrets = old
        await lane.files()
        await lane.looks()
        assert (len(portal.taken), portal.foreign) == (3, 1)


async def test_two_processes_tell_each_event_once_and_in_order(street: Street) -> None:
    """Both look at the same subscription; each event is taken once, in the order of the case."""
    async with receiving() as portal:
        await street.subscribed(portal)
        cases = [await street.files() for _ in range(3)]
        for _ in range(5):
            for case in cases:
                await street.happens(case, EventKind.ANSWERED)
        stop = asyncio.Event()
        running = [asyncio.create_task(street.neighbourhood().run(stop)) for _ in range(2)]
        await portal.has(19)
        stop.set()
        await asyncio.gather(*running)
        assert len({event["id"] for event in portal.taken}) == len(portal.taken) == 19
        assert [event["sequence"] for event in portal.taken] == list(range(1, 20))


async def test_an_event_that_is_committed_late_is_not_passed_over(postgres_street: Street) -> None:
    """On PostgreSQL an id can be committed after a higher one: the walk waits for it."""
    street = postgres_street
    async with receiving() as portal:
        await street.subscribed(portal, "answered")
        case, other = await street.files(), await street.files()
        async with street.database.begin() as uow:
            await uow.cases.change(case)
            await street.record(uow, case, EventKind.ANSWERED)
            await street.happens(other, EventKind.ANSWERED)
            await street.looks()
            assert [event["type"] for event in portal.taken] == ["ping"]
            await uow.commit()
        await street.looks(2)
        assert [event["type"] for event in portal.taken] == ["ping", "case.answered", "case.answered"]


@pytest.mark.parametrize("hours", [0, 1, 71.9, 72, 100])
def test_tries_grow_apart_and_end(hours: float) -> None:
    """Never sooner than ten seconds, never later than six hours, and after three days no more."""
    now = NOW + timedelta(hours=hours)
    for attempts in (1, 2, 5, 40, 10_000):
        due = next_try(attempts=attempts, first_tried_at=NOW, now=now)
        if timedelta(hours=hours) >= GIVE_UP_AFTER:
            assert due is None
        else:
            assert due is not None
            assert timedelta(seconds=10) <= due - now <= timedelta(hours=6)


def test_the_kinds_fit_their_column() -> None:
    assert len(" ".join(kind.value for kind in CHOICES)) <= 120
    assert all(re.fullmatch(r"[a-z]{1,16}", kind) for kind in CHOICES)
