"""A conversation is found again as it was left, and an address has one resident for ever."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.domain.case import CaseCode, CaseKind
from bot.domain.draft import Conversation, Draft, DraftPart, Question, WardSource
from bot.domain.incoming import FileKind, FileTrouble, StoredFile
from bot.domain.people import Address, Channel, Language
from bot.domain.reply import Choice
from bot.domain.ward import Point
from storage import Database
from storage.conversations import _Known, _known_drafts, _known_offers
from storage.own_keys import OF_RESIDENTS
from tests.storage.cast import BA_DINH, HOA, LAN, NOW, TAY_HO, photo, resident

DRAFT = Draft(
    serial="k3",
    started_at=NOW,
    parts=(
        DraftPart(source_id="5", text="Hố ga mất nắp", files=(photo(),), group_id="album"),
        DraftPart(source_id="6", text="", files=(StoredFile("", FileKind.VIDEO, None, "", 0, "", FileTrouble.TOO_LARGE),)),
    ),
    kind=CaseKind.VIOLATION,
    kind_chosen=True,
    category="road",
    ward_codes=(TAY_HO,),
    ward_source=WardSource.POINT,
    ward_set_aside=BA_DINH,
    point=Point(21.05, 105.82, 8.5),
    trace=("point in 00091",),
)


@pytest.fixture(autouse=True, params=["known", "read"])
def remembered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was just kept is known by its seal; every promise here holds as well for whoever has to read it."""
    if request.param == "read":
        monkeypatch.setattr(_Known, "take", lambda _self, _sealed: None)


async def test_what_was_just_kept_is_not_opened_again(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[object] = []
    take = _Known.take

    def seen(self: Any, sealed: str) -> object:
        found.append(take(self, sealed))
        return found[-1]

    monkeypatch.setattr(_Known, "take", seen)
    kept = Conversation(address=LAN, draft=DRAFT, offered=(Choice("Gửi", "s:k3"),))
    async with sqlite_database.begin() as uow:
        kept = await uow.conversations.put(kept, NOW)
        assert await uow.conversations.get(LAN) == kept
        assert await uow.conversations.get(LAN) == kept  # taken by then: read
        assert await uow.conversations.get(HOA) == Conversation(address=HOA)
        await uow.commit()
    assert len(found) == 4
    assert found[2:] == [None, None]
    assert all(one is None for one in found) or (found[0] is kept.draft and found[1] is kept.offered)


async def test_what_is_erased_leaves_no_draft_open_beside_it(sqlite_database: Database) -> None:
    """Whose draft it was, nobody asks: everybody's is read again."""
    async with sqlite_database.begin() as uow:
        await uow.conversations.put(Conversation(address=LAN, draft=DRAFT, offered=(Choice("Gửi", "s:k3"),)), NOW)
        await uow.commit()
    assert _known_drafts.count > 0
    assert _known_offers.count > 0
    async with sqlite_database.begin() as uow:
        await OF_RESIDENTS.destroy(uow._link, 1)  # type: ignore[attr-defined]  # as `uow.identities.forget` does
        await uow.commit()
    assert _known_drafts.count == _known_offers.count == 0


async def test_an_address_never_seen_has_a_fresh_conversation(database: Database) -> None:
    """And looking at it writes nothing."""
    async with database.begin() as uow:
        assert await uow.conversations.get(LAN) == Conversation(address=LAN)
        assert await uow.conversations.get(LAN) == Conversation(address=LAN)


async def test_a_conversation_is_found_as_it_was_left(database: Database) -> None:
    full = Conversation(
        address=LAN,
        language=Language.EN,
        draft=DRAFT,
        asked=Question.CONFIRM,
        case_code=CaseCode("7K3M-9QX2"),
        preset_ward=TAY_HO,
        last_group_id="album",
        is_blocked=True,
        last_ward=BA_DINH,
        offered=(Choice("Tây Hồ", "w:k3:00103"), Choice("Hủy", "x:k3")),
    )
    async with database.begin() as uow:
        stored = await uow.conversations.put(full, NOW)
        await uow.commit()
    assert stored.resident_id is not None
    assert replace(stored, resident_id=None) == full
    async with database.begin() as uow:
        assert await uow.conversations.get(LAN) == stored
        bare = await uow.conversations.put(Conversation(address=LAN, resident_id=stored.resident_id), NOW)
        assert await uow.conversations.get(LAN) == bare
        assert bare.draft is None


async def test_a_draft_of_before_an_update_is_taken_up_again(database: Database) -> None:
    """It was stored without the ward that may be set aside."""
    older = {name: value for name, value in DRAFT.to_dict().items() if name != "ward_set_aside"}
    async with database.begin() as uow:
        await uow.conversations.put(Conversation(address=LAN, draft=DRAFT), NOW)
        await uow.commit()
    async with database._transaction() as connection:
        await connection.execute(text("UPDATE conversations SET draft = :draft"), {"draft": json.dumps(older)})
        await connection.commit()
    async with database.begin() as uow:
        assert (await uow.conversations.get(LAN)).draft == replace(DRAFT, ward_set_aside=None)


async def test_lan_stays_the_same_resident(database: Database) -> None:
    """Also when her conversation is put anew without saying whose it is; Hoa is somebody else, and so is Lan on Zalo."""
    async with database.begin() as uow:
        lan = await resident(uow)
        assert (await uow.conversations.put(Conversation(address=LAN), NOW)).resident_id == lan.resident_id
        others = [await resident(uow, HOA), await resident(uow, Address(Channel.ZALO, LAN.external_id))]
        assert len({lan.resident_id, *(other.resident_id for other in others)}) == 3


async def test_two_first_messages_at_once_make_one_resident(database: Database) -> None:
    """Two tabs of one new web chat."""

    async def first_message() -> object:
        async with database.begin() as uow:
            conversation = await resident(uow)
            await asyncio.sleep(0.01)
            await uow.commit()
            return conversation.resident_id

    assert len(set(await asyncio.gather(*(first_message() for _ in range(8))))) == 1


async def test_hostile_text_is_kept_as_far_as_it_can_be(database: Database) -> None:
    """NUL and lone surrogates are no text to PostgreSQL; everything else comes back as it was."""
    part = DraftPart(source_id="5", text="a\ud800b\0c <script>'; DROP TABLE cases; -- \U0001f3d9 \\u0000 Hòa")
    async with database.begin() as uow:
        whose = Address(Channel.ZALO, "x\0\udfffy")
        await uow.conversations.put(Conversation(address=whose, draft=Draft(serial="k", started_at=NOW, parts=(part,))), NOW)
        found = await uow.conversations.get(whose)
        assert found.draft is not None
        [kept] = found.draft.parts
    assert kept.text.replace("\0", "\ufffd") == part.text.replace("\0", "\ufffd").replace("\ud800", "\ufffd")


@pytest.mark.parametrize(
    "broken",
    ['{"serial":"k3","started_at"', "[]", "7", '{"serial":"k3"}', '{"parts":null}', '"x"', "{}]", "[" * 100_000],
)
async def test_a_draft_that_cannot_be_read_holds_nobody_up(database: Database, broken: str) -> None:
    """Lan goes on without it, in her language and with her case; the log says so, without her words."""
    whole = Conversation(
        address=LAN, language=Language.EN, draft=DRAFT, asked=Question.WARD, case_code=CaseCode("7K3M-9QX2"), is_blocked=True
    )
    async with database.begin() as uow:
        stored = await uow.conversations.put(whole, NOW)
        await uow.commit()
    async with database._transaction() as connection:
        changed = await connection.execute(text("UPDATE conversations SET draft = :draft"), {"draft": broken})
        assert changed.rowcount == 1
        await connection.commit()
    with capture_logs() as logs:
        async with database.begin() as uow:
            found = await uow.conversations.get(LAN)
            assert found == replace(stored, draft=None, asked=None)
            again = await uow.conversations.put(replace(found, draft=DRAFT), NOW)
            assert await uow.conversations.get(LAN) == again
    [line] = logs
    assert (line["event"], line["log_level"], line["resident"]) == ("draft_unreadable", "error", stored.resident_id)
    assert "Hố ga" not in str(logs)
