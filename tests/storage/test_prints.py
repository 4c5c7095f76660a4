"""Photos are found by what they share, and leave nothing behind when they go."""

import pytest
from sqlalchemy import func, select

from bot.domain.case import Case
from bot.domain.evidence import Finding, FindingKind
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.thread import Author, NewMessage
from bot.ports import Viewer
from storage import Database
from storage.tables import photo_prints, photo_words
from tests.storage.cast import HOA, LATER, NOW, a_case, file_case, hire

A, B, C = "a" * 64, "b" * 64, "c" * 64
LARGEST_WORD = (1 << 25) - 1


def picture(shown_key: str, key: str = "0" * 64) -> StoredFile:
    return StoredFile(key, FileKind.PHOTO, None, "image/jpeg", 10, shown_key)


async def attach(database: Database, case: Case, *files: StoredFile) -> None:
    async with database.begin() as uow:
        await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.RESIDENT, text="x", at=NOW, files=files))
        await uow.commit()


async def put(database: Database, key: str, words: list[int]) -> None:
    async with database.begin() as uow:
        await uow.prints.put(key, words, NOW)
        await uow.commit()


async def alike(database: Database, *words: int, most: int = 9) -> list[str]:
    async with database.reading() as uow:
        return await uow.prints.alike(words, most)


async def rows(database: Database) -> tuple[int, int]:
    async with database._transaction() as connection:
        counted = [
            (await connection.execute(select(func.count()).select_from(t))).scalar() for t in (photo_prints, photo_words)
        ]
    return int(counted[0] or 0), int(counted[1] or 0)


async def test_who_shares_most_words_comes_first_and_one_word_is_chance(database: Database) -> None:
    await put(database, A, [1, 2, 3, LARGEST_WORD])
    await put(database, B, [1, 2, 3, 4])
    await put(database, C, [4, 5])
    assert await alike(database, 1, 2, LARGEST_WORD, 99) == [A, B]
    assert await alike(database, 1, 2, LARGEST_WORD, most=1) == [A]
    assert await alike(database, 4, 6) == []
    assert await alike(database) == []


async def test_a_picture_waits_for_its_print_once_wherever_it_hangs(database: Database) -> None:
    """The same picture in two cases has one print, and a later third needs none made."""
    await attach(database, await a_case(database), picture(A), picture("", B))
    await attach(database, await a_case(database, address=HOA), picture(A))
    async with database.reading() as uow:
        assert await uow.prints.unprinted(9) == [A]
    await put(database, A, [1, 2])
    await put(database, A, [3, 4])
    async with database.reading() as uow:
        assert await uow.prints.unprinted(9) == []
    assert await alike(database, 1, 2) == [A]
    assert await alike(database, 3, 4) == []


async def test_a_picture_without_words_is_not_tried_again(database: Database) -> None:
    await attach(database, await a_case(database), picture(A))
    await put(database, A, [])
    async with database.reading() as uow:
        assert await uow.prints.unprinted(9) == []


async def test_the_oldest_sighting_comes_first_and_the_original_counts_too(database: Database) -> None:
    first, second = await a_case(database), await a_case(database, address=HOA)
    await attach(database, first, picture(A, B))
    await attach(database, second, picture(A, C))
    async with database.reading() as uow:
        seen = await uow.prints.sightings([C, A], 9)
        assert [one.case_id for one in seen] == [first.id, second.id]
        assert [one.case_id for one in await uow.prints.sightings([C], 9)] == [second.id]
        assert await uow.prints.sightings(["", "f" * 64], 9) == []


async def test_an_erased_case_leaves_no_print_but_what_another_shows_keeps_its_own(database: Database) -> None:
    gone, stays = await a_case(database), await a_case(database, address=HOA)
    await attach(database, gone, picture(A), picture(B))
    await attach(database, stays, picture(B))
    for key in (A, B):
        await put(database, key, [1, 2, 3])
    async with database.begin() as uow:
        minh = await hire(uow)
        found = Finding(photo=A, kind=FindingKind.ALIKE, earlier_file=1, earlier_case=stays.id, earlier_at=NOW, metres=5)
        await uow.evidence.add(gone.id, [found], staff_id=minh.id, reason="cùng chỗ", now=NOW)
        await uow.commit()
    async with database.begin() as uow:
        await uow.erasure.erase(gone, tombstone="—", now=LATER)
        await uow.commit()
    assert await alike(database, 1, 2) == [B]
    assert await rows(database) == (1, 3)
    async with database.reading() as uow:
        [kept] = await uow.evidence.of_case(gone.id, Viewer.of(minh))
    assert kept.finding == Finding(photo="", kind=FindingKind.ALIKE, earlier_case=stays.id, earlier_at=NOW)


@pytest.mark.parametrize("reason", ["", "cùng cái cột ấy, vừa chụp lại"])
async def test_a_finding_stays_on_the_record_with_its_reason(database: Database, reason: str) -> None:
    async with database.begin() as uow:
        case, minh = await file_case(uow), await hire(uow)
        files = (picture(A),)
        await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.STAFF, text="x", at=NOW, files=files))
        [attached] = (await uow.cases.thread(case.id))[0].attachments
        file_id = attached.id
        findings = [
            Finding(photo=A, kind=FindingKind.EXACT, earlier_file=file_id, earlier_case=case.id, earlier_at=NOW),
            Finding(photo=A, kind=FindingKind.FAR, taken_at=LATER, metres=2500),
        ]
        await uow.evidence.add(case.id, findings, staff_id=minh.id, reason=reason, now=LATER)
        await uow.commit()
    async with database.reading() as uow:
        kept = await uow.evidence.of_case(case.id, Viewer.of(minh))
    assert [one.finding for one in kept] == findings
    assert [one.reason for one in kept] == [reason, ""]  # only a photo used before has to be explained
    assert all(one.file_id for one in kept)
