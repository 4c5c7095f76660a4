"""What must be true after every scenario, whatever was done: one set of rules, each a line for everything that breaks it.

`read` takes what the stopped program left behind, `broken` holds it against what residents were told and what Telegram
saw. Nothing here knows what the harm was, but for `Excuse`: when a reply may have been sent twice.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from math import inf

from sqlalchemy import select

from bot.commands import export_rows
from bot.keys import load_secret_key
from bot.routing.wards import load_wards
from bot.settings import Settings
from bot.vault import SecretMasterKey
from storage import Database
from storage.tables import cases, inbox, outbox
from tests.bot_api import BotApiServer, Heard
from tests.conftest import Place
from tests.faults.reporting import MARKER, PART, PARTS, Told

GRACE = 1.5  # seconds in which a call of somebody who is gone may still lie unread before the Bot API
TELEGRAM = "telegram"


@dataclass(frozen=True)
class Excuse:
    """Between these moments of the loop's clock a reply may have been sent and not written down: a kill, a lost answer."""

    begins: float
    ends: float
    chat: str = ""  # whose; empty: anybody's

    def fits(self, sent_at: float, again_at: float) -> bool:
        """Whether it explains that what was sent then was sent again."""
        return sent_at <= self.ends + GRACE and self.begins <= again_at


@dataclass(frozen=True)
class Case:
    """A case as it is exported, and the chat that it is of."""

    code: str
    chat: str
    text: str


@dataclass(frozen=True)
class Sent:
    """A row of the outbox."""

    row: int
    chat: str
    state: str
    provider_id: str


@dataclass(frozen=True)
class Stored:
    """What the program left behind; of what came in and went out, Telegram's alone."""

    cases: Sequence[Case]
    updates: Mapping[str, str]  # Telegram's number of an update → its state
    shown_as_failed: int  # updates that operators see, at `/staff/trouble` and by `homthu replay`
    replies: Sequence[Sent]  # in the order in which they were queued


@dataclass
class Evidence:
    """What a scenario hands over. `may_fail`: updates that no dialogue takes, on purpose."""

    told: Told
    api: BotApiServer
    stored: Stored
    excuses: Sequence[Excuse] = ()
    may_fail: int = 0
    repeats: int = field(default=0, init=False)  # replies that came twice, and were allowed to

    def heard(self, chat: str) -> Sequence[Heard]:
        resident = self.api.residents.get(chat)
        return resident.heard if resident else ()


def database_of(place: Place) -> Database:
    """Opened with the key that the program made; nobody else may be at work."""
    master = SecretMasterKey(load_secret_key(Settings.model_validate({"data_dir": place.data_dir})))
    return Database(place.url, data_dir=place.data_dir, master=master)


async def read(place: Place) -> Stored:
    """Everything the rules look at, after everything has stopped."""
    database = database_of(place)
    await database.open()
    try:
        texts = {row["code"]: row["text"] async for row in export_rows(database, load_wards())}
        async with database.reading() as uow:
            shown = len(await uow.inbox.failed(most=1_000_000))
        async with database.moment() as connection:
            found = await connection.execute(select(cases.c.code, cases.c.external_id).order_by(cases.c.id))
            held = [Case(row.code, row.external_id, texts.get(row.code, "")) for row in found]
            of_telegram = inbox.c.channel == TELEGRAM
            found = await connection.execute(select(inbox.c.external_id, inbox.c.state).where(of_telegram))
            updates = {str(row.external_id): str(row.state) for row in found}
            columns = (outbox.c.id, outbox.c.external_id, outbox.c.state, outbox.c.provider_id)
            found = await connection.execute(select(*columns).where(outbox.c.channel == TELEGRAM).order_by(outbox.c.id))
            replies = [Sent(row.id, row.external_id, row.state, row.provider_id) for row in found]
    finally:
        await database.close()
    return Stored(held, updates, shown, replies)


def broken(evidence: Evidence) -> list[str]:
    """A line for everything that is not as it was promised; empty when all is well."""
    return [f"{rule.__name__.replace('_', ' ')}: {line}" for rule in RULES for line in rule(evidence)]


def every_acknowledged_case_is_there_once(evidence: Evidence) -> Iterator[str]:
    """The code that was told is the case with these words, of this resident, and of nobody else."""
    held: dict[str, list[Case]] = defaultdict(list)
    for case in evidence.stored.cases:
        for marker in set(MARKER.findall(case.text)):
            held[marker].append(case)
    for marker, code in evidence.told.codes.items():
        codes = [case.code for case in held[marker]]
        if codes != [code]:
            yield f"{marker} was told {code}, there are {codes}"
        elif held[marker][0].chat != marker.split("-")[1]:
            yield f"{marker}: its case is somebody else's"
    for marker, found in held.items():
        if marker not in evidence.told.codes and len(found) > 1:
            yield f"{marker}: {len(found)} cases"


def every_case_is_acknowledged(evidence: Evidence) -> Iterator[str]:
    told = set(evidence.told.codes.values())
    for case in evidence.stored.cases:
        if case.code not in told and not set(MARKER.findall(case.text)) & set(evidence.told.silent):
            yield f"{case.code} was told to nobody"


def no_two_residents_share_a_code(evidence: Evidence) -> Iterator[str]:
    for code, times in Counter(evidence.told.codes.values()).items():
        if times > 1:
            yield f"{code} was told {times} times"
    for code, times in Counter(case.code for case in evidence.stored.cases).items():
        if times > 1:
            yield f"{code} is {times} cases"
    for case in evidence.stored.cases:
        if len(set(MARKER.findall(case.text))) > 1:
            yield f"{case.code} holds the words of several reports"


def a_case_holds_its_words_in_order(evidence: Evidence) -> Iterator[str]:
    wanted = [str(number + 1) for number in range(PARTS)]
    for case in evidence.stored.cases:
        if PART.findall(case.text) != wanted:
            yield f"{case.code} holds the parts {PART.findall(case.text)}"


def every_confirmed_update_is_kept(evidence: Evidence) -> Iterator[str]:
    """What Telegram was told to forget lies in the database."""
    for number in evidence.api.updates.confirmed:
        if str(number) not in evidence.stored.updates:
            yield f"update {number} is gone"
    if evidence.api.updates.waiting:
        yield f"{len(evidence.api.updates.waiting)} updates were never taken"


def every_kept_update_is_handled_or_visibly_failed(evidence: Evidence) -> Iterator[str]:
    states = Counter(evidence.stored.updates.values())
    if states["waiting"]:
        yield f"{states['waiting']} still wait"
    if states["failed"] != evidence.stored.shown_as_failed:
        yield f"{states['failed']} failed, operators see {evidence.stored.shown_as_failed}"
    if states["failed"] != evidence.may_fail:
        yield f"{states['failed']} failed, {evidence.may_fail} should have"


def every_reply_arrived(evidence: Evidence) -> Iterator[str]:
    heard = defaultdict(
        set, {chat: {str(one.message_id) for one in evidence.heard(chat)} for chat in evidence.api.residents}
    )
    for sent in evidence.stored.replies:
        if sent.state != "sent":
            yield f"row {sent.row} of chat {sent.chat} is {sent.state}"
        elif sent.provider_id and sent.provider_id not in heard[sent.chat]:  # a button's bare acknowledgement has none
            yield f"row {sent.row} of chat {sent.chat} says it was sent, and nobody heard it"


def replies_come_in_order(evidence: Evidence) -> Iterator[str]:
    """Each chat hears its replies in the order in which they were queued."""
    for chat, replies in _by_chat(evidence.stored.replies).items():
        numbers = [int(sent.provider_id) for sent in replies if sent.provider_id.isdigit()]
        if any(later <= earlier for earlier, later in pairwise(numbers)):
            yield f"chat {chat}"


def a_reply_is_repeated_once_a_kill_at_most(evidence: Evidence) -> Iterator[str]:
    """What was heard and is not written down was said at a kill: it came again right behind, or a newer one in its place."""
    replies = _by_chat(evidence.stored.replies)
    for chat in evidence.api.residents:
        recorded = {sent.provider_id for sent in replies[chat]}
        heard = [*evidence.heard(chat)]
        excuses = [one for one in evidence.excuses if one.chat in ("", chat)]
        for one, again in zip_longest(heard, heard[1:]):
            if str(one.message_id) in recorded:
                continue
            came_again = again is not None and _words(again) == _words(one)
            fitting = next((each for each in excuses if each.fits(one.at, again.at if again else inf)), None)
            if fitting is None:
                what = "came twice" if came_again else "is nowhere written down"
                yield f"chat {chat}: message {one.message_id} {what}, and no kill is left that would explain it"
            else:
                excuses.remove(fitting)
                evidence.repeats += came_again


def nobody_meets_with_silence(evidence: Evidence) -> Iterator[str]:
    for marker in evidence.told.silent:
        yield f"{marker} was not answered"


Rule = Callable[[Evidence], Iterator[str]]
RULES: tuple[Rule, ...] = (
    every_acknowledged_case_is_there_once,
    every_case_is_acknowledged,
    no_two_residents_share_a_code,
    a_case_holds_its_words_in_order,
    every_confirmed_update_is_kept,
    every_kept_update_is_handled_or_visibly_failed,
    every_reply_arrived,
    replies_come_in_order,
    a_reply_is_repeated_once_a_kill_at_most,
    nobody_meets_with_silence,
)


def _by_chat(replies: Sequence[Sent]) -> dict[str, list[Sent]]:
    found: dict[str, list[Sent]] = defaultdict(list)
    for sent in replies:
        found[sent.chat].append(sent)
    return found


def _words(heard: Heard) -> tuple[str, tuple[str, ...]]:
    return heard.text, tuple(heard.buttons)
