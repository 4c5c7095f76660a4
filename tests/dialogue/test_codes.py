"""Looking up the codes of conduct in the chat, in both languages, with nothing of a draft ever harmed."""

from collections.abc import Iterator

import pytest

from bot.conduct import load_codes
from bot.domain.case import CaseKind, Desk
from bot.domain.draft import Question
from bot.domain.people import Language
from handlers.dialogue.choices import LONGEST, Act
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import Resident

DECISION = "Quyết định 1665/QĐ-UBND ngày 10/03/2017"
NOTICE = load_codes().notice_vi


def buttons(resident: Resident) -> dict[str, str]:
    """Label to data, over all replies to the last message."""
    return {choice.label: choice.data for reply in resident.heard_now for row in reply.choices for choice in row}


def heard(resident: Resident) -> str:
    return "\n\n".join(reply.text for reply in resident.heard_now)


async def test_a_command_with_words_is_answered_at_once(meet: Meet) -> None:
    """Text, article, code, decision, source and the file's notice, and no draft for it."""
    lan = meet("Lan")
    await lan.commands("code", "hút thuốc ở bến xe")
    [reply] = lan.heard_now
    item = load_codes().items["P3.dont.5"]
    for said in (item.vi, "Điều 3", "Quy tắc ứng xử nơi công cộng", DECISION, item.source, NOTICE):
        assert said in reply.text
    assert (await lan.conversation()).draft is None


async def test_the_same_in_english(meet: Meet) -> None:
    ann = meet("Ann", Language.EN)
    await ann.commands("code", "dog poo")
    item = load_codes().items["P3.dont.10"]
    for said in (item.en, "Article 3", "Decision 1665/QĐ-UBND of 10/03/2017", f"Source: {item.source}"):
        assert said in heard(ann)
    assert item.vi not in heard(ann)


@pytest.mark.parametrize(
    "text",
    [
        "quy tắc về loa kẹo kéo",
        "quy tac ve loa keo keo",
        "tra quy tắc loa kẹo kéo",
        "rules about loud music",
        "look up rules karaoke",
    ],
)
async def test_words_that_name_the_codes_are_a_look_up(meet_quickly: Meet, text: str) -> None:
    lan = meet_quickly("Lan")
    await lan.says(text)
    assert load_codes().items["P3.dont.2"].vi in heard(lan)
    assert (await lan.conversation()).draft is None


@pytest.mark.parametrize(
    "way", ["/code", "/quytac", "quy tắc ứng xử", "Tra quy tắc", "code of conduct", "Rules!", "mức phạt"]
)
async def test_every_way_in_shows_both_codes(meet_quickly: Meet, way: str) -> None:
    lan = meet_quickly("Lan")
    await (lan.commands(way[1:]) if way.startswith("/") else lan.says(way))
    assert {"codes:c:public", "codes:c:officials", "codes:f:"} == set(buttons(lan).values())
    assert "máy trả lời tự động" in heard(lan), "who writes for the first time is told that it is a machine"


async def test_help_has_a_button_to_the_codes(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.commands("help")
    await lan.presses("Hai quy tắc ứng xử")
    assert "codes:c:public" in buttons(lan).values()


@pytest.mark.parametrize("language", list(Language))
async def test_every_page_can_be_reached_and_none_is_a_dead_end(meet_quickly: Meet, language: Language) -> None:
    """All buttons are pressed once; between them they show every verified item, and no press opens a draft by itself."""
    lan = meet_quickly("Lan", language)
    await lan.commands("code")
    pages, waiting = {Act.CODES.value: heard(lan)}, list(buttons(lan).values())
    while waiting:
        data = waiting.pop()
        if data in pages:
            continue
        assert len(data.encode()) <= LONGEST
        await lan.presses_data(data)
        pages[data] = heard(lan)
        assert buttons(lan), f"nowhere to go from {data}"
        assert all(len(reply.text) <= 4096 for reply in lan.heard_now)
        waiting += [found for found in buttons(lan).values() if found not in pages and ":r:" not in found]
    shown = "\n".join(pages.values())
    codes = load_codes()
    on_a_topic = {item.id for article in codes.articles.values() for item in codes.related(article)}
    wanted = [item for item in codes.items.values() if item.article or item.id in on_a_topic]
    assert len(wanted) > 50
    assert [item.id for item in wanted if item.text(language) not in shown or item.source not in shown] == []
    assert (await lan.conversation()).draft is None


@pytest.mark.parametrize(
    ("text", "said"), [("điều 3", "Điều 3, "), ("điều 4", "Điều 4 (tính theo thứ tự)"), ("Article 6", "Điều 6")]
)
async def test_an_article_is_found_by_its_number(meet_quickly: Meet, text: str, said: str) -> None:
    lan = meet_quickly("Lan")
    await lan.says(text)
    assert said in heard(lan)
    assert (await lan.conversation()).draft is None


@pytest.mark.parametrize("text", ["điều 5", "điều 14", "article 77"])
async def test_an_article_without_verified_text_is_not_made_up(meet_quickly: Meet, text: str) -> None:
    lan = meet_quickly("Lan")
    await lan.says(text)
    assert "chưa có nội dung đã kiểm chứng" in heard(lan)
    assert "codes:c:public" in buttons(lan).values()


async def test_what_the_codes_do_not_speak_of_is_said_so(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.commands("code", "lãi suất ngân hàng")
    assert "máy chưa thấy điều này" in heard(lan)
    assert "codes:c:public" in buttons(lan).values()


async def test_a_fine_is_for_reference_and_not_the_codes(meet: Meet) -> None:
    """The amount has its decree, its source and how far it can be trusted."""
    lan = meet("Lan")
    await lan.commands("code", "chó thả rông phạt bao nhiêu")
    for said in ("chỉ để tham khảo", "500.000 đến 1.000.000 đồng", "Cảnh cáo hoặc", "Nghị định 282/2025/NĐ-CP, Điều 8"):
        assert said in heard(lan)
    assert "chưa đối chiếu" in heard(lan)
    assert "Bản thân quy tắc ứng xử không phạt tiền ai" in heard(lan)
    assert "người có thẩm quyền" in heard(lan)


async def test_an_amount_that_nobody_checked_is_not_named(meet: Meet) -> None:
    ann = meet("Ann", Language.EN)
    await ann.commands("code", "swearing")
    await ann.presses("Fines")
    assert "for reference only" in heard(ann)
    assert "The amount has not been verified" in heard(ann)
    assert "dong for individuals" not in heard(ann)
    await ann.commands("code", "fine for bribes")
    assert "no verified information on a fine" in heard(ann)


async def test_report_this_starts_a_draft_in_the_residents_own_words(meet: Meet) -> None:
    """From a page of the public code to a filed case: press, write, send."""
    lan = meet("Lan")
    await lan.commands("code", "loa kẹo kéo")
    await lan.presses("Báo việc này")
    assert "việc gì, ở đâu" in heard(lan)
    await lan.says("Quán nướng phường Tây Hồ mở loa kẹo kéo tới 1 giờ sáng")
    opened_by = lan.last_source_id
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.text == "Quán nướng phường Tây Hồ mở loa kẹo kéo tới 1 giờ sáng"
    assert case.source_id == opened_by
    assert case.kind is CaseKind.VIOLATION


async def test_a_report_from_the_officials_code_is_read_by_few(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.commands("code", "cán bộ vòi phong bì")
    await lan.presses("Báo việc này")
    await lan.says("Chị ở quầy 2 phường Tây Hồ")
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert draft.is_about_official
    await lan.says("Chị ấy đòi 500 nghìn mới trả giấy")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.desk in (Desk.RESTRICTED, Desk.LEADERS)


async def test_the_same_page_may_start_a_report_again_tomorrow(meet: Meet) -> None:
    """A button that was pressed, and whose report was sent, starts another one and not the same."""
    lan = meet("Lan")
    await lan.commands("code", "xả rác")
    report = buttons(lan)["📣 Báo việc này"]
    for words in ("Rác đầu ngõ phường Tây Hồ", "Lại có rác đầu ngõ phường Tây Hồ"):
        await lan.presses_data(report)
        await lan.says(words)
        await lan.presses("Gửi")
    assert [case.text for case in await lan.cases()] == ["Rác đầu ngõ phường Tây Hồ", "Lại có rác đầu ngõ phường Tây Hồ"]


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("quy tắc có cấm nuôi chó thả rông không?", "P3.dont.10"),
        ("Vứt rác ra lòng đường bị phạt bao nhiêu tiền?", "P3.dont.6"),
        ("mặc váy ngắn đi chùa có được không ạ", "P6.dont.4"),
        ("cho mình hỏi công chức có bắt buộc phải đeo thẻ ko, quy định ở đâu", "R-LTCD-8-1"),
        ("Quy tắc ứng xử ở chùa quy định những gì?", "P6.do.1"),
        ("is smoking at bus stops allowed?", "P3.dont.5"),
        ("What does the code say about pets?", "P3.dont.10"),
    ],
)
async def test_a_question_is_answered_and_can_still_go_to_the_ward(meet_quickly: Meet, text: str, item: str) -> None:
    """The answer comes first, in a message of its own; the question stays and is filed as a question."""
    lan = meet_quickly("Lan")
    await lan.says(text)
    answer, offer = lan.heard_now
    assert load_codes().items[item].vi in answer.text
    assert "gửi tiếp câu hỏi này" in offer.text
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert draft.text == text
    if (await lan.conversation()).asked is Question.WARD:
        await lan.says("phường Tây Hồ")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert (case.text, case.kind) == (text, CaseKind.QUESTION)


async def test_who_has_read_enough_cancels_the_question(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("quy tắc có cấm nuôi chó thả rông không?")
    await lan.presses("Hủy")
    assert (await lan.conversation()).draft is None
    assert await lan.cases() == []


@pytest.mark.parametrize(
    "text",
    [
        "có người hút thuốc ở bến xe",
        "hút thuốc ở bến xe mà không ai nhắc à?",
        "Có người hút thuốc ở bến xe, có bị phạt không?",
        "Quy tắc ứng xử ở đình làng bị rách",
        "quy tắc về chó thả rông chẳng ai theo, ngõ 12 Thụy Khuê ngày nào cũng có phân chó",
        "Quy tắc về hút thuốc nên bổ sung thuốc lá điện tử",
        "sao không ai xử lý chó thả rông?",
        "Someone is smoking at the bus stop, is that allowed?",
        "Cán bộ một cửa quát tôi, quy định thế à?",
        "Please add a rule about dogs",
        "Quy định về loa kéo ở phường Tây Hồ",
    ],
)
async def test_a_report_goes_on_being_a_report(meet_quickly: Meet, text: str) -> None:
    """Its words are the draft's, it is called no question, and no rule stands before its card."""
    lan = meet_quickly("Lan")
    await lan.says(text)
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert draft.text == text
    assert not draft.kind_chosen
    assert "Quy tắc ứng xử có nói" not in heard(lan)


async def test_life_at_risk_is_answered_with_numbers_alone(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("nhà đang cháy có người mắc kẹt, đốt lửa thế này có bị phạt không?")
    assert "114" in lan.heard_now[0].text
    assert "Quy tắc ứng xử có nói" not in heard(lan)


async def test_a_draft_outlives_every_look_up(meet: Meet) -> None:
    """Each answer is followed by the open question with its own buttons, and the draft is the same."""
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    before = (await lan.conversation()).draft
    looked_up = [lan.commands("code"), lan.commands("code", "hút thuốc"), lan.says("tra quy tắc karaoke")]
    pressed = [
        lan.presses_data(data) for data in ("codes", "codes:c:public", "codes:a:P3:1", "codes:f:P3.dont.5", "codes:f:")
    ]
    for doing in (*looked_up, *pressed):
        await doing
        page, question = lan.heard_now
        assert any(choice.data.startswith("codes") for row in page.choices for choice in row)
        assert "Bạn xem lại giúp nhé" in question.text
        assert (await lan.conversation()).draft == before
    await lan.presses_data("codes:r:P3.dont.5")
    assert "một tin chưa gửi" in heard(lan)
    assert (await lan.conversation()).draft == before
    await lan.presses("Gửi")
    assert len(await lan.cases()) == 1


async def test_words_of_a_matter_stay_in_the_draft(meet: Meet) -> None:
    """While something is being written, naming the codes is part of it."""
    lan = meet("Lan")
    await lan.sends_photo()
    await lan.says("quy tắc về loa kẹo kéo")
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert draft.text == "quy tắc về loa kẹo kéo"


async def test_a_question_after_filing_is_answered_and_joins_the_case(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    await lan.says("vứt rác ra đường có bị phạt không?")
    assert load_codes().items["P3.dont.6"].vi in lan.heard_now[0].text
    assert case.code in lan.heard_now[-1].text
    assert [message.text for message in await lan.thread(case)][-1] == "vứt rác ra đường có bị phạt không?"


def _forged() -> Iterator[str]:
    yield from ("codes:", "codes:c", "codes:c:", "codes:c:nobody", "codes:a:P5", "codes:a:P13.2:1", "codes:f:P13.2")
    yield from ("codes:r:", "codes:r:P99", "codes:zz:P3", "codes:::::", "codes:a:P3:x", "codes:a:P3:-1", "codes:a:P3:999")
    yield from (
        "codes:a:P3:99999999999999999999",
        "codes:a:P3:٣",
        "codes:c:public:50",
        "codes:a:{x}%s",
        "codes:a:\x00\ud800",
    )


@pytest.mark.parametrize("data", list(_forged()), ids=ascii)
async def test_a_forged_button_is_answered_and_changes_nothing(meet_quickly: Meet, data: str) -> None:
    lan = meet_quickly("Lan")
    await lan.presses_data(data)
    assert heard(lan)
    assert (await lan.conversation()).draft is None


@pytest.mark.parametrize("words", ["<b>{x}</b> %s {0}", "\x00", "x" * 20_000, "điều " + "9" * 300, "😀", "{code} hút thuốc"])
async def test_hostile_words_are_borne(meet_quickly: Meet, words: str) -> None:
    lan = meet_quickly("Lan")
    await lan.commands("code", words)
    assert heard(lan)
    assert words[:300] not in heard(lan)
