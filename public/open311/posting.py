"""`POST /requests.{xml|json}`: a request that another program sends in for somebody.

Names, phone numbers, e-mail addresses, device and account ids are read and dropped: no consent of their owner comes with
them. A link to a photo is kept as words for staff and never followed. Whatever is wrong is told in one answer, field by
field. The same fields with the same key within a day are one request.
"""

import json
import math
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from aiohttp import web

from bot.domain.people import Language
from bot.domain.serving import ApiKey
from bot.domain.ward import Point, WardCode
from bot.services.api_keys import find_api_key, use_api_key
from bot.services.post_request import KeyIsGone, PostedRequest, post_request
from bot.web import keys
from bot.web.language import page_language
from bot.wording import say
from public.open311.answers import Answer, read_answers
from public.open311.fields import Fields, read_fields
from public.open311.refusing import Fault, Refused
from public.open311.services import OTHER, service_codes, service_name
from public.open311.spoken import Format, answer

LONGEST_DESCRIPTION, LONGEST_ADDRESS, LONGEST_URL = 4_000, 500, 500  # characters
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,15})?", re.ASCII)
# What does not make it another request: how the answer is spoken. Everything else does, also what is dropped.
_ASIDE = frozenset({"api_key", "jurisdiction_id", "lang"})


async def take_request(request: web.Request, form: Format) -> web.Response:
    """The id at once; `service_notice` says what became of what was sent."""
    fields = await read_fields(request)
    found = dict(fields)
    key = await _key_of(request, found.get("api_key", ""))
    now, app = request.app[keys.CLOCK].now(), request.app
    if wait := await use_api_key(app[keys.STORAGE], key, now):
        raise Refused(Fault(429, "open311_too_often", {"seconds": wait}), wait=wait)
    posted = _read(request, key, fields, found)
    try:
        async with app[keys.STORAGE].begin() as uow:
            case = await post_request(uow, posted, city=app[keys.CITY], now=now)
            await uow.commit()
    except KeyIsGone:
        raise Refused(Fault(403, "open311_no_key")) from None
    notice = say(page_language(request), "open311_notice")
    told = [{"service_request_id": case.code, "service_notice": notice, "account_id": None}]
    return answer(request, form, "service_requests", told)


async def _key_of(request: web.Request, secret: str) -> ApiKey:
    async with request.app[keys.STORAGE].reading() as uow:
        key = await find_api_key(uow, request.app[keys.CITY].receipts, secret) if secret else None
    if key is None:
        raise Refused(Fault(403, "open311_no_key"))
    return key


def _read(request: web.Request, key: ApiKey, fields: Fields, found: dict[str, str]) -> PostedRequest:
    language, code = page_language(request), found.get("service_code", "")
    if code and code not in service_codes():
        raise Refused(Fault(404, "open311_no_such_service"))
    answers, faults = read_answers(code, fields)
    faults = [*_faults(found), *faults]
    if faults:
        raise Refused(*faults)
    wards = request.app[keys.WARDS]
    address_id = found.get("address_id", "")
    return PostedRequest(
        key=key,
        content=json.dumps(sorted(pair for pair in fields if pair[0] not in _ASIDE and pair[1]), ensure_ascii=False),
        language=language,
        category="" if code == OTHER else code,
        text=found.get("description", "") or service_name(code, Language.VI),
        details=tuple(_details(found, answers)),
        place=found.get("address_string", ""),
        point=Point(float(found["lat"]), float(found["long"])) if found.get("lat") else None,
        ward_code=WardCode(address_id) if address_id in wards else None,
    )


def _faults(found: dict[str, str]) -> Iterator[Fault]:
    """Everything that is wrong, but for the answers about a service."""
    if not found.get("service_code"):
        yield Fault(400, "open311_service_missing")
    lat, long = found.get("lat", ""), found.get("long", "")
    if bool(lat) != bool(long):
        yield Fault(400, "open311_place_half")
    elif lat and not (_is_degrees(lat, 90) and _is_degrees(long, 180)):
        yield Fault(400, "open311_bad_degrees")
    elif not (lat or found.get("address_string") or found.get("address_id")):
        yield Fault(400, "open311_place_missing")
    for name, most in (
        ("description", LONGEST_DESCRIPTION),
        ("address_string", LONGEST_ADDRESS),
        ("address_id", LONGEST_ADDRESS),
        ("media_url", LONGEST_URL),
    ):
        if len(found.get(name, "")) > most:
            yield Fault(400, "open311_field_too_long", {"name": name, "most": most})
    if (url := found.get("media_url", "")) and not _is_url(url):
        yield Fault(400, "open311_bad_url")


def _is_degrees(text: str, most: int) -> bool:
    return bool(_DEGREES.fullmatch(text)) and math.fabs(float(text)) <= most


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and " " not in text
    except ValueError:
        return False


def _details(found: dict[str, str], answers: list[Answer]) -> Iterator[str]:
    """For staff, so in Vietnamese."""
    if answers:
        yield "\n".join(f"{one.question}: {', '.join(one.said)}" for one in answers)
    if address := found.get("address_string"):
        yield say(Language.VI, "open311_told_where", address=address)
    if address := found.get("address_id"):
        yield say(Language.VI, "open311_told_address_id", address=address)
    if url := found.get("media_url"):
        yield say(Language.VI, "open311_told_photo", url=url)
