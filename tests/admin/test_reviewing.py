"""The reports' pages: the figures one may see, words that two people cannot overwrite each other's, documents to fetch."""

import re
from datetime import date
from html import unescape

import pytest

from bot.domain.case import CaseKind
from bot.domain.people import Role
from bot.domain.review import Section, Term
from bot.domain.rights import Right
from bot.domain.ward import Point
from bot.ports import Viewer
from bot.services.review import make_review
from bot.settings import load_settings
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, Browser, StaffDesk
from tests.storage.cast import officer

REVIEW = "/staff/reports/review"
THIS_TERM = f"{REVIEW}?term=2026-2&ward={PHU_THUONG}"  # it is November by the desk's clock


def rows_of(browser: Browser, table: str) -> dict[str, list[str]]:
    """Each row's name to its cells' words."""
    found = re.search(rf'data-testid="table-{table}">(.*?)</table>', browser.text, re.DOTALL)
    assert found, table
    body = found[1][found[1].index("<tbody>") : found[1].index("</tbody>")]
    rows = {}
    for name, cells in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', body, re.DOTALL):
        words = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells, re.DOTALL)]
        rows[unescape(re.sub(r"<[^>]+>", "", name)).strip()] = [unescape(word).strip() for word in words]
    return rows


def typed(browser: Browser, section: str) -> str:
    """What stands in the section's field."""
    found = re.search(rf'<textarea[^>]*name="{section}"[^>]*>\n(.*?)</textarea>', browser.text, re.DOTALL)
    assert found, section
    return unescape(found[1])


async def saves(browser: Browser, **texts: str) -> int:
    """Sends the form as a browser does: with every section as it stands, but for these."""
    whole = {one.value: typed(browser, one.value) for one in Section}
    action, hidden = browser.form("texts-form")
    answer = await browser.posts(unescape(action), hidden | whole | texts)
    if answer.status == 303:
        await browser.opens(answer.headers["Location"])
    return answer.status


async def some_cases(desk: StaffDesk) -> None:
    for _ in range(6):
        await desk.case()
    await desk.case(kind=CaseKind.CONDUCT)
    await desk.case(ward=HOAN_KIEM)


async def test_a_leader_reads_the_review_of_their_ward(desk: StaffDesk) -> None:
    """What is about officials is not told as a number, nor what one could subtract it from; another ward is nowhere."""
    await some_cases(desk)
    boss = await desk.signed_in("boss", Role.WARD_LEADER)
    assert (await boss.opens("/staff/reports")).status == 200
    assert f'href="{REVIEW}"' in boss.text
    assert (await boss.opens(REVIEW)).status == 200
    accepted = {name: cells[0] for name, cells in rows_of(boss, "kinds").items()}
    assert sorted(accepted.values()) == ["* (0)", "< 5 (0)"]
    assert 'data-testid="table-wards"' not in boss.text
    assert (await boss.opens(f"{REVIEW}?term=2026-2&ward={HOAN_KIEM}")).status == 403
    assert (await boss.opens(f"{REVIEW}?ward=99999")).status == 404
    lan = await desk.signed_in("lan", Role.WARD_OFFICER)
    await lan.opens(REVIEW)
    assert {name: cells[0] for name, cells in rows_of(lan, "kinds").items()} == {
        next(name for name, told in accepted.items() if told == "* (0)"): "6 (0)"
    }


async def test_an_inspector_reads_the_city_s_and_writes_nothing(sqlite_desk: StaffDesk) -> None:
    await some_cases(sqlite_desk)
    inspector = await sqlite_desk.signed_in("eye", Role.INSPECTOR, None)
    assert (await inspector.opens(f"{REVIEW}?term=2026")).status == 200
    assert sorted(cells[0] for cells in rows_of(inspector, "wards").values()) == ["1 (0)", "7 (0)"]
    assert inspector.shows("review_read_only")
    token = inspector.form("logout-form")[1]
    assert (await inspector.posts(f"{REVIEW}?term=2026", token | {"tasks": "x", "version": "0"})).status == 403
    operator = await sqlite_desk.signed_in("op", Role.OPERATOR, None)
    assert (await operator.opens(REVIEW)).status == 403
    assert (await operator.opens("/staff/reports")).status == 403


async def test_an_empty_term_and_a_wrong_one(sqlite_desk: StaffDesk) -> None:
    """An empty one says so; of one to come or with its days the wrong way round the present one is shown, and why."""
    boss = await sqlite_desk.signed_in("boss", Role.WARD_LEADER)
    await boss.opens(f"{REVIEW}?term=2025")
    assert boss.shows("review_empty")
    for query, key in (
        ("term=2027-1", "review_term_to_come"),
        ("term=nonsense", "review_days_unreadable"),
        ("term=2026_x_y", "review_days_unreadable"),
        ("from=2026-03-02&to=2026-03-01", "review_days_reversed"),
        ("from=2026-03-02", "review_days_unreadable"),
        ("from=0001-01-01&to=2026-03-01", "review_days_unreadable"),
    ):
        assert (await boss.opens(f"{REVIEW}?{query}")).status == 200, query
        assert boss.shows(key), query
    assert (await boss.opens(f"{REVIEW}?from=2026-11-01&to=2026-11-18")).status == 200
    assert 'value="2026-11-01"' in boss.text


async def test_two_leaders_do_not_overwrite_each_other(desk: StaffDesk) -> None:
    """The second gets their own words back as a draft, beside what the first saved; then they may save them."""
    first, second = await desk.signed_in("first", Role.WARD_LEADER), await desk.signed_in("second", Role.WARD_LEADER)
    for browser in (first, second):
        await browser.opens(THIS_TERM)
    assert await saves(first, tasks="Thay mười bảng", proposals="Thêm người <b>") == 303
    assert first.shows("settings_saved")
    assert await saves(second, tasks="Họp tổ dân phố") == 409
    assert second.shows("review_stale")
    assert typed(second, "tasks") == "Họp tổ dân phố"
    assert "Thay mười bảng" in second.text
    assert "Thêm người &lt;b&gt;" in second.text
    await second.opens(THIS_TERM)
    assert typed(second, "tasks") == "Họp tổ dân phố", "the draft is kept"
    assert await saves(second, proposals="Thêm người") == 303
    await first.opens(THIS_TERM)
    assert typed(first, "tasks") == "Họp tổ dân phố"
    await first.opens(f"{REVIEW}?term=2026&ward={PHU_THUONG}")
    assert typed(first, "tasks") == "", "another term has its own"
    async with desk.database.reading() as uow:
        acts = [entry.action for entry in await uow.audit.page(officer(None, Role.INSPECTOR).wanting(Right.AUDIT))]
    assert acts.count("review_written") == 2


async def test_a_draft_is_one_s_own_and_the_term_before_is_offered(sqlite_desk: StaffDesk) -> None:
    boss, other = (
        await sqlite_desk.signed_in("boss", Role.WARD_LEADER),
        await sqlite_desk.signed_in("deputy", Role.WARD_LEADER),
    )
    await boss.opens(f"{REVIEW}?term=2026-1&ward={PHU_THUONG}")
    assert await saves(boss, leadership="Đã ban hành hai kế hoạch") == 303
    await boss.opens(THIS_TERM)
    assert "Đã ban hành hai kế hoạch" in boss.text
    assert typed(boss, "leadership") == ""
    fields = boss.form("texts-form")[1] | {"leadership": "Nháp của tôi"}
    answer = await boss.posts(f"{REVIEW}/draft?term=2026-2&ward={PHU_THUONG}", fields)
    assert answer.status == 303
    await boss.opens(THIS_TERM)
    assert typed(boss, "leadership") == "Nháp của tôi"
    assert 'data-testid="draft-kept"' in boss.text
    await other.opens(THIS_TERM)
    assert "Nháp của tôi" not in other.text
    too_long = await boss.posts(THIS_TERM, fields | {"tasks": "x" * 10_001})
    assert too_long.status == 400
    assert 'data-testid="trouble-tasks"' in boss.text


@pytest.mark.parametrize("form", ["xlsx"])
async def test_the_document_is_made_and_fetched(sqlite_desk: StaffDesk, form: str) -> None:
    """It waits an hour where all that takes long does."""
    await some_cases(sqlite_desk)
    boss = await sqlite_desk.signed_in("boss", Role.WARD_LEADER)
    await boss.opens(THIS_TERM)
    token = boss.form("document-form")[1]
    refused = await boss.posts(f"{REVIEW}/document?term=2026-2&ward={PHU_THUONG}", token | {"form": "odt"})
    assert refused.status == 400
    await boss.posts(f"{REVIEW}/document?term=2026-2&ward={PHU_THUONG}", token | {"form": form})
    await sqlite_desk.workshop.settle()
    got = await boss.client.get("/staff/reports/work/file")
    assert got.headers["Content-Disposition"] == f'attachment; filename="bao-cao_2026-2_{PHU_THUONG}.{form}"'
    assert (await got.read())[:2] == b"PK"


async def test_hot_spots_are_on_a_map_that_is_the_documents_own(sqlite_desk: StaffDesk) -> None:
    """Six reports of one corner: a circle with the number of its line, in a picture that needs neither style nor script."""
    minh = await sqlite_desk.signed_in("minh", Role.WARD_LEADER)
    for _ in range(6):
        await sqlite_desk.case(point=Point(21.0857, 105.8120))
    await minh.opens(THIS_TERM)
    [drawn] = re.findall(r'data-testid="spot-map">(<svg.*?</svg>)</div>', minh.text, re.DOTALL)
    assert drawn.count("<circle") == 1
    assert ">1</text>" in drawn
    assert "© OpenStreetMap contributors, ODbL" in drawn
    assert not re.search(r"<script|style=|\son\w+=|href=", drawn)


async def test_a_term_before_the_first_case_was_not_counted(desk: StaffDesk) -> None:
    """The system began in this term: what stood before is no figure, and not nought."""
    lead = Viewer.of(await desk.staff("lead", Role.WARD_LEADER, PHU_THUONG)).wanting(Right.DASHBOARD)
    zone = load_settings().zone
    for term, has_before in ((Term.half(2026, 2), False), (Term.days(date(2026, 11, 18), date(2026, 11, 18)), False)):
        await desk.case()
        async with desk.database.reading() as uow:
            review = await make_review(uow, lead, term, PHU_THUONG, now=desk.clock.now(), zone=zone)
        assert (review.counted_from, review.has_before) == (date(2026, 11, 18), has_before)
    desk.clock.passes(days=1)
    async with desk.database.reading() as uow:
        day = Term.days(date(2026, 11, 19), date(2026, 11, 19))
        assert (await make_review(uow, lead, day, PHU_THUONG, now=desk.clock.now(), zone=zone)).has_before
