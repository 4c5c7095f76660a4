"""Staff meet a resident by the case's code alone; what is sealed is opened by two, and the resident is told."""

from bot.domain.people import Role
from tests.stories.cast import City, Officer, code_in

PHONE = "0912345678"
CHAT = 7_000_123_456


async def reads_everything(officer: Officer, code: str) -> str:
    """Every page of the desk that shows something of the case, one after the other."""
    at = f"/staff/cases/{code}"
    pages = ("/staff/", f"/staff/?q={code}", at, f"{at}/closed", f"{at}/pause", "/staff/mentions", "/staff/dashboard")
    return "\n".join([await officer.opens(page) for page in pages])


async def test_no_page_tells_who_wrote_until_two_have_opened_it_and_the_resident_knows(city: City) -> None:
    """Lan writes from Telegram under her own name, with her number in the words."""
    city._next_chat = CHAT - 1
    lan = city.telegram()
    lan.chat.me |= {"first_name": "Quỳnh Lan", "last_name": "Đặng Thị", "username": "quynhlan_dt"}
    minh, chief = await city.staff("minh", ward="00091"), await city.staff("chief", ward="00091", role=Role.WARD_LEADER)
    await lan.says(f"Đèn hỏng ở phường Phú Thượng, gọi tôi số {PHONE}")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    secrets = {PHONE, str(CHAT), "Quỳnh Lan", "Đặng Thị", "quynhlan_dt"}
    for officer in (minh, chief):
        seen = await reads_everything(officer, code)
        assert f"Người dân {code[:4]}" in seen
        assert {secret for secret in secrets if secret in seen} == set()
    [row] = await city.exports()
    assert row["resident"] == code[:4]
    assert {secret for secret in secrets if secret in str(row)} == set()

    await minh.opens(f"/staff/cases/{code}/closed")
    await minh.fills("identity-form", reason="Hẹn giờ thay bóng")
    await chief.opens(f"/staff/cases/{code}/closed")
    await chief.fills("decision-form", grant="yes")
    await minh.opens(f"/staff/cases/{code}/closed")
    await minh.fills("look-form")
    assert PHONE in minh.html
    assert "Hẹn giờ thay bóng" in await lan.hears("Hẹn giờ thay bóng")
    await lan.says("/mydata")
    told = await lan.hears(code)
    assert "Hẹn giờ thay bóng" in told
    assert PHONE not in await reads_everything(minh, code), "only the page that answered showed it"
