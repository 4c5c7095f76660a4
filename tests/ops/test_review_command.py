"""`homthu review` as an operator uses it: the same bytes twice, an empty term says so, and what is wrong is said plainly."""

import json
from pathlib import Path

from bot.cli import DONE, FAILED, WRONG
from bot.domain.case import CaseKind, Desk
from storage import Database
from tests.conftest import Place
from tests.ops.homthu import Homthu
from tests.storage.cast import BA_DINH, TAY_HO, file_case

TODAY = ["--from", "2026-11-22", "--to", "2026-11-22"]  # the cast files then


async def test_a_review_at_the_command_line(database_place: Place, tmp_path: Path) -> None:
    """Three cases of two wards, one of them about an official: counted, and that one not told as a number."""
    database: Database = database_place.database()
    await database.open()
    async with database.begin() as uow:
        await file_case(uow, ward=TAY_HO)
        await file_case(uow, ward=BA_DINH)
        await file_case(uow, ward=TAY_HO, desk=Desk.RESTRICTED, kind=CaseKind.CONDUCT, category="off_attitude")
        await uow.commit()
    await database.close()
    homthu = Homthu.at(database_place)
    first, second = homthu.does("review", *TODAY, "--format", "json"), homthu.does("review", *TODAY, "--format", "json")
    assert (first.returncode, first.stderr) == (DONE, "")
    assert first.stdout == second.stdout
    told = json.loads(first.stdout)
    assert told["total"]["now"]["accepted"] == 3
    assert {row["key"]: row["now"]["accepted"] for row in told["wards"]} == {BA_DINH: 1, TAY_HO: 2}
    assert {row["key"]: row["now"]["accepted"] for row in told["kinds"]} == {
        "violation_public": "*",
        "conduct_official": "< 5",
    }
    assert told["left_out"] == {"joined": 0}
    of_ward = homthu.does("review", "--ward", TAY_HO, *TODAY, "--out", str(tmp_path / "review.txt"))
    assert (of_ward.returncode, of_ward.stdout) == (DONE, "")
    written = (tmp_path / "review.txt").read_text(encoding="utf-8")
    assert written.startswith("Phường Phú Thượng: báo cáo từ 22/11/2026 đến 22/11/2026\n")
    assert "Tiếp nhận: 2 (0)" in written
    files = [tmp_path / name for name in ("first.xlsx", "second.xlsx")]
    for file in files:
        assert homthu.does("review", *TODAY, "--format", "xlsx", "--out", str(file)).returncode == DONE
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].read_bytes()[:2] == b"PK"
    nowhere = homthu.does("review", *TODAY, "--out", str(tmp_path / "no" / "review.txt"))
    assert nowhere.returncode == FAILED
    assert "--out: " in nowhere.stderr


def test_an_empty_term_says_so_and_a_wrong_one_says_why(sqlite_place: Place) -> None:
    homthu = Homthu.at(sqlite_place)
    empty = homthu.does("review", "--half", "2025-2", "--ward", "00091", "--language", "en")
    assert (empty.returncode, empty.stderr) == (DONE, "")
    assert "No case was accepted in the term." in empty.stdout
    for words, says in (
        (["--year", "2026", "--ward", "99999"], "there is no ward 99999"),
        (["--from", "2026-03-02", "--to", "2026-03-01"], "--to is before --from"),
        (["--from", "2026-03-02"], "--from needs --to"),
        (["--from", "0001-01-01", "--to", "2026-03-01"], "--from: "),
        (["--from", "2999-01-01", "--to", "2999-01-01"], "still to come"),
        (["--half", "2026-3"], "--half"),
        (["--half", "2026"], "--half"),
        (["--year", "26"], "--year"),
        ([], "required"),
        (["--year", "2026", "--format", "odt"], "--format"),
    ):
        told = homthu.does("review", *words)
        assert (told.returncode, told.stdout) == (WRONG, ""), words
        assert says in told.stderr, words
