"""When a page may be worked with: it is loaded, its script listens, and the field that asks for the focus has it.

A person waits for that without thinking of it; a walk that does not types into nothing when the machine is busy.
"""

import asyncio
from collections.abc import Awaitable, Callable

from playwright.async_api import Error, Page

from tests.browser.chromium import PATIENCE

LOOK_EVERY = 0.02  # seconds
# A page's script is deferred, so it listens once the page is complete. The focus comes with the first drawing, which may
# be later still; where the address names a part of the page, that part comes before any field.
AT_REST = """() => {
    const asks = [...document.querySelectorAll('[autofocus]')].some((field) => field.checkVisibility());
    return document.readyState === 'complete' && (!asks || !!location.hash || document.activeElement !== document.body);
}"""


async def at_rest(page: Page) -> None:
    """Wait until the page that is open can be worked with.

    Raises:
        AssertionError: It never came to rest.
    """

    async def is_at_rest() -> bool:
        try:
            return bool(await page.evaluate(AT_REST))
        except Error as error:  # it went away while it was looked at: the next one counts
            if "context was destroyed" not in error.message:
                raise
            return False

    await eventually(is_at_rest, f"{page.url} comes to rest")


async def eventually(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Look again and again until it is so.

    Raises:
        AssertionError: It was not, for longer than anybody waits.
    """
    try:
        async with asyncio.timeout(PATIENCE / 1000):
            while not await holds():
                await asyncio.sleep(LOOK_EVERY)
    except TimeoutError:
        raise AssertionError(f"after {PATIENCE} ms still not so: {what}") from None
