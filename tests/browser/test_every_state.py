"""axe finds nothing to mend in the states that a walk through the desk and the chat comes to besides.

Each is looked at where most goes wrong: on a small phone by night and on an office screen by day. The pages that one sees
every day are looked at in every size in `test_accessibility`.
"""

import re
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, expect

from bot import app
from bot.domain.neighbours import Ended, NewSubscription, Told
from bot.domain.people import Role
from tests.browser.axe import WORST_LOOKS, complaints
from tests.browser.conftest import Town
from tests.browser.people import NEW_PASSWORD, Officer, Person, Resident
from tests.browser.test_accessibility import at_the_demo, demo

__all__ = ["demo"]

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DRAIN = "Nắp cống vỡ trước cổng trường, phường Phú Thượng. Gọi tôi số 0912 345 678."


class Looks:
    """Collects what is wrong on the way."""

    def __init__(self) -> None:
        self.found: list[str] = []

    async def at(self, person: Person, what: str) -> None:
        await person.sees_it_whole()
        await person.sees_it_whole_enlarged()
        self.found += [f"{what}, {complaint}" for complaint in await complaints(person.page, WORST_LOOKS)]


async def filed(town: Town, lan: Resident) -> str:
    await lan.comes_in()
    await lan.says(DRAIN)
    await lan.presses("Gửi")
    return await lan.reads_code()


async def signed_in(town: Town, username: str, role: Role = Role.WARD_OFFICER) -> Officer:
    officer = await town.officer()
    officer.watch.expected |= {400, 401, 403, 404, 409, 413, 429}
    await officer.arrives(username, await town.account(username, role=role))
    return officer


async def sends(person: Person, form: str, *, button: str = "") -> None:
    """Press a button of the form, whatever the browser itself thinks of its fields."""
    there = person.part(form)
    await there.evaluate("form => { form.noValidate = true }")
    await (person.part(button) if button else there.locator("button").first).click()


async def test_a_case_between_two_people(town: Town) -> None:
    """Previews, mentions, what is sealed, a pause: refused, asked for, granted, done."""
    looks, lan = Looks(), await town.resident()
    code = await filed(town, lan)
    minh, chief = await signed_in(town, "minh"), await signed_in(town, "chief", Role.WARD_LEADER)
    case = f"/staff/cases/{code}"
    await minh.opens(case)
    await minh.part("reply-form").locator("textarea").fill("Chiều nay tổ thoát nước sẽ đến.")
    await minh.part("preview-reply").click()
    await expect(minh.part("preview")).to_be_visible()
    await looks.at(minh, "an answer, beforehand")
    for form in ("note-form", "close-form", "move-form", "assign-form", "tie-form"):
        await minh.opens(case)
        await minh.unfolds(form)
        await sends(minh, form)
        await expect(minh.part(form).locator("[aria-invalid=true]").first).to_be_visible()
        await looks.at(minh, f"{form}, refused")
    note = await minh.unfolds("note-form")
    await note.locator("textarea").fill("@chief xem giúp, cần gọi lại.")
    await note.locator("button").first.click()
    await expect(minh.part("done")).to_be_visible()
    await minh.opens(f"{case}/closed")
    await looks.at(minh, "what is sealed")
    await sends(minh, "identity-form")
    await looks.at(minh, "what is sealed, no reason given")
    await minh.page.locator("#identity-reason").fill("Hẹn giờ đến xem")
    await sends(minh, "identity-form")
    await chief.opens("/staff/mentions")
    await expect(chief.part("mention")).to_have_count(1)
    await looks.at(chief, "mentions")
    await chief.opens(f"{case}/closed")
    await expect(chief.part("decision-form")).to_be_visible()
    await looks.at(chief, "what is sealed, to be decided")
    await sends(chief, "bar-form")
    await looks.at(chief, "nobody to bar")
    await chief.part("decision-form").locator("button").first.click()
    await minh.opens(f"{case}/closed")
    await minh.part("look-form").locator("button").click()
    await expect(minh.part("opened")).to_contain_text("0912 345 678")
    await looks.at(minh, "what was sealed, opened")
    await chief.opens(f"{case}/pause")
    await sends(chief, "pause-form")
    await looks.at(chief, "a pause without a reason")
    await chief.part("pause-form").locator("[name=reason]").first.check()
    await sends(chief, "pause-form")
    await expect(chief.part("resume-form")).to_be_visible()
    await looks.at(chief, "paused")
    await minh.opens(case)
    await minh.closes("done", "Đã thay nắp.")
    await lan.hears("Đã thay nắp.")
    await looks.at(lan, "the chat of a closed case")
    await chief.opens("/staff/dashboard")
    await looks.at(chief, "hardly any figures")
    await chief.opens("/staff/reports/review")
    await looks.at(chief, "a review of one case")
    assert looks.found == []


async def test_a_neighbour_who_is_told_of_cases_answers_no_more(town: Town) -> None:
    """The operator is warned where neighbours stand, and begins anew with one press."""
    looks = Looks()
    oanh = await signed_in(town, "oanh", Role.OPERATOR)
    async with app.open_database(town.city.settings, beside_others=True) as database, database.begin() as uow:
        new = NewSubscription(
            name="Cổng thông tin",
            address="https://8.8.8.8/hook",
            secret="hidden",
            kinds=frozenset({Told.FILED}),
            made_by=None,
        )
        known = await uow.neighbours.add(new, datetime.now(UTC))
        await uow.neighbours.ping(known.id, "0198c0de-0000-7000-8000-000000000001", datetime.now(UTC))
        assert await uow.neighbours.disable(known.id, Ended.FAILING, datetime.now(UTC))  # before anybody is told anything
        await uow.commit()
    await oanh.opens("/staff/settings/neighbours")
    await expect(oanh.part("neighbour-failed")).to_be_visible()
    await looks.at(oanh, "a neighbour who is given up")
    await oanh.part("neighbour").locator("a").click()
    await expect(oanh.part("neighbour-ended")).to_be_visible()
    await looks.at(oanh, "the neighbour's own page")
    await oanh.part("act-enable").click()
    await expect(oanh.part("neighbour-ended")).to_have_count(0)
    await oanh.part("act-secret").click()
    await expect(oanh.part("secret")).to_be_visible()
    await looks.at(oanh, "a neighbour's new secret, shown once")
    await oanh.opens("/staff/settings/neighbours")
    await oanh.part("key-form").locator("[name=key_name]").fill("Cổng thông tin")
    await sends(oanh, "key-form")
    await expect(oanh.part("secret")).to_be_visible()
    await looks.at(oanh, "a program's key, shown once")
    assert looks.found == []


async def test_where_the_desk_says_no(town: Town) -> None:
    """Not here, not for you, too late, too much, too often; and the session that is over while one writes."""
    looks, (_, code) = Looks(), await town.files(DRAIN)
    minh, hoa = await signed_in(town, "minh"), await signed_in(town, "hoa")
    for path, what in (
        ("/staff/cases/0000-0000", "no such case"),
        ("/staff/audit", "not for you"),
        ("/staff/none", "nothing here"),
    ):
        await minh.opens(f"/staff/{path}")
        await looks.at(minh, what)
    for officer in (minh, hoa):
        await officer.opens(f"/staff/cases/{code}")
    await hoa.answers("Tôi đã báo tổ thoát nước.")
    await minh.writes_answer("Chiều nay sẽ có người đến.")
    await expect(minh.part("stale")).to_be_visible()
    await looks.at(minh, "an answer that came second")
    await minh.unfolds("note-form")
    words = minh.part("note-form").locator("textarea")
    await words.evaluate("field => { field.removeAttribute('maxlength'); field.value = 'x'.repeat(600000) }")
    await sends(minh, "note-form")
    await looks.at(minh, "more than is taken")
    await minh.opens(f"/staff/cases/{code}")
    other = await minh.page.context.new_page()
    await other.goto(f"{minh.root}/staff/")
    await other.get_by_test_id("who").click()
    await other.get_by_test_id("logout-form").locator("button").click()
    await expect(other.get_by_test_id("login-form")).to_be_visible()
    await minh.writes_answer("Một câu trả lời dài.")
    await expect(minh.part("typed")).to_have_value("Một câu trả lời dài.")
    await looks.at(minh, "the session is over")
    await minh.signs_in_once("minh", NEW_PASSWORD)
    await looks.at(minh, "to be sent again")
    await hoa.opens("/staff/?q=khongcogi")
    await hoa.signs_out()
    for _ in range(12):
        await hoa.signs_in_once("minh", "sai")
    await looks.at(hoa, "too many guesses")
    assert looks.found == []


async def test_a_receipt_is_checked(town: Town) -> None:
    """The page that checks receipts: empty, wrong."""
    looks, lan = Looks(), await town.resident()
    await lan.opens("/track")
    await looks.at(lan, "a receipt")
    await lan.page.locator("#code").fill("7K3M-9QX2")
    await lan.page.locator("#signature").fill("ABCD")
    await lan.part("track-form").locator("button").click()
    await expect(lan.part("track-answer")).to_be_visible()
    await looks.at(lan, "a receipt that is none")
    assert looks.found == []


async def test_a_case_is_followed_on_its_receipts_page(town: Town) -> None:
    """By its code alone, refused, with the secret, written to, closed, disputed."""
    looks, lan, holder, minh = Looks(), await town.resident(), await town.resident(), await town.city.staff("minh")
    await town.city.staff("hoang")
    holder.watch.expected |= {400, 404}
    code = await filed(town, lan)
    await lan.presses("Biên nhận")
    secret = re.search(r"Mã bí mật: (\d{4} \d{4} \d{4})", await lan.hears("Mã bí mật"))
    assert secret

    async def asks(typed: str, sees: str) -> None:
        await holder.opens("/track")
        await holder.page.locator("#case-code").fill(code)
        await holder.page.locator("#secret").fill(typed)
        await holder.part("track-case-form").locator("button").click()
        await expect(holder.part(sees).first).to_be_visible()

    await asks("", "track-case")
    await looks.at(holder, "a case by its code")
    await asks("1234 1234 1234", "track-case-answer")
    await looks.at(holder, "a wrong secret")
    await minh.answers(code, "Tổ thoát nước sẽ đến chiều nay.")
    await asks(secret[1], "track-said")
    await looks.at(holder, "a case with its secret")
    await holder.page.locator("#write-text").fill("Nắp cống ở ngay cổng trường.")
    await holder.part("track-write-form").locator("button").click()
    await expect(holder.part("track-own").last).to_contain_text("ngay cổng trường")
    await looks.at(holder, "a case that was written to")
    await minh.closes(code, "no_action", "Nắp cống này của trường.")
    await asks(secret[1], "track-dispute-form")
    await looks.at(holder, "a case that is closed")
    await holder.page.locator("#dispute-text").fill("Trường không quản lý nắp cống đó.")
    await holder.part("track-dispute-form").locator("button").click()
    await expect(holder.part("track-case-answer")).to_have_attribute("data-good", "yes")
    await looks.at(holder, "a case that was disputed")
    assert looks.found == []


async def test_somebody_stands_at_the_counter(chromium: Browser, demo: app.Started) -> None:
    """The counter's form: empty, refused, with proposals, read back, the receipt; and how one wants to be told."""
    looks, minh = Looks(), await at_the_demo(chromium, demo)
    minh.watch.expected.add(400)
    await minh.opens("/staff/counter")
    await looks.at(minh, "the counter")
    await sends(minh, "counter-form")
    await looks.at(minh, "the counter, nothing told")
    await minh.page.locator("#text").fill("Đống rác đầu ngõ 12 phường Phú Thượng ba hôm nay chưa ai dọn.")
    await minh.part("counter-form").locator("[name=way]").first.check()
    await minh.part("counter-form").locator("button[name=step]").last.click()
    await expect(minh.part("proposal")).to_be_visible()
    await looks.at(minh, "the counter, proposals")
    await minh.part("counter-next").click()
    await expect(minh.part("read-back")).to_be_visible()
    await looks.at(minh, "the counter, read back")
    await minh.part("counter-file").click()
    await expect(minh.part("receipt")).to_be_visible()
    await looks.at(minh, "the counter's receipt")
    [code] = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", await minh.part("open-case").get_attribute("href") or "")
    signature = await minh.part("receipt").locator("dd").last.inner_text()
    paper = await minh.page.context.new_page()
    await paper.goto(f"{minh.root}/track?code={code}&signature={signature}")
    await paper.get_by_test_id("track-form").locator("button").click()
    await expect(paper.get_by_test_id("track-answer")).to_have_attribute("data-good", "yes")
    looks.found += await complaints(paper, WORST_LOOKS)
    await minh.part("open-case").click()
    await looks.at(minh, "a case of the counter")
    await minh.opens("/staff/settings/notices")
    await looks.at(minh, "how to be told")
    await minh.opens("/staff/settings/absences")
    if await minh.part("absence-form").count():
        await sends(minh, "absence-form")
        await looks.at(minh, "an absence, refused")
    await minh.page.context.close()
    assert looks.found == []


async def test_the_ledger_is_kept(chromium: Browser, demo: app.Started) -> None:
    """The campaign ledger: its boards, a refused one, one more, a number that is doubted."""
    looks, minh = Looks(), await at_the_demo(chromium, demo)
    minh.watch.expected.add(400)
    await minh.opens("/staff/campaign/boards")
    await minh.page.locator("details", has=minh.part("board-form")).locator("summary").click()
    await sends(minh, "board-form")
    await expect(minh.part("trouble")).to_be_visible()
    await looks.at(minh, "a board, refused")
    await minh.part("board-form").locator("[name=place]").fill("Cổng chợ Phú Thượng")
    await minh.part("board-form").locator("[name=spot]").fill("21.0895, 105.8101")
    await minh.part("board-form").locator("button").click()
    await expect(minh.part("board-row").first).to_be_visible()
    await looks.at(minh, "the boards")
    await minh.opens("/staff/campaign/entries?kind=leaflets")
    await minh.part("entry-form").locator("[name=number]").fill("16.890.000")
    await minh.part("entry-save").click()
    await expect(minh.part("entry-sure")).to_be_visible()
    await looks.at(minh, "leaflets, doubted")
    await minh.page.context.close()
    assert looks.found == []
