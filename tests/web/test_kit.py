"""What every page has, whatever room it comes from: headers, errors without innards, languages, forms within bounds."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog.testing
from aiohttp import CookieJar, FormData, web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from jinja2 import UndefinedError

import admin
import public
from bot.bell import Bell
from bot.clock import SystemClock
from bot.errors import StorageBusy
from bot.file_keeper import SafeFileKeeper
from bot.routing.wards import load_wards
from bot.settings import load_settings
from bot.web import keys, make_web_app, render_text
from bot.web.assets import load_assets
from bot.web.forms import Limits, read_form
from bot.web.pages import TEMPLATE_FOLDERS
from bot.web.shown import shown
from bot.web.throttle import Throttle, peer
from bot.web.tokens import same, sign
from storage import Database
from storage.files import open_file_store

Client = TestClient[Any, Any]


def make_app(database: Database, public_url: str = "") -> web.Application:
    files = open_file_store("memory://")
    app = make_web_app(
        settings=load_settings(public_url=public_url),
        secret_key="k" * 43,
        storage=database,
        clock=SystemClock(),
        wards=load_wards(),
        bell=Bell(),
        files=files,
        file_keeper=SafeFileKeeper(files),
    )
    admin.add_routes(app)
    public.add_routes(app)
    app.router.add_get("/fails", fails)
    app.router.add_get("/busy", busy)
    app.router.add_get("/stream", stream)
    app.router.add_post("/chat/echo", echo)
    app.router.add_post("/chat/roomy-echo", roomy_echo)
    app.router.add_post("/hooks/any", hook)
    return app


async def fails(_request: web.Request) -> web.Response:
    raise RuntimeError("số điện thoại 0912345678")


async def busy(_request: web.Request) -> web.Response:
    raise StorageBusy


async def stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    if request.method == "GET":
        await response.write(b"x")
    return response


async def hook(_request: web.Request) -> web.Response:
    return web.Response()


async def echo(request: web.Request) -> web.Response:
    return await echo_within(request, Limits(files=2, file_size=1000, total_size=10_000))


async def roomy_echo(request: web.Request) -> web.Response:
    return await echo_within(request, Limits(files=2))


async def echo_within(request: web.Request, limits: Limits) -> web.Response:
    async with read_form(request, token="right", limits=limits) as form:
        files = [[upload.name, upload.size, upload.is_too_large, len(upload.read())] for upload in form.uploads]
        return web.json_response({"fields": dict(form.fields), "files": files, "many": form.has_too_many_files})


@pytest.fixture
def app(sqlite_database: Database) -> web.Application:
    return make_app(sqlite_database)


@pytest.fixture
async def client(app: web.Application) -> AsyncIterator[Client]:
    async with TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True)) as opened:
        yield opened


# Pages without a token and without a person: browsers may keep them.
FOR_EVERYBODY = ("/", "/wards", "/feed.atom", "/robots.txt", "/site.webmanifest", "/favicon.ico")


async def test_every_route_carries_every_header(client: Client, app: web.Application) -> None:
    """Walks the router: pages, redirects, errors, assets and streams alike."""
    routes = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    assert len(routes) > 20
    for method, pattern in [*sorted(routes), ("GET", "/nothing"), ("POST", "/"), ("GET", load_assets()["homthu.css"].path)]:
        path = re.sub(r"\{\w+\}", "1", pattern)
        response = await client.request(method, path, allow_redirects=False)
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        for needed in (
            "default-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action",
        ):
            assert needed in policy, (pattern, needed)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "geolocation=(self)" in response.headers["Permissions-Policy"]
        is_asset = response.status == 200 and path.startswith("/assets/")
        kept = "immutable" if is_asset else "public" if response.status == 200 and pattern in FOR_EVERYBODY else "no-store"
        assert kept in response.headers["Cache-Control"], path
        assert "Server" not in response.headers or "aiohttp" not in response.headers["Server"]


async def test_a_nonce_is_used_once_and_stands_in_the_policy(client: Client) -> None:
    seen = set()
    for _ in range(3):
        response = await client.get("/track")
        [nonce] = set(re.findall(r'nonce="([^"]+)"', await response.text()))
        assert f"'nonce-{nonce}'" in response.headers["Content-Security-Policy"]
        seen.add(nonce)
    assert len(seen) == 3


async def test_over_https_cookies_and_transport_are_fenced(sqlite_database: Database) -> None:
    async with TestClient(TestServer(make_app(sqlite_database, "https://homthu.example"))) as client:
        response = await client.get("/staff/login?lang=en")
        assert "max-age=" in response.headers["Strict-Transport-Security"]
        for cookie in response.headers.getall("Set-Cookie"):
            assert cookie.startswith("__Host-homthu_")
            for needed in ("Secure", "HttpOnly", "Path=/", "SameSite="):
                assert needed in cookie
            assert "Domain" not in cookie
        allowed = await client.post("/staff/login", headers={"Origin": "https://homthu.example"}, data={})
        assert 'data-testid="login-form"' in await allowed.text(), "the public address is ours too"
    async with TestClient(TestServer(make_app(sqlite_database))) as client:
        response = await client.get("/staff/login")
        assert "Strict-Transport-Security" not in response.headers
        assert response.headers["Set-Cookie"].startswith("homthu_")


async def test_an_error_shows_a_code_and_none_of_our_innards(client: Client) -> None:
    with structlog.testing.capture_logs() as logged:
        response = await client.get("/fails")
    text = await response.text()
    [line] = logged
    assert response.status == 500
    assert line["error_id"] in text
    for secret in ("RuntimeError", "0912345678", "Traceback", ".py"):
        assert secret not in text
    assert "0912345678" not in str(line)
    assert line["error"] == "RuntimeError"
    assert any("test_kit.py" in place for place in line["at"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 403),
        ("DELETE", "/", 403),
        ("OPTIONS", "/", 405),
        ("GET", "/hooks/any", 405),
        ("GET", "/busy", 503),
        ("GET", "/%00%ff/%ED%A0%80", 404),
        ("GET", "/assets/0000000000000000/homthu.css", 404),
        ("GET", "/assets/x/..%2f..%2fkeys.py", 404),
        ("POST", "/hooks/any", 200),
    ],
)
async def test_what_cannot_be_shown_is_told_in_both_languages(client: Client, method: str, path: str, status: int) -> None:
    response = await client.request(method, path)
    assert response.status == status
    if status >= 400:
        text = await response.text()
        assert 'lang="en"' in text
        assert 'data-testid="error-page"' in text
    if status == 405:
        assert "GET" in response.headers["Allow"] or "POST" in response.headers["Allow"]
    if status == 503:
        assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "expected"),
    [
        ("", "", "", "vi"),
        ("", "", "en-US,en;q=0.9,vi;q=0.8", "en"),
        ("", "", "fr,vi;q=0.5,en;q=0.4", "vi"),
        ("", "", "fr", "vi"),
        ("", "", "en;q=0,vi;q=0.1", "vi"),
        ("", "", ";;q=x,=,en;q=abc", "vi"),
        ("", "vi", "en", "vi"),
        ("?lang=en", "vi", "vi", "en"),
        ("?lang=<b>", "en", "vi", "en"),
        ("?lang=%00", "xx", "en", "en"),
    ],
)
async def test_which_language_a_page_is_in(client: Client, query: str, cookie: str, accept: str, expected: str) -> None:
    headers = {"Accept-Language": accept} | ({"Cookie": f"homthu_lang={cookie}"} if cookie else {})
    response = await client.get(f"/{query}", headers=headers)
    assert f'<html lang="{expected}">' in await response.text()
    assert response.headers["Content-Language"] == expected


async def test_the_front_page_shows_every_way_in(client: Client, app: web.Application) -> None:
    app[keys.WAYS_IN].telegram_name = "homthu_bot"
    text = await (await client.get("/")).text()
    for needed in (
        'href="/chat"',
        'href="https://t.me/homthu_bot"',
        'href="/staff/"',
        *(f'href="tel:11{n}"' for n in "2345"),
    ):
        assert needed in text


async def test_a_large_file_does_not_take_the_words_with_it(client: Client) -> None:
    form = FormData({"form_token": "right", "text": "giữ lại\r\nnhé\0"})
    for name, size in (("big", 2000), ("small", 20), ("third", 5), ("", 0)):
        form.add_field("files", b"x" * size, filename=name, content_type="x/y")
    found = await (await client.post("/chat/echo", data=form)).json()
    assert found["fields"]["text"] == "giữ lại\nnhé"
    assert found["files"] == [["big", 2000, True, 0], ["small", 20, False, 20]]
    assert found["many"] is True
    form = FormData({"form_token": "right"})
    form.add_field("files", b"x" * 11_000, filename="huge")
    assert (await client.post("/chat/echo", data=form)).status == 413


async def test_an_empty_file_input_is_no_file(client: Client) -> None:
    form = FormData({"form_token": "right"})
    form.add_field("files", b"", filename="", content_type="application/octet-stream")
    found = await (await client.post("/chat/echo", data=form)).json()
    assert (found["files"], found["many"]) == ([], False)


async def test_a_form_that_comes_in_drops_and_gushes_is_read_whole(client: Client) -> None:
    """A few bytes, a pause, then a lot at once: the part reader is never made to push anything back."""
    words, scan = "a" * 30_000, b"x" * 120_000

    async def slowly() -> AsyncIterator[bytes]:
        for name, more, body in (
            ("form_token", "", b"right"),
            ("text", "", words.encode()),
            ("files", '; filename="scan"', scan),
        ):
            yield f'--edge\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + body[:4]
            for gush in (body[4:6], body[6:]):
                await asyncio.sleep(0.02)
                yield gush
            yield b"\r\n"
        yield b"--edge--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    response = await client.post("/chat/roomy-echo", data=slowly(), headers=headers)
    assert response.status == 200
    found = await response.json()
    assert found["fields"]["text"] == words
    assert found["files"] == [["scan", len(scan), False, len(scan)]]


@dataclass(frozen=True)
class Incomplete:
    """A page that lacks what its template uses."""

    status: int = 404


async def test_a_page_that_does_not_declare_what_it_shows_is_an_error(app: web.Application) -> None:
    request = make_mocked_request("GET", "/", app=app)
    with pytest.raises(UndefinedError):
        render_text(request, "error.html", Incomplete())
    with pytest.raises(TypeError):
        render_text(request, "error.html", {"status": 404})


def test_every_template_compiles_and_none_trusts_a_text() -> None:
    """No `|safe`, no inline script, style or handler: the policy would stop them, and nobody would see why."""
    found = [path for folder in TEMPLATE_FOLDERS for path in folder.rglob("*.html")]
    assert len(found) > 10
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|\bautoescape\s+false|Markup", text), path
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text), path
        for form in re.findall(r"<form[^>]*>", text):
            assert "data-testid=" in form, (path, form)


def test_characters_that_act_are_shown_and_honest_ones_are_left() -> None:
    assert shown("photo\u202egpj.exe") == "photo⟨U+202E⟩gpj.exe"
    assert shown("a\x1b[31m\x00\u200f") == "a⟨U+001B⟩[31m⟨U+0000⟩⟨U+200F⟩"
    honest = "Ngõ 12 phố Thụy Khuê\n\tđèn 💡 👨‍👩‍👧 ❤️ مرحبا"
    assert shown(honest) == honest


def test_tokens_are_compared_as_bytes_and_nothing_equals_an_empty_secret() -> None:
    token = sign("k" * 40, "sign-in", "ticket")
    assert same(token, token)
    assert not same("é", token)
    assert not same("\ud800", token)
    assert not same("", "")
    assert sign("k" * 40, "sign-in", "ticket2") != token != sign("k" * 40, "device", "ticket")


async def test_a_throttle_counts_each_name_alone_and_forgets() -> None:
    throttle = Throttle(2)
    assert [await throttle.wait_for("a"), await throttle.wait_for("a")] == [0, 0]
    assert 1 <= await throttle.wait_for("a") <= 60
    assert await throttle.wait_for("b") == 0
    await throttle.forget("a")
    assert await throttle.wait_for("a") == 0


async def test_a_throttle_does_not_grow_with_the_names_that_are_tried() -> None:
    """A flood of invented names costs no more memory than the bound; a name seen again is still counted."""
    throttle = Throttle(2, most_names=100)
    for number in range(1000):
        assert await throttle.wait_for("name", f"invented-{number}") == 0
        assert len(throttle._counts.storage) <= 101
    assert [await throttle.wait_for("a") > 0 for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger's own claim
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # our proxy wrote the last
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_who_is_at_the_other_end(remote: str, forwarded: str, expected: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert peer(make_mocked_request("GET", "/", headers=headers).clone(remote=remote)) == expected


async def test_assets_come_packed_to_those_who_take_them_so(client: Client) -> None:
    """A browser gets a quarter of the bytes; whoever does not ask for it gets the same content plain."""
    asset = load_assets()["homthu.css"]
    for accepted, encoding in (("gzip, br", "gzip"), ("identity", None)):
        response = await client.get(asset.path, headers={"Accept-Encoding": accepted})
        assert (await response.read(), response.headers.get("Content-Encoding")) == (asset.data, encoding)
        assert response.headers["Vary"] == "Accept-Encoding"
    assert len(asset.packed) < len(asset.data) / 3
