"""What holds a closing to its word, through the whole program: a second person, the photo itself, a promised day."""

import re
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.evidence_changes import CHANGES
from benchmarks.evidence_pictures import photo
from bot import app
from bot.domain.people import Role
from tests.admin.test_evidence import jpeg
from tests.stories.cast import City, code_in
from tests.stories.forms import forms
from tests.stories.things import LAMP, eventually, files_a_case

ABOUT_HOA = "Chị Hoa bên trật tự phường Phú Thượng đòi tiền bồi dưỡng mới cho xe vào"
WHY = "Chụp lại đúng chỗ cũ, ảnh mới chưa gửi được"


async def prints_are_taken(city: City) -> None:
    """Every picture that came in can be found again."""

    async def none_is_left() -> bool:
        async with app.open_database(city.settings, beside_others=True) as database, database.reading() as uow:
            return not await uow.prints.unprinted(1)

    await eventually(none_is_left)


async def test_about_a_colleague_two_close_and_neither_is_who_it_is_about(small_city: City) -> None:
    """Lan writes about Hoa, who sees nothing of it. Chi proposes, Lan adds a word: void. Anew, and the leader confirms."""
    lan, chief = small_city.telegram(), await small_city.staff("truong", role=Role.WARD_LEADER)
    chi, hoa = [await small_city.staff(name, role=Role.RESTRICTED_OFFICER) for name in ("chi", "hoa")]
    await lan.says(ABOUT_HOA)
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    assert await hoa.sees_waiting() == []

    await chi.closes(code, "no_action", "Đã nhắc nhở, đã trả lại tiền.")
    assert 'data-testid="proposal"' in await chi.opens_case(code)
    assert "Cán bộ hoa" not in chi.html.split('data-testid="who-confirms"')[1].split("</p>")[0]
    assert "proposal-form" not in forms(chi.html), "nobody confirms themselves"
    await hoa.opens_case(code)
    assert hoa.status == 404
    assert code in await chief.sees_waiting()
    await chief.opens_case(code)
    old = forms(chief.html)["proposal-form"].fields
    await lan.says("Hôm qua chị ấy lại đòi lần nữa")
    await chief.fills("proposal-form", verdict="confirm")
    assert chief.status == 409
    await chief.opens_case(code)
    assert 'data-testid="proposal-stale"' in chief.html
    assert "proposal-form" not in forms(chief.html)
    assert lan.chat.hears[-1].count("Đã nhắc nhở") == 0

    await chi.closes(code, "no_action", "Đã nhắc nhở, đã trả lại tiền hai lần.")
    await chief.opens_case(code)
    assert forms(chief.html)["proposal-form"].fields["proposal"] != old["proposal"]
    await chief.fills("proposal-form", verdict="confirm")
    await lan.hears("đã trả lại tiền hai lần")
    assert [told for told in lan.chat.hears if "Đã nhắc nhở, đã trả lại tiền." in told] == []
    [case] = await small_city.exports()
    assert (case["status"], case["outcome"]) == ("closed", "no_action")


async def test_the_complaints_own_photo_proves_nothing(small_city: City) -> None:
    """Minh closes with Lan's own photo, cropped and re-dated: shown beside hers, and on the record with his reason."""
    lan, minh = small_city.telegram(), await small_city.staff("minh")
    chief = await small_city.staff("truong", role=Role.WARD_LEADER)
    hers = photo(10)
    await lan.sends_photo(jpeg(hers), LAMP)
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    changed = jpeg(CHANGES["all of these"](hers, Random(4)))
    await prints_are_taken(small_city)
    await minh.closes(code, "done", "Đã thay bóng đèn.", proof=("xong.jpg", changed, "image/jpeg"))
    assert minh.status == 400
    looked = minh.html.split('data-testid="close-evidence"')[1].split("</section>")[0]
    assert "Ảnh này là một ảnh đã có từ trước" in looked
    assert looked.count('data-testid="evidence-then"') == 1
    assert code in looked
    await minh.fills("close-form", outcome="done", text="Đã thay bóng đèn.", reuse_reason=WHY)
    await lan.hears("Đã thay bóng đèn.")
    record = (await chief.opens_case(code)).split('data-testid="evidence"')[1].split("</section>")[0]
    assert WHY in record
    assert "Cán bộ minh" in record
    assert len(re.findall(r'<img src="/staff/cases/[^"]+/small"', record)) >= 2


async def test_a_photo_without_metadata_is_noted_and_not_held_against_anybody(small_city: City) -> None:
    """Minh's photo came through a chat that strips everything: it closes at once, and the record says no more than that."""
    lan, minh = small_city.telegram(), await small_city.staff("minh")
    code = await files_a_case(lan)
    await minh.closes(code, "done", "Đã thay bóng đèn.", proof=("xong.jpg", jpeg(photo(11)), "image/jpeg"))
    await lan.hears("Đã thay bóng đèn.")
    record = (await minh.opens_case(code)).split('data-testid="evidence"')[1].split("</section>")[0]
    assert "Ảnh không có ngày giờ, nơi chụp." in record
    assert "finding--doubt" not in record


async def test_not_yet_twice_and_then_only_with_the_leader(small_city: City) -> None:
    """Minh promises a new day twice, and Lan reads each with its reason; the third waits for the leader, and Lan with it."""
    lan, minh = small_city.telegram(), await small_city.staff("minh")
    chief = await small_city.staff("truong", role=Role.WARD_LEADER)
    code = await files_a_case(lan)
    days = [datetime.now(UTC).date() + timedelta(days=30 * (time + 1)) for time in range(3)]
    for time, day in enumerate(days):
        await minh.opens_case(code)
        await minh.fills("postpone-form", new_day=day.isoformat(), text=f"Chờ vật tư lần {time + 1}.")
        if time < 2:
            told = await lan.hears(f"Chờ vật tư lần {time + 1}.")
            assert f"{day:%d/%m/%Y}" in told
            assert "chưa xong" in told
    assert [told for told in lan.chat.hears if "lần 3" in told] == []
    assert "Chờ Bạn xác nhận" in await chief.opens("/staff/")
    await chief.opens_case(code)
    await chief.fills("proposal-form", verdict="confirm")
    assert f"{days[2]:%d/%m/%Y}" in await lan.hears("Chờ vật tư lần 3.")
    [case] = await small_city.exports()
    assert datetime.fromisoformat(case["due_at"]).date() == days[2]
