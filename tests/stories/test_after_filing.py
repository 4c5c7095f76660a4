"""What comes after filing, through the whole program: a matter of two neighbours, a closing not true, a receipt."""

import re
from pathlib import Path

import pytest
from yarl import URL

from tests.stories.cast import City, code_in, small_photo
from tests.stories.forms import forms

LANS = "Rác chất đống ở ngõ 12 đường Thụy Khuê, phường Phú Thượng"
HOAS = "ngo 12 thuy khue, phuong phu thuong: rac chat dong boc mui"


async def test_two_neighbours_report_one_heap_of_rubbish(city: City) -> None:
    """Lan writes on Telegram, Hoa on the web chat; both read what Minh does for one. What Hoa disputes is Tú's."""
    lan, hoa, minh, tu = city.telegram(), await city.webchat(), await city.staff("minh"), await city.staff("hoang")
    await lan.says(LANS)
    await lan.presses("Gửi")
    lans = code_in(await lan.hears("Mã hồ sơ"))

    await hoa.says(HOAS)
    shown = await hoa.hears("đã có người báo")
    assert lans not in shown
    await hoa.presses("Tôi cũng gặp")
    hoas = code_in(await hoa.hears("Mã hồ sơ"))
    assert hoas != lans
    assert await minh.sees_waiting() == [lans]

    await minh.answers(lans, "Tổ vệ sinh sẽ dọn sáng mai.")
    assert lans in await lan.hears("Tổ vệ sinh sẽ dọn")
    assert hoas in await hoa.hears("Tổ vệ sinh sẽ dọn")
    waits = (await minh.opens_case(hoas)).split('data-testid="clock-joined">')[1].split("</p>")[0]
    assert lans in waits, "its clocks tell whose answer it waits for"
    await minh.closes(lans, "done", "Đã dọn sạch ngõ 12.")
    await lan.hears("Đã dọn sạch")
    assert hoas in await hoa.hears("Đã dọn sạch")
    assert {case["status"] for case in await city.exports()} == {"closed"}

    await lan.presses("Đã xong")
    await lan.hears("mấy sao")
    await lan.presses("5⭐")
    await lan.hears("5 sao")
    await hoa.presses("Chưa xong")
    await hoa.hears("điều gì chưa đúng")
    await hoa.says("Cuối ngõ vẫn còn một đống")
    await hoa.hears("Người khác, không phải người đã khép hồ sơ")
    assert await tu.sees_waiting() == [hoas]
    assert "Cuối ngõ vẫn còn" in await tu.opens_case(hoas)
    assert 'data-testid="close-form"' in tu.html
    assert 'data-testid="close-form"' not in await minh.opens_case(hoas)


async def test_a_case_is_looked_up_from_another_channel(small_city: City) -> None:
    """Lan filed on Telegram; with her receipt she reads on the web chat how it stands."""
    lan, elsewhere = small_city.telegram(), await small_city.webchat()
    await lan.says(LANS)
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    await lan.presses("Biên nhận")
    secret = re.search(r"Mã bí mật: (\d{4} \d{4} \d{4})", await lan.hears("Biên nhận"))
    assert secret
    await elsewhere.says(code)
    await elsewhere.hears("12 số")
    await elsewhere.says("1111 1111 1111")
    await elsewhere.hears("không khớp")
    await elsewhere.says(secret[1])
    assert "đang chờ xử lý" in await elsewhere.hears(f"Hồ sơ {code}")


@pytest.mark.parametrize("channel", ["telegram", "webchat"])
async def test_a_neighbours_picture_is_shown_and_is_not_the_original(small_city: City, channel: str, tmp_path: Path) -> None:
    """Hoa sees Lan's photo as staff see it: without what the phone wrote into it, and without its name."""
    lan = small_city.telegram()
    photo = small_photo(tmp_path)
    await lan.sends_photo(photo, LANS)
    await lan.presses("Gửi")
    await lan.hears("Mã hồ sơ")
    if channel == "telegram":
        hoa = small_city.telegram()
        await hoa.says(HOAS)
        await hoa.hears("đã có người báo")
        [sent] = [call for call in small_city.api.calls if call.method == "sendPhoto"]
        shown = sent.parameters["photo"][1]
    else:
        nga = await small_city.webchat()
        await nga.says(HOAS)
        await nga.hears("đã có người báo")
        [path] = set(re.findall(r'src="(/chat/files/[0-9a-f]+)"', nga.browser.page.html))
        async with nga.browser.session.get(nga.browser.root.join(URL(path))) as response:
            shown = await response.read()
    assert shown[:3] == b"\xff\xd8\xff"
    assert b"21.0868" in photo
    assert b"21.0868" not in shown


async def test_an_anonymous_receipt_on_the_web_chat(small_city: City) -> None:
    """The secret stands in the page; four digits typed again, and the form is gone."""
    lan = await small_city.webchat()
    await lan.says(LANS)
    await lan.presses("ẩn danh")
    await lan.presses("Gửi")
    secret = re.search(r"Mã bí mật: (\d{4} \d{4} (\d{4}))", await lan.hears("Biên nhận"))
    assert secret
    wrong = "0000" if secret[2] != "0000" else "1111"
    for digits, answer in ((wrong, "chưa đúng"), ("", "chưa đúng"), (secret[2], "Đúng rồi")):
        keep = forms(lan.browser.page.html)["keep-form"]
        [choice] = re.findall(r'name="choice" value="(rc:[0-9A-Z-]+)"', lan.browser.page.html)
        page = await lan.browser.posts({**keep.fields, "digits": digits, "choice": choice})
        assert page.status == 200
        await lan.hears(answer)
    assert "keep-form" not in forms(lan.browser.page.html)
    assert secret[1] in lan.browser.page.html
    assert secret[2] not in [line for line in lan.browser.page.lines if line.startswith("Bạn")]
