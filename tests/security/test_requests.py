"""S7, S8, S22: what every answer carries, and what every route refuses, asked of the running program's own router."""

import re

from aiohttp import ClientSession, ClientTimeout, CookieJar
from yarl import URL

from bot.domain.people import Role
from tests.admin.test_hostile_input import Elements
from tests.bot_api import BotApiServer
from tests.conftest import Place
from tests.security.whole import address, routes, settled
from tests.security.wire import host_of
from tests.stories.cast import City, code_in, running_city
from tests.stories.webhook import HEADER, SECRET

DIRECTIVES = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action")
FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
)
# No token, and nobody's own.
FOR_EVERYBODY = ("/", "/wards", "/feed.atom", "/robots.txt", "/sitemap.xml", "/site.webmanifest", "/favicon.ico")
HTTPS = "https://gopy.example.vn"


async def a_case(city: City) -> str:
    lan = await city.webchat()
    await lan.says("Ngõ 12 phường Phú Thượng tối ba đêm nay, đèn hỏng.")
    await lan.presses("Gửi")
    return code_in(await lan.hears("Mã hồ sơ"))


def is_fenced(headers: dict[str, str], where: str) -> None:
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy, where
    assert [part for part in DIRECTIVES if part not in policy and "sandbox" not in policy] == [], where
    assert headers["X-Content-Type-Options"] == "nosniff", where
    assert headers["Referrer-Policy"] == "same-origin", where
    assert "geolocation=(self)" in headers["Permissions-Policy"], where
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin", where
    assert "aiohttp" not in headers.get("Server", ""), where


def is_plain(html: str, where: str) -> None:
    """No handler, style or script of the page's own, and no address elsewhere that is loaded."""
    page = Elements(html)
    assert page.tags, where
    assert [name for name, _ in page.attributes if name.startswith("on") or name == "style"] == [], where
    assert [names for names in page.scripts if not {"src", "nonce"} <= names] == [], where
    assert [value for name, value in page.attributes if name == "src" and not value.startswith("/")] == [], where


async def test_every_answer_is_fenced_and_looking_changes_nothing(target: City) -> None:
    """S8, S22, S7: every route of the program, as a leader's browser asks for it; afterwards every row is as it was."""
    code = await a_case(target)
    chief = await target.staff("chief", role=Role.WARD_LEADER)
    before = await settled(target.settings.data_dir)
    pages = 0
    for method, pattern in routes(target):
        where = f"{method} {pattern}"
        async with chief.session.request(
            method,
            URL(target.url + address(pattern, code)),
            headers={"Sec-Fetch-Site": "cross-site"} if method == "POST" else {},
            allow_redirects=False,
        ) as answer:
            assert answer.status < 500, where
            is_fenced(dict(answer.headers), where)
            kept = "immutable" if pattern.startswith("/assets/") else "public" if pattern in FOR_EVERYBODY else "no-store"
            assert kept in answer.headers["Cache-Control"], where
            if answer.content_type == "text/html":
                is_plain(await answer.text(), where)
                pages += 1
            if method == "POST":
                assert answer.status == 403, where
    assert pages > 60
    assert await settled(target.settings.data_dir) == before


async def test_another_site_may_frame_the_chat_and_nothing_else(sqlite_place: Place) -> None:
    """Every route of the program, with a site allowed: only pages below `/embed/` name it, all others name nobody."""
    portal = "https://phuthuong.example.vn"
    async with BotApiServer() as api, running_city(sqlite_place, api, embed_on=portal) as city:
        code = await a_case(city)
        chief = await city.staff("chief", role=Role.WARD_LEADER)
        framed = set()
        for method, pattern in routes(city):
            where = f"{method} {pattern}"
            at = URL(city.url + address(pattern, code))
            async with chief.session.request(method, at, headers={"Sec-Fetch-Site": "same-origin"}) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert answer.status < 500, where
                if f"frame-ancestors {portal}" in policy.split("; "):
                    assert answer.content_type == "text/html", where
                    assert answer.real_url.path.startswith("/embed/"), where
                    assert "X-Frame-Options" not in answer.headers, where
                    framed.add(pattern)
                else:
                    assert "frame-ancestors 'none'" in policy or "sandbox" in policy, where
                    assert answer.headers["X-Frame-Options"] == "DENY", where
        assert {"/embed/chat", "/embed/chat/messages"} <= framed


async def test_no_form_is_taken_from_elsewhere_or_without_its_token(target: City) -> None:
    """S7: every address that takes something, in the words of another site's page, then of ours without the token."""
    code = await a_case(target)
    chief = await target.staff("chief", ward=None, role=Role.CITY_COORDINATOR)
    before = await settled(target.settings.data_dir)
    tried = 0
    for method, pattern in routes(target):
        if method == "GET" or pattern.startswith("/hooks/"):
            continue
        at = URL(target.url + address(pattern, code))
        for headers in (*FOREIGN, {"Sec-Fetch-Site": "same-origin"}, {}):
            for token in ({}, {"form_token": "A" * 64}):
                fields = {"text": "x", "username": "chief", "password": "x", "code": code, **token}
                async with chief.session.request(method, at, data=fields, headers=headers, allow_redirects=False) as answer:
                    assert answer.status in (403, 404), (pattern, headers, answer.status)
                tried += 1
    assert tried > 400
    assert await settled(target.settings.data_dir) == before


async def test_over_https_every_cookie_is_held_fast(sqlite_place: Place) -> None:
    """S22: names, flags and transport, on every answer that sets one: chat, receipts, sign-in, language, session."""
    seen: dict[str, set[str]] = {}
    async with BotApiServer() as api, running_city(sqlite_place, api, public_url=HTTPS) as city:
        officer = await city.staff("minh")  # its own jar keeps no such cookie over plain http: it is only looked at here
        async with ClientSession(cookie_jar=CookieJar(unsafe=True), timeout=ClientTimeout(60)) as session:
            for path in ("/?lang=en", "/chat?ward=00091", "/track", "/staff/login"):
                async with session.get(city.url + path) as answer:
                    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
                    for line in answer.headers.getall("Set-Cookie", []):
                        name, _, rest = line.partition("=")
                        seen[name] = {part.strip().split("=")[0] for part in rest.split(";")[1:]}
                    ticket, page = answer.headers.getall("Set-Cookie", []), await answer.text()
            token = re.search(r'name="form_token" value="([^"]+)"', page)
            assert token
            cookies = "; ".join(line.split(";")[0] for line in ticket)
            async with session.post(
                f"{city.url}/staff/login",
                data={"form_token": token[1], "username": officer.username, "password": officer.password},
                headers={"Cookie": cookies, "Origin": HTTPS},
                allow_redirects=False,
            ) as answer:
                assert answer.status == 303, await answer.text()
                for line in answer.headers.getall("Set-Cookie", []):
                    name, _, rest = line.partition("=")
                    seen[name] = {part.strip().split("=")[0] for part in rest.split(";")[1:]}
    assert "__Host-homthu_session" in seen
    assert len(seen) >= 5
    for name, flags in seen.items():
        assert name.startswith("__Host-homthu_"), name
        assert {"Secure", "HttpOnly", "SameSite", "Path"} <= flags, (name, flags)
        assert "Domain" not in flags


async def test_a_forged_update_is_refused_before_it_is_read(target: City) -> None:
    """S6: thirty senders without the secret, whatever they put in its place: 403 each, and not a row more."""
    before = await settled(target.settings.data_dir)
    near = [SECRET[:-1], SECRET + "x", SECRET.upper(), SECRET[::-1], "", " ", "é", "0" * 4000]
    async with ClientSession(timeout=ClientTimeout(60)) as session:
        for given in (None, *near, *(SECRET[:number] for number in range(20))):
            headers = {} if given is None else {HEADER: given}
            headers["X-Forwarded-For"] = "149.154.160.1"
            async with session.post(f"{target.url}/hooks/telegram", data=b'{"update_id": 1}', headers=headers) as answer:
                assert answer.status == 403, given
        two = [(HEADER, SECRET), (HEADER, SECRET), ("Host", host_of(target.url))]
        async with session.post(f"{target.url}/hooks/telegram", data=b"{}", headers=two) as answer:
            assert answer.status == 403
    assert await settled(target.settings.data_dir) == before
