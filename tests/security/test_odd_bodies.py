"""R4, S18: bodies that no browser and no messenger sends, at every door where strangers may put something in.

Each is answered, none by a server error, and what comes after it on the same door is taken as ever.
"""

import gzip
import logging
from collections.abc import Iterator

import pytest
from aiohttp import ClientSession
from yarl import URL

from tests.forms.served import ServedPage
from tests.security.attackers import outsider
from tests.security.test_requests import a_case
from tests.security.wire import ask, host_of
from tests.stories.cast import City
from tests.stories.webhook import HEADER, SECRET

URL_ENCODED = "application/x-www-form-urlencoded"
EDGE = "multipart/form-data; boundary=edge"


def part(head: str, body: bytes = b"x") -> bytes:
    return b"--edge\r\n" + head.encode("latin-1") + b"\r\n\r\n" + body + b"\r\n"


def field(name: str, value: str) -> bytes:
    return part(f'Content-Disposition: form-data; name="{name}"', value.encode())


def bodies(token: str) -> Iterator[tuple[str, str, str, bytes]]:
    """What it is, the content type, more headers, and the body; all with the page's own token where they can."""
    own, end, plain = field("form_token", token), b"--edge--\r\n", f"form_token={token}&text=x&code=x".encode()
    disposition = "Content-Disposition: form-data; "
    nested = b"--in\r\nContent-Disposition: form-data; name=b\r\n\r\nx\r\n--in--\r\n"
    heads = {
        "no name": f'{disposition}filename="x"',
        "no disposition": "X: y",
        "an empty name": f'{disposition}name=""',
        "names that differ": f'{disposition}name="text"; name="code"; name*=utf-8\'\'%ff',
        "a broken file name": f"{disposition}name=\"files\"; filename*=nonsense''%zz",
        "a name of many parts": f'{disposition}name="files"; ' + "; ".join(f'filename*{n}="x"' for n in range(500)),
        "line ends in a name": f'{disposition}name="files"; filename="a\\r\\nSet-Cookie: x=y"',
        "bytes in a name": f'{disposition}name="files"; filename="\x80\xff\x00.jpg"',
        "base64 that is none": f'{disposition}name="text"\r\nContent-Transfer-Encoding: base64',
        "an unknown coding": f'{disposition}name="text"\r\nContent-Transfer-Encoding: x-nobody',
        "packed, and is not": f'{disposition}name="text"\r\nContent-Encoding: gzip',
        "an unknown alphabet": f'{disposition}name="text"\r\nContent-Type: text/plain; charset=x-nobody',
        "a length that lies": f'{disposition}name="text"\r\nContent-Length: 99999999',
        "a length below nothing": f'{disposition}name="text"\r\nContent-Length: -1',
        "a head of 64 KB": f'{disposition}name="text"\r\nX: ' + "y" * 65_536,
        "very many heads": f'{disposition}name="text"' + "".join(f"\r\nX{n}: y" for n in range(3_000)),
    }
    for what, head in heads.items():
        yield what, EDGE, "", own + part(head, b"!!!") + end
        yield f"{what}, before the token", EDGE, "", part(head, b"!!!") + own + end
    yield (
        "parts in a part",
        EDGE,
        "",
        own + part(f"{disposition}name=a\r\nContent-Type: multipart/mixed; boundary=in", nested) + end,
    )
    yield "a message in a part", EDGE, "", own + part(f"{disposition}name=a\r\nContent-Type: message/rfc822", nested) + end
    yield "no end", EDGE, "", own + field("text", "x")
    yield "no beginning", EDGE, "", b"x\r\n" * 100
    yield "the end alone", EDGE, "", end
    yield "other edges", "multipart/form-data; boundary=other", "", own + end
    yield "no edge", "multipart/form-data", "", own + end
    yield "an empty edge", 'multipart/form-data; boundary=""', "", own + end
    yield "a long edge", f"multipart/form-data; boundary={'e' * 300}", "", own + end
    yield "the alphabet by field", EDGE, "", field("_charset_", "x-nobody") + own + end
    yield "ten thousand parts", EDGE, "", own + field("text", "x") * 10_000 + end
    yield "ten thousand fields", URL_ENCODED, "", plain + b"&a=b" * 10_000
    yield "one field a thousand times", URL_ENCODED, "", plain + b"&text=b&form_token=y" * 1_000
    yield "the token twice", URL_ENCODED, "", plain + f"&form_token={token}".encode()
    yield "a list of a field", URL_ENCODED, "", f"form_token={token}&text[]=x&text[a]=y".encode()
    yield "broken percents", URL_ENCODED, "", plain + b"&%zz=%&%u1234=%ed%a0%80&=&&=%00"
    yield "bytes", URL_ENCODED, "", plain + bytes(range(128, 256))
    yield "an unknown alphabet", f"{URL_ENCODED}; charset=x-nobody", "", plain
    yield "sixteen bits", f"{URL_ENCODED}; charset=utf-16", "", plain.decode().encode("utf-16")
    for kind in ("", "text/plain", "application/json", "image/png", "multipart/mixed; boundary=edge", "a/b;c;;=", "\xff"):
        yield f"of the type {kind!r}", kind, "", plain
    yield "packed", URL_ENCODED, "Content-Encoding: gzip\r\n", gzip.compress(plain)
    yield "packed very much", URL_ENCODED, "Content-Encoding: gzip\r\n", gzip.compress(plain + b"&a=" + bytes(30_000_000))
    yield "packed, and is not", URL_ENCODED, "Content-Encoding: br\r\n", plain
    yield "ten megabytes", URL_ENCODED, "", plain + b"&text=" + b"x" * 10_000_000


async def with_a_token(session: ClientSession, url: str, page: str, form: str) -> tuple[str, str]:
    async with session.get(url + page) as answer:
        found = ServedPage(await answer.text()).form(form)
    assert found
    token = found.named("form_token")
    assert token
    cookies = session.cookie_jar.filter_cookies(URL(url))
    return token.value, "; ".join(f"{name}={one.value}" for name, one in cookies.items())


DOORS = (
    ("/chat", "chat-form", "/chat/messages"),
    ("/track", "track-form", "/track"),
    ("/staff/login", "login-form", "/staff/login"),
)


@pytest.mark.parametrize(("page", "form", "door"), DOORS, ids=str)
async def test_every_odd_form_is_answered(
    target: City, page: str, form: str, door: str, caplog: pytest.LogCaptureFixture
) -> None:
    """S18: never by a 5xx; nothing is logged as an error; and afterwards a true form is taken."""
    wrong = []
    with caplog.at_level(logging.ERROR):
        async with outsider() as session:
            token, cookies = await with_a_token(session, target.url, page, form)
            tried = list(bodies(token))
            for what, kind, more, body in tried:
                head = f"POST {door} HTTP/1.1\r\nHost: {host_of(target.url)}\r\nConnection: close\r\n"
                head += f"Accept: application/json\r\nCookie: {cookies}\r\nSec-Fetch-Site: same-origin\r\n{more}"
                head += f"Content-Length: {len(body)}\r\n"
                head += f"Content-Type: {kind}\r\n\r\n" if kind else "\r\n"
                try:
                    answer = await ask(target.url, head.encode("latin-1") + body)
                except ConnectionError:
                    continue  # a body beyond every limit: the line was cut after the refusal
                if answer.status >= 500:
                    wrong.append((what, answer.status, answer.body[:80]))
    assert len(tried) > 60
    assert wrong == []
    assert [record.getMessage() for record in caplog.records] == []
    assert await a_case(target)


async def test_every_odd_body_of_a_messenger_is_answered(target: City) -> None:
    """R4: packed, in pieces, of other types and alphabets, cut short: 200 where it may be an update, else a refusal."""
    update = b'{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"x"}}'
    pieces = b"".join(b"%x\r\n%c\r\n" % (1, letter) for letter in update) + b"0\r\n\r\n"
    odd = {
        "in pieces": ("Transfer-Encoding: chunked\r\n", pieces, {200}),
        "packed": (
            f"Content-Encoding: gzip\r\nContent-Length: {len(gzip.compress(update))}\r\n",
            gzip.compress(update),
            {415},
        ),
        "of two lengths": ("Content-Length: 5\r\nContent-Length: 6\r\n", update, {0, 400}),
        "of both kinds": ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", pieces, {0, 400}),
    }
    deep = {
        "deep": b"[" * 200_000,
        "deep and closed": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "bytes": b"\xff\xfe" + update,
    }
    deep |= {"twice": update[:-1] + b',"update_id":2}', "huge": b'{"update_id":1' + b"0" * 5_000 + b"}", "nothing": b""}
    for what, body in deep.items():
        odd[what] = (f"Content-Length: {len(body)}\r\n", body, {200})
    for what, (more, body, expected) in odd.items():
        head = f"POST /hooks/telegram HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{HEADER}: {SECRET}\r\n{more}\r\n"
        assert (await ask(target.url, head.encode() + body)).status in expected, what
