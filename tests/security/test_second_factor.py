"""Who needs a code beside the password, and that each code is good for one sign-in, whoever gives it where."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.people import Role, StaffMember
from bot.domain.signing_in import HALF_LASTS, HALF_TRIES, NEEDS_CODE, HalfSession
from bot.sealing import SecretKeySealer
from bot.services.giving_code import ByCode, give_code
from bot.services.second_factor import Proof, digits_in, hash_of, judge
from bot.services.sign_in import id_hash
from storage import Database
from storage.tables import half_sessions, recovery_codes, second_factors
from tests.admin.desk import PASSWORD, SECRET_KEY, Browser, StaffDesk
from tests.codes import SECRET, code_at, enrol, secret_in
from tests.conftest import Place
from tests.storage.cast import hire

ANYWHERE = ("/staff/", "/staff/cases/7K3M-9QX2", "/staff/rights", "/staff/password", "/staff/sessions", "/staff/settings")


async def half_in(desk: StaffDesk, username: str = "chief", role: Role = Role.WARD_LEADER) -> Browser:
    """Somebody who gave the right password and is asked for a code."""
    await desk.staff(username, role)
    browser = await desk.browser()
    await browser.opens("/staff/login")
    answer = await browser.submits("login-form", username=username, password=PASSWORD)
    assert answer.headers["Location"] == "/staff/login/code"
    await browser.opens("/staff/login/code")
    return browser


async def enrolled(desk: StaffDesk, username: str, role: Role) -> tuple[Browser, str, list[str]]:
    """Somebody new who sets it up by the page: their browser, secret and recovery codes."""
    await desk.staff(username, role, has_code=False)
    browser = await desk.browser()
    await browser.signs_in(username)
    await browser.opens("/staff/authenticator")
    secret = secret_in(browser.text)
    assert (await browser.submits("enrol-form", code=code_at(desk.clock.now(), secret=secret))).status == 200
    return browser, secret, codes_on(browser)


def codes_on(browser: Browser) -> list[str]:
    return re.findall(r'data-testid="recovery-code">([\d ]+)<', browser.text)


async def judged(database: Database, member: StaffMember, typed: str, now: datetime) -> Proof | None:
    async with database.begin() as uow:
        proof = await judge(uow, SecretKeySealer(SECRET_KEY), member.id, typed, now)
        await uow.commit()
    return proof


@pytest.mark.parametrize("role", list(Role))
async def test_who_needs_a_code_sees_nothing_before_it_is_set_up(sqlite_desk: StaffDesk, role: Role) -> None:
    """S12: Restricted officers, leaders, coordinators, inspectors, operators reach the one page where it is set up."""
    await sqlite_desk.staff("someone", role, has_code=False)
    browser = await sqlite_desk.browser()
    went_to = (await browser.signs_in("someone")).headers["Location"]
    assert went_to == ("/staff/authenticator" if role in NEEDS_CODE else "/staff/")
    if role not in NEEDS_CODE:
        return
    for path in ANYWHERE:
        assert (await browser.opens(path)).headers.get("Location") == "/staff/authenticator", path
    assert (await browser.opens("/staff/events")).status == 204
    await browser.opens("/staff/authenticator")
    token = browser.form("logout-form")[1]
    answer = await browser.posts("/staff/cases/7K3M-9QX2/presence", token)
    assert (answer.status, await answer.read()) == (204, b"")
    assert (await browser.posts("/staff/absences", token)).status in (303, 404)
    secret = secret_in(browser.text) if 'data-testid="secret"' in browser.text else ""
    await browser.opens("/staff/authenticator")
    assert secret in ("", secret_in(browser.text)), "looking again shows the same one"
    assert (await browser.submits("logout-form")).headers["Location"] == "/staff/login"


async def test_everybody_else_may_switch_it_on_and_off(desk: StaffDesk) -> None:
    """S12: An officer sets it up, is asked for a code from then on, and can do without it again."""
    minh, secret, codes = await enrolled(desk, "minh", Role.WARD_OFFICER)
    assert len(set(codes)) == 10
    fresh = await desk.browser()
    await fresh.opens("/staff/login")
    answer = await fresh.submits("login-form", username="minh", password=PASSWORD)
    assert answer.headers["Location"] == "/staff/login/code"
    assert not fresh.session_cookie()
    before = minh.session_cookie()
    await minh.opens("/staff/authenticator")
    assert (await minh.submits("off-form", code="123456")).status == 400
    assert minh.shows("verify_code_wrong")
    assert (await minh.submits("off-form", code=codes[0])).status == 303
    assert minh.session_cookie() not in ("", before), "a change of the second factor makes the session anew"
    assert (await fresh.signs_in("minh")).headers["Location"] == "/staff/"
    leader, _, spare = await enrolled(desk, "chief", Role.WARD_LEADER)
    await leader.opens("/staff/authenticator")
    assert 'data-testid="off-form"' not in leader.text
    forced = leader.form("codes-form")[1] | {"act": "off", "code": spare[0]}
    assert (await leader.posts("/staff/authenticator", forced)).status == 400
    assert secret != SECRET


async def test_a_half_session_opens_nothing(desk: StaffDesk) -> None:
    """S12: With the right password alone no page is shown, whatever cookie its wait is put into."""
    browser = await half_in(desk)
    assert not browser.session_cookie()
    half = next(morsel.value for morsel in browser.client.session.cookie_jar if morsel.key == "homthu_half")
    for path in ANYWHERE:
        assert (await browser.opens(path)).headers["Location"].startswith("/staff/login")
        thief = await desk.browser()
        answer = await thief.opens(path, headers={"Cookie": f"homthu_session={half}"})
        assert answer.headers["Location"].startswith("/staff/login")
    async with desk.database._transaction() as connection:
        [kept] = (await connection.execute(half_sessions.select())).all()
    assert half not in str(kept)


async def test_a_half_session_belongs_to_its_browser_and_is_over_soon(desk: StaffDesk) -> None:
    """S12: Its cookie alone does not let another browser give the code; after five minutes, or a jump back, nobody may."""
    browser = await half_in(desk)
    half = next(morsel.value for morsel in browser.client.session.cookie_jar if morsel.key == "homthu_half")
    thief = await desk.browser()
    await thief.opens("/staff/login")
    own = next(morsel.value for morsel in thief.client.session.cookie_jar if morsel.key == "homthu_signin")
    cookie = {"Cookie": f"homthu_half={half}; homthu_signin={own}"}
    assert (await thief.opens("/staff/login/code", headers=cookie)).headers["Location"] == "/staff/login"
    for jump in (HALF_LASTS, -HALF_LASTS - timedelta(days=800)):
        desk.clock.at += jump
        answer = await browser.submits("code-form", code=code_at(desk.clock.now()))
        assert (answer.status, browser.session_cookie()) == (401, "")
        assert browser.shows("desk_sign_in_again")
        desk.clock.at -= jump
        await browser.opens("/staff/login/code")
    assert (await browser.submits("code-form", code=code_at(desk.clock.now()))).status == 303


async def test_words_sent_when_the_session_was_over_come_through_both_steps(sqlite_desk: StaffDesk) -> None:
    """S12: A wrong code in between loses none of them."""
    case, chief = await sqlite_desk.case(), await sqlite_desk.signed_in("chief", Role.WARD_LEADER)
    await chief.opens(f"/staff/cases/{case.code}")
    sqlite_desk.clock.passes(hours=1)
    await chief.submits("reply-form", text="Một câu trả lời dài")
    await chief.submits("login-form", username="chief", password=PASSWORD)
    assert (await chief.submits("code-form", code="000000")).status == 401
    assert (await chief.submits("code-form", code=code_at(sqlite_desk.clock.now()))).status == 200
    assert "Một câu trả lời dài" in chief.text
    assert (await chief.submits("unsent-form", text="Một câu trả lời dài")).status == 303
    assert await sqlite_desk.hears(case) != []


async def test_a_code_is_taken_once(desk: StaffDesk) -> None:
    """S12: Neither the same code again nor, at the same moment, by two who both have it."""
    chief = await desk.staff("chief", Role.WARD_LEADER)
    now, code = desk.clock.now(), code_at(desk.clock.now())
    both = await asyncio.gather(*(judged(desk.database, chief, code, now) for _ in range(4)))
    assert sorted(map(str, both)) == ["None", "None", "None", "app"]
    assert await judged(desk.database, chief, code, now + timedelta(seconds=29)) is None


async def test_no_code_is_taken_outside_its_window_whatever_was_tried(sqlite_desk: StaffDesk) -> None:
    """S12: The present half minute and its two neighbours, each once, also after the clock jumped and returned."""
    chief, now = await sqlite_desk.staff("chief", Role.WARD_LEADER), sqlite_desk.clock.now()
    tried = [
        (steps, await judged(sqlite_desk.database, chief, code_at(now, steps), now)) for steps in (-3, -2, 2, 3, 0, 1, -1)
    ]
    assert [steps for steps, proof in tried if proof] == [0, 1, -1]
    for jump in (timedelta(hours=1), timedelta(days=-800), timedelta(days=400)):
        later = now + jump
        assert await judged(sqlite_desk.database, chief, code_at(later), later) is Proof.APP, "nobody is shut out by a jump"
    assert await judged(sqlite_desk.database, chief, code_at(now, 1), now + timedelta(seconds=30)) is None


async def test_two_thousand_guesses_hit_nothing(sqlite_desk: StaffDesk) -> None:
    """S12: Digits that are not the code, words, signs and other things: refused, and none is an error."""
    chief, now = await sqlite_desk.staff("chief", Role.WARD_LEADER), sqlite_desk.clock.now()
    right = {code_at(now, steps) for steps in (-1, 0, 1)}
    odd = ["", " ", "٠" * 7, "①②③④⑤⑥", "12345", "1234567", "-12345", "1e5", "0x1234", "\0", "½", "²³⁴⁵⁶⁷", "9" * 60]
    wrong = [f"{number * 503 % 1_000_000:06d}" for number in range(2_000)] + odd
    async with sqlite_desk.database.begin() as uow:
        sealer = SecretKeySealer(SECRET_KEY)
        hits = [typed for typed in wrong if typed not in right and await judge(uow, sealer, chief.id, typed, now)]
    assert hits == []


@pytest.mark.parametrize("typed", ["123 456", " 123-456 ", "123.456", "１２３４５６", "١٢٣٤٥٦"])
def test_how_people_type_six_digits(typed: str) -> None:
    """S12: With spaces, hyphens and dots, full width, or from another keyboard."""
    assert digits_in(typed) == "123456"


async def test_a_recovery_code_is_good_once_and_says_how_many_are_left(desk: StaffDesk) -> None:
    """S12: Without the phone one gets in by paper; the page then shows what is left, and new ones void the old."""
    chief, _, codes = await enrolled(desk, "chief", Role.WARD_LEADER)
    await chief.submits("file-form")
    lost = await desk.browser()
    for _ in range(2):
        await lost.opens("/staff/login")
        await lost.submits("login-form", username="chief", password=PASSWORD)
        await lost.opens("/staff/login/code")
        answer = await lost.submits("code-form", code=codes[3])
        if answer.status != 303:
            break
        assert answer.headers["Location"] == "/staff/authenticator?used=recovery"
        await lost.opens(answer.headers["Location"])
        assert "còn 9 mã" in lost.text
        await lost.submits("logout-form")
    assert answer.status == 401, "the second time it is used up"
    await chief.opens("/staff/authenticator")
    assert (await chief.submits("codes-form", code=codes[4])).status == 200
    fresh = codes_on(chief)
    assert len({*fresh, *codes}) == 20
    member = await desk.member("chief")
    assert await judged(desk.database, member, codes[5], desk.clock.now()) is None
    assert await judged(desk.database, member, fresh[0], desk.clock.now()) is Proof.RECOVERY


async def test_the_codes_are_saved_as_a_file_that_holds_nothing_else(sqlite_desk: StaffDesk) -> None:
    """S12: What is shown once can be kept; what is no unused code of one's own is never written into the file."""
    chief, _, codes = await enrolled(sqlite_desk, "chief", Role.WARD_LEADER)
    hidden = chief.form("file-form")[1]
    answer = await chief.posts("/staff/authenticator", hidden)
    saved = await answer.text()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert all(code in saved for code in codes)
    for bad in ("<script>alert(1)</script>", "", "\n".join([*codes[:9], "12345678901234567890"])):
        assert (await chief.posts("/staff/authenticator", hidden | {"codes": bad})).status == 404


async def test_a_dump_of_the_database_gives_no_code(desk: StaffDesk) -> None:
    """S12, S21: The app's secret is sealed with a key that is not in there; of recovery codes only hashes are."""
    _, secret, codes = await enrolled(desk, "chief", Role.WARD_LEADER)
    async with desk.database._transaction() as connection:
        kept = [str((await connection.execute(table.select())).all()) for table in (second_factors, recovery_codes)]
    assert all(kept)
    dump = "".join(kept).replace(" ", "")
    assert secret not in dump
    assert [code for code in codes if code.replace(" ", "") in dump] == []


async def test_wrong_codes_end_the_wait_and_are_in_the_trail(desk: StaffDesk) -> None:
    """S12, S19: After five the password is asked for again."""
    browser = await half_in(desk)
    statuses = [(await browser.submits("code-form", code="000000")).status for _ in range(HALF_TRIES)]
    assert statuses == [401] * HALF_TRIES
    assert browser.shows("desk_sign_in_again")
    thanh = await desk.signed_in("thanh", Role.INSPECTOR)
    await thanh.opens("/staff/audit")
    assert thanh.text.count("Nhập sai mã xác nhận") == HALF_TRIES
    async with desk.database._transaction() as connection:
        assert (await connection.execute(half_sessions.select())).all() == []


async def test_a_phone_is_changed_with_a_code_of_the_old_one(desk: StaffDesk) -> None:
    """S12: Whoever finds a desk left open cannot put in a phone of their own; other browsers are signed out."""
    chief, secret, _ = await enrolled(desk, "chief", Role.WARD_LEADER)
    elsewhere = await desk.browser()
    elsewhere.client.session.cookie_jar.update_cookies(await desk.session_of("chief"), desk.server.make_url("/"))
    assert (await elsewhere.opens("/staff/")).status == 200
    desk.clock.passes(minutes=5)
    await chief.opens("/staff/authenticator", params={"new": "1"})
    new = secret_in(chief.text)
    assert new != secret
    now = desk.clock.now()
    without = await chief.submits("enrol-form", code=code_at(now, secret=new))
    assert without.status == 400
    assert chief.shows("verify_current_wrong")
    old = code_at(now, secret=secret)
    assert (await chief.submits("enrol-form", code=code_at(now, secret=new), current=old)).status == 200
    assert (await elsewhere.opens("/staff/")).status == 303
    assert (await chief.opens("/staff/")).status == 200


async def test_a_colleague_resets_it_and_its_owner_is_told_who(desk: StaffDesk) -> None:
    """S12: The operator takes it away, which ends the sessions; at the next sign-in the owner reads who did it, and when."""
    chief, _, _ = await enrolled(desk, "chief", Role.WARD_LEADER)
    member = await desk.member("chief")
    ops = await desk.signed_in("ops", Role.OPERATOR)
    await ops.opens(f"/staff/settings/people/{member.id}")
    assert (await ops.submits("factor-form")).status == 303
    assert (await chief.opens("/staff/")).status == 303
    assert (await chief.signs_in("chief")).headers["Location"] == "/staff/authenticator"
    await chief.opens("/staff/authenticator")
    assert "Ops đã đặt lại mã xác nhận" in chief.text
    assert (await chief.submits("told-form")).status == 303
    await chief.opens("/staff/authenticator")
    assert 'data-testid="told-form"' not in chief.text
    assert secret_in(chief.text)


async def test_who_stands_in_for_a_leader_needs_a_code_for_the_leaders_work(desk: StaffDesk) -> None:
    """S12: An officer without one keeps their own desk, sees nothing of the leader's, and is told why."""
    chief, minh = await desk.staff("chief", Role.WARD_LEADER), await desk.staff("minh")
    now = desk.clock.now()
    async with desk.database.begin() as uow:
        day = timedelta(days=1)
        away = {"staff_id": chief.id, "deputy_id": minh.id, "from_at": now - day, "until_at": now + day, "made_by": chief.id}
        await uow.absences.add(**away, now=now)  # type: ignore[arg-type]  # ids and moments, each where it belongs
        await uow.commit()
    browser = await desk.browser()
    await browser.signs_in("minh")
    assert (await browser.opens("/staff/audit")).status == 403
    assert browser.shows("verify_lacks")
    await browser.opens("/staff/authenticator")
    await browser.submits("enrol-form", code=code_at(now, secret=secret_in(browser.text)))
    assert (await browser.opens("/staff/audit")).status == 200


async def test_one_code_given_to_two_processes_at_once_opens_one_session(database_place: Place) -> None:
    """S12: A code of the app, and one from paper, given four times in the same moment: one is in, whoever judges it."""
    opened = [database_place.database() for _ in range(1 if database_place.engine == "sqlite" else 2)]
    for one in opened:
        await one.open()
    sealer, now, paper = SecretKeySealer(SECRET_KEY), datetime.now(UTC), "1234" * 5
    async with opened[0].begin() as uow:
        chief = await hire(uow, "chief", role=Role.WARD_LEADER)
        await enrol(uow, chief.id, SECRET_KEY, now)
        await uow.second_factors.put_codes(chief.id, [hash_of(chief.id, paper)])
        for half in (f"{typed}{number}" for typed in ("app", "paper") for number in range(4)):
            waits = HalfSession(id_hash=id_hash(half), staff_id=chief.id, browser_hash=id_hash("b"), created_at=now)
            await uow.sessions.add_half(waits, drop_before=now - timedelta(hours=1))
        await uow.commit()

    async def gives(half: str, typed: str, at: int) -> bool:
        storage = opened[at % len(opened)]
        found = await give_code(storage, sealer, half_id=half, browser="b", typed=typed, device="", now=now)
        return isinstance(found, ByCode)

    for kind, typed in (("app", code_at(now)), ("paper", paper)):
        made = await asyncio.gather(*(gives(f"{kind}{number}", typed, number) for number in range(4)))
        assert sum(made) == 1, kind
    for one in opened:
        await one.close()


async def test_whose_account_is_shut_or_given_a_new_password_gives_no_code_any_more(desk: StaffDesk) -> None:
    """S11: Between the two steps too: the password that was right is so no more."""
    for username, is_shut in (("hoa", True), ("lan", False)):
        browser = await half_in(desk, username)
        async with desk.database.begin() as uow:
            member = await desk.member(username)
            if is_shut:
                await uow.staff.set_disabled(member.id, True)
            else:
                await uow.staff.set_password(member.id, "argon2id$…", must_change=True)
            await uow.commit()
        answer = await browser.submits("code-form", code=code_at(desk.clock.now()))
        assert (answer.status, browser.session_cookie()) == (401, "")
