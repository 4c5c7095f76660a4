"""While very many knock at one door at once, each is asked for a little work first; at every other time nobody is.

A browser with script does the work by itself, in a second or two. One without waits a quarter of a minute and sends the
form again; so few may pass by waiting in a minute that a flood gains nothing by it. What was typed is never lost. Nobody's
address is known here: a question is bound to the browser's own cookie, works once, and for ten minutes.
"""

import hashlib
import secrets
import time
from collections.abc import Callable

import structlog
from aiohttp import web

from bot.web.throttle import Throttle
from bot.web.tokens import same, sign

log = structlog.get_logger()

BITS = 15  # that must be zero: some 33,000 hashes, a second or two in a browser
WAIT = 15  # seconds, for whoever has no script
WAITERS = 60  # who may pass by waiting, a minute
LASTS = 600  # seconds a question may be answered
CALM_FOR = 300.0  # seconds without many before nothing is asked any more: a flood that pauses is still one
MOST_SPENT = 20_000  # questions remembered to have been answered

Clock = Callable[[], float]


class Siege:
    """Whether many knock: more than `many` in a minute begin it, `few` or less a minute for a while end it."""

    def __init__(self, name: str, *, many: int, few: int, clock: Clock = time.monotonic) -> None:
        self.name = name
        self._many = many
        self._few = few
        self._clock = clock
        self._minute = -1
        self._count = 0
        self._until = float("-inf")

    @property
    def is_on(self) -> bool:
        return self._clock() < self._until

    def note(self) -> bool:
        """Somebody knocks; whether they are to be asked."""
        now = self._clock()
        if (minute := int(now // 60)) != self._minute:
            self._minute, self._count = minute, 0
        self._count += 1
        was_on = now < self._until
        if self._count > (self._few if was_on else self._many):
            if not was_on:
                log.warning("besieged", where=self.name, in_a_minute=self._count)
            self._until = now + CALM_FOR
            return True
        return was_on


class Gate:
    """A door with such a question. Args: as of `Siege`; `clock` tells the wall's time, for the questions."""

    def __init__(self, siege: Siege, *, clock: Clock = time.time) -> None:
        self.siege = siege
        self._clock = clock
        self._waiters = Throttle(WAITERS)
        self._spent: dict[str, None] = {}

    async def ask(self, key: str, subject: str, proof: str, answer: str) -> str:
        """Empty: come in. Otherwise the question that is still to be answered.

        Args:
            key: The secret key.
            subject: What nobody else has: the browser's cookie, or what is made of it.
            proof: The question that came with the form, if any.
            answer: What was found for it; empty without script.
        """
        if not self.siege.note():
            return ""
        asked_at = self._asked_at(key, subject, proof)
        age = self._clock() - asked_at if asked_at else -1.0
        if not 0 <= age <= LASTS or proof in self._spent:
            return self._question(key, subject)
        if not is_answer(proof, answer) and (age < WAIT or await self._waiters.wait_for("all")):
            return proof
        self._spent[proof] = None
        if len(self._spent) > MOST_SPENT:
            del self._spent[next(iter(self._spent))]
        return ""

    def offer(self, key: str, subject: str) -> str:
        """A question for a page that is shown while it is asked: the answer is there before the form is sent."""
        return self._question(key, subject) if self.siege.is_on else ""

    def _question(self, key: str, subject: str) -> str:
        asked = f"{int(self._clock())}.{BITS}.{secrets.token_hex(8)}"
        return f"{asked}.{self._mark(key, subject, asked)}"

    def _asked_at(self, key: str, subject: str, proof: str) -> int:
        """When we asked this browser exactly this; 0 when we did not."""
        asked, _, mark = proof[:200].rpartition(".")
        return int(asked.split(".")[0]) if asked.isascii() and asked and same(mark, self._mark(key, subject, asked)) else 0

    def _mark(self, key: str, subject: str, asked: str) -> str:
        return sign(key, f"proof {self.siege.name}", f"{subject}\0{asked}")


def is_answer(proof: str, answer: str) -> bool:
    """Whether the SHA-256 of the question and this number begins with as many zero bits as the question names."""
    if not (answer.isascii() and answer.isdigit() and len(answer) <= 12):
        return False
    digest = hashlib.sha256(f"{proof}.{answer}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8]) >> (64 - BITS) == 0


GATES: web.AppKey[dict[str, Gate]] = web.AppKey("gates", dict)


def add_gate(app: web.Application, name: str, *, many: int, few: int) -> Gate:
    """A gate of this application, by its name; `/metrics` tells which are besieged."""
    gates = app.get(GATES)
    if gates is None:
        gates = app[GATES] = {}
    gate = gates[name] = Gate(Siege(name, many=many, few=few))
    return gate
