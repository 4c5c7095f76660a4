"""What was written when the session turned out to be over: it travels through the sign-in, and goes out at one press."""

import asyncio
import re
from contextlib import suppress
from html import unescape

import pytest

from bot.domain.people import Role
from bot.domain.thread import Author
from bot.services.passwords import hash_password
from tests.admin.desk import HOAN_KIEM, PASSWORD, Browser, StaffDesk
from tests.admin.test_hostile_input import PAYLOADS, is_harmless

LONG = "Kính gửi bà con,\n\ntổ điện sẽ đến “sáng mai” <9 giờ>.  Trân trọng"


def written(browser: Browser) -> list[str]:
    found = re.findall(r'<textarea[^>]*data-testid="typed">\n(.*?)</textarea>', browser.text, re.DOTALL)
    return [unescape(text) for text in found]


async def sends_again(browser: Browser) -> None:
    """As a browser without script does: what the form holds, with what the page shows in its boxes."""
    found = re.search(r'<form[^>]*data-testid="unsent-form".*?</form>', browser.text, re.DOTALL)
    assert found
    names = re.findall(r'<textarea name="([\w.]+)"', found[0])
    action, hidden = browser.form("unsent-form")
    answer = await browser.posts(action, hidden | dict(zip(names, written(browser), strict=True)))
    assert answer.status == 303, browser.text


async def test_an_answer_outlives_its_session_a_mistyped_password_and_goes_out_as_it_was(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    desk.clock.passes(hours=13)
    answer = await minh.submits("reply-form", text=LONG)
    assert answer.status == 403
    assert written(minh) == [LONG]
    wrong = await minh.submits("login-form", username="minh", password="wrong")
    assert (wrong.status, written(minh)) == (401, [LONG])
    right = await minh.proves("minh")
    assert (right.status, written(minh)) == (200, [LONG])
    assert await desk.hears(case) == [], "nothing goes out before it was read once more"
    await sends_again(minh)
    assert [LONG in text for text in await desk.hears(case)] == [True]


@pytest.mark.parametrize(
    ("form", "fields", "shown"),
    [
        ("note-form", {"text": "Đã gọi chị Hà"}, ["Đã gọi chị Hà"]),
        ("close-form", {"text": "Đã thay bóng.", "outcome": "done"}, ["Đã thay bóng."]),
        ("move-form", {"ward": "00070", "why": "other"}, []),
        ("assign-form", {"username": "lan"}, ["lan"]),
        ("tie-form", {"other": "7K3M-10X2"}, ["7K3M-10X2"]),
        ("take-form", {}, []),
    ],
)
async def test_every_form_of_a_case_comes_back_whole(
    sqlite_desk: StaffDesk, form: str, fields: dict[str, str], shown: list[str]
) -> None:
    """What was written can be read, what was chosen is carried: the second try sends what the first one did."""
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh", Role.WARD_LEADER)
    await minh.opens(f"/staff/cases/{case.code}")
    action, hidden = minh.form(form)
    sqlite_desk.clock.passes(hours=13)
    await minh.posts(action, hidden | fields)
    assert written(minh) == shown
    await minh.proves("minh")
    again, carried = minh.form("unsent-form")
    assert again == action
    assert written(minh) == shown
    assert carried | dict(zip([name for name in fields if name not in carried], shown, strict=True)) == (
        hidden | fields | {"form_token": carried["form_token"]}
    )
    assert carried["form_token"] != hidden["form_token"]


async def test_the_forms_of_the_settings_come_back_too(sqlite_desk: StaffDesk) -> None:
    oanh = await sqlite_desk.signed_in("oanh", Role.CITY_COORDINATOR, None)
    await oanh.opens("/staff/settings/holidays")
    testid = re.findall(r'data-testid="(\w+-form)"', oanh.text)[-1]
    action, hidden = oanh.form(testid)
    sqlite_desk.clock.passes(hours=13)
    await oanh.posts(action, hidden | {"day": "2026-12-24", "note": "Làm bù"})
    assert written(oanh) == ["Làm bù"]
    await oanh.proves("oanh")
    again, carried = oanh.form("unsent-form")
    assert (again, carried["day"], written(oanh)) == (action, "2026-12-24", ["Làm bù"])


async def test_a_page_older_than_the_session_can_be_sent_again_at_once(sqlite_desk: StaffDesk) -> None:
    """Signed in again in another tab: this one's token is old, its words are not."""
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    action, hidden = minh.form("note-form")
    await minh.submits("logout-form")
    await minh.signs_in("minh")
    assert (await minh.posts(action, hidden | {"text": LONG})).status == 403
    await sends_again(minh)
    async with sqlite_desk.database.reading() as uow:
        thread = await uow.cases.thread(case.id)
    assert [line.text for line in thread if line.author is Author.NOTE] == [LONG]


async def test_no_password_travels(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens("/staff/password")
    action, hidden = minh.form("password-form")
    sqlite_desk.clock.passes(hours=13)
    await minh.posts(action, hidden | {"current": PASSWORD, "new": "tám chữ thật dài nữa", "again": "tám chữ thật dài nữa"})
    assert "tám chữ" not in minh.text
    assert PASSWORD not in minh.text


async def test_a_browser_that_does_not_say_where_its_form_is_from_can_send_nothing_again(sqlite_desk: StaffDesk) -> None:
    """Another site may have written the words: they are shown and go no further."""
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    answer = await minh.posts(f"/staff/cases/{case.code}/reply", {"text": LONG}, headers={})
    assert (answer.status, written(minh)) == (403, [LONG])
    assert "unsent-form" not in minh.text
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    await minh.posts(f"/staff/cases/{case.code}/reply", {"text": LONG}, headers=elsewhere)
    assert LONG not in minh.text


async def test_a_sign_in_form_cannot_be_made_to_send_elsewhere(sqlite_desk: StaffDesk) -> None:
    await sqlite_desk.staff("minh")
    for bad in ("https://evil.example/", "//evil.example", "/staff/logout", "/staff/../chat", "/chat", "/staff/password"):
        minh = await sqlite_desk.browser()
        await minh.opens("/staff/login")
        assert (
            await minh.submits("login-form", username="minh", password=PASSWORD, unsent=bad, unsent_text="x")
        ).status == 303


async def test_words_that_want_to_be_code_come_back_as_words(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    text = "\n".join(PAYLOADS)
    await minh.opens(f"/staff/cases/{case.code}")
    sqlite_desk.clock.passes(hours=13)
    await minh.submits("note-form", text=text)
    is_harmless(minh.text)
    await minh.proves("minh")
    is_harmless(minh.text)
    assert written(minh) == [text]


async def test_a_form_of_too_many_fields_is_refused_and_breaks_nothing(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    sqlite_desk.clock.passes(hours=13)
    many = {f"case_{number}": "1" for number in range(97)}
    answer = await minh.posts("/staff/bulk", many | {"text": LONG})
    assert (answer.status, written(minh)) == (403, [LONG])


async def test_whoever_must_change_their_password_first_still_reads_their_words(sqlite_desk: StaffDesk) -> None:
    """An operator gave Minh a new password meanwhile: nothing can be sent with it, and nothing is lost to the eye."""
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    member = await sqlite_desk.member("minh")
    async with sqlite_desk.database.begin() as uow:
        await uow.staff.set_password(member.id, await hash_password("được cấp lại"), must_change=True)
        await uow.commit()
    sqlite_desk.clock.passes(hours=13)
    await minh.submits("reply-form", text=LONG)
    answer = await minh.submits("login-form", username="minh", password="được cấp lại")
    assert (answer.status, written(minh)) == (200, [LONG])
    assert "unsent-form" not in minh.text
    assert (await minh.opens("/staff/")).headers["Location"] == "/staff/password"


async def posts_the_beginning(minh: Browser, form: str, words: str) -> str:
    """A form of 900 MB, of which only the words and the beginning of a film are ever sent: all that comes back."""
    action, hidden = minh.form(form)
    parts = [*hidden.items(), ("text", words)]
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts)
    body += '--b\r\nContent-Disposition: form-data; name="files"; filename="phim.mp4"\r\n\r\n'
    reader, writer = await asyncio.open_connection(minh.client.host, minh.client.port)
    head = (
        f"POST {action} HTTP/1.1\r\nHost: {minh.client.host}:{minh.client.port}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Cookie: homthu_session={minh.session_cookie()}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        "Content-Length: 900000000\r\nConnection: close\r\n\r\n"
    )
    writer.write((head + body).encode())
    reading = asyncio.create_task(reader.readuntil(b"</html>"))
    for _ in range(200):  # the film goes on and on, until there is an answer
        if reading.done():
            break
        writer.write(bytes(16_000))
        await asyncio.sleep(0.02)
    answer = await asyncio.wait_for(reading, 10)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return answer.decode(errors="replace")


@pytest.mark.parametrize("form", ["reply-form", "attach-form"])
async def test_too_much_at_once_gives_the_words_back(sqlite_desk: StaffDesk, form: str) -> None:
    """A film hangs on the answer: it is refused before it was uploaded, and the words can be sent without it."""
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    minh.text = await posts_the_beginning(minh, form, LONG)
    assert minh.text.startswith("HTTP/1.1 413 ")
    assert minh.shows("desk_not_sent_large")
    assert written(minh) == [LONG]
    assert await sqlite_desk.hears(case) == []
    if form == "reply-form":
        await sends_again(minh)
        assert [LONG in text for text in await sqlite_desk.hears(case)] == [True]


async def test_words_without_end_are_refused_with_what_to_do(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("note-form", text="x" * 600_000)).status == 413
    assert minh.shows("desk_not_sent_large")
    assert f'href="/staff/cases/{case.code}"' in minh.text


async def test_who_is_signed_in_keeps_the_way_on_where_the_desk_says_no(sqlite_desk: StaffDesk) -> None:
    """Not there, or not theirs: said in the desk's own frame, with its places; a case of others is told of as none."""
    minh, own = await sqlite_desk.signed_in("minh"), await sqlite_desk.case()
    other = await sqlite_desk.case(ward=HOAN_KIEM)
    seen = []
    for path, status in ((f"/staff/cases/{other.code}", 404), ("/staff/cases/0000-0000", 404), ("/staff/audit", 403)):
        assert (await minh.opens(path)).status == status
        assert minh.shows(f"desk_refused_{status}_title")
        assert 'data-testid="places"' in minh.text
        assert other.code not in minh.text.replace(f"cases/{other.code}", "")
        seen.append(minh.text)
    assert len({re.sub(r'nonce="[^"]*"|\bvalue="[^"]*"', "", page) for page in seen[:2]}) == 1
    assert (await minh.opens(f"/staff/cases/{own.code}")).status == 200
