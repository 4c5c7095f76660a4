"""The queue's page: filters by address, rows that say what matters, pages both ways, views of one's own."""

import re
from datetime import timedelta
from html import unescape

import pytest

from admin.queueing.views import LONGEST_NAME, MOST_VIEWS
from bot.domain.case import CaseKind
from bot.domain.people import Role
from bot.domain.reply import DeliveryResult, DeliveryState, NewReply, Reply
from bot.domain.thread import Author, NewMessage
from tests.admin.desk import HOAN_KIEM, SECRET_KEY, Browser, StaffDesk
from tests.codes import enrol
from tests.statements import statements_of


def row_of(browser: Browser, code: str) -> str:
    """The row of this case as text."""
    [row] = [row for row in browser.text.split('data-testid="case-row"')[1:] if f'data-code="{code}"' in row]
    return unescape(row.split("</li>")[0])


def shown(row: str) -> str:
    """What of it is seen: no tags, nothing hidden."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<span[^>]* hidden>.*?</span>", "", row)).split())


def links(browser: Browser) -> dict[str, str]:
    """The views beside the queue: address to what stands there."""
    found = re.findall(r'<a href="([^"]+)"[^>]*data-testid="view">(.*?)</a>', browser.text)
    return {unescape(address): " ".join(re.sub(r"<[^>]+>", " ", text).split()) for address, text in found}


async def test_filters_stand_in_the_address(desk: StaffDesk) -> None:
    """Each narrows the queue; together they narrow it further; each can be taken away by itself."""
    noise = await desk.case("Karaoke ồn ào")
    question = await desk.case("Cho tôi hỏi", kind=CaseKind.QUESTION)
    late = await desk.case("Quá hạn rồi", due_in=timedelta(days=-1))
    minh = await desk.signed_in("minh")
    for query, codes in (
        ("", [late.code, noise.code, question.code]),
        ("?kind=question", [question.code]),
        ("?due=late", [late.code]),
        ("?kind=question&due=late", []),
        ("?owner=me", []),
        ("?owner=none&sort=newest", [late.code, question.code, noise.code]),
        ("?channel=zalo", []),
        ("?channel=webchat&sort=oldest", [noise.code, question.code, late.code]),
        ("?status=closed", []),
        ("?kind=nonsense&sort=;drop", [late.code, noise.code, question.code]),
    ):
        assert (await minh.opens(f"/staff/{query}")).status == 200
        assert minh.codes() == codes, query
    await minh.opens("/staff/?kind=question&due=late")
    chosen = re.search(r'data-testid="chosen">(.*?)</ul>', minh.text, re.DOTALL)
    assert chosen
    assert re.findall(r'href="([^"]+)"', chosen[1]) == ["/staff/?kind=question", "/staff/?due=late"]


async def test_the_filter_form_keeps_what_is_on(sqlite_desk: StaffDesk) -> None:
    """What the address says is chosen in the form; a ward's officer has no wards and no desks to choose from."""
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens("/staff/?kind=question&emergency=1&sort=oldest")
    form = minh.text.split('data-testid="filter-form"')[1].split("</form>")[0]
    assert re.findall(r'<option value="([^"]+)" selected', form) == ["open", "question", "oldest"]
    assert re.search(r'name="emergency" value="1" checked', form)
    assert 'name="ward"' not in form
    assert 'name="desk"' not in form
    city = await sqlite_desk.signed_in("city", Role.CITY_COORDINATOR)
    await city.opens("/staff/?desk=leaders")
    form = city.text.split('data-testid="filter-form"')[1].split("</form>")[0]
    assert re.findall(r'<option value="([^"]+)" selected', form) == ["open", "leaders", "due"]
    assert form.count("<option") > 126


async def test_the_views_count_only_what_one_may_open(desk: StaffDesk) -> None:
    """Two open, one of them late; the other ward's and the restricted desk's cases are in no number."""
    await desk.case()
    await desk.case(due_in=timedelta(days=-2))
    await desk.case(ward=HOAN_KIEM)
    await desk.case(kind=CaseKind.CONDUCT)
    minh = await desk.signed_in("minh")
    await minh.opens("/staff/")
    found = links(minh)
    assert found == {
        "/staff/": "Đang mở 2",
        "/staff/?owner=me": "Việc của tôi 0",
        "/staff/?owner=none": "Chưa ai nhận 2",
        "/staff/?due=late": "Quá hạn 1",
        "/staff/?status=closed": "Đã khép lại",
    }
    assert 'href="/staff/" aria-current="page"' in minh.text


async def test_a_row_says_what_matters(desk: StaffDesk) -> None:
    """Whose it is, how many report it, that the resident wrote again, what never arrived, how late it is."""
    minh = await desk.signed_in("minh")
    case, plain = await desk.case(due_in=timedelta(days=-3)), await desk.case("Việc khác")
    async with desk.database.begin() as uow:
        member = await uow.staff.by_username("minh")
        assert member
        await uow.cases.count_joined(case.id, 2)
        now_it_is = await uow.cases.by_code(case.code)
        assert now_it_is
        await uow.cases.own(now_it_is, member[0].id, desk.clock.now() + timedelta(days=2))
        said = NewMessage(case_id=case.id, author=Author.STAFF, text="x", at=desk.clock.now(), staff_id=member[0].id)
        answer = NewReply(
            address=case.address, reply=Reply(text="x"), case_id=case.id, message_id=await uow.cases.add_message(said)
        )
        [reply] = await uow.outbox.add([answer], desk.clock.now())
        await uow.outbox.record(
            [DeliveryResult(reply_id=reply, state=DeliveryState.FAILED, at=desk.clock.now(), error="blocked")]
        )
        await uow.commit()
    desk.clock.passes(minutes=1)
    await desk.resident_adds(case, "Vẫn còn.")
    await minh.opens("/staff/")
    row = shown(row_of(minh, case.code))
    for words in ("Quá hạn 3 ngày làm việc", "Tin mới", "+2 người cùng báo", "1 tin chưa đến được", " Tôi "):
        assert words in row, words
    other = shown(row_of(minh, plain.code))
    for words in ("Quá hạn", "Tin mới", "cùng báo", "chưa đến được", " Tôi "):
        assert words not in other, words
    assert "Chưa ai nhận" in other
    hoa = await desk.signed_in("hoa")
    await hoa.opens("/staff/")
    assert " Minh " in shown(row_of(hoa, case.code))


async def test_an_emergency_is_a_word_and_a_view(desk: StaffDesk) -> None:
    case = await desk.case("Cây đổ đè dây điện", is_emergency=True)
    await desk.case()
    minh = await desk.signed_in("minh")
    await minh.opens("/staff/?emergency=1")
    assert minh.codes() == [case.code]
    assert "Khẩn cấp" in shown(row_of(minh, case.code))
    assert links(minh)["/staff/?emergency=1"] == "Khẩn cấp 1"


async def test_pages_lead_forth_and_back_while_cases_arrive(desk: StaffDesk) -> None:
    """120 cases: three pages forth, three back, the same rows; what arrives meanwhile moves none of them."""
    filed = [(await desk.case(f"{number}", due_in=timedelta(hours=number + 30))).code for number in range(120)]
    minh = await desk.signed_in("minh")
    await minh.opens("/staff/")
    forth, back = [minh.codes()], list[list[str]]()
    while found := re.search(r'href="([^"]+)" rel="next"', minh.text):
        await minh.opens(unescape(found[1]))
        forth.append(minh.codes())
        await desk.case("late-comer", due_in=timedelta(minutes=1))
    assert [code for page in forth for code in page] == filed
    back.append(minh.codes())
    while (found := re.search(r'href="([^"]+)" rel="prev"', minh.text)) and len(back) < 3:
        await minh.opens(unescape(found[1]))
        back.append(minh.codes())
    assert back == forth[::-1]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("", "open"),
        ("?status=closed", "closed"),
        ("?q=khongcogi", "search"),
        ("?due=late", "late"),
        ("?owner=me", "mine"),
        ("?kind=question&due=late", "filtered"),
    ],
)
async def test_an_empty_page_says_why_it_is_empty(sqlite_desk: StaffDesk, query: str, key: str) -> None:
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/{query}")
    assert minh.shows(f"desk_queue_none_{key}_title")
    assert minh.shows(f"desk_queue_none_{key}_text")


async def test_a_queue_is_kept_under_a_name(desk: StaffDesk) -> None:
    """Saved, found beside the ready ones, opened, replaced under its name, deleted; nobody else ever sees it."""
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    await minh.opens("/staff/?due=late&kind=question")
    response = await minh.submits("view-form", name="  Rác   trễ <b> ")
    assert response.status == 303
    await minh.opens(response.headers["Location"])
    assert minh.shows("desk_done_view")
    assert links(minh)["/staff/?due=late&kind=question"] == "Rác trễ &lt;b&gt;"
    await minh.opens("/staff/?emergency=1")
    assert (await minh.submits("view-form", name="Rác trễ <b>")).status == 303
    await minh.opens("/staff/?emergency=1")
    assert "/staff/?due=late&kind=question" not in links(minh)
    await hoa.opens("/staff/?emergency=1")
    assert "Rác trễ" not in hoa.text
    _, hidden = minh.form("unview-form")
    stolen = await hoa.posts(
        "/staff/views/remove", {"view": hidden["view"], "form_token": hoa.form("view-form")[1]["form_token"]}
    )
    assert stolen.status == 303
    await minh.opens("/staff/?emergency=1")
    assert (await minh.submits("unview-form")).status == 303
    await minh.opens("/staff/?emergency=1")
    assert "Rác trễ" not in minh.text


@pytest.mark.parametrize(
    ("name", "key"),
    [("", "desk_view_without_name"), ("   ", "desk_view_without_name"), ("x" * (LONGEST_NAME + 1), "desk_view_name_long")],
)
async def test_a_name_that_is_none_is_asked_for_again(sqlite_desk: StaffDesk, name: str, key: str) -> None:
    """Beside the field, with what was typed still in it and the queue unchanged."""
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens("/staff/?owner=none")
    response = await minh.submits("view-form", name=name)
    assert response.status == 400
    assert 'aria-invalid="true"' in minh.text
    assert f'name="name" value="{name.strip()}"' in minh.text
    assert minh.codes() == [case.code]
    trouble = re.search(r'data-testid="trouble"><a href="#view-name">([^<]+)<', minh.text)
    assert trouble
    assert str(LONGEST_NAME) in trouble[1] or key.endswith("name")


async def test_one_has_so_many_views_and_no_more(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    member = await sqlite_desk.member("minh")
    async with sqlite_desk.database.begin() as uow:
        for number in range(MOST_VIEWS):
            await uow.views.put(member.id, f"v{number}", "due=late")
        await uow.commit()
    await minh.opens("/staff/?owner=none")
    assert (await minh.submits("view-form", name="thêm nữa")).status == 400
    assert f"Bạn đã lưu {MOST_VIEWS} danh sách" in minh.text
    assert (await minh.submits("view-form", name="v3")).status == 303


async def test_a_kept_address_that_makes_no_sense_any_more_shows_the_queue(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    member = await sqlite_desk.member("minh")
    async with sqlite_desk.database.begin() as uow:
        await uow.views.put(member.id, "cũ", "category=gone&kind=x&" + "a=b&" * 100)
        await uow.commit()
    await minh.opens("/staff/?due=late")
    assert [address for address, text in links(minh).items() if text == "cũ"] == ["/staff/"]


async def test_the_page_takes_few_statements_however_long_the_queue_is(desk: StaffDesk) -> None:
    """At most fifteen, the same for one case as for a hundred."""
    minh = await desk.signed_in("minh")
    counts = []
    for cases in (1, 60):
        for number in range(cases):
            await desk.case(f"{number} rác")
        for query in ("", "?q=rac", "?due=late&owner=me"):
            with statements_of(desk.database) as asked:
                await minh.opens(f"/staff/{query}")
            counts.append(len([statement for statement in asked if statement.startswith("SELECT")]))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 15


async def test_the_bar_names_where_one_is(sqlite_desk: StaffDesk) -> None:
    """The queue is a place of the bar for those who read cases; the operator's bar does not have it."""
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens("/staff/")
    assert '<a href="/staff/" aria-current="page">Hồ sơ</a>' in minh.text
    await minh.opens(f"/staff/cases/{case.code}")
    assert '<a href="/staff/" aria-current="true">Hồ sơ</a>' in minh.text
    operator = await sqlite_desk.signed_in("op", Role.OPERATOR)
    await operator.opens("/staff/")
    places = operator.text.split('data-testid="places"')[1].split("</nav>")[0]
    assert 'href="/staff/"' not in places


async def test_the_queue_of_a_deputy_is_ones_own_and_the_absent_colleagues(desk: StaffDesk) -> None:
    """While the named officer is away, Minh's queue has the restricted desk too."""
    named, minh = await desk.staff("named", Role.RESTRICTED_OFFICER), await desk.signed_in("minh")
    case = await desk.case(kind=CaseKind.CONDUCT)
    member = await desk.member("minh")
    await minh.opens("/staff/")
    assert minh.codes() == []
    async with desk.database.begin() as uow:
        now = desk.clock.now()
        await enrol(uow, member.id, SECRET_KEY, now)  # whose place he takes has to have one
        await uow.absences.add(
            staff_id=named.id,
            deputy_id=member.id,
            from_at=now,
            until_at=now + timedelta(days=1),
            made_by=named.id,
            now=now,
        )
        await uow.commit()
    await minh.opens("/staff/")
    assert minh.codes() == [case.code]
