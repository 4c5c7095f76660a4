"""In danger the numbers come first, at every step and in the person's language; and the message is kept all the same."""

import pytest

from bot.domain.case import Accused, Desk
from bot.domain.incoming import IncomingKind
from bot.domain.office import Office
from bot.domain.people import Language
from bot.domain.ward import WardCode
from bot.understanding import understand_text
from handlers.dialogue.report.safety import danger_of, language_of
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import stored

FIRE = "Cháy to ở ngõ 5 phường Tây Hồ, có người kẹt bên trong!"


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        (FIRE, "fire"),
        ("Fire! The building is burning", "fire"),
        ("Có nhóm cầm dao đuổi chém nhau ngay đầu ngõ", "crime"),
        ("A man with a knife is attacking people right now", "crime"),
        ("ong cu ngat xiu o cong vien goi cap cuu voi", "medical"),
        ("A man is unconscious and not breathing", "medical"),
        ("Nước lũ lên nhanh, nhà tôi bị cô lập", "disaster"),
        ("tuong sap co nguoi ben duoi", "disaster"),
        ("Hàng xóm đang đánh đập cháu bé rất dã man", "child"),
        ("A child next door is being beaten", "child"),
        ("tôi không muốn sống nữa", "suicide"),
        ("toi khong muon song nua", "suicide"),
        ("I feel like ending my life", "suicide"),
        ("có người định nhảy cầu Long Biên", "suicide"),
        ("Con tôi nói muốn tự tử", "suicide"),
        ("Xe đi từ từ mà vẫn bị phạt", None),
        ("Tôi cần tư vấn thủ tục", None),
        ("Rác chất đống ở phường Tây Hồ", None),
    ],
)
def test_the_kind_of_danger_is_heard(text: str, danger: str | None) -> None:
    assert danger_of(text, understand_text(text)) == danger


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (FIRE, "114"),
        ("Có nhóm cầm dao đuổi chém nhau ngay đầu ngõ", "113"),
        ("Có tai nạn, người bị thương nằm bất tỉnh", "115"),
        ("Nước lũ lên nhanh, nhà tôi bị cô lập", "112"),
        ("Hàng xóm đang đánh đập cháu bé rất dã man", "113"),
        ("tôi không muốn sống nữa", "115"),
    ],
)
async def test_the_number_that_helps_stands_first_and_all_four_are_there(meet_quickly: Meet, text: str, number: str) -> None:
    lan = meet_quickly("Lan")
    first = (await lan.says(text))[0].text
    line = first.split("\n")[0]
    assert number in line
    assert not any(other in line for other in {"112", "113", "114", "115"} - {number})
    assert all(one in first for one in ("112", "113", "114", "115"))
    assert ("111" in first) == ("cháu bé" in text)
    assert "máy, không phải đường dây khẩn cấp" in first
    assert "vẫn được ghi lại" in first
    assert len(first) <= 600


async def test_somebody_who_may_harm_themselves_is_spoken_to_gently(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    first = (await lan.says("tôi không muốn sống nữa"))[0].text
    assert first.startswith("Chúng tôi rất lo")
    assert "đừng ở một mình" in first
    assert "người thân" in first
    assert not any("máy trả lời tự động" in text for text in lan.hears), "said once, in the words that matter now"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Fire in the house next door, people are trapped!", Language.EN),
        ("Cháy nhà bên cạnh, có người kẹt!", Language.VI),
        ("chay nha roi co nguoi mac ket", None),
    ],
)
def test_the_words_tell_their_language(text: str, language: Language | None) -> None:
    assert language_of(text) is language


async def test_the_numbers_are_said_in_the_language_of_the_words_too(meet_quickly: Meet) -> None:
    """Ann writes English where her phone speaks Vietnamese, and Lan the other way round."""
    ann, lan = meet_quickly("Ann", Language.VI), meet_quickly("Lan", Language.EN)
    first = (await ann.says("Fire in the house next door, people are trapped!"))[0].text
    assert first.startswith("🚨 Fire")
    assert "gọi ngay 114" in first
    first = (await lan.says(FIRE))[0].text
    assert first.startswith("🚨 Có cháy")
    assert "call 114 now" in first
    once = (await meet_quickly("Mai", Language.VI).says(FIRE))[0].text
    assert once.count("114") == 1


@pytest.mark.parametrize("step", ["nowhere", "asked", "card", "filed"])
@pytest.mark.parametrize("how", ["text", "caption", "edit", "forwarded"])
async def test_at_every_step_they_come_first(meet_quickly: Meet, step: str, how: str) -> None:
    lan = meet_quickly("Lan")
    if step != "nowhere":
        await lan.says("Rác chất đống" if step == "asked" else "Rác chất đống ở phường Tây Hồ")
    if step == "filed":
        await lan.presses("Gửi")
    if how == "caption":
        heard = await lan.gives(lan.incoming(IncomingKind.PHOTO, text=FIRE, files=(stored(7),)))
    elif how == "edit":
        heard = await lan.edits("Lan-1", FIRE)
    else:
        heard = await lan.gives(lan.incoming(IncomingKind.TEXT, text=FIRE, is_forwarded=how == "forwarded"))
    assert "114" in heard[0].text
    draft = (await lan.conversation()).draft
    kept = draft.text if draft else "\n".join(one.text for one in await lan.thread((await lan.cases())[0]))
    assert FIRE in kept


async def test_an_emergency_is_filed_as_one(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says(FIRE)
    assert "Việc khẩn cấp (cháy, nổ)" in lan.hears[-1]
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.is_emergency


async def test_who_is_threatened_for_a_report_hears_of_protection(meet: Meet) -> None:
    lan = meet("Lan")
    first = (await lan.says("Sau khi tôi phản ánh, cán bộ phường Tây Hồ đến nhà dọa đánh tôi"))[0].text
    assert "quyền đề nghị được bảo vệ" in first
    assert "113" in first
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert (case.desk, case.is_sensitive) == (Desk.RESTRICTED, True)


async def test_words_about_an_official_never_join_a_case_that_the_whole_ward_reads(meet: Meet) -> None:
    """Lan reported rubbish; now she adds what the officer did to her for it."""
    lan = meet("Lan")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    await lan.presses("Gửi")
    await lan.says("Cán bộ phường quát mắng tôi vì việc này")
    assert f"không ghi vào hồ sơ {lan.code}" in lan.hears[-1]
    assert "phường Tây Hồ" in lan.hears[-1]
    assert "theo mã QR" not in lan.hears[-1]
    await lan.presses("Gửi")
    rubbish, rude = await lan.cases()
    assert (rubbish.desk, rude.desk, rude.ward_code) == (Desk.GENERAL, Desk.RESTRICTED, "00103")
    assert len(await lan.thread(rubbish)) == 1
    await lan.says("Bà ấy còn ném giấy tờ của tôi, cán bộ gì mà hách dịch")
    assert f"Đã thêm vào hồ sơ {rude.code}" in lan.hears[-1]


@pytest.mark.parametrize(
    ("text", "is_apart"),
    [
        ("Vẫn chưa ai dọn", False),
        ("Chậm quá, sao chưa ai trả lời tôi", False),
        ("đã quá hạn mà chưa thấy phường giải quyết", False),
        ("still nobody came", False),
        ("cảm ơn cán bộ đã xuống dọn", False),
        ("Hôm nay rác nhiều hơn, hôi lắm", False),
        ("Cán bộ một cửa bắt tôi đi lại 4 lần", True),
        ("ông ấy đòi tôi phong bì", True),
        ("The officer shouted at me", True),
        ("can bo phuong den nha doa toi", True),
    ],
)
async def test_asking_how_it_goes_is_no_report_about_an_official(meet_quickly: Meet, text: str, is_apart: bool) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    await lan.presses("Gửi")
    await lan.says(text)
    assert ((await lan.conversation()).draft is not None) == is_apart
    assert len(await lan.thread((await lan.cases())[0])) == (1 if is_apart else 2)


async def test_neither_does_an_edit(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    await lan.presses("Gửi")
    await lan.edits("Lan-1", "Rác chất đống ở phường Tây Hồ, cán bộ phường quát mắng tôi")
    await lan.edits("Lan-1", "Rác chất đống ở phường Tây Hồ, cán bộ phường quát mắng và đuổi tôi")
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert draft.text == "Rác chất đống ở phường Tây Hồ, cán bộ phường quát mắng và đuổi tôi"
    await lan.presses("Gửi")
    rubbish, rude = await lan.cases()
    assert (rubbish.desk, rude.desk) == (Desk.GENERAL, Desk.RESTRICTED)
    assert [one.text for one in await lan.thread(rubbish)] == ["Rác chất đống ở phường Tây Hồ"]


async def test_what_is_about_the_leader_leaves_the_wards_restricted_desk(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Cán bộ một cửa phường Tây Hồ quát mắng tôi")
    await lan.presses("Gửi")
    await lan.says("Hôm nay chính chủ tịch phường đòi tôi phong bì")
    assert "không ghi vào hồ sơ" in lan.hears[-1]
    await lan.presses("Gửi")
    assert [(case.desk, case.accused) for case in await lan.cases()] == [
        (Desk.RESTRICTED, Accused.OFFICIAL),
        (Desk.LEADERS, Accused.LEADER),
    ]


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("Cán bộ một cửa phường Tây Hồ quát mắng tôi. Ngoài ra rác chất đống, đổ bừa bãi ở ngõ 5.", True),
        ("The clerk of Tay Ho Ward shouted at me. Also, rubbish is dumped in alley 5.", True),
        ("Công an phường Tây Hồ nhận tiền để quán karaoke mở ồn đến 2h sáng", False),
        ("Cán bộ một cửa phường Tây Hồ quát mắng tôi. Tôi rất bức xúc. Mong được trả lời.", False),
    ],
)
async def test_two_matters_in_one_message_are_remarked_upon(meet_quickly: Meet, text: str, is_said: bool) -> None:
    lan = meet_quickly("Lan")
    await lan.says(text)
    assert ("hai việc" in lan.hears[-1]) == is_said


@pytest.mark.parametrize("is_known", [True, False])
async def test_who_wants_to_denounce_is_told_where(meet: Meet, is_known: bool) -> None:
    """Its phone and hours where the ward's staff entered them; never a number that nobody did."""
    lan = meet("Lan")
    if is_known:
        office = Office(ward_code=WardCode("00103"), phone="024 0000 0103", hours="8:00-17:00", address="1 Hoàng Hoa Thám")
        async with lan.storage.begin() as uow:
            await uow.ward_settings.put(office, lan.now)
            await uow.commit()
    await lan.says("Tôi tố cáo cán bộ phường Tây Hồ nhận hối lộ")
    assert "không thay cho đơn" in lan.hears[-1]
    await lan.presses("Gửi")
    assert "nơi tiếp công dân của Ủy ban nhân dân phường Tây Hồ" in lan.hears[-1]
    assert ("024 0000 0103" in lan.hears[-1]) == is_known
    assert "Mã hồ sơ" in lan.hears[-2]
    [case] = await lan.cases()
    assert case.desk is Desk.RESTRICTED
    await lan.presses_data(f"s:{case.draft_serial}")
    assert "tiếp công dân" not in lan.hears[-1], "a second tap repeats the code alone"


async def test_an_ordinary_report_is_told_no_such_thing(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    await lan.presses("Gửi")
    assert not any("tiếp công dân" in text for text in lan.hears)
