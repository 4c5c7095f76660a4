"""File what another program sent in for somebody: through the very service of the chat, and once however often it is sent.

Nobody is there to be asked, so nothing is: a place that leads to no ward for certain waits at the city, and words about an
official go where such reports go, whatever the sender called them. Who wrote it is not known and not asked. Reading the
request is `public.open311.posting`.
"""

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.case import Accused, Case
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.people import Address, Channel, Language
from bot.domain.serving import ApiKey
from bot.domain.ward import Point, WardCode
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.routing import Routing
from bot.services.city import City
from bot.services.file_case import file_case
from bot.understanding import load_categories

SAME_WITHIN = timedelta(hours=24)  # the same words by the same key again within it are the same request
SOURCE = "posted"  # an address opens one case, with the one request that came
_PURPOSE = "posted request"
_NO_MATTER = frozenset({"oth_greeting", "oth_unclear", "oth_abuse", "oth_spam"})


class KeyIsGone(BotError):
    """The key was revoked while its request was on its way."""

    wording_key = "api_key_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedRequest:
    """What came in, checked. At least one of `text` and `category` says what it is about."""

    key: ApiKey
    content: str  # everything that was sent, in one order: the same content is the same request
    language: Language
    category: str  # an id of `categories.json`; empty: what the words say
    text: str  # what staff read, never empty
    details: tuple[str, ...] = ()  # what else was told: answers, an address, a link, each a paragraph of its own
    place: str = ""  # words that say where it is
    point: Point | None = None
    ward_code: WardCode | None = None  # named by its own code


async def post_request(uow: UnitOfWork, posted: PostedRequest, *, city: City, now: datetime) -> Case:
    """The case, a new one or the one of the first time.

    Raises:
        KeyIsGone: See there.
    """
    if not await uow.api_keys.hold(posted.key.id):
        raise KeyIsGone(key=posted.key.id)
    window = int(now.timestamp() // SAME_WITHIN.total_seconds())
    before = await uow.cases.by_source(_address_of(posted, city, window - 1), SOURCE)
    if before is not None and now - before.created_at < SAME_WITHIN:
        return before
    address = _address_of(posted, city, window)
    known = await uow.cases.by_source(address, SOURCE)
    if known is not None:
        return known
    conversation = Conversation(address=address, language=posted.language)
    case = await file_case(uow, conversation=conversation, draft=_draft_of(posted, city, now), city=city, now=now)
    await uow.audit.record(action="request_posted", now=now, subject=case.code, details={"key": posted.key.id})
    return case


def _address_of(posted: PostedRequest, city: City, window: int) -> Address:
    """Made of the key, the content and the day; nobody makes it, or learns the content by it, without ours."""
    mark = city.receipts.hash_of(_PURPOSE, f"{posted.key.id}\n{window}\n{posted.content}")
    return Address(Channel.OPEN311, mark[:32])


def _draft_of(posted: PostedRequest, city: City, now: datetime) -> Draft:
    words = "\n".join((posted.text, *posted.details))
    found, chosen = city.understand(words), load_categories().get(posted.category)
    routing = _route(posted, city)
    is_sure = routing.decision == "ward"
    category = chosen.id if chosen else "" if found.category in _NO_MATTER else found.category
    kind = chosen.kind if chosen else load_categories()[found.category].kind
    draft = Draft(
        serial=base64.b32encode(hashlib.sha256(posted.content.encode(errors="replace")).digest())[:6].decode(),
        started_at=now,
        parts=tuple(
            DraftPart(source_id=SOURCE if at == 0 else f"{SOURCE}-{at}", text=text)
            for at, text in enumerate((posted.text, *posted.details))
        ),
        kind=kind,
        kind_chosen=chosen is not None,
        category=category,
        ward_codes=routing.codes if is_sure else (),
        ward_source=routing.source if is_sure else None,
        ward_unknown=not is_sure,
        point=posted.point,
        trace=(f"open311: {posted.key.name}", *routing.why),
        is_emergency=found.is_emergency,
        is_sensitive=found.is_sensitive,
    )
    if not draft.is_about_official:
        return draft
    return replace(draft, accused=Accused.LEADER if found.about_leader else Accused.OFFICIAL)


def _route(posted: PostedRequest, city: City) -> Routing:
    """The point first, then the address, then all words; a ward's own code is as good as its board."""
    if posted.ward_code is not None:
        return city.places.route("", None, posted.ward_code)
    if posted.point is not None:
        found = city.places.route("", posted.point)
        return found if found.decision == "ward" else _better(found, city.places.route(posted.text, posted.point))
    found = city.places.route(posted.place)
    return found if found.decision == "ward" else _better(found, city.places.route(f"{posted.place}\n{posted.text}"))


def _better(first: Routing, second: Routing) -> Routing:
    return second if second.decision == "ward" else first
