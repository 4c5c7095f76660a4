"""Forms from elsewhere, text that wants to be code, and whatever else the desk may be sent: refused, shown, never run."""

import re
from html.parser import HTMLParser

import pytest

from bot.domain.people import Role
from bot.domain.reply import DeliveryResult, DeliveryState
from tests.admin.desk import PHU_THUONG, Browser, StaffDesk

PAYLOADS = (
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus=alert(1) autofocus='",
    "{{ 7*7 }}{% raw %}",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "]]>--><!--",
    "\u202egpj.exe\u2066 \x1b[31m",
    "{code} {0} %s %(x)s",
)
ALLOWED_TAGS = frozenset(
    re.findall(
        r"\w+",
        """html head meta title link body a header div span img nav main h1 h2 h3 p b br form input button label textarea
        select option optgroup section ol li ul time bdi details summary fieldset legend dl dt dd aside code dialog kbd mark
        datalist svg path circle script""",
    )
)


class Elements(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.scripts: list[set[str]] = []  # the names of each one's attributes
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "script":
            self.scripts.append({name for name, _ in attrs})


def is_harmless(text: str) -> None:
    page = Elements(text)
    assert "main" in page.tags, "the parser has stopped seeing pages"
    assert set(page.tags) <= ALLOWED_TAGS
    assert [names for names in page.scripts if names != {"type", "src", "nonce"}] == [], "only our own file is a script"
    sources = [value for name, value in page.attributes if name == "src"]
    assert [value for value in sources if not value.startswith(("/assets/", "/staff/"))] == []
    assert [name for name, _ in page.attributes if name.startswith("on") or name == "style"] == []
    assert [value for name, value in page.attributes if name in ("href", "src", "action") and ":" in value] == []


def test_the_check_sees_a_script() -> None:
    for bad in (
        "<main><script></script></main>",
        "<main><script src='/assets/x.js'></script></main>",
        "<main><script type='module' nonce='x' src='/elsewhere.js'></script></main>",
        "<main><a href='javascript:1'></a></main>",
        "<main><b onclick=x></b></main>",
    ):
        with pytest.raises(AssertionError):
            is_harmless(bad)


async def test_what_a_resident_or_a_colleague_wrote_is_text_on_every_page(sqlite_desk: StaffDesk) -> None:
    desk = sqlite_desk
    case = await desk.case(" ".join(PAYLOADS))
    await desk.staff("minh", full_name='<b onclick="x">Minh</b>')
    minh = await desk.browser()
    await minh.signs_in("minh")
    path = f"/staff/cases/{case.code}"
    for payload in PAYLOADS:
        for form in ("note-form", "reply-form"):
            await minh.opens(path)
            await minh.submits(form, text=payload)
    async with desk.database.begin() as uow:
        everyone = await uow.staff.everyone()
        waiting = await uow.outbox.claim(
            owner="t",
            channels=[case.address.channel],
            now=desk.clock.now(),
            lease=desk.clock.now() - desk.clock.now(),
            most=1,
        )
        failure = DeliveryResult(
            reply_id=waiting[0].id, state=DeliveryState.FAILED, at=desk.clock.now(), error=PAYLOADS[0] + PAYLOADS[2]
        )
        await uow.outbox.record([failure])
        await uow.commit()
    assert everyone
    for page in ("/staff/", path, "/staff/password", f"{path}?lang=en", "/staff/login"):
        await minh.opens(page)
        if page != "/staff/login":
            is_harmless(minh.text)
        assert "\u202e" not in minh.text, "a control character acts on the page"
        assert "\x1b" not in minh.text
    await minh.opens(path)
    assert "⟨U+202E⟩" in minh.text


async def test_what_was_typed_comes_back_as_text(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    path = f"/staff/cases/{case.code}"
    for payload in PAYLOADS:
        for form, fields in (
            ("reply-form", {"text": payload}),
            ("note-form", {"text": payload}),
            ("close-form", {"text": payload, "outcome": payload}),
            ("move-form", {"ward": payload, "text": payload}),
        ):
            await minh.opens(path)
            action, hidden = minh.form(form)
            response = await minh.posts(action, hidden | fields | {"version": "0", "seen": payload})
            assert response.status in (400, 409)
            is_harmless(minh.text)
        await minh.opens(path)
        response = await minh.submits("reply-form", text=payload, form_token=payload)
        assert response.status == 403
        is_harmless(minh.text)
    stranger = await sqlite_desk.browser()
    for payload in PAYLOADS[:6]:
        await stranger.signs_in(payload, payload)
        is_harmless(stranger.text)


FORMS = (
    *("reply", "note", "attach", "close", "move", "pause"),
    *("take", "handback", "assign", "link", "unlink", "merge", "part", "split"),
    *("template", "preview", "draft", "presence", "identity", "decision", "look", "bar", "letin"),
)
GOOD = {"text": "x", "outcome": "done", "ward": "city"}


async def every_post(browser: Browser, desk: StaffDesk) -> dict[str, dict[str, str]]:
    """Every address of the desk that takes a form, with fields that would be accepted."""
    case = await desk.case()
    await browser.opens(f"/staff/cases/{case.code}")
    _, hidden = browser.form("reply-form")
    posts = {f"/staff/cases/{case.code}/{form}": hidden | GOOD for form in FORMS}
    posts["/staff/password"] = hidden | {"current": "x", "new": "y" * 14, "again": "y" * 14}
    posts["/staff/logout"] = hidden
    posts["/staff/bulk"] = hidden | {"act": "move", f"case_{case.code.replace('-', '')}": "1", "step": "do", "ward": "city"}
    posts["/staff/bulk/undo"] = hidden | {"r": "x"}
    posts["/staff/views"] = hidden | {"query": "due=late", "name": "x"}
    posts["/staff/views/remove"] = hidden | {"view": "1"}
    known = {
        route.resource.canonical
        for route in desk.server.app.router.routes()
        if route.method == "POST" and route.resource and route.resource.canonical.startswith("/staff")
    }
    for path in sorted(known - {"/staff/login"} - {path.replace(case.code, "{code}") for path in posts}):
        posts[re.sub(r"{\w+}", "1", path.replace("{code}", case.code))] = hidden | GOOD
    assert len(posts) >= len(known) - 1 > 20, "a form is not tested here"
    return posts


async def test_a_form_without_the_sessions_token_does_nothing(sqlite_desk: StaffDesk) -> None:
    minh, hoa = await sqlite_desk.signed_in("minh"), await sqlite_desk.signed_in("hoa")
    posts = await every_post(minh, sqlite_desk)
    await hoa.opens("/staff/")
    foreign = hoa.form("logout-form")[1]["form_token"]
    for path, fields in posts.items():
        for token in (None, "", "x", "é", foreign):
            given = {name: value for name, value in fields.items() if name != "form_token"}
            if token is not None:
                given["form_token"] = token
            # What an officer may not set at all is not even there for them.
            refused = {403, 404} if path.startswith("/staff/settings/") else {403}
            assert (await minh.posts(path, given)).status in refused, (path, token)
            # The token stands in the form, never in the address.
            assert (await minh.posts(f"{path}?form_token={fields['form_token']}", given)).status in refused
    assert (await minh.opens("/staff/")).status == 200, "signed out by a form without its token"


async def test_a_form_from_another_site_does_nothing(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    host = f"{sqlite_desk.server.host}:{sqlite_desk.server.port}"
    bad: tuple[dict[str, str], ...] = (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": f"http://{host}"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://{host}.evil.example"},
        {"Origin": f"http://evil.example/{host}"},
        {"Origin": "http://["},
    )
    for path, fields in (await every_post(minh, sqlite_desk)).items():
        for headers in bad:
            assert (await minh.posts(path, fields, headers=headers)).status == 403, (path, headers)
    assert (await minh.opens("/staff/")).status == 200
    for headers in ({"Origin": f"http://{host}"}, {}):
        case = await sqlite_desk.case()
        await minh.opens(f"/staff/cases/{case.code}")
        action, hidden = minh.form("note-form")
        assert (await minh.posts(action, hidden | {"text": "x"}, headers=headers)).status == 303


async def test_opening_a_page_changes_nothing(sqlite_desk: StaffDesk) -> None:
    minh, case = await sqlite_desk.signed_in("minh"), await sqlite_desk.case()
    before = await sqlite_desk.now_is(case.code)
    for form in set(FORMS) - {"pause"}:  # that one has a page of its own
        answer = await minh.opens(f"/staff/cases/{case.code}/{form}", params=GOOD)
        assert answer.status == 405
    assert (await minh.opens("/staff/logout")).status == 405
    assert await sqlite_desk.now_is(case.code) == before


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b"x"),
        ("application/json", b"{}"),
        ("", b""),
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nno end"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: \xff\xfe; name=\x00\r\n\r\na\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--"),
        ("multipart/form-data; boundary=" + "x" * 200, b"a"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"a=b"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
        ("application/x-www-form-urlencoded", b"\xff\xfe=%ff%00&&==%ED%A0%80"),
        ("application/x-www-form-urlencoded", b"a=" * 5000),
        ("application/x-www-form-urlencoded", b"a&" * 5000),
        ("application/x-www-form-urlencoded", b"text=" + b"x" * 300_000),
    ],
)
async def test_a_broken_form_is_no_fault_of_ours(sqlite_desk: StaffDesk, content_type: str, body: bytes) -> None:
    minh, case = await sqlite_desk.signed_in("minh"), await sqlite_desk.case()
    for path in ("/staff/login", f"/staff/cases/{case.code}/reply", "/staff/password"):
        headers = {"Content-Type": content_type, "Sec-Fetch-Site": "same-origin"}
        response = await minh.client.post(path, data=body, headers=headers, allow_redirects=False)
        assert response.status in (400, 403, 413), await response.text()


async def test_unstorable_letters_and_endless_text(desk: StaffDesk) -> None:
    """NUL bytes and half letters are dropped before they reach a database that cannot hold them."""
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("note-form", text="a\0b")).status == 303
    await minh.opens(f"/staff/cases/{case.code}")
    assert "ab</p>" in minh.text
    assert (await minh.submits("reply-form", text="x" * 10_001)).status == 400
    assert minh.shows("desk_text_too_long")
    await minh.opens(f"/staff/cases/{case.code}")
    action, hidden = minh.form("note-form")
    raw = "&".join(f"{name}={value}" for name, value in hidden.items()) + "&text=%ED%A0%80%00%FF+x"
    response = await minh.client.post(
        action,
        data=raw,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"},
        allow_redirects=False,
    )
    assert response.status == 303
    stranger = await desk.browser()
    assert (await stranger.signs_in("a\0b", "\0")).status == 401
    for cookie in ("%00", "é", "x" * 600):
        answer = await stranger.opens("/staff/", headers={"Cookie": f"homthu_session={cookie}; ;=;a"})
        assert answer.status in (303, 400)


async def test_a_busy_database_loses_no_words(sqlite_desk: StaffDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database cannot be written to: 503, when to try again, and the answer that was typed."""
    from contextlib import asynccontextmanager

    from bot.errors import StorageBusy

    minh, case = await sqlite_desk.signed_in("minh", Role.WARD_OFFICER, PHU_THUONG), await sqlite_desk.case()
    await minh.opens(f"/staff/cases/{case.code}")

    @asynccontextmanager
    async def busy():  # type: ignore[no-untyped-def]  # stands in for a database that is out of reach
        raise StorageBusy
        yield

    with monkeypatch.context() as patch:
        patch.setattr(sqlite_desk.database, "begin", busy)
        response = await minh.submits("reply-form", text="Một câu trả lời dài")
    assert response.status == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "Một câu trả lời dài" in minh.text
