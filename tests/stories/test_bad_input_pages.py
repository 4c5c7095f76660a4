"""Words that want to be code, through the whole program: the chat and the desk show them as words, and never fail.

The measure is the page itself: whatever was written, it has the same elements with the same attributes as the page of
somebody who wrote harmless words on the same road.
"""

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

import pytest

from tests.stories.cast import City, Officer, OnTheWebChat, code_in
from tests.stories.things import LAMP, PDF

HARMLESS = "cạnh quán nước"
PAYLOADS = (
    "<script>alert(1)</script>",
    "</textarea></p></li></ol><script src=//evil.example></script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus=alert(1) autofocus='",
    "<svg/onload=alert(1)><math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "{{ 7*7 }}{% include '/etc/passwd' %}{code} {0} %s %(x)s",
    "javascript:alert(1)//<a href='javascript:alert(1)'>",
    "&lt;script&gt;alert(1)&lt;/script&gt; ]]>--><!-- <!--",
    "\u202egpj.exe\u2066 \x1b[31m \x07",
    "<template><slot onslotchange=alert(1)></template>",
)
URL_SCHEMES = ("javascript:", "data:", "vbscript:", "//")


@dataclass
class Shape(HTMLParser):
    """What a browser would build of a page: every element with the names of its attributes, and where its links lead."""

    html: str
    elements: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(sorted(name for name, _ in attrs))))
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]

    def handle_data(self, data: str) -> None:
        self.words += data


async def tells(resident: OnTheWebChat, words: str) -> str:
    """File a case with these words and a file of that name; returns its code."""
    name = "".join(letter for letter in words if letter.isprintable())
    assert (await resident.browser.says(f"{LAMP} {words}", files=[(f"{name}.pdf", PDF, "application/pdf")])).status == 200
    await resident.presses("Gửi")
    return code_in(await resident.hears("Mã hồ sơ"))


async def pages_about(minh: Officer, resident: OnTheWebChat, words: str) -> dict[str, str]:
    """Every page on which these words can be met, after staff have answered and noted them too."""
    code = await tells(resident, words)
    await minh.answers(code, f"Trả lời {words}")
    await resident.hears("Trả lời")
    await minh.opens_case(code)
    await minh.fills("note-form", text=f"Ghi chú {words}")
    pages = {"chat": resident.browser.page.html, "case": await minh.opens_case(code)}
    await minh.fills("reply-form", text=f"Chưa gửi {words}", version="0")  # stale: shown again in its form
    assert minh.status == 409
    pages["stale"] = minh.html
    await minh.closes(code, "done", f"Đã xong {words}")
    await resident.hears("Đã xong")
    return pages | {"closed chat": resident.browser.page.html, "closed": await minh.opens_case(code)}


async def test_words_stay_words_on_every_page(small_city: City) -> None:
    minh = await small_city.staff("minh")
    harmless = {name: Shape(html) for name, html in (await pages_about(minh, await small_city.webchat(), HARMLESS)).items()}
    for name, page in harmless.items():
        assert HARMLESS in page.words, name
        assert len(page.elements) > 30, name
    for payload in PAYLOADS:
        found = await pages_about(minh, await small_city.webchat(), payload)
        for name, html in found.items():
            page = Shape(html)
            assert page.elements == harmless[name].elements, f"{payload!r} changed the page {name}"
            assert not any(link.lower().strip().startswith(URL_SCHEMES) for link in page.links), (payload, name)
            if payload.isprintable():  # what is not printable is shown as what it is, and not obeyed
                assert " ".join(payload.split()) in " ".join(page.words.split()), f"{payload!r} is not on {name}"


async def test_the_queue_shows_them_as_words_too(small_city: City) -> None:
    minh = await small_city.staff("minh")
    await tells(await small_city.webchat(), HARMLESS)
    row = Shape(await minh.opens("/staff/")).elements
    for payload in PAYLOADS:
        await tells(await small_city.webchat(), payload)
    with_all = Shape(await minh.opens("/staff/"))
    of_a_row = [element for element in with_all.elements if element not in row]
    assert of_a_row == [], "an element that no harmless queue has"
    assert with_all.words.count("Đèn đường hỏng") >= len(PAYLOADS)


def test_an_element_that_slips_through_would_be_seen() -> None:
    """The measure can fail: one more element, one more attribute, a script's address."""
    page = "<main><p>x</p><a href='/a'>y</a></main>"
    assert Shape(page).elements == Shape(page.replace("x", escape("<b onclick=1>"))).elements
    assert Shape(page).elements != Shape(page.replace("x", "<b>")).elements
    assert Shape(page).elements != Shape(page.replace("<p>", "<p onclick=1>")).elements
    assert Shape(page.replace("/a", "javascript:1")).links == ["javascript:1"]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "X-ODD"])
async def test_no_address_makes_the_server_fail(small_city: City, method: str) -> None:
    """Odd paths, odd queries, odd forms, signed in or not: told what is wrong, never 5xx."""
    minh, lan = await small_city.staff("minh"), await small_city.webchat()
    paths = (
        "/",
        "/chat",
        "/chat?ward=%00&lang=%ff",
        "/chat/messages",
        "/chat/events?after=-1e99",
        "/chat/events?after=99999999999999999999999999",
        "/staff/",
        "/staff/?after=%F0%9F%98%A1&status=%27%20OR%201%3D1",
        "/staff/cases/%00",
        "/staff/cases/0000-0000/reply",
        "/staff/cases/" + "A" * 5000,
        "/staff/cases/0000-0000/files/99999999999999999999999999",
        "/staff/login?next=//evil.example/%0d%0aX: y",
        "/assets/../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/%c0%af",
        "/hooks/telegram",
        "/metrics",
        "/health/live",
    )
    headers = {
        "Last-Event-ID": "x" * 300,
        "Accept-Language": "\u202evi;q=9".encode().decode("latin-1"),
        "Range": "bytes=9-1",
    }
    forms: tuple[object, ...] = (
        None,
        {"version": "9" * 400, "text": "\ud7ff\x00", "ward": "%00"},
        b"\xff\xfe=\x00&" * 50,
        b"a=" + b"x" * 300_000,
    )
    seen: set[int] = set()
    for session in (minh.session, lan.browser.session):
        for path in paths:
            for body in forms if method in ("POST", "PUT", "PATCH") else (None,):
                url = f"{small_city.url}{path}"
                async with session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer:
                    seen.add(answer.status)
                    assert answer.status < 500, f"{method} {path} {str(body)[:40]}: {answer.status}"
    assert seen - {200}, "everything was welcome: nothing was tried"
    assert (await lan.browser.opens()).status == 200
