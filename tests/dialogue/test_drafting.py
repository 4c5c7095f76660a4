"""The pure heart: what a message adds, what is still missing. No database, no clock."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.case import CaseKind
from bot.domain.draft import Draft, DraftPart, Question, WardSource
from bot.domain.incoming import Incoming, IncomingKind
from bot.domain.people import Address, Channel
from bot.domain.ward import Point, WardCode
from bot.services.city import City
from handlers.dialogue import choices
from handlers.dialogue.asking import SHOWN_TEXT, shorten
from handlers.dialogue.choices import Act, Pressed
from handlers.dialogue.report.drafting import (
    begin,
    choose_ward,
    next_question,
    offered_wards,
    reopen_ward,
    serial_of,
    understand,
)
from handlers.dialogue.spoken import Spoken, command, spoken
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import hanoi, stored

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
LAN = Address(Channel.ZALO, "ab12")
TAY_HO, BA_DINH, HONG_HA = WardCode("00103"), WardCode("00004"), WardCode("00097")
CITY = hanoi()


def message(text: str = "", *, source_id: str = "m1", **values: object) -> Incoming:
    given: dict[str, object] = {
        "address": LAN,
        "kind": IncomingKind.TEXT,
        "source_id": source_id,
        "sent_at": NOW,
        "text": text,
    }
    return Incoming(**(given | values))  # type: ignore[arg-type]  # a test names the fields it needs


def after(*messages: Incoming, preset: WardCode | None = None, city: City = CITY) -> Draft:
    draft = begin(messages[0], preset, NOW)
    for one in messages:
        draft = understand(one, draft, city)
    return draft


@pytest.mark.parametrize(
    ("draft", "question"),
    [
        (after(message("Rác ở phường Tây Hồ")), Question.CONFIRM),
        (after(message("Rác chất đống")), Question.WARD),
        (after(message("Rác ở phường Yên Phụ")), Question.WARD),
        (after(message("phường Tây Hồ")), Question.MATTER),
        (after(message(files=(stored(),), kind=IncomingKind.PHOTO)), Question.MATTER),
        (after(message(point=Point(21.0386, 105.838), kind=IncomingKind.LOCATION)), Question.MATTER),
        (after(message("Rác chất đống"), preset=TAY_HO), Question.CONFIRM),
        (after(message(kind=IncomingKind.PHOTO, files=(stored(),)), preset=TAY_HO), Question.MATTER),
        (choose_ward(after(message("Rác chất đống")), None), Question.CONFIRM),
        (reopen_ward(after(message("Rác ở phường Tây Hồ"))), Question.WARD),
    ],
)
def test_only_what_is_missing_is_asked(draft: Draft, question: Question) -> None:
    assert next_question(draft) is question


@pytest.mark.parametrize(
    ("messages", "codes", "source"),
    [
        (["Rác chất đống", "Tây Hồ"], (TAY_HO,), WardSource.CHOSEN),
        (["Rác chất đống", "ở phường Tây Hồ nhé, ngay cổng"], (TAY_HO,), WardSource.NAMED),
        (["Rác chất đống", "Yên Phụ", "phường Tây Hồ"], (TAY_HO,), WardSource.CHOSEN),
        (["Rác ở phường Tây Hồ", "Ba Đình"], (TAY_HO,), WardSource.NAMED),  # nobody asked
    ],
)
def test_a_ward_is_taken_from_the_answer_to_the_question(
    messages: list[str], codes: tuple[str, ...], source: WardSource
) -> None:
    draft = after(*(message(text, source_id=f"m{at}") for at, text in enumerate(messages)))
    assert (draft.ward_codes, draft.ward_source) == (codes, source)


NOTHING, SEVERAL = after(message("Rác chất đống")), after(message("Rác ở phường Yên Phụ"))
SIX = replace(SEVERAL, ward_codes=tuple(ward.code for ward in CITY.wards)[:6])


@pytest.mark.parametrize(
    ("draft", "last", "offered"),
    [
        (NOTHING, None, ()),
        (NOTHING, BA_DINH, (BA_DINH,)),
        (NOTHING, WardCode("99999"), ()),  # a ward that the city had once
        (SEVERAL, BA_DINH, SEVERAL.ward_codes),  # the words speak of others
        (SEVERAL, TAY_HO, (TAY_HO, HONG_HA)),
        (SEVERAL, HONG_HA, (HONG_HA, TAY_HO)),
        (SIX, SIX.ward_codes[5], (SIX.ward_codes[5], *SIX.ward_codes[:4])),  # first, and five in all
        (SIX, None, SIX.ward_codes[:5]),
        (after(message("Ngõ 12 Thụy Khuê tối")), TAY_HO, (TAY_HO,)),
        (after(message("Ngõ 12 Thụy Khuê tối")), BA_DINH, (TAY_HO,)),
        (reopen_ward(after(message("Rác ở phường Tây Hồ"))), BA_DINH, (BA_DINH, TAY_HO)),
        (reopen_ward(after(message("Rác chất đống"), preset=TAY_HO)), BA_DINH, (BA_DINH,)),
        (reopen_ward(after(message("Rác chất đống"), preset=TAY_HO)), TAY_HO, ()),
        (reopen_ward(choose_ward(SEVERAL, TAY_HO)), TAY_HO, SEVERAL.ward_codes),
    ],
)
def test_the_last_ward_is_offered_first_where_the_words_leave_it_open(
    draft: Draft, last: WardCode | None, offered: tuple[WardCode, ...]
) -> None:
    assert offered_wards(draft, CITY, last) == offered


def test_a_ward_set_aside_twice_is_the_newest_one() -> None:
    draft = reopen_ward(choose_ward(reopen_ward(after(message("Rác ở phường Tây Hồ"))), BA_DINH))
    assert (draft.ward_set_aside, reopen_ward(draft).ward_set_aside) == (BA_DINH, BA_DINH)


def test_an_answer_that_is_only_a_ward_is_no_part_of_the_matter() -> None:
    draft = after(message("Rác chất đống"), message("phường Tây Hồ", source_id="m2"))
    assert draft.text == "Rác chất đống"
    told = after(message("Rác chất đống"), message("phường Tây Hồ, gần chợ", source_id="m2"))
    assert told.text == "Rác chất đống\nphường Tây Hồ, gần chợ"


def test_a_ward_chosen_by_hand_outlasts_every_later_word_and_place() -> None:
    draft = choose_ward(after(message("Rác ở phường Tây Hồ")), BA_DINH)
    draft = understand(message("phường Tây Hồ bẩn lắm", source_id="m2"), draft, CITY)
    draft = understand(message(source_id="m3", kind=IncomingKind.LOCATION, point=Point(21.06, 105.82)), draft, CITY)
    assert draft.ward_code == BA_DINH


def test_a_kind_chosen_by_hand_outlasts_every_later_word() -> None:
    draft = replace(after(message("Rác ở phường Tây Hồ")), kind=CaseKind.QUESTION, kind_chosen=True)
    draft = understand(message("Cán bộ vòi tiền", source_id="m2"), draft, CITY)
    assert (draft.kind, draft.category) == (CaseKind.QUESTION, "")


def test_an_edit_replaces_its_part_and_what_followed_from_it() -> None:
    draft = after(message("Rác ở phường Tây Hồ"), message("nhiều lắm", source_id="m2"))
    edited = understand(message("Khen các cháu dọn vườn hoa phường Ba Đình", is_edit=True), draft, CITY)
    assert [part.source_id for part in edited.parts] == ["m1", "m2"]
    assert (edited.ward_code, edited.kind) == (BA_DINH, CaseKind.COMMENDATION)


def test_the_same_message_twice_is_one_part() -> None:
    once = after(message("Rác ở phường Tây Hồ"))
    assert understand(message("Rác ở phường Tây Hồ"), once, CITY) == once


def test_an_albums_parts_are_one_part_with_every_file_once() -> None:
    parts = [message(source_id=f"m{at}", kind=IncomingKind.PHOTO, group_id="g", files=(stored(at * 2),)) for at in (1, 2, 3)]
    draft = after(*parts, parts[1])
    assert draft.parts == (
        DraftPart(source_id="m1", text="", files=tuple(stored(at * 2) for at in (1, 2, 3)), group_id="g"),
    )


def test_what_arrives_out_of_order_is_read_in_the_order_it_was_sent() -> None:
    """A webhook brings the third message first. The draft is still known by the one that came first, so its buttons hold."""
    third, first, second, unknown = (
        message(text, source_id=f"m{number}", sequence=number)
        for text, number in (("ba", 30), ("Rác ở phường Tây Hồ", 10), ("hai", 20), ("cuối", 0))
    )
    draft = after(third, first, unknown, second)
    assert draft.text == "Rác ở phường Tây Hồ\nhai\nba\ncuối"
    assert draft.serial == serial_of(LAN, "m30")
    assert after(third, first, unknown, second, first) == draft


def photo_of_an_album(number: int, text: str = "", *, shows: int = 0, is_edit: bool = False) -> Incoming:
    file = stored((shows or number) * 2)
    return message(
        text,
        source_id=f"m{number}",
        kind=IncomingKind.PHOTO,
        group_id="g",
        files=(file,),
        sequence=number,
        is_edit=is_edit,
    )


@given(st.permutations(range(1, 6)))
def test_an_album_is_the_same_in_whatever_order_its_items_arrive(order: list[int]) -> None:
    texts = {2: "Rác ở phường Tây Hồ", 4: "từ hôm qua"}
    draft = after(*(photo_of_an_album(number, texts.get(number, "")) for number in order))
    assert draft.files == tuple(stored(number * 2) for number in range(1, 6))
    assert draft.parts[0].source_id == "m1"
    assert sorted(draft.text.split("\n")) == sorted(texts.values())


def test_an_edit_of_one_photo_leaves_the_album_whole() -> None:
    """Lan changes the first photo's caption, then swaps the third photo for another."""
    album = [photo_of_an_album(1, "Rác ở phường Tây Hồ"), photo_of_an_album(2), photo_of_an_album(3)]
    captioned = after(*album, photo_of_an_album(1, "Rác ở phường Ba Đình", is_edit=True))
    assert (captioned.text, captioned.files) == ("Rác ở phường Ba Đình", tuple(stored(at * 2) for at in (1, 2, 3)))
    swapped = after(*album, photo_of_an_album(3, shows=9, is_edit=True))
    assert (swapped.text, swapped.files) == ("Rác ở phường Tây Hồ", tuple(stored(at * 2) for at in (1, 2, 9)))


def test_the_same_message_always_starts_the_same_draft() -> None:
    """So that a double tap after filing finds its case; another address's message starts another."""
    assert serial_of(LAN, "m1") == serial_of(LAN, "m1")
    assert len({serial_of(LAN, f"m{at}") for at in range(500)} | {serial_of(Address(Channel.ZALO, "x"), "m1")}) == 501
    assert len(serial_of(LAN, "\ud800")) == 6


def test_a_draft_survives_its_row() -> None:
    draft = after(message("Rác ở phường Yên Phụ"), message(source_id="m2", point=Point(21.0, 105.8, 30.0)))
    assert Draft.from_dict(draft.to_dict()) == draft


def test_a_draft_of_before_goes_on() -> None:
    """A row written before messages were numbered: what follows comes after what it holds."""
    found = after(message("Rác ở phường Tây Hồ"), photo_of_an_album(7)).to_dict()
    for part in found["parts"]:
        del part["sequence"], part["file_sequences"]
    draft = understand(photo_of_an_album(5), Draft.from_dict(found), CITY)
    assert [part.source_id for part in draft.parts] == ["m1", "m7"]
    assert draft.files == (stored(14), stored(10))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60), st.booleans(), st.integers(1, 4)), min_size=1, max_size=6))
def test_no_message_loses_what_another_said(sent: list[tuple[str, bool, int]]) -> None:
    """Every word of a message that was neither edited nor a mere ward name is in the draft."""
    draft = begin(message(), None, NOW)
    for at, (text, is_edit, which) in enumerate(sent):
        draft = understand(message(text, source_id=f"m{which if is_edit else at + 10}", is_edit=is_edit), draft, CITY)
        assert next_question(draft) is not None
        found = CITY.places.route(text.strip())
        if not is_edit and not (found.is_only_place and found.decision != "none"):
            assert text.strip() in draft.text


@pytest.mark.parametrize(
    ("data", "pressed"),
    [
        ("s:ABC234", Pressed(Act.SEND, "ABC234")),
        ("w:ABC234:00091", Pressed(Act.WARD, "ABC234", "00091")),
        ("w?:ABC234", Pressed(Act.OTHER_WARD, "ABC234")),
        ("k:ABC234:question", Pressed(Act.KIND, "ABC234", "question")),
        ("new", Pressed(Act.NEW)),
        ("n:a:b:c", Pressed(Act.NEW_FROM, "", "a:b:c")),
        ("lang:en", Pressed(Act.LANGUAGE, "", "en")),
        ("", Pressed(Act.UNKNOWN)),
        ("Gửi", Pressed(Act.UNKNOWN)),
    ],
)
def test_button_data_is_read_back(data: str, pressed: Pressed) -> None:
    assert choices.read(data) == pressed


def test_button_data_fits_telegrams_64_bytes() -> None:
    for data in (choices.choose_ward("ABC234", TAY_HO), *(choices.choose_kind("ABC234", kind) for kind in CaseKind)):
        assert len(data.encode()) <= choices.LONGEST
    assert choices.read(choices.new_from("m" * 60)) == Pressed(Act.NEW_FROM, "", "m" * 60)
    assert choices.new_from("ệ" * 40) == "new"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Trợ giúp!", Spoken.HELP),
        ("help", Spoken.HELP),
        ("HỦY", Spoken.CANCEL),
        ("huỷ", Spoken.CANCEL),
        ("I don't know", Spoken.DONT_KNOW),
        ("đúng rồi", Spoken.SEND),
        ("cảm ơn nhé", Spoken.THANKS),
        ("bố", None),  # father, not "drop it"
        ("bỏ", Spoken.CANCEL),
        (unicodedata.normalize("NFD", "bỏ"), Spoken.CANCEL),
        ("dừng", None),  # stop is not yes
        ("hủy hợp đồng thu gom rác", None),
        ("help me with the rubbish in our lane", None),
        ("", None),
        ("👍", Spoken.THANKS),
    ],
)
def test_short_words_are_commands_only_alone(text: str, meant: Spoken | None) -> None:
    assert spoken(text) is meant


def test_only_our_commands_are_commands() -> None:
    assert command("HELP") is Spoken.HELP
    assert command("start") is Spoken.START
    assert command("greeting") is command("thanks") is command("") is command("rm -rf") is None


def test_long_words_are_shown_short() -> None:
    assert shorten("ngắn\n\n gọn") == "ngắn gọn"
    assert len(shorten("dài " * 1_000)) <= SHOWN_TEXT + 2
    assert len(shorten("x" * 10_000)) <= SHOWN_TEXT + 2


@pytest.mark.parametrize("first", ["Rác ở phường Tây Hồ", "Rác ngập ngõ|Tây Hồ"])
async def test_a_ward_is_set_right_in_words(meet_quickly: Meet, first: str) -> None:
    """Whether it was named or chosen; the correction is no part of the matter."""
    lan = meet_quickly("Lan")
    await lan.says(*first.split("|"))
    said = (await lan.conversation()).draft
    await lan.says("không phải phường Tây Hồ mà là phường Ba Đình")
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert said is not None
    assert (draft.ward_code, draft.text) == ("00004", said.text)
    await lan.says("đây không phải phường Ba Đình")
    assert (await lan.conversation()).asked is Question.WARD
