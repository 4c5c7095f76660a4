"""R4, S4, S11, S18: what is sent in bad faith is answered, breaks nothing, and guesses learn nothing.

Small counts, each time; `python -m benchmarks.attacks` sends tens of thousands.
"""

import logging

import pytest

from bot.domain.case import new_code
from tests.security.attackers import guessed_files, guessed_passwords, guessed_receipts, mutated_forms, mutated_updates, rank
from tests.security.test_requests import a_case
from tests.stories.cast import City

UPDATES, FORMS, GUESSES, PASSWORDS = 300, 100, 100, 40


async def test_mutated_updates_and_forms_are_all_answered(target: City, caplog: pytest.LogCaptureFixture) -> None:
    """R4: nothing but 200 for what Telegram brings; no 5xx and no cut line for any form; and residents are still served."""
    code = await a_case(target)
    with caplog.at_level(logging.ERROR):
        updates = await mutated_updates(target.url, UPDATES)
        assert set(updates.statuses) == {200}
        minh = await target.staff("minh")
        pages = (
            f"/staff/cases/{code}",
            "/staff/",
            "/staff/counter",
            f"/staff/cases/{code}/pause",
            "/staff/settings/absences",
        )
        forms = await mutated_forms(target.url, FORMS, [minh.session], pages)
        assert forms.failures == 0, forms.statuses
        assert len(forms.statuses) > 2
    assert await a_case(target) != code
    # Replies to those updates may still fail meanwhile, which is told as a warning.
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_guesses_learn_nothing(target: City) -> None:
    """S4, S5, S11: no hit; a case or a name that is there answers like one that never was, and is throttled like it."""
    there, never = await a_case(target), new_code()
    receipts, said = await guessed_receipts(target.url, [there, never], GUESSES)
    assert {answer.split()[1] for answer in said} == {"no"}
    assert set(receipts.statuses) <= {200, 429}
    files = await guessed_files(target.url, [there, never], GUESSES)
    assert set(files.statuses) <= {404, 303}
    await target.staff("minh")
    names = [f"nobody{number}" for number in range(PASSWORDS // 2)]
    mixed = [name for one in names for name in (one, "minh")]
    tally, took, answers = await guessed_passwords(target.url, mixed, PASSWORDS)
    assert set(tally.statuses) <= {401, 429}
    assert tally.statuses[429] > 0
    assert len({answer.split()[0] for answer in answers}) == 1
    others = [seconds for name, all_of_them in took.items() if name != "minh" for seconds in all_of_them]
    assert 0.1 < rank(took["minh"], others) < 0.9, "ten against twenty: only a plain difference would be seen here"
