"""At every step, everything a resident can send is answered: no exception, no silence, nothing of the draft lost."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.domain.draft import Question
from bot.domain.incoming import FileTrouble, Incoming, IncomingKind
from bot.domain.people import Language
from bot.domain.ward import Point
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import Resident, stored

Walk = Callable[[Resident], Awaitable[object]]


async def _nowhere(resident: Resident) -> None:
    """Before the first word."""


async def _asked_for_matter(resident: Resident) -> None:
    await resident.sends_photo()


async def _asked_for_ward(resident: Resident) -> None:
    await resident.says("Rác chất đống đầu ngõ")


async def _asked_for_several(resident: Resident) -> None:
    await resident.says("Rác ở phường Yên Phụ")


async def _asked_to_confirm(resident: Resident) -> None:
    await resident.says("Rác ở phường Tây Hồ")


async def _asked_for_kind(resident: Resident) -> None:
    await _asked_to_confirm(resident)
    await resident.presses_data(f"k?:{(await resident.conversation()).draft.serial}")  # type: ignore[union-attr]  # it has one


async def _asked_for_another_ward(resident: Resident) -> None:
    await _asked_to_confirm(resident)
    await resident.presses_data(f"w?:{(await resident.conversation()).draft.serial}")  # type: ignore[union-attr]  # it has one


async def _filed(resident: Resident) -> None:
    await _asked_to_confirm(resident)
    await resident.presses("Gửi" if resident.language is not Language.EN else "Send")


async def _filed_and_new(resident: Resident) -> None:
    await _filed(resident)
    await resident.commands("new")


STEPS: dict[str, tuple[Walk, Question | None]] = {
    "nowhere": (_nowhere, None),
    "matter": (_asked_for_matter, Question.MATTER),
    "ward": (_asked_for_ward, Question.WARD),
    "several wards": (_asked_for_several, Question.WARD),
    "confirm": (_asked_to_confirm, Question.CONFIRM),
    "kind": (_asked_for_kind, Question.KIND),
    "another ward": (_asked_for_another_ward, Question.WARD),
    "filed": (_filed, None),
    "new": (_filed_and_new, None),
}

SENT: dict[str, dict[str, object]] = {
    "text": {"kind": IncomingKind.TEXT, "text": "thêm một câu"},
    "hostile text": {"kind": IncomingKind.TEXT, "text": "<b>{code}</b> %s {0} \ufffd\u202e\ufffd" + "x" * 500},
    "blank text": {"kind": IncomingKind.TEXT, "text": " \n "},
    "emoji": {"kind": IncomingKind.TEXT, "text": "👍"},
    "unknown command": {"kind": IncomingKind.COMMAND, "command": "frobnicate", "text": "/frobnicate"},
    "unknown choice": {"kind": IncomingKind.CHOICE, "choice": "s:AAAAAA", "choice_id": "c1"},
    "photo": {"kind": IncomingKind.PHOTO, "files": (stored(3),)},
    "photo with words": {"kind": IncomingKind.PHOTO, "files": (stored(3),), "text": "{đây}"},
    "photo that was lost": {"kind": IncomingKind.PHOTO, "files": (stored(3, trouble=FileTrouble.GONE),)},
    "photo without a file": {"kind": IncomingKind.PHOTO},
    "album": {"kind": IncomingKind.PHOTO, "files": (stored(4),), "group_id": "album"},
    "video": {"kind": IncomingKind.VIDEO, "files": (stored(5, trouble=FileTrouble.TOO_LARGE),)},
    "voice": {"kind": IncomingKind.VOICE, "files": (stored(6),)},
    "document": {"kind": IncomingKind.DOCUMENT, "files": (stored(7),)},
    "location": {"kind": IncomingKind.LOCATION, "point": Point(21.0386, 105.838)},
    "location nowhere": {"kind": IncomingKind.LOCATION, "point": Point(-89.0, 170.0, 1e12)},
    "contact": {"kind": IncomingKind.CONTACT},
    "sticker": {"kind": IncomingKind.STICKER},
    "unsupported": {"kind": IncomingKind.UNSUPPORTED},
    "edit of something else": {"kind": IncomingKind.TEXT, "text": "sửa", "is_edit": True},
    "forwarded": {"kind": IncomingKind.TEXT, "text": "chuyển tiếp", "is_forwarded": True},
}
SILENT: dict[str, dict[str, object]] = {
    "blocked": {"kind": IncomingKind.BLOCKED},
    "unblocked": {"kind": IncomingKind.UNBLOCKED},
    "ignored": {"kind": IncomingKind.IGNORED},
}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("step", STEPS)
async def test_everything_is_answered_at_every_step(meet_quickly: Meet, step: str, language: Language) -> None:
    """One row a step: each kind of message meets a resident of its own at that step."""
    walk, asked = STEPS[step]
    for name, values in SENT.items():
        lan = meet_quickly(f"{name} {step}", language)
        await walk(lan)
        before = await lan.conversation()
        assert before.asked is asked, name
        replies = await lan.gives(lan.incoming(**values))  # type: ignore[arg-type]  # each row names its kind
        assert replies, f"silence after {name} at {step}"
        assert all(reply.text.strip() for reply in replies)
        assert not any("{" in reply.text for reply in replies if "{" not in str(values.get("text"))), name
        if values.get("choice_id"):
            assert replies[0].answers_choice_id == "c1"
        after = await lan.conversation()
        if before.draft is not None:
            assert after.draft is not None, f"{name} lost the draft at {step}"
            assert set(before.draft.text.split()) <= set(after.draft.text.split()), name
            assert set(before.draft.files) <= set(after.draft.files), name


@pytest.mark.parametrize("step", STEPS)
async def test_what_asks_for_no_answer_gets_none_and_changes_nothing_else(meet_quickly: Meet, step: str) -> None:
    for name, values in SILENT.items():
        lan = meet_quickly(f"{name} {step}")
        await STEPS[step][0](lan)
        before = await lan.conversation()
        assert await lan.gives(lan.incoming(**values)) == []  # type: ignore[arg-type]  # each row names its kind
        after = await lan.conversation()
        assert after == replace(before, is_blocked=name == "blocked" and before.resident_id is not None)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("words", "command", "answer"),
    [
        ("trợ giúp", "help", "Hòm Thư nhận phản ánh"),
        ("Tôi đang ở đâu?", "where", ""),
        ("hồ sơ của tôi", "cases", "ồ sơ"),
        ("English", "en", "I write in English"),
        ("tiếng việt", "vi", "nói tiếng Việt"),
        ("ngôn ngữ", "language", "Which language"),
    ],
)
async def test_what_works_at_every_step_leaves_the_draft_alone(
    meet_quickly: Meet, step: str, words: str, command: str, answer: str
) -> None:
    for as_command in (False, True):
        lan = meet_quickly(f"Lan {as_command}")
        await STEPS[step][0](lan)
        before = await lan.conversation()
        assert await (lan.commands(command) if as_command else lan.says(words))
        after = await lan.conversation()
        assert answer in lan.hears[-1]
        assert (after.draft, after.case_code) == (before.draft, before.case_code)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("word", ["hủy", "HUY", "Cancel!", "/cancel"])
async def test_cancel_works_at_every_step(meet_quickly: Meet, step: str, word: str) -> None:
    lan = meet_quickly("Lan")
    await STEPS[step][0](lan)
    had_draft = (await lan.conversation()).draft is not None
    cases = await lan.cases()
    await (lan.commands("cancel") if word.startswith("/") else lan.says(word))
    assert ("Đã hủy" in lan.hears[-1]) == had_draft
    assert (await lan.conversation()).draft is None
    assert await lan.cases() == cases


async def test_where_am_i_tells_the_step(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("tôi đang ở đâu")
    assert "chưa có tin nào viết dở" in lan.hears[-1]
    await lan.says("Rác chất đống đầu ngõ", "tôi đang ở đâu")
    assert "viết dở một tin" in lan.hears[-1]
    assert "phường, xã nào" in lan.hears[-1]
    await lan.says("phường Tây Hồ")
    await lan.presses("Gửi")
    await lan.says("Where am I?")
    assert lan.code in lan.hears[-1]
    assert "đang xử lý" in lan.hears[-1]


async def test_the_language_can_change_in_the_middle(meet: Meet) -> None:
    """The open question is put again in the new language."""
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    await lan.commands("language")
    await lan.presses("English")
    assert "Goes to: Tay Ho Ward" in lan.hears[-1]
    await lan.presses("Send")
    assert "Case code: " in lan.hears[-1]
    await lan.says("hồ sơ của tôi")
    assert f"{lan.code}: Report about a public place, being handled" in lan.hears[-1]


async def test_who_comes_back_after_blocking_is_reached_again(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    await lan.gives(lan.incoming(IncomingKind.BLOCKED))
    assert (await lan.conversation()).is_blocked
    await lan.presses("Gửi")
    assert not (await lan.conversation()).is_blocked


async def test_a_greeting_is_welcomed_and_starts_no_draft(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Xin chào")
    assert "113, 114, 115" in lan.hears[-1]
    assert (await lan.conversation()).draft is None


async def test_an_apology_is_said_in_the_residents_language(meet: Meet) -> None:
    ann = meet("Ann", Language.EN)
    await ann.says("Rubbish in Tay Ho Ward")
    async with ann.storage.begin() as uow:
        await ann.dialogue.apologise(uow, ann.address, ann.now)
        await uow.commit()
    reply = (await ann.gives(Incoming.unsupported(ann.address, "Ann-x", ann.now)))[0]
    assert reply.text.startswith("Sorry")
