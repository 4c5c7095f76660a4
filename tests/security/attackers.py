"""Attackers of a running program, by its address alone: they send, and note what came back and how long it took."""

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import ClientError, ClientSession, ClientTimeout, CookieJar
from yarl import URL

from tests.forms.served import ServedPage
from tests.security.mutating import mutated_form, mutated_update
from tests.stories.webhook import HEADER, SECRET

AT_ONCE = 16
ZALO_HEADER = "X-Bot-Api-Secret-Token"
OF_ONE = 20  # posts of one browser to the chat, which takes thirty a minute
T = TypeVar("T")
OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Tally:
    """What came back: how often each status, and the seconds each took."""

    statuses: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)

    @property
    def failures(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500 or status == 0)

    def p(self, share: float) -> float:
        """The seconds that this share of the answers did not exceed."""
        return sorted(self.took)[min(len(self.took) - 1, int(len(self.took) * share))]


def outsider() -> ClientSession:
    return ClientSession(cookie_jar=CookieJar(unsafe=True), timeout=ClientTimeout(60))


async def mutated_updates(url: str, count: int, seed: int = 1) -> Tally:
    """With Telegram's secret: these are things that Telegram might bring."""
    rng, tally = random.Random(seed), Tally()
    bodies = (mutated_update(rng, 1_000_000 + number) for number in range(count))
    async with outsider() as session:

        async def send(body: bytes) -> int:
            async with session.post(f"{url}/hooks/telegram", data=body, headers={HEADER: SECRET}) as answer:
                await answer.read()
                return answer.status

        await _all(bodies, send, tally)
    return tally


async def mutated_zalo_events(url: str, secret: str, bodies: Sequence[bytes]) -> Tally:
    """With Zalo's secret: these are things that Zalo might bring."""
    tally = Tally()
    async with outsider() as session:

        async def send(body: bytes) -> int:
            async with session.post(f"{url}/hooks/zalo", data=body, headers={ZALO_HEADER: secret}) as answer:
                await answer.read()
                return answer.status

        await _all(bodies, send, tally)
    return tally


async def mutated_forms(
    url: str, count: int, sessions: Sequence[ClientSession], pages: Sequence[str], seed: int = 2
) -> Tally:
    """Every form of these pages, as staff have them, and the chat, the receipts and the sign-in, as strangers have them."""
    rng, tally = random.Random(seed), Tally()
    while len(tally.took) < count:
        is_staff = bool(sessions) and rng.random() < 0.7
        session = rng.choice(sessions) if is_staff else outsider()
        page = rng.choice(pages) if is_staff else rng.choice(("/chat", "/chat", "/track", "/staff/login"))
        forms = [form for form in (await _page(session, url + page)).forms if form.test_id != "logout-form"]
        for _ in range(min(OF_ONE, count - len(tally.took)) if forms else 0):
            form = rng.choice(forms)
            content_type, body = mutated_form(rng, form.pairs(rng.choice(form.buttons)) if form.buttons else [])
            began = time.monotonic()
            status = await _post(session, url, form.action or page, content_type, body)
            tally.statuses[status] += 1
            tally.took.append(time.monotonic() - began)
        if not is_staff:
            await session.close()
    return tally


async def _post(session: ClientSession, url: str, path: str, content_type: str, body: bytes) -> int:
    headers = OURS | ({"Content-Type": content_type} if content_type else {})
    at = URL(url).join(URL(path))
    try:
        async with session.post(at, data=body, headers=headers, allow_redirects=False) as answer:
            await answer.read()
            return answer.status
    except (ClientError, ValueError):
        return 0


async def guessed_receipts(url: str, codes: Sequence[str], count: int) -> tuple[Tally, set[str]]:
    """Signatures guessed, of cases that are there in turn with such that never were; the answers, without what was typed."""
    tally, said = Tally(), set[str]()
    async with outsider() as session:
        page = await _page(session, f"{url}/track")
        form = page.form("track-form")
        assert form
        token = form.named("form_token")
        assert token

        async def guess(number: int) -> int:
            code = codes[number % len(codes)]
            fields = {"form_token": token.value, "code": code, "signature": secrets.token_hex(4).upper()}
            headers = OURS | {"X-Forwarded-For": f"198.51.{number % 250}.{number // 250 % 250}"}
            async with session.post(f"{url}/track", data=fields, headers=headers) as answer:
                text = await answer.text()
                good = 'data-good="yes"' in text
                said.add(f"{answer.status} {'yes' if good else 'no'} {len(answer.headers)}")
                return 999 if good else answer.status

        await _all(range(count), guess, tally)
    return tally, said


async def guessed_passwords(url: str, names: Sequence[str], count: int) -> tuple[Tally, dict[str, list[float]], set[str]]:
    """Of names that are there in turn with others; how long the judged ones took by name, and what was answered."""
    tally, took, said = Tally(), dict[str, list[float]](), set[str]()
    async with outsider() as session:
        form = (await _page(session, f"{url}/staff/login")).form("login-form")
        assert form
        hidden = {one.name: one.value for one in form.fields if one.kind == "hidden"}
        for number in range(count):
            name = names[number % len(names)]
            headers = OURS | {"X-Forwarded-For": f"203.0.{number % 250}.{number // 250 % 250}"}
            fields = hidden | {"username": name, "password": f"guess-{number}-guess"}
            began = time.monotonic()
            async with session.post(f"{url}/staff/login", data=fields, headers=headers, allow_redirects=False) as answer:
                text = (await answer.text()).replace(name, "")
            lasted = time.monotonic() - began
            tally.statuses[answer.status] += 1
            tally.took.append(lasted)
            if answer.status not in (429, 403):
                took.setdefault(name, []).append(lasted)
                said.add(f"{answer.status} {len(text)}")
    return tally, took, said


async def guessed_files(url: str, codes: Sequence[str], count: int) -> Tally:
    """Keys of the chat's files and numbers of the desk's, by somebody with a chat of their own and no account."""
    tally = Tally()
    async with outsider() as session:
        await _page(session, f"{url}/chat")

        async def guess(number: int) -> int:
            code = codes[number % len(codes)]
            path = (f"/chat/files/{secrets.token_hex(32)}", f"/staff/cases/{code}/files/{number}")[number % 2]
            async with session.get(url + path, allow_redirects=False) as answer:
                await answer.read()
                return answer.status

        await _all(range(count), guess, tally)
    return tally


def rank(some: Sequence[float], others: Sequence[float]) -> float:
    """How likely one of the first lasted longer than one of the others: 0.5 says that time tells nothing."""
    pairs = [(one > other) + 0.5 * (one == other) for one in some for other in others]
    return sum(pairs) / len(pairs)


async def _page(session: ClientSession, url: str) -> ServedPage:
    async with session.get(url) as answer:
        return ServedPage(await answer.text())


async def _all(items: Iterable[T], send: Callable[[T], Awaitable[int]], tally: Tally) -> None:
    """A few at a time; whoever is cut off without an answer counts as status 0."""
    waiting = iter(items)

    async def one_after_the_other() -> None:
        for item in waiting:
            began = time.monotonic()
            try:
                status = await send(item)
            except (ClientError, TimeoutError):
                status = 0
            tally.statuses[status] += 1
            tally.took.append(time.monotonic() - began)

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
