"""Who gets in, for how long, and how often one may guess."""

from datetime import timedelta

from bot.domain.people import Role
from bot.services.sign_in import IDLE, LONGEST, id_hash
from tests.admin.desk import PASSWORD, StaffDesk


async def test_nobody_sees_anything_without_signing_in(sqlite_desk: StaffDesk) -> None:
    case, stranger = await sqlite_desk.case("Lời riêng"), await sqlite_desk.browser()
    for path in ("/staff/", f"/staff/cases/{case.code}", f"/staff/cases/{case.code}/files/1", "/staff/password"):
        response = await stranger.opens(path)
        assert (response.status, response.headers["Location"].split("?")[0]) == (303, "/staff/login")
    assert (await stranger.opens("/staff")).status == 308


async def test_staff_sign_in_and_come_to_the_page_they_asked_for(desk: StaffDesk) -> None:
    await desk.staff("minh")
    case, minh = await desk.case(), await desk.browser()
    asked = await minh.opens(f"/staff/cases/{case.code}")
    await minh.opens(asked.headers["Location"])
    answer = await minh.submits("login-form", username="MINH", password=PASSWORD)
    assert (answer.status, answer.headers["Location"]) == (303, f"/staff/cases/{case.code}")


async def test_a_link_cannot_send_staff_to_another_site(sqlite_desk: StaffDesk) -> None:
    await sqlite_desk.staff("minh")
    for bad in ("https://evil.example/", "//evil.example", "/staff/cases/../../x", "/staff/cases/A\nLocation: x"):
        minh = await sqlite_desk.browser()
        await minh.opens("/staff/login", params={"next": bad})
        answer = await minh.submits("login-form", username="minh", password=PASSWORD, next=bad)
        assert answer.headers["Location"] == "/staff/"


async def test_wrong_password_unknown_name_and_disabled_account_look_alike(desk: StaffDesk) -> None:
    await desk.staff("minh")
    gone = await desk.staff("gone")
    async with desk.database.begin() as uow:
        await uow.staff.set_disabled(gone.id, True)
        await uow.commit()
    seen = []
    for username, password in (("minh", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD)):
        browser = await desk.browser()
        response = await browser.signs_in(username, password)
        assert browser.shows("desk_sign_in_wrong")
        assert not browser.session_cookie()
        seen.append(response.status)
    assert seen == [401] * 3


async def test_the_session_is_new_at_every_sign_in_and_the_old_one_is_dead(desk: StaffDesk) -> None:
    minh = await desk.signed_in("minh")
    first = minh.session_cookie()
    assert len(first) >= 43  # 256 bits
    await minh.opens("/staff/")
    await minh.submits("logout-form")
    await minh.signs_in("minh")
    assert minh.session_cookie() not in ("", first)
    thief = await desk.browser()
    await thief.opens("/staff/", cookies={"homthu_session": first})
    assert (await thief.opens("/staff/")).status == 303


async def test_the_database_alone_cannot_resume_a_session(desk: StaffDesk) -> None:
    """What is stored is a hash; presenting it opens nothing."""
    minh = await desk.signed_in("minh")
    thief = await desk.browser()
    stored = id_hash(minh.session_cookie())
    assert (await thief.opens("/staff/", headers={"Cookie": f"homthu_session={stored}"})).status == 303
    assert (await thief.opens("/staff/", headers={"Cookie": f"homthu_session={minh.session_cookie()}"})).status == 200


async def test_an_idle_session_ends_and_a_busy_one_ends_after_half_a_day(desk: StaffDesk) -> None:
    minh = await desk.signed_in("minh")
    desk.clock.passes(minutes=29)
    assert (await minh.opens("/staff/")).status == 200
    await desk.settle()
    desk.clock.passes(minutes=29)
    assert (await minh.opens("/staff/")).status == 200, "looking at pages keeps a session alive"
    await desk.settle()
    desk.clock.passes(minutes=IDLE.total_seconds() / 60)
    assert (await minh.opens("/staff/")).status == 303
    await minh.signs_in("minh")
    for _ in range(int(LONGEST.total_seconds() // (25 * 60))):
        desk.clock.passes(minutes=25)
        assert (await minh.opens("/staff/")).status == 200
        await desk.settle()
    desk.clock.passes(minutes=25)
    assert (await minh.opens("/staff/")).status == 303, "no session lives longer than twelve hours"


async def test_no_session_lives_through_a_clock_that_jumps_back(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    sqlite_desk.clock.passes(days=-800)
    assert (await minh.opens("/staff/")).status == 303


async def test_a_page_view_writes_at_most_once_a_minute_and_never_waits(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    async with sqlite_desk.database.begin():  # another writer holds the database
        sqlite_desk.clock.passes(minutes=5)
        assert (await minh.opens("/staff/")).status == 200
    await sqlite_desk.settle()
    seen = await sqlite_desk.session_seen_at(minh)
    sqlite_desk.clock.passes(seconds=59)
    await minh.opens("/staff/")
    await sqlite_desk.settle()
    assert await sqlite_desk.session_seen_at(minh) == seen == sqlite_desk.clock.now() - timedelta(seconds=59)


async def test_ten_guesses_a_minute_and_the_owner_still_gets_in(sqlite_desk: StaffDesk) -> None:
    """A stranger guesses Minh's password; Minh, whose browser is known, is never locked out."""
    await sqlite_desk.staff("minh")
    minh = await sqlite_desk.browser()
    await minh.signs_in("minh")
    await minh.opens("/staff/")
    await minh.submits("logout-form")
    stranger = await sqlite_desk.browser()
    statuses = [(await stranger.signs_in("minh", f"guess {number}")).status for number in range(7)]
    assert statuses == [401] * 6 + [429]
    assert "Thử quá nhiều lần" in stranger.text
    throttled = await stranger.signs_in("minh")
    assert throttled.status == 429, "the right password is not judged either"
    assert 1 <= int(throttled.headers["Retry-After"]) <= 60
    assert (await minh.signs_in("minh")).status == 303


async def test_guessing_many_names_from_one_address_is_throttled_too(sqlite_desk: StaffDesk) -> None:
    stranger = await sqlite_desk.browser()
    statuses = [(await stranger.signs_in(f"name{number}", "guess")).status for number in range(11)]
    assert statuses == [401] * 10 + [429]


async def test_a_sign_in_form_without_its_token_is_refused(sqlite_desk: StaffDesk) -> None:
    await sqlite_desk.staff("minh")
    minh = await sqlite_desk.browser()
    for fields in ({}, {"form_token": ""}, {"form_token": "é" * 64}, {"form_token": "0" * 64}):
        response = await minh.posts("/staff/login", {"username": "minh", "password": PASSWORD} | fields)
        assert response.status == 403
        assert not minh.session_cookie()
        assert 'value="minh"' in minh.text


async def test_a_given_password_must_be_replaced_before_anything_else(desk: StaffDesk) -> None:
    await desk.staff("minh", must_change=True)
    case, minh = await desk.case(), await desk.browser()
    assert (await minh.signs_in("minh")).headers["Location"] == "/staff/password"
    for path in ("/staff/", f"/staff/cases/{case.code}"):
        assert (await minh.opens(path)).headers["Location"] == "/staff/password"
    before = minh.session_cookie()
    await minh.opens("/staff/password")
    for new, key in (
        ("ngắn quá", "desk_password_short"),
        ("matkhau123456", "desk_password_common"),
        ("aaaaaaaaaaaaaaaa", "desk_password_common"),
        ("tôi tên là minh nhé", "desk_password_named"),
        (PASSWORD, "desk_password_same"),
    ):
        assert (await minh.submits("password-form", current=PASSWORD, new=new, again=new)).status == 400
        assert minh.shows(key), key
    good = "con mèo trèo cây cau"
    assert (await minh.submits("password-form", current=PASSWORD, new=good, again=good + "x")).status == 400
    assert (await minh.submits("password-form", current="x", new=good, again=good)).status == 400
    assert (await minh.submits("password-form", current=PASSWORD, new=good, again=good)).status == 303
    assert minh.session_cookie() != before
    assert (await minh.opens(f"/staff/cases/{case.code}")).status == 200


async def test_a_new_password_ends_every_other_session(desk: StaffDesk) -> None:
    minh, elsewhere = await desk.signed_in("minh"), await desk.browser()
    await elsewhere.signs_in("minh")
    await minh.opens("/staff/password")
    good = "con mèo trèo cây cau"
    await minh.submits("password-form", current=PASSWORD, new=good, again=good)
    assert (await elsewhere.opens("/staff/")).status == 303
    assert (await minh.opens("/staff/")).status == 200


async def test_words_typed_into_a_session_that_ended_come_back(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    sqlite_desk.clock.passes(hours=1)
    response = await minh.submits("reply-form", text="Một câu trả lời dài", files={"a.txt": b"x" * 5000})
    assert response.status == 403
    assert "Một câu trả lời dài" in minh.text
    assert f'name="next" value="/staff/cases/{case.code}"' in minh.text
    assert await sqlite_desk.hears(case) == []


async def test_an_operator_sees_no_case(desk: StaffDesk) -> None:
    case, operator = await desk.case("Lời riêng"), await desk.signed_in("ops", Role.OPERATOR)
    assert (await operator.opens("/staff/")).status == 200
    assert operator.shows("desk_nothing_title")
    assert operator.codes() == []
    assert (await operator.opens(f"/staff/cases/{case.code}")).status == 404
