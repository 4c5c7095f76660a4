"""What no honest page sends: foreign forms, broken bodies, floods, words that would like to be markup. Never a 5xx."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from limits import RateLimitItemPerMinute

from bot.domain.incoming import LARGEST_FILE
from bot.domain.reply import Choice, Reply
from handlers.channels import webchat_form, webchat_limits
from handlers.channels.webchat_body import LONGEST_TEXT
from handlers.channels.webchat_limits import POSTS
from tests.handlers.webchat.town import Town

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7*7 }}</textarea></li>"


async def test_markup_stays_words_everywhere(town: Town) -> None:
    """As a message, as what is typed, as a file's name, as staff's answer and as a chip: never an element of the page."""
    lan = await town.visitor()
    harmless = {tag for tag, _ in lan.page.elements}
    await lan.says(MARKUP, files=[(MARKUP + ".pdf", b"%PDF-1.4 x", "application/pdf")])
    answer = Reply(text=MARKUP, choices=((Choice(MARKUP[:60], 'a"><script>alert(2)</script>'),),))
    await town.staff_write("", answer)
    async with lan.follows() as stream:
        events = [await stream.next() for _ in range(2)]
    page = await lan.opens()
    refused = await lan.posts({"form_token": "wrong", "text": MARKUP})
    assert "&lt;script&gt;alert(1)" in page.html
    assert "&lt;/textarea&gt;" in refused.typed
    for shown in (page, refused, *(type(page)(200, event.data, "") for event in events)):
        assert "<script>alert" not in shown.html
        assert "<img src=x" not in shown.html
        assert "onerror" not in {name for _, attributes in shown.elements for name in attributes}
        assert {tag for tag, _ in shown.elements} <= harmless | {"ul", "li", "span", "bdi", "time", "p", "a", "img", "ol"}


@pytest.mark.parametrize("token", ["", "wrong", "0" * 64, "é", "\x00", "x" * 100_000])
async def test_a_form_without_this_browsers_token_is_refused(town: Town, token: str) -> None:
    """Also the token of another browser; what was typed is still there, and the new page's token works."""
    lan = await town.visitor()
    page = await lan.posts({"form_token": token, "text": "đừng mất"})
    assert page.status == 403
    assert page.typed == "đừng mất"
    assert town.kept == []
    assert (await lan.says(page.typed)).status == 200
    assert len(town.kept) == 1


async def test_another_browsers_token_is_foreign(town: Town) -> None:
    lan, stranger = await town.visitor(), await town.visitor()
    page = await stranger.posts({"form_token": lan.page.field("form_token"), "text": "không phải Lan"})
    assert page.status == 403
    assert town.kept == []


async def test_a_browser_without_cookies_is_told_so(town: Town) -> None:
    lan = await town.visitor()
    token = lan.page.field("form_token")
    lan.session.cookie_jar.clear()
    page = await lan.posts({"form_token": token, "text": "đừng mất"})
    assert page.status == 403
    assert "cookie" in page.notice
    assert page.typed == "đừng mất"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_another_sites_form_is_refused(town: Town, headers: dict[str, str]) -> None:
    """Even if it knew the token."""
    lan = await town.visitor()
    data = {"form_token": lan.page.field("form_token"), "text": "từ trang khác"}
    async with lan.session.post(town.root / "chat" / "messages", data=data, headers=headers) as response:
        assert response.status == 403
    assert town.kept == []


async def test_files_of_a_foreign_form_are_not_even_stored(town: Town, tmp_path: Path) -> None:
    """Nobody fills the disk from another site: not one byte of the file reaches the store."""
    lan = await town.visitor()
    page = await lan.posts({"form_token": "wrong", "text": "x"}, [("a.pdf", b"%PDF-1.4", "application/pdf")])
    assert page.status == 403
    assert town.kept == []
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    await lan.posts({"form_token": lan.page.field("form_token")}, [("a.pdf", b"%PDF-1.4", "application/pdf")])
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] != [], "this is where files go"


@pytest.mark.parametrize("cookie", ["", "short", "é" * 43, "a" * 5000, "../../etc/passwd", "a" * 42 + "="])
async def test_a_cookie_of_no_shape_is_a_new_visitor(town: Town, cookie: str) -> None:
    browser = town.browser()
    async with browser.session.get(town.root / "chat", headers={"Cookie": f"homthu_chat={cookie}"}) as response:
        assert response.status == 200
        assert len(response.cookies["homthu_chat"].value) == 43


async def test_an_empty_post_is_told_so(town: Town) -> None:
    lan = await town.visitor()
    for text in ("", "  \n\t ", "\x00\x01"):
        page = await lan.says(text)
        assert page.status == 400
        assert "Bạn chưa viết gì" in page.notice
    assert (await lan.tells(text=" "))[1]["error"] == "webchat_empty"
    assert town.kept == []


async def test_words_are_cleaned_and_bodies_of_any_bytes_are_read(town: Town) -> None:
    """NUL bytes, lone surrogates and bytes that are no text reach neither the database nor the page."""
    lan = await town.visitor()
    token = lan.page.field("form_token")
    raw = b"form_token=" + token.encode() + b"&text=a%00b%ed%a0%80c%ff%0d%0ad%08&key=%ff"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with lan.session.post(town.root / "chat" / "messages", data=raw, headers=headers) as response:
        assert response.status == 200
    text = json.loads(town.kept[0].body)["text"]
    assert text.startswith("ab")
    assert text.endswith("\nd")
    assert not any(ord(letter) < 32 and letter != "\n" for letter in text)


async def test_a_long_text_is_kept_whole_and_a_longer_one_is_given_back(town: Town) -> None:
    lan = await town.visitor()
    longest = "ặ" * LONGEST_TEXT
    page = await lan.says(longest, files=[("", b"", "application/octet-stream")])
    assert page.status == 200
    assert json.loads(town.kept[0].body)["text"] == longest
    page = await lan.says(longest + "x", files=[("", b"", "application/octet-stream")])
    assert page.status == 413
    assert "20000" in page.notice
    assert page.typed == longest + "x"
    assert len(town.kept) == 1


async def test_a_text_beyond_all_bounds_is_refused(town: Town) -> None:
    lan = await town.visitor()
    assert (await lan.says("x" * 900_000)).status == 413
    assert (await lan.says("x" * 900_000, files=[("a.txt", b"a", "text/plain")])).status == 413
    assert town.kept == []


BROKEN = [
    ("application/json", b'{"text": "x"}'),
    ("text/plain", b"x"),
    ("", b""),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=", b"x"),
    ("multipart/form-data; boundary=" + "x" * 200, b"x"),
    ("multipart/form-data; boundary=a", b""),
    ("multipart/form-data; boundary=a", b"--a\r\n\r\nno name\r\n--a--\r\n"),
    ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="text"\r\n\r\nno end'),
    ("multipart/form-data; boundary=a", b"--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n--a--\r\n"),
    ("multipart/form-data; boundary=a", b"--a\r\n" + b"X: " + b"y" * 20_000 + b"\r\n\r\n\r\n--a--\r\n"),
    ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--a--\r\n'),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(500))),
    ("application/x-www-form-urlencoded", b"%"),
    ("application/x-www-form-urlencoded", b"text=" + b"%f0" * 10_000),
]


@pytest.mark.parametrize(("content_type", "body"), BROKEN)
async def test_broken_bodies_are_a_4xx(town: Town, content_type: str, body: bytes) -> None:
    lan = await town.visitor()
    headers = {"Content-Type": content_type}
    async with lan.session.post(town.root / "chat" / "messages", data=body, headers=headers) as response:
        assert 400 <= response.status < 500
        assert 'data-testid="chat-form"' in await response.text(), "the chat itself says what went wrong"
    assert town.kept == []


async def test_a_place_that_is_none_is_no_place(town: Town) -> None:
    lan = await town.visitor()
    for lat, lon in (("91", "0"), ("0", "181"), ("nan", "0"), ("inf", "0"), ("1e999", "0"), ("", ""), ("x" * 9, "1")):
        assert (await lan.tells(lat=lat, lon=lon))[0] == 400
    status, _ = await lan.tells(lat="21.0285", lon="105.8542", accuracy="-3", key="a-place-1")
    assert status == 200
    assert json.loads(town.kept[0].body)["point"] == [21.0285, 105.8542, None]


async def test_a_choice_we_never_offered_goes_to_the_dialogue_and_shows_as_pressed(town: Town) -> None:
    """The dialogue knows stale from made-up; one that no chip of ours could carry is not even passed on."""
    lan = await town.visitor()
    page = await lan.presses("<b>never offered</b>")
    assert "Đã nghe: <b>never" in "".join(page.lines).replace("&lt;", "<").replace("&gt;", ">")
    assert "Bạn đã chọn một nút." in page.lines[0]
    assert (await lan.presses("x" * 65)).status == 400


async def test_a_flood_is_slowed_and_loses_no_words(town: Town) -> None:
    """The thirty-first post within a minute waits; other browsers do not."""
    lan, minh = await town.visitor(), await town.visitor()
    answers = [await lan.tells(text=f"im lặng {n}", key=f"flood-{n:04}") for n in range(POSTS.amount + 1)]
    assert [status for status, _ in answers].count(429) == 1
    assert answers[-1][1]["error"] == "webchat_too_fast"
    page = await lan.says("đừng mất")
    assert page.status == 429
    assert page.typed == "đừng mất"
    async with lan.session.post(
        town.root / "chat" / "messages", data={"form_token": page.field("form_token"), "text": "a"}
    ) as r:
        assert 0 < int(r.headers["Retry-After"]) <= 60
    assert (await minh.tells(text="xin chào"))[0] == 200


async def test_storage_out_of_reach_is_said_and_loses_no_words(town: Town) -> None:
    lan = await town.visitor()
    town.is_storage_away = True
    page = await lan.says("đừng mất")
    assert page.status == 503
    assert page.typed == "đừng mất"
    assert (await lan.tells(text="đừng mất"))[1]["kept"] is False
    town.is_storage_away = False
    assert (await lan.says(page.typed)).status == 200
    assert len(town.kept) == 1


async def test_a_file_that_is_too_large_is_named_and_the_words_are_kept(town: Town) -> None:
    lan = await town.visitor()
    files = [("to.jpg", b"\xff" * (LARGEST_FILE + 1), "image/jpeg"), ("vừa.pdf", b"%PDF-1.4 x", "application/pdf")]
    page = await lan.says("có hai tệp", files=files)
    assert page.status == 200
    assert "to.jpg · quá lớn, không nhận được" in page.lines[0]
    assert "Đã nghe: có hai tệp · 2 tệp too_large" in page.lines[1]


async def test_more_than_ten_files_are_ten_and_a_word_about_it(town: Town) -> None:
    lan = await town.visitor()
    page = await lan.says("nhiều tệp", files=[(f"{n}.pdf", b"%%PDF-1.4 %d" % n, "application/pdf") for n in range(12)])
    assert "nhiều tệp · 10 tệp" in page.lines[1]
    assert "10 tệp" in page.notice


async def test_names_of_files_are_cleaned(town: Town) -> None:
    lan = await town.visitor()
    head = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    name = "../../etc/\u202epasswd\t\x85" + "a" * 500 + ".pdf"
    token = lan.page.field("form_token").encode()
    body = (
        head % (b"form_token", b"", token)
        + head % (b"files", b'; filename="%s"' % name.encode(), b"%PDF-1.4 x")
        + b"--b--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with lan.session.post(town.root / "chat" / "messages", data=body, headers=headers) as response:
        assert response.status == 200
    [file] = json.loads(town.kept[0].body)["files"]
    assert len(file["name"]) <= 200
    assert not {"/", "\u202e", "\t", "\x85"} & set(file["name"])


@pytest.mark.parametrize("after", ["", "-1", "x", "1e9", "9" * 30, "१", "1.5"])
async def test_a_place_in_the_stream_that_is_none_is_the_beginning(town: Town, after: str) -> None:
    lan = await town.visitor()
    await lan.says("xin chào")
    async with lan.follows(after, last_id=after) as stream:
        assert "xin chào" in (await stream.next()).line


async def test_a_file_is_for_its_own_browser(town: Town, photo: bytes) -> None:
    """The shown copy only: the original with its place and camera is handed to nobody, not even to its sender."""
    lan, minh = await town.visitor(), await town.visitor()
    page = await lan.says("ảnh đây", files=[("ảnh.jpg", photo, "image/jpeg")])
    await minh.says("xin chào")
    [path] = [a["src"] for tag, a in page.elements if tag == "img" and "/chat/files/" in a.get("src", "")]
    async with lan.session.get(town.root.with_path(path)) as response:
        assert response.status == 200
        assert response.content_type == "image/jpeg"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert b"secret place" not in await response.read()
    [file] = json.loads(town.kept[0].body)["files"]
    for browser, key in (
        (minh, file["shown_key"]),
        (lan, file["key"]),
        (lan, "0" * 64),
        (town.browser(), file["shown_key"]),
    ):
        async with browser.session.get(town.root / "chat" / "files" / key) as response:
            assert response.status == 404


async def test_strangers_in_a_flood_do_not_keep_residents_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of fresh cookies meets the city's limit; who has written before does not."""
    lan = await town.visitor()
    assert (await lan.tells(text="xin chào"))[0] == 200
    monkeypatch.setattr(webchat_limits, "NEW_ADDRESSES", RateLimitItemPerMinute(2))
    strangers = [await town.visitor() for _ in range(4)]
    answers = [(await stranger.tells(text="tràn ngập"))[0] for stranger in strangers]
    assert answers == [200, 200, 429, 429]
    assert (await lan.tells(text="vẫn viết được"))[0] == 200


async def test_too_many_uploads_at_once_wait_their_turn(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    lan = await town.visitor()
    monkeypatch.setattr(webchat_form, "_UPLOADS_AT_ONCE", 0)
    page = await lan.says("đừng mất", files=[("a.pdf", b"%PDF-1.4", "application/pdf")])
    assert page.status == 503
    assert page.typed == "đừng mất"
    assert (await lan.says("không có tệp")).status == 200


@pytest.mark.parametrize("limit", ["IDLE", "LONGEST"])
async def test_a_sender_who_falls_silent_is_given_up(town: Town, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(webchat_form, limit, 0.2)
    lan = await town.visitor()

    async def body() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nwait'
        await asyncio.sleep(600)

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with (
        asyncio.timeout(60),
        lan.session.post(town.root / "chat" / "messages", data=body(), headers=headers) as response,
    ):
        assert response.status == 400
    assert town.kept == []
