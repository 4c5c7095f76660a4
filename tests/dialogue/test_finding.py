"""A case is found by its code: at once in its own chat, elsewhere with its secret, and nothing is learned by guessing."""

from datetime import timedelta

import pytest

from bot.domain.draft import Awaited
from bot.receipts import KeyedReceipts
from handlers.dialogue.after.finding import bare_code
from handlers.dialogue.wrong_tries import MOST_WRONG
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import SECRET, Resident
from tests.dialogue.test_receipts import files, files_anonymously

RECEIPTS = KeyedReceipts(SECRET)


@pytest.mark.parametrize(
    "text",
    [
        "7K3M-9QX2",
        "7k3m-9qx2",
        " 7K3M–9QX2. ",
        "7K3M9QX2",
        "7K3M 9QX2",
        "mã hồ sơ: 7k3m9qx2",
        "Mã hồ sơ: 7K3M-9QX2",
        "Case code: 7K3M-9QX2",
        "tra cứu 7K3M-9QX2",
        "tra cuu ma 7k3m-9qx2",
        "find 7K3M-9QX2",
        "hồ sơ 7K3M-9QX2",
        "7K3M-9OX2",
        "AKBM-CQXD",
        "MA4K-JF0R",
        "mã MA4K-JF0R",
        "CASE-7K3M",
        "TIM07K3M",
    ],
)
def test_a_message_that_is_only_a_code_is_one(text: str) -> None:
    assert bare_code(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "hello ban",
        "xin chào",
        "29A12345",
        "29A 12345",
        "30F-123.45",
        "cay do hai",
        "12345678",
        "38251234",
        "0912345678",
        "2 xe tải",
        "Hồ sơ 7K3M-9QX2 bao giờ xong?",
        "Biển số 7K3M-9QX2 đỗ trên vỉa hè",
        "mat dien",
        "well-done",
        "hà nội ơi",
        "",
        "-",
        "7K3M-9QX2 7K3M-9QX2",
        "x" * 500,
    ],
)
def test_everything_else_stays_what_it_is(text: str) -> None:
    """A code inside a sentence, a plate, a telephone number, eight letters by chance."""
    assert bare_code(text) is None


async def test_ones_own_case_is_shown_for_its_code(meet: Meet) -> None:
    """In any spelling, also in small letters without the dash; the conversation stays where it was."""
    lan = meet("Lan")
    code = await files(lan)
    for spelled in (code, code.lower().replace("-", " "), f"Mã hồ sơ: {code}", code.replace("-", "").lower()):
        await lan.says(spelled)
        assert f"Hồ sơ {code}" in lan.hears[-1], spelled
        assert "đang chờ xử lý" in lan.hears[-1]
    assert [message.text for message in await lan.thread((await lan.cases())[0])] == ["Rác chất đống ở phường Tây Hồ"]
    await lan.commands("find", code)
    assert f"Hồ sơ {code}" in lan.hears[-1]


@pytest.mark.parametrize("is_anonymous", [True, False])
async def test_from_another_chat_the_secret_is_needed(meet: Meet, is_anonymous: bool) -> None:
    """Anonymous or not: the code alone shows nothing, with its secret it tells how the case stands."""
    lan, hoa = meet("Lan"), meet("Hoa")
    code = await (files_anonymously if is_anonymous else files)(lan)
    await hoa.says(code)
    assert "12 số" in hoa.hears[-1]
    assert "đang chờ" not in hoa.hears[-1]
    await hoa.says(RECEIPTS.secret(code).replace(" ", "-"))
    assert f"Hồ sơ {code}" in hoa.hears[-1]
    assert "Rác chất đống" not in hoa.hears[-1]
    assert (await hoa.conversation()).awaits is None
    assert (await hoa.conversation()).case_code is None, "looking is not owning"


async def test_no_answer_tells_whether_a_code_exists(meet: Meet) -> None:
    """A real code and one that nobody has are asked about and refused in the same words."""
    lan, hoa = meet("Lan"), meet("Hoa")
    code = await files(lan)
    heard = []
    for asked in (code, "ZZZZ-9999"):
        await hoa.says(asked)
        first = hoa.hears[-1].replace(asked, "CODE")
        await hoa.says("1234 5678 9012")
        heard.append((first, hoa.hears[-1].replace(asked, "CODE")))
        await hoa.says("hủy")
        assert "thôi không hỏi nữa" in hoa.hears[-1]
    assert heard[0] == heard[1]


async def test_wrong_secrets_are_counted_for_an_hour(meet: Meet) -> None:
    """After five even the right one waits; other people and other codes are not the way around it."""
    lan, hoa, minh = meet("Lan"), meet("Hoa"), meet("Minh")
    code = await files(lan)
    await hoa.commands("find", code)
    for _ in range(MOST_WRONG):
        await hoa.says("000000000000")
        assert "không khớp" in hoa.hears[-1]
    await hoa.says(code)
    await hoa.says(RECEIPTS.secret(code))
    assert "nhiều lần" in hoa.hears[-1]
    await minh.says(code)
    await minh.says(RECEIPTS.secret(code))
    assert f"Hồ sơ {code}" in minh.hears[-1]
    hoa.now += timedelta(hours=1, minutes=1)
    await hoa.says(code)
    await hoa.says(RECEIPTS.secret(code))
    assert f"Hồ sơ {code}" in hoa.hears[-1]


@pytest.mark.parametrize(
    "leaving", ["Rác đầy ngõ 5 Thụy Khuê, gọi 0912345678 nhé", "hồ sơ của tôi", "trợ giúp", "hủy", "/help", "photo"]
)
async def test_whatever_is_no_answer_leaves_the_question(meet_quickly: Meet, leaving: str) -> None:
    """A report with a phone number in it is a report; nothing is lost and nothing waits any more."""
    hoa = meet_quickly("Hoa")
    await hoa.says("7K3M-9QX2")
    assert (await hoa.conversation()).awaits is not None
    if leaving == "photo":
        await hoa.sends_photo("rác")
    elif leaving.startswith("/"):
        await hoa.commands(leaving[1:])
    else:
        await hoa.says(leaving)
    assert (await hoa.conversation()).awaits is None
    assert hoa.heard_now
    draft = (await hoa.conversation()).draft
    assert (draft is not None) == (leaving.startswith("Rác") or leaving == "photo")


async def test_find_without_a_code_asks_for_it(meet: Meet) -> None:
    lan = meet("Lan")
    code = await files(lan)
    await lan.says("tra cứu")
    assert "7K3M-9QX2" in lan.hears[-1]
    awaits = (await lan.conversation()).awaits
    assert awaits is not None
    assert awaits.what is Awaited.CODE
    await lan.says(code.lower())
    assert f"Hồ sơ {code}" in lan.hears[-1]
    await lan.commands("find", "không phải mã")
    assert "Đây chưa phải mã hồ sơ" in lan.hears[-1]


async def test_a_draft_survives_a_look_at_a_case(meet: Meet) -> None:
    lan = meet("Lan")
    code = await files(lan)
    await lan.commands("new")
    await lan.says("Loa kéo ồn ở phường Tây Hồ")
    before = (await lan.conversation()).draft
    await lan.says(code)
    assert (await lan.conversation()).draft == before
    assert "Gửi" in lan.labels


async def page(lan: Resident) -> list[str]:
    return [label.split(" ")[0] for label in lan.labels if "·" in label]


async def test_my_cases_come_page_by_page(meet: Meet) -> None:
    """Fourteen cases, six a page, newest first, none twice, none missing; each opens with its button."""
    lan = meet("Lan")
    codes = []
    for number in range(14):
        await lan.commands("new")
        codes.append(await files(lan, f"Rác đống số {number} ở phường Tây Hồ"))
    await lan.says("hồ sơ của tôi")
    seen = await page(lan)
    for _ in range(5):
        if "Cũ hơn" not in lan.labels:
            break
        await lan.presses("Cũ hơn")
        seen += await page(lan)
    assert seen == codes[::-1]
    await lan.presses(codes[3])
    assert f"Hồ sơ {codes[3]}" in lan.hears[-1]


async def test_words_go_where_the_resident_says(meet: Meet) -> None:
    """ "Add to this case" on an older one: the next words join it."""
    lan = meet("Lan")
    first = await files(lan)
    await lan.commands("new")
    await files(lan, "Loa kéo ồn ở phường Tây Hồ")
    await lan.says(first)
    await lan.presses("Viết thêm vào đây")
    assert first in lan.hears[-1]
    await lan.says("Hôm nay vẫn còn")
    older = next(case for case in await lan.cases() if case.code == first)
    assert "Hôm nay vẫn còn" in [message.text for message in await lan.thread(older)]
