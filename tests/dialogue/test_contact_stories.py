"""Consent and contact: a tap of its own, nothing before it, sealed after it, gone when it is taken back."""

import pytest

from bot.domain.case import Case
from bot.domain.draft import Awaited
from bot.domain.incoming import IncomingKind
from bot.domain.people import Language
from bot.domain.privacy import CONSENT_VERSION, Consent, Identity, Purpose
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import Resident
from tests.services.test_masking import READ_BY_STAFF, grep

PHONE = "0912 345 678"


async def files(resident: Resident, words: str = "Rác ở phường Tây Hồ") -> Case:
    await resident.says(words)
    await resident.presses("Gửi" if resident.language is not Language.EN else "Send")
    return (await resident.cases())[-1]


async def kept(resident: Resident) -> tuple[Identity | None, list[Consent]]:
    conversation = await resident.conversation()
    if conversation.resident_id is None:
        return None, []
    async with resident.storage.reading() as uow:
        return (
            await uow.identities.get(conversation.resident_id),
            await uow.identities.consents(conversation.resident_id),
        )


async def shares_contact(resident: Resident, text: str = f"Lan Nguyễn, {PHONE}") -> None:
    await resident.gives(resident.incoming(IncomingKind.CONTACT, text=text))


async def test_a_contact_is_sealed_after_a_tap_of_its_own(meet: Meet) -> None:
    """The button, the text, the tap, the number: only then is anything kept, with the proof of what was agreed to."""
    lan = meet("Lan")
    case = await files(lan)
    await lan.presses("Để lại số liên hệ")
    assert "tự nguyện" in lan.hears[-1]
    assert await kept(lan) == (None, [])
    await lan.presses("Tôi đồng ý")
    identity, [consent] = await kept(lan)
    assert identity is None
    await lan.says(f"Lan, {PHONE}")
    assert "678" in lan.hears[-1]
    assert PHONE not in lan.hears[-1]
    identity, [consent] = await kept(lan)
    assert identity is not None
    assert lan.dialogue.city.sealer.open(identity.sealed) == f"Lan, {PHONE}"
    assert (consent.purpose, consent.text_version, consent.language) == (Purpose.CONTACT, CONSENT_VERSION, Language.VI)
    assert (consent.channel, consent.is_in_force) == (lan.channel, True)
    assert len(await lan.thread(case)) == 1
    assert (await lan.conversation()).awaits is None
    await lan.says("sáng nay nhiều hơn")
    assert "Đã thêm" in lan.hears[-1]


async def test_silence_words_and_no_are_no_consent(meet: Meet) -> None:
    lan = meet("Lan")
    case = await files(lan)
    await lan.commands("contact")
    await lan.says(f"số của tôi {PHONE}")
    assert await kept(lan) == (None, [])
    assert len(await lan.thread(case)) == 2  # it is a message like any other, with its number hidden
    await lan.commands("contact")
    await lan.presses("Không")
    assert "không lưu" in lan.hears[-1]
    await lan.commands("contact")
    await lan.says("không")
    assert await kept(lan) == (None, [])
    assert await grep(lan.storage, PHONE) == []  # type: ignore[arg-type]  # the driver's storage is the database


@pytest.mark.parametrize("yes", ["Tôi đồng ý", "đồng ý", "I agree"])
async def test_the_tap_can_be_said_in_words(meet_quickly: Meet, yes: str) -> None:
    lan = meet_quickly("Lan")
    await files(lan)
    await lan.says("để lại số liên hệ", yes, PHONE)
    identity, consents = await kept(lan)
    assert identity is not None
    assert len(consents) == 1


async def test_a_shared_contact_before_the_consent_is_not_kept(meet: Meet) -> None:
    """Not in the draft it begins, not in the case: it is asked for the proper way, or not needed at all."""
    lan = meet("Lan")
    await shares_contact(lan)
    conversation = await lan.conversation()
    assert conversation.draft is not None
    assert conversation.draft.text == ""
    await files(lan)
    await shares_contact(lan)
    assert "chưa được lưu" in lan.hears[-1]
    await lan.presses("Tôi đồng ý")
    await shares_contact(lan)
    identity, _ = await kept(lan)
    assert identity is not None
    assert len(await lan.thread((await lan.cases())[-1])) == 1
    assert await grep(lan.storage, PHONE, "Lan Nguyễn", among=READ_BY_STAFF) == []  # type: ignore[arg-type]  # as above


async def test_a_matter_is_never_swallowed_as_a_contact(meet_quickly: Meet) -> None:
    """After the consent somebody goes on about the matter, or cries for help: it reaches the case."""
    lan = meet_quickly("Lan")
    case = await files(lan)
    await lan.commands("contact")
    await lan.presses("Tôi đồng ý")
    await lan.says("Rác vẫn còn ở đầu ngõ")
    assert "Đã thêm" in lan.hears[-1]
    await lan.presses_data(f"ct:yes:{CONSENT_VERSION}:{case.code}")
    await lan.says(f"cháy nhà rồi cứu với, gọi {PHONE}")
    assert "114" in "".join(reply.text for reply in lan.heard_now)
    assert [message.text for message in await lan.thread(case)][1:] == [
        "Rác vẫn còn ở đầu ngõ",
        "cháy nhà rồi cứu với, gọi •••• ••• •••",
    ]
    assert (await kept(lan))[0] is None


async def test_withdrawing_erases_at_once_and_the_proof_stays(meet: Meet) -> None:
    lan = meet("Lan")
    await files(lan)
    await lan.says("để lại số liên hệ", "tôi đồng ý", PHONE)
    await lan.commands("mydata")
    assert "đã niêm phong" in lan.hears[-1]
    await lan.presses("Xóa số liên hệ")
    identity, [consent] = await kept(lan)
    assert identity is None
    assert consent.withdrawn_at is not None
    await lan.presses("Xóa số liên hệ")
    assert "không giữ số liên hệ" in lan.hears[-1]
    await lan.commands("mydata")
    assert "đã rút ngày" in lan.hears[-1]


async def test_an_anonymous_matter_gets_no_identity(meet: Meet) -> None:
    """Not offered, not by command, not by an old button."""
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ", "ẩn danh")
    await shares_contact(lan)
    await lan.presses("Gửi")
    assert not any("liên hệ" in label for label in lan.labels)
    await lan.commands("contact")
    assert "ẩn danh" in lan.hears[-1]
    await lan.presses_data(f"ct:yes:{CONSENT_VERSION}:")
    await shares_contact(lan)
    assert await kept(lan) == (None, [])
    assert (await lan.cases())[-1].is_anonymous


async def test_a_button_of_an_older_text_shows_the_new_one(meet_quickly: Meet) -> None:
    """What was agreed to must be what was read."""
    lan = meet_quickly("Lan")
    await files(lan)
    for forged in ("ct:yes:0:", "ct:yes:", "ct:yes"):
        await lan.presses_data(forged)
        assert "Bạn có đồng ý không?" in lan.hears[-1]
    await lan.presses_data("ct:whatever")
    assert await kept(lan) == (None, [])


async def test_the_question_is_left_by_cancel_and_by_anything_else(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await files(lan)
    await lan.says("để lại số liên hệ", "tôi đồng ý", "hủy")
    assert "chưa có gì thay đổi" in lan.hears[-1]
    await lan.presses_data(f"ct:yes:{CONSENT_VERSION}:")
    assert (await lan.conversation()).awaits is not None
    await lan.sends_photo()
    assert (await lan.conversation()).awaits is None
    await lan.presses_data(f"ct:yes:{CONSENT_VERSION}:")
    await lan.commands("cases")
    awaits = (await lan.conversation()).awaits
    assert awaits is None or awaits.what is not Awaited.CONTACT


async def test_in_english(meet_quickly: Meet) -> None:
    ann = meet_quickly("Ann", Language.EN)
    await files(ann, "Rubbish in Tay Ho ward")
    await ann.presses("Leave a contact")
    await ann.presses("I agree")
    await ann.says("ann@example.com")
    assert "sealed" in ann.hears[-1]
    _, [consent] = await kept(ann)
    assert consent.language is Language.EN
