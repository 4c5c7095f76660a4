"""The page that checks receipts says yes or no, in the same way and the same time, and nothing about any case."""

import html
import re
import secrets
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

import public
from bot.bell import Bell
from bot.clock import SystemClock
from bot.domain.case import new_code
from bot.domain.people import Language
from bot.file_keeper import SafeFileKeeper
from bot.receipts import KeyedReceipts
from bot.routing.wards import load_wards
from bot.services.receipt import track_link
from bot.services.track_case import is_genuine
from bot.settings import load_settings
from bot.web import make_web_app
from bot.web.siege import GATES
from bot.web.throttle import Throttle
from public.track import GATE, THROTTLE, THROTTLE_OF_ALL, TRIES
from storage import Database
from storage.files import open_file_store
from tests.storage.cast import a_case

KEY = "k" * 43
RECEIPTS = KeyedReceipts(KEY)


def page_app(database: Database) -> web.Application:
    files = open_file_store("memory://")
    app = make_web_app(
        settings=load_settings(),
        secret_key=KEY,
        storage=database,
        clock=SystemClock(),
        wards=load_wards(),
        bell=Bell(),
        files=files,
        file_keeper=SafeFileKeeper(files),
    )
    public.add_routes(app)
    return app


@dataclass
class Holder:
    """Somebody with a piece of paper and a browser without script."""

    client: TestClient[Any, Any]
    html: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    status: int = 0

    async def opens(self, path: str = "/track") -> None:
        async with self.client.get(path) as answer:
            self._reads(await answer.text(), answer.status)

    async def asks(self, code: str, signature: str) -> str:
        """Fill in the form of the open page and press its button; returns the page's answer."""
        fields = {**self.fields, "code": code, "signature": signature}
        headers = {"Sec-Fetch-Site": "same-origin"}
        async with self.client.post("/track", data=fields, headers=headers) as answer:
            self._reads(await answer.text(), answer.status)
        return self.answer

    @property
    def answer(self) -> str:
        found = re.search(r'data-testid="track-answer"[^>]*>([^<]*)<', self.html)
        return html.unescape(found[1]) if found else ""

    def _reads(self, text: str, status: int) -> None:
        self.html, self.status = text, status
        form = text.partition('data-testid="track-form"')[2].partition("</form>")[0]
        inputs = re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form)
        self.fields = {name: html.unescape(value) for name, value in inputs}


@pytest.fixture
async def holder(sqlite_database: Database) -> AsyncIterator[Holder]:
    server = TestServer(page_app(sqlite_database))
    async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client:
        yield Holder(client)


def lift_throttle(holder: Holder) -> None:
    for throttle in (holder.client.app[THROTTLE], holder.client.app[THROTTLE_OF_ALL]):
        throttle._item = Throttle(1_000_000)._item
    holder.client.app[GATES][GATE].siege._many = 1_000_000


def without_what_was_typed(page: str) -> str:
    return re.sub(r'(value|nonce|content)="[^"]*"', "", page)


async def test_a_genuine_receipt_is_known_and_nothing_else_is_told(holder: Holder, sqlite_database: Database) -> None:
    """Typed as it stands on the paper, in groups and in small letters; no ward, no date, no word of the case."""
    case = await a_case(sqlite_database)
    await holder.opens()
    signature = RECEIPTS.signature(case.code)
    spaced = " ".join(signature[at : at + 4] for at in range(0, 16, 4)).lower()
    assert "Biên nhận thật" in await holder.asks(f" {case.code.replace('-', ' ').lower()} ", spaced)
    assert holder.status == 200
    for told in (case.text, "Tây Hồ", case.created_at.strftime("%d/%m/%Y"), RECEIPTS.secret(case.code)):
        assert told not in holder.html


async def test_a_wrong_signature_and_an_unknown_code_are_one_answer(holder: Holder, sqlite_database: Database) -> None:
    """Also what is no code at all: the same page, the same status; there is no 404 to count up by."""
    case = await a_case(sqlite_database)
    await holder.opens()
    right = RECEIPTS.signature(case.code)
    pages = set()
    for code, signature in (
        (case.code, "A" * 16),
        (case.code, right[:-1] + ("A" if right[-1] != "A" else "B")),
        (new_code(), right),
        (new_code(), "A" * 16),
        ("không phải mã", right),
        ("0000-0000", "A" * 16),
        ("x" * 39, "y" * 39),
    ):
        assert "không khớp" in await holder.asks(code, signature)
        assert holder.status == 200
        pages.add(without_what_was_typed(holder.html))
    assert len(pages) == 1


async def test_the_link_of_a_receipt_fills_the_form_and_asks_nothing(holder: Holder) -> None:
    """A QR code leads here; what it proves is told after a tap, in the language of the page."""
    code = new_code()
    link = track_link("", code, RECEIPTS.signature(code))
    await holder.opens(f"{link}&lang=en")
    assert holder.answer == ""
    assert (holder.fields["code"], holder.fields["signature"]) == (code, RECEIPTS.signature(code))
    assert "This receipt is genuine" in await holder.asks(holder.fields["code"], holder.fields["signature"])


async def test_hostile_input_is_shown_as_typed(holder: Holder) -> None:
    """In the link and in the form: markup, controls, more than anybody types."""
    hostile = '"><script>alert(1)</script>\u202e' + "Z" * 300
    async with holder.client.get(
        "/track", params={"code": hostile, "signature": "\0\ud83d".encode("utf-8", "replace").decode()}
    ) as answer:
        assert answer.status == 200
        assert "<script>alert" not in await answer.text()
    await holder.opens()
    await holder.asks(hostile, hostile)
    assert holder.status == 200
    assert "<script>alert" not in holder.html
    async with holder.client.post("/track", data={"code": "x" * 100_000}) as answer:
        assert answer.status in (400, 413)


async def test_a_form_that_was_not_shown_here_is_not_read(holder: Holder) -> None:
    """Without this browser's token the form comes back, filled in, to be sent again."""
    code = new_code()
    await holder.opens()
    holder.fields["form_token"] = "0" * 64
    assert "chưa kiểm tra được" in await holder.asks(code, RECEIPTS.signature(code))
    assert holder.status == 403
    assert "Biên nhận thật" in await holder.asks(code, RECEIPTS.signature(code))


async def test_trying_many_is_slowed_down_for_right_and_wrong_alike(holder: Holder) -> None:
    await holder.opens()
    code = new_code()
    for _ in range(TRIES):
        assert "không khớp" in await holder.asks(code, "A" * 16)
    assert "quá nhiều lần" in await holder.asks(code, RECEIPTS.signature(code))
    assert holder.status == 429


@pytest.mark.slow
async def test_ten_thousand_guesses_find_nothing(holder: Holder) -> None:
    """Guesses that a throttle would never let through: no hit, and every answer the same."""
    lift_throttle(holder)
    await holder.opens()
    code, answers = new_code(), set()
    for _ in range(2_000):
        answers.add((await holder.asks(code, secrets.token_hex(8).upper()), holder.status))
    assert len(answers) == 1
    guesses = ((new_code(), secrets.token_hex(8)) for _ in range(8_000))
    assert not any(is_genuine(RECEIPTS, code, signature) for code, signature in guesses)


def test_every_answer_takes_the_same_time() -> None:
    """A known code with a wrong signature, an unknown one, and no code at all: medians within a third of each other."""
    code = new_code()
    asked = {
        "right": (code, RECEIPTS.signature(code)),
        "wrong": (code, "A" * 16),
        "unknown": (new_code(), "A" * 16),
        "no code": ("khong ma", "A" * 16),
    }
    took: dict[str, list[int]] = {name: [] for name in asked}
    for _ in range(3_000):
        for name, (typed, signature) in asked.items():
            begun = time.perf_counter_ns()
            is_genuine(RECEIPTS, typed, signature)
            took[name].append(time.perf_counter_ns() - begun)
    medians = {name: statistics.median(times) for name, times in took.items()}
    assert max(medians.values()) < 1.34 * min(medians.values()), medians


@pytest.mark.parametrize("language", list(Language))
async def test_the_page_speaks_both_languages(holder: Holder, language: Language) -> None:
    await holder.opens(f"/track?lang={language.value}")
    assert f'<html lang="{language.value}">' in holder.html
    assert 'data-testid="track-form"' in holder.html
