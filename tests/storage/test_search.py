"""Search: any spelling finds, the exact one first, newest first, only what one may see; on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.domain.case import Case, CaseCode, CaseStatus, Desk
from bot.domain.people import Role
from bot.domain.queueing import QueueFilter, QueueKey, QueuePage
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import Author, NewMessage
from bot.ports import UnitOfWork, Viewer
from storage import Database
from storage.case_words import with_beginnings
from tests.conftest import Place
from tests.storage.cast import BA_DINH, HOA, LATER, NOW, TAY_HO, a_case, file_case, hire, officer

INSPECTOR = officer(None, Role.INSPECTOR)


async def search(database: Database, words: str, viewer: Viewer | None = None, **wanted: object) -> list[CaseCode]:
    async with database.reading() as uow:
        found = await uow.cases.queue(viewer or officer(), QueueFilter(words=words, **wanted))  # type: ignore[arg-type]  # passed on
    return [line.code for line in found.lines]


async def says(database: Database, case: Case, text: str, author: Author = Author.RESIDENT) -> int:
    async with database.begin() as uow:
        message = await uow.cases.add_message(NewMessage(case_id=case.id, author=author, text=text, at=NOW))
        await uow.commit()
    return message


async def test_any_spelling_finds_and_exact_marks_come_first(database: Database) -> None:
    """The older case has exactly what was typed: it comes before the newer one that only sounds like it."""
    exact = await a_case(database, text="Ổ gà giữa ngõ 12")
    near = await a_case(database, text="mấy con gà ở ô đất trống")
    bare = await a_case(database, text="o ga to lam, xe may nga")
    await a_case(database, text="rác đầy đường")
    assert await search(database, "o ga") == [bare.code, near.code, exact.code]
    assert await search(database, "ổ gà") == [exact.code, bare.code, near.code]
    assert await search(database, "Ổ GÀ!") == [exact.code, bare.code, near.code]
    assert await search(database, "gà ổ") == [exact.code, bare.code, near.code]
    assert await search(database, "ô gà") == [near.code, bare.code, exact.code]


async def test_the_last_word_may_be_a_beginning(database: Database) -> None:
    case = await a_case(database, text="Thụy Khuê")
    for words in ("thụy khu", "thuy khuê", "khue thuy", "thuy kh", "khue th"):
        assert await search(database, words) == [case.code], words
    for words in ("thu khue", "khuee", "thuy k", "hu khue", "thuy khue xyz"):
        assert await search(database, words) == [], words


@pytest.mark.parametrize("marks", [True, False])
async def test_as_many_words_as_are_looked_at_find_what_has_all_of_them(database: Database, marks: bool) -> None:
    """In any order, long and short ones; one word that a case has not is enough to leave it out."""
    words = "o ga to giua ngo hem thuy khue toi thui"
    typed = "ổ gà to giữa ngõ hẻm thụy khuê tối thui" if marks else words
    exact = await a_case(database, text="Ổ gà to giữa ngõ, hẻm Thụy Khuê tối thui")
    bare = await a_case(database, text=f"o day {words} qua")
    for missing in words.split():
        await a_case(database, text=words.replace(missing, "x", 1))
    assert await search(database, typed) == ([exact.code, bare.code] if marks else [bare.code, exact.code])


async def test_both_places_of_a_tone_are_one_word(database: Database) -> None:
    one, other = await a_case(database, text="Hoà Bình"), await a_case(database, text="Hòa Bình")
    assert await search(database, "hòa bình") == await search(database, "hoà bình") == [other.code, one.code]


async def test_a_code_finds_its_case_in_any_spelling(database: Database) -> None:
    """Also a closed one, and one that joined another; not one that somebody else's ward has."""
    async with database.begin() as uow:
        main, foreign = await file_case(uow), await file_case(uow, ward=BA_DINH)
        joined = await file_case(uow, address=HOA, main_case_id=main.id)
        closed = await uow.cases.change(await file_case(uow), status=CaseStatus.CLOSED, closed_at=NOW)
        await uow.commit()
    for case in (main, joined, closed):
        assert await search(database, f" {case.code.lower().replace('-', ' ')} ") == [case.code]
    assert await search(database, foreign.code) == []
    assert await search(database, foreign.code, officer(BA_DINH)) == [foreign.code]


async def test_eight_letters_that_are_no_code_are_still_words(database: Database) -> None:
    case = await a_case(database, text="quán cà phê nguyenha ồn ào")
    assert await search(database, "nguyenha") == [case.code]


async def test_later_words_of_resident_and_staff_are_found_and_notes_are_not(database: Database) -> None:
    case = await a_case(database, text="Đèn hỏng")
    await says(database, case, "vẫn tối om")
    await says(database, case, "Tổ điện chiếu sáng đã đến", Author.STAFF)
    await says(database, case, "bàn riêng với trưởng phòng", Author.NOTE)
    for words in ("toi om", "chieu sang", "đèn om điện"):
        assert await search(database, words) == [case.code], words
    assert await search(database, "truong phong") == []


async def test_an_edit_forgets_the_words_that_are_gone(database: Database) -> None:
    case = await a_case(database, text="Đèn hỏng")
    message = await says(database, case, "gần trường mầm non")
    async with database.begin() as uow:
        await uow.cases.edit_message(message, "gần chợ Bưởi", LATER)
        await uow.commit()
    assert await search(database, "chợ bưởi") == [case.code]
    assert await search(database, "mam non") == []
    assert await search(database, "đèn") == [case.code]


async def test_the_place_it_is_about_is_found(database: Database) -> None:
    case = await a_case(database, text="tối quá", place_key="ngo 12 thuy khue")
    assert await search(database, "Ngõ 12 Thụy Khuê") == [case.code]


async def test_what_was_not_committed_is_not_found(database: Database) -> None:
    async with database.begin() as uow:
        await file_case(uow, text="Nửa chừng")
    assert await search(database, "nua chung") == []
    case = await a_case(database, text="Trọn vẹn")
    async with database.begin() as uow:
        await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.RESIDENT, text="dở dang", at=NOW))
    assert await search(database, "do dang") == []


async def test_a_search_goes_where_the_case_goes(database: Database) -> None:
    """Moved, closed, disputed open again, barred: every time exactly those find it who may see it."""
    case = await a_case(database, text="Vỉa hè bị chiếm")
    both = officer(), officer(BA_DINH)
    assert [await search(database, "via he", viewer) for viewer in both] == [[case.code], []]
    async with database.begin() as uow:
        case = await uow.cases.change(case, ward_code=BA_DINH, is_hop=True)
        await uow.commit()
    assert [await search(database, "via he", viewer) for viewer in both] == [[], [case.code]]
    async with database.begin() as uow:
        case = await uow.cases.change(case, status=CaseStatus.CLOSED, closed_at=NOW)
        await uow.commit()
    assert await search(database, "via he", both[1]) == []
    assert await search(database, "via he", both[1], status=CaseStatus.CLOSED) == [case.code]
    assert await search(database, "via he", both[1], status=None) == [case.code]
    async with database.begin() as uow:
        case = await uow.cases.reopen(case, due_at=LATER, is_disputed=True)
        await uow.commit()
    assert await search(database, "via he", both[1]) == [case.code]
    async with database.begin() as uow:
        an = await hire(uow, "an", BA_DINH)
        await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=an.id, why=Why.ACCUSED)])
        await uow.commit()
    assert await search(database, "via he", Viewer.of(an)) == []
    assert await search(database, case.code, Viewer.of(an)) == []


async def test_every_role_finds_only_its_own(database: Database) -> None:
    filed = {
        desk: await a_case(database, ward=ward, desk=desk, text="Cán bộ tiếp dân")
        for ward, desk in (
            (TAY_HO, Desk.GENERAL),
            (TAY_HO, Desk.RESTRICTED),
            (None, Desk.UNPLACED),
            (TAY_HO, Desk.LEADERS),
            (TAY_HO, Desk.DISPUTED),
        )
    }
    for role, ward, desks in (
        (Role.WARD_OFFICER, TAY_HO, {Desk.GENERAL}),
        (Role.WARD_LEADER, TAY_HO, {Desk.GENERAL, Desk.RESTRICTED}),
        (Role.WARD_LEADER, BA_DINH, set()),
        (Role.CITY_COORDINATOR, None, {Desk.UNPLACED, Desk.LEADERS, Desk.DISPUTED}),
        (Role.INSPECTOR, None, set(Desk)),
        (Role.OPERATOR, None, set()),
    ):
        found = await search(database, "can bo", officer(ward, role))
        assert set(found) == {filed[desk].code for desk in desks}, role


async def test_other_filters_hold_beside_the_words(database: Database) -> None:
    light, waste = await a_case(database, text="ngõ tối"), await a_case(database, text="ngõ bẩn", category="waste")
    assert await search(database, "ngo", category="waste") == [waste.code]
    assert await search(database, "ngo", category="lighting") == [light.code]
    assert await search(database, "ngo", INSPECTOR, ward_code=BA_DINH) == []


@pytest.mark.parametrize("most", [2, 3, 6])
async def test_pages_of_a_search_are_whole_in_both_directions(database: Database, most: int) -> None:
    """Four with the very marks, five without; read forwards, then backwards, while new ones arrive.

    A page of six has both: all that have the marks, and what comes after them.
    """
    exact, near = [], []
    for _ in range(4):
        exact.append(await a_case(database, text="rác thải"))
        near.append(await a_case(database, text="rac thai"))
    near.append(await a_case(database, text="rạc thải"))
    expected = [case.code for case in exact[::-1] + near[::-1]]
    wanted = QueueFilter(words="rác thải")

    pages: list[QueuePage] = []
    after: QueueKey | None = None
    for _ in range(9):
        async with database.reading() as uow:
            pages.append(await uow.cases.queue(officer(), wanted, after=after, most=most))
        after = pages[-1].after
        if after is None:
            break
        assert QueueKey.read(str(after)) == after
        await a_case(database, text="rác thải")  # before the place we are at: not for this reading
    seen = [line.code for page in pages for line in page.lines]
    assert [code for code in seen if code in set(expected)] == expected
    assert len(seen) == len(set(seen))

    back: list[CaseCode] = []
    before = pages[-1].before
    while before is not None:
        async with database.reading() as uow:
            page = await uow.cases.queue(officer(), wanted, before=before, most=most)
        back = [line.code for line in page.lines] + back
        before = page.before
    assert [code for code in back if code in set(expected)] == expected[: len(expected) - len(pages[-1].lines)]


HOSTILE = (
    '"',
    "'",
    "''",
    "a' OR 1=1 --",
    '"rác" OR "đèn"',
    "rác*",
    "NOT rác",
    "rác AND",
    "(",
    "NEAR(a b)",
    "words:rác",
    "-rác",
    "@w00091",
    "@open",
    "=rac1",
    "%",
    "_",
    "\\",
    "\0rác",
    "rác\ud800",
    "rác" * 2000,
    "& | !",
    "rác:*",
    "<->",
    "字字字",
)


@pytest.mark.parametrize("words", HOSTILE)
async def test_nothing_typed_is_a_command(database: Database, words: str) -> None:
    """No error, and nothing found that does not have these very words."""
    case = await a_case(database, text="Rác ở ngõ")
    other = await a_case(database, ward=BA_DINH, text="Rác ở phố")
    found = await search(database, words)
    assert other.code not in found
    assert set(found) <= {case.code}
    if words in ("@open", "@w00091", "%", '"'):
        assert found == []


async def test_a_thread_without_end_goes_on_being_found(database: Database) -> None:
    case = await a_case(database, text="Đèn hỏng")
    await says(database, case, " ".join(f"tu{number}" for number in range(9000)))
    assert await search(database, "den hong") == [case.code]


async def test_the_search_and_its_rows_stay_one(sqlite_database: Database) -> None:
    """After changes of every sort FTS5 knows exactly the words of the row and their beginnings, no forgotten one."""
    case = await a_case(sqlite_database, text="Đèn hỏng")
    message = await says(sqlite_database, case, "vẫn hỏng")
    async with sqlite_database.begin() as uow:
        await uow.cases.edit_message(message, "sáng rồi", LATER)
        await close(uow, case)
        await uow.commit()
    async with sqlite_database._transaction() as connection:
        [row] = (await connection.execute(text("SELECT words FROM case_words"))).scalars()
        assert {"@w00091", "den", "=d9en2", "hong", "sang", "=sang1"} <= set(row.split())
        assert not {"@open", "van"} & set(row.split())
        await connection.execute(text("INSERT INTO case_search (case_search, rank) VALUES ('integrity-check', 0)"))
        await connection.execute(text("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, case_search, row)"))
        known = set((await connection.execute(text("SELECT term FROM temp.terms"))).scalars())
        assert known == set(with_beginnings(row).split())


async def close(uow: UnitOfWork, case: Case) -> None:
    now_is = await uow.cases.by_code(case.code)
    assert now_is is not None
    await uow.cases.change(now_is, status=CaseStatus.CLOSED, closed_at=NOW + timedelta(days=1))


async def test_what_was_erased_is_found_by_nobody(database: Database) -> None:
    case = await a_case(database, text="Bí mật riêng tư")
    async with database.begin() as uow:
        await uow.erasure.erase(case, tombstone="(đã xóa)", now=NOW)
        await uow.commit()
    assert await search(database, "bi mat") == []
    assert await search(database, "rieng tu", INSPECTOR) == []


async def test_postgres_finds_the_same_whether_it_walks_or_looks_up(
    postgres_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few cases are walked; held to one of them, it must look the rest up: the same pages, in both directions."""
    database = postgres_place.database()
    await database.open()
    texts = ["Ổ gà ngõ 12", "o ga to lam", "ô gà", "rác đầy ngõ", "Đèn ngõ 12 hỏng", "gà ổ"]
    for number in range(18):
        await a_case(database, text=texts[number % len(texts)], ward=BA_DINH if number % 5 == 4 else TAY_HO)
    seen: dict[int, list[object]] = {}
    for walk in (2000, 1):
        for name in ("WALK", "WALK_NEAR"):
            monkeypatch.setattr(f"storage.finding_on_postgres.{name}", walk)
        seen[walk] = [
            await _both_ways(database, viewer, QueueFilter(words=words, status=status))
            for words in ("o ga", "ổ gà", "ngo", "ngõ 12", "xyzzy", "ô")
            for viewer in (officer(), officer(BA_DINH), INSPECTOR)
            for status in (CaseStatus.OPEN, None)
        ]
    await database.close()
    assert seen[1] == seen[2000]
    assert any(seen[1])


async def _both_ways(database: Database, viewer: Viewer, wanted: QueueFilter) -> list[tuple[CaseCode, ...]]:
    """Every page of two, forwards, and backwards from the last."""
    pages: list[QueuePage] = []
    async with database.reading() as uow:
        pages.append(await uow.cases.queue(viewer, wanted, most=2))
        while pages[-1].after is not None:
            pages.append(await uow.cases.queue(viewer, wanted, after=pages[-1].after, most=2))
        while pages[-1].before is not None:
            pages.append(await uow.cases.queue(viewer, wanted, before=pages[-1].before, most=2))
    return [tuple(line.code for line in page.lines) for page in pages if page.lines]
