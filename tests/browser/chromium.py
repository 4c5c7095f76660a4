"""Debian's Chromium, and what it has to say about our pages.

`launched` starts the browser; `Watch` listens to every page of a context. What people do with it is in `people`.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright, expect

HOW_TO_GET_IT = "no Chromium; Debian and Ubuntu: apt-get install chromium"
PATIENCE = 60_000  # milliseconds for whatever is waited for; a walk is not a timed test
expect.set_options(timeout=PATIENCE)

# A browser that asks nobody anything by itself, and cannot find anybody but this machine.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def find_chromium() -> str | None:
    """Where Chromium is; None where it is missing."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def is_required() -> bool:
    """In CI a missing browser is a failure: skipped walks would look like walks that passed."""
    return os.environ.get("CI", "").lower() == "true"


@asynccontextmanager
async def launched(executable: str) -> AsyncIterator[Browser]:
    """The browser, without a screen."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=SWITCHES)
        try:
            yield browser
        finally:
            await browser.close()


class Watch:
    """Listens to a context: script errors, console errors (the page's policy among them), requests to anywhere else.

    A refused form is answered with a status of 400 or more, which the console calls an error; whoever expects one says so
    in `expected`.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.expected: set[int] = set()
        self.may_be_cut_off = False  # the walk takes the line away on purpose
        context.on("page", self._listen)
        context.on("request", self._note)

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", self._hear)

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type not in ("error", "warning"):
            return
        if self.may_be_cut_off and "net::ERR_" in line.text:
            return
        if not any(f"responded with a status of {status} " in line.text for status in self.expected):
            self.complaints.append(f"{line.type}: {line.text}")

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)

    @property
    def foreign(self) -> list[str]:
        """Requests that left this machine. Pictures that a page made itself (`blob:`, `data:`) go nowhere."""
        return [url for url in self.requests if not _stays_here(url)]


def _stays_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("blob", "data") or (parts.scheme == "http" and parts.hostname == "127.0.0.1")
