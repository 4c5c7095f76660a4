"""Guessing at the way in: never more than ten judged a minute, never an owner shut out, nothing told by words or by time."""

import asyncio
import statistics
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.domain import guessing
from bot.domain.guessing import FORGOTTEN_AFTER, LONGEST_WAIT, MINUTE, Count, Counted
from bot.domain.people import Role
from bot.services.sign_in import sign_in
from bot.web.guesses import Guesses
from storage import Database, tables
from tests.admin.desk import PASSWORD, StaffDesk
from tests.codes import code_at
from tests.conftest import Place
from tests.security.dumps import dump, where

NAME, ADDRESS = Count(("name", "minh")), Count(("address", "192.0.2.1"))
BOTH = Count(("both", "minh", "192.0.2.1"), a_minute=6, free=6, first_wait=10)
KEY = "k" * 43
TIMED = 9  # sign-ins of each sort


class Time:
    """Seconds that pass when a test says so."""

    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@given(pauses=st.lists(st.floats(min_value=0, max_value=90), min_size=1, max_size=120))
@settings(max_examples=60, deadline=None)
def test_in_no_minute_are_more_than_ten_guesses_judged(pauses: list[float]) -> None:
    """S12: However they are spread, at the seams of minutes too; and the wait that is told is the wait there is."""
    now, judged, waits_until = 1_795_000_000.0, list[float](), 0.0
    known = dict.fromkeys((NAME, ADDRESS, BOTH), Counted())
    for pause in pauses:
        now += pause
        wait = max(guessing.wait_of(count, known[count], now) for count in known)
        assert wait <= LONGEST_WAIT, "nobody waits longer than that"
        if wait:
            assert now + wait + 1 > waits_until - 1
            waits_until = now + wait
        else:
            judged.append(now)
            known = {count: guessing.judged(one, now) for count, one in known.items()}
    assert max(sum(at <= other < at + MINUTE for other in judged) for at in judged) <= 6
    later = now + max(LONGEST_WAIT, MINUTE)
    assert max(guessing.wait_of(count, known[count], later) for count in known) == 0


@given(jump=st.floats(min_value=-(10**9), max_value=10**9), guesses=st.integers(min_value=0, max_value=40))
def test_a_clock_that_is_set_shuts_nobody_out(jump: float, guesses: int) -> None:
    """S12: By years, forward or back, in the middle of an attack: the wait is never longer than the longest."""
    now, known = 1_795_000_000.0, Counted()
    for _ in range(guesses):
        known = guessing.judged(known, now)
    assert 0 <= guessing.wait_of(BOTH, known, now + jump) <= LONGEST_WAIT
    if abs(jump) > FORGOTTEN_AFTER:
        assert guessing.wait_of(BOTH, known, now + jump) == 0


async def test_the_wait_grows_with_wrong_guesses_and_a_right_one_ends_it(database: Database) -> None:
    """S12: An address that keeps guessing at one name waits longer and longer, to five minutes."""
    clock = Time()
    guesses, waits = Guesses(database, KEY, clock), list[int]()
    while len(waits) < 8:
        while wait := await guesses.take(BOTH):
            waits.append(wait)
            clock.now += wait
        clock.now += 1
    first, *more = waits
    assert first <= MINUTE, "at first only the minute is waited for"
    assert more == sorted(more)
    assert LONGEST_WAIT >= more[-1] > 4 * more[0]
    clock.now += LONGEST_WAIT
    assert await guesses.take(BOTH) == 0
    await guesses.succeeded(BOTH)
    assert await guesses.take(BOTH) == 0


async def test_several_processes_have_one_count(database_place: Place) -> None:
    """S12: Forty guesses at the same moment, at three processes where there may be several: six are judged, and no more.

    A process that starts afterwards knows of them.
    """
    clock, opened = Time(), [database_place.database() for _ in range(1 if database_place.engine == "sqlite" else 3)]
    for one in opened:
        await one.open()
    doors = [Guesses(one, KEY, clock) for one in opened]
    waits = await asyncio.gather(*(doors[number % len(doors)].take(NAME, ADDRESS, BOTH) for number in range(40)))
    assert waits.count(0) == 6
    again = database_place.database() if len(opened) > 1 else opened[0]
    if again is not opened[0]:
        await again.open()
    assert await Guesses(again, KEY, clock).take(BOTH) > 0
    assert await Guesses(again, KEY, clock).take(ADDRESS) == 0, "of which four are left this minute"
    for one in {again, *opened}:
        await one.close()


async def test_what_is_counted_is_named_by_nobody_and_forgotten_after_an_hour(database_place: Place) -> None:
    """S12, 1.3.2: No address, no name that was tried: not in a row, not in a file. An hour later not even a count."""
    clock, database = Time(), database_place.database()
    await database.open()
    guesses = Guesses(database, KEY, clock)
    for number in range(30):
        await guesses.take(Count(("name", f"minh-planted-{number}")), Count(("address", "203.0.113.177")))
        clock.now += 7
    assert where(["minh-planted", "203.0.113.177"], await dump(database_place)) == []
    clock.now += 2 * FORGOTTEN_AFTER
    await guesses.take(NAME)
    async with database._transaction() as connection:
        assert len((await connection.execute(select(tables.guesses))).all()) == 1
    await database.close()


async def test_the_owner_gets_in_from_elsewhere_while_one_address_guesses(sqlite_desk: StaffDesk) -> None:
    """S12: One stranger cannot use up what a name has: on a new computer, at another address, its owner still signs in."""
    await sqlite_desk.staff("minh")
    stranger, minh = await sqlite_desk.browser(), await sqlite_desk.browser()
    for number in range(8):
        await stranger.signs_in("minh", f"guess {number}")
    await minh.opens("/staff/login")
    _, hidden = minh.form("login-form")
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": "198.51.100.7"}
    fields = hidden | {"username": "minh", "password": PASSWORD}
    assert (await minh.posts("/staff/login", fields, headers=headers)).status == 303


async def test_a_whole_ipv6_line_is_one_address(sqlite_desk: StaffDesk) -> None:
    """S12: Whoever has 2^64 addresses guesses no more than who has one."""
    statuses = []
    for number in range(12):
        browser = await sqlite_desk.browser()
        await browser.opens("/staff/login")
        _, hidden = browser.form("login-form")
        headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": f"2001:db8:0:1::{number:x}"}
        fields = hidden | {"username": f"name{number}", "password": "guess"}
        statuses.append((await browser.posts("/staff/login", fields, headers=headers)).status)
    assert statuses == [401] * 10 + [429] * 2


async def test_codes_are_throttled_like_passwords_and_a_known_browser_is_not_shut_out(sqlite_desk: StaffDesk) -> None:
    """S12: Somebody who knows the password guesses codes; the owner's own browser still gets in."""
    await sqlite_desk.staff("chief", Role.WARD_LEADER)
    owner, thief = await sqlite_desk.browser(), await sqlite_desk.browser()
    await owner.signs_in("chief")
    sqlite_desk.clock.passes(minutes=5)
    statuses = []
    for _ in range(12):
        await thief.opens("/staff/login")
        await thief.submits("login-form", username="chief", password=PASSWORD)
        if (await thief.opens("/staff/login/code")).status == 200:
            statuses.append((await thief.submits("code-form", code="000000")).status)
    assert statuses.count(401) <= 10
    assert statuses[-1] == 429
    assert code_at(sqlite_desk.clock.now()) != "000000"
    await owner.opens("/staff/")
    await owner.submits("logout-form")
    assert (await owner.signs_in("chief")).status == 303


async def test_what_is_answered_tells_nobody_which_names_there_are(sqlite_desk: StaffDesk) -> None:
    """S12: An unknown name, a shut account, a wrong password with and without a second factor: the same bytes."""
    await sqlite_desk.staff("minh")
    await sqlite_desk.staff("chief", Role.WARD_LEADER)
    gone = await sqlite_desk.staff("gone")
    async with sqlite_desk.database.begin() as uow:
        await uow.staff.set_disabled(gone.id, True)
        await uow.commit()
    seen = set()
    for username, password in (("minh", "x" * 20), ("chief", "x" * 20), ("nobody", PASSWORD), ("gone", PASSWORD)):
        browser = await sqlite_desk.browser()
        answer = await browser.signs_in(username, password)
        _, hidden = browser.form("login-form")
        shown = browser.text.replace(hidden["form_token"], "").replace(username, "NAME")
        names = sorted(name for name in answer.headers if name not in ("Date", "Content-Security-Policy"))
        seen.add((answer.status, tuple(names), "".join(part for part in shown.split() if "nonce" not in part)))
    assert len(seen) == 1


@pytest.mark.parametrize("other", ["nobody", "gone"])
async def test_time_tells_nobody_which_names_there_are(sqlite_desk: StaffDesk, other: str) -> None:
    """S12: Against a known name, an unknown or shut one is as often quicker as slower, or differs by less than a quarter.

    An answer without hashing would be a hundred times quicker. Measured in turns: what is busy for a while is so for both.
    """
    await sqlite_desk.staff("minh", password="một câu khác cũng dài")  # hashed with the full work
    gone = await sqlite_desk.staff("gone", password="một câu khác cũng dài")
    async with sqlite_desk.database.begin() as uow:
        await uow.staff.set_disabled(gone.id, True)
        await uow.commit()
    took: dict[str, list[float]] = {"minh": [], other: []}
    for number in range(TIMED):
        for username in sorted(took, reverse=number % 2 == 1):
            began = time.process_time()
            assert (
                await sign_in(sqlite_desk.database, username=username, password="sai", now=sqlite_desk.clock.now()) is None
            )
            took[username].append(time.process_time() - began)
    known, unknown = took["minh"][1:], took[other][1:]
    rank = statistics.mean((one > two) + (one == two) / 2 for one in known for two in unknown)
    assert 0.35 <= rank <= 0.65 or abs(statistics.median(known) / statistics.median(unknown) - 1) < 0.25
