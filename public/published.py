"""What staff and residents agreed to publish, of one ward: newest first, one article each, with a map of the ward.

Whether anything may be read is asked of `uow.publications` at every look, and a browser asks again each time: what is taken
back is gone at once. The days are told, never hours. No photo, no code of a case, no exact place. The feeds are in `feed`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.domain.city_day import shown_day
from bot.domain.publishing import Place, Published, read_slug
from bot.domain.ward import Ward, WardCode
from bot.routing.outlines import Ring, outlines
from bot.services.staff_change import office_name, ward_name
from bot.web import keys
from bot.web.drawing import HEIGHT, WIDTH, Sheet
from bot.web.language import page_language
from bot.web.shown import shown
from bot.web.still import SEEN_BY_ALL, show_still
from public.finding import folder_of

PAGE = 20  # articles
ASKS_EACH_TIME = "public, max-age=0, must-revalidate"  # what is taken back stays in no browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A report with its answer, as everybody reads it."""

    path: str
    number: int  # its point's on the map; 0: it has none
    title: str
    text: str
    answer: str
    day: str
    day_iso: str
    map_url: str  # of the rounded point; empty for none


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPart:
    """The ward's border, and a numbered point for each article that has one; units are the drawing's."""

    border: str
    points: Sequence[tuple[int, str, str]]  # number, x, y


@dataclass(frozen=True, kw_only=True)
class PublishedPage:
    """Everything `public/published.html` may use."""

    code: WardCode
    name: str
    office: str  # who answers
    articles: Sequence[Article]
    map: MapPart | None
    older: str  # the address of what is older; empty where nothing is
    is_first: bool
    home_url: str


@dataclass(frozen=True, kw_only=True)
class ArticlePage:
    """Everything `public/published_one.html` may use."""

    code: WardCode
    name: str
    office: str
    article: Article
    map: MapPart | None
    home_url: str


def add_routes(app: web.Application) -> None:
    app.router.add_get("/wards/{code}/published", show_published)
    app.router.add_get("/wards/{code}/published/{slug}", show_article)


async def show_published(request: web.Request) -> web.StreamResponse:
    """A page of a ward's, newest first. An address that names no place of the list begins at the newest."""
    ward, after = asked_ward(request), Place.read(request.query.get("after", "")[:40])
    now = request.app[keys.CLOCK].now()
    async with request.app[keys.STORAGE].reading() as uow:
        found = await uow.publications.page(now=now, most=PAGE + 1, ward_code=ward.code, after=after)
    shown_ones = found[:PAGE]
    rings = outlines(folder_of(request)).get(ward.code, ())
    drawn = draw(rings, shown_ones)
    language = page_language(request)
    page = PublishedPage(
        code=ward.code,
        name=name_of(request, ward),
        office=office_name(language, ward.code, request.app[keys.WARDS]),
        articles=articles(request, shown_ones, drawn),
        map=drawn,
        older=f"/wards/{ward.code}/published?after={shown_ones[-1].place.written}" if len(found) > PAGE else "",
        is_first=after is None,
        home_url=home_url(request),
    )
    return fresh(show_still(request, "public/published.html", page))


async def show_article(request: web.Request) -> web.StreamResponse:
    """One of them. What was taken back is as unknown as what never was."""
    ward, slug = asked_ward(request), read_slug(request.match_info["slug"])
    if slug is None:
        raise web.HTTPNotFound
    async with request.app[keys.STORAGE].reading() as uow:
        found = await uow.publications.public(slug, request.app[keys.CLOCK].now())
    if found is None or found.ward_code != ward.code:
        raise web.HTTPNotFound
    drawn = draw(outlines(folder_of(request)).get(ward.code, ()), [found])
    page = ArticlePage(
        code=ward.code,
        name=name_of(request, ward),
        office=office_name(page_language(request), ward.code, request.app[keys.WARDS]),
        article=articles(request, [found], drawn)[0],
        map=drawn,
        home_url=home_url(request),
    )
    return fresh(show_still(request, "public/published_one.html", page))


async def newest_of(request: web.Request, code: WardCode, most: int = 3) -> Sequence[Article]:
    """What a ward's own page shows of them. One statement."""
    async with request.app[keys.STORAGE].reading() as uow:
        found = await uow.publications.page(now=request.app[keys.CLOCK].now(), most=most, ward_code=code)
    return articles(request, found, None)


def asked_ward(request: web.Request) -> Ward:
    """The ward in the path. Raises web.HTTPNotFound."""
    code, wards = request.match_info["code"], request.app[keys.WARDS]
    if code not in wards:
        raise web.HTTPNotFound
    return wards[code]


def name_of(request: web.Request, ward: Ward) -> str:
    name = ward_name(page_language(request), ward)
    return name[:1].upper() + name[1:]


def home_url(request: web.Request) -> str:
    return request.app[keys.SETTINGS].public_url.rstrip("/")


def path_of(one: Published) -> str:
    return f"/wards/{one.ward_code}/published/{one.slug}"


def articles(request: web.Request, found: Sequence[Published], drawn: MapPart | None) -> Sequence[Article]:
    """As the pages show them; numbered where their points are on the map."""
    zone = request.app[keys.SETTINGS].zone
    on_map = {number for number, _, _ in drawn.points} if drawn else set()
    return [
        Article(
            path=path_of(one),
            number=number if number in on_map else 0,
            title=shown(one.title),
            text=shown(one.text),
            answer=shown(one.answer),
            day=shown_day(one.published_at, zone),
            day_iso=one.published_at.astimezone(zone).date().isoformat(),
            map_url=_map_url(one),
        )
        for number, one in enumerate(found, 1)
    ]


def draw(rings: Sequence[Ring], found: Sequence[Published]) -> MapPart | None:
    """None where no border is known. A point that lies outside the drawing is left out."""
    if not rings:
        return None
    sheet = Sheet([spot for ring in rings for spot in ring])
    points = []
    for number, one in enumerate(found, 1):
        if one.point is not None:
            x, y = sheet.at(one.point.lon, one.point.lat)
            if 0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT:
                points.append((number, x, y))
    return MapPart(border=" ".join(sheet.path(ring) for ring in rings), points=points)


def _map_url(one: Published) -> str:
    if one.point is None:
        return ""
    lat, lon = f"{one.point.lat:.3f}", f"{one.point.lon:.3f}"
    return f"https://www.openstreetmap.org/#map=16/{lat}/{lon}"


def fresh(response: web.Response) -> web.Response:
    """Asked for anew each time, and in no search engine: what is taken back is gone at once."""
    asks_each_time(response)
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response


def asks_each_time(response: web.Response) -> None:
    """No browser keeps it without asking. One that nobody else may have stays so."""
    if response.headers.get("Cache-Control") == SEEN_BY_ALL:
        response.headers["Cache-Control"] = ASKS_EACH_TIME
