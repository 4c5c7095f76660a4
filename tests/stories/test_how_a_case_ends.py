"""How a case ends, through the whole program: what each ending says, how it counts, and what may follow it."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from typing import NamedTuple

import pytest

from bot.domain.outcome import Outcome
from bot.domain.people import Role
from storage.engine import FILE_NAME
from tests.bot_api import BotApiServer
from tests.closing import owed
from tests.conftest import Place
from tests.stories.cast import City, Officer, Resident, code_in, running_city
from tests.stories.forms import forms
from tests.stories.things import files_a_case

YES, NO = "Đã xong", "Chưa xong"


class Ending(NamedTuple):
    """An outcome as its resident reads it. `matter` is what they had reported, `says` what only this outcome says."""

    outcome: str
    matter: str
    result: str
    says: tuple[str, ...]


# The one that was reported twice is closed as a duplicate of the first.
ENDINGS = (
    Ending("done", "Đèn đường hỏng ở ngõ 12", "đã giải quyết xong", ("Đã làm: Thay bóng đèn", "Đơn vị thực hiện: Tổ điện")),
    Ending("planned", "Nắp cống vỡ ở ngõ 34", "đã có kế hoạch giải quyết", ("Việc này chưa xong", "sẽ tự mở lại")),
    Ending("not_ours", "Dây điện võng xuống ở ngõ 56", "không thuộc thẩm quyền", ("Điện lực Hà Nội", "chưa được chuyển đi")),
    Ending(
        "refused",
        "Cây xanh che biển hiệu ở ngõ 78",
        "không chấp nhận yêu cầu",
        ("Lý do: việc được gửi lặp lại", "Căn cứ: Điều 9", "không được tính là đã xong"),
    ),
    Ending("duplicate", "Rác chất đống ở ngõ 90", "trùng với hồ sơ khác", ("Đã có người báo việc này trước Bạn",)),
    Ending("no_action", "Loa phường nói nhỏ quá ở ngõ 91", "đã ghi nhận", ("không có việc gì phải làm thêm",)),
)


async def files(lan: Resident, matter: str) -> str:
    await lan.says(f"{matter}, phường Phú Thượng")
    await lan.hears("Nội dung: ")  # the card; where life may be at risk the numbers to call come before it
    await lan.presses("Gửi")
    return code_in(await lan.hears("Mã hồ sơ"))


def planned_day() -> date:
    """The day of every plan here."""
    day: date = owed(Outcome.PLANNED, datetime.now(UTC).date())["planned_for"]
    return day


def let_the_day_pass(place: Place) -> None:
    """Nobody waits a month for a test: the plan was for a day that is over."""
    over = "UPDATE closings SET planned_for = '2026-01-04', returns_at = '2026-01-05 01:00:00.000000'"
    with closing(sqlite3.connect(place.data_dir / FILE_NAME)) as file, file:
        assert file.execute(over).rowcount == 1


async def counted(chief: Officer) -> dict[str, str]:
    """The dashboard's rows of outcomes and facts: name to "part / whole"."""
    row = r'data-testid="fact-row"><th scope="row">([^<]*).*?<td class="number">([^<]*)</td>'
    rows = re.findall(row, await chief.opens("/staff/dashboard"), re.DOTALL)
    return {name.strip(): of for name, of in rows}


@pytest.mark.parametrize("channel", ["telegram", "webchat"])
async def test_each_ending_is_told_in_its_own_words_and_counted_apart(small_city: City, channel: str) -> None:
    """Six neighbours, six endings: no refusal reads or counts like work that was done, and each may be disputed."""
    minh, chief = await small_city.staff("minh"), await small_city.staff("chief", role=Role.WARD_LEADER)
    first, told = "", {}
    for ending in ENDINGS:
        lan = await small_city.resident(channel)
        code = await files(lan, ending.matter)
        first = first or code
        same = first if ending.outcome == "duplicate" else ""
        await minh.closes(code, ending.outcome, f"Lời của Minh cho {code}.", duplicate_of=same)
        told[ending] = await lan.hears(f"Kết quả: {ending.result}")
        assert f"Lời của Minh cho {code}." in told[ending]
        assert first not in told[ending] or code == first, "who reported it first is nobody's business"
        await lan.presses(YES)  # each has both buttons
        assert "mấy sao" in await lan.hears("mấy sao")
    for ending, words in told.items():
        assert [says for says in ending.says if says not in words] == []
        others = {says for other in ENDINGS if other is not ending for says in (*other.says, other.result)}
        assert [says for says in others if says in words] == []
    assert f"{planned_day():%d/%m/%Y}" in told[ENDINGS[1]]
    rows = await counted(chief)
    assert {rows[name] for name in ("Đã làm xong", "Đã có kế hoạch", "Từ chối", "Trùng hồ sơ khác")} == {"1 / 6"}


async def test_a_handed_over_matter_need_not_be_sent_again(small_city: City) -> None:
    lan, minh = small_city.telegram(), await small_city.staff("minh")
    code = await files_a_case(lan)
    await minh.closes(code, "not_ours", "Việc của ngành điện.", handed_over="yes")
    assert "Bạn không phải gửi lại" in await lan.hears("Công ty Điện lực Hà Nội")


async def test_twice_not_so_and_the_city_looks(city: City) -> None:
    """Minh closes, Lan says no, Tú closes, Lan says no: neither may again; Bình of the city does, and Lan hears it."""
    lan, minh, tu = city.telegram(), await city.staff("minh"), await city.staff("hoang")
    binh = await city.staff("binh", ward=None, role=Role.CITY_COORDINATOR)
    code = await files_a_case(lan)
    for closer, other, words in ((minh, tu, "Người khác, không phải người đã khép hồ sơ"), (tu, binh, "thành phố")):
        await closer.closes(code, "no_action", f"{closer.username} thấy không có gì.")
        await lan.hears(f"{closer.username} thấy không có gì.")
        await lan.presses(NO)
        await lan.hears("điều gì chưa đúng")
        await lan.says(f"Đèn vẫn hỏng, {closer.username} chưa đến.")
        await lan.hears(words)
        assert await other.sees_waiting() == [code]
        assert "close-form" not in forms(await closer.opens_case(code))
    assert "close-form" not in forms(await tu.opens_case(code))
    assert 'data-testid="dispute-city"' in await binh.opens_case(code)
    await binh.closes(code, "done", "Sở đã thay đèn.")
    await lan.hears("Sở đã thay đèn.")
    assert (await counted(binh))["Người dân không đồng ý"] == "2 / 3"


async def test_a_plan_whose_day_is_over_comes_back_by_itself(sqlite_place: Place) -> None:
    """The day passes while the program stands still; once it runs again Lan is told, and Minh has it in his queue."""
    async with BotApiServer() as api:
        async with running_city(sqlite_place, api) as city:
            lan, minh = city.telegram(), await city.staff("minh")
            code = await files_a_case(lan)
            await minh.closes(code, "planned", "Đã xếp vào đợt sửa tháng tới.")
            await lan.hears("Đã xếp vào đợt sửa tháng tới.")
            assert await minh.sees_waiting() == []
        let_the_day_pass(sqlite_place)
        async with running_city(sqlite_place, api) as city:
            told = await lan.hears("mở lại")
            assert code in told
            assert "04/01/2026" in told
            [case] = await city.exports()
            assert case["status"] == "open"
            assert datetime.fromisoformat(case["due_at"]) > datetime.now(UTC)
