"""Receives Zalo's updates, by long polling or by webhook, and keeps them before anything else.

Zalo hands an update out once: there is no offset and nothing to confirm. Whatever came of an answer is therefore kept, also
of one that broke off; while it cannot be kept it stays in our hand and is tried again. A question on its way is never
dropped, because its answer might be an update: a stop waits for it.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence

import structlog

from bot.errors import ChannelError, StorageBusy
from bot.ports import RawUpdate
from handlers.channels.receiving import FIRST_WAIT, Keep, MessengerWebhook, call_until_done, sleep, wait_after
from handlers.channels.telegram_calls import CallRefused
from handlers.channels.telegram_values import mapping
from handlers.channels.wire import CutOff
from handlers.channels.zalo_calls import NOTHING_NEW, TokenRefused, ZaloCalls
from handlers.channels.zalo_json import read_body, text_of
from handlers.channels.zalo_updates import raw_updates
from handlers.faults import told

log = structlog.get_logger()

LONG_POLL = 8  # seconds; a stop waits so long at most
ANSWER_WITHIN = 7.0  # seconds more, for the answer to come
LEAVE_AFTER = 3.0  # seconds more than the poll, that a stop waits
PROBE_EVERY = 30.0  # seconds between two tries with a token that is refused
HOLD_AFTER_STOP = 10.0  # seconds that what is in our hand is still tried to be kept

PATH = "/hooks/zalo"
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105  # a header's name, not a secret
LARGEST_BODY = 1024 * 1024  # bytes


class ZaloPolling:
    """Asks for an update, keeps it, asks for the next."""

    def __init__(self, calls: ZaloCalls, keep: Keep, *, long_poll: int = LONG_POLL) -> None:
        self._calls = calls
        self._keep = keep
        self._long_poll = long_poll
        self._webhook_is_gone = False

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; what came by then is kept to the end."""
        failures = 0
        while not stop.is_set():
            try:
                await self._turn(stop)
            except ChannelError as error:
                failures += 1
                wait = PROBE_EVERY if isinstance(error, TokenRefused) else wait_after(failures)
                log.warning("zalo_polling_failed", reason=told(error), failures=failures, wait=wait)
                await sleep(wait, stop)
            else:
                failures = 0

    async def _turn(self, stop: asyncio.Event) -> None:
        if not self._webhook_is_gone:  # while one is set, polling is refused
            await self._calls.call("deleteWebhook", timeout=self._long_poll + LEAVE_AFTER)
            self._webhook_is_gone = True
        body = await self._ask(stop)
        if body is None:
            return
        refused = self._calls.refusal_in("getUpdates", body)
        is_empty = isinstance(refused, CallRefused) and refused.code == NOTHING_NEW
        if refused is not None and not is_empty:
            self._webhook_is_gone = False  # perhaps somebody set one
            raise refused
        updates = [] if is_empty else _found(body)
        if updates:
            await self._keep_surely(updates, stop)
        if all(update.unreadable for update in updates):  # it may be something in between that answers at once, always
            await sleep(FIRST_WAIT, stop)

    async def _ask(self, stop: asyncio.Event) -> bytes | None:
        """What came, if anything did; of an answer that broke off, what there is of it."""
        parameters = {"timeout": self._long_poll}
        asking = asyncio.ensure_future(
            self._calls.call_raw("getUpdates", parameters, timeout=self._long_poll + ANSWER_WITHIN)
        )
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((asking, stopping), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait((asking,), timeout=self._long_poll + LEAVE_AFTER)
        finally:
            stopping.cancel()
            asking.cancel()
        await asyncio.wait((asking,))
        if asking.cancelled():
            log.warning("zalo_question_dropped")
            return None
        try:
            return asking.result()
        except CutOff as cut:
            log.warning("zalo_answer_cut", bytes=len(cut.body))
            return cut.body

    async def _keep_surely(self, updates: Sequence[RawUpdate], stop: asyncio.Event) -> None:
        """Nobody brings it again: it is tried until it is kept, and for some seconds after a stop."""
        failures, tries_left = 0, int(HOLD_AFTER_STOP / FIRST_WAIT)
        while True:
            try:
                await self._keep(updates)
            except StorageBusy as busy:
                failures += 1
                if stop.is_set():
                    tries_left -= 1
                    if tries_left <= 0:
                        log.error("zalo_update_lost", count=len(updates), reason=told(busy))
                        return
                    await asyncio.sleep(FIRST_WAIT)
                    continue
                log.warning("zalo_update_in_hand", failures=failures, reason=told(busy))
                await sleep(wait_after(failures), stop)
            else:
                return


class ZaloWebhook(MessengerWebhook):
    """`POST /hooks/zalo`: Zalo brings one event. The arguments are `MessengerWebhook`'s."""

    def __init__(self, secret: str, keep: Keep, count_refused: Callable[[], None]) -> None:
        super().__init__(PATH, SECRET_HEADER, secret, raw_updates, keep, count_refused, largest=LARGEST_BODY)


async def register_webhook(calls: ZaloCalls, *, public_url: str, secret: str, stop: asyncio.Event) -> None:
    """Tell Zalo where to bring updates; tries until it agrees or `stop` is set."""
    parameters = {"url": public_url.rstrip("/") + PATH, "secret_token": secret}
    await call_until_done(lambda: calls.call("setWebhook", parameters), stop, what="zalo_webhook_not_set")


def _found(body: bytes) -> list[RawUpdate]:
    """What an answer brought; nothing where it says that there is nothing."""
    value = mapping(read_body(text_of(body)).value)
    if value.get("ok") is not None and not value.get("result") and not ("event_name" in value or "message" in value):
        return []
    return raw_updates(body, mark=secrets.token_hex(8)) if body.strip() else []
