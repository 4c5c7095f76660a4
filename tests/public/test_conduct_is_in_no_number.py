"""S23: a report about an official is in no number that everybody reads, in whatever way it is known to be one.

Two cities that differ only in such cases give the same bytes at every address that needs no account. And it can be seen:
without any single part of the condition some page differs.
"""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import and_
from sqlalchemy.sql.elements import BooleanClauseList, ColumnElement

from bot.bell import Bell
from bot.domain.case import CaseKind
from public.records import RECORDS
from storage import Database, public_records
from tests.admin.desk import PHU_THUONG, StaffDesk, open_desk
from tests.databases import fresh_sqlite
from tests.public.aged import Life, live
from tests.security.worlds import settled

TWO_MONTHS = 24 * 60  # hours
ORDINARY = [
    *(Life(came=TWO_MONTHS + n, answered=10, closed=50, disputed=200) for n in range(6)),
    *(Life(came=TWO_MONTHS + n) for n in range(7)),
]
A_LIFE = partial(Life, came=TWO_MONTHS, answered=10, disputed=300)
# Eight of each: fewer than five could hide in the rounding.
SECRETS: dict[str, list[Life]] = {
    "its kind": [A_LIFE(kind=CaseKind.CONDUCT, desk="general") for _ in range(8)],
    "its desk": [A_LIFE(desk="restricted") for _ in range(8)],
    "whom it accuses": [A_LIFE(accused="official") for _ in range(8)],
    "the unit it accuses": [A_LIFE(accused_unit="police") for _ in range(8)],
    "its words": [A_LIFE(is_sensitive=True) for _ in range(8)],
    "what it joined": [A_LIFE(is_joined=True) for _ in range(8)],
}


async def read_by_anybody(desk: StaffDesk) -> dict[str, str]:
    """Every page that is open to all, as it is sent; what is new each time is put out of sight with its length kept."""
    desk.server.app[RECORDS]._kept.clear()
    browser, found = await desk.browser(), {}
    paths = {
        route.resource.canonical
        for route in desk.server.app.router.routes()
        if route.resource and route.method == "GET" and not route.resource.canonical.startswith(("/staff", "/assets"))
    }
    for path in sorted(paths):
        for place in (PHU_THUONG, "00070") if "{" in path else ("",):
            answer = await browser.opens(re.sub(r"{\w+}", place, path))
            head = {name: value for name, value in answer.headers.items() if name != "Date"}
            sent = f"{answer.status} {head} {browser.text}".replace(f"127.0.0.1:{desk.server.port}", "here")
            sent = re.sub(r"20\d\d-\d\d-\d\dT[\d:]+", "now", sent)  # since when Open311 is served
            found[f"{path} {place}"] = settled(sent)
            if path.startswith("/wards") and answer.status == 200:  # the page of what is not there has a script's nonce
                found[f"{path} {place}, to the letter"] = f"{answer.headers.get('ETag')} {browser.text}"
    assert len(found) > 10
    return found


async def test_two_cities_that_differ_in_such_cases_are_one(migrated_file: Path, tmp_path: Path, bell: Bell) -> None:
    """Six ways of being about an official, eight cases each, beside thirteen ordinary ones."""
    seen = []
    for name, secrets in (("without", []), ("with", [life for lives in SECRETS.values() for life in lives])):
        database = Database("", data_dir=fresh_sqlite(migrated_file, tmp_path / name), bell=bell)
        await database.open()
        async with open_desk(database, bell) as desk:
            await live(desk, [*ORDINARY, *secrets])
            seen.append(await read_by_anybody(desk))
        await database.close()
    assert "khoảng 5 hồ sơ" in seen[0][f"/wards/{{place}} {PHU_THUONG}"]
    assert seen[0] == seen[1]


async def test_a_leak_of_any_kind_would_be_seen(sqlite_desk: StaffDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one part of the condition, or with an unknown desk let in, the ward's page is another."""
    await live(sqlite_desk, [*ORDINARY, *(life for lives in SECRETS.values() for life in lives)])
    honest, whole = await read_by_anybody(sqlite_desk), public_records.is_counted()
    assert isinstance(whole, BooleanClauseList)
    unseen = []
    for number, part in enumerate(whole.clauses):
        rest = [one for place, one in enumerate(whole.clauses) if place != number]
        if await _read_with(sqlite_desk, monkeypatch, partial(and_, *rest)) == honest:
            unseen.append(str(part))
    assert len(whole.clauses) == len(SECRETS)
    assert unseen == []


async def _read_with(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch, condition: Callable[[], ColumnElement[bool]]
) -> dict[str, str]:
    with monkeypatch.context() as planted:
        planted.setattr(public_records, "is_counted", condition)
        public_records.asked.cache_clear()
        try:
            return await read_by_anybody(desk)
        finally:
            public_records.asked.cache_clear()
