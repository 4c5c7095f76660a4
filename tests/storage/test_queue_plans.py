"""The queue is walked through an index in its own order: no step reads a whole table, and none sorts.

What the plans cannot tell (how long a filter that few pass is looked for) is measured by `benchmarks.desk`.
"""

import re

import pytest
from sqlalchemy import select

from bot.domain.case import CaseKind, CaseStatus, Desk
from bot.domain.people import Channel, Role, StaffId, Unit
from bot.domain.queueing import QueueFilter, QueueKey, Sort
from bot.domain.staffing import Standing
from bot.domain.words import Sought
from bot.ports import Viewer
from storage import Database
from storage.finding import Look
from storage.finding_on_sqlite import found_ids
from storage.queue import ids_of, number_of
from storage.queue_lines import lines_of
from storage.search import stretches
from tests.storage.cast import LATER, NOW, TAY_HO, officer
from tests.storage.test_plans import plan

OFFICER, CHIEF = officer(), officer(role=Role.WARD_LEADER)
CITY, INSPECTOR = officer(None, Role.CITY_COORDINATOR), officer(None, Role.INSPECTOR)
DEPUTY = Viewer(
    staff_id=StaffId(1),
    role=Role.WARD_OFFICER,
    ward_code=TAY_HO,
    unit=Unit.POLICE,
    deputises=(Standing(staff_id=StaffId(2), role=Role.WARD_LEADER, ward_code=TAY_HO, unit=Unit.LEADERSHIP),),
)
VIEWERS = {"officer": OFFICER, "chief": CHIEF, "deputy": DEPUTY, "city": CITY, "inspector": INSPECTOR}
FILTERS = {
    "open": QueueFilter(),
    "closed": QueueFilter(status=CaseStatus.CLOSED),
    "everything": QueueFilter(
        desk=Desk.GENERAL,
        kind=CaseKind.QUESTION,
        channel=Channel.ZALO,
        ward_code=TAY_HO,
        is_unowned=True,
    ),
    "late": QueueFilter(due_before=NOW),
    "today": QueueFilter(due_from=NOW, due_before=LATER),
    "category": QueueFilter(category="lighting"),
    "emergency": QueueFilter(is_emergency=True),
    "disputed": QueueFilter(is_disputed=True),
    "mine": QueueFilter(owner_id=StaffId(1)),
}


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_what_did_not_arrive_is_found_by_itself(sqlite_database: Database, viewer: str) -> None:
    """Open and closed, by an index that holds nothing else: so little that it may be put in order afterwards."""
    for sort in Sort:
        wanted = QueueFilter(status=None, is_undelivered=True)
        steps = await plan(sqlite_database, ids_of(VIEWERS[viewer], wanted, sort=sort).limit(31))
        where = steps[0] if VIEWERS[viewer].ward_code else steps[2]
        assert "INDEX ix_cases_reach" in where, steps
        assert not [step for step in steps if step.startswith("SCAN cases")], steps


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("viewer", VIEWERS)
async def test_every_queue_is_walked_in_order(sqlite_database: Database, viewer: str, sort: Sort, wanted: str) -> None:
    """First page, next page, page before; whoever looks, whatever is wanted."""
    if wanted == "mine" and sort is not Sort.DUE:
        pytest.skip("what one person has is little: it is sorted")
    key = QueueKey(case_id=9, due_at=NOW if sort is Sort.DUE else None)
    for at, is_backwards in ((None, False), (key, False), (key, True)):
        statement = ids_of(VIEWERS[viewer], FILTERS[wanted], sort=sort, key=at, is_backwards=is_backwards)
        steps = await plan(sqlite_database, statement.limit(31))
        told = "\n".join(steps)
        assert re.match(r"SEARCH cases USING (COVERING )?INDEX ix_cases_", steps[0]), told
        assert not [step for step in steps if step.startswith("SCAN")], told
        assert "TEMP B-TREE" not in told, told


@pytest.mark.parametrize("sort", Sort)
async def test_what_a_line_tells_is_looked_up_for_its_page_only(sqlite_database: Database, sort: Sort) -> None:
    """The few cases found are fetched by their ids, and what stands around them by index."""
    steps = await plan(sqlite_database, lines_of(ids_of(INSPECTOR, QueueFilter(), sort=sort).limit(31), sort))
    told = "\n".join(steps)
    outside = steps[steps.index("SCAN page") :]
    assert "SEARCH cases USING INTEGER PRIMARY KEY (rowid=?)" in outside, told
    for index in ("ix_outbox_failed_case", "ix_messages_case", "ix_attachments_message_id"):
        assert re.search(rf"\b{index}\b", told), told
    assert [step for step in steps if step.startswith("SCAN")] == ["SCAN page"], told


_INDEX = {
    "officer": {Sort.DUE: "ix_cases_queue", Sort.NEWEST: "ix_cases_newest"},
    "deputy": {Sort.DUE: "ix_cases_queue", Sort.NEWEST: "ix_cases_newest"},
    "city": {Sort.DUE: "ix_cases_city_queue", Sort.NEWEST: "ix_cases_city_newest"},
    "inspector": {Sort.DUE: "ix_cases_every_queue", Sort.NEWEST: "ix_cases_every_newest"},
}


@pytest.mark.parametrize("sort", [Sort.DUE, Sort.NEWEST])
@pytest.mark.parametrize("wanted", ["open", "late", "category"])
@pytest.mark.parametrize("viewer", _INDEX)
async def test_the_index_made_for_it_is_taken(sqlite_database: Database, viewer: str, wanted: str, sort: Sort) -> None:
    [step, *_] = await plan(sqlite_database, ids_of(VIEWERS[viewer], FILTERS[wanted], sort=sort).limit(31))
    expected = _INDEX[viewer][sort]
    if (viewer, wanted, sort) == ("inspector", "category", Sort.DUE):
        expected = "ix_cases_category"
    assert f" {expected} " in f"{step} ", step


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize("viewer", VIEWERS)
async def test_counting_looks_into_indexes_only(sqlite_database: Database, viewer: str, wanted: str) -> None:
    steps = await plan(sqlite_database, select(number_of(VIEWERS[viewer], FILTERS[wanted])))
    told = "\n".join(steps)
    assert [step for step in steps if re.match(r"SEARCH cases USING (COVERING )?INDEX", step)], told
    assert [step for step in steps if step.startswith("SCAN cases")] == [], told
    assert "TEMP B-TREE" not in told, told


@pytest.mark.parametrize("words", ["rac thai", "rác thải", "o"])
@pytest.mark.parametrize("viewer", VIEWERS)
async def test_a_search_is_walked_from_its_newest_and_fetches_by_id(
    sqlite_database: Database, viewer: str, words: str
) -> None:
    """The words' own index is the outer loop, in its own order: nothing is sorted, and no other index is in between."""
    sought = Sought.read(words)
    look = Look(VIEWERS[viewer], QueueFilter(words=words, category="lighting", kind=CaseKind.QUESTION), sought)
    for stretch in stretches(sought, QueueKey(case_id=9, is_folded=not sought.has_marks), is_backwards=False):
        steps = await plan(sqlite_database, found_ids(look, stretch).limit(31))
        told = "\n".join(steps)
        assert steps[0].startswith("SCAN case_search VIRTUAL TABLE INDEX"), told
        assert steps[1] == "SEARCH cases USING INTEGER PRIMARY KEY (rowid=?)", told
        assert "TEMP B-TREE" not in told, told
