"""The newest published texts as Atom feeds, of a ward and of the city (RFC 4287).

A feed holds what may be read now and nothing of what may not be any more: no tombstones. It says when it changed by a mark
of its content (ETag, and the same folded into Last-Modified), for a change may also be that something is gone.
"""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from aiohttp import web

from bot.domain.publishing import Published
from bot.domain.ward import Ward
from bot.services.staff_change import office_name
from bot.web import keys
from bot.web.language import page_language
from bot.web.shown import shown
from bot.web.still import DEPENDS_ON
from bot.wording import say
from public.published import ASKS_EACH_TIME, asked_ward, home_url, name_of, path_of

MOST = 50  # entries
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)  # of a feed that holds nothing yet
_DAY = 86_400  # seconds


def add_routes(app: web.Application) -> None:
    app.router.add_get("/feed.atom", show_feed)
    app.router.add_get("/wards/{code}/feed.atom", show_feed)


async def show_feed(request: web.Request) -> web.StreamResponse:
    """The feed; without a body where the reader has this very one."""
    ward = asked_ward(request) if "code" in request.match_info else None
    now = request.app[keys.CLOCK].now()
    async with request.app[keys.STORAGE].reading() as uow:
        found = await uow.publications.page(now=now, most=MOST, ward_code=ward.code if ward else None)
    body = "".join(_feed(request, ward, found)).encode("utf-8")
    mark = hashlib.sha256(body).hexdigest()
    modified = _modified(found, mark)
    response = web.Response(body=body, content_type="application/atom+xml", charset="utf-8")
    if _is_known(request, mark[:32], modified):
        response = web.Response(status=304)
    response.etag = mark[:32]
    response.last_modified = modified
    response.headers["Cache-Control"] = ASKS_EACH_TIME
    response.headers["Vary"] = DEPENDS_ON
    if response.status == 200:
        response.enable_compression()
    return response


def _modified(found: Sequence[Published], mark: str) -> datetime:
    """A moment of the day before the newest text, another one for another content.

    Last-Modified must change when something is taken back, too, and nobody keeps when that was: it would tell.
    """
    newest = found[0].published_at if found else _BEGAN
    return newest - timedelta(days=1) + timedelta(seconds=int(mark[32:48], 16) % _DAY)


def _is_known(request: web.Request, mark: str, modified: datetime) -> bool:
    """Whether the reader has it: by the mark, and only without one by the moment, which must be this very one."""
    known = request.if_none_match
    if known is not None:
        return any(one.value in (mark, "*") for one in known)
    return request.if_modified_since == modified


def _feed(request: web.Request, ward: Ward | None, found: Sequence[Published]) -> Iterator[str]:
    language, home = page_language(request), home_url(request)
    page = f"{home}/wards/{ward.code}/published" if ward else f"{home}/"
    place = f"/wards/{ward.code}" if ward else ""
    of_ward = f"{say(language, 'published_title')} · {name_of(request, ward)}" if ward else ""
    title = of_ward or say(language, "published_title_city")
    author = office_name(language, ward.code if ward else None, request.app[keys.WARDS])
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language.value}">\n'
    yield f"<id>{_id(f'feed{place}')}</id>\n"
    yield f"<title>{_text(title)}</title>\n"
    yield f"<updated>{_moment(found[0].published_at if found else _BEGAN)}</updated>\n"
    yield f"<author><name>{_text(_sentence(author))}</name></author>\n"
    yield f'<link rel="self" type="application/atom+xml" href={_attribute(f"{home}{place}/feed.atom")}/>\n'
    yield f'<link rel="alternate" type="text/html" href={_attribute(page)}/>\n'
    for one in found:
        office = office_name(language, one.ward_code, request.app[keys.WARDS])
        yield "<entry>\n"
        yield f"<id>{_id(one.slug)}</id>\n<title>{_text(one.title)}</title>\n"
        yield f"<published>{_moment(one.published_at)}</published>\n<updated>{_moment(one.published_at)}</updated>\n"
        yield f"<author><name>{_text(_sentence(office))}</name></author>\n"
        yield f'<link rel="alternate" type="text/html" href={_attribute(home + path_of(one))}/>\n'
        words = f"{one.text}\n\n{say(language, 'published_answer')}: {one.answer}"
        yield f'<content type="text">{_text(words)}</content>\n</entry>\n'
    yield "</feed>\n"


def _id(name: str) -> str:
    """The same for ever, wherever the city's pages are."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'urn:homthu:published:{name}')}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _text(words: str) -> str:
    return escape(_clean(words))


def _attribute(words: str) -> str:
    return quoteattr(_clean(words))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clean(words: str) -> str:
    """Without what XML has no place for; what acts is made visible before."""
    return "".join(letter for letter in shown(words) if letter in "\t\n" or letter.isprintable())
