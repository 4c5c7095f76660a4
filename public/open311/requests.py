"""Cases as other programs read them: a list, one by its id, and a token that is the id itself.

`requested_datetime` and `updated_datetime` are in UTC, to the second. Words are those that staff and the resident agreed to
publish; of a case that came in through Open311 and was not published, none. A place is rounded to some hundred metres.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiohttp import web
from yarl import URL

from bot.domain.case import CaseCode, CaseStatus
from bot.domain.people import Language
from bot.domain.serving import MOST_SERVED, ServedCase
from bot.routing.wards import Wards
from bot.web import keys
from bot.web.language import page_language
from bot.wording import say
from public.open311.asking import Asked, cursor, place_of, read_id, read_question, wants_extensions
from public.open311.refusing import missing
from public.open311.services import categories_of, service_codes, service_name, service_of
from public.open311.spoken import Format, answer, as_answer, spoken

ROOT = "service_requests"
_AT_ONCE = 50  # cases that are put into words in some milliseconds
ASIDE: web.AppKey[asyncio.Semaphore] = web.AppKey("open311_aside", asyncio.Semaphore)


async def list_requests(request: web.Request, form: Format) -> web.Response:
    """`GET /requests.{xml|json}`. With paging, `Link` names the next page while there may be one."""
    asked = read_question(request.query, request.app[keys.CLOCK].now())
    found = await _found(request, asked)
    response = await _told(request, form, found, is_extended=asked.is_extended)
    if asked.page_size and len(found) == asked.page_size:
        following = cursor(found[-1].requested_at, found[-1].code)
        url = URL(request.rel_url).without_query_params("page").update_query(after=following)
        response.headers["Link"] = f'<{url}>; rel="next"'
    return response


async def show_request(request: web.Request, form: Format) -> web.Response:
    """`GET /requests/{id}.{xml|json}`. What is nobody's business is answered as what never was."""
    found = await _one(request, request.match_info["id"])
    return await _told(request, form, [found], is_extended=wants_extensions(request.query))


async def show_token(request: web.Request, form: Format) -> web.Response:
    """`GET /tokens/{token}.{xml|json}`. Every service gives an id at once: whoever asks with that has it confirmed."""
    found = await _one(request, request.match_info["token"])
    return answer(request, form, ROOT, [{"service_request_id": found.code, "token": found.code}])


async def _one(request: web.Request, text: str) -> ServedCase:
    code = read_id(text)
    found: Sequence[ServedCase] = ()
    async with request.app[keys.STORAGE].reading() as uow:
        found = await uow.served.these([code or CaseCode("")], categories_of(service_codes()), request.app[keys.CLOCK].now())
    if not found:
        raise missing("open311_no_such_request")
    return found[0]


async def _found(request: web.Request, asked: Asked) -> list[ServedCase]:
    now = request.app[keys.CLOCK].now()
    async with request.app[keys.STORAGE].reading() as uow:
        if asked.ids is not None:
            return (await uow.served.these(asked.ids, asked.sought.categories, now))[:MOST_SERVED]
        if not asked.page_size:
            return await uow.served.newest(asked.sought, MOST_SERVED, now)
        skip = (asked.page - 1) * asked.page_size
        return await uow.served.oldest(asked.sought, asked.page_size, now, after=place_of(asked.after), skip=skip)


async def _told(request: web.Request, form: Format, found: Sequence[ServedCase], *, is_extended: bool) -> web.Response:
    """A long list is put into words aside: residents who write meanwhile wait for none of it."""
    language, wards = page_language(request), request.app[keys.WARDS]
    if len(found) <= _AT_ONCE:
        return as_answer(request, form, _words(form, found, wards, language, is_extended=is_extended))
    async with request.app[ASIDE]:
        text = await asyncio.to_thread(_words, form, found, wards, language, is_extended=is_extended)
    return as_answer(request, form, text)


def _words(form: Format, found: Sequence[ServedCase], wards: Wards, language: Language, *, is_extended: bool) -> str:
    return spoken(form, ROOT, [as_request(case, wards, language, is_extended=is_extended) for case in found])


def as_request(case: ServedCase, wards: Wards, language: Language, *, is_extended: bool = False) -> dict[str, Any]:
    """The case as GeoReport tells it; whatever is beyond that stands under `extended_attributes` and `notes`."""
    code = service_of(case.category)
    ward = wards[case.ward_code] if case.ward_code and case.ward_code in wards else None
    told: dict[str, Any] = {
        "service_request_id": case.code,
        "status": case.status.value,
        "status_notes": status_notes(case, language),
        "service_name": service_name(code, language),
        "service_code": code,
        "description": case.text or None,
        "agency_responsible": (ward.full_name if language is Language.VI else ward.name_en) if ward else None,
        "service_notice": None,
        "requested_datetime": case.requested_at,
        "updated_datetime": case.updated_at,
        "expected_datetime": case.due_at,
        "address": None,
        "address_id": None,
        "zipcode": None,
        "lat": case.lat,
        "long": case.lon,
        "media_url": None,
    }
    if is_extended:
        told["extended_attributes"] = {"ward": case.ward_code, "outcome": case.outcome, "published": case.published_at}
        told["notes"] = _notes(case, language)
    return told


def status_notes(case: ServedCase, language: Language) -> str:
    """The answer as it was published, or else how it ended in our own words."""
    if case.answer:
        return case.answer
    if case.status is CaseStatus.OPEN:
        return say(language, "open311_status_open")
    return say(language, f"outcome_{case.outcome.value}") if case.outcome else say(language, "open311_status_closed")


def _notes(case: ServedCase, language: Language) -> list[dict[str, Any]]:
    """What happened to it that everybody may know, oldest first."""
    steps: list[tuple[datetime, str, str, str | None]] = []
    steps.append((case.requested_at, "opened", say(language, "open311_note_opened"), None))
    if case.status is CaseStatus.CLOSED:
        steps.append((case.updated_at, "closed", say(language, "open311_note_closed"), status_notes(case, language)))
    if case.published_at is not None:
        steps.append((case.published_at, "published", say(language, "open311_note_published"), case.answer or None))
    return [
        {"datetime": at, "type": kind, "summary": summary, "description": description}
        for at, kind, summary, description in sorted(steps, key=lambda step: step[0])
    ]
