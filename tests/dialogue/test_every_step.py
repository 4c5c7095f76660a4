"""At every step, everything a resident can send is answered: no exception, no silence, nothing of the draft lost."""

from dataclasses import replace

import pytest

from bot.domain.draft import Awaited, Draft, Question
from bot.domain.incoming import Incoming, IncomingKind
from bot.domain.people import Language
from bot.services.city import City
from handlers.dialogue import choices
from handlers.dialogue.after.after_filing import ANSWERS
from handlers.dialogue.choices import Act
from handlers.dialogue.oneself.person import _ANSWERS as PERSONS_ANSWERS
from handlers.dialogue.spoken import Spoken, spoken
from tests.dialogue.conftest import Meet
from tests.dialogue.everything_sent import FOREIGN, MAY_BE_SILENT, SENT, SILENT, WORDS, Tried, everything, tries
from tests.dialogue.steps import STEPS, Scene


async def stand(meet: Meet, city: City, step: str, language: Language | None = None) -> Scene:
    """A scene in which Lan has walked to this step, and Hoa has a case."""
    scene = Scene(meet(f"Lan {step}", language), meet(f"Hoa {step}"), city)
    if not scene.hoa.sent:
        await scene.hoa.says("Loa kéo ầm ĩ ở phường Ba Đình", "gửi")
        await scene.hoa.commands("new")
    await STEPS[step].walk(scene)
    return scene


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("step", STEPS)
async def test_everything_is_answered_at_every_step(meet_quickly: Meet, city: City, step: str, language: Language) -> None:
    """A resident stands there; each message is tried alone, and "where am I" after it."""
    scene = await stand(meet_quickly, city, step, language)
    lan, wrong = scene.lan, []
    before = await lan.conversation()
    expected = STEPS[step]
    assert (before.asked, before.awaits and before.awaits.what) == (expected.asked, expected.awaits)
    for name, incoming in everything(lan, scene.hoa.code).items():
        try:
            tried = await tries(lan, incoming)
        except Exception as error:  # each message is tried, whatever another one did
            wrong.append(f"{name}: {error!r}")
            continue
        if step != "paused":
            wrong += [f"{name}: {why}" for why in _answer_troubles(name, incoming, tried)]
        wrong += [f"{name}: {why}" for why in _lost(name, before.draft, incoming, tried)]
    assert wrong == []


def _answer_troubles(name: str, incoming: Incoming, tried: Tried) -> list[str]:
    """Silence, nonsense, a button left spinning, or somebody who is not told where they are and how to go on."""
    heard = "\n".join(reply.text for reply in tried.replies)
    told = "\n".join(reply.text for reply in tried.where)
    if not heard.strip():
        return [] if name in MAY_BE_SILENT else ["silence"]
    wrong = []
    if any(not reply.text.strip() or len(reply.text) > 4000 for reply in tried.replies):
        wrong.append(f"an empty or endless reply: {heard[:200]}")
    if "{" in heard and "{" not in incoming.text:
        wrong.append(f"a gap in the words: {heard}")
    if incoming.choice_id and tried.replies[0].answers_choice_id != incoming.choice_id:
        wrong.append("the button was not acknowledged")
    return wrong + _place_troubles(tried, told)


def _place_troubles(tried: Tried, told: str) -> list[str]:
    """What "where am I" must say after it: the open draft with a way to drop it, or the case, or the beginning."""
    buttons = {choices.read(choice.data).act for reply in tried.where for row in reply.choices for choice in row}
    after = tried.after
    is_english = after.language is Language.EN
    if after.draft is not None:
        says = "not sent" if is_english else "chưa gửi đi"
        return [] if says in told and buttons & {Act.CANCEL, Act.BACK} else [f"where it is with a draft: {told}"]
    if after.case_code is not None:
        return [] if after.case_code in told and Act.NEW in buttons else [f"where it is with a case: {told}"]
    return [] if ("what it is" in told if is_english else "việc gì" in told) else [f"where it is at first: {told}"]


def _lost(name: str, draft: Draft | None, incoming: Incoming, tried: Tried) -> list[str]:
    """Words and files of the draft that are neither in it nor in its case, where nobody asked to give them up."""
    if draft is None or _gives_up(name, draft, incoming):
        return []
    if tried.after.draft is None:
        return [] if draft.text in tried.words and tried.case is not None else ["the draft is gone"]
    kept = tried.after.draft
    if incoming.is_edit and incoming.source_id == draft.parts[0].source_id:
        return [] if set(draft.files) <= set(kept.files) else ["an edit of words took the files"]
    is_whole = set(draft.text.split()) <= set(kept.text.split()) and set(draft.files) <= set(kept.files)
    return [] if is_whole else ["something of the draft is gone"]


def _gives_up(name: str, draft: Draft, incoming: Incoming) -> bool:
    if name.startswith(("the words on md:sure:", "the words on md:all:")):
        return True
    if incoming.kind is IncomingKind.CHOICE:
        return incoming.choice.startswith((f"{Act.CANCEL}:{draft.serial}", f"{Act.DATA}:sure:", f"{Act.DATA}:all:"))
    if incoming.is_forwarded:
        return False
    return incoming.command == Spoken.CANCEL or spoken(incoming.text) in (Spoken.CANCEL, Spoken.WITHDRAW)


async def test_the_steps_and_messages_cover_all_there_is(meet_quickly: Meet, city: City) -> None:
    """A new question, awaited answer, button, word or kind of message must find its place in the tables."""
    assert {step.asked for step in STEPS.values()} == {None, *Question}
    assert {step.awaits for step in STEPS.values()} == {None, *Awaited}
    assert set(ANSWERS) | set(PERSONS_ANSWERS) == set(Awaited), "nobody would hear the answer"
    assert {values["kind"] for values in (*SENT.values(), *SILENT.values())} | {
        IncomingKind.CHOICE,
        IncomingKind.COMMAND,
    } == set(IncomingKind)
    assert set(FOREIGN) == set(Act)
    assert set(WORDS) == set(Spoken)
    assert all(spoken(words) is meant for meant, words in WORDS.items())
    shown: set[Act] = set()
    for step in STEPS:
        scene = await stand(meet_quickly, city, step)
        shown |= {choices.read(choice.data).act for reply in scene.lan.replies for row in reply.choices for choice in row}
    assert shown == set(Act) - {Act.UNKNOWN}, "a button that no step shows"


async def test_what_asks_for_no_answer_gets_none_and_changes_nothing_else(meet_quickly: Meet, city: City) -> None:
    for step in STEPS:
        scene = await stand(meet_quickly, city, step)
        before = await scene.lan.conversation()
        for name, values in SILENT.items():
            tried = await tries(scene.lan, scene.lan.incoming(**values))  # type: ignore[arg-type]  # each names its kind
            assert tried.replies == []
            is_blocked = (before.is_blocked and name == "ignored") or (name == "blocked" and before.resident_id is not None)
            assert tried.after == replace(before, is_blocked=is_blocked), (step, name)


@pytest.mark.parametrize("word", ["hủy", "HUY", "Cancel!", "/cancel"])
async def test_cancel_works_at_every_step(meet_quickly: Meet, city: City, word: str) -> None:
    """A question outside of any draft is left first and the draft stays; said again, the draft goes too."""
    for step in STEPS:
        scene = await stand(meet_quickly, city, step)
        lan = scene.lan
        before, cases = await lan.conversation(), await lan.cases()
        if step == "paused":
            continue
        await (lan.commands("cancel") if word.startswith("/") else lan.says(word))
        after = await lan.conversation()
        assert after.awaits is None, step
        if before.awaits is not None:
            assert after.draft == before.draft, step
            await (lan.commands("cancel") if word.startswith("/") else lan.says(word))
        assert (await lan.conversation()).draft is None, step
        assert ("Đã hủy" in lan.hears[-1]) == (before.draft is not None), (step, lan.hears[-1])
        assert await lan.cases() == cases, step


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
    meet_quickly: Meet, city: City, words: str, command: str, answer: str
) -> None:
    for step in STEPS:
        scene = await stand(meet_quickly, city, step)
        before = await scene.lan.conversation()
        if step == "paused":
            continue
        asked = (
            scene.lan.incoming(IncomingKind.TEXT, text=words),
            scene.lan.incoming(IncomingKind.COMMAND, text=f"/{command}", command=command),
        )
        for incoming in asked:
            tried = await tries(scene.lan, incoming)
            assert any(answer in reply.text for reply in tried.replies), (step, incoming.text)
            assert (tried.after.draft, tried.after.case_code) == (before.draft, before.case_code), (step, incoming.text)


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
