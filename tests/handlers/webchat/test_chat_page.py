"""The chat as a plain page: written to without script, told apart by cookie, kept once."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from bot.domain.people import Address, Channel
from tests.handlers.webchat.town import Town, open_town


async def lines_kept(town: Town) -> int:
    """Rows of the inbox, whatever became of them."""
    count = 0
    for address_id in {update.address_id for update in town.kept}:
        async with town.database.reading() as uow:
            lines = await uow.chat_lines.recent(Address(Channel.WEBCHAT, address_id))
            count += sum(not line.is_ours for line in lines)
    return count


async def test_a_resident_writes_and_reads_the_answer_on_the_next_page(town_on_each: Town) -> None:
    """Lan has no script: she sends the form, and the page she is led to shows her words and the answer already."""
    lan = await town_on_each.visitor()
    page = await lan.says("Đèn ngõ 12 hỏng")
    assert page.status == 200
    assert page.path == "/chat#end"
    assert "Đèn ngõ 12 hỏng" in page.lines[0]
    assert "Đã nghe: Đèn ngõ 12 hỏng · 0 tệp" in page.lines[1]
    assert [chip["value"] for chip in page.with_test_id("chip")] == ["s:1", "x:1"]


async def test_a_chip_is_a_form_and_shows_the_words_it_had(town: Town) -> None:
    lan = await town.visitor()
    await lan.says("Rác ở chợ")
    page = await lan.presses("s:1")
    assert "Bạn: Gửi" in page.lines[2]
    assert "Đã nghe: s:1" in page.lines[3]


async def test_two_browsers_do_not_see_each_other(town: Town) -> None:
    lan, minh = await town.visitor(), await town.visitor()
    await lan.says("chuyện của Lan")
    await minh.says("chuyện của Minh")
    lans, minhs = await lan.opens(), await minh.opens()
    assert "chuyện của Lan" in lans.html
    assert "chuyện của Minh" not in lans.html
    assert "chuyện của Minh" in minhs.html
    assert "chuyện của Lan" not in minhs.html
    assert len({update.address_id for update in town.kept}) == 2


async def test_looking_stores_nothing_and_the_address_is_the_cookies_digest(town: Town) -> None:
    """The page gives a cookie but remembers nobody; the database never holds what the cookie does."""
    lan = await town.visitor()
    await lan.opens()
    cookies = {cookie.key: cookie for cookie in lan.session.cookie_jar}
    token = cookies["homthu_chat"]
    assert await lines_kept(town) == 0
    assert token["httponly"]
    assert token["samesite"] == "Lax"
    assert int(token["max-age"]) > 300 * 24 * 3600
    await lan.says("xin chào")
    assert town.kept[0].address_id == hashlib.sha256(token.value.encode()).hexdigest()
    assert token.value not in town.kept[0].body + town.kept[0].external_id


async def test_the_same_post_twice_is_one_message(town_on_each: Town) -> None:
    """A double click, and a browser that tries again after a lost answer, send the same key: one row, one answer."""
    lan = await town_on_each.visitor()
    fields = {"form_token": lan.page.field("form_token"), "key": "the-same-key", "text": "một lần thôi"}
    await asyncio.gather(*(lan.posts(dict(fields)) for _ in range(4)))
    page = await lan.opens()
    assert len(town_on_each.kept) == 4, "the test sent it four times"
    assert await lines_kept(town_on_each) == 1
    assert len(page.lines) == 2


async def test_an_old_page_with_new_words_is_a_new_message(town: Town) -> None:
    """The browser's "back" shows a form with its old key: other words under it are not taken for a repetition."""
    lan = await town.visitor()
    old = {"form_token": lan.page.field("form_token"), "key": lan.page.field("key")}
    await lan.posts({**old, "text": "chuyện thứ nhất"})
    page = await lan.posts({**old, "text": "chuyện thứ hai"})
    assert "chuyện thứ nhất" in page.html
    assert "chuyện thứ hai" in page.html


async def test_a_notice_boards_ward_is_told_first_and_once(town: Town) -> None:
    """The QR code's ward comes before the first message, as `/start ward_…`, and not before the second."""
    lan = town.browser()
    page = await lan.opens("/chat?ward=00091")
    assert "Bạn đang viết cho phường Phú Thượng" in page.html
    assert page.field("ward") == "00091"
    assert (await lan.opens("/chat?lang=en")).field("ward") == "00091", "the language links drop the query"
    page = await lan.says("Đèn hỏng")
    assert [update.body.count("/start ward_00091") for update in town.kept] == [1, 0]
    assert "Đã nghe: start ward_00091" in page.lines[1]
    assert "Đã nghe: Đèn hỏng" in page.lines[2]
    assert not any("/start" in line for line in page.lines)
    assert page.field("ward") == ""
    await lan.says("Thêm nữa")
    assert sum("/start" in update.body for update in town.kept) == 1


@pytest.mark.parametrize("ward", ["99999", "1", "<script>", "%00", "00091x", "१२३४५"])
async def test_a_ward_that_is_none_is_passed_over(town: Town, ward: str) -> None:
    page = await town.browser().opens(f"/chat?ward={ward}")
    assert page.status == 200
    assert page.field("ward") == ""


async def test_a_browser_can_forget_the_chat(town: Town) -> None:
    lan = await town.visitor()
    await lan.says("bí mật")
    token = lan.page.field("form_token")
    async with lan.session.post(town.root / "chat" / "forget", data={"form_token": "wrong"}) as response:
        assert response.status == 403
    assert "bí mật" in (await lan.opens()).html
    async with lan.session.post(town.root / "chat" / "forget", data={"form_token": token}) as response:
        assert response.status == 200
    assert "bí mật" not in (await lan.opens()).html


async def test_a_turn_that_breaks_is_apologised_for(town: Town) -> None:
    lan = await town.visitor()
    page = await lan.says("vỡ rồi")
    assert "Xin lỗi" in page.lines[-1]


async def test_a_silent_dialogue_holds_nobody_up_for_long(town: Town) -> None:
    """Without an answer the page comes back after two seconds, says so, and offers to look again."""
    lan = await town.visitor()
    async with asyncio.timeout(20):
        page = await lan.says("im lặng")
    assert page.lines == ["Bạn: im lặng " + page.lines[0].rsplit(" ", 1)[1]]
    assert page.with_test_id("chat-waits")
    assert page.with_test_id("chat-refresh")


async def test_looking_again_takes_no_begun_words_away(town: Town) -> None:
    """Lan writes on while she waits: what she typed comes back, picked files are to be picked again, nothing is sent."""
    lan = await town.visitor()
    await lan.says("im lặng")
    [look] = lan.page.with_test_id("chat-refresh")
    assert look["formenctype"] == "application/x-www-form-urlencoded"
    assert "refresh" not in lan.page.html.split("</head>")[0], "a page that loads itself again takes them away"
    begun = {
        "form_token": lan.page.field("form_token"),
        "key": lan.page.field("key"),
        "text": "còn nữa <b>",
        "files": "a.jpg",
    }
    async with lan.session.post(town.root / look["formaction"].split("#")[0].lstrip("/"), data=begun) as response:
        assert response.status == 200
        html = await response.text()
    assert "còn nữa &lt;b&gt;</textarea>" in html
    assert "xin Bạn chọn lại" in html
    stale = begun | {"form_token": "x"}
    async with lan.session.post(town.root / look["formaction"].split("#")[0].lstrip("/"), data=stale) as response:
        assert response.status == 403
        assert "còn nữa &lt;b&gt;</textarea>" in await response.text()
    assert len((await lan.opens()).lines) == 1


async def test_english_is_complete(town: Town) -> None:
    page = await town.browser().opens("/chat?lang=en")
    assert "An automatic assistant." in page.html
    assert "Công an" not in page.html


async def test_https_cookies_are_bound_to_this_host(town: Town, tmp_path: Path) -> None:
    """Over https the cookie's name begins with `__Host-`, which no other host can plant."""
    async with open_town(town.database, town.bell, tmp_path, public_url="https://homthu.example") as secure:
        browser = secure.browser()
        async with browser.session.get(secure.root / "chat") as response:
            cookie = response.cookies["__Host-homthu_chat"]
    assert cookie["secure"]
    assert cookie["path"] == "/"
