"""The counter's page: write, choose, read back, file, hand over the receipt. Whatever goes wrong, the words stay."""

import re
from html import unescape

import pytest

from bot.bell import Bell
from bot.domain.case import CaseCode, Desk
from bot.domain.people import Language, Role
from bot.domain.privacy import CONSENT_VERSION
from bot.domain.thread import EventKind
from bot.receipts import KeyedReceipts
from bot.services.assist import categories_to_choose
from bot.wording import say
from storage import Database
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, Browser, StaffDesk, open_desk
from tests.files.pictures import phone_photo

COUNTER = "/staff/counter"
WORDS = "Rác chất đống trước cổng chợ ba hôm nay.\nMùi hôi lắm."
TOLD = {"text": WORDS, "way": "counter", "language": "vi", "ward": PHU_THUONG}
RECEIPTS = KeyedReceipts("k" * 43)


async def tells(officer: Browser, **fields: str) -> int:
    """The first page, filled in and sent."""
    await officer.opens(COUNTER)
    return await sends(officer, TOLD | {"step": "next"} | fields)


async def brings(officer: Browser, *photos: str) -> int:
    """The same, with photos."""
    await officer.opens(COUNTER)
    sizes = {name: (320 + 160 * at, 240) for at, name in enumerate(photos)}
    return await sends(
        officer, TOLD | {"step": "next"}, files={name: phone_photo(size=size) for name, size in sizes.items()}
    )


async def sends(officer: Browser, fields: dict[str, str], *, files: dict[str, bytes] | None = None) -> int:
    """The form, with these fields beside its hidden ones."""
    action, hidden = officer.form("counter-form")
    return (await officer.posts(action, hidden | fields, files=files)).status


async def goes_on(officer: Browser, **fields: str) -> int:
    """The form as it stands now, with every field as the page shows it."""
    return await sends(officer, shown(officer) | {"step": "next"} | fields)


async def files_it(officer: Browser, **fields: str) -> tuple[str, str]:
    """From the first page to the receipt: code and secret."""
    assert await tells(officer, **fields) == 200
    assert await goes_on(officer) == 200
    assert (await officer.submits("read-back-form", step="file")).status == 200
    return receipt_of(officer)


def receipt_of(officer: Browser) -> tuple[str, str]:
    code = re.search(r"(?:Mã hồ sơ|Case code): ([0-9A-Z-]+)", officer.text)
    secret = re.search(r"(?:Mã bí mật|Secret): (\d{4} \d{4} \d{4})", officer.text)
    assert code, officer.text
    return code[1], secret[1] if secret else ""


def shown(officer: Browser) -> dict[str, str]:
    """What the form's visible fields hold, as a browser would send them."""
    found = re.search(r'<form[^>]*data-testid="counter-form".*?</form>', officer.text, re.DOTALL)
    assert found
    page, fields = found[0], {}
    text = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert text
    fields["text"] = unescape(text[1])
    for kind in ("radio", "checkbox"):
        ticked = re.findall(rf'<input type="{kind}"[^>]*name="(\w+)" value="([^"]*)" checked', page)
        fields |= {name: unescape(value) for name, value in ticked}
    for name in ("name", "phone"):
        value = re.search(rf'id="{name}" name="{name}" value="([^"]*)"', page)
        assert value
        fields[name] = unescape(value[1])
    for name in ("ward", "other_topic"):
        chosen = re.search(rf'name="{name}".*?</select>', page, re.DOTALL)
        if chosen and (value := re.search(r'<option value="([^"]*)" selected', chosen[0])):
            fields[name] = value[1]
    return fields


def troubles(officer: Browser) -> set[str]:
    """The fields that the page says are wrong: each beside the field, and in the summary."""
    beside = set(re.findall(r'data-testid="trouble-(\w+)"', officer.text))
    summary = re.search(r'data-testid="trouble">(.*?)</div>', officer.text, re.DOTALL)
    assert (set(re.findall(r'href="#(\w+)"', summary[1])) if summary else set()) == beside
    for name in beside:
        assert f'id="{name}"' in officer.text
    return beside


async def test_from_the_first_word_to_the_paper(desk: StaffDesk) -> None:
    """Lan tells of rubbish, the officer confirms what it is, reads it back, files it, and hands over code and secret."""
    officer = await desk.signed_in("minh")
    await officer.opens("/staff/")
    assert 'href="/staff/counter"' in officer.text
    await officer.opens(COUNTER)
    assert shown(officer) == {"text": "", "name": "", "phone": "", "way": "counter", "language": "vi", "ward": PHU_THUONG}
    assert await tells(officer) == 200
    assert shown(officer)["topic"] == "vio_litter"
    assert await goes_on(officer) == 200
    read_back = unescape(officer.text)
    assert WORDS in read_back
    assert "Phường Phú Thượng" in read_back
    assert (await officer.submits("read-back-form", step="file")).status == 200
    code, secret = receipt_of(officer)
    assert RECEIPTS.is_secret(CaseCode(code), secret)
    case = await desk.now_is(CaseCode(code))
    assert (case.text, case.category, case.desk) == (WORDS, "vio_litter", Desk.GENERAL)
    await officer.opens(f"/staff/cases/{code}")
    assert officer.shows("desk_event_assisted")
    assert officer.shows("desk_channel_counter")
    assert secret not in officer.text


async def test_a_double_press_files_once_and_shows_the_same_paper(sqlite_desk: StaffDesk) -> None:
    """The second answer is the one that the browser shows: it must have the secret too. Later nobody gets it again."""
    officer = await sqlite_desk.signed_in("minh")
    await tells(officer)
    await goes_on(officer)
    page = officer.text
    papers = []
    for _ in range(3):
        officer.text = page
        assert (await officer.submits("read-back-form", step="file")).status == 200
        papers.append(receipt_of(officer))
    assert len(set(papers)) == 1
    sqlite_desk.clock.passes(minutes=11)
    officer.text = page
    assert (await officer.submits("read-back-form", step="file")).status == 200
    assert receipt_of(officer) == (papers[0][0], "")
    assert papers[0][1] not in officer.text
    assert officer.shows("counter_shown_before")
    await officer.opens("/staff/")
    assert officer.codes() == [papers[0][0]]


async def test_back_keeps_everything(sqlite_desk: StaffDesk) -> None:
    officer = await sqlite_desk.signed_in("minh")
    given = {
        "text": 'Ông "A" <b>đổ</b> rác & nước,\n  hai dòng',
        "way": "phone",
        "language": "en",
        "ward": HOAN_KIEM,
        "name": "Lan <Thị>",
        "phone": "+84 912 345 678",
        "agreed": "yes",
    }
    assert await tells(officer, **given) == 200
    assert await goes_on(officer, topic="other", other_topic="vio_pets") == 200
    assert 'data-testid="read-back"' in officer.text
    assert (await officer.submits("read-back-form", step="back")).status == 200
    found = shown(officer)
    assert {name: found[name] for name in given} == given
    assert "vio_pets" in (found["topic"], found.get("other_topic"))
    assert await goes_on(officer) == 200
    assert 'data-testid="read-back"' in officer.text
    assert "<b>đổ" not in officer.text


async def test_changed_words_are_heard_anew(sqlite_desk: StaffDesk) -> None:
    """What was proposed for other words is not filed with these, unless the officer says so again."""
    officer = await sqlite_desk.signed_in("minh")
    await tells(officer)
    assert await goes_on(officer, text="Cháy nhà số 5, khói mù mịt") == 200
    assert 'data-testid="danger"' in officer.text
    assert 'data-testid="read-back"' not in officer.text
    assert await goes_on(officer) == 200
    assert 'data-testid="read-back"' in officer.text
    assert 'data-testid="danger"' in officer.text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n\t"}, "text"),
        ({"text": "a" * 10_001}, "text"),
        ({"ward": ""}, "ward"),
        ({"ward": "99999"}, "ward"),
        ({"ward": "٠٠٠٩١"}, "ward"),
        ({"way": ""}, "way"),
        ({"way": "pigeon"}, "way"),
        ({"language": "fr"}, "language"),
        ({"topic": "oth_spam"}, "topic"),
        ({"topic": "<script>"}, "topic"),
        ({"topic": "other", "other_topic": "nothing"}, "topic"),
        ({"name": "a" * 101, "agreed": "yes"}, "name"),
        ({"name": "Lan\u202egnoh", "phone": "0912345678", "agreed": "yes"}, "name"),
        ({"phone": "12", "agreed": "yes"}, "phone"),
        ({"phone": "0" * 31, "agreed": "yes"}, "phone"),
        ({"phone": "tám chín", "agreed": "yes"}, "phone"),
        ({"phone": "0912 345 678"}, "agreed"),
        ({"name": "Lan"}, "agreed"),
        ({"phone": "0912345678", "agreed": "yes", "consent_version": "0"}, "agreed"),
        ({"phone": "0912345678", "agreed": "yes", "anonymous": "yes"}, "anonymous"),
    ],
)
@pytest.mark.parametrize("step", ["next", "file"])
async def test_what_is_wrong_is_said_beside_its_field(
    sqlite_desk: StaffDesk, fields: dict[str, str], wrong: str, step: str
) -> None:
    """In the page's language, on a page that still has the words; nothing is filed, not even by a forged last step."""
    officer = await sqlite_desk.signed_in("minh")
    await tells(officer)
    given = shown(officer) | {"step": step} | fields
    assert await sends(officer, given) == 400
    assert wrong in troubles(officer)
    if wrong != "text":
        assert troubles(officer) == {wrong}
        assert shown(officer)["text"] == WORDS
    assert 'aria-invalid="true"' in officer.text or wrong in ("way", "language", "topic")
    assert await queue_is_empty(sqlite_desk)


async def queue_is_empty(desk: StaffDesk) -> bool:
    async with desk.database.reading() as uow:
        return await uow.cases.export() == []


@pytest.mark.parametrize("fields", [{}, {"ticket": ""}, {"ticket": "x" * 500}, {"heard": "ffff"}, {"files_kept": "1.AAAA"}])
async def test_a_forged_step_is_only_the_form_again(sqlite_desk: StaffDesk, fields: dict[str, str]) -> None:
    """Nobody files what was not proposed and read back; a foreign file cannot be slipped in."""
    officer = await sqlite_desk.signed_in("minh")
    await officer.opens(COUNTER)
    assert await sends(officer, TOLD | {"topic": "vio_litter", "step": "file"} | fields) == 200
    assert 'data-testid="proposal"' in officer.text
    assert 'data-testid="files-kept"' not in officer.text
    assert await queue_is_empty(sqlite_desk)


async def test_the_words_name_another_ward(sqlite_desk: StaffDesk) -> None:
    """The officer is asked, and picks; nothing is chosen over their head."""
    officer = await sqlite_desk.signed_in("minh")
    await tells(officer, text="Rác đầy chợ ở phường Hoàn Kiếm")
    assert 'data-testid="other-ward"' in officer.text
    assert shown(officer)["ward"] == PHU_THUONG
    await goes_on(officer, ward=HOAN_KIEM)
    await officer.submits("read-back-form", step="file")
    code, _ = receipt_of(officer)
    assert (await sqlite_desk.now_is(CaseCode(code))).ward_code == HOAN_KIEM
    assert 'data-testid="not-readable"' in officer.text
    assert 'data-testid="open-case"' not in officer.text
    assert (await officer.opens(f"/staff/cases/{code}")).status == 404


async def test_photos_go_along_and_one_that_is_too_large_takes_nothing_with_it(desk: StaffDesk) -> None:
    """The words and the photo of before stay; what was taken out is not filed; the file is whole in the case."""
    officer = await desk.signed_in("minh")
    assert await brings(officer, "cho.jpg", "ngo.jpg") == 200
    fields = shown(officer)
    too_large = {"to.jpg": b"\0" * (20 * 1024 * 1024 + 1)}
    assert await sends(officer, fields | {"step": "next"}, files=too_large) == 400
    assert troubles(officer) == {"files"}
    assert shown(officer)["text"] == WORDS
    assert officer.text.count('name="drop_') == 2
    assert await sends(officer, shown(officer) | {"step": "next", "drop_1": "yes"}) == 200
    assert "1 ảnh" in officer.text
    assert (await officer.submits("read-back-form", step="file")).status == 200
    case = await desk.now_is(CaseCode(receipt_of(officer)[0]))
    async with desk.database.begin() as uow:
        [message] = await uow.cases.thread(case.id)
        [attachment] = message.attachments
        doomed = await uow.retention.doomed(now=desk.clock.now().replace(year=2027), most=100)
        needed = [key for key in doomed if await uow.retention.is_needed(key)]
    assert await desk.files.get(attachment.file.shown_key)
    assert attachment.file.name == "cho.jpg"
    assert {attachment.file.key, attachment.file.shown_key} == set(needed)  # the other photo's bytes go, these stay
    assert len(doomed) == 4


async def test_a_photo_of_an_identity_card_is_refused(sqlite_desk: StaffDesk) -> None:
    """Nobody here needs one (L-44): nothing of the form's files is stored, the words stay."""
    officer = await sqlite_desk.signed_in("minh")
    assert await brings(officer, "cho.jpg", "CCCD_mat_truoc.jpg") == 400
    assert troubles(officer) == {"files"}
    assert shown(officer)["text"] == WORDS
    assert 'data-testid="files-kept"' not in officer.text
    async with sqlite_desk.database.begin() as uow:
        assert await uow.retention.doomed(now=sqlite_desk.clock.now().replace(year=2027), most=100) == []


async def test_a_photo_of_yesterday_is_gone_and_the_words_are_not(sqlite_desk: StaffDesk) -> None:
    """A form left open over night: its files were removed from the store, so they are not pretended to be there."""
    officer = await sqlite_desk.signed_in("minh")
    await brings(officer, "cho.jpg")
    sealed, page = officer.form("counter-form")[1]["files_kept"], officer.text
    sqlite_desk.clock.passes(hours=25)
    await officer.signs_in("minh")
    await officer.opens(COUNTER)
    fresh = officer.form("counter-form")[1]
    officer.text = page
    status = (await officer.posts(COUNTER, shown(officer) | fresh | {"files_kept": sealed, "step": "next"})).status
    assert status == 200
    assert 'data-testid="files-kept"' not in officer.text
    assert shown(officer)["text"] == WORDS


async def test_one_officers_files_are_not_anothers(sqlite_desk: StaffDesk) -> None:
    officer, other = await sqlite_desk.signed_in("minh"), await sqlite_desk.signed_in("hoa")
    await brings(officer, "cho.jpg")
    sealed = officer.form("counter-form")[1]["files_kept"]
    assert sealed
    await other.opens(COUNTER)
    assert await sends(other, TOLD | {"step": "next", "files_kept": sealed}) == 200
    assert 'data-testid="files-kept"' not in other.text


async def test_a_report_about_an_official_leaves_the_officers_hands(sqlite_desk: StaffDesk) -> None:
    """The officer is told before and after; where the words name them, that a colleague had better take over."""
    await sqlite_desk.staff("an", full_name="Nguyễn Văn An")
    officer = await sqlite_desk.browser()
    await officer.signs_in("an")
    await tells(officer, text="Cán bộ phường đòi tiền mới đóng dấu.")
    assert 'data-testid="about-official"' in officer.text
    await goes_on(officer)
    assert 'data-testid="may-not-open"' in officer.text
    assert 'data-testid="readers"' in officer.text
    assert say(Language.VI, "card_readers_restricted", ward="phường Phú Thượng") in unescape(officer.text)
    await officer.submits("read-back-form", step="file")
    assert 'data-testid="not-readable"' in officer.text
    code, _ = receipt_of(officer)
    assert (await sqlite_desk.now_is(CaseCode(code))).desk is Desk.RESTRICTED
    await tells(officer, text="Ông Nguyễn Văn An ở phường đòi tiền mới đóng dấu.")
    await goes_on(officer)
    assert 'data-testid="names-me"' in officer.text


async def test_the_resident_may_say_that_it_is_about_a_leader(sqlite_desk: StaffDesk) -> None:
    officer = await sqlite_desk.signed_in("chief", Role.WARD_LEADER)
    await tells(officer, text="Cán bộ phường đòi tiền mới đóng dấu.")
    await goes_on(officer, leader="yes")
    assert officer.shows("card_readers_not_ward")
    await officer.submits("read-back-form", step="file")
    assert 'data-testid="not-readable"' in officer.text


async def test_a_formal_complaint_is_explained_on_the_page_and_on_the_paper(sqlite_desk: StaffDesk) -> None:
    """It must be signed or told in person (L-03, L-04); what was said is kept and restricted all the same (L-05)."""
    officer = await sqlite_desk.signed_in("minh")
    await tells(officer, text="Tôi muốn tố cáo cán bộ địa chính phường nhận hối lộ.")
    await goes_on(officer, topic="other", other_topic="off_formal_denunciation")
    assert officer.shows("card_formal")
    await officer.submits("read-back-form", step="file")
    assert officer.shows("card_formal")
    code, _ = receipt_of(officer)
    assert (await sqlite_desk.now_is(CaseCode(code))).desk is Desk.RESTRICTED


async def test_a_contact_is_asked_for_with_the_text_that_counts(sqlite_desk: StaffDesk) -> None:
    """Both languages stand on the form, nothing is ticked beforehand; the number is on no page of the case."""
    officer = await sqlite_desk.signed_in("minh")
    await officer.opens(COUNTER)
    for language in Language:
        assert say(language, f"person_consent_contact_{CONSENT_VERSION}") in unescape(officer.text)
    assert "agreed" not in shown(officer)
    code, _ = await files_it(officer, name="Lan", phone="0912 345 678", agreed="yes")
    case = await sqlite_desk.now_is(CaseCode(code))
    async with sqlite_desk.database.reading() as uow:
        [consent] = await uow.identities.consents(case.resident_id)
    assert consent.text_version == CONSENT_VERSION
    await officer.opens(f"/staff/cases/{code}")
    assert "0912" not in officer.text


async def test_the_paper_is_in_the_residents_language(sqlite_desk: StaffDesk) -> None:
    """The officer's page stays Vietnamese around it."""
    officer = await sqlite_desk.signed_in("minh")
    code, _ = await files_it(officer, language="en", anonymous="yes")
    assert f"Case code: {code}" in officer.text
    assert say(Language.EN, "counter_receipt_anonymous") in unescape(officer.text)
    assert officer.shows("counter_done")
    assert (await sqlite_desk.now_is(CaseCode(code))).is_anonymous
    assert 'data-testid="qr"' not in officer.text  # nobody set where the city's pages are


async def test_the_qr_leads_to_the_public_page(sqlite_database: Database, bell: Bell) -> None:
    async with open_desk(sqlite_database, bell, public_url="http://gop-y.example") as desk:
        officer = await desk.signed_in("minh")
        code, secret = await files_it(officer)
        assert 'data-testid="qr"' in officer.text
        assert "http://gop-y.example/chat" in officer.text
        drawn = re.search(r'data-testid="qr">(.*?)</svg>', officer.text, re.DOTALL)
        assert drawn
        assert "style=" not in drawn[1]
        assert secret.replace(" ", "") not in officer.text
        assert code in drawn[1]


async def test_an_expired_session_gives_the_words_back(sqlite_desk: StaffDesk) -> None:
    officer = await sqlite_desk.signed_in("minh")
    await officer.opens(COUNTER)
    action, hidden = officer.form("counter-form")
    assert (await officer.posts(action, TOLD | hidden | {"form_token": "0" * 64})).status == 403
    assert "Rác chất đống" in officer.text


async def test_the_queue_can_be_asked_for_the_counters_cases(sqlite_desk: StaffDesk) -> None:
    """A case of the counter is like any other, in the queue and in the export."""
    officer = await sqlite_desk.signed_in("minh")
    code, _ = await files_it(officer)
    await officer.opens("/staff/?channel=counter")
    assert officer.codes() == [code]
    async with sqlite_desk.database.reading() as uow:
        [case] = await uow.cases.export()
        timeline = await uow.cases.timeline(case.id)
    assert [event.kind for event in timeline] == [EventKind.FILED, EventKind.ASSISTED]


async def test_every_topic_stands_in_the_list(sqlite_desk: StaffDesk) -> None:
    officer = await sqlite_desk.signed_in("minh")
    await tells(officer)
    listed = re.search(r'name="other_topic".*?</select>', officer.text, re.DOTALL)
    assert listed
    assert set(re.findall(r'<option value="(\w+)"', listed[0])) == set(categories_to_choose())
