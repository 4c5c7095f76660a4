"""Files that events name by address: only public places over https are asked, whatever an address or a name server says."""

import asyncio
import datetime as dt
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.domain.incoming import LARGEST_FILE
from bot.errors import FileNotFetched, FileTooLarge, TryLater
from bot.outward import is_public
from handlers.channels import zalo_fetching
from handlers.channels.zalo_fetching import NotPublic, PublicResolver, ZaloFetching
from tests.bot_api.faults import Fault
from tests.zalo_api import ZaloServer

ZALO = "https://bot-api.zaloplatforms.com"
HOST = "cdn.example"
INSIDE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.0.8", "203.0.113.9"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8"),
    *("::127.0.0.1", "2002:7f00:1::", "2001:0:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2001:db8::1"),
]
Answer = Callable[[web.Request], Any]


def places(*addresses: str) -> Any:
    """A name server that answers with these, one after the other; the last one from then on."""
    left = list(addresses)
    asked: list[str] = []

    async def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    resolve.asked = asked  # type: ignore[attr-defined]  # for the tests to look at
    return resolve


@pytest.mark.parametrize("address", INSIDE)
async def test_no_inner_address_is_asked_by_number_or_by_name(address: str) -> None:
    assert not is_public(address)
    host = f"[{address.partition('%')[0]}]" if ":" in address else address
    fetching = ZaloFetching(ZALO, resolve=places(address))
    with pytest.raises(FileNotFetched):
        await fetching.fetch(f"https://{host}/x.jpg")
    with pytest.raises(FileNotFetched):
        await fetching.fetch(f"https://{HOST}/x.jpg")
    await fetching.close()


def test_what_is_public_is() -> None:
    assert all(is_public(address) for address in ("8.8.8.8", "49.213.118.1", "2606:4700::1111"))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://cdn.example/x",
        "http://cdn.example/x.jpg",
        "https://cdn.example:8443/x.jpg",
        "https://user:pass@cdn.example/x.jpg",
        "https://2130706433/x.jpg",
        "https://0x7f.1/x.jpg",
        "https://127.1/x.jpg",
        "https://127.0.0.1./x.jpg",
        "https://①②⑦.⓪.⓪.①/x.jpg",
        "https://[::ffff:7f00:1]/x.jpg",
        "https://cdn.example/\r\nHost: x",
        "https:///x",
        "https://cdn.example/" + "x" * 3000,
        "https://cdn\u2044.example/",
        "http://127.0.0.1:1/x.jpg",
    ],
)
async def test_only_plain_https_is_asked(address: str) -> None:
    fetching = ZaloFetching(ZALO, resolve=places("127.0.0.1"))
    with pytest.raises((FileNotFetched, TryLater)) as refused:
        await fetching.fetch(address)
    assert isinstance(refused.value, FileNotFetched), refused.value
    await fetching.close()


async def test_a_name_with_both_kinds_of_places_leads_to_the_public_ones() -> None:
    async def both(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("10.0.0.1", "8.8.8.8", "127.0.0.1")]

    assert [found["host"] for found in await PublicResolver(both).resolve(HOST, 443)] == ["8.8.8.8"]
    with pytest.raises(NotPublic):
        await PublicResolver(places("10.0.0.1")).resolve(HOST, 443)


def certificate(folder: Path) -> tuple[Path, Path]:
    """One for `HOST`, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "c.pem", folder / "k.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem, secret


@asynccontextmanager
async def cdn(folder: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer, *resolved: str) -> AsyncIterator[ZaloFetching]:
    """A host with a certificate on 127.0.0.2, which alone counts as public here, and what would fetch from it."""
    pem, secret = certificate(folder)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(pem, secret)
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.2", 0, ssl_context=ours).start()
    port = runner.addresses[0][1]
    monkeypatch.setattr(zalo_fetching, "is_public", lambda text: text == "127.0.0.2")
    monkeypatch.setattr(zalo_fetching, "HTTPS_PORT", port)
    fetching = ZaloFetching(
        ZALO, resolve=places(*(resolved or ("127.0.0.2",))), trusts=ssl.create_default_context(cafile=pem)
    )
    try:
        yield fetching
    finally:
        await fetching.close()
        await runner.cleanup()


def url(path: str = "x.jpg") -> str:
    return f"https://{HOST}:{zalo_fetching.HTTPS_PORT}/{path}"


async def test_the_connection_is_made_to_the_address_that_was_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that says another thing the second time gains nothing: it is asked once a connection."""
    came_to: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        came_to.append(request.transport.get_extra_info("sockname")[0])
        return web.Response(body=b"picture")

    async with cdn(tmp_path, monkeypatch, answer, "127.0.0.2", "127.0.0.1") as fetching:
        assert await fetching.fetch(url()) == b"picture"
    assert came_to == ["127.0.0.2"]
    async with cdn(tmp_path, monkeypatch, answer, "127.0.0.1", "127.0.0.2") as fetching:
        with pytest.raises(FileNotFetched):
            await fetching.fetch(url())
    assert len(came_to) == 1


@pytest.mark.parametrize(
    "target", ["https://other.example/x", "http://cdn.example/x", "https://127.0.0.1/x", "file:///x", ""]
)
async def test_a_redirect_leads_to_the_same_host_or_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path == "/here":
            return web.Response(body=b"picture")
        location = {"/same": "/here", "/round": "/round"}.get(request.path, target)
        return web.Response(status=302, headers={"Location": location})

    async with cdn(tmp_path, monkeypatch, answer) as fetching:
        assert await fetching.fetch(url("same")) == b"picture"
        with pytest.raises(FileNotFetched):
            await fetching.fetch(url("away"))
        with pytest.raises(FileNotFetched):
            await fetching.fetch(url("round"))
    assert asked.count("/round") <= zalo_fetching.MOST_REDIRECTS + 1


async def test_size_and_time_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Declared or not, no more than 20 MB; silence and dripping end; what is packed stays packed."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/declared":
            response = web.StreamResponse(headers={"Content-Length": str(LARGEST_FILE + 1)})
            await response.prepare(request)
            return response
        if request.path == "/zip":
            return web.Response(body=b"\x1f\x8b bomb", headers={"Content-Encoding": "gzip"})
        if request.path.isdigit() or request.path[1:].isdigit():
            return web.Response(status=int(request.path[1:]))
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(LARGEST_FILE // (1 << 20) + 2):
            await response.write(b"x" * (1 << 20) if request.path == "/huge" else b"x")
            await asyncio.sleep(0.001 if request.path == "/huge" else 0.2)
        return response

    async with cdn(tmp_path, monkeypatch, answer) as fetching:
        for path in ("declared", "huge"):
            with pytest.raises(FileTooLarge):
                await fetching.fetch(url(path))
        assert await fetching.fetch(url("zip")) == b"\x1f\x8b bomb"
        for status, failure in ((404, FileNotFetched), (403, FileNotFetched), (500, TryLater), (429, TryLater)):
            with pytest.raises(failure):
                await fetching.fetch(url(str(status)))
        monkeypatch.setattr(zalo_fetching, "WITHIN", 0.5)
        with pytest.raises(TryLater):
            await fetching.fetch(url("slow"))


async def test_a_certificate_of_nobody_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"picture")

    async with cdn(tmp_path, monkeypatch, answer) as fetching:
        fetching._trusts = True
        with pytest.raises(FileNotFetched):
            await fetching.fetch(url())


async def test_an_emulator_on_loopback_may_be_asked_and_nothing_beside_it(zalo: ZaloServer, unused_port: int) -> None:
    """Only where the Bot API itself is there, over http; another port of this machine is as closed as ever."""
    address = zalo.keep_file(b"\xff\xd8 picture")
    fetching = ZaloFetching(zalo.base)
    assert await fetching.fetch(address) == b"\xff\xd8 picture"
    zalo.breaks("photos", Fault(location=f"http://127.0.0.1:{unused_port}/x"))
    for closed in (address, f"http://127.0.0.1:{unused_port}/x.jpg", address.replace("127.0.0.1", "localhost")):
        with pytest.raises(FileNotFetched):
            await fetching.fetch(closed)
    await fetching.close()
    for base in (ZALO, "http://10.0.0.5:8080", zalo.base.replace("http://", "https://")):
        other = ZaloFetching(base)
        with pytest.raises(FileNotFetched):
            await other.fetch(address)
        await other.close()
