"""A case on the map: the ward's own border, the pin inside it, and the credit."""

import re

from bot.domain.ward import Point
from tests.admin.desk import StaffDesk


async def test_the_map_draws_the_ward_and_the_pin(sqlite_desk: StaffDesk) -> None:
    here = await sqlite_desk.case(point=Point(21.0864, 105.802))
    nowhere = await sqlite_desk.case()
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{here.code}")
    drawn = minh.text.split('data-testid="map"')[1].split("</section>")[0]
    assert "OpenStreetMap" in drawn
    assert "An Dương Vương" in drawn, "a street of this ward"
    pin = re.search(r'cx="([\d.]+)" cy="([\d.]+)"', drawn)
    assert pin
    assert 0 < float(pin[1]) < 320
    assert 0 < float(pin[2]) < 220
    xs = [float(x) for x in re.findall(r"[ML]([\d.]+) ", drawn)]
    assert len(xs) > 20
    assert all(0 <= x <= 320 for x in xs)
    await minh.opens(f"/staff/cases/{nowhere.code}")
    assert 'data-testid="map"' in minh.text
    assert "<circle" not in minh.text


async def test_a_pin_far_from_the_ward_is_left_to_the_link(sqlite_desk: StaffDesk) -> None:
    """Sài Gòn lies outside of what a drawing of the ward can show."""
    case = await sqlite_desk.case(point=Point(10.77, 106.69))
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert "<circle" not in minh.text
    assert "openstreetmap.org/?mlat=10.77" in minh.text
